"""Areas as they are drawn, typed and exchanged with other programs, over HTTP."""

from typing import Annotated, Any

from pydantic import Field

from api.schemas.values import Given, Told
from geo_alerts.audiences.selection import Reach
from geo_alerts.audiences.targets.areas import MAX_MEMBERS, TargetArea
from geo_alerts.audiences.targets.leaves import MAX_CORRIDOR_M
from geo_alerts.audiences.typed_shapes import Form

LONGEST_TEXT = 5_000_000


class AreasAsked(Given):
    """Areas whose ground is wanted."""

    areas: Annotated[tuple[TargetArea, ...], Field(min_length=1, max_length=MAX_MEMBERS)]


class AreaAsked(Given):
    """An area whose postcodes are wanted."""

    area: TargetArea
    reach: Annotated[Reach, Field(description="As in a selection")] = "centre"


class SomePostcodesOut(Told):
    """Live postcodes of an area."""

    count: int
    positions: Annotated[
        list[tuple[float, float]] | None,
        Field(
            description="Longitude and latitude of each, without order; null where they are too "
            "many to be told apart on a map"
        ),
    ]


class AreaPostcodesOut(Told):
    """The live postcodes of an area, whoever lives there."""

    inside: Annotated[SomePostcodesOut, Field(description="All of their ground is in the area")]
    on_edge: Annotated[SomePostcodesOut, Field(description="The others")]


class TextAsked(Given):
    """Shapes as somebody typed or pasted them."""

    text: Annotated[
        str,
        Field(
            min_length=1,
            max_length=LONGEST_TEXT,
            description="A GeoJSON document; well-known text; or positions, one a line: latitude "
            "and longitude in either order, easting and northing, or grid references",
        ),
    ]
    form: Annotated[
        Form, Field(description="What positions are: corners of a polygon, a line, or middles")
    ] = "polygon"
    metres: Annotated[
        float, Field(gt=0, le=MAX_CORRIDOR_M, description="How far circles and lines reach")
    ] = 100.0


class TypedShapeOut(Told):
    """One shape of a text."""

    number: Annotated[int, Field(description="From 1; of GeoJSON that of the feature")]
    name: str
    taken_away: Annotated[bool, Field(description="As files written here say")]
    area: TargetArea | None
    fault: Annotated[str | None, Field(description="Why it cannot be used")]
    repaired: Annotated[
        dict[str, Any] | None, Field(description="A GeoJSON geometry that may be what was meant")
    ]


class TypedShapesOut(Told):
    """The shapes of a text, in its order."""

    shapes: tuple[TypedShapeOut, ...]
