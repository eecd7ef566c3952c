"""The areas of an edition of boundaries, one by one."""

from dataclasses import dataclass

import shapely

from geo_alerts.acts.editions import boundary_edition
from geo_alerts.acts.live import Live
from geo_alerts.crs import geometries_to_epsg_4326
from geo_alerts.store.layers import load_areas


@dataclass(frozen=True, slots=True)
class AreaAnswer:
    """An area as it is kept.

    Attributes:
        code: Its code in the edition.
        name: Its name.
        parent_code: Of the larger area that it is part of; empty where there is none.
        identity: Lasts while it is renamed, re-coded or re-drawn; empty until it is activated.
        area_m2: Of its ground; of a draft with invalid rings whatever they enclose.
        bounds: West, south, east, north, degrees (EPSG:4326).
        geometry: A MultiPolygon, EPSG:27700; of a draft it may be invalid.
    """

    code: str
    name: str
    parent_code: str
    identity: str
    area_m2: float
    bounds: tuple[float, float, float, float]
    geometry: shapely.Geometry


def areas(live: Live, number: int) -> list[AreaAnswer]:
    """Every area of an edition, by code.

    Raises:
        UnknownEditionError: No edition of boundaries has this number.
    """
    with live.store.reading() as connection:
        boundary_edition(connection, number)
        frame = load_areas(connection, number)
    shapes = frame.geometry.to_numpy()
    bounds = shapely.bounds(geometries_to_epsg_4326(shapes)).tolist()
    codes, names, parents, identities = (
        frame[name].tolist() for name in ("code", "name", "parent_code", "identity")
    )
    rows = zip(codes, names, parents, identities, bounds, shapes, strict=True)
    return [
        AreaAnswer(code, name, parent, identity, shape.area, (west, south, east, north), shape)
        for code, name, parent, identity, (west, south, east, north), shape in rows
    ]
