"""Safer Neighbourhood Teams and their ground."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api import geojson
from api.dependencies import LiveIndex, WhenAskedInQuery
from api.errors import ValidationFailedError
from api.examples import teams as examples
from api.negotiation import GEOJSON
from api.openapi import SIGNED_IN, Responses, answers
from api.outlines import SimplifyM, WantsOutlines
from api.routing import SignedInRoute
from api.schemas.teams import PointAnswerOut, PointQuery, TeamAnswerOut, TeamsAnswer
from api.security import DESCRIBED
from api.shapes import teams as shapes
from geo_alerts.acts import look_up as acts
from geo_alerts.acts.outlines import teams_for_map
from geo_alerts.errors import (
    InvalidInputError,
    OutsideNationalGridError,
    UnknownEditionError,
    UnknownTeamError,
)

router = APIRouter(prefix="/v1", tags=["teams"], route_class=SignedInRoute, dependencies=DESCRIBED)

UNKNOWN_WHEN = (ValidationFailedError, InvalidInputError, UnknownEditionError)


def _either(responses: Responses, feature: dict[str, Any]) -> Responses:
    responses[200]["content"][GEOJSON] = {"schema": {"type": "object"}, "example": feature}
    return responses


@router.get(
    "/teams",
    summary="List the teams",
    response_model=TeamsAnswer,
    responses=_either(
        answers(*SIGNED_IN, *UNKNOWN_WHEN, example=examples.MANY_TEAMS), examples.FEATURES
    ),
)
def list_teams(
    live: LiveIndex, outlines: WantsOutlines, when: WhenAskedInQuery, simplify_m: SimplifyM = 0
) -> TeamsAnswer | Response:
    """List every team in force today, on a day, or of an edition, by code."""
    view = live.view(when)
    if outlines:
        found = teams_for_map(view, simplify_m)
        return geojson.feature_collection(found, view, live.store.clock())
    return shapes.many_teams(acts.teams(view), view, live.store.clock())


@router.get(
    "/teams/at",
    summary="Find the team at a position",
    responses=answers(*SIGNED_IN, *UNKNOWN_WHEN, OutsideNationalGridError, example=examples.POINT),
)
def find_team_at(position: Annotated[PointQuery, Query()], live: LiveIndex) -> PointAnswerOut:
    """Tell which team covers a position: longitude and latitude, or easting and northing.

    Shares are of the cell of the nearest live postcode.
    """
    easting, northing = position.on_grid()
    view = live.view(position.when())
    answer = acts.team_at(view, easting, northing)
    return shapes.point(answer, (easting, northing), view, live.store.clock())


@router.get(
    "/teams/{code}",
    summary="Show one team",
    response_model=TeamAnswerOut,
    responses=_either(
        answers(*SIGNED_IN, *UNKNOWN_WHEN, UnknownTeamError, example=examples.ONE_TEAM),
        examples.ONE_FEATURE,
    ),
)
def show_team(
    code: Annotated[
        str,
        Path(
            max_length=64,
            description="The team's code in the edition asked about",
            examples=["SNT-031"],
        ),
    ],
    live: LiveIndex,
    outlines: WantsOutlines,
    when: WhenAskedInQuery,
) -> TeamAnswerOut | Response:
    """Show a team that is in force today, on a day, or of an edition.

    Of a code that is gone the problem says what became of the team.
    """
    shape = geojson.one_feature if outlines else shapes.one_team
    view = live.view(when)
    return shape(acts.team(view, code), view, live.store.clock())
