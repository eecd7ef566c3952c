"""The commander's dashboard: one page whose address holds its state, and its tables as CSV."""

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api import charts
from api.dependencies import AskerSignedIn, LiveIndex, MayBeEstimatedIfThere
from api.forms import Form
from api.jobs import JobWorker
from api.negotiation import CSV
from api.pages import render
from api.routing import SignedInRoute
from api.security import check_csrf
from geo_alerts.acts.dashboard.lasting import backtest_asked
from geo_alerts.acts.dashboard.mapped import mapped
from geo_alerts.acts.dashboard.review import missing_words
from geo_alerts.acts.dashboard.settling import settle
from geo_alerts.acts.dashboard.showing import dashboard
from geo_alerts.acts.dashboard.state import MOST_MONTHS, DashboardState
from geo_alerts.acts.dashboard.tables import TABLES, table_of
from geo_alerts.acts.hotspots import works
from geo_alerts.acts.keys import key_names
from geo_alerts.acts.spreadsheets import csv_text
from geo_alerts.audiences.protection.replies import LEAST_PEOPLE, LEAST_REPLIES
from geo_alerts.errors import NotReadyError
from geo_alerts.hotspots.harm import LIMITS
from geo_alerts.store.hotspot_runs import Who

SEE_OTHER: Final = 303
# Rows of what is ranked that stand on the page; the files have them all.
MOST_PLACES: Final = 10
MOST_GAPS: Final = 10
# Of fewer with a position the page begins by saying so.
LEAST_LOCATED: Final = 0.95

router = APIRouter(
    include_in_schema=False, default_response_class=HTMLResponse, route_class=SignedInRoute
)

Asked = Annotated[DashboardState, Query()]


@router.get("/dashboard", dependencies=[MayBeEstimatedIfThere])
def show_dashboard(
    request: Request, live: LiveIndex, asker: AskerSignedIn, state: Asked
) -> HTMLResponse:
    """Show the dashboard; where there is nothing to show yet, what to do next."""
    try:
        at = settle(live, state)
        board = dashboard(live, at, asker)
    except NotReadyError as error:
        return render(request, "dashboard/empty.html", reason=str(error), inputs=live.inputs())
    return render(
        request,
        "dashboard/dashboard.html",
        board=board,
        at=at,
        state=at.state,
        query=at.state.query(),
        charts=charts,
        tables=list(TABLES),
        missing_words=missing_words(at),
        most_months=MOST_MONTHS,
        most_places=MOST_PLACES,
        most_gaps=MOST_GAPS,
        least_located=LEAST_LOCATED,
        keys=key_names(live.store),
        least_people=LEAST_PEOPLE,
        least_replies=LEAST_REPLIES,
        harm_limits=LIMITS,
        map=mapped(live, at, asker.role),
        inputs=board.reached.inputs or live.inputs(),
    )


@router.post("/dashboard/backtest")
def ask_for_backtest(
    request: Request,
    live: LiveIndex,
    asker: AskerSignedIn,
    worker: JobWorker,
    state: Asked,
    form: Form,
) -> RedirectResponse:
    """Ask for the back-test that a dashboard of this state tells of, unless it is under way."""
    check_csrf(request, form.get("csrf", ""))
    asked = backtest_asked(settle(live, state))
    works.ask_for_backtest(live, asked, Who(asker.who, asker.role))
    worker.wake()
    return RedirectResponse("/progress", SEE_OTHER)


def _sends(name: str) -> Callable[..., Response]:
    # Each table has an address of its own, so that one that is none is not found.
    def send(live: LiveIndex, asker: AskerSignedIn, state: Asked) -> Response:
        board = dashboard(live, settle(live, state), asker)
        table = table_of(board, name)
        return Response(csv_text(table.columns, table.rows), media_type=CSV)

    return send


for name in TABLES:
    router.add_api_route(
        f"/dashboard/{name}.csv",
        _sends(name),
        name=f"send_{name}_of_dashboard",
        response_class=Response,
        dependencies=[MayBeEstimatedIfThere],
    )
