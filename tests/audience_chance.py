"""Random questions about two worlds: one invented, full of edges, and the sample that ships."""

import csv
import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geo_alerts.audiences.selection import Channel, Selection
from geo_alerts.crs import geometries_to_epsg_27700, points_to_epsg_4326
from geo_alerts.errors import MalformedPostcodeError
from geo_alerts.places.directory import Directory
from geo_alerts.places.layer import Layer
from geo_alerts.places.postcodes import normalise
from tests.audience_world import Person, circle_area, layer_of, polygon_area

DATA = Path(__file__).resolve().parents[1] / "data"
SEED = 20250422
LEAVES = ("team", "polygon", "rectangle", "radius", "corridor", "postcodes")
KINDS = (*LEAVES, "union", "intersection", "difference")
GROUPS = ("Farm Watch", "shop", "school")
TOPICS = ("burglary", "fraud and scams", "vehicle crime")


@dataclass(frozen=True)
class World:
    """What both sides are asked about."""

    directory: Directory
    layer: Layer
    people: list[Person]


def invented_world() -> World:
    """A lattice of 50 m, so that units coincide and stand on the edges and corners of teams."""
    rng = np.random.default_rng(SEED)
    letters = "ABDEFGHJLN"
    names = [
        f"SY{d} {s}{a}{b}" for d in (1, 2, 12) for s in range(5) for a in letters for b in letters
    ]
    easting = 340_000 + 50.0 * rng.integers(0, 200, len(names))
    northing = 300_000 + 50.0 * rng.integers(0, 200, len(names))
    columns = {
        "postcode": np.array(names, dtype="<U8"),
        "easting": easting,
        "northing": northing,
        "is_live": rng.random(len(names)) < 0.9,
    }
    # A grid of teams that share edges, one that lies over four of them, and a gap in the middle.
    teams = {
        f"T-{row}{column}": shapely.box(
            340_000 + 2_500 * column,
            300_000 + 2_500 * row,
            342_500 + 2_500 * column,
            302_500 + 2_500 * row,
        )
        for row in range(4)
        for column in range(4)
        if (row, column) != (2, 1)
    } | {"T-99": shapely.Point(345_000, 305_000).buffer(1_500, quad_segs=3)}
    # Some were never built, some have no location.
    known = [*names, "SY1 1ZZ", "SY12 4ZZ", "SY9 9ZZ", "BFPO 12"]
    people = [
        Person(
            f"R{number:05}",
            tuple(rng.choice(known, rng.choice([1, 1, 1, 2, 5])).tolist()),
            int(rng.integers(0, 8)),
            tuple(rng.choice(GROUPS, rng.integers(0, 3), replace=False).tolist()),
            tuple(rng.choice(TOPICS, rng.integers(0, 3), replace=False).tolist()),
            number + 1,
        )
        for number in rng.permutation(4_000).tolist()
    ]
    return World(Directory.from_columns("invented", columns), layer_of(teams), people)


def rows_of(name: str) -> list[dict[str, str]]:
    with gzip.open(DATA / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sample_world() -> World:
    """The shipped sample: real postcodes, demonstration teams, synthetic subscribers."""
    units = rows_of("postcodes")
    columns = {
        "postcode": np.array([unit["postcode"] for unit in units], dtype="<U8"),
        "easting": np.array([float(unit["easting"] or "nan") for unit in units]),
        "northing": np.array([float(unit["northing"] or "nan") for unit in units]),
        "is_live": np.array([unit["status"] == "live" for unit in units]),
    }
    teams = json.loads(gzip.decompress((DATA / "teams.geojson.gz").read_bytes()))["features"]
    drawn = [shapely.from_geojson(json.dumps(team["geometry"])) for team in teams]
    shapes = geometries_to_epsg_27700(drawn, "EPSG:4326")
    codes = [team["properties"]["code"] for team in teams]
    return World(
        Directory.from_columns("sample", columns),
        layer_of(dict(zip(codes, shapes, strict=True))),
        [person_of(number, row) for number, row in enumerate(rows_of("subscribers"), 1)],
    )


def person_of(number: int, row: dict[str, str]) -> Person:
    def several(column: str) -> tuple[str, ...]:
        return tuple(filter(None, row[column].split(";")))

    channels = sum(channel.bit for channel in Channel if channel.value in several("channels"))
    postcodes = tuple(filter(None, map(normalised, several("postcodes"))))
    return Person(
        row["reference"], postcodes, channels, several("groups"), several("topics"), number
    )


def normalised(text: str) -> str:
    try:
        return normalise(text)
    except MalformedPostcodeError:
        return ""


# --- random selections ----------------------------------------------------------------------------


class Chance:
    """Areas and filters drawn at random, round places where people are."""

    def __init__(self, world: World, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        directory = world.directory
        rows = np.flatnonzero(directory.is_live & np.isfinite(directory.easting))
        self.points = np.column_stack([directory.easting[rows], directory.northing[rows]])
        self.live = directory.postcode[rows].tolist()
        self.codes = world.layer.code.tolist()

    def selection(self, kind: str) -> Selection:
        value: dict[str, Any] = {"area": self.area(kind, 3)}
        for column, names in (("groups", GROUPS), ("topics", TOPICS)):
            if self.rng.random() < 0.3:
                condition = str(self.rng.choice(["any_of", "all_of", "none_of"]))
                value[column] = {condition: self.some(names, 2)}
        if self.rng.random() < 0.3:
            value["channels"] = self.some([channel.value for channel in Channel], 2)
        return Selection.model_validate(value)

    def area(self, kind: str, depth: int) -> dict[str, Any]:
        if kind in ("union", "intersection", "difference"):
            # An intersection of what is far apart is empty: those begin with a large circle.
            parts = [self.area(self.kind(depth), depth - 1) for _ in range(self.rng.integers(1, 4))]
            large = circle_area(*self.point(), float(self.rng.integers(2_000, 20_000)))
            if kind == "difference":
                return {"type": kind, "from": large, "without": parts}
            return {"type": kind, "areas": [large, *parts] if kind == "intersection" else parts}
        return getattr(self, kind)()

    def kind(self, depth: int) -> str:
        return str(self.rng.choice(KINDS if depth > 0 else LEAVES))

    def point(self) -> tuple[float, float]:
        easting, northing = self.rng.choice(self.points)
        return float(easting), float(northing)

    def some(self, names: Any, most: int) -> list[str]:
        count = self.rng.integers(1, most + 1)
        return [str(name) for name in self.rng.choice(names, count, replace=False)]

    def team(self) -> dict[str, Any]:
        return {"type": "team", "codes": self.some(self.codes, 3)}

    def radius(self) -> dict[str, Any]:
        # Whole metres, and now and then exactly as far as another unit is.
        easting, northing = self.point()
        metres = float(self.rng.integers(1, 5_000))
        if self.rng.random() < 0.5:
            other = self.points[self.near(easting, northing)]
            metres = max(float(np.hypot(other[0] - easting, other[1] - northing)), 1.0)
        if self.rng.random() < 0.5:
            return circle_area(easting, northing, metres)
        centre = {"postcode": str(self.rng.choice(self.live))}
        return {"type": "radius", "centre": centre, "metres": metres}

    def near(self, easting: float, northing: float) -> int:
        distance_m = np.hypot(self.points[:, 0] - easting, self.points[:, 1] - northing)
        return int(self.rng.choice(np.argsort(distance_m)[:200]))

    def polygon(self) -> dict[str, Any]:
        """A star round a place, its corners on units; with a hole that is alike where one fits."""
        easting, northing = self.point()
        distance_m = np.hypot(self.points[:, 0] - easting, self.points[:, 1] - northing)
        near = np.unique(self.points[np.argsort(distance_m)[: self.rng.integers(50, 800)]], axis=0)
        corners = near[self.rng.permutation(len(near))[: self.rng.integers(3, 40)]]
        middle = corners.mean(axis=0)
        angle = np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0])
        # One corner in each direction, or the ring would turn back on itself.
        ring = corners[np.unique(np.round(angle, 6), return_index=True)[1]]
        shape = shapely.Polygon(ring) if len(ring) > 2 else shapely.Polygon()
        if shape.is_empty or not shape.is_valid or shape.area < 1:
            return self.radius()
        hole = np.round(middle + (ring - middle) * 0.5)
        with_hole = len(np.unique(hole, axis=0)) == len(ring) and shapely.is_valid(
            shapely.Polygon(hole)
        )
        if with_hole and shapely.contains_properly(shape, shapely.Polygon(hole)):
            return polygon_area(ring.tolist(), hole.tolist())
        return polygon_area(ring.tolist())

    def rectangle(self) -> dict[str, Any]:
        longitude, latitude = points_to_epsg_4326(
            *self.points[self.rng.choice(len(self.points), 2)].T
        )
        (west, east), (south, north) = np.sort(longitude), np.sort(latitude)
        return (
            {"type": "rectangle", "west": west, "south": south, "east": east, "north": north}
            if west < east and south < north
            else self.radius()
        )

    def corridor(self) -> dict[str, Any]:
        """A line from unit to unit, or two, with a width in whole metres."""
        lines = []
        for _ in range(self.rng.integers(1, 3)):
            start = self.points[self.near(*self.point())]
            others = [self.points[self.near(*start)] for _ in range(self.rng.integers(1, 8))]
            longitude, latitude = points_to_epsg_4326(*np.array([start, *others]).T)
            if np.ptp(longitude) + np.ptp(latitude) > 0:
                lines.append(np.column_stack([longitude, latitude]).tolist())
        if not lines:
            return self.radius()
        one = {"type": "LineString", "coordinates": lines[0]}
        line = one if len(lines) == 1 else {"type": "MultiLineString", "coordinates": lines}
        return {"type": "corridor", "line": line, "metres": float(self.rng.integers(1, 1_000))}

    def postcodes(self) -> dict[str, Any]:
        units = self.some(self.live, 30)
        parts = [
            unit if chance < 0.6 else unit[:-2] if chance < 0.9 else unit.split()[0]
            for unit, chance in zip(units, self.rng.random(len(units)), strict=True)
        ]
        return {"type": "postcodes", "postcodes": parts}
