"""The recipients of an audience, for the alert system; the alerts that it sent, and the replies."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from api.dependencies import AskerMayList, AskerSignedIn, LiveIndex
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
    RepliesAsked,
    RepliesOut,
    RepliesToldOut,
)
from api.security import DESCRIBED
from api.shapes import frozen as shapes
from api.streams import MEDIA_TYPES, recipients_stream
from geo_alerts.acts import alerts as alert_acts
from geo_alerts.acts import recipients as acts
from geo_alerts.acts import replies as reply_acts
from geo_alerts.acts.asker import Asker
from geo_alerts.acts.live import Live
from geo_alerts.acts.recipients import FROM_THE_START
from geo_alerts.errors import (
    ApprovalNeededError,
    ConflictError,
    InvalidInputError,
    InvalidPageTokenError,
    PersonalDataError,
    UnknownAudienceError,
    WithheldError,
)
from geo_alerts.store.recipients import Part

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


def _listed(listing: examples.Listing) -> Responses:
    kinds = (*SIGNED_IN, *ROLE, ApprovalNeededError, ValidationFailedError)
    responses = answers(*kinds, InvalidPageTokenError, UnknownAudienceError, example=listing.page)
    content = responses[200]["content"]
    a_line = {"type": "string", "description": "A person a line"}
    content[NDJSON] = {"schema": a_line, "example": listing.lines}
    content[CSV] = {"schema": a_line, "example": listing.rows}
    stream = {"type": "string", "format": "binary", "description": "An Arrow IPC stream"}
    content[ARROW] = {"schema": stream, "example": "the bytes of an Arrow IPC stream"}
    return responses


@dataclass(frozen=True)
class ListAsked:
    """What of a list is asked for, and by whom."""

    request: Request
    asker: Asker
    page: acts.PageAsked


def list_asked(
    request: Request,
    asker: AskerMayList,
    page_size: PageSize = USUAL_PAGE,
    page_token: PageToken = None,
    after_position: AfterPosition = FROM_THE_START,
) -> ListAsked:
    """What the calls for lists take."""
    page = acts.PageAsked(page_size, page_token or None, after_position)
    return ListAsked(request, asker, page)


AskedList = Annotated[ListAsked, Depends(list_asked)]


@router.get(
    "/audiences/{audience_id}/recipients",
    summary="List the recipients of an audience",
    response_model=RecipientsPageOut,
    responses=_listed(examples.RECIPIENTS),
)
def list_recipients(
    audience_id: AudienceId, live: LiveIndex, asked: AskedList
) -> RecipientsPageOut | Response:
    """List references and channels, without those who withdrew since, whatever page they are on.

    With `Accept: application/x-ndjson`, `text/csv` or `application/vnd.apache.arrow.stream` the
    whole list comes as a stream, as fast as it is taken. One that was cut off goes on with
    `after_position`, the last position that was read.
    """
    return _list(live, audience_id, asked, Part.RECIPIENTS)


@router.get(
    "/audiences/{audience_id}/control",
    summary="List the control group of an audience",
    response_model=RecipientsPageOut,
    responses=_listed(examples.CONTROL),
)
def list_control(
    audience_id: AudienceId, live: LiveIndex, asked: AskedList
) -> RecipientsPageOut | Response:
    """List whom `control` of the selection held out: they are told nothing, and have no channels.

    Chance decides for each person by themselves, so the group's size varies about the share that
    was asked for. It comes in the same forms as recipients and stands after them in the list, and
    who withdrew since is left out of it by the same rules, so that the two can be compared.
    """
    return _list(live, audience_id, asked, Part.CONTROL)


def _list(live: Live, of: str, asked: ListAsked, part: Part) -> RecipientsPageOut | Response:
    page = replace(asked.page, part=part)
    wanted = preferred(asked.request.headers.get("accept", ""), [JSON, *MEDIA_TYPES])
    if wanted == JSON:
        return shapes.recipients(acts.recipients_page(live, of, asked.asker, page))
    form = MEDIA_TYPES[wanted]
    batches = acts.recipients(live, of, asked.asker, form=form, after=page.after, part=part)
    return recipients_stream(batches, wanted, asked.request.app.state.streams)


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
        PersonalDataError,
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


@router.put(
    "/audiences/{audience_id}/replies",
    summary="Tell how many replied",
    responses=answers(
        *SIGNED_IN,
        *ROLE,
        *WITH_BODY,
        ApprovalNeededError,
        ConflictError,
        InvalidInputError,
        UnknownAudienceError,
        example=examples.REPLIES_TOLD,
    ),
)
def tell_replies(
    audience_id: AudienceId,
    asked: Annotated[RepliesAsked, Body(openapi_examples=request_examples(examples.REPLIES_ASKED))],
    live: LiveIndex,
    asker: AskerMayList,
) -> RepliesToldOut:
    """Tell how many replies came so far to all alerts of an audience, without what they say.

    Of each channel the total of the latest `as_of` stands, of one that is told twice the last word,
    and a total may fall: that is a correction. A total of an earlier time is kept, and `late` names
    its channel. Saying the same again changes nothing. An alert must have been recorded first (409,
    `conflict`). Withdrawals have their own call: a reply that asks for no more alerts is told there
    as well.
    """
    totals = asked.by_channel.model_dump(exclude_none=True)
    telling = reply_acts.tell(live, audience_id, asker, by_channel=totals, as_of=asked.as_of)
    return shapes.replies_told(telling)


@router.get(
    "/audiences/{audience_id}/replies",
    summary="Show how many replied",
    responses=answers(
        *SIGNED_IN,
        ValidationFailedError,
        UnknownAudienceError,
        WithheldError,
        example=examples.REPLIES,
    ),
)
def show_replies(audience_id: AudienceId, live: LiveIndex, asker: AskerSignedIn) -> RepliesOut:
    """Show how many replies came to the alerts of an audience that you may see.

    Analysts and commanders are told of channels alone by which an estimated 100 people or more are
    told (403, `withheld` where there is none, whether anybody replied or not), and of numbers of 10
    or more, rounded: what few people do would tell who they are.
    """
    return shapes.replies(reply_acts.told_replies(live, audience_id, asker))
