"""Reading subscribers: all who may be reached, and what changed since the last look."""

import json
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Select, Text, cast, func, select

from geo_alerts.audiences.members import Members
from geo_alerts.store.bulk import fetch_columns
from geo_alerts.store.sequence import latest_seq
from geo_alerts.store.subscriber_log import batches, change_sets_since, current, with_change_set
from geo_alerts.store.tables import change_set, subscriber_reference, subscriber_version

Numbers = npt.NDArray[np.int64]
Columns = list[list[Any]]


def load_members(connection: Connection) -> Members:
    """Everybody who may be reached."""
    columns = _fetch(connection, _query().where(change_set.c.seq.is_not(None)))
    number = np.array(columns[0], dtype=np.int64)
    seq = np.array(columns[1], dtype=np.int64)
    # Of one person's versions the last counts; there is more than one while old ones are removed.
    order = np.lexsort((seq, number))
    is_last = np.ones(len(order), dtype=np.bool_)
    is_last[:-1] = number[order][1:] != number[order][:-1]
    active = np.array(columns[2], dtype=np.bool_)
    rows = order[is_last]
    return _members(columns, rows[active[rows]])


def changes_since(connection: Connection, seq: int) -> tuple[Members, Numbers]:
    """Everybody of whom something other than a time became known after a number.

    Args:
        connection: A reading one, opened when the question came; `latest_seq` on it gives the
            number to ask with next time.
        seq: What the last look gave.

    Returns:
        Those who may be reached, as they are now, and the numbers of those who may not.
    """
    if latest_seq(connection) == seq:
        return Members.none(), np.zeros(0, dtype=np.int64)
    sets = change_sets_since(connection, seq)
    columns: Columns = [[] for _ in _query().selected_columns]
    for some in batches(sets):
        among = current(_query()).where(subscriber_version.c.change_set_id.in_(some))
        for column, values in zip(columns, _fetch(connection, among), strict=True):
            column.extend(values)
    changed = np.isin(np.array(columns[8], dtype=np.int64), sets)
    active = np.array(columns[2], dtype=np.bool_)
    removed = np.array(columns[0], dtype=np.int64)[changed & ~active]
    return _members(columns, np.flatnonzero(changed & active)), np.sort(removed)


def subscribers_as_of(connection: Connection) -> str | None:
    """The latest time of which anything is known, ISO 8601; None before the first import."""
    visible = select(change_set.c.as_of).where(change_set.c.seq.is_not(None))
    latest = visible.order_by(change_set.c.as_of.desc()).limit(1)
    as_of = connection.execute(latest).scalar()
    return None if as_of is None else as_of.isoformat(timespec="seconds")


def latest_change_set(connection: Connection) -> dict[str, Any] | None:
    """The latest file that was imported and how many people are known, as JSON; None before."""
    files = select(change_set).where(change_set.c.kind == "file", change_set.c.seq.is_not(None))
    row = connection.execute(files.order_by(change_set.c.seq.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    counted = with_change_set(select(subscriber_version.c.is_active, func.count()))
    query = current(counted).group_by(subscriber_version.c.is_active)
    known = {bool(is_active): count for is_active, count in connection.execute(query)}
    return {
        "source": row.source,
        "sha256": row.sha256,
        "as_of": row.as_of.isoformat(timespec="seconds"),
        "imported_at": row.switched_at.isoformat(timespec="seconds"),
        "counts": row.counts,
        "active": known.get(True, 0),
        "withdrawn": known.get(False, 0),
    }


def _query() -> Select[Any]:
    # JSON as text: most people share their groups and topics with others, and are read once.
    version = subscriber_version.c
    query = select(
        version.number,
        change_set.c.seq,
        version.is_active,
        subscriber_reference.c.reference,
        version.channels,
        cast(version.groups, Text),
        cast(version.topics, Text),
        cast(version.postcodes, Text),
        version.content_set_id,
    )
    return with_change_set(query).join(
        subscriber_reference, subscriber_reference.c.number == version.number
    )


def _fetch(connection: Connection, query: Select[Any]) -> Columns:
    columns: Columns = [[] for _ in query.selected_columns]
    for batch in fetch_columns(connection, query):
        for column, values in zip(columns, batch, strict=True):
            column.extend(values)
    return columns


def _members(columns: Columns, rows: npt.NDArray[np.intp]) -> Members:
    """The people of some rows, by reference."""
    reference = np.array([columns[3][row] for row in rows], dtype=np.str_)
    order = np.argsort(reference, kind="stable")
    chosen = rows[order].tolist()
    read = _reader()
    postcodes = [json.loads(columns[7][row]) for row in chosen]
    counts = np.fromiter(map(len, postcodes), dtype=np.int64, count=len(postcodes))
    return Members(
        number=np.array([columns[0][row] for row in chosen], dtype=np.int64),
        reference=reference[order],
        channels=np.array([columns[4][row] for row in chosen], dtype=np.uint8),
        groups=tuple(read(columns[5], chosen)),
        topics=tuple(read(columns[6], chosen)),
        postcode_offset=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        postcode=np.array([one for some in postcodes for one in some], dtype="<U8"),
    )


def _reader() -> Callable[[list[str], Iterable[int]], Iterable[tuple[str, ...]]]:
    known: dict[str, tuple[str, ...]] = {}

    def read(texts: list[str], rows: Iterable[int]) -> Iterable[tuple[str, ...]]:
        for row in rows:
            text = texts[row]
            names = known.get(text)
            if names is None:
                names = known[text] = tuple(json.loads(text))
            yield names

    return read
