"""Subscribers' changes from the alert system; references are in bodies, never in addresses."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Depends
from starlette.requests import Request

from api.dependencies import LiveIndex
from api.errors import BodyTooLargeError, UnsupportedMediaTypeError
from api.examples import subscribers as examples
from api.forms import media_type_of
from api.openapi import ROLE, SIGNED_IN, WITH_BODY, answers, request_examples
from api.routing import SignedInRoute
from api.schemas.subscribers import (
    ChangeOut,
    ErasureAsked,
    ErasureOut,
    FeedOut,
    UpsertAsked,
    WithdrawalAsked,
)
from api.security import DESCRIBED, MayList
from geo_alerts.acts import subscribers as acts
from geo_alerts.errors import ConflictError, InvalidInputError, PersonalDataError

router = APIRouter(
    prefix="/v1", tags=["subscribers"], route_class=SignedInRoute, dependencies=DESCRIBED
)

JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"
MAY_CHANGE: Final = (*SIGNED_IN, *ROLE)
UNUSABLE: Final = (InvalidInputError, PersonalDataError, ConflictError)
FEED_AS_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            JSON: {
                "schema": {"type": "array", "items": {"type": "object"}},
                "example": examples.FEED,
            },
            NDJSON: {"schema": {"type": "string"}, "example": examples.FEED_LINES},
        },
    }
}


async def feed_of_request(request: Request, _caller: MayList) -> bytes:
    """The body of a feed, whose lines are looked at one by one.

    Raises:
        UnsupportedMediaTypeError: It is said to be something else.
        BodyTooLargeError: It is larger than the application allows.
    """
    if media_type_of(request) not in (JSON, NDJSON):
        raise UnsupportedMediaTypeError(f"send the changes as Content-Type: {JSON} or {NDJSON}")
    return await request.body()


SentFeed = Annotated[bytes, Depends(feed_of_request)]


@router.post(
    "/subscribers:upsert",
    summary="Add or change a subscriber",
    responses=answers(*MAY_CHANGE, *WITH_BODY, *UNUSABLE, example=examples.CHANGED),
)
def upsert_subscriber(
    asked: Annotated[UpsertAsked, Body(openapi_examples=request_examples(examples.UPSERT_ASKED))],
    live: LiveIndex,
    caller: MayList,
) -> ChangeOut:
    """Make known what is said of one person; saying it again changes nothing.

    The newest word holds, and of one time a withdrawal. A channel or topic that is said no more
    counts as withdrawn from.
    """
    return ChangeOut.model_validate(acts.upsert(live.store, asked.said(), by=caller.recorded_as))


@router.post(
    "/subscribers:withdraw",
    summary="Withdraw a subscriber",
    responses=answers(*MAY_CHANGE, *WITH_BODY, *UNUSABLE, example=examples.WITHDRAWN),
)
def withdraw_subscriber(
    asked: Annotated[
        WithdrawalAsked, Body(openapi_examples=request_examples(examples.WITHDRAWAL_ASKED))
    ],
    live: LiveIndex,
    caller: MayList,
) -> ChangeOut:
    """Withdraw a person from all, or from some channels and topics.

    No request that begins after this answer reaches them there, on whichever server. Audiences
    frozen before are left for good, also by who joins again. Without a time, and of a time yet to
    come, it stands against all that is known.
    """
    return ChangeOut.model_validate(acts.withdraw(live.store, asked.said(), by=caller.recorded_as))


@router.post(
    "/subscribers:erase",
    summary="Erase a subscriber",
    responses=answers(*MAY_CHANGE, *WITH_BODY, ConflictError, example=examples.ERASED),
)
def erase_subscriber(
    asked: Annotated[ErasureAsked, Body(openapi_examples=request_examples(examples.ERASURE_ASKED))],
    live: LiveIndex,
    caller: MayList,
) -> ErasureOut:
    """Erase all that is known of a person.

    Frozen audiences keep a random number that leads nowhere, so that their hashes still verify.
    Whoever is named again later is a new person: have them left out of the next file.
    """
    erased = acts.erase(
        live.store,
        asked.reference,
        by=caller.recorded_as,
        role=caller.role.value,
        index_folder=live.index_folder,
    )
    return ErasureOut(erased=erased)


@router.post(
    "/subscribers:changes",
    summary="Send a feed of changes",
    responses=answers(
        *MAY_CHANGE,
        BodyTooLargeError,
        UnsupportedMediaTypeError,
        InvalidInputError,
        ConflictError,
        example=examples.FED,
    ),
    openapi_extra=FEED_AS_BODY,
)
def take_changes(body: SentFeed, live: LiveIndex, caller: MayList) -> FeedOut:
    """Make known what a feed of changes says, each answered in order.

    Each has `change` (`upsert` or `withdraw`), `at`, and the members of the call of that name. One
    that cannot be used is told and does not stop the others. Sending a feed again changes nothing.
    """
    return FeedOut.model_validate(acts.take_feed(live.store, body, by=caller.recorded_as))
