"""Whom a selection would reach: made to be asked at every move of the hand that draws."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import APIRouter, Body, Depends, Query
from pydantic import SkipValidation
from starlette.requests import Request

from api.dependencies import LiveIndex, MayBeEstimated, WhenAskedInQuery
from api.desk import Desk, wait_for
from api.errors import OvertakenError
from api.examples import audiences as examples
from api.openapi import SIGNED_IN, WITH_BODY, answers, request_examples
from api.patterns import PAGE_NAME
from api.routes.audiences import UNRESOLVED
from api.routing import UnreadRoute
from api.schemas.audiences import PreviewAnswer
from api.security import DESCRIBED, SignedIn
from api.shapes import audiences as shapes
from api.validation import read_body
from geo_alerts.acts import preview as previews
from geo_alerts.audiences.selection import Selection
from geo_alerts.errors import WithheldError

router = APIRouter(
    prefix="/v1", tags=["audiences"], route_class=UnreadRoute, dependencies=DESCRIBED
)

LARGEST_QUESTION = 2**53 - 1


@dataclass(frozen=True)
class Asked:
    """Which question of which page a request is; None where it does not say."""

    page: str | None
    question: int | None


async def asked_in_query(
    request: Request,
    page: Annotated[
        str | None,
        Query(
            pattern=PAGE_NAME,
            description="A random name that an open page gives itself. Of one page one question "
            "is under way and the latest waits; older ones are answered 409, `overtaken`.",
            examples=["Vq3kZp0b"],
        ),
    ] = None,
    question: Annotated[
        int | None,
        Query(
            ge=0,
            le=LARGEST_QUESTION,
            description="The page's number of this question, which the answer repeats; the higher "
            "of two is the newer, in whatever order they come",
            examples=[17],
        ),
    ] = None,
) -> Asked:
    """Which question of which page this is."""
    # So that problems repeat the number as well.
    request.state.question = question
    return Asked(page, question)


@router.post(
    "/audiences:preview",
    summary="Count whom a selection would reach",
    responses=answers(
        *SIGNED_IN,
        *WITH_BODY,
        *UNRESOLVED,
        WithheldError,
        OvertakenError,
        example=examples.PREVIEW,
    ),
)
async def preview_audience(
    request: Request,
    body: Annotated[
        Selection, SkipValidation, Body(openapi_examples=request_examples(examples.SELECTIONS))
    ],
    live: LiveIndex,
    caller: SignedIn,
    when: WhenAskedInQuery,
    asked: Annotated[Asked, Depends(asked_in_query)],
    _counts: Annotated[None, MayBeEstimated],
) -> PreviewAnswer:
    """Count people, places and deliveries; nothing is kept.

    Analysts and commanders get estimates, made from counts of blocks of postcodes that were
    protected once; `error` tells how far they may be off. They may filter by channels and by one
    group or topic that is not sensitive. The people are those of now, whichever day's teams they
    are counted by. `rehomed` tells which codes of the area are gone and what is counted instead.

    Made to be asked at every move of a hand that draws: `page` and `question` keep an old answer
    from taking the place of a new one, and however many ask, other calls are answered.
    """
    unread = cast("bytes", body)

    def count() -> PreviewAnswer:
        # Read where it is worked on: a shape of many vertices would hold up everybody before.
        selection = read_body(Selection, unread)
        answer = previews.preview(live, selection, caller.role, when)
        return shapes.preview(answer, asked.question)

    desk: Desk = request.app.state.previews
    page = None if asked.page is None else (caller.recorded_as, asked.page)
    return await wait_for(desk.ask(count, page=page, number=asked.question), request)
