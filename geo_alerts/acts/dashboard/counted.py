"""Crimes of a force by month, team and category: read once, and all figures are sums of them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from geo_alerts.acts.crimes.months import Presence
from geo_alerts.acts.dashboard.settling import MOST_HISTORY, YEAR, Settled
from geo_alerts.acts.hotspots.questions import MonthSpan
from geo_alerts.acts.hotspots.reports.made_from import AskedOfCrimes
from geo_alerts.acts.hotspots.reports.trends import crimes_and_recorded
from geo_alerts.acts.hotspots.weighing import weights_of
from geo_alerts.acts.live import Live
from geo_alerts.hotspots.categories import CATEGORIES, category
from geo_alerts.hotspots.months import month_text
from geo_alerts.hotspots.trends import monthly_series

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

HELD: Final = "dashboard counts"
# Each some hundred thousand numbers.
MOST_HELD: Final = 8


@dataclass(frozen=True, eq=False)
class Counted:
    """Counts of a force's crimes in the months up to the last one looked at.

    Attributes:
        months: j, those that are there, ascending (`months.month_number`); the last is looked at.
        located: j by m teams by all categories: crimes with a position in the team.
        nowhere: j by all categories: with a position in no team.
        recorded: j by all categories: all that were recorded, with a position or without.
    """

    months: tuple[int, ...]
    located: Floats
    nowhere: Floats
    recorded: Floats

    def rows(self, wanted: tuple[int, ...]) -> list[int]:
        """The places of months, of those that are there."""
        return [self.months.index(month) for month in wanted if month in self.months]


@dataclass(frozen=True, eq=False)
class Looked:
    """The counts that a state looks at.

    Attributes:
        at: What is looked at.
        counted: Of all teams and categories.
        categories: Numbers of those looked at.
        days: By number of a category, what a crime of it weighs; None where each counts 1.
        unweighed: Names of categories looked at that the index has no weight of: they count 0.
    """

    at: Settled
    counted: Counted
    categories: tuple[int, ...]
    days: Floats | None
    unweighed: tuple[str, ...]

    def by_team(self) -> Floats:
        """Months by teams by categories looked at: counts."""
        return self.counted.located[:, :, list(self.categories)]

    def by_category(self) -> Floats:
        """Months by categories looked at: counts of the teams looked at.

        Of a whole force all that is recorded counts, also without a position.
        """
        if self.at.is_whole:
            return self.counted.recorded[:, list(self.categories)]
        return np.asarray(self.by_team()[:, self.at.chosen].sum(axis=1))

    def weigh(self, counts: Floats) -> Floats:
        """Sums over categories, the last axis: of counts, or of days of harm."""
        if self.days is None:
            return np.asarray(counts.sum(axis=-1))
        return np.asarray(counts @ self.days[list(self.categories)])


def looked_at(live: Live, at: Settled) -> Looked:
    """The counts that a state looks at.

    Raises:
        StoreError: They cannot be read.
    """
    key = (at.force, at.last, at.crimes_sha256, at.teams.edition.id)
    counted = live.held.get(HELD, key, lambda: _count(live, at), most=MOST_HELD)
    chosen = at.state.category
    slugs = [one.slug for one in at.categories] if chosen is None else [chosen]
    numbers = tuple(category(slug).number for slug in slugs)
    weights = weights_of(at.state.weight)
    if weights is None:
        return Looked(at, counted, numbers, None, ())
    without = tuple(CATEGORIES[one].name for one in numbers if np.isnan(weights.days[one]))
    return Looked(at, counted, numbers, np.nan_to_num(weights.days), without)


def _count(live: Live, at: Settled) -> Counted:
    # Two years before the first of the months taken together, and the history of the last.
    first = max(at.there[0], at.last - MOST_HISTORY - YEAR)
    months = tuple(month for month in at.there if first <= month <= at.last)
    span = MonthSpan(first=month_text(months[0]), last=month_text(at.last))
    asked = AskedOfCrimes(forces=(at.force,)).of_months(span, missing="mask")
    missing = tuple(one for one in range(first, at.last + 1) if one not in months)
    crimes, recorded = crimes_and_recorded(live, asked, Presence((at.force,), months, missing, {}))
    every = tuple(one.number for one in CATEGORIES)
    areas = len(at.teams.layer)
    team = at.teams.of(crimes)
    # One more place for crimes in no team.
    place = np.where(team < 0, areas, team)
    series = monthly_series(crimes, place, areas=areas + 1, months=months, categories=every)
    return Counted(months, series[:, :areas], series[:, areas], recorded)
