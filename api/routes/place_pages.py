"""The page of a repeat location: its months, how lasting it is, and which team has it in hand."""

from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.dependencies import AskerSignedIn, LiveIndex
from api.forms import Form
from api.pages import render
from api.patterns import AN_ID
from api.routing import SignedInRoute
from api.security import check_csrf
from api.shapes.looks import areas
from geo_alerts.acts.asker import Asker
from geo_alerts.acts.dashboard.place import Place, known_in, place_of
from geo_alerts.acts.dashboard.state import DashboardState
from geo_alerts.acts.hotspots import owning
from geo_alerts.acts.live import Live
from geo_alerts.acts.report_forms.choices import repeat_value
from geo_alerts.errors import UnknownTeamError
from geo_alerts.hotspots.categories import CATEGORIES

SEE_OTHER: Final = 303
NOT_FOUND: Final = 404
# What is asked of a place beside the dashboard's state.
OF_PLACE: Final = ("layer", "done")
NAMES: Final = {one.slug: one.name for one in CATEGORIES}

router = APIRouter(
    include_in_schema=False, default_response_class=HTMLResponse, route_class=SignedInRoute
)

Key = Annotated[str, Path()]


class PlaceAsked(DashboardState):
    """Where a place is looked for: in a layer, or in the months of a dashboard."""

    layer: Annotated[str | None, Field(max_length=64, pattern=AN_ID)] = None
    done: Literal["assigned", ""] = ""


@router.get("/repeats/{key:token}")
def show_place(
    request: Request,
    key: Key,
    live: LiveIndex,
    asker: AskerSignedIn,
    asked: Annotated[PlaceAsked, Query()],
) -> HTMLResponse:
    """Show a repeat location."""
    return _shown(request, live, asker, key, asked)


@router.post("/repeats/{key:token}/owner")
def assign(
    request: Request,
    key: Key,
    live: LiveIndex,
    asker: AskerSignedIn,
    form: Form,
    asked: Annotated[PlaceAsked, Query()],
) -> Response:
    """Say which team has the place in hand, where there is such a place."""
    check_csrf(request, form.get("csrf", ""))
    place_of(live, key, asker.role, _state(asked), asked.layer)
    try:
        owning.assign(live, key, form.get("team", "").strip() or None, asker)
    except UnknownTeamError as error:
        return _shown(request, live, asker, key, asked, refused=str(error))
    seen = _query(asked.model_copy(update={"done": "assigned"}))
    return RedirectResponse(f"/repeats/{key}?{seen}", SEE_OTHER)


def _state(asked: PlaceAsked) -> DashboardState:
    return DashboardState.model_validate(asked.model_dump(exclude=set(OF_PLACE)))


def _query(asked: PlaceAsked) -> str:
    # The address of the same view, without its question mark.
    of_place = {name: getattr(asked, name) for name in OF_PLACE if getattr(asked, name)}
    return "&".join(filter(None, (_state(asked).query(), urlencode(of_place))))


def _shown(
    request: Request,
    live: Live,
    asker: Asker,
    key: str,
    asked: PlaceAsked,
    *,
    refused: str = "",
) -> HTMLResponse:
    state = _state(asked)
    place = place_of(live, key, asker.role, state, asked.layer)
    return render(
        request,
        "hotspots/repeat.html",
        status=NOT_FOUND if refused else 200,
        place=place,
        facts=place.facts,
        most=max((crimes for _, crimes in place.strip if crimes), default=1),
        categories=_categories(place.facts),
        shape=areas([place.area])[0],
        layers=known_in(live, place, asker.role),
        owner=owning.owners(live, [key]).get(key),
        said=owning.history(live, key),
        teams=owning.team_names(live),
        may_assign=owning.may_assign(asker.role),
        query=state.query(),
        seen=_query(asked.model_copy(update={"done": ""})),
        evaluation=_evaluation(place, asked),
        done=asked.done,
        refused=refused,
        inputs=live.inputs(),
    )


def _evaluation(place: Place, asked: PlaceAsked) -> str:
    # The address of the form that asks whether something that was done here did anything.
    month = place.strip[-1][0]
    value = repeat_value(place.key, month, category=asked.category, layer=asked.layer)
    force = place.forces[0] if len(place.forces) == 1 else asked.force
    filled = {"target": value, "force": force, "category": asked.category}
    return urlencode({name: one for name, one in filled.items() if one})


def _categories(facts: Any) -> list[tuple[str, int]]:  # noqa: ANN401 - facts are JSON
    return [(NAMES.get(slug, slug), crimes) for slug, crimes in facts["categories"].items()]
