"""Which area each point is in, how far it is from that area's boundary, and what is near a gap.

A point is in an area that covers it: interior or boundary, not a hole (`ST_Covers`). On a shared
edge and in an overlap it is in several; the first is the one with the lowest code, so that the
answer does not depend on the order of the areas in a file. In a gap it is in none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from geo_alerts.places.layer import Layer
from geo_alerts.places.point_index import PointIndex
from geo_alerts.places.threads import run_each

Floats = npt.NDArray[np.float64]
Indexes = npt.NDArray[np.int32]

NO_AREA: Final = -1

# The search for the nearest area starts this wide and widens fourfold: most gaps are slivers
# between areas that were generalised apart, some metres wide.
FIRST_REACH_M: Final = 100.0
WIDENED_BY: Final = 4.0

# Measured: GEOS needs 6 microseconds for the distance to a boundary of 1,000 vertices, and 150 for
# one of 20,000; a tree of pieces of the boundary needs 5 and 16.
VERTICES_WORTH_A_TREE: Final = 1_000
SEGMENTS_IN_A_PIECE: Final = 8

# Areas whose points one thread does at a time.
AREAS_AT_ONCE: Final = 64


@dataclass(frozen=True, eq=False)
class Assignment:
    """The areas of n points, as indexes into a layer.

    Attributes:
        offset: n + 1; the areas of point i are `area[offset[i]:offset[i + 1]]`.
        area: k indexes, ascending within a point.
        first: n indexes, the lowest of each point; -1 where no area covers it.
    """

    offset: npt.NDArray[np.int64]
    area: Indexes
    first: Indexes


def assign(
    easting: npt.ArrayLike,
    northing: npt.ArrayLike,
    layer: Layer,
    *,
    index: PointIndex | None = None,
) -> Assignment:
    """All areas that cover each point.

    Args:
        easting: n metres, EPSG:27700; NaN for a point without coordinates, which is in no area.
        northing: n metres.
        layer: The areas, which may overlap and leave gaps.
        index: An index of these same points, where there is one already.

    Returns:
        The areas of each point, in the order of the points.
    """
    count = np.asarray(easting).size
    asked = PointIndex(easting, northing) if index is None else index
    area, row = asked.covered_by_each(layer.geometry)
    areas_of = np.bincount(row, minlength=count)
    offset = np.concatenate([[0], np.cumsum(areas_of)])
    several = areas_of[row] > 1
    areas = np.empty(len(area), dtype=np.int32)
    areas[offset[row[~several]]] = area[~several]
    # Pairs come in the order of the areas, which a stable sort by point keeps within a point.
    by_point = np.argsort(row[several], kind="stable")
    areas[np.repeat(areas_of > 1, areas_of)] = area[several][by_point]
    first = np.full(count, NO_AREA, dtype=np.int32)
    first[areas_of > 0] = areas[offset[:-1][areas_of > 0]]
    return Assignment(offset, areas, first)


def margin_m(
    easting: npt.ArrayLike, northing: npt.ArrayLike, layer: Layer, first: Indexes
) -> Floats:
    """How far each point is from the boundary of the area it is assigned to.

    Args:
        easting: n metres, EPSG:27700.
        northing: n metres.
        layer: The areas.
        first: n indexes into the layer; -1 for a point that is in none.

    Returns:
        n metres; 0 on the boundary, NaN where there is no area. Edges of holes are boundary.
    """
    east, north = np.asarray(easting, dtype=float), np.asarray(northing, dtype=float)
    order = np.argsort(first, kind="stable")[np.count_nonzero(first == NO_AREA) :]
    groups = np.split(order, np.flatnonzero(np.diff(first[order])) + 1)
    chunks = [groups[at : at + AREAS_AT_ONCE] for at in range(0, len(groups), AREAS_AT_ONCE)]
    margins = np.full(len(first), np.nan)

    def fill(chunk: list[npt.NDArray[np.int64]]) -> None:
        for rows in chunk:
            boundary = shapely.boundary(layer.geometry[first[rows[0]]])
            margins[rows] = _distance_m(boundary, _points(east[rows], north[rows]))

    if order.size:
        run_each(fill, chunks)
    return margins


def nearest_area(
    easting: npt.ArrayLike,
    northing: npt.ArrayLike,
    layer: Layer,
    *,
    excluding: Indexes | None = None,
) -> tuple[Indexes, Floats]:
    """The area nearest to each point, as for points in gaps.

    Args:
        easting: n metres, EPSG:27700; NaN for a point without coordinates.
        northing: n metres.
        layer: The areas.
        excluding: n indexes of an area that does not count for the point, for example its own;
            -1 for none.

    Returns:
        The index of the nearest area, the one with the lowest code where distances are equal, and
        the distance in metres, 0 where it covers the point; -1 and NaN where there is none.
    """
    east, north = np.asarray(easting, dtype=float), np.asarray(northing, dtype=float)
    points = _points(east, north)
    not_wanted = np.full(len(east), NO_AREA) if excluding is None else excluding
    index = np.full(len(east), NO_AREA, dtype=np.int32)
    distance_m = np.full(len(east), np.nan)
    pending = np.flatnonzero(np.isfinite(east) & np.isfinite(north))
    tree = shapely.STRtree(layer.geometry)
    for reach_m in _reaches(points[pending], layer):
        asked, area = tree.query(points[pending], predicate="dwithin", distance=reach_m)
        row = pending[asked]
        row, area = row[area != not_wanted[row]], area[area != not_wanted[row]]
        away_m = shapely.distance(layer.geometry[area], points[row])
        order = np.lexsort((area, away_m, row))
        row, best = np.unique(row[order], return_index=True)
        index[row], distance_m[row] = area[order][best], away_m[order][best]
        pending = np.setdiff1d(pending, row, assume_unique=True)
    return index, distance_m


def _points(easting: Floats, northing: Floats) -> npt.NDArray[np.object_]:
    return np.asarray(shapely.points(np.column_stack([easting, northing])), dtype=object)


def _reaches(points: npt.NDArray[np.object_], layer: Layer) -> Iterator[float]:
    # Wider and wider, the last one wide enough for every pair of a point and an area.
    if not (len(points) and len(layer)):
        return
    west, south, east, north = shapely.total_bounds(np.concatenate([points, layer.geometry]))
    widest_m = 1.0 + float(np.hypot(east - west, north - south))
    reach_m = FIRST_REACH_M
    while reach_m < widest_m:
        yield reach_m
        reach_m *= WIDENED_BY
    yield widest_m


def _distance_m(boundary: shapely.Geometry, points: npt.NDArray[np.object_]) -> Floats:
    if shapely.get_num_coordinates(boundary) < VERTICES_WORTH_A_TREE:
        return np.asarray(shapely.distance(boundary, points))
    tree = shapely.STRtree(_pieces(boundary))
    nearest = tree.query_nearest(points, return_distance=True, all_matches=False)
    return np.asarray(nearest[1])


def _pieces(boundary: shapely.Geometry) -> npt.NDArray[np.object_]:
    # The rings cut into lines of some segments each; a ring's last piece may be shorter.
    vertex, ring = shapely.get_coordinates(shapely.get_parts(boundary), return_index=True)
    start = np.flatnonzero(ring[1:] == ring[:-1])
    since = start - np.searchsorted(ring, ring[start])
    piece = np.cumsum(since % SEGMENTS_IN_A_PIECE == 0) - 1
    ends = np.flatnonzero(np.diff(piece, append=piece[-1] + 1))
    at = np.insert(start, ends + 1, start[ends] + 1)
    return np.asarray(
        shapely.linestrings(vertex[at], indices=np.insert(piece, ends + 1, piece[ends]))
    )
