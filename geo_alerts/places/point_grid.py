"""Points sorted into the square cells of a grid, row by row.

The cells of a box are then one run of the sorted points for each row of the grid. The side of a
cell is a power of two in metres and cells are counted from the origin of the National Grid:
dividing by it is exact, so a point lies in the closed square of its cell whatever its digits are.
"""

import math
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

# Postcodes cluster: in a cell as wide as their mean spacing a city has hundreds.
CELLS_PER_MEAN_SPACING: Final = 2

# Far beyond any metre of the National Grid, and still exact as a whole number.
FARTHEST_CELL: Final = 2.0**40


@dataclass(frozen=True, slots=True)
class Blocks:
    """Rectangles of cells, each for the geometry at index `owner`; upper ends are exclusive."""

    owner: Rows
    column_0: Rows
    row_0: Rows
    column_1: Rows
    row_1: Rows

    def take(self, which: npt.NDArray[np.bool_]) -> "Blocks":
        """Some of the blocks."""
        return Blocks(
            self.owner[which],
            self.column_0[which],
            self.row_0[which],
            self.column_1[which],
            self.row_1[which],
        )

    def quarters(self) -> "Blocks":
        """The blocks cut in the middle both ways; a block one cell wide or high gives two."""
        column, row = (self.column_0 + self.column_1 + 1) // 2, (self.row_0 + self.row_1 + 1) // 2
        cut = Blocks(
            np.tile(self.owner, 4),
            np.concatenate([self.column_0, column] * 2),
            np.concatenate([self.row_0, self.row_0, row, row]),
            np.concatenate([column, self.column_1] * 2),
            np.concatenate([row, row, self.row_1, self.row_1]),
        )
        return cut.take((cut.column_1 > cut.column_0) & (cut.row_1 > cut.row_0))


class Runs(NamedTuple):
    """Stretches of the sorted points: which block each is for, where it starts, how long it is."""

    block: Rows
    start: Rows
    length: Rows

    def take(self, which: npt.NDArray[np.bool_]) -> "Runs":
        """Some of the runs."""
        return Runs(self.block[which], self.start[which], self.length[which])

    def positions(self) -> Rows:
        """The places of their points, one run after the other."""
        return _expand(self.start, self.length)


class PointGrid:
    """n points in the order of their cells.

    Attributes:
        easting: n metres, EPSG:27700, in the order of the cells.
        northing: n metres.
        row: Where each point was in the arrays given.
        cell_m: The side of a cell.
    """

    def __init__(self, easting: Floats, northing: Floats, row: Rows) -> None:
        """Sort the points.

        Args:
            easting: n finite metres, EPSG:27700.
            northing: n finite metres.
            row: n numbers to know the points by.
        """
        self.cell_m = _cell_m(easting, northing)
        column, line = self._cells(easting), self._cells(northing)
        self._column_0, self._columns = _span(column)
        self._row_0, self._rows = _span(line)
        key = (line - self._row_0) * self._columns + column - self._column_0
        order = np.argsort(key)
        self._key = key[order]
        self.easting, self.northing, self.row = easting[order], northing[order], row[order]

    def blocks(self, bounds: Floats) -> Blocks:
        """The cells that boxes touch, as far as there are points.

        Args:
            bounds: m by 4: west, south, east, north, metres; a box of NaN touches none.

        Returns:
            A block for each box that is not NaN and not off the grid.
        """
        owner = np.flatnonzero(np.isfinite(bounds).all(axis=1))
        west, south, east, north = bounds[owner].T
        touched = Blocks(
            owner,
            self._columns_of(west),
            self._rows_of(south),
            self._columns_of(east, 1),
            self._rows_of(north, 1),
        )
        return touched.take((touched.column_1 > touched.column_0) & (touched.row_1 > touched.row_0))

    def runs(self, blocks: Blocks) -> Runs:
        """One run for each row of each block."""
        block, row = _rows_of_blocks(blocks)
        return self._runs(block, row, blocks.column_0[block], blocks.column_1[block])

    def narrow_runs(self, geometries: npt.NDArray[np.object_], blocks: Blocks) -> Runs:
        """One run for each row of each block, no wider than the geometry is in that row.

        A row's run goes from the westernmost cell that an edge touches in the row to the
        easternmost; beyond them all is outside. A vertex is tied to the next one also where another
        ring or part begins, which can only widen a run.

        Args:
            geometries: What the blocks' owners are; none empty.
            blocks: Whole blocks of these geometries, as `blocks` gives them.

        Returns:
            The runs, which hold every point that its geometry covers.
        """
        vertex, block = shapely.get_coordinates(geometries[blocks.owner], return_index=True)
        next_one = np.minimum(np.arange(1, len(block) + 1), len(block) - 1)
        next_one = np.where(block[next_one] == block, next_one, np.arange(len(block)))
        row = self._cells(vertex[:, 1]) - self._row_0
        row = np.clip(row, blocks.row_0[block], blocks.row_1[block] - 1)
        crossed = np.abs(row - row[next_one]) + 1
        height = blocks.row_1 - blocks.row_0
        before = np.cumsum(height) - height - blocks.row_0
        slot = _expand(before[block] + np.minimum(row, row[next_one]), crossed)
        east, next_east = vertex[:, 0], vertex[next_one, 0]
        least, greatest = np.full(height.sum(), np.inf), np.full(height.sum(), -np.inf)
        np.minimum.at(least, slot, np.repeat(np.minimum(east, next_east), crossed))
        np.maximum.at(greatest, slot, np.repeat(np.maximum(east, next_east), crossed))
        first, last = self._columns_of(least), self._columns_of(greatest, 1)
        return self._runs(*_rows_of_blocks(blocks), first, last)

    def squares(self, blocks: Blocks) -> npt.NDArray[np.object_]:
        """The blocks as polygons; all points of a block lie within its square or on its edge."""
        return np.asarray(
            shapely.box(
                (blocks.column_0 + self._column_0) * self.cell_m,
                (blocks.row_0 + self._row_0) * self.cell_m,
                (blocks.column_1 + self._column_0) * self.cell_m,
                (blocks.row_1 + self._row_0) * self.cell_m,
            )
        )

    def _runs(self, block: Rows, row: Rows, column_0: Rows, column_1: Rows) -> Runs:
        start = np.searchsorted(self._key, row * self._columns + column_0)
        end = np.searchsorted(self._key, row * self._columns + column_1)
        return Runs(block, start, end - start)

    def _columns_of(self, easting: Floats, more: int = 0) -> Rows:
        return np.clip(self._cells(easting) - self._column_0 + more, 0, self._columns)

    def _rows_of(self, northing: Floats, more: int = 0) -> Rows:
        return np.clip(self._cells(northing) - self._row_0 + more, 0, self._rows)

    def _cells(self, ordinate: Floats) -> Rows:
        cell = np.floor(ordinate / self.cell_m)
        return np.clip(cell, -FARTHEST_CELL, FARTHEST_CELL).astype(np.int64)


def _rows_of_blocks(blocks: Blocks) -> tuple[Rows, Rows]:
    # Each row of each block: the block and the row.
    height = blocks.row_1 - blocks.row_0
    return np.repeat(np.arange(len(height)), height), _expand(blocks.row_0, height)


def _expand(start: Rows, length: Rows) -> Rows:
    # start, start + 1, … of each run, one run after the other.
    before = np.cumsum(length) - length
    return np.repeat(start - before, length) + np.arange(length.sum())


def _span(cell: Rows) -> tuple[int, int]:
    # The first cell, and how many there are up to the last.
    return (int(cell.min()), int(cell.max() - cell.min()) + 1) if len(cell) else (0, 0)


def _cell_m(easting: Floats, northing: Floats) -> float:
    if not len(easting):
        return 1.0
    area_m2 = max(float(np.ptp(easting)), 1.0) * max(float(np.ptp(northing)), 1.0)
    spacing_m = math.sqrt(area_m2 / len(easting))
    return 2.0 ** math.floor(math.log2(spacing_m / CELLS_PER_MEAN_SPACING))
