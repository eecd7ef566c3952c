"""The commander's dashboard: one page whose address holds its state, and its tables as CSV."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse

from api.dependencies import LiveIndex, MayBeEstimated
from api.pages import render
from api.routing import SignedInRoute
from api.security import SignedIn
from geo_alerts.acts.dashboard.mapped import mapped
from geo_alerts.acts.dashboard.settling import settle
from geo_alerts.acts.dashboard.state import MAP_METHODS, MOST_MONTHS, WEIGHTS, DashboardState
from geo_alerts.errors import NotReadyError

router = APIRouter(
    include_in_schema=False, default_response_class=HTMLResponse, route_class=SignedInRoute
)

Asked = Annotated[DashboardState, Query()]


@router.get("/dashboard", dependencies=[MayBeEstimated])
def show_dashboard(
    request: Request, live: LiveIndex, caller: SignedIn, state: Asked
) -> HTMLResponse:
    """Show the dashboard; where there is nothing to show yet, what to do next."""
    try:
        at = settle(live, state)
    except NotReadyError as error:
        return render(
            request,
            "dashboard_empty.html",
            reason=str(error),
            inputs=live.inputs(),
            role=caller.role,
        )
    return render(
        request,
        "dashboard.html",
        at=at,
        state=at.state,
        query=at.state.query(),
        most_months=MOST_MONTHS,
        weights=WEIGHTS,
        methods=MAP_METHODS,
        map=mapped(live, at, caller.role),
        inputs=live.inputs(),
    )
