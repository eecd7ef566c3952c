"""Which of many points a geometry covers, which lie within a distance, and which are nearest.

Of a grid of the points, those in cells by the geometry are candidates. Blocks with many candidates
are cut into squares; a square wholly inside is taken without a look at its points, one wholly
outside is dropped, and what is left GEOS decides point by point.
"""

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt
import shapely

from geo_alerts.places.point_grid import Blocks, Floats, PointGrid, Rows, Runs
from geo_alerts.places.threads import run_each

Pairs = tuple[Rows, Rows]
Flags = npt.NDArray[np.bool_]

NONE: Final = np.zeros(0, dtype=np.int64)

# A block of cells with fewer candidates is not cut further.
POINTS_WORTH_CUTTING: Final = 2048

# So many geometries are settled together: their candidates (some 300 each for wards) then stay in
# the processor's cache. Threads cost about a millisecond to start, a point test 0.1 microseconds.
GEOMETRIES_AT_ONCE: Final = 64
POINTS_WORTH_THREADS: Final = 100_000

A_MILLIMETRE: Final = 0.001


class PointIndex:
    """An index of n points that never change; a point without coordinates (NaN) is never found.

    Answers are exact: `covered_by` is `ST_Covers` of PostGIS (the boundary counts), `within` and
    `along` are `ST_DWithin`. Several threads may ask at once.
    """

    def __init__(self, easting: npt.ArrayLike, northing: npt.ArrayLike) -> None:
        """Sort the points.

        Args:
            easting: n metres, EPSG:27700; NaN for a point without coordinates.
            northing: n metres.
        """
        east, north = np.asarray(easting, dtype=float), np.asarray(northing, dtype=float)
        rows = np.flatnonzero(np.isfinite(east) & np.isfinite(north))
        self._grid = PointGrid(east[rows], north[rows], rows)

    def __len__(self) -> int:
        """Count the points that have coordinates."""
        return len(self._grid.row)

    def covered_by(self, geometry: shapely.Geometry) -> Rows:
        """Rows of the points that a geometry covers; its boundary counts, its holes do not.

        Args:
            geometry: Any geometry, EPSG:27700; an empty one covers nothing.

        Returns:
            Rows of the points as they were given, ascending.
        """
        return np.sort(self._covered(np.array([geometry], dtype=object))[1])

    def covered_by_each(self, geometries: npt.NDArray[np.object_]) -> Pairs:
        """Every pair of a geometry and a point that it covers.

        Args:
            geometries: m geometries, EPSG:27700, which may overlap; missing ones cover nothing.

        Returns:
            For each pair the index of the geometry, ascending, and the row of the point, in any
            order within a geometry.
        """
        starts = range(0, len(geometries), GEOMETRIES_AT_ONCE)

        def settle(start: int) -> Pairs:
            owner, row = self._covered(geometries[start : start + GEOMETRIES_AT_ONCE])
            order = np.argsort(owner, kind="stable")
            return owner[order] + start, row[order]

        has_many = len(self) >= POINTS_WORTH_THREADS
        return _joined(run_each(settle, starts) if has_many else list(map(settle, starts)))

    def within(self, easting: float, northing: float, metres: float) -> Rows:
        """Rows of the points at most so far from a position, ascending.

        Whole metres are compared without rounding: squares of distances on the National Grid are
        far below 2**53, and the square root of a whole number is at most a whole number only if it
        is so in truth.
        """
        positions, _ = self._near(easting, northing, metres)
        return np.sort(self._grid.row[positions])

    def along(self, line: shapely.Geometry, metres: float) -> Rows:
        """Rows of the points at most so far from a line, ascending; as `ST_DWithin` of PostGIS.

        Args:
            line: A LineString or MultiLineString, EPSG:27700; or polygons, with what is in them.
            metres: More than 0.
        """
        own = _prepared(np.array([line], dtype=object))
        blocks = self._grid.blocks(shapely.bounds(own) + np.array([-1, -1, 1, 1]) * metres)
        _, position = self._found(_Along(own, metres), blocks, self._grid.runs(blocks))
        return np.sort(self._grid.row[position])

    def in_boxes(self, bounds: Floats) -> Pairs:
        """Pairs of a box and a point; every point in a box is there, and some beside it.

        Args:
            bounds: m by 4: west, south, east, north, metres, EPSG:27700.

        Returns:
            For each pair the index of the box and the row of the point.
        """
        blocks = self._grid.blocks(bounds)
        box, position = _pairs(blocks, self._grid.runs(blocks))
        return box, self._grid.row[position]

    def nearest(self, easting: float, northing: float, *, count: int = 1) -> tuple[Rows, Floats]:
        """The points nearest to a position.

        Args:
            easting: Metres, EPSG:27700.
            northing: Metres.
            count: How many are wanted; fewer come when there are fewer.

        Returns:
            Their rows and distances in metres, nearest first, the lower row first where distances
            are equal.
        """
        wanted = min(count, len(self))
        reach_m = self._grid.cell_m
        positions, distance_m = self._near(easting, northing, reach_m)
        while len(positions) < wanted:
            reach_m *= 2
            positions, distance_m = self._near(easting, northing, reach_m)
        rows = self._grid.row[positions]
        order = np.lexsort((rows, distance_m))[:wanted]
        return rows[order], distance_m[order]

    def _near(self, easting: float, northing: float, metres: float) -> tuple[Rows, Floats]:
        grid = self._grid
        around = (easting - metres, northing - metres, easting + metres, northing + metres)
        positions = grid.runs(grid.blocks(np.array([around]))).positions()
        east_m, north_m = grid.easting[positions] - easting, grid.northing[positions] - northing
        distance_m = np.sqrt(east_m**2 + north_m**2)
        is_near = distance_m <= metres
        return positions[is_near], distance_m[is_near]

    def _covered(self, geometries: npt.NDArray[np.object_]) -> Pairs:
        own = _prepared(geometries)
        blocks = self._grid.blocks(shapely.bounds(own))
        runs = self._grid.narrow_runs(own, blocks)
        owner, position = self._found(_Covered(own), blocks, runs)
        return owner, self._grid.row[position]

    def _found(self, asked: "_Asked", blocks: Blocks, runs: Runs) -> Pairs:
        # The owners of the blocks, and the positions of the points found for them.
        found = []
        while len(blocks.owner):
            is_large = _is_large(blocks, runs)
            owner, position = _pairs(blocks, runs.take(~is_large[runs.block]))
            has = asked.has(owner, self._grid.easting[position], self._grid.northing[position])
            found.append((owner[has], position[has]))
            quarters = blocks.take(is_large).quarters()
            is_inside, is_outside = asked.sort(quarters.owner, self._grid.squares(quarters))
            inside, blocks = quarters.take(is_inside), quarters.take(~is_inside & ~is_outside)
            found.append(_pairs(inside, self._grid.runs(inside)))
            runs = self._grid.runs(blocks)
        return _joined(found)


class _Asked(Protocol):
    """Ground that is asked about, by the index of whose it is."""

    def has(self, owner: Rows, easting: Floats, northing: Floats) -> Flags:
        """Tell which of some points lie in it."""

    def sort(self, owner: Rows, squares: npt.NDArray[np.object_]) -> tuple[Flags, Flags]:
        """Tell which of some squares lie wholly in it, and which wholly outside."""


@dataclass(frozen=True, eq=False)
class _Covered:
    """What geometries cover."""

    geometries: npt.NDArray[np.object_]

    def has(self, owner: Rows, easting: Floats, northing: Floats) -> Flags:
        return np.asarray(shapely.intersects_xy(self.geometries[owner], easting, northing))

    def sort(self, owner: Rows, squares: npt.NDArray[np.object_]) -> tuple[Flags, Flags]:
        owners = self.geometries[owner]
        is_inside = shapely.contains_properly(owners, squares)
        return is_inside, ~is_inside & ~shapely.intersects(owners, squares)


@dataclass(frozen=True, eq=False)
class _Along:
    """What lies at most so many metres from lines."""

    lines: npt.NDArray[np.object_]
    metres: float

    def has(self, owner: Rows, easting: Floats, northing: Floats) -> Flags:
        points = shapely.points(easting, northing)
        return np.asarray(shapely.dwithin(self.lines[owner], points, self.metres))

    def sort(self, owner: Rows, squares: npt.NDArray[np.object_]) -> tuple[Flags, Flags]:
        # No point of a square is farther from its middle than half its diagonal; a millimetre is
        # left for rounding.
        lines = self.lines[owner]
        west, south, east, north = shapely.bounds(squares).T
        middle = shapely.points((west + east) / 2, (south + north) / 2)
        surely_m = self.metres - np.hypot(east - west, north - south) / 2 - A_MILLIMETRE
        is_inside = (surely_m > 0) & shapely.dwithin(lines, middle, np.maximum(surely_m, 0))
        return is_inside, ~shapely.dwithin(lines, squares, self.metres + A_MILLIMETRE)


def _prepared(geometries: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    # GEOS builds its index of a prepared geometry at the first question, which is not safe when
    # two threads ask: the copies are the asker's own.
    own = np.asarray(shapely.force_2d(geometries))
    shapely.prepare(own)
    return own


def _is_large(blocks: Blocks, runs: Runs) -> npt.NDArray[np.bool_]:
    # A single cell cannot be cut, however many points lie in it.
    count = np.bincount(runs.block, weights=runs.length, minlength=len(blocks.owner))
    cells = (blocks.column_1 - blocks.column_0) * (blocks.row_1 - blocks.row_0)
    return np.asarray((count > POINTS_WORTH_CUTTING) & (cells > 1))


def _pairs(blocks: Blocks, runs: Runs) -> Pairs:
    return np.repeat(blocks.owner[runs.block], runs.length), runs.positions()


def _joined(found: list[Pairs]) -> Pairs:
    first, second = zip(*found, strict=True) if found else ((NONE,), (NONE,))
    return np.concatenate(first), np.concatenate(second)
