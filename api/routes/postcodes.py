"""Where a postcode is, and its team."""

from typing import Annotated

from fastapi import APIRouter, Body, Path

from api import examples, shapes
from api.dependencies import LiveIndex
from api.errors import ValidationFailedError
from api.openapi import SIGNED_IN, WITH_BODY, answers, request_examples
from api.routing import SignedInRoute
from api.schemas import LONGEST_POSTCODE, PostcodeAnswer, PostcodesAnswer, PostcodesAsked
from api.security import DESCRIBED
from geo_alerts.acts.look_up import look_up
from geo_alerts.errors import MalformedPostcodeError, UnknownPostcodeError

router = APIRouter(
    prefix="/v1", tags=["postcodes"], route_class=SignedInRoute, dependencies=DESCRIBED
)


@router.get(
    "/postcodes/{postcode}",
    summary="Look up one postcode",
    responses=answers(
        *SIGNED_IN,
        ValidationFailedError,
        MalformedPostcodeError,
        UnknownPostcodeError,
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
) -> PostcodeAnswer:
    """Tell where a postcode is, whether it is live, and which team covers its point.

    Spaces and case do not matter. One that was terminated or has no location is found, with its
    status and why; one that is in no directory is a 404.
    """
    view = live.view()
    (answer,) = look_up(view, [postcode])
    return shapes.one_postcode(answer, view.inputs)


@router.post(
    "/postcodes:lookup",
    summary="Look up many postcodes",
    responses=answers(*SIGNED_IN, *WITH_BODY, example=examples.MANY_POSTCODES),
)
def look_up_postcodes(
    asked: Annotated[
        PostcodesAsked,
        Body(openapi_examples=request_examples([("Two", examples.POSTCODES_ASKED)])),
    ],
    live: LiveIndex,
) -> PostcodesAnswer:
    """Tell the same of up to 10,000 postcodes, in the order asked, each with its status."""
    view = live.view()
    return shapes.many_postcodes(look_up(view, asked.postcodes), view.inputs)
