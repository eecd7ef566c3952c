"""The ground of a target area as one geometry: for what is counted by ground, not by postcodes.

A circle is drawn as a polygon of 128 sides, which is up to 0.03 % of its radius within it; so are
the round corners and ends of what is around a shape or a line.
"""

from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from geo_alerts.audiences.units.on_grid import (
    AreaOnGrid,
    CircleOnGrid,
    CombinationOnGrid,
    CorridorOnGrid,
    LeafOnGrid,
    ShapesOnGrid,
    SurroundingsOnGrid,
    TeamsOnGrid,
)
from geo_alerts.errors import InvalidAreaError
from geo_alerts.places.layer import Layer

SIDES_OF_A_QUARTER: Final = 32


def ground_of(area: AreaOnGrid, layer: Layer) -> BaseGeometry:
    """The ground of an area, EPSG:27700.

    Args:
        area: The area.
        layer: The teams that it names by their indexes.

    Returns:
        A polygon or several, valid.

    Raises:
        InvalidAreaError: It has no ground: it names postcodes by a list, or nothing is left of it.
    """
    ground = _ground(area, layer)
    parts = [
        part
        for part in shapely.get_parts(ground)
        if isinstance(part, shapely.Polygon) and not part.is_empty
    ]
    if not parts:
        raise InvalidAreaError("the area has no ground: nothing is left of what it combines")
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _ground(area: AreaOnGrid, layer: Layer) -> BaseGeometry:
    if not isinstance(area, CombinationOnGrid):
        return _of_leaf(area, layer)
    first, *others = (_ground(part, layer) for part in area.parts)
    match area.kind:
        case "union":
            return shapely.union_all([first, *others])
        case "intersection":
            return shapely.intersection_all([first, *others])
        case "difference":
            return first - shapely.union_all(others)


def _of_leaf(leaf: LeafOnGrid, layer: Layer) -> BaseGeometry:
    match leaf:
        case TeamsOnGrid():
            return shapely.union_all(layer.geometry[leaf.areas])
        case ShapesOnGrid():
            return shapely.union_all(leaf.geometries)
        case CircleOnGrid():
            centre = shapely.Point(leaf.easting, leaf.northing)
            return shapely.buffer(centre, leaf.metres, quad_segs=SIDES_OF_A_QUARTER)
        case CorridorOnGrid():
            return shapely.buffer(leaf.line, leaf.metres, quad_segs=SIDES_OF_A_QUARTER)
        case SurroundingsOnGrid():
            return shapely.buffer(leaf.geometry, leaf.metres, quad_segs=SIDES_OF_A_QUARTER)
        case _:
            raise InvalidAreaError(
                "a list of postcodes has no outline: name teams, or draw a shape, in its place"
            )
