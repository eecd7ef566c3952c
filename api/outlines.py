"""Whether areas are asked for with their outlines, and how coarse these may be."""

from typing import Annotated, Final, Literal

from fastapi import Depends, Query
from starlette.requests import Request

from api.negotiation import GEOJSON, JSON, preferred
from geo_alerts.places.simplified import STEPS_M

Format = Annotated[
    Literal["json", "geojson"] | None,
    Query(
        description="`geojson` adds the outlines, as does `Accept: application/geo+json`",
        examples=["geojson"],
    ),
]


async def wants_outlines(request: Request, format: Format = None) -> bool:  # noqa: A002
    """Whether GeoJSON is asked for, by the parameter or else by the header."""
    accept = request.headers.get("accept", "")
    return format == "geojson" if format else preferred(accept, [JSON, GEOJSON]) == GEOJSON


# At this a pixel of a map of all Britain is not yet a kilometre wide.
COARSEST_M: Final = 1_000

SimplifyM = Annotated[
    float,
    Query(
        ge=0,
        le=COARSEST_M,
        description=(
            "Of outlines: how coarse they may be, metres. The nearest step below is taken, of "
            f"{', '.join(map(str, STEPS_M))}; all areas are simplified together, so that no crack "
            "opens between neighbours. For screens: count by outlines at 0"
        ),
        examples=[16],
    ),
]
WantsOutlines = Annotated[bool, Depends(wants_outlines)]
