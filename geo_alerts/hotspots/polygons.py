"""Cells that stand out, put together into areas: those that share an edge or a corner are one.

scipy is imported where it is used: the server's start needs none of it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.cell_outlines import grounds_of
from geo_alerts.hotspots.grid import SquareGrid
from geo_alerts.hotspots.hexagons import HexGrid
from geo_alerts.hotspots.layers import CellLayer

Flags = npt.NDArray[np.bool_]

_MILLIMETRE = 0.001


@dataclass(frozen=True, eq=False)
class Together:
    """Cells that touch each other.

    Attributes:
        cells: Their numbers in the grid, ascending.
        geometry: Their ground: a polygon or, where some touch at a corner only, several.
    """

    cells: npt.NDArray[np.int64]
    geometry: BaseGeometry


def areas_of(grid: SquareGrid, chosen: Flags) -> list[Together]:
    """The areas that chosen cells make.

    Args:
        grid: The grid.
        chosen: rows by columns: which cells.

    Returns:
        The areas, in the order of their first cells; each chosen cell is in one of them.

    Raises:
        InvalidInputError: The cells are not those of the grid.
    """
    from scipy.ndimage import label  # noqa: PLC0415

    if chosen.shape != grid.shape:
        raise InvalidInputError(f"cells of shape {chosen.shape} are not of the grid {grid.shape}")
    numbered, count = label(chosen, structure=np.ones((3, 3), dtype=np.int8))
    cells = np.flatnonzero(chosen)
    number = numbered.ravel()[cells]
    by_number = np.argsort(number, kind="stable")
    parts = np.split(cells[by_number], np.searchsorted(number[by_number], np.arange(2, count + 1)))
    if not count:
        return []
    together = map(Together, parts, _grounds(grid, chosen, numbered))
    return sorted(together, key=lambda one: int(one.cells[0]))


def ground_of(cells: CellLayer, chosen: Flags) -> BaseGeometry:
    """The ground of some cells of a layer, those that touch put together.

    Args:
        cells: The layer.
        chosen: m flags: which of its cells; at least one.
    """
    if isinstance(cells.grid, SquareGrid):
        whole = np.zeros(cells.grid.size, dtype=bool)
        whole[cells.cell[chosen].astype(np.int64)] = True
        together = areas_of(cells.grid, whole.reshape(cells.grid.shape))
        parts = shapely.get_parts(np.array([one.geometry for one in together], dtype=object))
        return shapely.MultiPolygon(parts.tolist())
    return shapely.coverage_union_all(cells.grid.polygons(cells.cell[chosen]))


def hexagons_together(
    grid: HexGrid, neighbours: npt.NDArray[np.int64], chosen: Flags
) -> list[Together]:
    """The areas that chosen hexagons make.

    Args:
        grid: The grid, of n hexagons.
        neighbours: n by 6, as `HexGrid.neighbours` gives them.
        chosen: n: which hexagons.

    Returns:
        The areas, in the order of their first hexagons; `cells` are places in `grid.cells`.

    Raises:
        InvalidInputError: The cells are not those of the grid.
    """
    from scipy.sparse import coo_array  # noqa: PLC0415
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    if chosen.shape != (grid.size,):
        raise InvalidInputError(f"cells of shape {chosen.shape} are not {grid.size} hexagons")
    at = np.flatnonzero(chosen)
    place = np.full(grid.size + 1, -1, dtype=np.int64)  # the last is that of no neighbour
    place[at] = np.arange(len(at))
    beside = place[neighbours[at]]
    one, other = np.nonzero(beside >= 0)[0], beside[beside >= 0]
    joined = coo_array((np.ones(len(one), dtype=np.int8), (one, other)), shape=(len(at), len(at)))
    count, number = connected_components(joined, directed=False)
    shapes = grid.polygons(grid.cells[at])
    return [
        Together(at[number == each], shapely.normalize(_closed(shapes[number == each])))
        for each in range(count)
    ]


def _closed(hexagons: npt.NDArray[np.object_]) -> BaseGeometry:
    # Corners of neighbours are put on the grid one by one and may differ by a millimetre, which
    # would leave slivers between them.
    return shapely.union_all(hexagons, grid_size=_MILLIMETRE)


def _grounds(grid: SquareGrid, chosen: Flags, number: npt.NDArray[np.int32]) -> list[BaseGeometry]:
    # `number` is that of each cell's area, from 1.
    polygons, cell = grounds_of(grid, chosen)
    of_area = number.ravel()[cell]
    order = np.argsort(of_area, kind="stable")
    parts = np.split(polygons[order], np.flatnonzero(np.diff(of_area[order])) + 1)
    return [
        part[0] if len(part) == 1 else shapely.normalize(shapely.MultiPolygon(part.tolist()))
        for part in parts
    ]
