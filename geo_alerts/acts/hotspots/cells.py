"""The cells of a study area: what lies in each, and layers and areas made of figures about them.

Figures are columns: one value for each cell of the study area, in the order of their numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo_alerts.hotspots import polygons
from geo_alerts.hotspots.grid import SquareGrid
from geo_alerts.hotspots.hexagons import NO_CELL, HexGrid
from geo_alerts.hotspots.layers import CellLayer
from geo_alerts.hotspots.polygons import Together
from geo_alerts.hotspots.scoring import cells_of

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# Study areas whose cells are known: a page asks several things of one. A bit for each cell, and
# the outline.
MASKS_HELD: Final = 8


class StudyCells(Protocol):
    """Cells of whatever form."""

    @property
    def cell_km2(self) -> float:
        """The ground of a cell, on average."""

    def __len__(self) -> int:
        """How many cells the study area has."""

    def which(self, easting: Floats, northing: Floats) -> Flags:
        """Which positions lie in a cell of the study area."""

    def counts(self, easting: Floats, northing: Floats, weights: Floats | None = None) -> Floats:
        """How many positions, or how much weight, each cell holds."""

    def areas(self, chosen: Flags) -> list[Together]:
        """The areas that chosen cells make; `cells` of each are places in the columns."""

    def layer(self, columns: Mapping[str, npt.NDArray[Any]]) -> CellLayer:
        """Columns as a layer."""

    @property
    def mask(self) -> Flags | None:
        """Which cells of the field are the study area's; None where all are."""

    @property
    def neighbours(self) -> npt.NDArray[np.int64] | None:
        """Places of the cells beside each; None of squares, which lie in rows and columns."""

    def field(self, column: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """A column in the form that methods of neighbours take; 0 beyond the study area."""

    def column(self, field: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The study area's cells of a field."""


@dataclass(frozen=True, eq=False)
class Squares:
    """Square cells.

    Attributes:
        grid: The grid over the study area.
        mask: rows by columns: the cells that share ground with the study area.
    """

    grid: SquareGrid
    mask: Flags

    @classmethod
    def over(cls, ground: BaseGeometry, cell_m: int) -> "Squares":
        """The cells of a study area.

        Raises:
            InvalidInputError: There are too many, or the ground cannot be used.
        """
        grid = SquareGrid.over(ground.bounds, cell_m)
        return cls(grid, _mask(grid, shapely.to_wkb(ground)))

    @property
    def cell_km2(self) -> float:
        """The ground of a cell."""
        return self.grid.cell_km2

    def __len__(self) -> int:
        """How many cells the study area has."""
        return int(self.mask.sum())

    def which(self, easting: Floats, northing: Floats) -> Flags:
        """Which positions lie in a cell of the study area."""
        cell = self.grid.cell_of(easting, northing)
        return (cell >= 0) & self.mask.ravel()[cell]

    def counts(self, easting: Floats, northing: Floats, weights: Floats | None = None) -> Floats:
        """How many positions, or how much weight, each cell holds."""
        return self.column(self.grid.counts(easting, northing, weights))

    def areas(self, chosen: Flags) -> list[Together]:
        """The areas that chosen cells make."""
        together = polygons.areas_of(self.grid, self.field(chosen))
        place = np.cumsum(self.mask.ravel()) - 1
        return [Together(place[one.cells], one.geometry) for one in together]

    def layer(self, columns: Mapping[str, npt.NDArray[Any]]) -> CellLayer:
        """Columns as a layer."""
        return CellLayer(self.grid, np.flatnonzero(self.mask), columns)

    @property
    def neighbours(self) -> None:
        """None: they lie in rows and columns."""

    def column(self, field: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The study area's cells of a field, rows by columns."""
        return field[self.mask]

    def field(self, column: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """A column as rows by columns; 0 beyond the study area."""
        values = np.zeros(self.grid.shape, dtype=column.dtype)
        values[self.mask] = column
        return values


@dataclass(frozen=True, eq=False)
class Hexagons:
    """Hexagons: all of the grid's are the study area's."""

    grid: HexGrid

    @property
    def mask(self) -> None:
        """None: all are the study area's."""

    @cached_property
    def cell_km2(self) -> float:
        """The ground of a cell, on average."""
        return self.grid.cell_km2

    @cached_property
    def neighbours(self) -> npt.NDArray[np.int64]:
        """Places of the six cells beside each; -1 for one outside."""
        return self.grid.neighbours()

    def __len__(self) -> int:
        """How many cells the study area has."""
        return self.grid.size

    def which(self, easting: Floats, northing: Floats) -> Flags:
        """Which positions lie in a cell of the study area."""
        return np.asarray(self.grid.cell_of(easting, northing) != NO_CELL)

    def counts(self, easting: Floats, northing: Floats, weights: Floats | None = None) -> Floats:
        """How many positions, or how much weight, each cell holds."""
        return self.grid.counts(easting, northing, weights)

    def areas(self, chosen: Flags) -> list[Together]:
        """The areas that chosen cells make."""
        return polygons.hexagons_together(self.grid, self.neighbours, chosen)

    def layer(self, columns: Mapping[str, npt.NDArray[Any]]) -> CellLayer:
        """Columns as a layer."""
        return CellLayer(self.grid, self.grid.cells, columns)

    def field(self, column: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The column itself."""
        return column

    def column(self, field: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The field itself."""
        return field


def highest(values: Floats, share_percent: float) -> tuple[Flags, int]:
    """The top share of the cells, by value; those at 0 or without a value are never among them.

    Of cells of one value at the limit those come first that stand first (further south, then west),
    so that no more than the share is taken.

    Args:
        values: m values; NaN where there is none.
        share_percent: Of all m cells.

    Returns:
        m flags, and how many cells have the value at the limit: with more than 1 the order decided.

    Raises:
        InvalidInputError: The share is less than one cell.
    """
    wanted = cells_of(share_percent / 100, len(values))
    ranked = np.where(np.isnan(values), -np.inf, values)
    first = np.argsort(-ranked, kind="stable")[:wanted]
    first = first[ranked[first] > 0]
    chosen = np.zeros(len(values), dtype=bool)
    chosen[first] = True
    limit = ranked[first[-1]] if len(first) else np.nan
    return chosen, int((ranked == limit).sum())


@lru_cache(maxsize=MASKS_HELD)
def _mask(grid: SquareGrid, ground: bytes) -> Flags:
    # By the ground itself, as WKB: whatever it was made from, the same ground has the same cells.
    mask = grid.mask(shapely.from_wkb(ground))
    mask.flags.writeable = False
    return mask
