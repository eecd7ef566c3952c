"""The pages of saved areas: what there is, what to look at again, and each with its versions."""

import json
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse

from api.dependencies import AskerSignedIn, LiveIndex, MayBeEstimated
from api.front import front_of
from api.pages import render
from api.patterns import NUMBER_OR_NOTHING
from api.routing import SignedInRoute
from geo_alerts.acts import saved_areas as acts
from geo_alerts.acts.asker import Asker
from geo_alerts.acts.live import Live
from geo_alerts.acts.preview import preview
from geo_alerts.acts.report_forms.evaluation import has_ground
from geo_alerts.acts.resolving import area_of
from geo_alerts.acts.saved_areas import SavedAreaAnswer
from geo_alerts.acts.sentences import sentence_of_area
from geo_alerts.acts.target_outlines import outline
from geo_alerts.audiences.disclosure import Figures, Role, may_list, may_review
from geo_alerts.audiences.selection import Selection
from geo_alerts.errors import InvalidInputError, NotFoundError
from geo_alerts.store.saved_areas import SavedArea

# What keeps an area from being counted or drawn, which the page tells in its place.
NOT_ASKED: Final = (InvalidInputError, NotFoundError)

router = APIRouter(
    include_in_schema=False, default_response_class=HTMLResponse, route_class=SignedInRoute
)


@router.get("/areas")
def show_areas(request: Request, live: LiveIndex, asker: AskerSignedIn) -> HTMLResponse:
    """Show every saved area by name, and which somebody should look at again."""
    saved = acts.saved_areas(live)
    return render(
        request,
        "areas/areas.html",
        rows=[(one, _sentence(live, one, asker.role)) for one in saved],
        look_again={review.saved.id for review in acts.reviews(live)},
        inputs=live.inputs(),
    )


@router.get("/areas/{saved_area_id:token}", dependencies=[MayBeEstimated])
def show_area(
    request: Request,
    saved_area_id: Annotated[str, Path()],
    live: LiveIndex,
    asker: AskerSignedIn,
    version: Annotated[str, Query(pattern=NUMBER_OR_NOTHING)] = "",
    done: Literal["looked", ""] = "",
) -> HTMLResponse:
    """Show a saved area in a version: in words, on a map, with everybody in it by team."""
    answer = acts.show(live, saved_area_id, asker.role, int(version) if version else None)
    saved, latest = answer.saved, answer.versions[-1]
    origin = front_of(request).origin_of(request)
    figures, no_map = _seen(live, answer, asker)
    return render(
        request,
        "areas/area.html",
        answer=answer,
        sentence=_sentence(live, saved, asker.role),
        sentences=[_sentence(live, one, asker.role) for one in answer.versions],
        figures=figures,
        no_map=no_map,
        query="" if saved.version == latest.version else f"?version={saved.version}",
        address=f"{origin}/areas/{saved.id}",
        may_change=may_list(asker.role) or saved.owner == asker.name,
        may_review=may_review(asker.role),
        may_be_compared=has_ground(live, area_of(saved), asker.role),
        document=json.dumps(dict(saved.area), indent=1),
        done=done,
        inputs=live.inputs(),
    )


def _seen(live: Live, answer: SavedAreaAnswer, asker: Asker) -> tuple[Figures | None, str | None]:
    # Who is in it, and why there is no map where there is none.
    if answer.problem is not None:
        return None, answer.problem
    try:
        found = preview(live, Selection(area=area_of(answer.saved)), asker.role)
    except NOT_ASKED as error:
        return None, str(error)
    try:
        outline(live, live.view(), found.resolved.selection.area, asker, "look")
    except NOT_ASKED as error:
        return found.figures, str(error)
    return found.figures, None


def _sentence(live: Live, saved: SavedArea, role: Role) -> str:
    return sentence_of_area(live, area_of(saved), role)
