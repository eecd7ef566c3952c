"""Which convex polygons lie wholly within a distance of a line, whatever the line.

The line is never buffered: the arcs of a long line that turns often overlap, and their union takes
time and memory that grow with the square of their number. Here the work for a polygon is bounded.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from geo_alerts.places.voronoi import Floats, Polygons, Rows

Flags = npt.NDArray[np.bool_]

# A triangle near several stretches is cut into four so often: the last are 1/64 of the first.
CUTS: Final = 6

# So many polygons are settled together, and of so many triangles at most: memory is bounded.
POLYGONS_AT_ONCE: Final = 4_096
MOST_TRIANGLES: Final = 65_536

# The corners of the four parts of a triangle, of its three corners and the middles of its sides
# (from the first to the second corner, the second to the third, the third to the first).
QUARTERS: Final = np.array([[0, 3, 5], [3, 1, 4], [5, 4, 2], [3, 4, 5]])


class Stretches:
    """The straight stretches of a line."""

    def __init__(self, line: shapely.Geometry) -> None:
        """Index the stretches.

        Args:
            line: A LineString or MultiLineString, EPSG:27700, in two dimensions.
        """
        place, part = shapely.get_coordinates(shapely.get_parts(line), return_index=True)
        is_one = part[:-1] == part[1:]
        ends = np.stack([place[:-1][is_one], place[1:][is_one]], axis=1)
        # A line drawn there and back, or through a place many times, is no more than once.
        self._ends = np.unique(ends, axis=0)
        self._tree = shapely.STRtree(np.asarray(shapely.linestrings(self._ends)))

    def hold(self, polygons: Polygons, metres: float) -> Flags:
        """Tell which polygons lie wholly within a distance of the line.

        A convex shape lies within a distance of a straight stretch when all its corners do: a
        polygon is held when that is so of the stretch nearest to its middle, or of each of the
        triangles it is cut into. What is held lies within the distance, but for rounding. A polygon
        may be missed, when it reaches to the very edge between two stretches: no farther from it
        than the width of the smallest triangles, 1/64 of its own; or when far more triangles are
        needed than are usual.

        Args:
            polygons: Convex Polygons without holes, EPSG:27700; an empty one is not held.
            metres: The distance.
        """
        is_held = np.zeros(len(polygons), dtype=np.bool_)
        rows = np.flatnonzero(~shapely.is_empty(polygons))
        for start in range(0, len(rows), POLYGONS_AT_ONCE):
            own = rows[start : start + POLYGONS_AT_ONCE]
            is_held[own] = self._hold(polygons[own], metres)
        return is_held

    def _hold(self, polygons: Polygons, metres: float) -> Flags:
        middle = shapely.get_coordinates(shapely.centroid(polygons))
        near = self._nearest(middle)
        corner, at = shapely.get_coordinates(polygons, return_index=True)
        is_far = _away_m(corner, self._ends[near[at]]) > metres
        is_held = np.bincount(at[is_far], minlength=len(polygons)) == 0
        # A ring's last corner is its first.
        is_side = (at[:-1] == at[1:]) & ~is_held[at[:-1]]
        owner = at[:-1][is_side]
        fan = np.stack([middle[owner], corner[:-1][is_side], corner[1:][is_side]], axis=1)
        is_held |= self._are_held(fan, owner, len(polygons), metres)
        return np.asarray(is_held)

    def _are_held(self, triangles: Floats, owner: Rows, count: int, metres: float) -> Flags:
        # Of `count` owners, those all of whose triangles are held.
        is_lost = np.zeros(count, dtype=np.bool_)
        for _ in range(CUTS + 1):
            middle = triangles.mean(axis=1)
            ends = self._ends[self._nearest(middle)]
            is_lost[owner[_away_m(middle, ends) > metres]] = True
            away_m = _away_m(triangles, ends[:, np.newaxis])
            is_open = (away_m > metres).any(axis=1) & ~is_lost[owner]
            owner, triangles = owner[is_open], triangles[is_open]
            if len(owner) > MOST_TRIANGLES:
                break
            triangles, owner = _quarters(triangles), np.repeat(owner, len(QUARTERS))
        is_lost[owner] = True
        return ~is_lost

    def _nearest(self, places: Floats) -> Rows:
        asked = shapely.points(places)
        return np.asarray(self._tree.query_nearest(asked, all_matches=False)[1])


def _quarters(triangles: Floats) -> Floats:
    middles = (triangles + np.roll(triangles, -1, axis=1)) / 2
    corners = np.concatenate([triangles, middles], axis=1)
    return np.asarray(corners[:, QUARTERS].reshape(-1, 3, 2))


def _away_m(places: Floats, ends: Floats) -> Floats:
    # How far places are from stretches, each from its own.
    first, along = ends[..., 0, :], ends[..., 1, :] - ends[..., 0, :]
    length = (along**2).sum(axis=-1)
    share = ((places - first) * along).sum(axis=-1) / np.where(length > 0, length, 1)
    foot = first + np.clip(share, 0, 1)[..., np.newaxis] * along
    return np.asarray(np.hypot(*np.moveaxis(places - foot, -1, 0)))
