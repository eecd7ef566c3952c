"""Areas as they are drawn and typed: their ground for a map or a file, and shapes from a text."""

from typing import Annotated, Any

from fastapi import APIRouter, Body
from starlette.responses import Response

from api import geojson
from api.dependencies import AskerSignedIn, LiveIndex, MayBeEstimated, WhenAskedInQuery
from api.examples import drawn_areas as examples
from api.negotiation import GEOJSON
from api.openapi import SIGNED_IN, WITH_BODY, answers, request_examples
from api.routes.audiences import UNRESOLVED
from api.routing import SignedInRoute
from api.schemas.drawn_areas import (
    AreaAsked,
    AreaPostcodesOut,
    AreasAsked,
    SomePostcodesOut,
    TextAsked,
    TypedShapeOut,
    TypedShapesOut,
)
from api.security import DESCRIBED, SignedIn
from geo_alerts.acts.area_outlines import outlines
from geo_alerts.acts.area_postcodes import SomePostcodes, area_postcodes
from geo_alerts.acts.sentences import sentence_of_area
from geo_alerts.audiences.typed_shapes import read_shapes
from geo_alerts.errors import InvalidAreaError

router = APIRouter(
    prefix="/v1", tags=["saved areas"], route_class=SignedInRoute, dependencies=DESCRIBED
)

AS_GEOJSON: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The ground of each area, in the order asked.",
        "content": {GEOJSON: {"schema": {"type": "object"}, "example": examples.GROUNDS}},
    }
}


@router.post(
    "/areas:geojson",
    summary="Show the ground of areas",
    response_class=Response,
    responses={**answers(*SIGNED_IN, *WITH_BODY, *UNRESOLVED), **AS_GEOJSON},
)
def show_ground(
    asked: Annotated[AreasAsked, Body(openapi_examples=request_examples(examples.AREAS_ASKED))],
    live: LiveIndex,
    asker: AskerSignedIn,
    when: WhenAskedInQuery,
) -> Response:
    """Show the ground of each area as a Feature, for maps and other programs; nothing is kept.

    Circles and the ends of corridors have 128 sides; of a list of postcodes the ground is that
    which is taken to belong to them. The area itself is among the
    properties, and what it is in words.
    """
    answer = outlines(live, asked.areas, asker, when)
    said = [sentence_of_area(live, area, asker.role) for area in asked.areas]
    return geojson.grounds(asked.areas, said, answer)


@router.post(
    "/areas:postcodes",
    summary="Show the postcodes of an area",
    dependencies=[MayBeEstimated],
    responses=answers(*SIGNED_IN, *WITH_BODY, *UNRESOLVED, example=examples.POSTCODES),
)
def show_postcodes(
    asked: Annotated[AreaAsked, Body(openapi_examples=request_examples(examples.AREA_ASKED))],
    live: LiveIndex,
    asker: AskerSignedIn,
) -> AreaPostcodesOut:
    """Show which live postcodes an area has, inside and on its edge, for a map; nothing is kept.

    It tells nothing of who lives there. On the edge stands a postcode whose ground, as far as it is
    taken to belong to it, is neither wholly inside nor wholly outside.
    """
    found = area_postcodes(live, asked.area, asked.reach, asker)
    return AreaPostcodesOut(inside=_told(found.inside), on_edge=_told(found.on_edge))


@router.post(
    "/areas:read",
    summary="Read shapes from a text",
    responses=answers(*SIGNED_IN, *WITH_BODY, InvalidAreaError, example=examples.READ),
)
def read_areas(
    asked: Annotated[TextAsked, Body(openapi_examples=request_examples(examples.TEXT_ASKED))],
    _caller: SignedIn,
) -> TypedShapesOut:
    """Read shapes from what somebody typed or pasted: each by itself, with what is wrong with it.

    Nothing is kept. GeoJSON that this service wrote gives the areas that it was made of.
    """
    found = read_shapes(asked.text, asked.form, asked.metres)
    return TypedShapesOut(shapes=tuple(map(TypedShapeOut.model_validate, found)))


def _told(some: SomePostcodes) -> SomePostcodesOut:
    positions = None if some.positions is None else some.positions.tolist()
    return SomePostcodesOut(count=some.count, positions=positions)
