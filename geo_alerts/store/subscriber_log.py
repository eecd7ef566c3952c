"""The log of subscriber versions: what is current, and how versions are written.

A change set holds one version of each person it says something of. It is visible once it has a
number (`seq`); the version of the greatest number is a person's current one. Versions that are no
longer current are removed in batches, for old postcodes of people are not ours to keep; nobody who
reads misses them, because a reader looks at current versions only.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from geo_alerts.errors import StoreError
from geo_alerts.sources.subscriber_rules import (
    Content,
    Decision,
    Known,
    SubscriberRow,
    decide,
    known_after,
    leavings,
)
from geo_alerts.store.bulk import Columns, insert_rows, make_rows
from geo_alerts.store.tables import change_set, subscriber_reference, subscriber_version
from geo_alerts.store.withdrawals import Withdrawal, news, write_withdrawals

# Rows of a batch: two tables and five indexes, about 30 ms of the one write lock of SQLite.
BATCH_SUBSCRIBERS = 1000
NUMBER_BITS = 63
DRAWS = 5


@dataclass(frozen=True, slots=True)
class State:
    """The current version of one person: the rules' view of it, and what later versions inherit."""

    number: int
    known: Known
    content_set_id: int
    seq: int


@dataclass(frozen=True, slots=True)
class Version:
    """A version to write.

    Attributes:
        reference: Of the person.
        number: The person's, where there is one already.
        known: What is known now.
        left_on: Of one who left, when.
        content_set_id: Where it holds nothing new, the change set that last did.
    """

    reference: str
    number: int | None
    known: Known
    left_on: str
    content_set_id: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a row.

    Attributes:
        row: What is said.
        decision: What it comes to.
        version: What is to be written. Of everybody whom the row of a file can still speak of there
            is one, even where it says nothing new: who has none is missing from the file.
        withdrawals: What it takes the person out of.
        is_news: Whether the version says anything new.
        before: What was known before; None of nobody known.
    """

    row: SubscriberRow
    decision: Decision
    version: Version | None
    withdrawals: tuple[Withdrawal, ...]
    is_news: bool
    before: Known | None

    @property
    def after(self) -> Known | None:
        """What is known now."""
        return self.version.known if self.version else self.before


def current(query: Select[Any]) -> Select[Any]:
    """Narrow a query of `subscriber_version` joined with `change_set` to current versions."""
    newer, newer_set = subscriber_version.alias("newer"), change_set.alias("newer_set")
    overtaken = (
        select(newer.c.number)
        .join(newer_set, newer_set.c.id == newer.c.change_set_id)
        .where(newer.c.number == subscriber_version.c.number, newer_set.c.seq > change_set.c.seq)
        .exists()
    )
    return query.where(change_set.c.seq.is_not(None), ~overtaken)


def with_change_set(query: Select[Any]) -> Select[Any]:
    """Join each version of a query with its change set."""
    joined = subscriber_version.join(
        change_set, change_set.c.id == subscriber_version.c.change_set_id
    )
    return query.select_from(joined)


def change_sets_since(connection: Connection, seq: int) -> list[int]:
    """The change sets that became visible after a number, to look their versions up by.

    Joined in one query, SQLite would begin with all versions there are, not with the few changes.
    """
    query = select(change_set.c.id).where(change_set.c.seq > seq).order_by(change_set.c.seq)
    return list(connection.execute(query).scalars())


def batches(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """Numbers in batches that fit a query."""
    for start in range(0, len(numbers), BATCH_SUBSCRIBERS):
        yield numbers[start : start + BATCH_SUBSCRIBERS]


def states_of(connection: Connection, references: Sequence[str]) -> dict[str, State]:
    """The current state of each reference that is known."""
    return _states(connection, subscriber_reference.c.reference.in_(references))


def states_of_numbers(connection: Connection, numbers: Sequence[int]) -> dict[str, State]:
    """The current state of each number that has one, by reference."""
    return _states(connection, subscriber_reference.c.number.in_(numbers))


def holding_now(row: SubscriberRow, state: State | None, now: datetime) -> SubscriberRow:
    """A row as it is to be heard where a clock was ahead when the person was last heard of.

    Nobody can tell what was said before or after a word of a time yet to come: a withdrawal stands
    against it.

    Args:
        row: What is said.
        state: Of the person; None of nobody known.
        now: The store's time.
    """
    if state is None or not row.is_withdrawal or state.known.known_at <= now:
        return row
    return replace(row, known_at=max(row.known_at, state.known.known_at))


def next_change(state: State | None, row: SubscriberRow) -> Change:
    """Decide what a row changes.

    Args:
        state: Of the person; None of nobody known.
        row: What is said.
    """
    before = state.known if state else None
    decision = decide(before, row)
    after = known_after(before, row, decision)
    left = [
        Withdrawal(state.number, one.what, one.at, state.seq if one.is_late else None)
        for one in leavings(before, row, after)
        if state is not None
    ]
    if after is None:
        return Change(row, decision, None, tuple(left), is_news=False, before=before)
    is_same = decision in (Decision.CONFIRMED, Decision.STILL_WITHDRAWN)
    left_on = "" if after.is_active else row.left_on
    version = Version(
        row.reference,
        state.number if state else None,
        after,
        left_on,
        state.content_set_id if state and is_same else None,
    )
    return Change(row, decision, version, tuple(left), is_news=after != before, before=before)


def with_news(connection: Connection, changes: Iterable[Change]) -> list[Change]:
    """The same changes less withdrawals that were heard of before."""
    given = list(changes)
    fresh = set(news(connection, (one for change in given for one in change.withdrawals)))
    return [
        replace(one, withdrawals=tuple(left for left in one.withdrawals if left in fresh))
        for one in given
    ]


def write_changes(connection: Connection, set_id: int, changes: Iterable[Change]) -> None:
    """Add versions and withdrawals to a change set; who is new gets a number.

    A person who was erased since the changes were decided on is left out, and stays erased.
    """
    given = list(changes)
    known = _still_there(connection, [one.version.number for one in given if one.version])
    versions = [
        one.version
        for one in given
        if one.version and (one.version.number is None or one.version.number in known)
    ]
    _write_versions(connection, set_id, versions)
    write_withdrawals(connection, set_id, [left for one in given for left in one.withdrawals])


def _numbers_for(connection: Connection, references: Sequence[str]) -> dict[str, int]:
    """The number of each reference; those without one get a random one.

    Args:
        connection: A writing one.
        references: n, each once, at most as many as a batch has.
    """
    query = select(subscriber_reference.c.reference, subscriber_reference.c.number)
    found: dict[str, int] = {}
    missing = sorted(references)
    # A drawn number that is taken already is left aside and drawn again.
    for _ in range(DRAWS):
        known = connection.execute(query.where(subscriber_reference.c.reference.in_(missing)))
        found |= {row.reference: row.number for row in known}
        missing = [reference for reference in missing if reference not in found]
        if not missing:
            return found
        drawn = [
            {"number": secrets.randbits(NUMBER_BITS), "reference": reference}
            for reference in missing
        ]
        connection.execute(_insert(connection, subscriber_reference), drawn)
    raise StoreError("no free number could be drawn for a subscriber")


def delete_older(connection: Connection, numbers: Sequence[int], seq: int) -> None:
    """Remove the versions of some people that the change of a number made old."""
    # Each looked up by its key: a list of all older change sets would be as long as the history.
    is_older = (
        select(change_set.c.id)
        .where(change_set.c.id == subscriber_version.c.change_set_id, change_set.c.seq < seq)
        .exists()
    )
    of_these = subscriber_version.c.number.in_(numbers)
    connection.execute(delete(subscriber_version).where(of_these, is_older))


def row_of(found: Row[Any], unsaid: frozenset[str]) -> SubscriberRow:
    """What a stored version says, as a row.

    Args:
        found: Has the columns of a version, and `reference`.
        unsaid: The fields of which the row that it was made of said nothing.
    """
    return SubscriberRow(
        found.reference, found.as_of, not found.is_active, found.left_on, _content(found), unsaid
    )


def _still_there(connection: Connection, numbers: Iterable[int | None]) -> set[int]:
    # Locked until the transaction ends: on PostgreSQL an erasure waits for it.
    wanted = [number for number in numbers if number is not None]
    query = select(subscriber_reference.c.number).where(subscriber_reference.c.number.in_(wanted))
    return set(connection.execute(query.with_for_update(read=True, key_share=True)).scalars())


def _write_versions(connection: Connection, set_id: int, versions: Sequence[Version]) -> None:
    drawn = _numbers_for(connection, [one.reference for one in versions if one.number is None])
    numbered = [
        (drawn[one.reference] if one.number is None else one.number, one) for one in versions
    ]
    # In the order of the key, so that neighbours of the index are written together.
    numbered.sort(key=itemgetter(0))
    ordered = [version for _, version in numbered]
    known = [version.known for version in ordered]
    columns: Columns = {
        "change_set_id": [set_id] * len(known),
        "number": [number for number, _ in numbered],
        "is_active": [one.is_active for one in known],
        "joined_on": [one.content.joined_on for one in known],
        "left_on": [version.left_on for version in ordered],
        "as_of": [one.known_at for one in known],
        "channels": [one.content.channels for one in known],
        "groups": [list(one.content.groups) for one in known],
        "topics": [list(one.content.topics) for one in known],
        "postcodes": [list(one.content.postcodes) for one in known],
        "content_set_id": [version.content_set_id or set_id for version in ordered],
        "carried": [_times(one.carried) for one in known],
        "opted_out": [_times(one.opted_out) for one in known],
    }
    insert_rows(connection, make_rows(connection.dialect, subscriber_version, columns))


def _states(connection: Connection, which: Any) -> dict[str, State]:  # noqa: ANN401
    query = with_change_set(
        select(subscriber_version, subscriber_reference.c.reference, change_set.c.seq)
    )
    query = query.join(
        subscriber_reference, subscriber_reference.c.number == subscriber_version.c.number
    )
    return {
        row.reference: State(row.number, _known(row), row.content_set_id, row.seq)
        for row in connection.execute(current(query).where(which))
    }


def _content(row: Row[Any]) -> Content:
    return Content(
        tuple(row.postcodes), row.channels, tuple(row.groups), tuple(row.topics), row.joined_on
    )


def _known(row: Row[Any]) -> Known:
    return Known(
        row.is_active,
        row.as_of,
        _content(row),
        _read_times(row.carried),
        _read_times(row.opted_out),
    )


def _times(known: Mapping[str, datetime]) -> dict[str, str] | None:
    return {name: at.isoformat() for name, at in known.items()} or None


def _read_times(stored: Mapping[str, str] | None) -> dict[str, datetime]:
    return {name: datetime.fromisoformat(at) for name, at in (stored or {}).items()}


def _insert(connection: Connection, table: Table) -> Any:  # noqa: ANN401
    # Whoever else knows the reference meanwhile gave it its number.
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()
