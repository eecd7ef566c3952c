"""Find your team: the pages for everybody, without sign-in and without a script.

The postcode comes in the body of a form and goes no further: the answer's address names teams, so
that no history, cache or log holds where somebody lives.
"""

from typing import Annotated, Any, Final
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Path, Query
from pydantic import StringConstraints
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.dependencies import LiveIndex
from api.forms import Form
from api.languages import PARAMETER
from api.pages import render
from api.routing import ResidentRoute
from api.schemas.teams import LONGEST_POSTCODE
from api.security import Visitor
from geo_alerts.acts.live import Live
from geo_alerts.acts.residents import MOST_OTHERS, Outcome, Search, meet, search
from geo_alerts.errors import NotReadyError

SEE_OTHER: Final = 303
LONGEST_CODE: Final = 64
STATUS_OF: Final = {
    Outcome.EMPTY: 422,
    Outcome.MALFORMED: 422,
    Outcome.UNKNOWN: 404,
}

Code = Annotated[str, Path(max_length=LONGEST_CODE)]
Also = Annotated[
    tuple[Annotated[str, StringConstraints(max_length=LONGEST_CODE)], ...],
    Query(max_length=MOST_OTHERS),
]

router = APIRouter(
    prefix="/your-team",
    include_in_schema=False,
    default_response_class=HTMLResponse,
    route_class=ResidentRoute,
)


@router.get("")
def ask_postcode(request: Request, live: LiveIndex, _visitor: Visitor) -> HTMLResponse:
    """Show the form: one field, one button."""
    return _form(request, live)


@router.post("")
def find_my_team(request: Request, live: LiveIndex, _visitor: Visitor, form: Form) -> Response:
    """Send on to the team's page, or say what else became of the postcode."""
    typed = form.get("postcode", "")[: LONGEST_POSTCODE + 1]
    try:
        found = search(live.view(), typed)
    except NotReadyError:
        return _closed(request, live)
    if found.outcome is Outcome.TEAM and found.team:
        language = request.query_params.get(PARAMETER)
        return RedirectResponse(_address(found.team.code, found, language), SEE_OTHER)
    return _form(request, live, status=STATUS_OF.get(found.outcome, 200), found=found)


@router.get("/{code}")
def show_my_team(
    request: Request,
    live: LiveIndex,
    _visitor: Visitor,
    code: Code,
    also: Also = (),
    yours: bool = False,  # noqa: FBT001, FBT002 - a parameter of the query
) -> HTMLResponse:
    """Show a team to whom it works for: what it covers, how to reach it, what it is doing.

    Only who typed a postcode is told that it is theirs: a neighbour's page is a link away.
    """
    try:
        view = live.view()
        met = meet(view, code, also if yours else ())
    except NotReadyError:
        return _closed(request, live)
    return _page(request, "residents/team.html", met=met, is_yours=yours, inputs=view.inputs)


def _closed(request: Request, live: Live) -> HTMLResponse:
    return _form(request, live, status=503, is_closed=True)


def _form(
    request: Request,
    live: Live,
    *,
    status: int = 200,
    found: Search | None = None,
    is_closed: bool = False,
) -> HTMLResponse:
    about = {"inputs": live.inputs(), "found": found, "is_closed": is_closed}
    return _page(request, "residents/your_team.html", status=status, **about)


def _address(code: str, found: Search, language: str | None) -> str:
    pairs = [("yours", "1"), *(("also", team.code) for team in found.others)]
    if language:
        pairs.append((PARAMETER, language))
    return f"/your-team/{quote(code, safe='')}?{urlencode(pairs)}"


def _page(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:  # noqa: ANN401
    return render(
        request, template, status=status, sign_up_url=request.app.state.sign_up_url, **context
    )
