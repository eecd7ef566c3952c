"""Coverage: subscribers for every 1,000 households of a team's area, and how sure that is.

Households are published by Lower layer Super Output Area (LSOA); teams are matched by postcode
unit. Each area's households are spread evenly over its live small-user units, which have about
equally many addresses, and summed by team.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from geo_alerts.places.assignment import Assignment
from geo_alerts.places.directory import Directory
from geo_alerts.places.layer import Layer

Floats = npt.NDArray[np.float64]

PER: Final = 1_000
# A rate and its interval, before they are worked out.
UNKNOWN: Final = (None, None, None)

# The standard normal deviate of a two-sided 95 % interval.
Z_95: Final = 1.959963984540054


@dataclass(frozen=True, eq=False)
class Apportioned:
    """Households spread over the units of a directory.

    Attributes:
        households: For each unit of the directory; 0 where it has no share. With what is left
            over, they sum to what was published.
        lsoa_without_units: LSOAs that have households but no live small-user unit with a
            location, ascending.
        left_over: The households of those.
    """

    households: Floats
    lsoa_without_units: tuple[str, ...]
    left_over: float


def apportion(lsoa: npt.NDArray[np.str_], households: Floats, directory: Directory) -> Apportioned:
    """Spread the households of LSOAs evenly over their live, located, small-user units.

    Args:
        lsoa: m codes of LSOAs, each once, of the year that the directory has.
        households: m counts.
        directory: The units.
    """
    takes = directory.is_live & ~directory.is_large_user & np.isfinite(directory.easting)
    order = np.argsort(lsoa)
    codes, published = lsoa[order], households[order]
    row = np.flatnonzero(takes)
    at = np.minimum(np.searchsorted(codes, directory.lsoa[row]), max(len(codes) - 1, 0))
    is_listed = codes[at] == directory.lsoa[row] if len(codes) else np.zeros(len(row), dtype=bool)
    row, at = row[is_listed], at[is_listed]
    units = np.bincount(at, minlength=len(codes))
    share = np.zeros(len(directory.postcode))
    share[row] = published[at] / units[at]
    empty = (units == 0) & (published > 0)
    return Apportioned(share, tuple(codes[empty].tolist()), float(published[empty].sum()))


def households_by_team(apportioned: Apportioned, assignment: Assignment, layer: Layer) -> Floats:
    """The households of each team of the layer; a unit in several teams counts for the first.

    Args:
        apportioned: Households by unit of a directory.
        assignment: The same units' teams.
        layer: The teams.
    """
    first = assignment.first
    inside = first >= 0
    weights = apportioned.households[inside]
    return np.asarray(np.bincount(first[inside], weights, len(layer)), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class TeamCoverage:
    """The coverage of one team.

    Attributes:
        code: The team's code.
        name: Its name.
        people: Reachable subscribers with a place there.
        households: Households there, apportioned.
        per_1000: People for every 1,000 households; missing without households.
        low: Lower end of its 95 % interval.
        high: Upper end.
        error: Where the people are estimated, half the width of their own 95 % interval; None of
            an exact count.
    """

    code: str
    name: str
    people: int
    households: float
    per_1000: float | None
    low: float | None
    high: float | None
    error: int | None = None


def coverage_by_team(
    people: npt.NDArray[np.int64],
    households: Floats,
    layer: Layer,
    errors: Sequence[int] | None = None,
) -> list[TeamCoverage]:
    """The coverage of every team, in the order of their codes.

    Args:
        people: For each team of the layer its subscribers who can be reached.
        households: For each team its households.
        layer: The teams.
        errors: Where the people are estimated, half the widths of their 95 % intervals.
    """
    told: Sequence[int | None] = errors or [None] * len(layer)
    rows = zip(layer.code, layer.name, people, households, told, strict=True)
    return [
        _coverage(TeamCoverage(str(code), str(name), int(count), float(homes), *UNKNOWN, error))
        for code, name, count, homes, error in rows
    ]


@dataclass(frozen=True, slots=True)
class MiddleRate:
    """The middle of the rates of teams, people for every 1,000 households.

    Attributes:
        per_1000: The median of the rates.
        low: That of the lower ends of their intervals. Where those hold the true rates, this and
            `high` hold the true median.
        high: That of the upper ends.
    """

    per_1000: float
    low: float
    high: float


def middle_rate(rows: Iterable[TeamCoverage]) -> MiddleRate | None:
    """The middle of the rates of teams; None where no team has households."""
    known = [
        (one.per_1000, one.low, one.high)
        for one in rows
        if one.per_1000 is not None and one.low is not None and one.high is not None
    ]
    return MiddleRate(*np.median(known, axis=0).tolist()) if known else None


def _coverage(team: TeamCoverage) -> TeamCoverage:
    if team.households <= 0:
        return team
    low, high = byar_interval(team.people)
    if team.error:
        # Chance and the error of the estimate have nothing to do with one another.
        low = max(team.people - math.hypot(team.people - low, team.error), 0.0)
        high = team.people + math.hypot(high - team.people, team.error)
    per_1000, low, high = (PER * count / team.households for count in (team.people, low, high))
    return replace(team, per_1000=per_1000, low=low, high=high)


def byar_interval(count: int) -> tuple[float, float]:
    """The 95 % interval of a Poisson count, by Byar's approximation.

    It is close to the exact interval from small counts on, also for a count of 0.

    Args:
        count: What was counted.

    Returns:
        Lower and upper end of the interval of the count's mean.

    Source:
        Breslow and Day (1987), "Statistical Methods in Cancer Research", volume II, page 69;
        used by the public health observatories (APHO, Technical Briefing 3, 2008).
    """
    above = count + 1
    high = above * (1 - 1 / (9 * above) + Z_95 / (3 * math.sqrt(above))) ** 3
    if count == 0:
        return 0.0, high
    return count * (1 - 1 / (9 * count) - Z_95 / (3 * math.sqrt(count))) ** 3, high
