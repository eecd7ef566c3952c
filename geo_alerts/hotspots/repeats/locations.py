"""Repeat locations as values: where they are, how lasting they are, and what is known of them."""

from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt
from shapely.geometry import Polygon

from geo_alerts.hotspots.categories import CATEGORIES
from geo_alerts.hotspots.months import month_text
from geo_alerts.hotspots.repeats.identity import Known
from geo_alerts.hotspots.repeats.status import Status

# Said with every list and on every map of repeat locations.
POINTS_ARE_NO_ADDRESSES = """\
Published points are not addresses: crime is moved to the nearest of a fixed list of points, each \
for at least eight addresses or none. A location is about what lies round its points, and nothing \
finer than some 100 metres is to be read from it."""
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with the ends of its interval; infinite ends are None in `facts`."""

    value: float
    low: float
    high: float

    def facts(self) -> dict[str, float | None]:
        """As JSON values."""
        return {name: _number(getattr(self, name)) for name in ("value", "low", "high")}


@dataclass(frozen=True, slots=True)
class Recent:
    """Crime of the recent months beside that of the observed months before.

    Attributes:
        crimes: In the recent months.
        before: In the months before.
        months: How many months are recent.
        months_before: How many were observed before them.
        ratio: Crimes a day, recent over before.
        ratio_to_all: The same where all crimes that were asked about stand for the days: above 1
            where the location's share of them rose. Free of season and of changed recording.
        chance_of_quiet: How likely no recent crime would be, had crime gone on as before.
    """

    crimes: int
    before: int
    months: int
    months_before: int
    ratio: Interval
    ratio_to_all: Interval
    chance_of_quiet: float


@dataclass(frozen=True, slots=True, eq=False)
class RepeatLocation:
    """A place where crime recurs.

    Attributes:
        rank: By persistence among all that recur, from 1; new ones among themselves by how surely
            they rose.
        key: What it is called by programs (`identity`).
        name: What the source calls it: `On or near High Street and Market Place`.
        points: Its snap points with crime, those with the most first.
        crimes_at: How many crimes each has.
        easting: Metres, EPSG:27700: the mean over its crimes.
        northing: Metres.
        area: The hull of its points with a margin, EPSG:27700.
        crimes: In all observed months.
        first_month: The month that the strip begins with.
        strip: Crimes month by month; -1 of months that were not observed, which is not 0.
        months_present: Observed months with crime.
        months_observed: Observed months.
        persistence: `months_present` of `months_observed`, with Wilson's interval.
        per_month: Crimes in a month observed, with Garwood's interval.
        recent: Recent months against those before.
        longest_run: Observed months in a row with crime.
        current_run: Those of them that the last observed month ends.
        last_crime: The last month with crime.
        status: By the rules of `status`.
        team: Number of the team that most of its crimes are in; None for none.
        share_of_team: Its crimes in that team among all that team's located crimes.
        share_of_all: Its crimes among all that were asked about.
        harm: Sum of the weights of its crimes; None where no weights were given.
        without_weight: Crimes of categories that have no weight; they are not in `harm`.
        categories: Numbers of categories with their crimes, the most common first.
        outcomes: Numbers of outcomes with their crimes (-1 for none known), likewise.
    """

    rank: int
    key: str
    name: str
    points: tuple[int, ...]
    crimes_at: tuple[int, ...]
    easting: float
    northing: float
    area: Polygon
    crimes: int
    first_month: int
    strip: tuple[int, ...]
    months_present: int
    months_observed: int
    persistence: Interval
    per_month: Interval
    recent: Recent
    longest_run: int
    current_run: int
    last_crime: int
    status: Status
    team: int | None
    share_of_team: float | None
    share_of_all: float
    harm: float | None
    without_weight: int
    categories: tuple[tuple[int, int], ...]
    outcomes: tuple[tuple[int, int], ...]

    def known(self) -> Known:
        """Itself as `identity.carry` wants it."""
        return Known(self.key, dict(zip(self.points, self.crimes_at, strict=True)))

    def facts(self) -> dict[str, Any]:
        """Its figures as JSON values, months and categories in words, for layers and tables.

        The team stays a number of whoever gave it, so it is not among them; nor are outcomes.
        """
        recent = self.recent
        return {
            "name": self.name,
            "status": self.status,
            "crimes": self.crimes,
            "months_present": self.months_present,
            "months_observed": self.months_observed,
            "persistence": self.persistence.facts(),
            "per_month": self.per_month.facts(),
            "recent_crimes": recent.crimes,
            "recent_months": recent.months,
            "crimes_before": recent.before,
            "months_before": recent.months_before,
            "recent_ratio": recent.ratio.facts(),
            "recent_ratio_to_all": recent.ratio_to_all.facts(),
            "chance_of_quiet": _number(recent.chance_of_quiet),
            "longest_run": self.longest_run,
            "current_run": self.current_run,
            "last_crime": month_text(self.last_crime),
            "first_month": month_text(self.first_month),
            "strip": [None if crimes < 0 else crimes for crimes in self.strip],
            "share_of_team": None if self.share_of_team is None else _number(self.share_of_team),
            "share_of_all": _number(self.share_of_all),
            "harm": None if self.harm is None else _number(self.harm),
            "crimes_without_weight": self.without_weight,
            "categories": {CATEGORIES[number].slug: crimes for number, crimes in self.categories},
            "easting": round(self.easting, 1),
            "northing": round(self.northing, 1),
            "points": list(self.points),
            "crimes_at": list(self.crimes_at),
        }


def _number(value: float) -> float | None:
    """As JSON can hold it, short enough to be the same on every machine."""
    return float(f"{value:.{DIGITS}g}") if isfinite(value) else None


@dataclass(frozen=True, slots=True)
class Attached:
    """What else is known of points, categories and crimes; each may be left out.

    Attributes:
        team: p, for each snap point given, the number of its team; negative for none.
        harm: By category number, the weight of one crime; NaN for a category that has none.
        outcome: n, for each crime, the number of its last outcome; negative for none known.
    """

    team: npt.NDArray[np.int64] | None = None
    harm: npt.NDArray[np.float64] | None = None
    outcome: npt.NDArray[np.int16] | None = None


NOTHING = Attached()
