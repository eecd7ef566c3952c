"""Emerging hot spots: which places become hot, stay hot or cool down, of 17 classes.

Crimes are counted in a cube of steps (months) by cells. Gi* of a bin is over the 3 by 3 cells of
its step and of the step before, against the mean and spread of the whole cube. A place is hot
(cold) in a step when its score is significant and above (below) 0; how those steps lie, and whether
the scores have a trend (Mann-Kendall), makes the class. Definitions overlap, so the first that fits
is taken:

    hot in the last step
        new           hot in no step before, and never cold
        persistent    hot in 90 % of the steps or more, without a trend
        intensifying  the same, scores rising
        diminishing   the same, scores falling
        oscillating   cold in some step before
        consecutive   one unbroken run of hot steps, to the last
        sporadic      on and off
    not hot in the last step
        historical    hot in 90 % of the steps or more

and the same for cold, where no hot class fits. So 19 steps hot, then one cold, is historical hot,
and 19 cold, then one hot, oscillating hot.

scipy is imported inside functions: the server's way to its first answer needs none of it.

Source:
    Esri, "How Emerging Hot Spot Analysis works" (ArcGIS Pro 3), as R's sfdep reads the overlaps;
    Mann (1945), Econometrica 13; Kendall (1975), "Rank correlation methods".
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.neighbours import (
    Flags,
    Floats,
    as_numbers,
    checked_mask,
    count_3x3,
    sum_3x3,
)
from geo_alerts.hotspots.significance import (
    LEAST_COUNT,
    LEVEL,
    benjamini_hochberg,
    check_level,
    check_unit,
    poisson_tails,
    two_sided_p,
)

# Mann-Kendall takes its sum as normal, which needs about so many steps.
LEAST_STEPS: Final = 10
# A bin takes some ten numbers to work on.
MOST_BINS: Final = 20_000_000
NO_PATTERN: Final = "no pattern detected"
TREND_LEVEL: Final = 0.05

Names = npt.NDArray[np.str_]
Months = npt.NDArray[np.int64]


class Weighed(NamedTuple):
    """What crimes weigh together, in place of how many they are.

    Attributes:
        values: As the counts: the weight of the crimes of each bin.
        unit: What one crime weighs, by `significance.effective_weight`.
    """

    values: npt.ArrayLike
    unit: float


class MannKendall(NamedTuple):
    """The trend of series: S, its score, and the two-sided p; S is above 0 for a rise."""

    s: Floats
    z: Floats
    p: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Emerging:
    """What became of each place; T steps, rows by columns.

    Attributes:
        z: Gi* of each bin, T by rows by columns; NaN outside the study area.
        q: The false discovery rate of each bin, over all bins of the cube.
        hot: In which steps each place was hot.
        cold: In which steps it was cold.
        category: The class, rows by columns; empty outside the study area.
        trend: Mann-Kendall of z, rows by columns.
    """

    z: Floats
    q: Floats
    hot: Flags
    cold: Flags
    category: Names
    trend: MannKendall


def emerging(
    counts: npt.ArrayLike,
    *,
    weighed: Weighed | None = None,
    mask: npt.ArrayLike | None = None,
    months: npt.ArrayLike | None = None,
    level: float = LEVEL,
    least_count: float = LEAST_COUNT,
) -> Emerging:
    """The class of every place, from crimes counted by step and cell.

    A bin is significant as cells are in `significance.hot_cells`: by Gi* and by chance alone, over
    all bins of the cube, and hot only with enough crimes.

    Args:
        counts: T steps, oldest first, by rows (south to north) by columns (west to east).
        weighed: Weights in place of counts for the scores; None for counts.
        mask: rows by columns: the cells of the study area; None for all.
        months: T numbers of months, ascending; where one is missing, the step after the gap has no
            step before it. None for steps without gaps.
        level: The share of false discoveries that is put up with (Benjamini and Hochberg).
        least_count: The least number of crimes in a bin and its neighbours that may be hot.

    Raises:
        InvalidInputError: There are fewer than ten steps or too many bins, counts or weights are
            negative or not finite, the shapes do not fit, or the level is none.
    """
    check_level(level)
    cube = _Cube.of(counts, mask, months)
    require_steps(len(cube.values))
    scored = cube if weighed is None else _Cube.of(weighed.values, mask, months)
    if scored.values.shape != cube.values.shape:
        raise InvalidInputError(
            f"weights of shape {scored.values.shape} are not of counts of {cube.values.shape}"
        )
    z = scored.scores()
    chance = scored.chance(1.0 if weighed is None else weighed.unit)
    q = benjamini_hochberg(np.where(np.isnan(z), np.nan, np.maximum(two_sided_p(z), chance)))
    is_found = q <= level
    hot = is_found & (z > 0) & (cube.sums(cube.values) >= least_count)
    cold = is_found & (z < 0)
    names = np.where(cube.inside, classify(z, hot | cold), "")
    return Emerging(z, q, hot, cold, names, mann_kendall(z))


def cube_z(
    counts: npt.ArrayLike,
    *,
    mask: npt.ArrayLike | None = None,
    months: npt.ArrayLike | None = None,
) -> Floats:
    """Gi* of every bin of a cube: neighbours are the 3 by 3 of its step and of the step before.

    Args:
        counts: T by rows by columns.
        mask: rows by columns: the cells of the study area; None for all.
        months: As in `emerging`.

    Returns:
        T by rows by columns; NaN outside the mask, and everywhere when all bins are equal.

    Raises:
        InvalidInputError: The shapes do not fit, or a count is not finite.
    """
    return _Cube.of(counts, mask, months).scores()


def mann_kendall(series: npt.ArrayLike) -> MannKendall:
    """Whether series rise or fall: Mann-Kendall, with ties in the variance and a continuity of one.

    Args:
        series: T values, oldest first, by whatever shape; steps of NaN are left out.

    Returns:
        S, z and p of that shape; z is 0 and p 1 where all values are alike.
    """
    values = as_numbers(series, "series")
    steps = len(values)
    s = np.zeros(values.shape[1:])
    for lag in range(1, steps):
        later, earlier = values[lag:], values[:-lag]
        s += (later > earlier).sum(axis=0)
        s -= (later < earlier).sum(axis=0)
    known = steps - np.isnan(values).sum(axis=0)
    variance = (_ordered(known) - _tied(np.sort(values, axis=0))) / 18.0
    spread = np.sqrt(variance)
    z = np.divide(s - np.sign(s), spread, out=np.zeros_like(spread), where=spread > 0)
    return MannKendall(s, z, two_sided_p(z))


def classify(z: npt.ArrayLike, significant: npt.ArrayLike) -> Names:
    """The class of each place, as the head of this module says.

    Args:
        z: T scores, oldest first, or T by whatever shape of places.
        significant: The same shape: which scores are significant.

    Returns:
        Names such as `new hot spot`, `historical cold spot` or `no pattern detected`, one a place.

    Raises:
        InvalidInputError: The shapes differ, or there is no step.
    """
    score = as_numbers(z, "scores")
    found = checked_mask(np.asarray(significant), score.shape)
    if found is None or score.ndim < 1 or not len(score):
        raise InvalidInputError("at least one step is wanted")
    trend = mann_kendall(score)
    slope = np.where(trend.p < TREND_LEVEL, np.sign(trend.s), 0.0)
    hot, cold = found & (score > 0), found & (score < 0)
    names = _classes("cold", cold, hot, -slope, np.full(score.shape[1:], NO_PATTERN))
    names = _classes("hot", hot, cold, slope, names)
    # One place is a name and no array of one.
    result: Names = names[()]
    return result


def _classes(word: str, on: Flags, opposite: Flags, slope: Floats, otherwise: Names) -> Names:
    """The classes of one temperature; `slope` is 1 where it grows stronger, -1 where weaker."""
    steps, count = len(on), on.sum(axis=0)
    last, never_opposite = on[-1], ~opposite.any(axis=0)
    most = count * 10 >= steps * 9
    run = np.logical_and.accumulate(on[::-1], axis=0).sum(axis=0)
    rules = (
        ("new", last & (count == 1) & never_opposite),
        ("intensifying", last & most & (slope > 0)),
        ("diminishing", last & most & (slope < 0)),
        ("persistent", last & most),
        ("oscillating", last & ~never_opposite),
        ("consecutive", last & (run == count)),
        ("sporadic", last),
        ("historical", most),
    )
    return np.asarray(
        np.select(
            [fits for _, fits in rules], [f"{name} {word} spot" for name, _ in rules], otherwise
        )
    )


def _ordered(steps: npt.ArrayLike) -> Floats:
    number = np.asarray(steps, dtype=np.float64)
    return np.asarray(number * (number - 1) * (2 * number + 5))


def _tied(ascending: Floats) -> Floats:
    """Over all groups of equal values, what each takes off the variance (times 18)."""
    run = np.ones(ascending.shape[1:])
    taken = np.zeros(ascending.shape[1:])
    for before, value in pairwise(ascending):
        run = np.where(value == before, run + 1, 1.0)
        # t (t - 1) (2 t + 5) of t = run, less that of t = run - 1.
        taken += 6 * (run - 1) * (run + 1)
    return taken


def require_steps(steps: int) -> None:
    """Refuse a series that is too short for a trend.

    Raises:
        InvalidInputError: There are fewer than `LEAST_STEPS` steps.
    """
    if steps < LEAST_STEPS:
        raise InvalidInputError(
            f"at least {LEAST_STEPS} steps are wanted to tell a trend, not {steps}; "
            "choose more months"
        )


def require_few_bins(steps: int, cells: int) -> None:
    """Refuse a cube that is too large, before it is filled.

    Args:
        steps: How many months there are.
        cells: How many cells the grid has, those outside the study area included.

    Raises:
        InvalidInputError: There are more than `MOST_BINS` bins.
    """
    bins = steps * cells
    if bins > MOST_BINS:
        raise InvalidInputError(
            f"{steps} steps of {cells:,} cells are {bins:,} bins, more than {MOST_BINS:,}; take "
            "larger cells, fewer months or a smaller study area"
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Cube:
    """Checked figures of T steps; `follows` says which steps have the one before them."""

    values: Floats
    inside: Flags
    follows: Flags
    all_equal: bool

    @classmethod
    def of(
        cls, counts: npt.ArrayLike, mask: npt.ArrayLike | None, months: npt.ArrayLike | None
    ) -> "_Cube":
        values = as_numbers(counts, "counts")
        if values.ndim != 3 or not values.size:  # noqa: PLR2004
            raise InvalidInputError(
                f"counts are wanted by step, row and column, not of shape {values.shape}"
            )
        require_few_bins(len(values), values[0].size)
        given = checked_mask(mask, values.shape[1:])
        inside = np.ones(values.shape[1:], dtype=bool) if given is None else given
        chosen = values[:, inside]
        if chosen.size < 2 or not np.isfinite(chosen).all():  # noqa: PLR2004
            raise InvalidInputError("counts are finite, of two bins or more; these are not")
        kept = np.where(inside, values, 0.0)
        return cls(kept, inside, _follows(months, len(values)), bool(np.ptp(chosen) == 0))

    def sums(self, values: Floats) -> Floats:
        """The sum over the neighbours of each bin."""
        own = np.stack([sum_3x3(step) for step in values])
        own[1:] += np.where(self.follows[1:, None, None], own[:-1], 0.0)
        return own

    def count(self) -> Floats:
        """How many bins that is: T by rows by columns."""
        own = count_3x3(self.inside, (self.values.shape[1], self.values.shape[2]))
        return np.where(self.follows[:, None, None], 2 * own, own)

    def mean(self) -> float:
        return float(self.values.sum() / self.bins())

    def bins(self) -> int:
        return len(self.values) * int(self.inside.sum())

    def chance(self, unit: float) -> Floats:
        """The p of each sum, were crimes strewn evenly and at random in space and time."""
        least = self.values.min()
        if least < 0:
            raise InvalidInputError(f"counts and weights are not negative; one is {least}")
        check_unit(unit)
        return poisson_tails(self.sums(self.values) / unit, self.count() * (self.mean() / unit))

    def scores(self) -> Floats:
        n, k = self.bins(), self.count()
        # Less a whole number, so that equal sums of counts make equal scores: ties of a trend.
        base = np.rint(self.mean())
        moved = np.where(self.inside, self.values - base, 0.0)
        mean = float(moved.sum()) / n
        deviation = np.where(self.inside, moved - mean, 0.0)
        variance = float(np.vdot(deviation, deviation)) / n
        spread = np.sqrt(k * (n - k) * (variance / (n - 1)))
        spread[spread == 0] = np.nan
        z = (self.sums(moved) - k * mean) / spread
        return np.where(self.inside & (not self.all_equal), z, np.nan)


def _follows(months: npt.ArrayLike | None, steps: int) -> Flags:
    if months is None:
        follows = np.ones(steps, dtype=bool)
    else:
        numbers: Months = np.asarray(months, dtype=np.int64)
        if numbers.shape != (steps,) or (np.diff(numbers) < 1).any():
            raise InvalidInputError(f"{steps} months are wanted, one a step, in ascending order")
        follows = np.r_[False, np.diff(numbers) == 1]
    follows[0] = False
    return follows
