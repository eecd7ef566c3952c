"""The outline of a target area: its ground, with lists of postcodes drawn by their cells."""

from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo_alerts.audiences.units.ground import Ground
from geo_alerts.audiences.units.ground_of import ground_of
from geo_alerts.audiences.units.on_grid import (
    AreaOnGrid,
    CombinationOnGrid,
    PostcodesOnGrid,
    ShapesOnGrid,
)

# Of a postcode that has no cell a disc is drawn, about as wide as the cell of a town.
DISC_M: Final = 40.0


def outline_of(area: AreaOnGrid, ground: Ground) -> BaseGeometry:
    """The ground of an area as one geometry, for drawing it.

    Args:
        area: The area; its teams are those of the ground's layer.
        ground: The live units, by which postcodes of a list are found.

    Returns:
        A Polygon or MultiPolygon, EPSG:27700, valid; of a listed postcode the ground that is taken
        to belong to it, see `Cells`.

    Raises:
        InvalidAreaError: It has no ground: nothing is left of what it combines, or none of the
            postcodes of a list is live and has a place.
    """
    return ground_of(_drawable(area, ground), ground.layer)


def _drawable(area: AreaOnGrid, ground: Ground) -> AreaOnGrid:
    match area:
        case CombinationOnGrid():
            return CombinationOnGrid(
                area.kind, tuple(_drawable(part, ground) for part in area.parts)
            )
        case PostcodesOnGrid():
            return _listed(area, ground)
        case _:
            return area


def _listed(area: PostcodesOnGrid, ground: Ground) -> ShapesOnGrid:
    rows = ground.in_runs(area.first, area.after)
    units = ground.units
    shapes = np.full(len(rows), None, dtype=object)
    if ground.cells is not None:
        shapes = ground.cells.polygons(ground.directory.find(units.postcode[rows]))
    without = shapely.is_missing(shapes)
    points = shapely.points(units.easting[rows[without]], units.northing[rows[without]])
    shapes[without] = shapely.buffer(points, DISC_M)
    return ShapesOnGrid(shapes)
