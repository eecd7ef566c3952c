"""The simple target areas, as values: teams, shapes, circles, corridors, postcodes, saved areas.

The models say which values are allowed and bound their size; `areas.py` combines them. Positions
are longitude, latitude (EPSG:4326), as RFC 7946 has them; distances are metres.

Each message is for the person who typed or drew the area.
"""

from typing import Annotated, Final, Literal, TypeVar

from pydantic import (
    AfterValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from geo_alerts.audiences.targets.lines import LineString, MultiLineString
from geo_alerts.audiences.targets.shapes import (
    BRITAIN_EAST,
    BRITAIN_NORTH,
    BRITAIN_SOUTH,
    BRITAIN_WEST,
    AtLeast,
    MultiPolygon,
    Polygon,
    Value,
    fault,
)
from geo_alerts.errors import MalformedPostcodeError
from geo_alerts.places.layer import LAYER_NAME
from geo_alerts.places.postcodes import normalise, parse_part

MAX_CODES: Final = 500
MAX_EDITION: Final = 2**31 - 1
MAX_POSTCODES: Final = 10_000
MAX_POSTCODE_SHOWN: Final = 12
MAX_RADIUS_M: Final = 200_000
MAX_CORRIDOR_M: Final = 20_000
MAX_FROM_HOTSPOT_M: Final = 5_000
MAX_HOLDING: Final = 100_000_000
Number = TypeVar("Number")
# Of what the store gives an id: saved areas and layers of hotspots.
STORED_ID: Final = r"^[A-Za-z0-9]{1,64}$"

# The tags of a centre's two forms, as they occur in the place of an error.
CENTRE_BY_POSTCODE: Final = "centre by postcode"
CENTRE_BY_POSITION: Final = "centre by position"

Code = Annotated[str, Field(strict=True, min_length=1, max_length=64)]
Codes = Annotated[tuple[Code, ...], Field(max_length=MAX_CODES), AtLeast(1)]
LayerName = Annotated[str, Field(strict=True, pattern=LAYER_NAME)]
EditionId = Annotated[
    int | None,
    Field(
        strict=True,
        ge=1,
        le=MAX_EDITION,
        description="The edition's number; null is the one in force on the day asked about.",
    ),
]


Longitude = Annotated[float, Field(strict=True, ge=BRITAIN_WEST, le=BRITAIN_EAST)]
Latitude = Annotated[float, Field(strict=True, ge=BRITAIN_SOUTH, le=BRITAIN_NORTH)]


class TeamArea(Value):
    """The ground of one or more teams."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"type": "team", "codes": ["SNT-012"], "edition": None}]}
    )

    type: Literal["team"]
    codes: Codes
    edition: EditionId = None


class BoundaryArea(Value):
    """The ground of one or more areas of any layer of boundaries that is imported."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"type": "boundary", "layer": "ward", "codes": ["E05016011"], "edition": None}
            ]
        }
    )

    type: Literal["boundary"]
    layer: LayerName
    codes: Codes
    edition: EditionId = None


class PolygonArea(Value):
    """A shape drawn on the map; postcodes on its line belong to it, those in its holes do not."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "polygon",
                    "geometry": {
                        "type": "Polygon",
                        "coordinates": [
                            [[-2.75, 52.7], [-2.74, 52.7], [-2.74, 52.71], [-2.75, 52.7]]
                        ],
                    },
                }
            ]
        }
    )

    type: Literal["polygon"]
    geometry: Annotated[Polygon | MultiPolygon, Field(discriminator="type")]


class RectangleArea(Value):
    """A box of longitudes and latitudes; postcodes on its line belong to it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"type": "rectangle", "west": -2.76, "south": 52.7, "east": -2.74, "north": 52.71}
            ]
        }
    )

    type: Literal["rectangle"]
    west: Longitude
    south: Latitude
    east: Longitude
    north: Latitude

    @model_validator(mode="after")
    def _is_a_box(self) -> "RectangleArea":
        if self.west >= self.east:
            raise fault(
                "no_box",
                f"the west ({self.west:.9g}) must be less than the east ({self.east:.9g}): no area "
                "crosses the antimeridian",
            )
        if self.south >= self.north:
            raise fault(
                "no_box",
                f"the south ({self.south:.9g}) must be less than the north ({self.north:.9g})",
            )
        return self


def _a_unit(text: str) -> str:
    try:
        normalise(text)
    except MalformedPostcodeError as error:
        raise _malformed(text, error) from error
    return text


def _a_unit_sector_or_district(text: str) -> str:
    try:
        part = parse_part(text)
    except MalformedPostcodeError as error:
        raise _malformed(text, error) from error
    if part.kind == "area":
        raise fault(
            "malformed_postcode", f"{part.text} is a whole postcode area; name its districts"
        )
    return text


def _malformed(text: str, error: MalformedPostcodeError) -> PydanticCustomError:
    return fault("malformed_postcode", f"{text[:MAX_POSTCODE_SHOWN]!r}: {error}")


PostcodeText = Annotated[str, Field(strict=True, max_length=40)]


class PostcodeCentre(Value):
    """The point of a postcode unit."""

    postcode: Annotated[PostcodeText, AfterValidator(_a_unit)]


class PositionCentre(Value):
    """A position, degrees, EPSG:4326."""

    longitude: Longitude
    latitude: Latitude


def _form_of_centre(value: object) -> str:
    by_postcode = isinstance(value, PostcodeCentre) or (
        isinstance(value, dict) and "postcode" in value
    )
    return CENTRE_BY_POSTCODE if by_postcode else CENTRE_BY_POSITION


Centre = Annotated[
    Annotated[PostcodeCentre, Tag(CENTRE_BY_POSTCODE)]
    | Annotated[PositionCentre, Tag(CENTRE_BY_POSITION)],
    Discriminator(_form_of_centre),
]


def _is_none(value: object) -> bool:
    return value is None


def _given(value: Number) -> Number:
    # A default is not looked at: None is what was given.
    if value is None:
        raise fault("no_number", "must be a number")
    return value


class RadiusArea(Value):
    """Everything at most so many metres from a postcode or a position.

    In place of the metres a number of people may be given: then it is the smallest multiple of
    100 m within which so many are counted, by the counts that the asker may see.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": ["metres"]}, {"required": ["holding"]}],
            "examples": [
                {"type": "radius", "centre": {"postcode": "SY1 1AD"}, "metres": 400},
                {
                    "type": "radius",
                    "centre": {"longitude": -2.7527, "latitude": 52.7073},
                    "holding": 500,
                },
            ],
        }
    )

    type: Literal["radius"]
    centre: Centre
    metres: Annotated[
        float | None,
        Field(strict=True, gt=0, le=MAX_RADIUS_M, exclude_if=_is_none),
        AfterValidator(_given),
        WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": MAX_RADIUS_M}),
    ] = None
    holding: Annotated[
        int | None,
        Field(strict=True, ge=1, le=MAX_HOLDING, exclude_if=_is_none),
        AfterValidator(_given),
        WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MAX_HOLDING}),
    ] = None

    @model_validator(mode="after")
    def _is_as_wide_as_one_says(self) -> "RadiusArea":
        if self.metres is not None and self.holding is not None:
            raise fault("two_radii", "has metres and holding; one of both is wanted")
        if self.metres is None and self.holding is None:
            raise fault("no_radius", "lacks metres, or holding for so many people")
        return self


class CorridorArea(Value):
    """Everything at most so many metres from a line, to each side and beyond its ends."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "corridor",
                    "line": {
                        "type": "LineString",
                        "coordinates": [[-2.75, 52.7], [-2.7, 52.72]],
                    },
                    "metres": 100,
                }
            ]
        }
    )

    type: Literal["corridor"]
    line: Annotated[LineString | MultiLineString, Field(discriminator="type")]
    metres: Annotated[float, Field(strict=True, gt=0, le=MAX_CORRIDOR_M)]


class PostcodesArea(Value):
    """A list of postcode units, sectors and districts."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"type": "postcodes", "postcodes": ["SY1 1AD", "SY1 2", "TF9"]}]
        }
    )

    type: Literal["postcodes"]
    postcodes: Annotated[
        tuple[Annotated[PostcodeText, AfterValidator(_a_unit_sector_or_district)], ...],
        Field(max_length=MAX_POSTCODES),
        AtLeast(1),
    ]


class HotspotsArea(Value):
    """The areas of a stored layer of hotspots, and everything at most so many metres from them."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"type": "hotspots", "layer": "5f2a9c01d3e47b68a1c0b2d4", "metres": 100}]
        }
    )

    type: Literal["hotspots"]
    layer: Annotated[
        str, Field(strict=True, pattern=STORED_ID, description="The layer's id; it never changes.")
    ]
    metres: Annotated[float, Field(strict=True, ge=0, le=MAX_FROM_HOTSPOT_M)] = 0.0


class SavedLeaf(Value):
    """An area that was saved, by its id: as it is in a version, or as it is when it is asked."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"type": "saved", "id": "5f2a9c01d3e47b68a1c0b2d4", "version": None}]
        }
    )

    type: Literal["saved"]
    id: Annotated[str, Field(strict=True, pattern=STORED_ID)]
    version: Annotated[
        int | None,
        Field(
            strict=True,
            ge=1,
            le=MAX_EDITION,
            description="The version's number; null is the latest.",
        ),
    ] = None
