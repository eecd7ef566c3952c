"""The recipients of an audience, for the alert system; and the alerts that it sent to them."""

from typing import Annotated

from fastapi import APIRouter, Body, Query
from starlette.requests import Request
from starlette.responses import Response

from api.dependencies import AskerMayList, LiveIndex
from api.errors import ValidationFailedError
from api.examples import frozen as examples
from api.negotiation import ARROW, CSV, JSON, NDJSON, preferred
from api.openapi import ROLE, SIGNED_IN, WITH_BODY, Responses, answers, request_examples
from api.routes.audiences import AudienceId, PageToken, ShortPageSize
from api.routing import SignedInRoute
from api.schemas.frozen import (
    LARGEST_PAGE,
    USUAL_PAGE,
    USUAL_SHORT_PAGE,
    AlertAsked,
    AlertOut,
    AlertsOut,
    RecipientsPageOut,
)
from api.security import DESCRIBED
from api.shapes import frozen as shapes
from api.streams import MEDIA_TYPES, recipients_stream
from geo_alerts.acts import alerts as alert_acts
from geo_alerts.acts import recipients as acts
from geo_alerts.acts.recipients import FROM_THE_START
from geo_alerts.errors import (
    ApprovalNeededError,
    ConflictError,
    InvalidInputError,
    InvalidPageTokenError,
    UnknownAudienceError,
)

router = APIRouter(
    prefix="/v1", tags=["audiences"], route_class=SignedInRoute, dependencies=DESCRIBED
)

MOST_RECIPIENTS = 2**31 - 1
PageSize = Annotated[
    int, Query(ge=1, le=LARGEST_PAGE, description="How many recipients a page has at most")
]
AfterPosition = Annotated[
    int,
    Query(
        ge=FROM_THE_START,
        le=MOST_RECIPIENTS,
        description="Goes on after this position of the list, where a stream was cut off; a page "
        "token tells more",
        examples=[1999],
    ),
]


def _listed() -> Responses:
    kinds = (*SIGNED_IN, *ROLE, ApprovalNeededError, ValidationFailedError)
    responses = answers(
        *kinds, InvalidPageTokenError, UnknownAudienceError, example=examples.RECIPIENTS
    )
    content = responses[200]["content"]
    a_line = {"type": "string", "description": "A recipient a line"}
    content[NDJSON] = {"schema": a_line, "example": examples.RECIPIENT_LINES}
    content[CSV] = {"schema": a_line, "example": examples.RECIPIENT_ROWS}
    stream = {"type": "string", "format": "binary", "description": "An Arrow IPC stream"}
    content[ARROW] = {"schema": stream, "example": "the bytes of an Arrow IPC stream"}
    return responses


@router.get(
    "/audiences/{audience_id}/recipients",
    summary="List the recipients of an audience",
    response_model=RecipientsPageOut,
    responses=_listed(),
)
def list_recipients(  # noqa: PLR0913, PLR0917 - each is a parameter of the call
    request: Request,
    audience_id: AudienceId,
    live: LiveIndex,
    asker: AskerMayList,
    page_size: PageSize = USUAL_PAGE,
    page_token: PageToken = None,
    after_position: AfterPosition = FROM_THE_START,
) -> RecipientsPageOut | Response:
    """List references and channels, without those who withdrew since, whatever page they are on.

    With `Accept: application/x-ndjson`, `text/csv` or `application/vnd.apache.arrow.stream` the
    whole list comes as a stream, as fast as it is taken. One that was cut off goes on with
    `after_position`, the last position that was read.
    """
    wanted = preferred(request.headers.get("accept", ""), [JSON, *MEDIA_TYPES])
    if wanted != JSON:
        form = MEDIA_TYPES[wanted]
        batches = acts.recipients(live, audience_id, asker, form=form, after=after_position)
        return recipients_stream(batches, wanted, request.app.state.streams)
    asked = acts.PageAsked(page_size, page_token or None, after_position)
    return shapes.recipients(acts.recipients_page(live, audience_id, asker, asked))


@router.post(
    "/audiences/{audience_id}/alerts",
    summary="Record that an alert was sent",
    responses=answers(
        *SIGNED_IN,
        *ROLE,
        *WITH_BODY,
        ApprovalNeededError,
        ConflictError,
        InvalidInputError,
        UnknownAudienceError,
        example=examples.ALERT,
    ),
)
def record_alert(
    audience_id: AudienceId,
    asked: Annotated[AlertAsked, Body(openapi_examples=request_examples(examples.ALERT_ASKED))],
    live: LiveIndex,
    asker: AskerMayList,
) -> AlertOut:
    """Say that an alert was sent to an audience: caps on alerts for a person go by it.

    The first word of a key stands; sending it again, with the same time or with none, answers what
    is known, and with another time is refused (409, `conflict`).
    """
    sent = alert_acts.record(live, audience_id, asker, key=asked.key, sent_at=asked.sent_at)
    return shapes.alert(sent)


@router.get(
    "/audiences/{audience_id}/alerts",
    summary="List the alerts that were sent to an audience",
    responses=answers(
        *SIGNED_IN,
        *ROLE,
        ValidationFailedError,
        InvalidPageTokenError,
        UnknownAudienceError,
        example=examples.ALERTS,
    ),
)
def list_alerts(
    audience_id: AudienceId,
    live: LiveIndex,
    _asker: AskerMayList,
    page_size: ShortPageSize = USUAL_SHORT_PAGE,
    page_token: PageToken = None,
) -> AlertsOut:
    """List alerts in the order in which they became known."""
    page = alert_acts.alerts(live, audience_id, page_size=page_size, page_token=page_token or None)
    return shapes.alerts(page)
