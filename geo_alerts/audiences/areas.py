"""Target areas as values: what is drawn, posted, stored and replayed is one small JSON value.

The models say which values are allowed and bound their size; what an area covers is worked out in
`ground.py`. Positions are longitude, latitude (EPSG:4326), as RFC 7946 has them; distances are
metres. A value that was read is written again as it was given.

Each message is for the person who typed or drew the area.
"""

from typing import Annotated, Any, Final, Literal, Union

from pydantic import (
    AfterValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    TypeAdapter,
)
from pydantic_core import PydanticCustomError
from typing_extensions import TypeAliasType

from geo_alerts.audiences.shapes import (
    BRITAIN_EAST,
    BRITAIN_NORTH,
    BRITAIN_SOUTH,
    BRITAIN_WEST,
    MAX_VERTICES,
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
MAX_MEMBERS: Final = 50
MAX_DEPTH: Final = 8
MAX_LEAVES: Final = 500

# The tags of a centre's two forms, as they occur in the place of an error.
CENTRE_BY_POSTCODE: Final = "centre by postcode"
CENTRE_BY_POSITION: Final = "centre by position"

SCHEMA_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


# --- leaves ---------------------------------------------------------------------------------------

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

    longitude: Annotated[float, Field(strict=True, ge=BRITAIN_WEST, le=BRITAIN_EAST)]
    latitude: Annotated[float, Field(strict=True, ge=BRITAIN_SOUTH, le=BRITAIN_NORTH)]


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


class RadiusArea(Value):
    """Everything at most so many metres from a postcode or a position."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"type": "radius", "centre": {"postcode": "SY1 1AD"}, "metres": 400},
                {
                    "type": "radius",
                    "centre": {"longitude": -2.7527, "latitude": 52.7073},
                    "metres": 2000,
                },
            ]
        }
    )

    type: Literal["radius"]
    centre: Centre
    metres: Annotated[float, Field(strict=True, gt=0, le=MAX_RADIUS_M)]


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


# --- combinations ---------------------------------------------------------------------------------


def _bounded(area: "AnyArea") -> "AnyArea":
    if depth_of(area) > MAX_DEPTH:
        raise fault("too_deep", f"areas are nested at most {MAX_DEPTH} deep")
    count = count_leaves(area)
    if count > MAX_LEAVES:
        raise fault("too_many_areas", f"{count} areas in one; at most {MAX_LEAVES} are allowed")
    return area


TargetArea = TypeAliasType(
    "TargetArea",
    Annotated[
        Union[
            TeamArea,
            BoundaryArea,
            PolygonArea,
            RadiusArea,
            PostcodesArea,
            "UnionArea",
            "IntersectionArea",
            "DifferenceArea",
        ],
        Field(discriminator="type"),
        AfterValidator(_bounded),
    ],
)
Areas = Annotated[tuple[TargetArea, ...], Field(max_length=MAX_MEMBERS), AtLeast(1)]


class UnionArea(Value):
    """What is in any of the areas."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "union",
                    "areas": [
                        {"type": "team", "codes": ["SNT-012"], "edition": None},
                        {"type": "postcodes", "postcodes": ["SY1 2"]},
                    ],
                }
            ]
        }
    )

    type: Literal["union"]
    areas: Areas


class IntersectionArea(Value):
    """What is in all of the areas."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "intersection",
                    "areas": [
                        {"type": "team", "codes": ["SNT-012"], "edition": None},
                        {"type": "radius", "centre": {"postcode": "SY1 1AD"}, "metres": 2000},
                    ],
                }
            ]
        }
    )

    type: Literal["intersection"]
    areas: Areas


class DifferenceArea(Value):
    """What is in one area and in none of some others."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "difference",
                    "from": {"type": "radius", "centre": {"postcode": "SY1 1AD"}, "metres": 2000},
                    "without": [{"type": "postcodes", "postcodes": ["SY1 2"]}],
                }
            ]
        }
    )

    type: Literal["difference"]
    # `from` is a word of Python.
    whole: Annotated[TargetArea, Field(alias="from")]
    without: Areas


AnyArea = (
    TeamArea
    | BoundaryArea
    | PolygonArea
    | RadiusArea
    | PostcodesArea
    | UnionArea
    | IntersectionArea
    | DifferenceArea
)

AREA_ADAPTER: Final[TypeAdapter[AnyArea]] = TypeAdapter(TargetArea)


def parts_of(area: AnyArea) -> tuple[AnyArea, ...]:
    """The areas that an area combines, the one to take from first; none for a leaf."""
    if isinstance(area, UnionArea | IntersectionArea):
        return area.areas
    return (area.whole, *area.without) if isinstance(area, DifferenceArea) else ()


def depth_of(area: AnyArea) -> int:
    """How many combinations deep an area is nested; a leaf is 0 deep."""
    parts = parts_of(area)
    return 1 + max(map(depth_of, parts)) if parts else 0


def count_leaves(area: AnyArea) -> int:
    """Count the leaves of an area."""
    parts = parts_of(area)
    return sum(map(count_leaves, parts)) if parts else 1


def area_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a target area, with examples."""
    return {
        "$schema": SCHEMA_DIALECT,
        "title": "Target area",
        "description": (
            "Where to reach people. Positions are longitude, latitude (EPSG:4326); distances are "
            f"metres. Areas are nested at most {MAX_DEPTH} deep, with at most {MAX_LEAVES} leaves; "
            f"a shape has at most {MAX_VERTICES} vertices."
        ),
        **AREA_ADAPTER.json_schema(),
    }
