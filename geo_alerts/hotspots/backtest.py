"""Which method would have foretold best: each month of the last year from the months before it.

For every month tested, each method sees only the months of its window before it, ranks the cells of
the study area, and is scored on where that month's crimes were. No month is ever in its own
training. Months that are missing are neither trained on nor tested, and told; a method that lacks a
month it needs is told with the months it has, and cannot be chosen.

The best is the method with the highest mean PAI, of equals the simpler. Means have intervals over
the months (Student's t, 95 %), and methods are compared month by month, because months differ more
than methods do: where the interval of that difference holds 0, the difference is within noise, and
the choice between them may fall otherwise next year. Months that follow one another are taken as
independent, and the best of many looks a little better than it is.

Of cells ranked alike each is as likely to be taken: PAI is what is to be expected of that. Sparse
counts tie far more than densities do; with the fewest crimes first they would lose by it, with the
most first they would win by hindsight. Both are told beside it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.backtest_results import (
    LEAST_FOR_INTERVAL,
    MethodResult,
    Trial,
    compare,
)
from geo_alerts.hotspots.crimes import Crimes
from geo_alerts.hotspots.foretelling import (
    BASELINE,
    Floats,
    Method,
    Past,
    blend,
    method_named,
    methods_for,
    past,
)
from geo_alerts.hotspots.grid import SquareGrid
from geo_alerts.hotspots.months import month_text
from geo_alerts.hotspots.scoring import (
    SHARES,
    CalibrationGroup,
    calibration,
    cells_of,
    judge,
)

Advance = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Walk:
    """What is tested, on what, by which rule.

    Attributes:
        present: The months that have data, of whatever number of crimes.
        last: The last month tested; None for the last that is there.
        months: How many months up to it are tested.
        train_months: How many months before a month it is foretold from.
        least_train: With fewer of those present a month is not tested.
        methods: Names of methods; empty for those of `METHODS` that the grid can show. The baseline
            is always among them.
        shares: Of the ground, at which hotspots are scored.
        choice_share: The share at which methods are chosen by; put among the shares.
    """

    present: Sequence[int]
    last: int | None = None
    months: int = 12
    train_months: int = 12
    least_train: int = 3
    methods: tuple[str, ...] = ()
    shares: tuple[float, ...] = SHARES
    choice_share: float = 0.01

    def __post_init__(self) -> None:
        """Refuse what cannot be walked.

        Raises:
            InvalidInputError: There are no months, or a number of months is not positive.
        """
        if not len(self.present):
            raise InvalidInputError("there are no months to test on: import crimes first")
        for name in ("months", "train_months", "least_train"):
            if getattr(self, name) < 1:
                raise InvalidInputError(f"{name} is at least 1, not {getattr(self, name)}")
        if self.least_train > self.train_months:
            raise InvalidInputError(
                f"at least {self.least_train} months to learn from are not in a window of "
                f"{self.train_months}: widen the window"
            )

    @property
    def last_tested(self) -> int:
        """The last month tested."""
        return max(self.present) if self.last is None else self.last

    @property
    def tested(self) -> range:
        """The months that are to be tested."""
        return range(self.last_tested - self.months + 1, self.last_tested + 1)

    def lacks(self, month: int) -> str:
        """Why a month cannot be tested for want of months; empty where it can."""
        if month not in self.present:
            return "the month is missing"
        before = sum(month - self.train_months <= one < month for one in self.present)
        if before < self.least_train:
            return f"{before} of at least {self.least_train} months to learn from are there"
        return ""

    def require_months(self) -> None:
        """Refuse a walk of which no month can be tested, before any crime is read.

        Raises:
            InvalidInputError: So it is; the reason of each month is told.
        """
        skipped = [(month, self.lacks(month)) for month in self.tested]
        if all(reason for _, reason in skipped):
            raise InvalidInputError(_none_tested(skipped))


@dataclass(frozen=True, slots=True)
class Backtest:
    """What the walk found.

    Attributes:
        best: The name of the method chosen.
        methods: All of them, the best first, those that are not complete last.
        rule: How the best was chosen, with the area and how cells ranked alike are taken.
        verdict: What may be said of the choice.
        tested: The months.
        skipped: Months that were not tested, each with the reason.
        events: Crimes (or their weight) in the months tested, in the study area.
        cells: Of the study area.
        area_km2: Its ground.
        calibration: Of the best that foretells numbers: crimes foretold and seen in cells over all
            months tested, hottest first; empty where weights were summed.
        calibrated: That method.
    """

    best: str
    methods: tuple[MethodResult, ...]
    rule: str
    verdict: str
    tested: tuple[int, ...]
    skipped: tuple[tuple[int, str], ...]
    events: float
    cells: int
    area_km2: float
    calibration: tuple[CalibrationGroup, ...]
    calibrated: str


def walk_forward(
    crimes: Crimes,
    grid: SquareGrid,
    mask: npt.ArrayLike | None,
    walk: Walk,
    *,
    weights: npt.ArrayLike | None = None,
    advance: Advance | None = None,
) -> Backtest:
    """Test methods of foretelling on months that they did not see.

    Args:
        crimes: n crimes, of the categories that are asked about.
        grid: Whose cells.
        mask: rows by columns: the cells of the study area; None for all. It decides every score.
        walk: What is tested, on what, by which rule.
        weights: n, such as harm; None to count crimes.
        advance: Called with steps done and steps in all; may raise, to end the walk.

    Returns:
        The scores of every method, and the best.

    Raises:
        InvalidInputError: No month could be tested (all reasons are told), the study area has no
            cell, a share is less than a cell, or a method is unknown or its bandwidth below the
            cell.
    """
    methods = _methods(walk, grid)
    last = walk.last_tested
    first = last - walk.months + 1 - walk.train_months
    there = [month for month in walk.present if first <= month <= last]
    if not there:
        raise InvalidInputError(
            f"no month from {month_text(first)} to {month_text(last)} is there: import crimes of "
            "these months, or test others"
        )
    history = past(crimes, grid, mask, there, weights=weights)
    tests = _Tests(history, walk)
    shares = tuple(sorted({*walk.shares, walk.choice_share}))
    for share in shares:
        cells_of(share, tests.cells)
    trials = _tried(tests, methods, shares, advance or _unwatched)
    results = compare(trials, shares, walk.choice_share)
    best = results[0]
    seen = tests.seen[tests.tested].sum(axis=0)
    counted = next(one for one in results if one.foretells and one.is_complete)
    foretold = next(trial.foretold for trial in trials if trial.method.name == counted.name)
    # Sums of weights have no Poisson interval.
    may_calibrate = weights is None and bool(foretold.any())
    return Backtest(
        best=best.name,
        methods=results,
        rule=_rule(best, walk, len(tests.tested), tests.cells),
        verdict=_verdict(results),
        tested=tuple(tests.month(row) for row in tests.tested),
        skipped=tuple(tests.skipped),
        events=float(seen.sum()),
        cells=tests.cells,
        area_km2=tests.cells * grid.cell_km2,
        calibration=tuple(calibration(foretold, seen)) if may_calibrate else (),
        calibrated=counted.name,
    )


def _rule(best: MethodResult, walk: Walk, months: int, cells: int) -> str:
    chosen = next(each for each in best.shares if each.share == walk.choice_share)
    return (
        f"highest mean PAI over {months} {'month' if months == 1 else 'months'} in the top "
        f"{100 * walk.choice_share:g} % of {cells:,} cells ({chosen.cells:,} cells, "
        f"{chosen.area_km2:.2f} km²), as is to be expected with cells ranked alike in random "
        "order; of equal means the simpler method"
    )


def _verdict(results: tuple[MethodResult, ...]) -> str:
    best, *others = results
    near = [one.name for one in others if one.is_within_noise]
    if near:
        return f"{best.name} scored highest; within noise of it: {', '.join(near)}"
    if best.months_scored < LEAST_FOR_INTERVAL:
        return f"{best.name} scored highest; too few months to tell whether by more than noise"
    return f"{best.name} scored highest, by more than noise"


class _Tests:
    """The months to be tested, what was seen in them, and what each may learn from.

    Attributes:
        past: Crimes of all months concerned.
        seen: t by n: crimes of each month in each cell.
        tested: Rows of the months tested.
        learnt: By tested row, the rows it is foretold from.
        skipped: Months not tested, with reasons.
    """

    def __init__(self, history: Past, walk: Walk) -> None:
        self.past = history
        self.seen = history.counts()
        self.tested: list[int] = []
        self.learnt: dict[int, npt.NDArray[np.int64]] = {}
        self.skipped: list[tuple[int, str]] = []
        row_of = {int(month): row for row, month in enumerate(history.months)}
        for month in walk.tested:
            reason = walk.lacks(month) or self._without_crime(row_of[month])
            if reason:
                self.skipped.append((month, reason))
                continue
            before = (history.months >= month - walk.train_months) & (history.months < month)
            self.tested.append(row_of[month])
            self.learnt[row_of[month]] = np.flatnonzero(before)
        if not self.tested:
            raise InvalidInputError(_none_tested(self.skipped))

    @property
    def cells(self) -> int:
        """How many cells the study area has."""
        return len(self.seen.T)

    def month(self, row: int) -> int:
        """The month of a row."""
        return int(self.past.months[row])

    def _without_crime(self, row: int) -> str:
        return "" if self.seen[row].any() else "no such crime in the study area"


def _none_tested(skipped: Sequence[tuple[int, str]]) -> str:
    reasons = "; ".join(f"{month_text(month)}: {why}" for month, why in skipped)
    return f"no month can be tested ({reasons})"


def _unwatched(done: int, total: int) -> None:
    pass


def _methods(walk: Walk, grid: SquareGrid) -> list[Method]:
    names = walk.methods or methods_for(grid.cell_m)
    return [method_named(name) for name in dict.fromkeys((BASELINE, *names))]


def _tried(
    tests: _Tests, methods: list[Method], shares: tuple[float, ...], advance: Advance
) -> list[Trial]:
    # One kind of surface at a time, so that only one lies in memory.
    widths = sorted({method.bandwidth_m for method in methods})
    densities = sum(1 for width in widths if width)
    steps = _Steps(advance, len(tests.past.months) * densities + len(tests.tested) * len(methods))
    trials = []
    for width in widths:
        by_month = tests.past.densities(width, steps.one) if width else tests.seen
        alike = [method for method in methods if method.bandwidth_m == width]
        trials += [_trial(tests, method, by_month, shares, steps) for method in alike]
    return trials


class _Steps:
    """Counts steps for whoever watches."""

    def __init__(self, advance: Advance, total: int) -> None:
        self._advance, self._total, self._done = advance, total, 0

    def one(self) -> None:
        """One more is done."""
        self._done += 1
        self._advance(self._done, self._total)


def _trial(
    tests: _Tests,
    method: Method,
    by_month: Floats,
    shares: tuple[float, ...],
    steps: _Steps,
) -> Trial:
    trial = Trial(method, np.zeros(tests.cells))
    for row in tests.tested:
        steps.one()
        rows = tests.learnt[row]
        weights = method.weights(tests.past.months[rows], tests.month(row))
        if weights is None:
            continue
        values = blend(weights, by_month[rows])
        if method.surface == "gi_star":
            values = tests.past.gi_stars(values)
        judged = judge(values, tests.seen[row])
        trial.foretold += values
        trial.months.append(tests.month(row))
        trial.scores.append(
            [judged.to_be_expected(share, cell_km2=tests.past.grid.cell_km2) for share in shares]
        )
    return trial
