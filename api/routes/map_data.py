"""What the pages' maps are drawn from and nobody else needs."""

from typing import Annotated, Final

from fastapi import APIRouter, Header
from starlette.responses import Response

from api import geojson
from api.dependencies import LiveIndex, WhenAskedInQuery
from api.outlines import SimplifyM
from api.routing import SignedInRoute
from geo_alerts.acts.map_points import unit_points
from geo_alerts.acts.outlines import sectors_for_map

router = APIRouter(include_in_schema=False, route_class=SignedInRoute)

# A name of its own, so that it is compressed: of octet streams nobody knows what they hold.
POINTS: Final = "application/vnd.geo-alerts.points"
NOT_MODIFIED: Final = 304


@router.get("/map/units")
def send_units(
    live: LiveIndex, when: WhenAskedInQuery, if_none_match: Annotated[str, Header()] = ""
) -> Response:
    """Send the live postcodes in any team as packed points; see `places/packed_points.py`."""
    points = unit_points(live.view(when))
    tag = f'"{points.name}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in if_none_match:
        return Response(status_code=NOT_MODIFIED, headers=headers)
    return Response(points.content, media_type=POINTS, headers=headers)


@router.get("/map/sectors")
def send_sectors(live: LiveIndex, when: WhenAskedInQuery, simplify_m: SimplifyM = 0) -> Response:
    """Send the ground of postcode sectors, as far as the teams reach, as GeoJSON."""
    return geojson.named_areas(sectors_for_map(live.view(when), simplify_m))
