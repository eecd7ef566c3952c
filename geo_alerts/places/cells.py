"""The patch of ground taken to belong to each postcode unit: its cell.

A postcode unit is published as one point and stands for about fifteen addresses around it. Its cell
is the ground that is nearer to its point than to any other unit's and at most `CLIP_M` away from
it. Units at one point share a cell. A cell is a guess at where the addresses are, not a published
outline: gardens, fields and water count like houses (see `places/shares.py`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from geo_alerts.places.cell_blocks import CellBlock, decode, encode
from geo_alerts.places.voronoi import MM, Advance, Floats, Millimetres, Rows, clipped_voronoi, runs

# Published with every share: farther out no ground is taken to belong to a unit.
CLIP_M: Final = 1500.0

# 60: the mean of a sector, 90: no coordinates (Code-Point Open). Neither says where a unit is.
PQI_WITHOUT_CELL: Final = (60, 90)

NO_CELL: Final = -1

# Published points are whole metres. Points are told apart to the decimetre, so that a cell is wide
# enough to keep its shape when its vertices are rounded to the millimetre.
POINT_MM: Final = 100

UNITS_IN_A_BLOCK: Final = 65_536
CELLS_AT_ONCE: Final = 65_536


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of the n units of a directory; nothing in it ever changes.

    Cells are convex. Two neighbours give their common edge alike to a millimetre.

    Attributes:
        cell: n numbers of cells; -1 for a unit that has none. Cells are numbered in the order of
            the first unit that each belongs to.
        point: c by 2: the point that each cell is of, millimetres, EPSG:27700.
        offset: c + 1; the vertices of cell i are `vertex[offset[i]:offset[i + 1]]`.
        vertex: v by 2: millimetres, EPSG:27700; anticlockwise, the first is not repeated.
        clip_m: How far cells may reach, metres.
    """

    cell: npt.NDArray[np.int32]
    point: Millimetres
    offset: Rows
    vertex: Millimetres
    clip_m: float = CLIP_M

    @classmethod
    def build(
        cls,
        easting: npt.ArrayLike,
        northing: npt.ArrayLike,
        has_cell: npt.ArrayLike,
        *,
        clip_m: float = CLIP_M,
        advance: Advance | None = None,
    ) -> "Cells":
        """Cells of the units of a directory, in the order of its rows.

        Args:
            easting: n metres, EPSG:27700; NaN for a unit without a position.
            northing: n metres.
            has_cell: n flags: the unit is in use and its point says where it is (`may_have_cell`).
                A flagged unit without a position has no cell.
            clip_m: How far a cell may reach, metres.
            advance: Told how many cells are done, and of how many.

        Returns:
            The cells; a million take some 15 seconds with two threads.
        """
        east, north = np.asarray(easting, dtype=float), np.asarray(northing, dtype=float)
        rows = np.flatnonzero(np.asarray(has_cell) & np.isfinite(east) & np.isfinite(north))
        cell = np.full(len(east), NO_CELL, dtype=np.int32)
        cell[rows], point = _told_apart(np.column_stack([east[rows], north[rows]]))
        rings = clipped_voronoi(point, clip_m, advance)
        return cls(cell, point, _ends(rings.count), rings.vertex, clip_m)

    @classmethod
    def from_blocks(cls, blocks: Iterable[bytes]) -> "Cells":
        """The cells that were kept as blocks.

        Args:
            blocks: As `to_blocks` gives them, in their order; none for no unit at all.

        Raises:
            StoreError: A block is damaged or of a version that this software does not know.
        """
        read = [decode(block) for block in blocks] or [CellBlock.empty(CLIP_M)]
        return cls(
            _cells_of_rows(np.concatenate([block.back for block in read])),
            np.concatenate([block.point for block in read]),
            _ends(np.concatenate([block.count for block in read])),
            np.concatenate([block.vertex for block in read]),
            read[0].clip_m,
        )

    def to_blocks(self) -> Iterator[bytes]:
        """The cells in some bytes for every 65,536 units; `from_blocks` gives the same arrays."""
        back = _backward(self.cell)
        cells = np.concatenate([[0], np.cumsum(back == 0)])
        for start in range(0, len(self.cell), UNITS_IN_A_BLOCK):
            end = min(start + UNITS_IN_A_BLOCK, len(self.cell))
            first, last = cells[start], cells[end]
            yield encode(
                CellBlock(
                    back=back[start:end],
                    point=self.point[first:last],
                    count=np.diff(self.offset[first : last + 1]),
                    vertex=self.vertex[self.offset[first] : self.offset[last]],
                    clip_m=self.clip_m,
                )
            )

    def __len__(self) -> int:
        """Count the cells; there are fewer than units, some of which share a point."""
        return len(self.point)

    @cached_property
    def reach_m(self) -> npt.NDArray[np.float32]:
        """How far each cell's farthest corner is from its point, metres, to a millimetre."""
        reach_m = np.empty(len(self), dtype=np.float32)
        # By parts: of all corners at once the differences alone would take 160 MB.
        for start in range(0, len(self), CELLS_AT_ONCE):
            offset = self.offset[start : start + CELLS_AT_ONCE + 1]
            point = np.repeat(self.point[start : start + CELLS_AT_ONCE], np.diff(offset), axis=0)
            corner_m = (self.vertex[offset[0] : offset[-1]] - point) / MM
            away_m = np.hypot(corner_m[:, 0], corner_m[:, 1])
            reach_m[start : start + CELLS_AT_ONCE] = np.maximum.reduceat(
                away_m, offset[:-1] - offset[0]
            )
        return reach_m

    def polygons(self, rows: npt.ArrayLike) -> npt.NDArray[np.object_]:
        """The cells of some units as Polygons, EPSG:27700.

        Args:
            rows: k rows of the directory.

        Returns:
            k Polygons, None for a unit that has no cell.
        """
        cell = self.cell[np.asarray(rows, dtype=np.int64)]
        polygons = np.full(len(cell), None, dtype=object)
        polygons[cell != NO_CELL] = self.shapes(cell[cell != NO_CELL])
        return polygons

    def shapes(self, cells: npt.NDArray[np.int32]) -> npt.NDArray[np.object_]:
        """Cells, given by their numbers, as Polygons, EPSG:27700."""
        length = self.offset[cells + 1] - self.offset[cells]
        vertex = self.vertex[runs(self.offset[cells], length)] / MM
        rings = shapely.linearrings(vertex, indices=np.repeat(np.arange(len(cells)), length))
        return np.asarray(shapely.polygons(rings), dtype=object)

    def cores(self, cells: npt.NDArray[np.int32]) -> npt.NDArray[np.object_]:
        """Cells, given by their numbers, without the outermost millimetre of each.

        To the millimetre vertices are rounded: an outline that runs along the edge of a cell, or
        through its very corner, crosses the cell or misses it by chance, but not its core.
        """
        return np.asarray(shapely.buffer(self.shapes(cells), -1 / MM, join_style="mitre"))


def may_have_cell(
    is_live: npt.NDArray[np.bool_], pqi: npt.NDArray[np.uint8]
) -> npt.NDArray[np.bool_]:
    """Which units of a directory may have a cell.

    Args:
        is_live: n flags: still in use.
        pqi: n positional quality indicators; 0 where none is given.

    Returns:
        n flags: in use, and the point is the unit's own.
    """
    return is_live & ~np.isin(pqi, PQI_WITHOUT_CELL)


def _told_apart(position: Floats) -> tuple[npt.NDArray[np.int32], Millimetres]:
    # The number of each position's cell, in the order in which cells first occur; their points.
    tenths = np.rint(position * (MM / POINT_MM)).astype(np.int64)
    key = (tenths[:, 0] << 32) + tenths[:, 1]
    _, first, which = np.unique(key, return_index=True, return_inverse=True)
    number = np.empty(len(first), dtype=np.int32)
    number[np.argsort(first)] = np.arange(len(first))
    point = tenths[np.sort(first)] * POINT_MM
    return number[which], point.astype(np.int32)


def _ends(count: Rows) -> Rows:
    return np.concatenate([[0], np.cumsum(count)])


def _backward(cell: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    # How many cells back from the newest: 0 for a unit whose cell is new, -1 for one without.
    newest = np.maximum.accumulate(np.concatenate([[NO_CELL], cell]))
    back = np.where(cell > newest[:-1], 0, newest[1:] - cell + 1)
    return np.where(cell == NO_CELL, NO_CELL, back).astype(np.int32)


def _cells_of_rows(back: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    newest = np.cumsum(back == 0) - 1
    cell = np.where(back > 0, newest - back + 1, newest)
    return np.where(back == NO_CELL, NO_CELL, cell).astype(np.int32)
