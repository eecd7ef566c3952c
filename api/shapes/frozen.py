"""Frozen audiences in the shapes that go out over HTTP."""

from api.schemas.frozen import (
    AlertOut,
    AlertsOut,
    AudienceOut,
    AudiencesOut,
    RecipientOut,
    RecipientsPageOut,
    RepliesOut,
    RepliesToldOut,
)
from geo_alerts.acts.alerts import AlertsPage
from geo_alerts.acts.audience_answers import AudienceAnswer
from geo_alerts.acts.audiences import AudiencesPage
from geo_alerts.acts.recipient_files import channels_of
from geo_alerts.acts.recipients import RecipientsPage
from geo_alerts.acts.replies import Replies, Telling
from geo_alerts.store.alerts import Alert


def audience(answer: AudienceAnswer) -> AudienceOut:
    """A frozen selection."""
    return AudienceOut.model_validate(answer)


def audiences(page: AudiencesPage) -> AudiencesOut:
    """A page of frozen selections."""
    return AudiencesOut.model_validate(page)


def recipients(page: RecipientsPage) -> RecipientsPageOut:
    """A page of recipients."""
    shown = tuple(
        RecipientOut(position=one.position, reference=one.reference, channels=channels_of(one))
        for one in page.recipients
    )
    return RecipientsPageOut(
        recipients=shown,
        next_page_token=page.next_page_token,
        withdrawn_since=page.withdrawn_since,
    )


def alert(one: Alert) -> AlertOut:
    """An alert."""
    return AlertOut.model_validate(one)


def alerts(page: AlertsPage) -> AlertsOut:
    """A page of alerts."""
    return AlertsOut.model_validate(page)


def replies(found: Replies) -> RepliesOut:
    """Replies to the alerts of an audience."""
    return RepliesOut.model_validate(found)


def replies_told(telling: Telling) -> RepliesToldOut:
    """The same after they were told."""
    return RepliesToldOut(**dict(replies(telling.replies)), late=telling.late)
