"""The ground where a surface is above a level, as polygons.

Between the centres of cells the surface is taken as straight, so that outlines do not run along
cells. From the outermost centres to the study area's edge it goes on level.

contourpy is imported where it is used: the server's start needs none of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.edges import area_of_cells
from geo_alerts.hotspots.grid import SquareGrid, checked_area
from geo_alerts.hotspots.neighbours import as_numbers, count_3x3, sum_3x3

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
_Filling = tuple[list[Floats], list[npt.NDArray[np.uint32]]]


@dataclass(frozen=True, slots=True)
class Contour:
    """The ground above a level.

    Attributes:
        level: In the surface's unit.
        geometry: Polygon or MultiPolygon, EPSG:27700.
    """

    level: float
    geometry: BaseGeometry


def contours(
    values: Floats,
    grid: SquareGrid,
    levels: Sequence[float],
    *,
    mask: Flags | None = None,
    area: BaseGeometry | None = None,
) -> list[Contour]:
    """The ground where a surface is above each level, within the study area.

    Args:
        values: rows by columns: the surface at the centres of cells. What it is outside the mask
            does not count; NaN is as outside.
        grid: Whose cells.
        levels: In the surface's unit, any order.
        mask: rows by columns: the cells of the study area; None for all.
        area: The study area itself, to clip to, EPSG:27700; None for the mask's cells.

    Returns:
        One for each level that has ground above it, ascending; each holds those after it.

    Raises:
        InvalidInputError: The values or the mask are not of the grid's shape, no value is known, or
            levels are none or not finite.
    """
    wanted = _levels(levels)
    surface = as_numbers(values, "values")
    within = np.ones(grid.shape, dtype=bool) if mask is None else np.asarray(mask, dtype=bool)
    if surface.shape != grid.shape or within.shape != grid.shape:
        raise InvalidInputError(
            f"the values are of shape {surface.shape} and the mask of {within.shape}; both must be "
            f"of the grid's, {grid.shape}"
        )
    known = np.isfinite(surface) & within
    if not known.any():
        raise InvalidInputError("no cell of the study area has a value, so there is no contour")
    clip = area_of_cells(grid, known)
    if area is not None:
        clip = shapely.intersection(clip, checked_area(area))
    shapely.prepare(clip)
    found = zip(wanted, _above(_extended(surface, known), grid, wanted), strict=True)
    clipped = (Contour(level, _ground(shapely.intersection(clip, one))) for level, one in found)
    return [one for one in clipped if not one.geometry.is_empty]


def _levels(levels: Sequence[float]) -> list[float]:
    wanted = sorted({float(level) for level in levels})
    if not wanted or not np.isfinite(wanted).all():
        raise InvalidInputError("levels must be finite numbers in the surface's unit, one or more")
    return wanted


def _extended(surface: Floats, known: Flags) -> Floats:
    """The surface with a cell more on every side; cells beside the known ones go on level."""
    exists = np.pad(known, 1)
    value = np.pad(np.where(known, surface, 0.0), 1)
    beside = count_3x3(exists, exists.shape)
    # What lies further out is clipped away; any value does.
    level = np.divide(sum_3x3(value), beside, out=np.zeros(value.shape), where=beside > 0)
    return np.where(exists, value, level)


def _above(surface: Floats, grid: SquareGrid, levels: list[float]) -> Iterator[BaseGeometry]:
    from contourpy import FillType, contour_generator  # noqa: PLC0415

    columns, rows = (
        np.concatenate([[line[0] - grid.cell_m], line, [line[-1] + grid.cell_m]])
        for line in grid.centres()
    )
    generator = contour_generator(columns, rows, surface, fill_type=FillType.OuterOffset)
    for level in levels:
        # Of this type of filling there are two lists, which contourpy's types do not tell.
        pieces, offsets = cast("_Filling", generator.filled(level, np.inf))
        yield shapely.union_all(
            [
                # Rings that touch themselves at a saddle become rings that do not.
                shapely.make_valid(_polygon(vertex, offset), method="structure")
                for vertex, offset in zip(pieces, offsets, strict=True)
            ]
        )


def _polygon(vertex: Floats, offset: npt.NDArray[np.uint32]) -> BaseGeometry:
    shell, *holes = (vertex[first:last] for first, last in pairwise(offset))
    return shapely.Polygon(shell, holes)


def _ground(geometry: BaseGeometry) -> BaseGeometry:
    """The polygons of a geometry: clipping leaves points and lines where outlines touch."""
    parts = shapely.get_parts(geometry)
    flat = parts[shapely.get_dimensions(parts) == 2]  # noqa: PLR2004 - an area
    return shapely.union_all(flat)
