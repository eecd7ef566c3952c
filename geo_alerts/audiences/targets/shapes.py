"""Shapes as values: polygons of RFC 7946, read strictly and refused with a reason.

Positions are longitude, latitude (EPSG:4326). Either winding is accepted, and holes are kept; the
value has outer rings anticlockwise and holes clockwise (RFC 7946, section 3.1.6). Heights are
dropped. A shape that GEOS calls invalid is refused with the position of the fault: guessing which
side of a bow-tie was meant would send alerts to the wrong people.
"""

import operator
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

import numpy as np
import numpy.typing as npt
import shapely
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

MAX_VERTICES: Final = 50_000

# Long lines get vertices in between when they are put on the National Grid, so a comb of few but
# very long teeth would cost as much as millions of vertices. The coast of Great Britain, drawn in
# detail, is some 250 degrees long.
MAX_OUTLINE_DEG: Final = 1_000

# A box that holds the National Grid and OSTN15. What lies outside is refused while it is read; the
# exact limit is that of `crs.py`.
BRITAIN_WEST, BRITAIN_SOUTH, BRITAIN_EAST, BRITAIN_NORTH = -10.0, 49.0, 4.0, 62.0


Floats = npt.NDArray[np.float64]


def fault(kind: str, reason: str) -> PydanticCustomError:
    """An error whose message is `reason` as it stands."""
    return PydanticCustomError(kind, "{reason}", {"reason": reason})


def fault_at(pointer: str, kind: str, reason: str) -> PydanticCustomError:
    """A fault of a whole that is about one of its parts, at a JSON pointer (RFC 6901) within it."""
    return PydanticCustomError(kind, "{reason}", {"reason": reason, "pointer": pointer})


class Value(BaseModel):
    """A value that never changes, takes no unknown key and no number that is not finite."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, serialize_by_alias=True
    )


@dataclass(frozen=True)
class AtLeast:
    """How many items a list has at least, asked only once each item is fine.

    The length that pydantic itself checks is that of the items without a fault: it would call a
    list with one bad item empty.
    """

    count: int

    def __get_pydantic_core_schema__(
        self,
        source: object,
        handler: GetCoreSchemaHandler,
    ) -> CoreSchema:
        """Check the length after the items."""
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Tell the length."""
        return {**handler(schema), "minItems": self.count}

    def _check(self, items: tuple[Any, ...]) -> tuple[Any, ...]:
        if len(items) < self.count:
            has = "1 item" if len(items) == 1 else f"{len(items)} items"
            raise fault("too_short", f"has {has}; at least {self.count} are wanted")
        return items


def _without_height(position: tuple[float, ...]) -> tuple[float, ...]:
    return position[:2]


Number = Annotated[float, Field(strict=True)]
Position = Annotated[
    tuple[Number, ...], Field(max_length=3), AtLeast(2), AfterValidator(_without_height)
]
# Four positions at least: RFC 7946, section 3.1.6.
Ring = Annotated[tuple[Position, ...], Field(max_length=MAX_VERTICES), AtLeast(4)]
Rings = Annotated[tuple[Ring, ...], Field(max_length=MAX_VERTICES), AtLeast(1)]

# Where the context of an error holds the shape that cannot be used: it may be repaired, which takes
# too long to do for each of many.
FAULTY: Final = "faulty"

BOX_LENGTHS: Final = (4, 6)


def _a_box_to_ignore(box: tuple[float, ...]) -> tuple[float, ...]:
    if len(box) not in BOX_LENGTHS:
        raise fault("not_a_box", f"has {len(box)} items; 4 or 6 are wanted")
    return ()


# Many programs write the box that holds a shape beside it (RFC 7946, section 5). It says nothing
# that the positions do not, and could contradict them: it is neither used nor kept.
Box = Annotated[
    tuple[Number, ...],
    AfterValidator(_a_box_to_ignore),
    WithJsonSchema(
        {
            "type": "array",
            "items": {"type": "number"},
            "anyOf": [{"minItems": count, "maxItems": count} for count in BOX_LENGTHS],
        }
    ),
    Field(
        default_factory=tuple,
        exclude_if=operator.not_,
        description="The box that holds the shape; not used and not kept.",
    ),
]


def _a_polygon(rings: Rings) -> Rings:
    return _right((rings,))[0]


class Polygon(Value):
    """A Polygon of RFC 7946: the outer ring first, then the holes; either winding is accepted."""

    type: Literal["Polygon"]
    bbox: Box
    coordinates: Annotated[Rings, AfterValidator(_a_polygon)]

    def shape(self) -> shapely.Polygon:
        """The polygon, EPSG:4326, longitude first."""
        return _polygon([lon_lat(ring) for ring in self.coordinates])

    def count(self) -> int:
        """Count the vertices."""
        return _count((self.coordinates,))


def _polygons(polygons: tuple[Rings, ...]) -> tuple[Rings, ...]:
    return _right(polygons)


class MultiPolygon(Value):
    """A MultiPolygon of RFC 7946."""

    type: Literal["MultiPolygon"]
    bbox: Box
    coordinates: Annotated[
        tuple[Rings, ...],
        Field(max_length=MAX_VERTICES),
        AtLeast(1),
        AfterValidator(_polygons),
    ]

    def shape(self) -> shapely.MultiPolygon:
        """The polygons, EPSG:4326, longitude first."""
        return shapely.MultiPolygon(
            [_polygon([lon_lat(ring) for ring in rings]) for rings in self.coordinates]
        )

    def count(self) -> int:
        """Count the vertices."""
        return _count(self.coordinates)


def _right(polygons: tuple[Rings, ...]) -> tuple[Rings, ...]:
    """The polygons, once they are found to be shapes, with their rings the right way round."""
    count = _count(polygons)
    if count > MAX_VERTICES:
        raise fault(
            "too_many_vertices",
            f"the shape has {count} vertices; at most {MAX_VERTICES} are allowed: simplify it",
        )
    vertices = [[lon_lat(ring) for ring in rings] for rings in polygons]
    for number, rings in enumerate(vertices, 1):
        for ring_number, ring in enumerate(rings, 1):
            _check_ring(ring, f"ring {ring_number} of polygon {number}")
    shape = shapely.MultiPolygon([_polygon(rings) for rings in vertices])
    if shape.length > MAX_OUTLINE_DEG:
        raise fault(
            "outline_too_long", f"the outline is over {MAX_OUTLINE_DEG} degrees long: simplify it"
        )
    # One polygon is checked as such: the parts of several may not overlap.
    checked = shape.geoms[0] if len(polygons) == 1 else shape
    reason = str(shapely.is_valid_reason(checked))
    if reason != "Valid Geometry":
        raise _invalid(_in_plain_words(reason), checked)
    return tuple(
        tuple(
            ring if shapely.is_ccw(shapely.LinearRing(at)) == (not hole) else ring[::-1]
            for hole, (ring, at) in enumerate(zip(rings, arrays, strict=True))
        )
        for rings, arrays in zip(polygons, vertices, strict=True)
    )


def _count(polygons: tuple[Rings, ...]) -> int:
    return sum(len(ring) for rings in polygons for ring in rings)


def _invalid(reason: str, shape: shapely.Geometry) -> PydanticCustomError:
    return PydanticCustomError("invalid_shape", "{reason}", {"reason": reason, FAULTY: shape})


def _check_ring(ring: Floats, what: str) -> None:
    if (ring[0] != ring[-1]).any():
        raise fault("unclosed_ring", f"{what} is not closed: repeat its first position at its end")
    require_in_britain(ring, what)


def require_in_britain(positions: Floats, what: str) -> None:
    """Refuse positions outside a box round Great Britain.

    Args:
        positions: n by 2: longitude, latitude.
        what: What they are of.

    Raises:
        PydanticCustomError: The first one outside is named.
    """
    outside = ~_in_britain(positions[:, 0], positions[:, 1])
    if outside.any():
        at = int(np.argmax(outside))
        if (np.abs(positions[at]) > (180, 90)).all():
            raise fault(
                "outside_britain",
                f"position {at + 1} of {what}, {positions[at, 0]:.9g}, {positions[at, 1]:.9g}, "
                "looks like metres on the National Grid (EPSG:27700); longitude and latitude "
                "in degrees are wanted",
            )
        raise fault(
            "outside_britain",
            f"position {at + 1} of {what}, longitude {positions[at, 0]:.9g}, latitude "
            f"{positions[at, 1]:.9g}, is outside Great Britain; longitude comes first",
        )


def _in_britain(longitude: npt.ArrayLike, latitude: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    lon, lat = np.asarray(longitude), np.asarray(latitude)
    return np.asarray(
        (lon >= BRITAIN_WEST)
        & (lon <= BRITAIN_EAST)
        & (lat >= BRITAIN_SOUTH)
        & (lat <= BRITAIN_NORTH)
    )


def lon_lat(positions: tuple[Position, ...]) -> Floats:
    """Positions as an array, n by 2: longitude, latitude."""
    return np.array(positions, dtype=np.float64)


def _polygon(rings: list[Floats]) -> shapely.Polygon:
    return shapely.Polygon(rings[0], rings[1:])


# What GEOS says, and what it means to who drew the shape.
_PLAIN_WORDS: Final = {
    "Self-intersection": "lines of the shape cross or overlap",
    "Ring Self-intersection": "a ring of the shape touches itself",
    "Too few points in geometry component": "a ring of the shape has no area",
    "Hole lies outside shell": "a hole lies outside its polygon",
    "Holes are nested": "a hole lies inside another hole",
    "Nested shells": "a polygon lies inside another one",
    "Interior is disconnected": "holes cut the polygon in two",
    "Duplicate Rings": "a ring of the shape is there twice",
}


def _in_plain_words(reason: str) -> str:
    # GEOS says for example "Self-intersection[-2.745 52.705]".
    problem, _, position = reason.rstrip("]").partition("[")
    longitude, _, latitude = position.partition(" ")
    where = f" at longitude {float(longitude):.7g}, latitude {float(latitude):.7g}"
    return f"{_PLAIN_WORDS.get(problem, problem)}{where}; draw it without that"
