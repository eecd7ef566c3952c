"""Maps that stand alone."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse, Response

from api import geojson
from api.dependencies import AskerSignedIn, LiveIndex, MayBeEstimated, WhenAskedInQuery
from api.errors import ValidationFailedError
from api.examples import saved_areas as area_examples
from api.examples import service as examples
from api.negotiation import GEOJSON, HTML
from api.openapi import SIGNED_IN, answers
from api.pages import stand_alone
from api.routes.audiences import UNRESOLVED, AudienceId
from api.routes.saved_areas import SavedAreaId
from api.routing import SignedInRoute
from api.schemas.values import EditionNumber
from api.security import DESCRIBED, SignedIn
from geo_alerts.acts import coverage as acts
from geo_alerts.acts import target_maps, target_outlines
from geo_alerts.acts.resolving import area_of
from geo_alerts.acts.sentences import sentence_of_area
from geo_alerts.errors import UnknownEditionError, UnknownRunError

router = APIRouter(prefix="/v1", tags=["maps"], route_class=SignedInRoute, dependencies=DESCRIBED)

NOT_DRAWN = (*SIGNED_IN, ValidationFailedError, *UNRESOLVED, UnknownRunError)
Version = Annotated[EditionNumber | None, Query(description="Left out, the latest", examples=[1])]


@router.get(
    "/maps/coverage",
    summary="Map the coverage",
    response_class=HTMLResponse,
    dependencies=[MayBeEstimated],
    responses=answers(
        *SIGNED_IN,
        ValidationFailedError,
        UnknownEditionError,
        example=examples.COVERAGE_MAP,
        media_type=HTML,
    ),
)
def map_coverage(live: LiveIndex, caller: SignedIn, when: WhenAskedInQuery) -> HTMLResponse:
    """Map subscribers per 1,000 households by team, as one HTML document that opens anywhere.

    Analysts and commanders see estimates, with how far they may be off.
    """
    return stand_alone(acts.coverage_map(live, caller.role, when))


@router.get(
    "/audiences/{audience_id}/map.html",
    summary="Map an audience",
    response_class=HTMLResponse,
    responses=answers(*NOT_DRAWN, example=examples.TARGET_MAP, media_type=HTML),
)
def map_audience(audience_id: AudienceId, live: LiveIndex, asker: AskerSignedIn) -> HTMLResponse:
    """Map the area of an audience, with its figures by team, as one HTML document.

    The postcodes on it are all that the area has, whoever lives there. Analysts and commanders see
    estimates.
    """
    return stand_alone(target_maps.map_of_audience(live, audience_id, asker))


@router.get(
    "/saved-areas/{saved_area_id:token}/map.html",
    summary="Map a saved area",
    response_class=HTMLResponse,
    dependencies=[MayBeEstimated],
    responses=answers(*NOT_DRAWN, example=examples.TARGET_MAP, media_type=HTML),
)
def map_saved_area(
    saved_area_id: SavedAreaId, live: LiveIndex, asker: AskerSignedIn, version: Version = None
) -> HTMLResponse:
    """Map a saved area, with everybody in it by team, as one HTML document."""
    return stand_alone(target_maps.map_of_saved_area(live, saved_area_id, asker, version))


@router.get(
    "/saved-areas/{saved_area_id:token}/outline",
    summary="Export a saved area",
    response_class=Response,
    dependencies=[MayBeEstimated],
    responses=answers(*NOT_DRAWN, example=area_examples.OUTLINE, media_type=GEOJSON),
)
def export_saved_area(
    saved_area_id: SavedAreaId, live: LiveIndex, asker: AskerSignedIn, version: Version = None
) -> Response:
    """Send the ground of a saved area as a GeoJSON Feature, longitude before latitude.

    Circles are polygons of 128 sides; of postcodes in a list it is the ground taken to belong to
    each. The value that the area itself is stands among the properties.
    """
    saved, ground = target_outlines.saved_outline(live, saved_area_id, asker, version)
    sentence = sentence_of_area(live, area_of(saved), asker.role)
    return geojson.saved_area(saved, sentence, ground)
