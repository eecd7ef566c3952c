"""Looks at hotspots: answered at once, and not kept."""

from typing import Annotated

from fastapi import APIRouter, Body, Query
from starlette.responses import Response

from api.dependencies import AskerSignedIn, LiveIndex
from api.examples import looks as examples
from api.negotiation import CSV
from api.openapi import ROLE, SIGNED_IN, WITH_BODY, answers, request_examples
from api.routes.hotspots import UNANSWERABLE
from api.routing import SignedInRoute
from api.schemas.looks import LookOut
from api.security import DESCRIBED, SignedIn
from api.shapes import looks as shapes
from geo_alerts.acts.dashboard.mapped import look_for
from geo_alerts.acts.dashboard.settling import settle
from geo_alerts.acts.dashboard.state import DashboardState
from geo_alerts.acts.hotspots.looking import kept_as, look
from geo_alerts.acts.hotspots.questions import Question
from geo_alerts.acts.hotspots.telling import rows_of
from geo_alerts.acts.hotspots.watching import note_unkept
from geo_alerts.acts.spreadsheets import csv_text

router = APIRouter(route_class=SignedInRoute)


@router.post(
    "/v1/hotspots:look",
    tags=["hotspots"],
    dependencies=DESCRIBED,
    summary="Look at hotspots without keeping them",
    responses=answers(*SIGNED_IN, *WITH_BODY, *ROLE, *UNANSWERABLE, example=examples.LOOK),
)
def look_at_hotspots(
    asked: Annotated[Question, Body(openapi_examples=request_examples(examples.LOOK_ASKED))],
    live: LiveIndex,
    asker: AskerSignedIn,
) -> LookOut:
    """Answer a question at once, ready to be drawn; nothing is kept.

    What would take long is refused and says so: ask for it as a layer. `layer` is the one that is
    kept of the same answer, where there is one.
    """
    found = look(live, asked, asker.role)
    note_unkept(live, found, asker)
    return shapes.look(found, kept_as(live, found))


@router.get("/dashboard/map", include_in_schema=False)
def look_for_dashboard(
    live: LiveIndex, caller: SignedIn, state: Annotated[DashboardState, Query()]
) -> LookOut:
    """Answer what the dashboard's map shows for a state."""
    found = look_for(live, settle(live, state), caller.role)
    return shapes.look(found, kept_as(live, found))


@router.get("/dashboard/map.csv", include_in_schema=False)
def send_table_of_map(
    live: LiveIndex, caller: SignedIn, state: Annotated[DashboardState, Query()]
) -> Response:
    """Send the areas that the dashboard's map shows, all of them, as a spreadsheet takes them."""
    found = look_for(live, settle(live, state), caller.role)
    return Response(csv_text(*rows_of(found.areas)), media_type=CSV)
