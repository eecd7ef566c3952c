"""The alerts that were sent, on a dashboard, and how many replied."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from geo_alerts.acts.asker import Asker
from geo_alerts.acts.audience_answers import figures_of, may_see
from geo_alerts.acts.live import Live
from geo_alerts.acts.replies import Replies, replies_of
from geo_alerts.store.alerts import SentAlert, latest_alerts
from geo_alerts.store.audiences import load

# So many alerts are told, the latest.
MOST_ALERTS: Final = 20


@dataclass(frozen=True, slots=True)
class AlertTold:
    """An alert that was sent.

    Attributes:
        sent_at: When.
        recorded_by: Who said so.
        audience: The id of its audience; None of one that is not the reader's to see.
        purpose: What that was asked for; None likewise.
        replies: To all alerts of its audience; None likewise.
        is_latest: Whether it is the last alert of its audience, beside which replies are told.
    """

    sent_at: datetime
    recorded_by: str
    audience: str | None = None
    purpose: str | None = None
    replies: Replies | None = None
    is_latest: bool = True


def alerts_told(live: Live, asker: Asker) -> tuple[AlertTold, ...]:
    """The latest alerts, the newest first.

    That an alert went out is everybody's to know; what for and how many replied, only theirs who
    may see the audience.
    """
    sees_exact = live.policy.sees_exact(asker.role)
    with live.store.reading() as connection:
        latest = latest_alerts(connection, MOST_ALERTS)
        seen = {
            sent.audience: figures_of(load(connection, sent.audience).frozen, sees_exact=sees_exact)
            for sent in latest
            if may_see(sent.asked_by, asker, needed_approval=sent.needed_approval)
        }
        replies = replies_of(live, connection, seen, asker.role)
    told: list[AlertTold] = []
    named: set[str] = set()
    for sent in latest:
        told.append(_told(sent, replies.get(sent.audience), is_latest=sent.audience not in named))
        named.add(sent.audience)
    return tuple(told)


def _told(sent: SentAlert, replies: Replies | None, *, is_latest: bool) -> AlertTold:
    if replies is None:
        return AlertTold(sent.sent_at, sent.recorded_by)
    return AlertTold(
        sent.sent_at, sent.recorded_by, sent.audience, sent.purpose, replies, is_latest
    )
