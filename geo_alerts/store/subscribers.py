"""Reading subscribers: all who may be reached, and what changed since the last look."""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Select, Text, cast, func, select

from geo_alerts.audiences.people.members import Gathering, MemberBatch, Members, Profile, day_number
from geo_alerts.store.bulk import fetch_columns
from geo_alerts.store.erasure import ERASE
from geo_alerts.store.sequence import latest_seq
from geo_alerts.store.subscriber_log import batches, change_sets_since, current, with_change_set
from geo_alerts.store.tables import change_set, subscriber_reference, subscriber_version

Numbers = npt.NDArray[np.int64]
Batch = Sequence[Sequence[Any]]

NO_SEQ: Final[Numbers] = np.zeros(0, dtype=np.int64)


def load_members(connection: Connection, give_way: Callable[[], None] | None = None) -> Members:
    """Everybody who may be reached; millions are read batch by batch.

    Args:
        connection: A look at the store.
        give_way: Called between a few hundred and the next, so that others may go first.
    """
    reader, seqs, left = _Reader(), [NO_SEQ], [NO_SEQ]
    numbers_left = [NO_SEQ]
    for batch in fetch_columns(connection, _query().where(change_set.c.seq.is_not(None))):
        if give_way is not None:
            give_way()
        is_active = np.array(batch[2], dtype=np.bool_)
        seq = np.array(batch[1], dtype=np.int64)
        reader.read(batch, np.flatnonzero(is_active))
        seqs.append(seq[is_active])
        left.append(seq[~is_active])
        numbers_left.append(np.array(batch[0], dtype=np.int64)[~is_active])
    members = reader.gathering.members()
    return _latest(members, *map(np.concatenate, (seqs, numbers_left, left)))


def changes_since(connection: Connection, seq: int) -> tuple[Members, Numbers]:
    """Everybody of whom something other than a time became known after a number.

    Args:
        connection: A reading one, opened when the question came; `latest_seq` on it gives the
            number to ask with next time.
        seq: What the last look gave.

    Returns:
        Those who may be reached, as they are now, and the numbers of those who may not, those who
        were erased among them.
    """
    if latest_seq(connection) == seq:
        return Members.none(), NO_SEQ
    sets = change_sets_since(connection, seq)
    reader, removed = _Reader(), [erased_since(connection, seq)]
    for some in batches(sets):
        among = current(_query()).where(subscriber_version.c.change_set_id.in_(some))
        for batch in fetch_columns(connection, among):
            changed = np.isin(np.array(batch[8], dtype=np.int64), sets)
            is_active = np.array(batch[2], dtype=np.bool_)
            reader.read(batch, np.flatnonzero(changed & is_active))
            removed.append(np.array(batch[0], dtype=np.int64)[changed & ~is_active])
    return reader.gathering.members(), np.sort(np.concatenate(removed))


def erased_since(connection: Connection, seq: int) -> Numbers:
    """The numbers of those who were erased after a change of some number."""
    query = select(change_set.c.counts).where(change_set.c.seq > seq, change_set.c.read_as == ERASE)
    erased = [one for counts in connection.execute(query).scalars() for one in counts["erased"]]
    return np.array(erased, dtype=np.int64)


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
        version.joined_on,
        cast(version.opted_out, Text),
    )
    return with_change_set(query).join(
        subscriber_reference, subscriber_reference.c.number == version.number
    )


class _Reader:
    """Makes members of rows of `_query`; most share their labels with others, read once."""

    def __init__(self) -> None:
        self.gathering = Gathering()
        self._profiles: dict[tuple[Any, ...], int] = {}
        self._days: dict[str, int] = {}

    def read(self, batch: Batch, rows: npt.NDArray[np.intp]) -> None:
        """Add the members of some rows of a batch."""
        some = rows.tolist()
        if not some:
            return
        number, reference, joined, postcodes = (
            [batch[column][row] for row in some] for column in (0, 3, 9, 7)
        )
        labels = zip(*(batch[column] for column in (4, 5, 6, 10)), strict=True)
        profiles = list(labels)
        # All lists of a batch as one document: a third of the time.
        places = json.loads(f"[{','.join(postcodes)}]")
        self.gathering.add(
            MemberBatch(
                number=number,
                reference=reference,
                joined=[self._day(day) for day in joined],
                profile=[self._profile(profiles[row]) for row in some],
                postcodes=[len(one) for one in places],
                postcode=[postcode for one in places for postcode in one],
            )
        )

    def _day(self, day: str) -> int:
        known = self._days.get(day)
        if known is None:
            known = self._days[day] = day_number(day)
        return known

    def _profile(self, stored: tuple[Any, ...]) -> int:
        known = self._profiles.get(stored)
        if known is None:
            channels, groups, topics, opted_out = stored
            profile = Profile(
                channels,
                tuple(json.loads(groups)),
                tuple(json.loads(topics)),
                tuple(sorted(json.loads(opted_out or "{}"))),
            )
            known = self._profiles[stored] = self.gathering.profile(profile)
        return known


def _latest(members: Members, seq: Numbers, left: Numbers, left_seq: Numbers) -> Members:
    # Of one person's versions the last counts; there is more than one while old ones are removed.
    number = np.concatenate([members.number, left])
    order = np.argsort(number)
    if not (number[order][1:] == number[order][:-1]).any():
        return members
    order = np.lexsort((np.concatenate([seq, left_seq]), number))
    is_last = np.ones(len(order), dtype=np.bool_)
    is_last[:-1] = number[order][1:] != number[order][:-1]
    rows = np.sort(order[is_last])
    return members.take(rows[rows < len(members)])
