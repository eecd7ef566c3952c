"""The boundary of a study area as straight stretches, and how each is seen from a place."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo_alerts.hotspots.grid import checked_area

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sight:
    """How stretches are seen, one from each of n places.

    Attributes:
        away: n metres from the place to the line that the stretch lies on, not negative.
        first: n metres along that line from the foot of the perpendicular to where it begins.
        last: n metres to where it ends; more than `first`.
        side: n: 1 where the stretch runs anticlockwise round the place, else -1.
    """

    away: Floats
    first: Floats
    last: Floats
    side: Floats

    def angle(self) -> Floats:
        """Radians that each stretch takes of the way round its place; 0 for one that it is on."""
        turn = np.arctan2(self.last, self.away) - np.arctan2(self.first, self.away)
        return np.where(self.away > 0, self.side * turn, 0.0)

    def distance(self) -> Floats:
        """Metres from each place to its stretch."""
        beside = np.maximum(np.maximum(self.first, -self.last), 0.0)
        return np.hypot(self.away, beside)


class Boundary:
    """The rings of an area, shells anticlockwise and holes clockwise, as stretches."""

    def __init__(self, area: BaseGeometry, begin: Floats, end: Floats) -> None:
        """Keep an area with its stretches: m by 2 metres each, where they begin and end."""
        self._begin = begin
        self._length = np.hypot(*(end - begin).T)
        self._along = (end - begin) / self._length[:, None]
        self._end = end
        # A copy, because preparing changes the geometry that somebody else holds.
        self._area = shapely.from_wkb(shapely.to_wkb(area))
        shapely.prepare(self._area)

    @classmethod
    def of(cls, area: BaseGeometry) -> "Boundary":
        """The boundary of one polygon or several.

        Raises:
            InvalidInputError: It is none, is empty, not valid, or in degrees.
        """
        checked_area(area)
        rings = shapely.get_rings(shapely.get_parts(shapely.orient_polygons(area)))
        vertex, ring = shapely.get_coordinates(rings, return_index=True)
        stays = ring[1:] == ring[:-1]
        moves = (vertex[1:] != vertex[:-1]).any(axis=1)
        return cls(area, vertex[:-1][stays & moves], vertex[1:][stays & moves])

    def __len__(self) -> int:
        """How many stretches."""
        return len(self._begin)

    @cached_property
    def _tree(self) -> shapely.STRtree:
        stretches = shapely.linestrings(np.stack([self._begin, self._end], axis=1))
        return shapely.STRtree(np.asarray(stretches))

    def covers(self, places: Floats) -> Flags:
        """Which places lie in the area or on its boundary."""
        return np.asarray(shapely.intersects_xy(self._area, places))

    def near(self, places: Floats, reach_m: float) -> tuple[Numbers, Numbers]:
        """Pairs of place and stretch no further apart than the reach."""
        found = self._tree.query(shapely.points(places), predicate="dwithin", distance=reach_m)
        return found[0], found[1]

    def seen(self, places: Floats, stretch: Numbers) -> Sight:
        """How stretches are seen from places, pair by pair; one place does for all stretches."""
        to_begin = self._begin[stretch] - places
        along = self._along[stretch]
        first = (to_begin * along).sum(axis=1)
        across = to_begin[:, 0] * along[:, 1] - to_begin[:, 1] * along[:, 0]
        return Sight(np.abs(across), first, first + self._length[stretch], np.sign(across))
