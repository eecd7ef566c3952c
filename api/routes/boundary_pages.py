"""The pages of boundaries: what there is, what is wrong with it, what it would change.

Every form works without a script. What is refused is told on the page that the form stands on.
"""

from typing import Annotated, Any, Final, Literal, TypeVar

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.dependencies import LiveIndex
from api.editions import EditionId, comparison_for, edition_for, editions_for
from api.errors import ValidationFailedError, problem_of
from api.forms import Form
from api.pages import render
from api.patterns import NUMBER_OR_NOTHING
from api.routing import SignedInRoute
from api.schemas.boundaries import ActivateAsked, RepairAsked, UploadAsked
from api.schemas.saved_areas import ReviewAsked
from api.security import Admin, MayReview, SignedIn, check_csrf
from api.shapes.boundaries import repaired
from api.shapes.comparisons import comparison
from api.uploads import FormWithFile, Scratch, fields_of, keep, keep_draft
from api.validation import faults_of
from boundaries.comparing.finding import finding
from geo_alerts.acts import activation, editions, repairs, saved_areas
from geo_alerts.acts import boundaries as acts
from geo_alerts.acts.keys import Caller
from geo_alerts.acts.live import Live
from geo_alerts.audiences.disclosure import Role, may_review
from geo_alerts.errors import (
    ConflictError,
    GeoAlertsError,
    InvalidInputError,
    NotReadyError,
    SourceError,
)
from geo_alerts.maps.faults import MOST_OF_KIND
from geo_alerts.maps.words import thousands

SEE_OTHER: Final = 303
# Rows of a table that stand on a page; the API has them all.
MOST_ROWS: Final = 200
# What the person who sent the form can mend.
REFUSED: Final = (InvalidInputError, SourceError, ConflictError, NotReadyError)

Done = Literal["imported", "unchanged", "relabelled", "checked", "activated", "held", ""]
Asked = TypeVar("Asked", bound=BaseModel)

router = APIRouter(
    include_in_schema=False, default_response_class=HTMLResponse, route_class=SignedInRoute
)


@router.get("/boundaries")
def show_boundaries(
    request: Request, live: LiveIndex, caller: SignedIn, done: Literal["discarded", ""] = ""
) -> HTMLResponse:
    """Show the editions by layer, and what should be looked at."""
    return _list(request, live, caller, done=done)


@router.post("/boundaries")
def upload(
    request: Request, live: LiveIndex, caller: Admin, form: FormWithFile, folder: Scratch
) -> Response:
    """Keep a file as a draft."""
    fields = fields_of(form)
    try:
        asked = _read(UploadAsked, _told(fields) | {"filename": _name_of(form)})
        path = keep(form, "file", folder, asked.filename)
        report = keep_draft(live, path, asked, caller)
    except REFUSED as error:
        return _list(request, live, caller, error=error, sent=fields)
    return _to(report.edition_id or 0, report.outcome.value)


@router.get("/boundaries/{edition_id:int}")
def show_edition(
    request: Request, edition_id: EditionId, live: LiveIndex, caller: SignedIn, done: Done = ""
) -> HTMLResponse:
    """Show an edition: what it is, what is wrong with it, what can be done next."""
    return _edition(request, live, caller, edition_id, done=done)


@router.post("/boundaries/{edition_id:int}/check")
def check(
    request: Request, edition_id: EditionId, live: LiveIndex, caller: Admin, form: Form
) -> Response:
    """Look for faults."""
    check_csrf(request, form.get("csrf", ""))
    try:
        acts.check(live, edition_id)
    except REFUSED as error:
        return _edition(request, live, caller, edition_id, error=error)
    return _to(edition_id, "checked")


@router.post("/boundaries/{edition_id:int}/repair")
def repair(
    request: Request, edition_id: EditionId, live: LiveIndex, caller: Admin, form: Form
) -> Response:
    """Mend an edition, and tell what was done."""
    check_csrf(request, form.get("csrf", ""))
    try:
        asked = _read(RepairAsked, _told(form))
        done = repairs.repair(live, edition_id, asked.tolerance_m, by=caller.recorded_as)
    except REFUSED as error:
        return _edition(request, live, caller, edition_id, error=error, sent=form)
    return render(
        request,
        "boundaries/repaired.html",
        done=repaired(done),
        most=MOST_ROWS,
        inputs=live.inputs(),
    )


@router.post("/boundaries/{edition_id:int}/activate")
def activate(
    request: Request, edition_id: EditionId, live: LiveIndex, caller: Admin, form: Form
) -> Response:
    """Put an edition in force, once a person has agreed to what that does."""
    check_csrf(request, form.get("csrf", ""))
    try:
        asked = _read(ActivateAsked, _told(form))
        seen = activation.preview(live, edition_id, asked.valid_from)
        if seen.why_ask and not asked.confirmed:
            edition = editions.edition(live, edition_id)
            return render(
                request, "boundaries/confirm.html", edition=edition, seen=seen, inputs=live.inputs()
            )
        done = activation.activate(
            live, edition_id, asked.valid_from, by=caller.recorded_as, seen_seq=asked.seen_seq
        )
    except REFUSED as error:
        return _edition(request, live, caller, edition_id, error=error, sent=form)
    return _to(edition_id, "activated" if done.changed else "held")


@router.post("/boundaries/{edition_id:int}/discard")
def discard(
    request: Request, edition_id: EditionId, live: LiveIndex, caller: Admin, form: Form
) -> Response:
    """Remove an edition that was never in force."""
    check_csrf(request, form.get("csrf", ""))
    try:
        editions.discard(live, edition_id)
    except REFUSED as error:
        return _edition(request, live, caller, edition_id, error=error)
    return RedirectResponse("/boundaries?done=discarded", SEE_OTHER)


@router.get("/boundaries/{edition_id:int}/compare")
def show_comparison(
    request: Request,
    edition_id: EditionId,
    live: LiveIndex,
    caller: SignedIn,
    old: Annotated[str, Query(alias="with", pattern=NUMBER_OR_NOTHING)] = "",
) -> HTMLResponse:
    """Show what an edition changes: the finding, figures, the map, tables."""
    edition = edition_for(live, caller, edition_id)
    try:
        found = comparison_for(live, caller, int(old) if old else None, edition_id)
    except InvalidInputError as error:
        return _edition(request, live, caller, edition_id, error=error)
    others = [one for one in editions_for(live, caller, edition.layer) if one.id != edition_id]
    return render(
        request,
        "boundaries/compared.html",
        finding=finding(found.comparison, number=thousands),
        found=comparison(found, most=MOST_ROWS),
        others=others,
        most=MOST_ROWS,
        inputs=live.inputs(),
    )


@router.post("/saved-areas/{saved_area_id:token}/close-review")
def close_review(
    request: Request,
    saved_area_id: Annotated[str, Path()],
    live: LiveIndex,
    caller: MayReview,
    form: Form,
) -> Response:
    """Note that somebody looked at a saved area."""
    check_csrf(request, form.get("csrf", ""))
    fields = _told(form)
    back = fields.pop("back", "")
    asked = _read(ReviewAsked, fields)
    saved_areas.close_review(live, saved_area_id, asked.seq, by=caller.recorded_as)
    to_area = f"/areas/{saved_area_id}?done=looked"
    return RedirectResponse(to_area if back == "area" else "/boundaries#reviews", SEE_OTHER)


def _list(
    request: Request,
    live: Live,
    caller: Caller,
    *,
    done: str = "",
    error: GeoAlertsError | None = None,
    sent: dict[str, str] | None = None,
) -> HTMLResponse:
    return render(
        request,
        "boundaries/boundaries.html",
        status=_status(error),
        editions=editions_for(live, caller),
        inputs=live.inputs(),
        reviews=saved_areas.reviews(live),
        may_change=caller.role is Role.ADMIN,
        may_review=may_review(caller.role),
        done=done,
        problem=_problem(request, error),
        sent=sent or {},
    )


def _edition(  # noqa: PLR0913 - one answer to every form that stands on the page
    request: Request,
    live: Live,
    caller: Caller,
    edition_id: int,
    *,
    done: str = "",
    error: GeoAlertsError | None = None,
    sent: dict[str, str] | None = None,
) -> HTMLResponse:
    edition = edition_for(live, caller, edition_id)
    others = [one for one in editions_for(live, caller, edition.layer) if one.id != edition_id]
    return render(
        request,
        "boundaries/boundary.html",
        status=_status(error),
        inputs=live.inputs(),
        edition=edition,
        others=others,
        may_change=caller.role is Role.ADMIN,
        done=done,
        most=MOST_ROWS,
        most_of_kind=MOST_OF_KIND,
        problem=_problem(request, error),
        sent=sent or {},
        today=live.today(),
    )


def _problem(request: Request, error: GeoAlertsError | None) -> dict[str, Any] | None:
    return None if error is None else problem_of(error, request.state.request_id)


def _status(error: GeoAlertsError | None) -> int:
    return 200 if error is None else int(problem_of(error, "")["status"])


def _read(model: type[Asked], fields: dict[str, str]) -> Asked:
    """What a form asks.

    Raises:
        ValidationFailedError: A field is not as it must be; each is named.
    """
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        faults = [{**each, "loc": ("body", *each["loc"])} for each in error.errors()]
        raise ValidationFailedError(faults_of(faults, fields)) from error


def _told(fields: dict[str, str]) -> dict[str, str]:
    # What was left empty was not said.
    return {name: value for name, value in fields.items() if name != "csrf" and value.strip()}


def _name_of(form: FormData) -> str:
    # Some browsers send the whole path.
    sent = form.get("file")
    given = sent.filename or "" if isinstance(sent, UploadFile) else ""
    name = given.replace("\\", "/").rpartition("/")[2]
    if not name:
        raise InvalidInputError("choose a file first")
    return name


def _to(edition_id: int, done: str) -> RedirectResponse:
    return RedirectResponse(f"/boundaries/{edition_id}?done={done}", SEE_OTHER)
