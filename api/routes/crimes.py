"""Crimes: which months of which force are there."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.dependencies import LiveIndex
from api.errors import ValidationFailedError
from api.examples import crimes as examples
from api.openapi import SIGNED_IN, answers
from api.routes.audiences import PageToken
from api.routing import SignedInRoute
from api.schemas.crimes import LARGEST_PAGE, USUAL_PAGE, CrimeMonthsOut, Force, Month
from api.security import DESCRIBED, SignedIn
from api.shapes import crimes as shapes
from geo_alerts.acts.crimes import months as acts
from geo_alerts.errors import InvalidInputError, InvalidPageTokenError
from geo_alerts.hotspots.months import month_number

# More than there are.
MOST_FORCES = 60

router = APIRouter(prefix="/v1", tags=["crimes"], route_class=SignedInRoute, dependencies=DESCRIBED)

PageSize = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="At most so many")]


@router.get(
    "/crimes/months",
    summary="List which months of crimes are there",
    responses=answers(
        *SIGNED_IN,
        ValidationFailedError,
        InvalidInputError,
        InvalidPageTokenError,
        example=examples.MONTHS,
    ),
)
def list_crime_months(
    live: LiveIndex,
    _caller: SignedIn,
    force: Annotated[list[Force], Query(max_length=MOST_FORCES)] = [],  # noqa: B006 - FastAPI copies
    first: Annotated[Month | None, Query()] = None,
    last: Annotated[Month | None, Query()] = None,
    page_size: PageSize = USUAL_PAGE,
    page_token: PageToken = None,
) -> CrimeMonthsOut:
    """List months by force and kind, with crimes by category, and which months are missing.

    A month that is missing is not a month without crime.
    """
    span = [None if month is None else month_number(month) for month in (first, last)]
    asked = acts.MonthsAsked(tuple(force) or None, *span)
    with live.store.reading() as connection:
        found = acts.page_of_months(
            connection, asked, page_size=page_size, page_token=page_token or None
        )
    return shapes.page(found)
