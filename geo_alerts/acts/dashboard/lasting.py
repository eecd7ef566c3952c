"""What lasts and where: repeat locations, how concentrated crime is, how well it is foretold."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from geo_alerts.acts.dashboard.settling import YEAR, Settled
from geo_alerts.acts.hotspots.backtesting import BacktestQuestion, backtest_of, best_for
from geo_alerts.acts.hotspots.looking import look
from geo_alerts.acts.hotspots.questions import MonthSpan, Question
from geo_alerts.acts.hotspots.reports.concentration import (
    ConcentrationAnswer,
    ConcentrationQuestion,
    concentrated,
)
from geo_alerts.acts.hotspots.study import study_of
from geo_alerts.acts.live import Live
from geo_alerts.audiences.disclosure import Role
from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.foretelling import BASELINE
from geo_alerts.hotspots.months import month_text

# Of the ground: what a patrol plan covers.
WORST_SHARE: Final = 0.01
HELD: Final = "dashboard concentration"
MOST_HELD: Final = 32


@dataclass(frozen=True, slots=True)
class Repeat:
    """A repeat location in the list of a dashboard.

    Attributes:
        rank: Among all of the force.
        key: By which its page is found.
        facts: As of `hotspots.repeats.locations.RepeatLocation.facts`, with `team`, `team_name`.
    """

    rank: int
    key: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Repeats:
    """Repeat locations in the teams looked at.

    Attributes:
        places: By rank.
        of_force: How many the whole force has.
        months: The strip's, such as `2025-03`.
        refused: Why there are none, in words; empty where they were looked for.
        notes: What a reader should know.
    """

    places: tuple[Repeat, ...]
    of_force: int
    months: tuple[str, ...]
    refused: str
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Spread:
    """How concentrated crime is in the year up to the last month.

    Attributes:
        answer: On cells of 250 m; None where it was refused.
        worst: Of the crimes, the share in the worst 1 % of the ground.
        cells: How many cells that is.
        occupied: How many cells hold all of the crime.
        before: The same of the year before; None where its months are not all there.
        refused: Why there is none, in words.
    """

    answer: ConcentrationAnswer | None
    worst: float
    cells: int
    occupied: int
    before: float | None
    refused: str


@dataclass(frozen=True, slots=True)
class Tested:
    """A method in a back-test: what it does, and what share it pointed to."""

    words: str
    share: float


@dataclass(frozen=True, slots=True)
class Foretold:
    """What the latest back-test says.

    Attributes:
        id: Of the back-test.
        words: What the best method does.
        best: Share of the next month's crimes in the worst 1 % of the ground that it pointed to.
        low: Lower end of the interval of its mean over months.
        high: Upper end.
        baseline_words: What the plain method does.
        baseline: Its share.
        months: How many months were tested.
        last: The last of them.
        rule: How ties are dealt with, and by what the best was chosen.
        verdict: Which others are as good.
        methods: All of them, the best first.
    """

    id: str
    words: str
    best: float
    low: float | None
    high: float | None
    baseline_words: str
    baseline: float
    months: int
    last: str
    rule: str
    verdict: str
    methods: tuple[Tested, ...]


def repeats(live: Live, at: Settled, role: Role) -> Repeats:
    """Repeat locations of the last two years whose crimes are mostly in the teams looked at.

    Raises:
        TooManyRequestsError: Others' looks are being worked out.
        NotReadyError: No boundary to study within is imported.
    """
    months = tuple(map(month_text, at.strip_span().numbers()))
    try:
        found = look(live, at.question("repeats", months=at.strip_span(), area=None), role)
    except InvalidInputError as error:
        return Repeats((), 0, months, str(error), ())
    codes = set(at.teams.layer.code[at.chosen].tolist())
    places = tuple(
        Repeat(area.rank, area.key or "", area.facts)
        for area in found.areas
        if at.is_whole or area.facts["team"] in codes
    )
    notes = tuple(str(note) for note in found.facts.get("notes", ()))
    return Repeats(places, len(found.areas), months, "", notes)


def spread(live: Live, at: Settled, role: Role) -> Spread:
    """How concentrated crime is in the teams looked at.

    Raises:
        NotReadyError: No boundary to study within is imported.
    """

    def of_year(last: int, missing: str) -> ConcentrationAnswer:
        months = MonthSpan(first=month_text(last - YEAR + 1), last=month_text(last))
        asked = ConcentrationQuestion(
            forces=(at.force,),
            categories=at.category_slugs,
            months=months,
            missing="mask" if missing == "mask" else "refuse",
            area=at.area(),
            unit="cells",
        )
        return concentrated(live, asked, role)

    def make() -> Spread:
        now, refused = _asked(lambda: of_year(at.last, "mask"))
        before, _ = _asked(lambda: of_year(at.last - YEAR, "refuse"))
        return Spread(
            now,
            0.0 if now is None else _worst(now)[0],
            0 if now is None else _worst(now)[1],
            0 if now is None else now.found.units_for(1.0),
            None if before is None else _worst(before)[0],
            refused,
        )

    key = (at.key, live.today())
    return live.held.get(HELD, key, make, most=MOST_HELD)


def foretold(live: Live, at: Settled, role: Role) -> Foretold | None:
    """The latest back-test of the category, in all of the force; None where there is none.

    Raises:
        NotReadyError: No boundary to study within is imported.
    """
    question = _foretelling(at)
    kept = best_for(live, question, study_of(live, question, role))
    if kept is None:
        return None
    by_name = {method["name"]: method for method in kept.result["methods"]}
    best, plain = by_name[kept.result["best"]], by_name[BASELINE]
    rate = _hit_rate(best)
    return Foretold(
        id=kept.id,
        words=best["words"],
        best=rate["value"],
        low=rate["low"],
        high=rate["high"],
        baseline_words=plain["words"],
        baseline=_hit_rate(plain)["value"],
        months=len(kept.result["tested"]),
        last=kept.result["tested"][-1],
        rule=kept.result["rule"],
        verdict=kept.result["verdict"],
        methods=tuple(
            Tested(method["words"], _hit_rate(method)["value"])
            for method in kept.result["methods"]
            if method["shares"]
        ),
    )


def backtest_asked(at: Settled) -> BacktestQuestion:
    """The back-test that a dashboard tells of, to be asked for where there is none."""
    return backtest_of(_foretelling(at))


def _foretelling(at: Settled) -> Question:
    return at.question("auto", area=None, weight=at.state.weight)


def _asked(
    ask: Callable[[], ConcentrationAnswer],
) -> tuple[ConcentrationAnswer | None, str]:
    try:
        return ask(), ""
    except InvalidInputError as error:
        return None, str(error)


def _worst(answer: ConcentrationAnswer) -> tuple[float, int]:
    cells = max(round(answer.found.units * WORST_SHARE), 1)
    return float(answer.found.lorenz[cells]), cells


def _hit_rate(method: Mapping[str, Any]) -> Mapping[str, Any]:
    # Of one per cent, which is always among the shares that are scored.
    at = min(method["shares"], key=lambda one: abs(one["share"] - WORST_SHARE))
    rate: Mapping[str, Any] = at["hit_rate"]
    return rate
