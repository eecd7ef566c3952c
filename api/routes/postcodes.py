"""Where a postcode is, and its team."""

from typing import Annotated

from fastapi import APIRouter, Body, Path

from api.dependencies import LiveIndex, WhenAskedInQuery
from api.errors import ValidationFailedError
from api.examples import teams as examples
from api.openapi import SIGNED_IN, WITH_BODY, answers, request_examples
from api.routing import SignedInRoute
from api.schemas.teams import LONGEST_POSTCODE, PostcodeAnswer, PostcodesAnswer, PostcodesAsked
from api.security import DESCRIBED
from api.shapes import teams as shapes
from geo_alerts.acts.look_up import look_up
from geo_alerts.errors import (
    InvalidInputError,
    MalformedPostcodeError,
    UnknownEditionError,
    UnknownPostcodeError,
)

router = APIRouter(
    prefix="/v1", tags=["postcodes"], route_class=SignedInRoute, dependencies=DESCRIBED
)


@router.get(
    "/postcodes/{postcode}",
    summary="Look up one postcode",
    responses=answers(
        *SIGNED_IN,
        ValidationFailedError,
        InvalidInputError,
        MalformedPostcodeError,
        UnknownPostcodeError,
        UnknownEditionError,
        example=examples.ONE_POSTCODE,
    ),
)
def look_up_postcode(
    postcode: Annotated[
        str,
        Path(
            max_length=LONGEST_POSTCODE,
            description="A whole postcode, with or without its space, in either case",
            examples=["SY1 1AD"],
        ),
    ],
    live: LiveIndex,
    when: WhenAskedInQuery,
) -> PostcodeAnswer:
    """Tell where a postcode is, whether it is live, and which teams it may belong to.

    Spaces and case do not matter. One that was terminated or has no location is found, with its
    status and why; one that is in no directory is a 404.

    The team is the one that covers the postcode's point. `candidates` are all that hold a part of
    its cell, ranked; `is_on_edge` says that its addresses may well be another team's.
    """
    view = live.view(when)
    (answer,) = look_up(view, [postcode])
    return shapes.one_postcode(answer, view, live.store.clock())


@router.post(
    "/postcodes:lookup",
    summary="Look up many postcodes",
    responses=answers(
        *SIGNED_IN,
        *WITH_BODY,
        InvalidInputError,
        UnknownEditionError,
        example=examples.MANY_POSTCODES,
    ),
)
def look_up_postcodes(
    asked: Annotated[
        PostcodesAsked,
        Body(openapi_examples=request_examples(examples.POSTCODES_ASKED)),
    ],
    live: LiveIndex,
) -> PostcodesAnswer:
    """Tell the same of up to 10,000 postcodes, in the order asked, each with its status."""
    view = live.view(asked.when())
    return shapes.many_postcodes(look_up(view, asked.postcodes), view, live.store.clock())
