"""Small worlds for the tests of audiences: units, teams and subscribers given as plain values."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import shapely

from geo_alerts.audiences.people.index import AudienceIndex
from geo_alerts.audiences.people.live_index import LiveIndex
from geo_alerts.audiences.people.members import Gathering, MemberBatch, Members, Profile, day_number
from geo_alerts.audiences.selection import Selection
from geo_alerts.audiences.targets.areas import AREA_ADAPTER, AnyArea
from geo_alerts.audiences.units.ground import Ground, Units
from geo_alerts.crs import points_to_epsg_4326
from geo_alerts.places.cells import Cells
from geo_alerts.places.directory import Directory
from geo_alerts.places.layer import Layer

EMAIL, TEXT, VOICE = 1, 2, 4

# A square of 10 km: two teams side by side, seven units, one of them outside.
#
#   310 ┌─────────┬─────────┐
#       │ 11AB    │   121AB │
#       │         │         │
#   305 │      12AA 12AB    │  13AA
#       │         │         │
#       │ 11AA    │   121AA │
#   300 └─────────┴─────────┘
#      340       345       350
UNITS = {
    "SY1 1AA": (341_000, 301_000),
    "SY1 1AB": (341_000, 309_000),
    "SY1 2AA": (344_000, 305_000),
    "SY1 2AB": (345_000, 305_000),
    "SY1 3AA": (352_000, 305_000),
    "SY12 1AA": (349_000, 301_000),
    "SY12 1AB": (349_000, 309_000),
}
WEST = shapely.box(340_000, 300_000, 345_000, 310_000)
EAST = shapely.box(345_000, 300_000, 350_000, 310_000)
TEAM_1 = {"type": "team", "codes": ["T-1"]}
TEAM_2 = {"type": "team", "codes": ["T-2"]}
EVERYTHING = {"type": "postcodes", "postcodes": ["SY1", "SY12"]}


class Person(NamedTuple):
    """A subscriber; the number is what a store would have drawn at random."""

    reference: str
    postcodes: tuple[str, ...]
    channels: int = EMAIL
    groups: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    number: int = 0
    joined: str = ""
    opted_out: tuple[str, ...] = ()

    def id(self) -> int:
        """The number given, else one worked out from the reference."""
        return self.number or int.from_bytes(self.reference.encode()[:7])


def directory_of(units: Mapping[str, tuple[float, float]], **columns: Sequence) -> Directory:
    """A directory of live units at points, EPSG:27700; other columns in the order of the units."""
    count = len(units)
    easting, northing = np.array(list(units.values()), dtype=float).reshape(count, 2).T
    given = {
        "postcode": np.array(list(units), dtype="<U8"),
        "easting": easting,
        "northing": northing,
        "is_live": np.ones(count, dtype=bool),
    }
    return Directory.from_columns(
        "test edition", given | {k: np.array(v) for k, v in columns.items()}
    )


def layer_of(areas: Mapping[str, shapely.Geometry]) -> Layer:
    """A layer whose areas are called like their codes."""
    names = [f"Team {code}" for code in areas]
    return Layer.from_columns("test layer", list(areas), names, list(areas.values()))


def members_of(people: Iterable[Person]) -> Members:
    """The members, in the order given."""
    everybody = list(people)
    gathering = Gathering()
    gathering.add(
        MemberBatch(
            number=[person.id() for person in everybody],
            reference=[person.reference for person in everybody],
            joined=[day_number(person.joined) for person in everybody],
            profile=[
                gathering.profile(
                    Profile(person.channels, person.groups, person.topics, person.opted_out)
                )
                for person in everybody
            ],
            postcodes=[len(person.postcodes) for person in everybody],
            postcode=[postcode for person in everybody for postcode in person.postcodes],
        )
    )
    return gathering.members()


def ground_of(directory: Directory, layer: Layer, cells: Cells | None = None) -> Ground:
    """The ground of all units of a directory."""
    units = Units(directory.postcode, directory.easting, directory.northing)
    return Ground(units, directory, layer, cells=cells)


def index_of(people: Iterable[Person], directory: Directory, layer: Layer) -> LiveIndex:
    """An index of the people."""
    return LiveIndex.of(AudienceIndex.build(members_of(people), directory, layer))


def area_of(value: Mapping) -> AnyArea:
    """The target area of a value."""
    return AREA_ADAPTER.validate_python(value)


def selection_of(area: Mapping, **filters: object) -> Selection:
    """A selection of an area's value and filters."""
    return Selection.model_validate({"area": area, **filters})


def ring_of(vertices: Sequence[tuple[float, float]]) -> list[list[float]]:
    """A closed ring of RFC 7946 through National Grid positions."""
    easting, northing = np.array([*vertices, vertices[0]], dtype=float).T
    longitude, latitude = points_to_epsg_4326(easting, northing)
    return np.column_stack([longitude, latitude]).tolist()


def polygon_area(*rings: Sequence[tuple[float, float]]) -> dict:
    """The value of a polygon, outer ring first, given by National Grid positions."""
    coordinates = [ring_of(ring) for ring in rings]
    return {"type": "polygon", "geometry": {"type": "Polygon", "coordinates": coordinates}}


def square(west: float, south: float, side_m: float) -> list[tuple[float, float]]:
    """The corners of a square on the National Grid."""
    east, north = west + side_m, south + side_m
    return [(west, south), (east, south), (east, north), (west, north)]


def circle_area(easting: float, northing: float, metres: float) -> dict:
    """The value of a circle round a National Grid position."""
    longitude, latitude = points_to_epsg_4326([easting], [northing])
    centre = {"longitude": float(longitude[0]), "latitude": float(latitude[0])}
    return {"type": "radius", "centre": centre, "metres": metres}
