"""Whether areas are asked for with their outlines."""

from typing import Annotated, Literal

from fastapi import Depends, Query
from starlette.requests import Request

from api.negotiation import GEOJSON, JSON, preferred

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


WantsOutlines = Annotated[bool, Depends(wants_outlines)]
