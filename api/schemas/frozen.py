"""Frozen audiences over HTTP: who is to be reached, why, and what became of it."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from api.patterns import ALERT_KEY, NOT_BLANK
from api.schemas.audiences import FiguresOut, Sentence
from api.schemas.labels import UnknownLabels
from api.schemas.values import Given, InputsOut, Time, Told
from geo_alerts.acts.alerts import LONGEST_KEY
from geo_alerts.acts.approval import LONGEST_NOTE
from geo_alerts.acts.audience_answers import LawfulBasis
from geo_alerts.acts.audiences import LONGEST_PURPOSE
from geo_alerts.acts.replies import MOST_REPLIES
from geo_alerts.audiences.selection import Selection
from geo_alerts.store.audiences import Approval

LARGEST_PAGE = 10_000
USUAL_PAGE = 1_000
LARGEST_SHORT_PAGE = 200
USUAL_SHORT_PAGE = 50

ChannelName = Literal["email", "text", "voice"]
NextPageToken = Annotated[
    str | None, Field(description="Gives the next page; null on the last one")
]


class AudienceAsked(Given):
    """Whom to reach, and why: all of it is kept with the audience."""

    selection: Selection
    purpose: Annotated[
        str,
        Field(
            min_length=1,
            max_length=LONGEST_PURPOSE,
            pattern=NOT_BLANK,
            description="Why these people are to be reached; names nobody.",
        ),
    ]
    lawful_basis: Annotated[
        LawfulBasis,
        Field(
            description="Article 6(1) of the UK GDPR, or `law_enforcement`: part 3 of the Data "
            "Protection Act 2018"
        ),
    ]


class DecisionOut(Told):
    """A second person's word."""

    is_approved: bool
    decided_at: datetime
    decided_by: str
    note: str


class AudienceOut(Told):
    """A frozen selection: whom it reached, from what, and why."""

    id: str
    created_at: datetime
    created_by: Annotated[
        str, Field(description="`key:<id>`, `session:<name>` or `cli:<user>` of the command line")
    ]
    purpose: str
    lawful_basis: Annotated[
        LawfulBasis | None, Field(description="Null of audiences frozen before it was asked for")
    ]
    asked: Annotated[Selection, Field(description="The selection as it was asked for")]
    selection: Annotated[
        Selection, Field(description="The same with distances and saved areas worked out")
    ]
    sentence: Sentence
    figures: Annotated[
        FiguresOut | None,
        Field(description="As of the freezing; null where you may see none of this selection"),
    ]
    recipients_sha256: Annotated[
        str | None,
        Field(description="Of the list as it was frozen; null for who may not see exact counts"),
    ]
    approval: Annotated[
        Approval, Field(description="Whether a second person's word is wanted, and what it was")
    ]
    decision: DecisionOut | None
    withdrawn_since: Annotated[
        int | None,
        Field(
            description="Recipients who may not be reached any more; null in lists, and for who "
            "may not see exact counts"
        ),
    ]
    unknown_labels: UnknownLabels
    inputs: InputsOut


class AudiencesOut(Told):
    """A page of audiences, the newest first."""

    audiences: tuple[AudienceOut, ...]
    next_page_token: NextPageToken


class DecisionAsked(Given):
    """A second person's word."""

    note: Annotated[
        str, Field(max_length=LONGEST_NOTE, description="Why, in words; names nobody.")
    ] = ""


class RecipientOut(Told):
    """A recipient: the alert system's own reference, and how to tell them."""

    position: Annotated[
        int,
        Field(
            description="In the list as it was frozen, from 0; the control group stands after the "
            "recipients"
        ),
    ]
    reference: str
    channels: Annotated[
        tuple[ChannelName, ...],
        Field(
            description="The channels asked that may still be used; none of the control group, who "
            "are not to be told"
        ),
    ]


class RecipientsPageOut(Told):
    """A page of recipients or of a control group, without those who withdrew since."""

    recipients: tuple[RecipientOut, ...]
    next_page_token: NextPageToken
    withdrawn_since: Annotated[
        int, Field(description="Recipients left out of this page, who withdrew since")
    ]


class AlertAsked(Given):
    """That an alert was sent."""

    key: Annotated[
        str,
        Field(
            min_length=1,
            max_length=LONGEST_KEY,
            pattern=ALERT_KEY,
            description="Your own name of the alert; sending it again changes nothing",
        ),
    ]
    sent_at: Annotated[
        Time | None,
        Field(
            description="With a zone; where it is left out now, or of a key that is known what it "
            "was said to be"
        ),
    ] = None


class AlertOut(Told):
    """An alert that was sent to an audience, as it was first told."""

    key: str
    sent_at: datetime
    recorded_at: datetime
    recorded_by: str


class AlertsOut(Told):
    """A page of alerts, in the order in which they became known."""

    alerts: tuple[AlertOut, ...]
    next_page_token: NextPageToken


RepliesSoFar = Annotated[
    int | None, Field(strict=True, ge=0, le=MOST_REPLIES, description="Left out, as it was")
]


class RepliesByChannel(Given):
    """Totals so far, not what is new, of one channel or more."""

    email: RepliesSoFar = None
    text: RepliesSoFar = None
    voice: RepliesSoFar = None


class RepliesAsked(Given):
    """How many replies came so far to all alerts of an audience."""

    by_channel: RepliesByChannel
    as_of: Annotated[
        Time,
        Field(
            description="Up to when they were counted, with a zone; up to a minute ahead counts as "
            "now"
        ),
    ]


class RepliesOut(Told):
    """How many replies came to all alerts of an audience.

    Who may not see exact counts gets each number rounded at random to a multiple of 5, of the
    channels that have 10 or more and by which an estimated 100 people or more are told; of others
    it is not said whether anybody replied.
    """

    by_channel: Annotated[
        dict[ChannelName, int], Field(description="Of the channels that were told and may be shown")
    ]
    total: Annotated[
        int | None, Field(description="Of those that are shown; null where there are none")
    ]
    as_of: Annotated[
        dict[ChannelName, datetime], Field(description="Up to when those shown were counted")
    ]
    is_rounded: bool
    per_100: Annotated[
        float | None,
        Field(
            description="Replies for every 100 recipients of the audience as it was frozen; null "
            "where none were told yet, and for who may not see exact counts"
        ),
    ]
    more_than_sent: Annotated[
        tuple[ChannelName, ...],
        Field(
            description="Channels with more replies than recipients times alerts recorded: were "
            "they counted twice? Always empty for who may not see exact counts"
        ),
    ]


class RepliesToldOut(RepliesOut):
    """What stands after totals were told."""

    late: Annotated[
        tuple[ChannelName, ...],
        Field(
            description="Channels of which a later total was known already, and stands; what was "
            "told of them is kept beside it"
        ),
    ]
