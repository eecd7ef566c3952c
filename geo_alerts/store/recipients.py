"""The recipients of a frozen audience: as they were frozen, less those who left since.

Each page is a fresh look. Left out for good is who withdrew from all, or from a topic that the
audience was chosen by, after it was frozen, even who joined again; a channel withdrawn from since,
or said no more, is gone from this audience for good. Whoever no channel is left of, who may not be
reached now, or who was erased, is left out as well. The control group, who were drawn to be told
nothing, is read by the same rules, for comparing; what channels they had then is not kept, so those
that they have now count.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Subquery,
    and_,
    case,
    func,
    literal,
    or_,
    select,
)

from geo_alerts.audiences.selection import Channel
from geo_alerts.store.audience_tables import audience_recipient
from geo_alerts.store.audiences import frozen_row
from geo_alerts.store.subscriber_log import current
from geo_alerts.store.tables import (
    change_set,
    subscriber_reference,
    subscriber_version,
    withdrawal,
)

TOPIC_CONDITIONS = ("any_of", "all_of")


class Part(StrEnum):
    """Who of a frozen list is read."""

    RECIPIENTS = "recipients"
    CONTROL = "control"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is to be told, and how.

    Attributes:
        position: In the frozen list, from 0.
        reference: The alert system's own.
        channels: Sum of 1 email, 2 text, 4 voice: those asked that may still be used; 0 of the
            control group, who are not to be told.
    """

    position: int
    reference: str
    channels: int


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a frozen list.

    Attributes:
        recipients: Of those asked for who may still be reached, in order.
        last_position: The position up to which the list was looked through.
        left_out: How many of those looked through may not be reached any more.
        is_last: Whether nothing follows.
    """

    recipients: list[Recipient]
    last_position: int
    left_out: int
    is_last: bool


@dataclass(frozen=True, slots=True)
class _List:
    """What of an audience decides who of a part of its list, `first` to `end`, is still on it."""

    row_id: int
    seq: int
    first: int
    end: int
    part: Part
    channels: int
    topics: tuple[str, ...]


def read_page(
    connection: Connection,
    audience_id: str,
    after: int,
    limit: int,
    part: Part = Part.RECIPIENTS,
) -> Page:
    """The next recipients of a frozen list, or people of its control group.

    Args:
        connection: A fresh look.
        audience_id: Of the audience.
        after: The last position that was looked through; -1 to begin.
        limit: At most so many recipients.
        part: Who is read; the control group stands after the recipients.

    Raises:
        UnknownAudienceError: There is no audience of this id.
    """
    frozen = _list_of(connection, audience_id, part)
    start, end = max(after, frozen.first - 1), frozen.end
    found: list[Recipient] = []
    last, window = start, limit
    # Looked up by stretches of the list, longer ones where many left: a query without an end would
    # have PostgreSQL go through all subscribers for each page of a long list.
    while len(found) < limit and last < end:
        until = min(last + window, end)
        wanted = _still_reached(frozen, last, until).limit(limit - len(found))
        found += [Recipient(*row) for row in connection.execute(wanted)]
        last = found[-1].position if len(found) == limit else until
        window *= 2
    return Page(found, last, max(0, last - start - len(found)), is_last=last >= end)


def left_since(connection: Connection, audience_id: str) -> int:
    """How many recipients of a frozen list may not be reached any more.

    Raises:
        UnknownAudienceError: There is no audience of this id.
    """
    frozen = _list_of(connection, audience_id, Part.RECIPIENTS)
    still = _still_reached(frozen, -1, frozen.end).order_by(None).subquery()
    reached = connection.execute(select(func.count()).select_from(still)).scalar_one()
    return frozen.end + 1 - int(reached)


def _list_of(connection: Connection, audience_id: str, part: Part) -> _List:
    row = frozen_row(connection, audience_id)
    selection: Mapping[str, Any] = row.selection
    topics: Mapping[str, list[str]] = selection["topics"]
    is_control = part == Part.CONTROL
    return _List(
        row_id=row.row_id,
        seq=row.subscribers_seq,
        first=row.recipient_count if is_control else 0,
        end=row.recipient_count + (row.control_count if is_control else 0) - 1,
        part=part,
        channels=sum(Channel(name).bit for name in selection["channels"]),
        topics=tuple(name for key in TOPIC_CONDITIONS for name in topics[key]),
    )


def _still_reached(frozen: _List, after: int, until: int) -> Select[Any]:
    recipient, version = audience_recipient.c, subscriber_version.c
    is_in = _is_in(frozen, after, until)
    withdrew = _withdrew(frozen, is_in)
    withdrawn = func.coalesce(withdrew.c.channels, 0)
    asked = version.channels.bitwise_and(frozen.channels)
    left = asked.bitwise_and(withdrawn.bitwise_not())
    is_control = frozen.part == Part.CONTROL
    usable = left if is_control else recipient.channels.bitwise_and(left)
    channels = literal(0) if is_control else usable
    query = (
        select(recipient.position, subscriber_reference.c.reference, channels)
        .join_from(audience_recipient, subscriber_version, version.number == recipient.number)
        .join(change_set, change_set.c.id == version.change_set_id)
        .join(subscriber_reference, subscriber_reference.c.number == recipient.number)
        .outerjoin(withdrew, withdrew.c.number == recipient.number)
        .where(is_in, version.is_active, func.coalesce(withdrew.c.is_out, 0) == 0, usable != 0)
    )
    return current(query).order_by(recipient.position)


def _withdrew(frozen: _List, is_in: ColumnElement[bool]) -> Subquery:
    """Who of a stretch of the list withdrew from what, since the audience was frozen."""
    one = withdrawal.c
    is_channel = one.scope == "channel"
    is_out = or_(one.scope == "all", and_(one.scope == "topic", one.name.in_(frozen.topics)))
    bits = [
        func.max(case((and_(is_channel, one.name == channel.value), channel.bit), else_=0))
        for channel in Channel
    ]
    left_before = func.coalesce(one.before_seq, change_set.c.seq)
    return (
        select(
            one.number,
            func.max(case((is_out, 1), else_=0)).label("is_out"),
            sum(bits[1:], bits[0]).label("channels"),
        )
        .join_from(audience_recipient, withdrawal, one.number == audience_recipient.c.number)
        .join(change_set, change_set.c.id == one.change_set_id)
        # One that no change set has made visible yet was not committed.
        .where(is_in, change_set.c.seq.is_not(None), left_before > frozen.seq)
        .group_by(one.number)
        .subquery("withdrew")
    )


def _is_in(frozen: _List, after: int, until: int) -> ColumnElement[bool]:
    recipient = audience_recipient.c
    of_list = recipient.audience_row_id == frozen.row_id
    return and_(of_list, recipient.position > after, recipient.position <= until)
