"""Frozen audiences: who was chosen, by random number and in order; read less those who left since.

A frozen list holds numbers, never references, and is written in batches that nobody sees before the
last. Each page is read on a fresh look: whoever is not active now, or withdrew after the audience
was frozen, is left out, even who joined again.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Row, Select, delete, func, insert, select, tuple_, update

from geo_alerts.audiences.rows import NO_ROWS
from geo_alerts.errors import ConflictError, UnknownAudienceError
from geo_alerts.store.audience_tables import UNFINISHED_AUDIENCES, audience, audience_recipient
from geo_alerts.store.bulk import fetch_columns, insert_rows, make_rows
from geo_alerts.store.database import Store
from geo_alerts.store.staging import BATCH_ROWS, is_abandoned, owner_of_this_process
from geo_alerts.store.subscriber_log import current
from geo_alerts.store.tables import change_set, subscriber_reference, subscriber_version, withdrawal

ID_BYTES = 12

_LEFT_IN = change_set.alias("left_in")


@dataclass(frozen=True, slots=True)
class Frozen:
    """An audience as it was frozen.

    Attributes:
        id: Random text.
        created_at: When.
        created_by: Who asked: `key:<id>` or `session:<name>`.
        purpose: What for, in words.
        selection: The selection, as JSON.
        inputs: What it was made from, as JSON.
        counts: Its exact counts, as JSON.
        recipients_sha256: Of the recipients' numbers, in order.
        recipient_count: How many they are.
        subscribers_seq: The latest change of subscribers that was looked at.
    """

    id: str
    created_at: datetime
    created_by: str
    purpose: str
    selection: Mapping[str, Any]
    inputs: Mapping[str, Any]
    counts: Mapping[str, Any]
    recipients_sha256: str
    recipient_count: int
    subscribers_seq: int


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a frozen list.

    Attributes:
        references: Of those who may still be reached, in order.
        last_position: The position up to which the list was looked through.
        left_out: How many of those looked through may not be reached any more.
        is_last: Whether nothing follows.
    """

    references: list[str]
    last_position: int
    left_out: int
    is_last: bool


def new_id() -> str:
    """An id that nobody can guess."""
    return secrets.token_hex(ID_BYTES)


def save(store: Store, frozen: Frozen, numbers: npt.NDArray[np.int64]) -> None:
    """Keep an audience, whole or not at all.

    Args:
        store: Where to.
        frozen: The audience.
        numbers: n random numbers of its recipients, in order.

    Raises:
        ConflictError: It took so long that it was taken for abandoned.
    """
    tidy(store)
    values = {name: getattr(frozen, name) for name in Frozen.__slots__}
    values |= {
        "status": "staged",
        "owner": owner_of_this_process(),
        "heartbeat_at": store.clock(),
    }
    with store.writing() as connection:
        made = connection.execute(insert(audience).values(values).returning(audience.c.row_id))
        row_id = made.scalar_one()
        # Nearly every audience is of one batch, and then of one transaction.
        _add(connection, row_id, numbers, 0)
        if len(numbers) <= BATCH_ROWS:
            _set(connection, row_id, status="frozen")
            return
    for start in range(BATCH_ROWS, len(numbers), BATCH_ROWS):
        with store.writing(gives_way=True) as connection:
            _set(connection, row_id, heartbeat_at=store.clock())
            _add(connection, row_id, numbers, start)
    with store.writing() as connection:
        _set(connection, row_id, status="frozen")


def load(connection: Connection, audience_id: str) -> Frozen:
    """An audience as it was frozen.

    Raises:
        UnknownAudienceError: There is none of this id.
    """
    row = _row(connection, audience_id)
    return Frozen(**{name: getattr(row, name) for name in Frozen.__slots__})


def selections(connection: Connection) -> list[tuple[str, datetime, str, Mapping[str, Any]]]:
    """Id, time, purpose and selection (JSON) of every frozen audience, the latest first."""
    columns = (audience.c.id, audience.c.created_at, audience.c.purpose, audience.c.selection)
    query = select(*columns).where(audience.c.status == "frozen")
    found = connection.execute(query.order_by(audience.c.created_at.desc(), audience.c.id))
    return [(row.id, row.created_at, row.purpose, row.selection) for row in found]


def numbers_of(connection: Connection, audience_id: str) -> npt.NDArray[np.int64]:
    """The random numbers of an audience's recipients as it was frozen, ascending.

    Raises:
        UnknownAudienceError: There is no audience of this id.
    """
    recipient = audience_recipient.c
    of_these = recipient.audience_row_id == _row(connection, audience_id).row_id
    query = select(recipient.number).where(of_these, recipient.channels != 0)
    batches = [np.array(batch[0], dtype=np.int64) for batch in fetch_columns(connection, query)]
    return np.sort(np.concatenate(batches or [NO_ROWS]))


def read_page(connection: Connection, audience_id: str, after: int, limit: int) -> Page:
    """The next recipients of a frozen list.

    Args:
        connection: A fresh look.
        audience_id: Of the audience.
        after: The last position that was looked through; -1 to begin.
        limit: At most so many references.

    Raises:
        UnknownAudienceError: There is no audience of this id.
    """
    row = _row(connection, audience_id)
    end = row.recipient_count - 1
    references: list[str] = []
    last, window = after, limit
    # Looked up by stretches of the list, longer ones where many left: a query without an end would
    # have PostgreSQL go through all subscribers for each page of a long list.
    while len(references) < limit and last < end:
        until = min(last + window, end)
        wanted = _still_reached(row, last, until).limit(limit - len(references))
        found = connection.execute(wanted).all()
        references += [one.reference for one in found]
        last = found[-1].position if len(references) == limit else until
        window *= 2
    return Page(references, last, last - after - len(references), is_last=last >= end)


def tidy(store: Store) -> None:
    """Remove audiences that nobody will finish, in batches."""
    with store.reading() as connection:
        staged = connection.execute(select(audience).where(UNFINISHED_AUDIENCES)).all()
    for row in staged:
        if row.status == "discarded" or is_abandoned(row.owner, row.heartbeat_at, store.clock()):
            _discard(store, row.row_id)


def _discard(store: Store, row_id: int) -> None:
    is_it = audience.c.row_id == row_id
    with store.writing() as connection:
        unfinished = is_it & (audience.c.status != "frozen")
        marked = update(audience).where(unfinished).values(status="discarded")
        if connection.execute(marked).rowcount == 0:
            return
    key = (audience_recipient.c.audience_row_id, audience_recipient.c.position)
    batch = select(*key).where(key[0] == row_id).limit(BATCH_ROWS)
    removed = 1
    while removed:
        with store.writing(gives_way=True) as connection:
            removed = connection.execute(
                delete(audience_recipient).where(tuple_(*key).in_(batch))
            ).rowcount
    with store.writing() as connection:
        connection.execute(delete(audience).where(is_it))


def _add(connection: Connection, row_id: int, numbers: npt.NDArray[np.int64], start: int) -> None:
    batch = numbers[start : start + BATCH_ROWS]
    columns = {
        "audience_row_id": [row_id] * len(batch),
        "position": list(range(start, start + len(batch))),
        "number": batch.tolist(),
    }
    insert_rows(connection, make_rows(connection.dialect, audience_recipient, columns))


def _set(connection: Connection, row_id: int, **values: Any) -> None:  # noqa: ANN401
    is_staged = (audience.c.row_id == row_id) & (audience.c.status == "staged")
    if connection.execute(update(audience).where(is_staged).values(values)).rowcount == 0:
        raise ConflictError("saving was silent for so long that it was given up; ask again")


def _row(connection: Connection, audience_id: str) -> Row[Any]:
    is_it = (audience.c.id == audience_id) & (audience.c.status == "frozen")
    row = connection.execute(select(audience).where(is_it)).one_or_none()
    if row is None:
        raise UnknownAudienceError("there is no audience with this id")
    return row


def _still_reached(row: Row[Any], after: int, until: int) -> Select[Any]:
    recipient, version, left = audience_recipient, subscriber_version, withdrawal.c
    withdrew = (
        select(left.number)
        .join(_LEFT_IN, _LEFT_IN.c.id == left.change_set_id)
        .where(left.number == recipient.c.number, left.scope == "all")
        .where(func.coalesce(left.before_seq, _LEFT_IN.c.seq) > row.subscribers_seq)
        .where(_LEFT_IN.c.seq.is_not(None))
        .exists()
    )
    query = (
        select(recipient.c.position, subscriber_reference.c.reference)
        .join_from(recipient, version, version.c.number == recipient.c.number)
        .join(change_set, change_set.c.id == version.c.change_set_id)
        .join(subscriber_reference, subscriber_reference.c.number == recipient.c.number)
        .where(recipient.c.audience_row_id == row.row_id)
        .where(recipient.c.position > after, recipient.c.position <= until)
        .where(version.c.is_active, ~withdrew)
    )
    return current(query).order_by(recipient.c.position)
