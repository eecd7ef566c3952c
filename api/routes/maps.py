"""Maps that stand alone."""

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from api import examples
from api.dependencies import LiveIndex
from api.negotiation import HTML
from api.openapi import SIGNED_IN, answers
from api.pages import stand_alone
from api.routing import SignedInRoute
from api.security import DESCRIBED, SignedIn
from geo_alerts.acts import coverage as acts

router = APIRouter(prefix="/v1", tags=["maps"], route_class=SignedInRoute, dependencies=DESCRIBED)


@router.get(
    "/maps/coverage",
    summary="Map the coverage",
    response_class=HTMLResponse,
    responses=answers(*SIGNED_IN, example=examples.COVERAGE_MAP, media_type=HTML),
)
def map_coverage(live: LiveIndex, caller: SignedIn) -> HTMLResponse:
    """Map subscribers per 1,000 households by team, as one HTML document that opens anywhere.

    Figures are those that the caller's role may see.
    """
    return stand_alone(acts.coverage_map(live.snapshot(), caller.role))
