"""Whether the latest months are out of the ordinary, team by team and category by category.

A change is put in per cent only where a count is outside the range that the months before make
likely, and only where enough was expected for a percentage to mean anything. The flag is that of
the series' own range; where so many were looked at that chance would put some as far outside, the
words say so beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

import numpy as np
import numpy.typing as npt
from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from geo_alerts.acts.crimes.months import Presence
from geo_alerts.acts.hotspots.questions import Month, MonthSpan, Question
from geo_alerts.acts.hotspots.reports.made_from import (
    DIGITS,
    AskedOfCrimes,
    MadeFrom,
    made_from,
    there,
)
from geo_alerts.acts.hotspots.reports.teams import Teams, teams_of_month
from geo_alerts.acts.hotspots.settled import ends
from geo_alerts.acts.live import Live
from geo_alerts.audiences.targets.leaves import Code
from geo_alerts.audiences.targets.shapes import fault
from geo_alerts.hotspots.categories import CATEGORIES
from geo_alerts.hotspots.crimes import Crimes
from geo_alerts.hotspots.months import month_number, month_of, month_text
from geo_alerts.hotspots.trends import (
    LEAST_HISTORY,
    MONTHS_OF_YEAR,
    Expectation,
    expectation,
    monthly_series,
)
from geo_alerts.store.crime_months import OF_CRIMES, crime_months, told_better

Floats = npt.NDArray[np.float64]

# Of fewer a few crimes more or less are tens of per cent.
LEAST_FOR_PERCENT: Final = 5.0
USUAL_HISTORY: Final = 36
ALL: Final = "all"
MOST_TEAMS: Final = 200
WORDS_OF_FLAGS: Final = {1: "up", 0: "none", -1: "down"}
OF_CHANCE: Final = (
    "of {judged:,} counts about {by_chance:,.0f} would be outside their range by chance alone; "
    "{outside:,} are. q tells which would stand among all that were looked at"
)
# Looking at many finds some: the flag stands, and is no finding.
ONE_OF_MANY: Final = """\
{found}: outside its own range, but one of {looked_at:,} looked at, and to be expected by chance"""
OF_FORCE: Final = (
    "the whole force counts every crime, also those without a position; teams count those with one"
)


def _a_day(value: object) -> object:
    # Pydantic would read a number as seconds since 1970.
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise fault("not_a_day", "must be a day such as 2025-03-31") from error


class TrendsQuestion(AskedOfCrimes):
    """Which months are judged, and by how many before them."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"forces": ["west-mercia-sample"], "categories": ["burglary"], "last": "2025-03"}
            ]
        }
    )

    last: Annotated[
        Month | None, Field(description="The last month judged; the last one imported by default.")
    ] = None
    judged: Annotated[
        int, Field(strict=True, ge=1, le=12, description="How many months up to it are judged.")
    ] = 1
    history: Annotated[
        int,
        Field(
            strict=True,
            ge=LEAST_HISTORY,
            le=120,
            description="By how many months before them; from 24 on seasons are accounted for.",
        ),
    ] = USUAL_HISTORY
    level: Annotated[
        float,
        Field(
            strict=True,
            gt=0,
            le=0.2,
            description="The share of flags that may be raised by chance.",
        ),
    ] = 0.05
    teams: Annotated[
        tuple[Code, ...],
        Field(
            max_length=MOST_TEAMS,
            description="Codes of the teams that are told, judged among all; every team and the "
            "whole force when empty.",
        ),
    ] = ()
    as_of: Annotated[
        Annotated[date, Field(strict=True)] | None,
        BeforeValidator(_a_day),
        Field(
            description="Teams are those in force on this day; on the last day judged by default.",
        ),
    ] = None

    @model_validator(mode="after")
    def _has_room(self) -> "TrendsQuestion":
        if self.last is not None and self.last < "1912-01":
            raise fault("too_early", "there are no crimes of that time")
        return self

    def months(self, last: int) -> MonthSpan:
        """Every month that is looked at, up to the last judged."""
        first = last - self.judged - self.history + 1
        return MonthSpan(first=month_text(first), last=month_text(last))


@dataclass(frozen=True, slots=True)
class Trend:
    """What was expected and what was seen of a category in a team, in a month.

    Attributes:
        team: The team's code; None for the whole force.
        team_name: Its name.
        category: By slug; `all` for all that were asked about together.
        month: Such as `2025-03`.
        observed: Crimes.
        expected: The mean if nothing changed.
        low: The least count within the range.
        high: The most.
        flag: `up`, `down` or `none`.
        is_small: Whether so few were expected that percentages mean nothing.
        p: Two-sided.
        q: The least false discovery rate among the teams' counts of that month, or among the
            whole force's.
        dispersion: How many times the variance of chance; 1 is pure chance.
        is_seasonal: Whether the month of the year was accounted for.
        last_year: The same month's crimes a year before; None where that month is not there.
        words: What to say of it.
    """

    team: str | None
    team_name: str
    category: str
    month: str
    observed: int
    expected: float
    low: int
    high: int
    flag: str
    is_small: bool
    p: float
    q: float
    dispersion: float
    is_seasonal: bool
    last_year: int | None
    words: str

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        figures = {name: getattr(self, name) for name in self.__slots__}
        rounded = ("expected", "p", "q", "dispersion")
        return figures | {name: round(figures[name], DIGITS) for name in rounded}


@dataclass(frozen=True, eq=False)
class TrendsAnswer:
    """What is out of the ordinary, and what is not.

    Attributes:
        months: Those judged.
        history: How many months the expectations rest on.
        level: Of the ranges and flags.
        trends: The force's first, then by team, category and month.
        in_no_team: Crimes of the months judged that have a position in no team.
        notes: What a reader should know.
        made_from: The inputs.
    """

    months: tuple[str, ...]
    history: int
    level: float
    trends: tuple[Trend, ...]
    in_no_team: int
    notes: tuple[str, ...]
    made_from: MadeFrom

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "months": list(self.months),
            "history_months": self.history,
            "level": self.level,
            "trends": [one.as_dict() for one in self.trends],
            "crimes_in_no_team": self.in_no_team,
            "notes": list(self.notes),
            "made_from": self.made_from.as_dict(),
        }


def trends(live: Live, question: TrendsQuestion) -> TrendsAnswer:
    """What is out of the ordinary in the latest months.

    Months of the history that are missing are left out and told; those judged must be there.

    Raises:
        InvalidInputError: A month judged is missing or to come, fewer than 6 months come before,
            or a force is not known.
        NotReadyError: No crimes or no teams are imported.
        UnknownAreaError: No team has a code that is asked for.
        UnknownEditionError: No teams were in force on the day asked for.
    """
    last = _last(live, question)
    span = question.months(last)
    asked = question.of_months(span, missing="mask")
    judged = range(last - question.judged + 1, last + 1)
    of_judged = MonthSpan(first=month_text(judged[0]), last=month_text(last))
    there(live, question.of_months(of_judged), of_judged, may_mask=False)
    found = there(live, asked, span)
    teams = teams_of_month(live, last, question.as_of)
    teams.require(question.teams)
    crimes, recorded = crimes_and_recorded(live, asked, found)
    team = teams.of(crimes)
    table = _Table(question, found.present, _categories(asked, recorded))
    rows = [*table.of_force(recorded), *table.of_teams(crimes, team, teams)]
    is_judged = np.isin(crimes.month, judged)
    outside = sum(one.flag != "none" for one in rows)
    chance = OF_CHANCE.format(
        judged=len(rows), by_chance=question.level * len(rows), outside=outside
    )
    return TrendsAnswer(
        months=tuple(map(month_text, judged)),
        history=len(found.present) - question.judged,
        level=question.level,
        # All are judged, so that a q does not depend on who is looked at.
        trends=tuple(one for one in rows if not question.teams or one.team in question.teams),
        in_no_team=int((is_judged & (team < 0)).sum()),
        notes=tuple(filter(None, (teams.note, OF_FORCE, chance))),
        made_from=made_from(live, question, {span: found}, (teams.edition,)),
    )


def _last(live: Live, question: TrendsQuestion) -> int:
    if question.last is not None:
        return month_number(question.last)
    with live.store.reading() as connection:
        months = crime_months(connection, forces=question.forces, kinds=OF_CRIMES)
    # That there are none of the force, or none at all, is told by who looks for months.
    return max((one.month for one in months), default=month_of(live.today()))


def crimes_and_recorded(live: Live, asked: Question, found: Presence) -> tuple[Crimes, Floats]:
    """Crimes with a position, and how many were recorded at all: months by all categories."""
    span, numbers = ends(asked.months), asked.category_numbers()
    recorded = np.zeros((len(found.present), len(CATEGORIES)))
    with live.store.reading() as connection:
        crimes = live.crimes.load(connection, forces=asked.forces, months=span, categories=numbers)
        months = crime_months(connection, forces=asked.forces, months=span, kinds=OF_CRIMES)
    skipped = told_better(months)
    row = {month: place for place, month in enumerate(found.present)}
    for one in months:
        for number, count in one.categories.items():
            if one.month in row and number not in skipped.get(one.id, ()):
                recorded[row[one.month], number] += count.rows
    return crimes.where(np.isin(crimes.month, found.present)), recorded


def _categories(asked: Question, recorded: Floats) -> tuple[int, ...]:
    # Those asked about; where all are, those that there are.
    return asked.category_numbers() or tuple(np.flatnonzero(recorded.sum(axis=0)).tolist())


@dataclass(frozen=True, eq=False)
class _Table:
    """How series of months become rows of a report.

    Attributes:
        question: What is asked.
        months: Those that are there.
        categories: Numbers of those that are told.
    """

    question: TrendsQuestion
    months: Sequence[int]
    categories: tuple[int, ...]

    def of_force(self, recorded: Floats) -> list[Trend]:
        """The whole force's rows, of counts by month and all categories."""
        series = recorded[:, None, list(self.categories)]
        is_one = len(self.question.forces) == 1
        return self._rows(series, [(None, "the whole force" if is_one else "all forces together")])

    def of_teams(self, crimes: Crimes, team: npt.NDArray[np.int32], teams: Teams) -> list[Trend]:
        """The teams' rows, of crimes with the place of the team of each."""
        series = monthly_series(
            crimes,
            team,
            areas=len(teams.layer),
            months=self.months,
            categories=self.categories,
        )
        names = zip(teams.layer.code.tolist(), teams.layer.name.tolist(), strict=True)
        return self._rows(series, list(names))

    def _rows(self, series: Floats, areas: Sequence[tuple[str | None, str]]) -> list[Trend]:
        # Series are months by areas by categories; with several of these their sum is one more.
        names = [CATEGORIES[number].slug for number in self.categories]
        if len(names) != 1:
            series = np.concatenate([series, series.sum(axis=2, keepdims=True)], axis=2)
            names.append(ALL)
        flat = series.reshape(len(series), -1)
        found = expectation(
            flat,
            self.months,
            judged=self.question.judged,
            level=self.question.level,
            group=np.tile(np.arange(len(names)), len(areas)),
        )
        before = dict(zip(self.months, flat, strict=True))
        return [
            _trend(found, (row, at), areas[at // len(names)], names[at % len(names)], before)
            for at in range(flat.shape[1])
            for row in range(len(found.month))
        ]


def _trend(
    found: Expectation,
    at: tuple[int, int],
    area: tuple[str | None, str],
    category: str,
    before: dict[int, Floats],
) -> Trend:
    month, flag = int(found.month[at[0]]), int(found.flag[at])
    seen, expected = int(found.seen[at]), float(found.expected[at])
    year_before = before.get(month - MONTHS_OF_YEAR)
    is_small = expected < LEAST_FOR_PERCENT
    # q is among the series of the month.
    by_chance_of = found.q.shape[1] if found.q[at] > found.level else 0
    return Trend(
        team=area[0],
        team_name=area[1],
        category=category,
        month=month_text(month),
        observed=seen,
        expected=expected,
        low=int(found.low[at]),
        high=int(found.high[at]),
        flag=WORDS_OF_FLAGS[flag],
        is_small=is_small,
        p=float(found.p[at]),
        q=float(found.q[at]),
        dispersion=float(found.dispersion[at[1]]),
        is_seasonal=bool(found.is_seasonal[at[1]]),
        last_year=None if year_before is None else int(year_before[at[1]]),
        words=in_words(flag, seen, expected, is_small=is_small, by_chance_of=by_chance_of),
    )


def in_words(
    flag: int, seen: int, expected: float, *, is_small: bool, by_chance_of: int = 0
) -> str:
    """What to say of a count.

    Args:
        flag: 1 for more than the range, -1 for fewer, 0 within it.
        seen: The count.
        expected: The mean if nothing changed.
        is_small: Whether that is too small for a percentage.
        by_chance_of: How many counts were looked at, where a flag would not stand among them all;
            0 where it would.
    """
    if not flag:
        return "within the expected range" + (", of small numbers" if is_small else "")
    if is_small:
        which = "more" if flag > 0 else "fewer"
        found = f"{which} than expected ({seen} against {expected:.1f}); small numbers"
    else:
        found = f"{'up' if flag > 0 else 'down'} {abs(seen / expected - 1):.0%}".replace("%", " %")
    return ONE_OF_MANY.format(found=found, looked_at=by_chance_of) if by_chance_of else found
