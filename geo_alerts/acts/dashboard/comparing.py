"""What is compared with what: a month with what was expected, a period with the year before it.

Counts are taken as Poisson where two periods are compared (the E-test, the exact interval of the
ratio of rates); what was expected of a month allows for scatter and seasons (`hotspots/trends.py`).
Days of harm are compared as so many crimes of one weight, which is nearly right; nothing is said of
what was to be expected of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo_alerts.acts.dashboard.counted import Looked
from geo_alerts.acts.dashboard.settling import MOST_HISTORY, STRIP_MONTHS, YEAR
from geo_alerts.acts.hotspots.reports.trends import LEAST_FOR_PERCENT
from geo_alerts.hotspots.change import e_test
from geo_alerts.hotspots.repeats.persistence import rate_ratio
from geo_alerts.hotspots.significance import LEVEL, benjamini_hochberg
from geo_alerts.hotspots.trends import LEAST_HISTORY, expectation

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Expected:
    """What was expected of the last month.

    Attributes:
        mean: If nothing changed.
        low: The least count within the range.
        high: The most.
        flag: 1 for more than the range, -1 for fewer, 0 within it.
        q: The least false discovery rate among the rows that are told together.
        is_small: Whether so few were expected that percentages mean nothing.
        is_seasonal: Whether the month of the year was accounted for.
        history: How many months it rests on.
    """

    mean: float
    low: float
    high: float
    flag: int
    q: float
    is_small: bool
    is_seasonal: bool
    history: int

    @property
    def is_by_chance(self) -> bool:
        """Whether a flag would not stand among all the rows that are told together."""
        return bool(self.flag) and self.q > LEVEL


@dataclass(frozen=True, slots=True)
class Change:
    """A period against the same months of the year before.

    Attributes:
        now: Crimes, or days of harm.
        before: Of the year before.
        percent: The change; None where too few were there before.
        low: Lower end of its 95 % interval; None as well.
        high: Upper end.
        direction: 1 for more, -1 for fewer, 0 where chance may have done it.
    """

    now: float
    before: float
    percent: float | None
    low: float | None
    high: float | None
    direction: int


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: a team, a category, or all.

    Attributes:
        code: The team's code or the category's slug; empty for all together.
        name: In words.
        month: Crimes, or days of harm, of the last month.
        expected: Of the last month; None of harm, and where too few months are before it.
        change: Of the period; None where no month of it is there in both years.
        strip: Month by month, the last 24 of them; None of months that are missing.
    """

    code: str
    name: str
    month: float
    expected: Expected | None
    change: Change | None
    strip: tuple[float | None, ...]


@dataclass(frozen=True, eq=False)
class Series:
    """Counts month by month of some rows that are told together.

    Attributes:
        codes: n.
        names: n.
        counts: Months by n by categories.
        group: n labels: rows of one label share their seasons.
    """

    codes: Sequence[str]
    names: Sequence[str]
    counts: Floats
    group: Sequence[int]


def lines(looked: Looked, series: Series) -> tuple[Line, ...]:
    """The rows of a table.

    Args:
        looked: What is looked at.
        series: What is told of, in order.
    """
    if not len(series.codes):
        return ()
    values = looked.weigh(series.counts)
    expected = _expected(looked, series)
    changes = _changes(looked, series, values)
    strips = _strips(looked, values)
    return tuple(
        Line(code, name, float(values[-1, at]), expected[at], changes[at], strips[at])
        for at, (code, name) in enumerate(zip(series.codes, series.names, strict=True))
    )


def pairs(looked: Looked) -> tuple[int, ...]:
    """The months of the period that are there in both years."""
    there = set(looked.counted.months)
    return tuple(month for month in looked.at.span if {month, month - YEAR} <= there)


def _expected(looked: Looked, series: Series) -> list[Expected | None]:
    months = looked.counted.months[-MOST_HISTORY - 1 :]
    if looked.days is not None or len(months) <= LEAST_HISTORY:
        return [None] * len(series.codes)
    counts = series.counts.sum(axis=2)[-len(months) :]
    found = expectation(counts, months, group=series.group)
    return [
        Expected(
            mean=float(found.expected[0, at]),
            low=float(found.low[0, at]),
            high=float(found.high[0, at]),
            flag=int(found.flag[0, at]),
            q=float(found.q[0, at]),
            is_small=bool(found.expected[0, at] < LEAST_FOR_PERCENT),
            is_seasonal=bool(found.is_seasonal[at]),
            history=found.history,
        )
        for at in range(len(series.codes))
    ]


def _changes(looked: Looked, series: Series, values: Floats) -> list[Change | None]:
    both = pairs(looked)
    if not both:
        return [None] * len(series.codes)
    rows = looked.counted.rows(both)
    earlier = looked.counted.rows(tuple(month - YEAR for month in both))
    now, before = values[rows].sum(axis=0), values[earlier].sum(axis=0)
    unit = _units(looked, series.counts[rows + earlier].sum(axis=0))
    ratio = rate_ratio(now / unit, before / unit, (1.0, 1.0), 1 - LEVEL)
    if looked.days is None:
        stands = benjamini_hochberg(e_test(before, now)) <= LEVEL
    else:
        stands = (ratio.low > 1) | (ratio.high < 1)
    direction = np.where(stands, np.sign(now - before), 0).astype(int)
    enough = before / unit >= LEAST_FOR_PERCENT
    return [
        Change(
            now=float(now[at]),
            before=float(before[at]),
            percent=_percent(ratio.value[at]) if enough[at] else None,
            low=_percent(ratio.low[at]) if enough[at] else None,
            high=_percent(ratio.high[at]) if enough[at] else None,
            direction=int(direction[at]),
        )
        for at in range(len(series.codes))
    ]


def _units(looked: Looked, counts: Floats) -> Floats:
    # What one crime of a row weighs, so that a sum of harm scatters as so many crimes of it do:
    # the sum of squares over the sum (`significance.effective_weight`), of counts by category.
    if looked.days is None:
        return np.ones(len(counts))
    days = looked.days[list(looked.categories)]
    total = counts @ days
    return np.where(total > 0, (counts @ days**2) / np.where(total > 0, total, 1.0), 1.0)


def _percent(ratio: float) -> float:
    return (float(ratio) - 1) * 100


def _strips(looked: Looked, values: Floats) -> list[tuple[float | None, ...]]:
    there, last = looked.counted.months, looked.at.last
    wanted = range(last - STRIP_MONTHS + 1, last + 1)
    row = {month: place for place, month in enumerate(there)}
    return [
        tuple(float(values[row[month], at]) if month in row else None for month in wanted)
        for at in range(values.shape[1])
    ]
