"""Maps that stand alone."""

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from api.dependencies import LiveIndex, MayBeEstimated, WhenAskedInQuery
from api.errors import ValidationFailedError
from api.examples import service as examples
from api.negotiation import HTML
from api.openapi import SIGNED_IN, answers
from api.pages import stand_alone
from api.routing import SignedInRoute
from api.security import DESCRIBED, SignedIn
from geo_alerts.acts import coverage as acts
from geo_alerts.errors import UnknownEditionError

router = APIRouter(prefix="/v1", tags=["maps"], route_class=SignedInRoute, dependencies=DESCRIBED)


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
