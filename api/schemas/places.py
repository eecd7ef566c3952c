"""Places over HTTP, found by what somebody types."""

from typing import Annotated

from pydantic import Field

from api.schemas.values import Degrees, InputsOut, Told
from geo_alerts.acts.place_search import PlaceKind
from geo_alerts.audiences.targets.areas import TargetArea

LONGEST_SEARCH = 100


class PlaceOut(Told):
    """A place that may be meant."""

    kind: PlaceKind
    name: str
    detail: Annotated[str, Field(description="What else tells it apart, in words")]
    longitude: Degrees
    latitude: Degrees
    bounds: Annotated[
        tuple[Degrees, Degrees, Degrees, Degrees] | None,
        Field(description="West, south, east and north; null of a point"),
    ]
    area: Annotated[
        TargetArea,
        Field(
            description="As a target area: itself, or of a postcode and a position 400 m round it"
        ),
    ]


class PlacesOut(Told):
    """Places, the likeliest first."""

    places: tuple[PlaceOut, ...]
    note: Annotated[
        str | None,
        Field(description="Of a postcode that is not in use or not known, why; null else"),
    ]
    inputs: InputsOut
