"""Coverage as figures, for maps and for other programs."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query

from api.dependencies import LiveIndex, MayBeEstimated, WhenAskedInQuery
from api.errors import ValidationFailedError
from api.examples import coverage as examples
from api.openapi import SIGNED_IN, answers
from api.routing import SignedInRoute
from api.schemas.coverage import AreaCoverageOut, By, CoverageClassOut, CoverageOut
from api.schemas.values import InputsOut
from api.security import DESCRIBED, SignedIn
from geo_alerts.acts.coverage import coverage
from geo_alerts.acts.sectors import coverage_by_sector
from geo_alerts.errors import UnknownEditionError
from geo_alerts.maps.coverage_classes import shaded

router = APIRouter(prefix="/v1", tags=["maps"], route_class=SignedInRoute, dependencies=DESCRIBED)


@router.get(
    "/coverage",
    summary="Tell the coverage",
    dependencies=[MayBeEstimated],
    responses=answers(
        *SIGNED_IN, ValidationFailedError, UnknownEditionError, example=examples.COVERAGE
    ),
)
def tell_coverage(
    live: LiveIndex,
    caller: SignedIn,
    when: WhenAskedInQuery,
    by: Annotated[
        By, Query(description="By team, or by postcode sector as far as the teams reach")
    ] = "team",
) -> CoverageOut:
    """Tell subscribers per 1,000 households by team or sector, with the classes of a map.

    Analysts and commanders see estimates, with how far they may be off.
    """
    answer = (coverage if by == "team" else coverage_by_sector)(live, caller.role, when)
    found = shaded(answer.teams)
    pairs = zip(answer.teams, found.place, strict=True)
    areas = tuple(AreaCoverageOut(**asdict(row), class_index=place) for row, place in pairs)
    classes = zip(found.classes.words(), found.classes.colours, strict=True)
    return CoverageOut(
        by=by,
        areas=areas,
        classes=tuple(CoverageClassOut(words=words, colour=colour) for words, colour in classes),
        inputs=InputsOut.model_validate(answer.inputs),
    )
