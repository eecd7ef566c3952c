"""The pages of audiences: whom an alert reaches, a second person's word, and handing over.

Every form works without a script. What is refused is told on the page that the form stands on.
"""

import json
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.dependencies import AskerSignedIn, LiveIndex
from api.errors import problem_of
from api.forms import Form
from api.front import front_of
from api.pages import render
from api.routes.audiences import PageToken
from api.routing import SignedInRoute
from api.security import check_csrf
from geo_alerts.acts import alerts as alert_acts
from geo_alerts.acts import approval
from geo_alerts.acts import audiences as acts
from geo_alerts.acts import replies as reply_acts
from geo_alerts.acts.asker import Asker
from geo_alerts.acts.keys import key_names
from geo_alerts.acts.live import Live
from geo_alerts.acts.report_forms.evaluation import has_ground
from geo_alerts.acts.target_maps import why_no_map
from geo_alerts.audiences.disclosure import may_list
from geo_alerts.audiences.protection.replies import LEAST_PEOPLE, LEAST_REPLIES
from geo_alerts.audiences.selection import Selection
from geo_alerts.errors import ConflictError, GeoAlertsError, InvalidInputError, SourceError
from geo_alerts.store.audiences import Approval

SEE_OTHER: Final = 303
ON_A_PAGE: Final = 25
# Of what waits so many are counted, and alerts of an audience shown.
MOST: Final = 100
# What the person who sent the form can mend, or should know.
REFUSED: Final = (InvalidInputError, SourceError, ConflictError)

AudienceId = Annotated[str, Path()]
Done = Literal["approved", "refused", ""]

router = APIRouter(
    include_in_schema=False, default_response_class=HTMLResponse, route_class=SignedInRoute
)


@router.get("/audiences")
def show_audiences(
    request: Request,
    live: LiveIndex,
    asker: AskerSignedIn,
    approval: Annotated[Approval | None, Query()] = None,
    page_token: PageToken = None,
) -> HTMLResponse:
    """Show audiences, the newest first, and how many wait for a second person."""
    page = acts.audiences(
        live, asker, page_size=ON_A_PAGE, page_token=page_token or None, approval=approval
    )
    waiting = acts.audiences(
        live, asker, page_size=MOST, page_token=None, approval=Approval.AWAITED
    )
    return render(
        request,
        "audiences/audiences.html",
        rows=page.audiences,
        replies=reply_acts.listed_replies(live, page.audiences, asker.role),
        approval=approval,
        waiting=len(waiting.audiences),
        has_more_waiting=waiting.next_page_token is not None,
        next_page_token=page.next_page_token,
        is_first=not page_token,
        inputs=live.inputs(),
    )


@router.get("/audiences/{audience_id:token}")
def show_audience(
    request: Request,
    audience_id: AudienceId,
    live: LiveIndex,
    asker: AskerSignedIn,
    done: Done = "",
) -> HTMLResponse:
    """Show an audience: whom it reaches, whether it may be used, what became of it."""
    return _page(request, live, asker, audience_id, done=done)


@router.post("/audiences/{audience_id:token}/approve")
def approve(
    request: Request, audience_id: AudienceId, live: LiveIndex, asker: AskerSignedIn, form: Form
) -> Response:
    """Approve an audience, as a second person."""
    return _decide(request, live, asker, audience_id, form, is_approved=True)


@router.post("/audiences/{audience_id:token}/refuse")
def refuse(
    request: Request, audience_id: AudienceId, live: LiveIndex, asker: AskerSignedIn, form: Form
) -> Response:
    """Refuse an audience, as a second person."""
    return _decide(request, live, asker, audience_id, form, is_approved=False)


def _decide(
    request: Request,
    live: Live,
    asker: Asker,
    audience_id: str,
    form: dict[str, str],
    *,
    is_approved: bool,
) -> Response:
    check_csrf(request, form.get("csrf", ""))
    note = form.get("note", "")
    try:
        approval.decide(live, audience_id, asker, is_approved=is_approved, note=note)
    except REFUSED as error:
        return _page(request, live, asker, audience_id, error=error, sent=form)
    done = "approved" if is_approved else "refused"
    return RedirectResponse(f"/audiences/{audience_id}?done={done}", SEE_OTHER)


def _page(  # noqa: PLR0913 - one answer to every form that stands on the page
    request: Request,
    live: Live,
    asker: Asker,
    audience_id: str,
    *,
    done: str = "",
    error: GeoAlertsError | None = None,
    sent: dict[str, str] | None = None,
) -> HTMLResponse:
    found = acts.audience(live, audience_id, asker)
    problem = None if error is None else problem_of(error, request.state.request_id)
    return render(
        request,
        "audiences/audience.html",
        status=200 if problem is None else int(problem["status"]),
        inputs=found.inputs,
        audience=found,
        hindrance=approval.hindrance(live, audience_id, asker),
        address=f"{front_of(request).origin_of(request)}/v1/audiences/{found.id}/recipients",
        replies=reply_acts.replies(live, audience_id, asker),
        keys=key_names(live.store),
        least_people=LEAST_PEOPLE,
        least_replies=LEAST_REPLIES,
        no_map=why_no_map(live, found, asker),
        may_be_compared=has_ground(live, found.selection.area, asker.role),
        document=_document(found.asked),
        done=done,
        problem=problem,
        sent=sent or {},
        **_alerts(live, audience_id, asker),
    )


def _document(asked: Selection) -> str:
    # Without the conditions that ask nothing.
    filters = asked.model_dump(mode="json", exclude_defaults=True, exclude={"area"})
    return json.dumps({"area": asked.area.model_dump(mode="json"), **filters}, indent=1)


def _alerts(live: Live, audience_id: str, asker: Asker) -> dict[str, Any]:
    if not may_list(asker.role):
        return {"alerts": None, "more_alerts": False}
    page = alert_acts.alerts(live, audience_id, page_size=MOST, page_token=None)
    return {"alerts": page.alerts, "more_alerts": page.next_page_token is not None}
