"""How far boundaries moved: measured, and proven to be within a tolerance.

The distance is Hausdorff's, both ways: no point of the new boundary is farther than the tolerance
from the old one, and none of the old one from the new. Proof is by cover: a line lies within the
tolerance of another when the ground around that one covers it. GEOS draws such ground with corners
on its rim, so it is a little too small (by 0.12% of the tolerance), never too large.
"""

from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.faults.faces import Flags, Floats, Geometries, Indexes

# Corners to a quarter of a circle.
QUADRANT: Final = 16
# Vertices of one line times those of another, from which on an index pays.
MANY: Final = 100_000


def stays_within(old: Geometries, new: Geometries, tolerance_m: float) -> Flags:
    """Tell which lines are proven to be within a tolerance of each other, both ways.

    Args:
        old: n lines, or boundaries of areas.
        new: n others; nothing is near an empty one.
        tolerance_m: The distance.
    """
    is_near = shapely.covers(around(old, tolerance_m), new) & ~shapely.is_empty(new)
    is_near &= shapely.covers(around(new, tolerance_m), old) & ~shapely.is_empty(old)
    return np.asarray(is_near)


def around(lines: Geometries, tolerance_m: float) -> Geometries:
    """Ground that is within a tolerance of lines; a little less than all of it, prepared."""
    near = shapely.buffer(lines, tolerance_m, quad_segs=QUADRANT)
    shapely.prepare(near)
    return near


def strayed(old: BaseGeometry, new: BaseGeometry, tolerance_m: float) -> BaseGeometry:
    """What of two lines is not proven to be within a tolerance of the other one."""
    both = np.array([old, new], dtype=object)
    away = shapely.difference(both[::-1], around(both, tolerance_m))
    return shapely.union_all(away)


def moved_m(old: Geometries, new: Geometries) -> Floats:
    """How far lines are from each other, both ways, measured at vertices and middles of edges.

    Args:
        old: n lines.
        new: n others.

    Returns:
        n metres; infinite where one of two is empty.
    """
    return np.maximum(_farthest(new, old), _farthest(old, new))


def _farthest(lines: Geometries, others: Geometries) -> Floats:
    size = shapely.get_num_coordinates(lines).astype(np.int64)
    size *= shapely.get_num_coordinates(others)
    found = np.full(len(lines), np.inf)
    small = np.flatnonzero((size > 0) & (size < MANY))
    points, line = _points(lines[small])
    farthest = np.zeros(len(small))
    np.maximum.at(farthest, line, shapely.distance(points, others[small][line]))
    found[small] = farthest
    for large in np.flatnonzero(size >= MANY).tolist():
        edges = shapely.STRtree(_edges(others[large]))
        points, _ = _points(lines[large : large + 1])
        found[large] = edges.query_nearest(points, return_distance=True, all_matches=False)[1].max()
    return found


def _points(lines: Geometries) -> tuple[Geometries, Indexes]:
    # Vertices and middles of edges, and the line of each.
    parts, line = shapely.get_parts(lines, return_index=True)
    positions, part = shapely.get_coordinates(parts, return_index=True)
    is_next = part[1:] == part[:-1]
    middles = ((positions[1:] + positions[:-1]) / 2)[is_next]
    points = np.asarray(shapely.points(np.concatenate([positions, middles])))
    return points, line[np.concatenate([part, part[1:][is_next]])]


def _edges(line: BaseGeometry) -> Geometries:
    positions, part = shapely.get_coordinates(shapely.get_parts(line), return_index=True)
    is_next = part[1:] == part[:-1]
    ends = np.stack([positions[:-1][is_next], positions[1:][is_next]], axis=1)
    return np.asarray(shapely.linestrings(ends))
