"""Published points of an import: those that are new, and those at which exact positions are shown.

An exact position is shown at the nearest published point. Where none is published within five
kilometres, the middle of a square of one kilometre of the National Grid stands for it: published
points have at least eight addresses near them, and a square so far from any has few.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from geo_alerts.crs import published_points_to_epsg_4326, published_points_to_epsg_27700
from geo_alerts.sources.crimes.parts import PublishedPoints
from geo_alerts.store.crime_points import NO_POINT, point_numbers
from geo_alerts.store.crimes import all_points
from geo_alerts.store.database import Store

NEAREST_M: Final = 5_000.0
SQUARE_M: Final = 1_000.0
MILLIONTHS: Final = 1e6

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
_NOWHERE: Final = np.zeros(0)
_NOTHING: Final = np.zeros(0, dtype=object)
NO_POINTS: Final = PublishedPoints(
    np.zeros(0, dtype=np.int32),
    np.zeros(0, dtype=np.int32),
    _NOWHERE,
    _NOWHERE,
    np.zeros(0, dtype=np.bool_),
    _NOTHING,
    _NOTHING,
)


class NewPoints:
    """The points that an import has written; each is written once, with its latest name."""

    def __init__(self) -> None:
        """None yet."""
        self._written = np.zeros(0, dtype=np.int64)

    def take(self, points: PublishedPoints) -> PublishedPoints:
        """Those of some points that are to be written; from then on they are."""
        numbers = point_numbers(points.longitude_e6, points.latitude_e6)
        at = np.searchsorted(self._written, numbers)
        is_new = np.append(self._written, NO_POINT)[at] != numbers
        new = np.sort(numbers[is_new])
        self._written = np.insert(self._written, np.searchsorted(self._written, new), new)
        return PublishedPoints(
            points.longitude_e6[is_new],
            points.latitude_e6[is_new],
            points.easting[is_new],
            points.northing[is_new],
            points.is_snapped[is_new],
            points.street[is_new],
            points.lsoa[is_new],
        )


class ShownPoints:
    """Where exact positions are shown."""

    def __init__(self, store: Store) -> None:
        """Know all published points of a store."""
        from scipy.spatial import KDTree  # noqa: PLC0415 - the server starts without it

        with store.reading() as connection:
            points = all_points(connection)
        published = ~points.is_stand_in
        self._numbers = points.id[published]
        positions = np.column_stack((points.easting[published], points.northing[published]))
        self._tree = KDTree(positions) if len(positions) else None

    def of(self, easting: Floats, northing: Floats) -> tuple[Integers, PublishedPoints]:
        """The numbers of the points at which positions are shown, and stand-ins among them.

        Args:
            easting: n metres, EPSG:27700; NaN where there is no position.
            northing: n metres.

        Returns:
            n numbers, NO_POINT where there is no position; and the stand-ins, each once.
        """
        found = np.full(len(easting), NO_POINT, dtype=np.int64)
        located = np.flatnonzero(np.isfinite(easting))
        near = self._near(easting[located], northing[located])
        found[located] = near
        lone = located[near == NO_POINT]
        middle = [
            np.floor(metres[lone] / SQUARE_M) * SQUARE_M + SQUARE_M / 2
            for metres in (easting, northing)
        ]
        squares, which = np.unique(np.column_stack(middle), axis=0, return_inverse=True)
        stand_ins = _stand_ins(squares[:, 0], squares[:, 1])
        numbers = point_numbers(stand_ins.longitude_e6, stand_ins.latitude_e6)
        found[lone] = numbers[which.ravel()]
        return found, stand_ins

    def _near(self, easting: Floats, northing: Floats) -> Integers:
        if self._tree is None:
            return np.full(len(easting), NO_POINT, dtype=np.int64)
        asked = np.column_stack((easting, northing))
        _, place = self._tree.query(asked, distance_upper_bound=NEAREST_M)
        found: Integers = np.append(self._numbers, NO_POINT)[place]
        return found


def _stand_ins(easting: Floats, northing: Floats) -> PublishedPoints:
    longitude, latitude = published_points_to_epsg_4326(easting, northing)
    again_easting, again_northing, is_snapped = published_points_to_epsg_27700(longitude, latitude)
    nothing = np.full(len(easting), "", dtype=object)
    return PublishedPoints(
        np.round(longitude * MILLIONTHS).astype(np.int32),
        np.round(latitude * MILLIONTHS).astype(np.int32),
        again_easting,
        again_northing,
        is_snapped,
        nothing,
        nothing,
    )
