"""Figures of locations from crimes counted at points: columns, one value for each location.

shapely's functions take all locations at once; scipy is imported inside functions elsewhere.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.categories import CATEGORIES
from geo_alerts.hotspots.crimes import Crimes, Floats
from geo_alerts.hotspots.repeats.points import Points, Tally

Integers = npt.NDArray[np.int64]
NONE = -1
# Millimetres: below what a position means, above what two machines may differ by.
DECIMALS = 3


@dataclass(frozen=True, slots=True)
class Group:
    """m locations that were kept, and what belongs to them.

    Attributes:
        of_point: q, the location of each point of the tally; NONE of those that were not kept.
        of_crime: n, of each crime.
        counts: m by observed months.
    """

    of_point: Integers
    of_crime: Integers
    counts: Integers

    def __len__(self) -> int:
        """How many locations."""
        return len(self.counts)

    def picked(self, chosen: Integers) -> "Group":
        """Some of them, in another order: that of `chosen`."""
        place = np.full(len(self) + 1, NONE, dtype=np.int64)  # the last is that of NONE
        place[chosen] = np.arange(len(chosen))
        return Group(place[self.of_point], place[self.of_crime], self.counts[chosen])


def group(counted: Tally, location: Integers, least_crimes: int) -> Group:
    """Locations with at least so many crimes, in the order of their first points.

    Args:
        counted: Crimes by point and month.
        location: q, the location of each point, by `clusters.location_of`.
        least_crimes: Those with fewer are left out.
    """
    crimes = np.bincount(location, weights=counted.crimes)
    place = np.full(len(crimes), NONE, dtype=np.int64)
    kept = np.flatnonzero(crimes >= least_crimes)
    place[kept] = np.arange(len(kept))
    of_point = place[location]
    of_crime = of_point[counted.at]
    observed = np.cumsum(counted.observed) - 1
    inside = of_crime != NONE
    months = int(counted.observed.sum())
    cells = of_crime[inside] * months + observed[counted.step[inside]]
    counts = np.bincount(cells, minlength=len(kept) * months).reshape(len(kept), months)
    return Group(of_point, of_crime, counts)


def by_category(crimes: Crimes, kept: Group) -> Integers:
    """Crimes of each location by category: m by the number of categories.

    Raises:
        InvalidInputError: A crime has no category of `CATEGORIES`.
    """
    category = crimes.category.astype(np.int64)
    if category.size and not 0 <= category.min() <= category.max() < len(CATEGORIES):
        raise InvalidInputError(f"categories are numbers from 0 to {len(CATEGORIES) - 1}")
    inside = kept.of_crime != NONE
    cells = kept.of_crime[inside] * len(CATEGORIES) + category[inside]
    found = np.bincount(cells, minlength=len(kept) * len(CATEGORIES))
    return found.reshape(len(kept), len(CATEGORIES))


def harm_of(categories: Integers, weights: Floats) -> tuple[Floats, Integers]:
    """The sum of weights of each location, and its crimes of categories without a weight.

    Raises:
        InvalidInputError: Not one weight for each category, or a negative or infinite one.
    """
    if weights.shape != (len(CATEGORIES),):
        raise InvalidInputError(f"wanted {len(CATEGORIES)} weights of harm, NaN for none")
    if np.isinf(weights).any() or (weights < 0).any():
        raise InvalidInputError("weights of harm are finite and not negative; NaN stands for none")
    missing = np.isnan(weights)
    harm = categories.astype(np.float64) @ np.where(missing, 0.0, weights)
    without: Integers = categories[:, missing].sum(axis=1)
    return harm, without


def team_of(
    counted: Tally, kept: Group, team: Integers, points: int
) -> tuple[Integers, npt.NDArray[np.float64]]:
    """The team of each location, and its share of that team's crime.

    Args:
        counted: Crimes by point and month.
        kept: The locations.
        team: p, the team of each snap point given; negative for none.
        points: p.

    Returns:
        The team that has most of a location's crimes (of several the lowest number; NONE for
        none), and the location's crimes in it among all crimes in it (NaN for none).

    Raises:
        InvalidInputError: Not one team for each snap point.
    """
    if team.shape != (points,):
        raise InvalidInputError(f"wanted one team for each of {points} snap points")
    teams = np.full(len(kept), NONE, dtype=np.int64)
    shares = np.full(len(kept), np.nan)
    of_point = team[counted.order]
    inside = (of_point >= 0) & (kept.of_point != NONE)
    if not inside.any():
        return teams, shares
    in_team = np.bincount(of_point[of_point >= 0], weights=counted.crimes[of_point >= 0])
    found, best, crimes = most_of(kept.of_point[inside], of_point[inside], counted.crimes[inside])
    teams[found] = best
    shares[found] = crimes / in_team[best]
    return teams, shares


def most_of(
    group: Integers, value: Integers, crimes: Integers
) -> tuple[Integers, Integers, Integers]:
    """What has most of each group's crimes; of several with as many the lowest.

    Args:
        group: n, the group of each row.
        value: n, what the row's crimes are in.
        crimes: n, how many they are.

    Returns:
        The groups, ascending; the value of each that has most crimes, and how many it has.
    """
    pairs, at = np.unique(np.column_stack((group, value)), axis=0, return_inverse=True)
    summed = np.zeros(len(pairs), dtype=np.int64)
    np.add.at(summed, at.ravel(), crimes)
    order = np.lexsort((pairs[:, 1], -summed, pairs[:, 0]))
    best = order[np.unique(pairs[order, 0], return_index=True)[1]]
    return pairs[best, 0], pairs[best, 1], summed[best]


def first_points(counted: Tally, kept: Group) -> tuple[Integers, Integers]:
    """What a key is made of: the first month with crime, and the point that had most of it.

    Returns:
        m places in `Tally.months`, m places in `Tally.order` (of several points the first).
    """
    inside = np.flatnonzero(kept.of_crime != NONE)
    first = np.full(len(kept), len(counted.months), dtype=np.int64)
    np.minimum.at(first, kept.of_crime[inside], counted.step[inside])
    early = inside[counted.step[inside] == first[kept.of_crime[inside]]]
    crimes = np.bincount(counted.at[early], minlength=len(counted.order))
    had = np.flatnonzero(crimes)
    order = had[np.lexsort((had, -crimes[had], kept.of_point[had]))]
    return first, order[np.unique(kept.of_point[order], return_index=True)[1]]


def members(counted: Tally, kept: Group) -> list[Integers]:
    """The points of each location, as places in `Tally.order`, those with most crimes first."""
    inside = np.flatnonzero(kept.of_point != NONE)
    order = inside[np.lexsort((inside, -counted.crimes[inside], kept.of_point[inside]))]
    starts = np.unique(kept.of_point[order], return_index=True)[1]
    return np.split(order, starts[1:]) if len(kept) else []


def areas(counted: Tally, kept: Group, points: Points, buffer_m: float) -> npt.NDArray[np.object_]:
    """The convex hull of each location's points with a margin round it, to the millimetre."""
    inside = np.flatnonzero(kept.of_point != NONE)
    order = inside[np.argsort(kept.of_point[inside], kind="stable")]
    at = counted.order[order]
    both = np.column_stack((points.easting[at], points.northing[at]))
    hulls = shapely.convex_hull(shapely.multipoints(both, indices=kept.of_point[order]))
    rounded = shapely.transform(shapely.buffer(hulls, buffer_m), lambda xy: xy.round(DECIMALS))
    return np.asarray(rounded, dtype=object)


def centres(counted: Tally, kept: Group, points: Points) -> tuple[Floats, Floats]:
    """The mean position over the crimes of each location."""
    inside = kept.of_point != NONE
    of, weights = kept.of_point[inside], counted.crimes[inside].astype(np.float64)
    total = np.bincount(of, weights=weights, minlength=len(kept))
    at = counted.order[inside]
    east, north = (
        np.bincount(of, weights=weights * axis[at], minlength=len(kept)) / total
        for axis in (points.easting, points.northing)
    )
    return east, north
