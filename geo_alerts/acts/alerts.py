"""Alerts that the alert system sent to an audience: what caps on messages go by."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from geo_alerts.acts.approval import require_approved
from geo_alerts.acts.asker import Asker
from geo_alerts.acts.live import Live
from geo_alerts.acts.page_tokens import place_of, token_of
from geo_alerts.audiences.disclosure import may_list
from geo_alerts.errors import ConflictError, ForbiddenError, InvalidInputError
from geo_alerts.sources.personal_data import refuse_contact_details
from geo_alerts.store import alerts as stored
from geo_alerts.store import audit
from geo_alerts.store.alerts import Alert
from geo_alerts.store.audiences import load

LONGEST_KEY: Final = 64
FORM_OF_KEY: Final = r"^[A-Za-z0-9._:/=~+-]+$"
WORDS_OF_FORM: Final = "may hold letters, digits and ._:/=~+- only, and no blanks"

# Alerts that are read in one look at the store.
ALERTS_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class AlertsPage:
    """Some alerts of an audience; the token asks for what follows, None at the end."""

    alerts: tuple[Alert, ...]
    next_page_token: str | None


def record(
    live: Live, audience_id: str, asker: Asker, *, key: str, sent_at: datetime | None = None
) -> Alert:
    """Keep that an alert was sent to an audience; what was said first of a key stands.

    Args:
        live: Where to.
        audience_id: Of the audience.
        asker: The alert system.
        key: Its own name of the alert, so that it may say so again without harm.
        sent_at: When it was sent; now when None.

    Raises:
        ForbiddenError: The role may not send alerts.
        UnknownAudienceError: There is no audience of this id.
        ApprovalNeededError: A second person must approve the audience first.
        InvalidInputError: The alert is said to be sent before the audience was frozen, or at a time
            yet to come; or the key has not 1 to 64 characters, or others than a key may hold.
        PersonalDataError: The key holds contact details.
        ConflictError: An alert of this key was said to be sent at another time.
    """
    if not may_list(asker.role):
        raise ForbiddenError(f"the role {asker.role} may not record alerts")
    if not 0 < len(key) <= LONGEST_KEY:
        raise InvalidInputError(f"the key of an alert has 1 to {LONGEST_KEY} characters")
    if not re.fullmatch(FORM_OF_KEY, key) or key.endswith("\n"):
        raise InvalidInputError(f"the key of an alert {WORDS_OF_FORM}")
    refuse_contact_details("the key of an alert", key)
    now = live.store.clock()
    said = Alert(key, sent_at or now, now, asker.who)
    with live.store.writing() as connection:
        kept = load(connection, audience_id)
        require_approved(kept)
        known = stored.known(connection, audience_id, key)
        if known is None:
            if not kept.frozen.created_at <= said.sent_at <= now:
                raise InvalidInputError(
                    "an alert is sent after its audience was frozen, not in future"
                )
            known, is_new = stored.record(connection, audience_id, said)
            if is_new:
                _note(connection, audience_id, known, asker)
    if sent_at not in {None, known.sent_at}:
        raise ConflictError(
            f"the alert {key} is known to be sent at {known.sent_at.isoformat()}, and that stands; "
            "give another alert another key"
        )
    return known


def every_alert(live: Live, audience_id: str) -> Iterator[Alert]:
    """The alerts that were sent to an audience, in the order in which they became known.

    Raises:
        UnknownAudienceError: There is no audience of this id.
    """
    token: str | None = None
    while True:
        page = alerts(live, audience_id, page_size=ALERTS_AT_ONCE, page_token=token)
        yield from page.alerts
        token = page.next_page_token
        if token is None:
            return


def alerts(live: Live, audience_id: str, *, page_size: int, page_token: str | None) -> AlertsPage:
    """The alerts that were sent to an audience, in the order in which they became known.

    Raises:
        UnknownAudienceError: There is no audience of this id.
        InvalidPageTokenError: The token was not given by a page of this list.
    """
    name = f"alerts {audience_id}"
    after = place_of(name, page_token) if page_token else 0
    with live.store.reading() as connection:
        load(connection, audience_id)
        page = stored.page(connection, audience_id, after, page_size)
    return AlertsPage(tuple(page.alerts), None if page.is_last else token_of(name, page.last))


def _note(connection: Connection, audience_id: str, said: Alert, asker: Asker) -> None:
    details = {"audience": audience_id, "key": said.key, "sent_at": said.sent_at.isoformat()}
    audit.append(
        connection,
        act="alert.sent",
        who=asker.who,
        role=asker.role.value,
        at=said.recorded_at,
        details=details,
    )
