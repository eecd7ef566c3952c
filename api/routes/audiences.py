"""Whom an alert reaches: frozen, shown and listed."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from api import streams
from api.dependencies import LiveIndex
from api.errors import ValidationFailedError
from api.examples import audiences as examples
from api.negotiation import JSON, NDJSON, preferred
from api.openapi import (
    ROLE,
    SIGNED_IN,
    WITH_BODY,
    Responses,
    answers,
    created,
    request_examples,
)
from api.routing import SignedInRoute
from api.schemas.audiences import (
    LARGEST_PAGE,
    USUAL_PAGE,
    AudienceAsked,
    AudienceOut,
    RecipientsPageOut,
)
from api.security import DESCRIBED, MayList
from api.shapes import audiences as shapes
from geo_alerts.acts import audiences as acts
from geo_alerts.errors import (
    InvalidAreaError,
    InvalidPageTokenError,
    UnknownAreaError,
    UnknownAudienceError,
    UnknownEditionError,
    UnknownPostcodeError,
    UnknownTeamError,
)

router = APIRouter(
    prefix="/v1", tags=["audiences"], route_class=SignedInRoute, dependencies=DESCRIBED
)

UNRESOLVED = (
    InvalidAreaError,
    UnknownAreaError,
    UnknownTeamError,
    UnknownEditionError,
    UnknownPostcodeError,
)
AudienceId = Annotated[
    str,
    Path(
        max_length=64,
        description="The `id` that freezing the audience answered",
        examples=[examples.AUDIENCE["id"]],
    ),
]
PageSize = Annotated[
    int, Query(ge=1, le=LARGEST_PAGE, description="How many recipients a page has at most")
]
PageToken = Annotated[
    str | None,
    Query(
        max_length=200,
        description="The `next_page_token` of the page before; left out for the first page",
        examples=["MTAwMA"],
    ),
]


def _listed() -> Responses:
    kinds = (*SIGNED_IN, *ROLE, ValidationFailedError, InvalidPageTokenError, UnknownAudienceError)
    responses = answers(*kinds, example=examples.RECIPIENTS)
    responses[200]["content"][NDJSON] = {
        "schema": {"type": "string", "description": "A recipient a line"},
        "example": examples.RECIPIENT_LINES,
    }
    return responses


@router.post(
    "/audiences",
    status_code=201,
    summary="Freeze an audience",
    responses=created(
        *SIGNED_IN,
        *ROLE,
        *WITH_BODY,
        *UNRESOLVED,
        example=examples.AUDIENCE,
        description="The audience is frozen.",
        of="the audience",
    ),
)
def freeze_audience(
    asked: Annotated[
        AudienceAsked, Body(openapi_examples=request_examples(examples.AUDIENCE_ASKED))
    ],
    live: LiveIndex,
    caller: MayList,
    response: Response,
) -> AudienceOut:
    """Freeze who is reached now by a selection, with its purpose and what it was made from."""
    frozen = acts.freeze(
        live,
        asked.selection,
        purpose=asked.purpose,
        role=caller.role,
        created_by=caller.recorded_as,
    )
    response.headers["Location"] = f"/v1/audiences/{frozen.id}"
    return shapes.audience(frozen)


@router.get(
    "/audiences/{audience_id}",
    summary="Show an audience",
    responses=answers(
        *SIGNED_IN,
        *ROLE,
        ValidationFailedError,
        UnknownAudienceError,
        example=examples.AUDIENCE,
    ),
)
def show_audience(audience_id: AudienceId, live: LiveIndex, _caller: MayList) -> AudienceOut:
    """Show an audience as it was frozen."""
    return shapes.audience(acts.audience(live, audience_id))


@router.get(
    "/audiences/{audience_id}/recipients",
    summary="List the recipients of an audience",
    response_model=RecipientsPageOut,
    responses=_listed(),
)
def list_recipients(
    request: Request,
    audience_id: AudienceId,
    live: LiveIndex,
    _caller: MayList,
    page_size: PageSize = USUAL_PAGE,
    page_token: PageToken = None,
) -> RecipientsPageOut | Response:
    """List references, without those who withdrew since, whatever page they are on.

    With `Accept: application/x-ndjson` the whole list comes as a stream, a recipient a line.
    """
    if preferred(request.headers.get("accept", ""), [JSON, NDJSON]) == NDJSON:
        return streams.recipient_lines(acts.recipients(live, audience_id))
    page = acts.recipients_page(
        live, audience_id, page_size=page_size, page_token=page_token or None
    )
    return shapes.recipients(page)
