"""Target areas as values: what is drawn, posted, stored and replayed is one small JSON value.

The models say which values are allowed and bound their size: the leaves in `leaves.py`, here how
they are combined. What an area covers is worked out in `reach.py`. Positions are longitude,
latitude (EPSG:4326), as RFC 7946 has them; distances are metres. A value that was read is written
again as it was given, but for what GeoJSON leaves open: outer rings are written anticlockwise,
holes clockwise, heights not at all.

Each message is for the person who typed or drew the area.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal, Union

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter
from typing_extensions import TypeAliasType

from geo_alerts.audiences.targets.leaves import (
    BoundaryArea,
    CorridorArea,
    HotspotsArea,
    PolygonArea,
    PostcodesArea,
    RadiusArea,
    RectangleArea,
    SavedLeaf,
    TeamArea,
)
from geo_alerts.audiences.targets.shapes import MAX_VERTICES, AtLeast, Value, fault

MAX_MEMBERS: Final = 50
MAX_DEPTH: Final = 8
MAX_LEAVES: Final = 500
MAX_VERTICES_IN_ALL: Final = 250_000
# For each of them everybody near its centre is looked at.
MAX_COUNTED: Final = 20

SCHEMA_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def require_bounded(area: "AnyArea") -> "AnyArea":
    """The area itself, when it is not too large to be answered at once.

    Raises:
        PydanticCustomError: It is nested too deep, or has too many leaves, vertices, or circles
            that hold so many people.
    """
    if depth_of(area) > MAX_DEPTH:
        raise fault("too_deep", f"areas are nested at most {MAX_DEPTH} deep")
    leaves = list(leaves_of(area))
    for kind, count, most, what in (
        ("too_many_areas", len(leaves), MAX_LEAVES, "areas"),
        ("too_many_vertices", sum(map(_vertices, leaves)), MAX_VERTICES_IN_ALL, "vertices"),
        ("too_many_counts", sum(map(_is_counted, leaves)), MAX_COUNTED, "circles holding people"),
    ):
        if count > most:
            raise fault(kind, f"{count} {what} in one; at most {most} are allowed")
    return area


def _vertices(leaf: "AnyArea") -> int:
    match leaf:
        case PolygonArea(geometry=shape) | CorridorArea(line=shape):
            return shape.count()
        case _:
            return 0


def _is_counted(leaf: "AnyArea") -> bool:
    return isinstance(leaf, RadiusArea) and leaf.holding is not None


TargetArea = TypeAliasType(
    "TargetArea",
    Annotated[
        Union[
            TeamArea,
            BoundaryArea,
            PolygonArea,
            RectangleArea,
            RadiusArea,
            CorridorArea,
            PostcodesArea,
            HotspotsArea,
            SavedLeaf,
            "UnionArea",
            "IntersectionArea",
            "DifferenceArea",
        ],
        Field(discriminator="type"),
        AfterValidator(require_bounded),
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
    | RectangleArea
    | RadiusArea
    | CorridorArea
    | PostcodesArea
    | HotspotsArea
    | SavedLeaf
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


def leaves_of(area: AnyArea) -> Iterator[AnyArea]:
    """The leaves of an area, in order."""
    parts = parts_of(area)
    if not parts:
        yield area
    for part in parts:
        yield from leaves_of(part)


def area_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a target area, with examples."""
    return {
        "$schema": SCHEMA_DIALECT,
        "title": "Target area",
        "description": (
            "Where to reach people. Positions are longitude, latitude (EPSG:4326); distances are "
            f"metres. Areas are nested at most {MAX_DEPTH} deep, with at most {MAX_LEAVES} leaves; "
            f"a shape has at most {MAX_VERTICES} vertices, all together {MAX_VERTICES_IN_ALL}."
        ),
        **AREA_ADAPTER.json_schema(),
    }
