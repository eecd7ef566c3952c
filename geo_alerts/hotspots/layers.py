"""What a run of a method gives: cells with columns of figures, areas with facts, and what was done.

Such values are stored, drawn and exported, whichever method made them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from shapely.geometry.base import BaseGeometry

from geo_alerts.errors import Fault, FrameError

if TYPE_CHECKING:
    from geo_alerts.hotspots.grid import SquareGrid
    from geo_alerts.hotspots.hexagons import HexGrid

CellNumbers = npt.NDArray[np.int64] | npt.NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class CellLayer:
    """Cells of a grid with columns of figures.

    Attributes:
        grid: The grid.
        cell: m cells, each once: numbers as `SquareGrid.cell_of` gives them, or H3 indexes.
        columns: By name, m values each: float64, int64, bool or text.
    """

    grid: "SquareGrid | HexGrid"
    cell: CellNumbers
    columns: Mapping[str, npt.NDArray[Any]]

    def __post_init__(self) -> None:
        """Refuse columns of another length; all are told.

        Raises:
            FrameError: A column has not one value for each cell.
        """
        faults = [
            Fault(None, name, f"has the shape {values.shape}; {len(self.cell)} values are wanted")
            for name, values in self.columns.items()
            if values.shape != (len(self.cell),)
        ]
        if faults:
            raise FrameError("a layer of cells", faults)

    def __len__(self) -> int:
        """How many cells."""
        return len(self.cell)


@dataclass(frozen=True, eq=False)
class HotArea:
    """An area that a method found.

    Attributes:
        rank: 1 for the first.
        key: What stays the same from month to month, of places that are followed; None of others.
        geometry: Polygon or MultiPolygon, EPSG:27700.
        facts: Its figures, as JSON values.
    """

    rank: int
    key: str | None
    geometry: BaseGeometry
    facts: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Result:
    """What a run of a method gives.

    Attributes:
        cells: The cells of the study area; None of methods that have none.
        areas: What was found, by rank; empty where nothing stands out.
        facts: As JSON values: the study area's size, the crimes used and left out, thresholds,
            what the method cannot find, notes.
    """

    cells: CellLayer | None
    areas: tuple[HotArea, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)
