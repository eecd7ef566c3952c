"""Which of many points a geometry covers, which lie within a distance, and which are nearest.

Points are sorted into square cells of a grid, row by row, so that the cells of a box are one run of
the sorted points for each row of the grid. The cell is a power of two in metres and is counted from
the origin of the National Grid: dividing by it is exact, so a point lies in the closed square of
its cell whatever its digits are. Large areas are cut into squares of cells; a square wholly inside
is taken without a look at its points, one wholly outside is dropped, and what is left GEOS decides
point by point.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from geo_alerts.places.threads import run_each

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

NONE: Final = np.zeros(0, dtype=np.int64)

# Postcodes cluster: in a cell as wide as their mean spacing a city has hundreds.
CELLS_PER_MEAN_SPACING: Final = 2

# A block of cells with fewer points is not cut further: its points are tested one by one.
POINTS_WORTH_CUTTING: Final = 2048

# So many geometries are settled together: their candidates (some 500 each for wards) then stay in
# the processor's cache. Threads cost about a millisecond to start, a point test 0.1 microseconds.
GEOMETRIES_AT_ONCE: Final = 64
POINTS_WORTH_THREADS: Final = 100_000

# Far beyond any metre of the National Grid, and still exact as a whole number.
FARTHEST_CELL: Final = 2.0**40


@dataclass(frozen=True, slots=True)
class _Blocks:
    # Rectangles of cells, each a candidate for the area at `area`; the upper ends are exclusive.
    area: Rows
    column_0: Rows
    row_0: Rows
    column_1: Rows
    row_1: Rows

    def take(self, which: npt.NDArray[np.bool_]) -> "_Blocks":
        return _Blocks(
            self.area[which],
            self.column_0[which],
            self.row_0[which],
            self.column_1[which],
            self.row_1[which],
        )


class PointIndex:
    """An index of n points that never change; a point without coordinates (NaN) is never found.

    Answers are exact: `covered_by` is `ST_Covers` of PostGIS (the boundary counts), `within` is
    `ST_DWithin`. Several threads may ask at once.
    """

    def __init__(self, easting: npt.ArrayLike, northing: npt.ArrayLike) -> None:
        """Sort the points.

        Args:
            easting: n metres, EPSG:27700; NaN for a point without coordinates.
            northing: n metres.
        """
        east, north = np.asarray(easting, dtype=float), np.asarray(northing, dtype=float)
        rows = np.flatnonzero(np.isfinite(east) & np.isfinite(north))
        east, north = east[rows], north[rows]
        self._cell_m = _cell_m(east, north)
        column, row = self._cells(east), self._cells(north)
        self._first_column, self._columns = _span(column)
        self._first_row, self._rows = _span(row)
        key = (row - self._first_row) * self._columns + column - self._first_column
        order = np.argsort(key, kind="stable")
        self._key = key[order]
        self._row: Rows = rows[order]
        self._easting: Floats = east[order]
        self._northing: Floats = north[order]

    def __len__(self) -> int:
        """Count the points that have coordinates."""
        return len(self._row)

    def covered_by(self, geometry: shapely.Geometry) -> Rows:
        """Rows of the points that a geometry covers; its boundary counts, its holes do not.

        Args:
            geometry: Any geometry, EPSG:27700; an empty one covers nothing.

        Returns:
            Rows of the points as they were given, ascending.
        """
        return np.sort(self._row[self._covered(np.array([geometry], dtype=object))[1]])

    def covered_by_each(self, geometries: npt.NDArray[np.object_]) -> tuple[Rows, Rows]:
        """Every pair of a geometry and a point that it covers.

        Args:
            geometries: m geometries, EPSG:27700, which may overlap; missing ones cover nothing.

        Returns:
            For each pair the index of the geometry, ascending, and the row of the point, in any
            order within a geometry.
        """
        chunks = [
            (first, geometries[first : first + GEOMETRIES_AT_ONCE])
            for first in range(0, len(geometries), GEOMETRIES_AT_ONCE)
        ]

        def settle(chunk: tuple[int, npt.NDArray[np.object_]]) -> tuple[Rows, Rows]:
            areas, positions = self._covered(chunk[1])
            order = np.argsort(areas, kind="stable")
            return areas[order] + chunk[0], self._row[positions[order]]

        threads = len(self) >= POINTS_WORTH_THREADS
        pairs = run_each(settle, chunks) if threads else [settle(chunk) for chunk in chunks]
        areas, rows = zip(*pairs, strict=True) if pairs else ((NONE,), (NONE,))
        return np.concatenate(areas), np.concatenate(rows)

    def within(self, easting: float, northing: float, metres: float) -> Rows:
        """Rows of the points at most so far from a position, ascending.

        Whole metres are compared without rounding: squares of distances on the National Grid are
        far below 2**53, and the square root of a whole number is at most a whole number only if it
        is so in truth.
        """
        positions, _ = self._near(easting, northing, metres)
        return np.sort(self._row[positions])

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
        reach_m = self._cell_m
        positions, distance_m = self._near(easting, northing, reach_m)
        while len(positions) < wanted:
            reach_m *= 2
            positions, distance_m = self._near(easting, northing, reach_m)
        order = np.lexsort((self._row[positions], distance_m))[:wanted]
        return self._row[positions[order]], distance_m[order]

    def _near(self, easting: float, northing: float, metres: float) -> tuple[Rows, Floats]:
        box = shapely.box(easting - metres, northing - metres, easting + metres, northing + metres)
        blocks = self._blocks_of(np.array([box], dtype=object))
        positions = _expand(*self._runs(blocks)[:2])
        distance_m = np.sqrt(
            (self._easting[positions] - easting) ** 2 + (self._northing[positions] - northing) ** 2
        )
        near = distance_m <= metres
        return positions[near], distance_m[near]

    def _cells(self, ordinate: Floats) -> Rows:
        cell = np.floor(ordinate / self._cell_m)
        return np.clip(cell, -FARTHEST_CELL, FARTHEST_CELL).astype(np.int64)

    def _blocks_of(self, geometries: npt.NDArray[np.object_]) -> _Blocks:
        bounds = shapely.bounds(geometries)
        area = np.flatnonzero(np.isfinite(bounds).all(axis=1))
        west, south, east, north = bounds[area].T
        return _Blocks(
            area,
            np.clip(self._cells(west) - self._first_column, 0, self._columns),
            np.clip(self._cells(south) - self._first_row, 0, self._rows),
            np.clip(self._cells(east) - self._first_column + 1, 0, self._columns),
            np.clip(self._cells(north) - self._first_row + 1, 0, self._rows),
        )

    def _runs(self, blocks: _Blocks) -> tuple[Rows, Rows, Rows]:
        # One run of sorted points for each row of each block: where it starts, how long it is, and
        # which block it belongs to.
        height = blocks.row_1 - blocks.row_0
        block = np.repeat(np.arange(len(height)), height)
        base = _expand(blocks.row_0, height) * self._columns
        start = np.searchsorted(self._key, base + blocks.column_0[block])
        end = np.searchsorted(self._key, base + blocks.column_1[block])
        return start, end - start, block

    def _covered(self, geometries: npt.NDArray[np.object_]) -> tuple[Rows, Rows]:
        # GEOS builds its index of a prepared geometry at the first question, which is not safe
        # when two threads ask: the copies are this call's own.
        own = shapely.force_2d(geometries)
        shapely.prepare(own)
        return self._settle(own, self._blocks_of(own))

    def _settle(self, geometries: npt.NDArray[np.object_], blocks: _Blocks) -> tuple[Rows, Rows]:
        areas, positions = [NONE], [NONE]
        while len(blocks.area):
            start, length, block = self._runs(blocks)
            count = np.bincount(block, weights=length, minlength=len(blocks.area))
            cells = (blocks.column_1 - blocks.column_0) * (blocks.row_1 - blocks.row_0)
            cut = (count > POINTS_WORTH_CUTTING) & (cells > 1)
            few = ~cut[block]
            position = _expand(start[few], length[few])
            area = np.repeat(blocks.area[block[few]], length[few])
            covered = shapely.intersects_xy(
                geometries[area], self._easting[position], self._northing[position]
            )
            areas.append(area[covered])
            positions.append(position[covered])
            blocks = _quarters(blocks.take(cut))
            squares = self._squares(blocks)
            whole = shapely.contains_properly(geometries[blocks.area], squares)
            start, length, block = self._runs(blocks.take(whole))
            areas.append(np.repeat(blocks.area[whole][block], length))
            positions.append(_expand(start, length))
            blocks = blocks.take(~whole & shapely.intersects(geometries[blocks.area], squares))
        return np.concatenate(areas), np.concatenate(positions)

    def _squares(self, blocks: _Blocks) -> npt.NDArray[np.object_]:
        return np.asarray(
            shapely.box(
                (blocks.column_0 + self._first_column) * self._cell_m,
                (blocks.row_0 + self._first_row) * self._cell_m,
                (blocks.column_1 + self._first_column) * self._cell_m,
                (blocks.row_1 + self._first_row) * self._cell_m,
            )
        )


def _quarters(blocks: _Blocks) -> _Blocks:
    middle_column = (blocks.column_0 + blocks.column_1 + 1) // 2
    middle_row = (blocks.row_0 + blocks.row_1 + 1) // 2
    quarters = _Blocks(
        np.tile(blocks.area, 4),
        np.concatenate([blocks.column_0, middle_column] * 2),
        np.concatenate([blocks.row_0, blocks.row_0, middle_row, middle_row]),
        np.concatenate([middle_column, blocks.column_1] * 2),
        np.concatenate([middle_row, middle_row, blocks.row_1, blocks.row_1]),
    )
    return quarters.take(
        (quarters.column_1 > quarters.column_0) & (quarters.row_1 > quarters.row_0)
    )


def _expand(start: Rows, length: Rows) -> Rows:
    # start, start + 1, … of each run, one run after the other.
    before = np.cumsum(length) - length
    return np.repeat(start - before, length) + np.arange(length.sum())


def _span(cell: Rows) -> tuple[int, int]:
    # The first cell, and how many there are up to the last.
    return (int(cell.min()), int(cell.max() - cell.min()) + 1) if len(cell) else (0, 0)


def _cell_m(easting: Floats, northing: Floats) -> float:
    # The side of a cell: a power of two, so that dividing by it does not round.
    if not len(easting):
        return 1.0
    area_m2 = max(float(np.ptp(easting)), 1.0) * max(float(np.ptp(northing)), 1.0)
    spacing_m = math.sqrt(area_m2 / len(easting))
    return 2.0 ** math.floor(math.log2(spacing_m / CELLS_PER_MEAN_SPACING))
