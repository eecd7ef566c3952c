"""Coverage as pages: by team with its map, and by postcode sector."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from api.dependencies import LiveIndex, MayBeEstimated, MayBeEstimatedIfThere, WhenAskedInQuery
from api.pages import render, stand_alone
from api.routing import SignedInRoute
from api.security import SignedIn
from geo_alerts.acts.coverage import coverage, coverage_map
from geo_alerts.acts.live import Live
from geo_alerts.acts.sectors import coverage_by_sector
from geo_alerts.errors import NotReadyError
from geo_alerts.maps.coverage import coverage_summary, lowest_first

router = APIRouter(
    include_in_schema=False, default_response_class=HTMLResponse, route_class=SignedInRoute
)


@router.get("/coverage", dependencies=[MayBeEstimatedIfThere])
def show_coverage(
    request: Request, live: LiveIndex, caller: SignedIn, when: WhenAskedInQuery
) -> HTMLResponse:
    """Show the coverage by team: the map, and the same facts as a table."""
    try:
        answer = coverage(live, caller.role, when)
    except NotReadyError as error:
        return _nothing_yet(request, live, error)
    rows = lowest_first(answer.teams)
    about = {"teams": rows, "summary": coverage_summary(rows), "inputs": answer.inputs}
    return _page(request, "coverage/coverage.html", about)


@router.get("/coverage/sectors", dependencies=[MayBeEstimatedIfThere])
def show_coverage_by_sector(
    request: Request, live: LiveIndex, caller: SignedIn, when: WhenAskedInQuery
) -> HTMLResponse:
    """Show the coverage by postcode sector, as far as the teams reach."""
    try:
        answer = coverage_by_sector(live, caller.role, when)
    except NotReadyError as error:
        return _nothing_yet(request, live, error)
    about = {"sectors": lowest_first(answer.teams), "inputs": answer.inputs}
    return _page(request, "coverage/sectors.html", about)


@router.get("/coverage/map", dependencies=[MayBeEstimated])
def show_coverage_map(live: LiveIndex, caller: SignedIn, when: WhenAskedInQuery) -> HTMLResponse:
    """Show the map alone; the page frames it."""
    return stand_alone(coverage_map(live, caller.role, when))


def _page(request: Request, template: str, about: dict[str, Any]) -> HTMLResponse:
    query = f"?{request.url.query}" if request.url.query else ""
    return render(request, template, query=query, **about)


def _nothing_yet(request: Request, live: Live, error: NotReadyError) -> HTMLResponse:
    return render(request, "coverage/empty.html", reason=str(error), inputs=live.inputs())
