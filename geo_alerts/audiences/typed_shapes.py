"""Shapes as people type and paste them: GeoJSON, well-known text, or positions one after another.

Each shape is read by itself: what is wrong with one is told with its number, beside the others. The
positions of areas are longitude, latitude (EPSG:4326), as RFC 7946 has them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import shapely
from pydantic import ValidationError
from pydantic_core import from_json

from geo_alerts.audiences.reading import plain_words
from geo_alerts.audiences.targets.areas import AREA_ADAPTER, AnyArea
from geo_alerts.audiences.targets.repairing import repaired
from geo_alerts.audiences.targets.shapes import FAULTY, MAX_VERTICES
from geo_alerts.crs import geometries_to_epsg_4326, points_to_epsg_4326
from geo_alerts.errors import InvalidAreaError, OutsideNationalGridError
from geo_alerts.places.positions import read_position

Form = Literal["polygon", "line", "circle"]

MAX_SHAPES: Final = 500
# A repair may take half a second.
MOST_OFFERS: Final = 5
# About 0.1 m, as shapes are drawn.
DECIMALS: Final = 6
LONGEST_NAME: Final = 100
MOST_SHOWN: Final = 60
_MOST_DEGREES: Final = 180.0
_FEWEST: Final[dict[Form, int]] = {"polygon": 3, "line": 2, "circle": 1}
# It begins with no blanks of its own: looked for, it would try them from each blank of a long run.
_WKT: Final = re.compile(
    r"(?:SRID=[0-9]+;\s*)?(?:(?:MULTI)?POLYGON|(?:MULTI)?LINESTRING|POINT)\b", re.IGNORECASE
)
_NUMBER: Final = r"[-+]?[0-9]+(?:\.[0-9]+)?"
_PAIR_WITHOUT_BLANK: Final = re.compile(rf"{_NUMBER},{_NUMBER}")

# Why a shape cannot be used, and what may be meant, a GeoJSON geometry.
Fault = tuple[str, dict[str, Any] | None]
Geometry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TypedShape:
    """One shape of a text.

    Attributes:
        number: Which one, from 1: of GeoJSON that of its feature.
        name: What the text calls it; empty where it does not.
        taken_away: Whether it is taken away from the others, as files written here say.
        area: None where it cannot be used.
        fault: Why not, in words.
        repaired: A GeoJSON geometry that may be what was meant.
    """

    number: int
    name: str
    taken_away: bool
    area: AnyArea | None
    fault: str | None = None
    repaired: dict[str, Any] | None = None


def read_shapes(text: str, form: Form, metres: float) -> list[TypedShape]:
    """The shapes that a text holds.

    Args:
        text: A GeoJSON document; well-known text, one shape a line; or positions, one a line.
        form: What positions are the corners, the places or the middles of.
        metres: How far circles and lines reach.

    Raises:
        InvalidAreaError: It holds none, too many, or something that is no position.
    """
    stripped = text.strip()
    if stripped.startswith("{"):
        given = list(_features(_document(stripped)))
    elif _WKT.match(stripped):
        given = [({}, _geometry_of_wkt(one)) for one in _texts(stripped)]
    else:
        given = [({}, one) for one in _of_positions(_positions(stripped, form), form)]
    _check_shapes(len(given))
    offers = iter(range(MOST_OFFERS))
    return [
        _shape(number, properties, one, metres, offers)
        for number, (properties, one) in enumerate(given, 1)
    ]


def _check_shapes(count: int) -> None:
    if not 0 < count <= MAX_SHAPES:
        raise InvalidAreaError(f"holds {count} shapes; 1 to {MAX_SHAPES} are wanted")


def _document(text: str) -> Mapping[str, Any]:
    try:
        value = from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise InvalidAreaError(f"begins as GeoJSON does, but is no JSON: {error}") from error
    if not isinstance(value, Mapping):
        raise InvalidAreaError("is no GeoJSON document")
    return value


def _features(value: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Any]]:
    # Properties and geometry of each feature; files written here begin with the whole target.
    kind = value.get("type")
    if kind in {"FeatureCollection", "GeometryCollection"}:
        key = "features" if kind == "FeatureCollection" else "geometries"
        members = value.get(key)
        if not isinstance(members, list):
            raise InvalidAreaError(f"is a {kind} without {key}")
        for one in members:
            yield from _features(one) if isinstance(one, Mapping) else [({}, None)]
    elif kind == "Feature":
        properties = value.get("properties")
        known = properties if isinstance(properties, Mapping) else {}
        if known.get("role") != "target":
            yield known, value.get("geometry")
    else:
        yield {}, value


def _texts(text: str) -> list[str]:
    # Well-known text may be broken across lines; each shape begins with its kind.
    starts = [found.start() for found in _WKT.finditer(text)]
    _check_shapes(len(starts))
    return [
        text[at:end].strip(" \t\r\n;,") for at, end in zip(starts, [*starts[1:], None], strict=True)
    ]


def _geometry_of_wkt(text: str) -> Geometry | str:
    try:
        shape = shapely.from_wkt(
            text.partition(";")[2] if text.upper().startswith("SRID") else text
        )
        in_metres = bool((abs(shapely.get_coordinates(shape)) > _MOST_DEGREES).all())
        if in_metres:
            (shape,) = geometries_to_epsg_4326(np.array([shape], dtype=object))
            shape = shapely.transform(shape, lambda at: at.round(DECIMALS))
    except (shapely.GEOSException, OutsideNationalGridError) as error:
        return f"cannot be read as well-known text: {error}"
    found: Geometry = shapely.geometry.mapping(shape)
    return found


def _positions(text: str, form: Form) -> list[tuple[float, float]]:
    parts = [part.strip() for part in re.split(r"[;\n]+", text) if part.strip()]
    pairs = text.split()
    if len(parts) == 1 and all(map(_PAIR_WITHOUT_BLANK.fullmatch, pairs)):
        parts = pairs
    if len(parts) > MAX_VERTICES:  # before each is worked out
        raise InvalidAreaError(f"holds {len(parts)} positions; at most {MAX_VERTICES} are wanted")
    if form == "circle" and parts:
        _check_shapes(len(parts))
    return [_position(number, part) for number, part in enumerate(parts, 1)]


def _position(number: int, text: str) -> tuple[float, float]:
    found = read_position(text.strip("()[], \t"))
    if found is None:
        raise InvalidAreaError(
            f"position {number}, “{text[:MOST_SHOWN]}”, is none in Great Britain: type latitude "
            "and longitude such as 52.7073, -2.7527, easting and northing such as 349231 312531, "
            "or a grid reference such as SJ 4923 1253, one a line"
        )
    longitude, latitude = points_to_epsg_4326(*found)
    return round(float(longitude[0]), DECIMALS), round(float(latitude[0]), DECIMALS)


def _of_positions(positions: list[tuple[float, float]], form: Form) -> list[Geometry]:
    if len(positions) < _FEWEST[form]:
        raise InvalidAreaError(
            f"holds {len(positions)} positions; a {form} wants at least {_FEWEST[form]}"
        )
    if form == "circle":
        return [{"type": "Point", "coordinates": one} for one in positions]
    if form == "line":
        return [{"type": "LineString", "coordinates": positions}]
    first, last = positions[0], positions[-1]
    ring = positions if first == last else [*positions, first]
    return [{"type": "Polygon", "coordinates": [ring]}]


def _shape(
    number: int,
    properties: Mapping[str, Any],
    geometry: Any,  # noqa: ANN401 - JSON
    metres: float,
    offers: Iterator[int],
) -> TypedShape:
    name = properties.get("name")
    shown = name.strip()[:LONGEST_NAME] if isinstance(name, str) else ""
    taken_away = properties.get("role") == "taken away"
    area = properties.get("area")
    made = area if isinstance(area, Mapping) else _area_of(geometry, properties, metres)
    if isinstance(made, str):
        return TypedShape(number, shown, taken_away, None, made)
    try:
        return TypedShape(number, shown, taken_away, AREA_ADAPTER.validate_python(made))
    except ValidationError as error:
        why, offer = _fault_of(error, offers)
        return TypedShape(number, shown, taken_away, None, why, offer)


def _area_of(
    geometry: Any,  # noqa: ANN401 - JSON
    properties: Mapping[str, Any],
    metres: float,
) -> dict[str, Any] | str:
    # A target area as JSON, or why there is none.
    if isinstance(geometry, str):
        return geometry
    if not isinstance(geometry, Mapping):
        return "has no geometry"
    kind, given = geometry.get("type"), properties.get("metres")
    reach = given if isinstance(given, int | float) and not isinstance(given, bool) else metres
    match kind:
        case "Polygon" | "MultiPolygon":
            return {"type": "polygon", "geometry": geometry}
        case "LineString" | "MultiLineString":
            return {"type": "corridor", "line": geometry, "metres": reach}
        case "Point":
            return _circle(geometry.get("coordinates"), reach)
    return f"is a {kind}, and no polygon, line or point"


def _circle(position: object, metres: float) -> dict[str, Any] | str:
    if not isinstance(position, list | tuple) or len(position) < 2:  # noqa: PLR2004 - a pair
        return "is a point without a position"
    centre = {"longitude": position[0], "latitude": position[1]}
    return {"type": "radius", "centre": centre, "metres": metres}


def _fault_of(error: ValidationError, offers: Iterator[int]) -> Fault:
    first, *_ = error.errors(include_url=False, include_input=False)
    faulty = first.get("ctx", {}).get(FAULTY)
    if faulty is None or next(offers, None) is None:
        return plain_words(first), None
    return plain_words(first), repaired(faulty)
