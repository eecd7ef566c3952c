"""Places by what somebody types into the box over the map."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.dependencies import LiveIndex
from api.errors import ValidationFailedError
from api.examples import places as examples
from api.openapi import SIGNED_IN, answers
from api.routing import SignedInRoute
from api.schemas.places import LONGEST_SEARCH, PlaceOut, PlacesOut
from api.schemas.values import InputsOut
from api.security import DESCRIBED
from geo_alerts.acts.place_search import find_places

router = APIRouter(
    prefix="/v1", tags=["postcodes"], route_class=SignedInRoute, dependencies=DESCRIBED
)


@router.get(
    "/places:search",
    summary="Find places",
    responses=answers(*SIGNED_IN, ValidationFailedError, example=examples.PLACES),
)
def search_places(
    live: LiveIndex,
    q: Annotated[
        str,
        Query(
            min_length=1,
            max_length=LONGEST_SEARCH,
            description="A postcode, sector, district, team, area of a layer, or position "
            "(degrees, easting and northing, or grid reference), whole or its beginning",
            examples=[examples.SEARCHED],
        ),
    ],
) -> PlacesOut:
    """Find what somebody may mean, at most 10 places, each also as a target area.

    Spaces and case do not matter. What is typed is kept nowhere.
    """
    view = live.view()
    found = find_places(view, q)
    places = tuple(PlaceOut.model_validate(place) for place in found.places)
    return PlacesOut(places=places, note=found.note, inputs=InputsOut.model_validate(view.inputs))
