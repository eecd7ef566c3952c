"""Places that are compared: the ground of each, none of which shares any with another."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo_alerts.acts.hotspots.study import covers
from geo_alerts.errors import InvalidAreaError
from geo_alerts.hotspots.crimes import Crimes

TARGET: Final = "target"
CONTROL: Final = "control"
AROUND: Final = "around"
CONTROL_AROUND: Final = "control_around"
PLACES: Final[Mapping[str, str]] = MappingProxyType(
    {
        TARGET: "the target area",
        CONTROL: "the control area",
        AROUND: "the ground around the target",
        CONTROL_AROUND: "the ground around the control",
    }
)
THE_SAME: Final = "this is the target: choose another place to compare with"
MOST_BUFFER_M: Final = 5_000
# Boundaries that were drawn apart share slivers with their neighbours.
MOST_SHARED: Final = 0.001
NOWHERE: Final = -1
# The time that one outline takes grows as the square of its corners, or worse where it is spiky.
MOST_CORNERS_AT_ONCE: Final = 500
CORNERS_OF_A_PIECE: Final = 16


def around(ground: BaseGeometry, metres: float) -> BaseGeometry:
    """The ground within so many metres of another, without it.

    Args:
        ground: Polygons, EPSG:27700.
        metres: How far it reaches. Arcs are drawn by chords, which leave out less than a hundredth
            of it.
    """
    if shapely.get_num_coordinates(ground) <= MOST_CORNERS_AT_ONCE:
        return shapely.buffer(ground, metres) - ground
    pieces = np.asarray(list(_pieces(ground)), dtype=object)
    return shapely.union_all(shapely.buffer(pieces, metres)) - ground


def _pieces(ground: BaseGeometry) -> Iterator[BaseGeometry]:
    # The outlines as short lines, each from where the one before it ends.
    for ring in shapely.get_rings(shapely.get_parts(ground)):
        corners = shapely.get_coordinates(ring)
        for first in range(0, len(corners) - 1, CORNERS_OF_A_PIECE):
            yield shapely.LineString(corners[first : first + CORNERS_OF_A_PIECE + 1])


@dataclass(frozen=True, eq=False)
class Places:
    """Places by their keys of `PLACES`.

    Attributes:
        grounds: EPSG:27700.
    """

    grounds: Mapping[str, BaseGeometry]

    @classmethod
    def apart(cls, grounds: Mapping[str, BaseGeometry]) -> "Places":
        """Places that are apart.

        Raises:
            InvalidAreaError: Two share ground, or one has none.
        """
        for key, ground in grounds.items():
            if not ground.area:
                raise InvalidAreaError(f"{PLACES[key]} has no ground of its own")
        for one, other in combinations(grounds, 2):
            shared = (grounds[one] & grounds[other]).area
            largest = max(grounds[one].area, grounds[other].area)
            if {one, other} == {TARGET, CONTROL} and shared >= (1 - MOST_SHARED) * largest:
                raise InvalidAreaError(THE_SAME)
            if shared > MOST_SHARED * min(grounds[one].area, grounds[other].area):
                raise InvalidAreaError(
                    f"{PLACES[one]} and {PLACES[other]} share {shared / 1e6:,.3f} km2, whose "
                    "crimes would count twice: choose areas further apart or less ground around "
                    "them"
                )
        return cls(grounds)

    def __len__(self) -> int:
        """How many."""
        return len(self.grounds)

    @property
    def keys(self) -> list[str]:
        """What each is."""
        return list(self.grounds)

    @property
    def km2(self) -> list[float]:
        """The ground of each."""
        return [float(ground.area) / 1e6 for ground in self.grounds.values()]

    def of(self, crimes: Crimes) -> npt.NDArray[np.int64]:
        """The number of the place that each of n crimes lies in; -1 for none.

        On an edge that two share it is the first of them.
        """
        easting, northing, at = crimes.positions()
        place = np.full(len(easting), NOWHERE, dtype=np.int64)
        for number, ground in reversed(list(enumerate(self.grounds.values()))):
            place[covers(ground, easting, northing)] = number
        return place[at]
