"""Importing a subscriber file: staged out of sight, made visible at once.

Rows are staged in short transactions, each decided against what is known then. The switch is one
short transaction: single changes that landed meanwhile are looked at again, so that the newer
knowledge holds; if another file landed meanwhile the import is refused. A file that was imported
before with the same as-of time and the same mode changes nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from geo_alerts.errors import ConfirmationNeededError, ConflictError, InvalidInputError
from geo_alerts.sources.files import Advance
from geo_alerts.sources.moments import in_words
from geo_alerts.sources.subscriber_rules import Decision, SubscriberRow
from geo_alerts.sources.subscribers import SubscriberFile
from geo_alerts.store.audit import SCRIPT, append_by_admin
from geo_alerts.store.database import Store
from geo_alerts.store.sequence import latest_seq, next_seq
from geo_alerts.store.staging import owner_of_this_process
from geo_alerts.store.subscriber_log import (
    BATCH_SUBSCRIBERS,
    Change,
    State,
    batches,
    change_sets_since,
    current,
    holding_now,
    next_change,
    row_of,
    states_of,
    states_of_numbers,
    with_change_set,
    with_news,
    write_changes,
)
from geo_alerts.store.subscriber_removal import discard, prune, tidy
from geo_alerts.store.tables import (
    change_set,
    subscriber_reference,
    subscriber_version,
    withdrawal,
)
from geo_alerts.store.withdrawals import withdrawals_in

# More people than this share of the active ones are not dropped without a yes.
DROPPED_UNASKED = 0.02

DROPPED = "dropped_because_missing"

# Puts a question to a person.
Confirm = Callable[[str], bool]


class SubscriberOutcome(StrEnum):
    """What an import did."""

    IMPORTED = "imported"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class SubscriberImport:
    """What an import did, and how many rows it changed in what way.

    Attributes:
        outcome: Whether it changed anything.
        seq: The number of its change set.
        as_of: When the file was true.
        counts: Each row once, by decision. Besides: `dropped_because_missing`, people without a
            row; `overtaken_by_newer`, those of the rows against which a change holds that came
            while the file was being imported.
    """

    outcome: SubscriberOutcome
    seq: int
    as_of: datetime
    counts: dict[str, int]


def import_subscribers(
    store: Store,
    file: SubscriberFile,
    *,
    replace: bool = False,
    confirm: Confirm | None = None,
    progress: Advance | None = None,
    by: str = SCRIPT,
) -> SubscriberImport:
    """Make what a file says of subscribers known.

    Args:
        store: Where to.
        file: Was read through.
        replace: Whether active people who are not in the file, and of whom nothing newer is known,
            are withdrawn; otherwise their lacking changes nothing.
        confirm: Asked before more than 2 % of the active people would be dropped so.
        progress: Told after each batch.
        by: Who imports it, for the record.

    Returns:
        What became of the rows; of a file that was imported before, what became of them then.

    Raises:
        InvalidInputError: The file's as-of time is yet to come.
        ConfirmationNeededError: Too many would be dropped, nobody said yes; nothing changes.
        ConflictError: Another file was imported meanwhile; nothing changes.
        SourceError: The file was changed since it was read; nothing changes.
    """
    if file.as_of > store.clock():
        raise InvalidInputError(
            f"{file.path.name} cannot be of {in_words(file.as_of)}, yet to come"
        )
    tidy(store)
    read_as = "replace" if replace else "update"
    with store.reading() as connection:
        before = _imported_before(connection, file, read_as)
    if before is not None:
        return before
    stage = _Stage.begin(store, file, read_as)
    try:
        _fill(stage, file, progress)
        if replace:
            _stage_dropped(stage, file, confirm)
        seq = stage.switch(by)
    except BaseException:
        discard(store, stage.set_id)
        raise
    prune(store, stage.set_id, seq)
    return SubscriberImport(SubscriberOutcome.IMPORTED, seq, file.as_of, dict(stage.counts))


# --- staging --------------------------------------------------------------------------------------


class _Stage:
    def __init__(self, store: Store, set_id: int, base_seq: int) -> None:
        self.store = store
        self.set_id = set_id
        self.base_seq = base_seq
        self.counts: Counter[str] = Counter()
        # What a version does not show of the row that it was made of.
        self.unsaid: frozenset[str] = frozenset()
        self.heard_late: dict[str, SubscriberRow] = {}

    @classmethod
    def begin(cls, store: Store, file: SubscriberFile, read_as: str) -> "_Stage":
        now = store.clock()
        with store.writing() as connection:
            base_seq = latest_seq(connection)
            values = {
                "kind": "file",
                "status": "staged",
                "base_seq": base_seq,
                "as_of": file.as_of,
                "sha256": file.sha256,
                "read_as": read_as,
                "source": file.path.name,
                "owner": owner_of_this_process(),
                "recorded_at": now,
                "heartbeat_at": now,
                "is_pruned": False,
                "counts": {},
            }
            made = connection.execute(insert(change_set).values(values).returning(change_set.c.id))
            return cls(store, made.scalar_one(), base_seq)

    def add(self, rows: list[SubscriberRow], *, counted_as: str | None = None) -> None:
        """Decide about rows and stage what they change; no reference may come twice."""
        with self.store.reading() as connection:
            states = states_of(connection, [row.reference for row in rows])
            # Who was erased meanwhile is not missing from the file either.
            heard = [row for row in rows if not counted_as or row.reference in states]
            changes = self._decide(connection, states, heard)
        for change in changes:
            self.counts[counted_as or change.decision.value] += 1
            self.unsaid |= change.row.unsaid
            # Its version is of a later time, and holds more than the row says.
            if change.version and change.version.known.known_at > change.row.known_at:
                self.heard_late[change.row.reference] = change.row
        with self.store.writing(gives_way=True) as connection:
            self._require_staged(connection)
            write_changes(connection, self.set_id, changes)

    def switch(self, by: str) -> int:
        """Make the change set visible, and record who did."""
        with self.store.writing() as connection:
            seq = next_seq(connection)
            self._require_staged(connection)
            if _files_since(connection, self.base_seq):
                raise ConflictError("another subscriber file was imported meanwhile; import again")
            for overtaken in _overtaken(connection, self.set_id, self.base_seq):
                self._decide_again(connection, overtaken)
            switched = update(change_set).where(change_set.c.id == self.set_id)
            now, counts = self.store.clock(), dict(self.counts)
            values = {"status": "switched", "seq": seq, "switched_at": now, "counts": counts}
            made = connection.execute(switched.values(values).returning(change_set)).one()
            about = {"seq": seq, "sha256": made.sha256, "read_as": made.read_as}
            about |= {"as_of": made.as_of.isoformat(), "counts": counts}
            append_by_admin(connection, "import.subscribers", by, now, about)
        return seq

    def _decide_again(self, connection: Connection, numbers: list[int]) -> None:
        mine = (subscriber_version.c.change_set_id == self.set_id) & (
            subscriber_version.c.number.in_(numbers)
        )
        query = select(subscriber_version, subscriber_reference.c.reference).join_from(
            subscriber_version,
            subscriber_reference,
            subscriber_reference.c.number == subscriber_version.c.number,
        )
        found = [row_of(one, self.unsaid) for one in connection.execute(query.where(mine))]
        rows = [self.heard_late.get(row.reference, row) for row in found]
        connection.execute(delete(subscriber_version).where(mine))
        connection.execute(delete(withdrawal).where(withdrawals_in(self.set_id, numbers)))
        states = states_of_numbers(connection, numbers)
        changes = self._decide(connection, states, rows)
        write_changes(connection, self.set_id, changes)
        self.counts["overtaken_by_newer"] += sum(one.decision == Decision.OLDER for one in changes)

    def _decide(
        self, connection: Connection, states: Mapping[str, State], rows: Iterable[SubscriberRow]
    ) -> list[Change]:
        now = self.store.clock()
        given = ((states.get(row.reference), row) for row in rows)
        decided = [next_change(state, holding_now(row, state, now)) for state, row in given]
        return with_news(connection, decided)

    def _require_staged(self, connection: Connection) -> None:
        is_mine = (change_set.c.id == self.set_id) & (change_set.c.status == "staged")
        beat = update(change_set).where(is_mine).values(heartbeat_at=self.store.clock())
        if connection.execute(beat).rowcount == 0:
            raise ConflictError("the import was silent for so long that it was removed; repeat it")


def _fill(stage: _Stage, file: SubscriberFile, progress: Advance | None) -> None:
    done = 0
    for batch in _batches(file.rows()):
        stage.add(batch)
        done += len(batch)
        if progress is not None:
            progress(done, file.row_count)


def _batches(rows: Iterable[SubscriberRow]) -> Iterator[list[SubscriberRow]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH_SUBSCRIBERS)):
        yield batch


# --- people who are not in the file ---------------------------------------------------------------


def _stage_dropped(stage: _Stage, file: SubscriberFile, confirm: Confirm | None) -> None:
    with stage.store.reading() as connection:
        active = _count(connection, subscriber_version.c.is_active)
        dropped = _count(connection, _is_missing(stage, file)) - _rejected(connection, stage, file)
    if dropped > active * DROPPED_UNASKED:
        question = (
            f"{dropped:,} of {active:,} active subscribers ({dropped / active:.1%}) are not in "
            f"{file.path.name} and would be withdrawn"
        )
        if confirm is None or not confirm(f"{question}. Withdraw them?"):
            raise ConfirmationNeededError(f"{question}; nothing was changed")
    after = -1
    while found := _missing_after(stage, file, after):
        after = found[-1].number
        gone = [
            SubscriberRow(row.reference, file.as_of, withdraws=True)
            for row in found
            if row.reference not in file.mentioned
        ]
        stage.add(gone, counted_as=DROPPED)


def _is_missing(stage: _Stage, file: SubscriberFile) -> Any:  # noqa: ANN401
    staged = subscriber_version.alias("staged")
    is_staged = select(staged.c.number).where(
        staged.c.change_set_id == stage.set_id, staged.c.number == subscriber_version.c.number
    )
    # Of whom more is known since, the file cannot speak.
    is_older = subscriber_version.c.as_of <= file.as_of
    return subscriber_version.c.is_active & is_older & ~is_staged.exists()


def _missing_after(stage: _Stage, file: SubscriberFile, after: int) -> list[Row[Any]]:
    query = with_change_set(select(subscriber_version.c.number, subscriber_reference.c.reference))
    query = query.join(
        subscriber_reference, subscriber_reference.c.number == subscriber_version.c.number
    )
    beyond = subscriber_version.c.number > after
    query = current(query).where(_is_missing(stage, file), beyond)
    with stage.store.reading() as connection:
        found = query.order_by(subscriber_version.c.number).limit(BATCH_SUBSCRIBERS)
        return list(connection.execute(found).all())


def _count(connection: Connection, which: Any) -> int:  # noqa: ANN401
    counted = with_change_set(select(func.count()))
    return int(connection.execute(current(counted).where(which)).scalar_one())


def _rejected(connection: Connection, stage: _Stage, file: SubscriberFile) -> int:
    # People whose row was rejected are not missing.
    count = 0
    mentioned = sorted(file.mentioned)
    for start in range(0, len(mentioned), BATCH_SUBSCRIBERS):
        batch = mentioned[start : start + BATCH_SUBSCRIBERS]
        numbers = select(subscriber_reference.c.number).where(
            subscriber_reference.c.reference.in_(batch)
        )
        is_among = subscriber_version.c.number.in_(numbers)
        count += _count(connection, _is_missing(stage, file) & is_among)
    return count


# --- before and after -----------------------------------------------------------------------------


def _imported_before(
    connection: Connection, file: SubscriberFile, read_as: str
) -> SubscriberImport | None:
    query = select(change_set).where(
        change_set.c.sha256 == file.sha256,
        change_set.c.as_of == file.as_of,
        change_set.c.read_as == read_as,
        change_set.c.seq.is_not(None),
    )
    row = connection.execute(query.order_by(change_set.c.seq).limit(1)).one_or_none()
    if row is None:
        return None
    return SubscriberImport(SubscriberOutcome.UNCHANGED, row.seq, row.as_of, row.counts)


def _files_since(connection: Connection, seq: int) -> bool:
    query = select(change_set.c.id).where(change_set.c.seq > seq, change_set.c.kind == "file")
    return connection.execute(query.limit(1)).one_or_none() is not None


def _overtaken(connection: Connection, set_id: int, seq: int) -> Iterator[list[int]]:
    # Staged people of whom something was made known since the import began.
    version = subscriber_version.c
    for sets in batches(change_sets_since(connection, seq)):
        changed = select(version.number).where(version.change_set_id.in_(sets)).distinct()
        for numbers in batches(list(connection.execute(changed).scalars())):
            is_staged = (version.change_set_id == set_id) & version.number.in_(numbers)
            yield list(connection.execute(select(version.number).where(is_staged)).scalars())
