"""Subscribers' changes as they come: made known and visible a few at a time, each few at once."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, insert

from geo_alerts.errors import InvalidInputError
from geo_alerts.sources.subscriber_rules import Decision, SubscriberRow
from geo_alerts.store.database import Store
from geo_alerts.store.sequence import lock_seq, next_seq
from geo_alerts.store.staging import owner_of_this_process
from geo_alerts.store.subscriber_log import (
    Change,
    delete_older,
    holding_now,
    next_change,
    states_of,
    with_news,
    write_changes,
)
from geo_alerts.store.tables import change_set

# Changes of a feed that become visible at once: some 10 ms of the one write lock of SQLite.
TOGETHER: Final = 200


def record_change(store: Store, row: SubscriberRow, *, source: str) -> Decision:
    """Make known what is said of one person; saying it again changes nothing.

    Args:
        store: Where to.
        row: What is said, and when it was true. A withdrawal of a time yet to come holds now, and
            stands against all that is known: no clock that is behind may undo it. So does any
            withdrawal where what is known is of a time yet to come, said while a clock was ahead.
        source: Who says so, for the record: never the person.

    Returns:
        What became of it: `older_than_known` where newer knowledge, or a withdrawal of the same
        time, stands.

    Raises:
        InvalidInputError: Other than a withdrawal, it is said to be true at a time yet to come.
    """
    (change,) = record_changes(store, [row], source=source)
    return change.decision


def record_changes(store: Store, rows: Iterable[SubscriberRow], *, source: str) -> list[Change]:
    """Make known what is said of some people, in order, as `record_change` does.

    Returns:
        What became of each, with what is known of the person before and after.

    What was made known before something fails stays known, and repeating all of it is safe.
    """
    changes: list[Change] = []
    for some in _apart(rows):
        with store.writing(gives_way=len(some) > 1) as connection:
            # Before the look: what it decides on stays as it is until the end.
            lock_seq(connection)
            changes += _record(connection, some, source, store.clock())
    return changes


def visible_now(source: str, as_of: datetime, now: datetime, seq: int) -> dict[str, Any]:
    """The columns of a change set that is made and seen in one transaction."""
    return {
        "kind": "single",
        "status": "switched",
        "seq": seq,
        "base_seq": seq - 1,
        "as_of": as_of,
        "sha256": "",
        "read_as": "",
        "source": source,
        "owner": owner_of_this_process(),
        "recorded_at": now,
        "heartbeat_at": now,
        "switched_at": now,
        "is_pruned": True,
    }


def _apart(rows: Iterable[SubscriberRow]) -> Iterator[list[SubscriberRow]]:
    # A change set has one version of a person.
    some: list[SubscriberRow] = []
    references: set[str] = set()
    for row in rows:
        if len(some) == TOGETHER or row.reference in references:
            yield some
            some, references = [], set()
        some.append(row)
        references.add(row.reference)
    if some:
        yield some


def _record(
    connection: Connection, rows: Sequence[SubscriberRow], source: str, now: datetime
) -> list[Change]:
    states = states_of(connection, [row.reference for row in rows])
    heard = [holding_now(_heard_now(row, now), states.get(row.reference), now) for row in rows]
    changes = with_news(connection, [next_change(states.get(row.reference), row) for row in heard])
    telling = [change for change in changes if change.is_news or change.withdrawals]
    if telling:
        _write(connection, telling, source, now)
    return changes


def _heard_now(row: SubscriberRow, now: datetime) -> SubscriberRow:
    if row.known_at <= now:
        return row
    if not row.is_withdrawal:
        raise InvalidInputError(f"a change cannot be of {row.known_at.isoformat()}, yet to come")
    return replace(row, known_at=now)


def _write(connection: Connection, changes: Sequence[Change], source: str, now: datetime) -> None:
    seq = next_seq(connection)
    as_of = max(change.row.known_at for change in changes)
    counts = Counter(change.decision.value for change in changes)
    values = {**visible_now(source, as_of, now, seq), "counts": dict(counts)}
    made = connection.execute(insert(change_set).values(values).returning(change_set.c.id))
    write_changes(connection, made.scalar_one(), changes)
    known = [one.version.number for one in changes if one.version]
    delete_older(connection, [number for number in known if number is not None], seq)
