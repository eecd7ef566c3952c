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

from geo_alerts.errors import UnknownAudienceError
from geo_alerts.store.bulk import insert_rows
from geo_alerts.store.database import Store
from geo_alerts.store.staging import BATCH_ROWS, is_abandoned, owner_of_this_process
from geo_alerts.store.tables import (
    audience,
    audience_recipient,
    change_set,
    subscriber_reference,
    subscriber_version,
)

ID_BYTES = 12


@dataclass(frozen=True, slots=True)
class Frozen:
    """An audience as it was frozen.

    Attributes:
        id: Random text.
        created_at: When.
        created_by: The key that asked.
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
    """
    tidy(store)
    values = {name: getattr(frozen, name) for name in Frozen.__slots__}
    values |= {
        "status": "staged",
        "owner": owner_of_this_process(),
        "heartbeat_at": frozen.created_at,
    }
    with store.writing() as connection:
        made = connection.execute(insert(audience).values(values).returning(audience.c.row_id))
        row_id = made.scalar_one()
    for start in range(0, len(numbers), BATCH_ROWS):
        batch = numbers[start : start + BATCH_ROWS]
        columns = {
            "audience_row_id": [row_id] * len(batch),
            "position": list(range(start, start + len(batch))),
            "number": batch.tolist(),
        }
        with store.writing(gives_way=True) as connection:
            insert_rows(connection, audience_recipient, columns)
            _set(connection, row_id, heartbeat_at=store.clock())
    with store.writing() as connection:
        _set(connection, row_id, status="frozen")


def load(connection: Connection, audience_id: str) -> Frozen:
    """An audience as it was frozen.

    Raises:
        UnknownAudienceError: There is none of this id.
    """
    row = _row(connection, audience_id)
    return Frozen(**{name: getattr(row, name) for name in Frozen.__slots__})


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
    references: list[str] = []
    left_out, last = 0, after
    while len(references) < limit and last < row.recipient_count - 1:
        looked_through = min(row.recipient_count - 1 - last, limit - len(references))
        found = connection.scalars(_still_reached(row, last, looked_through)).all()
        references += found
        left_out += looked_through - len(found)
        last += looked_through
    return Page(references, last, left_out, is_last=last >= row.recipient_count - 1)


def tidy(store: Store) -> None:
    """Remove audiences that nobody will finish, in batches."""
    with store.reading() as connection:
        staged = connection.execute(select(audience).where(audience.c.status != "frozen")).all()
    for row in staged:
        if row.status == "discarded" or is_abandoned(row.owner, row.heartbeat_at, store.clock()):
            _discard(store, row.row_id)


def _discard(store: Store, row_id: int) -> None:
    with store.writing() as connection:
        _set(connection, row_id, status="discarded")
    key = (audience_recipient.c.audience_row_id, audience_recipient.c.position)
    batch = select(*key).where(key[0] == row_id).limit(BATCH_ROWS)
    removed = 1
    while removed:
        with store.writing(gives_way=True) as connection:
            removed = connection.execute(
                delete(audience_recipient).where(tuple_(*key).in_(batch))
            ).rowcount
    with store.writing() as connection:
        connection.execute(delete(audience).where(audience.c.row_id == row_id))


def _set(connection: Connection, row_id: int, **values: Any) -> None:  # noqa: ANN401
    connection.execute(update(audience).where(audience.c.row_id == row_id).values(values))


def _row(connection: Connection, audience_id: str) -> Row[Any]:
    is_it = (audience.c.id == audience_id) & (audience.c.status == "frozen")
    row = connection.execute(select(audience).where(is_it)).one_or_none()
    if row is None:
        raise UnknownAudienceError("there is no audience with this id")
    return row


def _still_reached(row: Row[Any], after: int, count: int) -> Select[Any]:
    is_next = (
        (audience_recipient.c.audience_row_id == row.row_id)
        & (audience_recipient.c.position > after)
        & (audience_recipient.c.position <= after + count)
    )
    version, withdrawal = subscriber_version, change_set.alias("withdrawal")
    latest = func.row_number().over(
        partition_by=audience_recipient.c.number, order_by=change_set.c.seq.desc()
    )
    versions = (
        select(
            audience_recipient.c.position,
            audience_recipient.c.number,
            version.c.is_active,
            withdrawal.c.seq.label("withdrawn"),
            latest.label("rank"),
        )
        .join(version, version.c.number == audience_recipient.c.number)
        .join(change_set, change_set.c.id == version.c.change_set_id)
        .outerjoin(withdrawal, withdrawal.c.id == version.c.withdrawal_set_id)
        .where(is_next, change_set.c.seq.is_not(None))
        .subquery()
    )
    stayed = versions.c.withdrawn.is_(None) | (versions.c.withdrawn <= row.subscribers_seq)
    return (
        select(subscriber_reference.c.reference)
        .join(versions, versions.c.number == subscriber_reference.c.number)
        .where(versions.c.rank == 1, versions.c.is_active, stayed)
        .order_by(versions.c.position)
    )
