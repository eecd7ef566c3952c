"""The postcodes of the force as dots, by which a map shows where people live."""

import hashlib
from dataclasses import dataclass

import numpy as np

from geo_alerts.acts.geography import Geography
from geo_alerts.acts.live import View
from geo_alerts.crs import points_to_epsg_4326
from geo_alerts.places.layer import TEAM
from geo_alerts.places.packed_points import packed
from geo_alerts.store.editions import POSTCODES


@dataclass(frozen=True, slots=True)
class MapPoints:
    """Points as `places/packed_points.py` lays them out, and a name for exactly these bytes."""

    content: bytes
    name: str


def unit_points(view: View) -> MapPoints:
    """The live units in any team of a view; without teams, none: of a country they were too many.

    A place with several units, such as a block of flats, is there as often as it has units.
    """
    geography = view.geography
    labels = ((one.id, one.label) for one in map(geography.editions.get, (POSTCODES, TEAM)) if one)
    return geography.held.get("map points", tuple(labels), lambda: _points(geography))


def _points(geography: Geography) -> MapPoints:
    directory = geography.directory
    rows = np.flatnonzero(
        directory.is_live & directory.is_located & (geography.assignment.first >= 0)
    )
    easting, northing = directory.easting[rows], directory.northing[rows]
    content = (
        packed(*points_to_epsg_4326(easting, northing)) if len(rows) else packed(easting, northing)
    )
    return MapPoints(content, hashlib.sha256(content).hexdigest()[:32])
