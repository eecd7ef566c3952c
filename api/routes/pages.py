"""The pages that people see, and the files that they load."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from api.assets import Assets
from api.dependencies import LiveIndex
from api.errors import UnknownRouteError
from api.forms import Form
from api.pages import render
from api.patterns import AN_ID, GRID_POSITION, SAVED_AREA
from api.routing import AssetRoute, SignedInRoute, StrictRoute
from api.schemas.teams import LONGEST_POSTCODE
from api.schemas.values import Day, EditionNumber
from api.security import (
    SESSION_COOKIE,
    SignedIn,
    Visitor,
    check_csrf,
    check_same_site,
    clear_session,
    set_session,
)
from geo_alerts.acts import keys
from geo_alerts.acts.info import info, still_to_import
from geo_alerts.acts.keys import Caller
from geo_alerts.acts.live import NOW, Live, View, When
from geo_alerts.acts.look_up import contact_of, look_up, parents_of
from geo_alerts.audiences.disclosure import may_list
from geo_alerts.audiences.targets.leaves import MAX_FROM_HOTSPOT_M
from geo_alerts.errors import InvalidInputError, UnknownEditionError

FOR_EVER = "public, max-age=31536000, immutable"
SEE_OTHER = 303
# What `info` tells of subscribers, and of when they last changed.
OF_PEOPLE = ("inputs", "people", "subscribers")
DAY: TypeAdapter[date] = TypeAdapter(Day)

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
open_pages = APIRouter(route_class=StrictRoute)
pages = APIRouter(route_class=SignedInRoute)
files = APIRouter(route_class=AssetRoute)


@open_pages.get("/")
def show_home(request: Request, live: LiveIndex, visitor: Visitor) -> HTMLResponse:
    """Say what this is and what it was made from; how much, to who is signed in."""
    return render(request, "home.html", inputs=live.inputs(), **_there(live, visitor))


@open_pages.get("/sign-in")
def ask_to_sign_in(
    request: Request,
    _visitor: Visitor,
    token: Annotated[str, Query(max_length=200)] = "",
    signed_out: bool = False,  # noqa: FBT001, FBT002 - a parameter of the query
) -> HTMLResponse:
    """Show a button that uses the link: a preview of the link, which only reads, must not."""
    return render(request, "sign_in.html", token=token, signed_out=signed_out)


@open_pages.post("/sign-in")
def sign_in(request: Request, live: LiveIndex, form: Form) -> Response:
    """Use a one-time link: begin a session."""
    check_same_site(request)
    token = keys.sign_in(live.store, form.get("token", ""))
    answer = RedirectResponse("/", SEE_OTHER)
    set_session(request, answer, token, keys.SESSION_LASTS_S)
    return answer


@pages.post("/sign-out")
def sign_out(request: Request, live: LiveIndex, form: Form) -> Response:
    """End the session."""
    check_csrf(request, form.get("csrf", ""))
    keys.sign_out(live.store, request.cookies.get(SESSION_COOKIE, ""))
    answer = RedirectResponse("/sign-in?signed_out=true", SEE_OTHER)
    clear_session(request, answer)
    return answer


@pages.get("/find")
def lead_to_look_up() -> RedirectResponse:
    """Lead to the form: an answer's own address, opened again, holds nothing that was asked."""
    return RedirectResponse("/", SEE_OTHER)


@pages.post("/find")
def find_team(request: Request, live: LiveIndex, caller: SignedIn, form: Form) -> HTMLResponse:
    """Say whose ground a postcode is on, on the first page.

    What is asked comes in the body, so that no address, history or log holds the postcode.
    """
    check_csrf(request, form.get("csrf", ""))
    asked, day = (form.get(name, "").strip()[:LONGEST_POSTCODE] for name in ("postcode", "as_of"))
    told: dict[str, Any] = {"asked": asked, "as_of": day, **_there(live, caller)}
    try:
        view = live.view(_when(day))
    except (InvalidInputError, UnknownEditionError) as error:
        return render(request, "home.html", inputs=live.inputs(), fault=str(error), **told)
    return render(request, "home.html", inputs=view.inputs, **told, **_found(live, view, asked))


class TargetBegun(BaseModel):
    """What a target begins with, as its address says; the page's script reads it again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    area: Annotated[str | None, Field(max_length=64, pattern=SAVED_AREA)] = None
    version: EditionNumber | None = None
    team: Annotated[str | None, Field(min_length=1, max_length=64)] = None
    layer: Annotated[str | None, Field(max_length=64, pattern=AN_ID)] = None
    around: Annotated[str | None, Field(max_length=15, pattern=GRID_POSITION)] = None
    metres: Annotated[float | None, Field(ge=0, le=MAX_FROM_HOTSPOT_M)] = None
    audience: Annotated[str | None, Field(max_length=64, pattern=AN_ID)] = None


@pages.get("/target")
def show_target(
    request: Request,
    live: LiveIndex,
    caller: SignedIn,
    _begun: Annotated[TargetBegun, Query()],
) -> HTMLResponse:
    """Show the page on which a target is drawn."""
    return render(
        request,
        "target/target.html",
        sees_exact=live.policy.sees_exact(caller.role),
        may_list=may_list(caller.role),
        inputs=live.inputs(),
    )


@files.get("/static/{name:path}")
def send_file(request: Request, name: str) -> Response:
    """Send a built file; for ever, when its name tells its content.

    Raises:
        UnknownRouteError: There is none of this name.
    """
    assets: Assets = request.app.state.pages.assets
    # A build while the server runs takes files away that were there when it began.
    if name not in assets.files or not assets.files[name].is_file():
        raise UnknownRouteError("there is no such file")
    kept = FOR_EVER if assets.is_hashed(name) else "no-cache"
    return FileResponse(assets.files[name], headers={"Cache-Control": kept})


def _there(live: Live, visitor: Caller | None) -> dict[str, Any]:
    counts = _counts(live, visitor)
    return {"counts": counts, "steps": still_to_import(live, counts)}


def _counts(live: Live, visitor: Caller | None) -> dict[str, Any]:
    if visitor is None:
        return {}
    about_people = () if live.policy.sees_exact(visitor.role) else OF_PEOPLE
    return {name: told for name, told in info(live).items() if name not in about_people}


def _when(day: str) -> When:
    if not day:
        return NOW
    try:
        return When(as_of=DAY.validate_python(day))
    except ValidationError as error:
        raise InvalidInputError("a day is wanted such as 2025-07-01") from error


def _found(live: Live, view: View, asked: str) -> dict[str, Any]:
    (answer,) = look_up(view, [asked])
    team = answer.at.team
    return {
        "answer": answer,
        "contact": contact_of(view, team, live.store.clock()),
        "parents": parents_of(view.geography, team.code) if team else (),
    }


for part in (open_pages, pages, files):
    router.include_router(part)
