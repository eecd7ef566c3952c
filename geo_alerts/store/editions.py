"""Editions of postcodes, boundaries and households: staged out of sight, switched on at once.

Of each layer one edition is active. An import writes to a staged edition in short transactions,
which nobody reads, so that no other writer waits for long and a crash leaves the old edition whole;
one short transaction then makes it the active one. What is read is identified by the SHA-256 of the
file and by the options that decide what is made of it: importing the active edition again changes
nothing, importing a superseded one that is still kept switches back to it without reading.

Superseded boundaries are kept, for they are small and answers of the past name them; of the large
layers the latest superseded edition is kept.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, insert, select, tuple_, update

from geo_alerts.errors import ConflictError
from geo_alerts.store.bulk import Columns, insert_rows, make_rows
from geo_alerts.store.database import Store
from geo_alerts.store.sequence import next_seq
from geo_alerts.store.staging import BATCH_ROWS, is_abandoned, owner_of_this_process
from geo_alerts.store.tables import boundary, edition, household, postcode_unit

POSTCODES = "postcodes"
TEAM = "team"
HOUSEHOLDS = "households"

# Superseded editions to keep; all of those that are not named.
KEPT_SUPERSEDED = {POSTCODES: 1, HOUSEHOLDS: 1}


class Outcome(StrEnum):
    """What an import did."""

    IMPORTED = "imported"
    UNCHANGED = "unchanged"
    REACTIVATED = "reactivated"
    RELABELLED = "relabelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionFacts:
    """What an importer knows of an edition.

    Attributes:
        layer: `postcodes`, `team`, `households` or another boundary layer.
        label: What people call the edition, for answers that name their inputs.
        source_name: Name of the file, without its folder.
        sha256: Of the file's content, hexadecimal.
        read_as: The options that decide what is made of the content, in one canonical text.
        published_on: Date or month as far as known, ISO 8601.
        valid_from: Date from which boundaries hold, ISO 8601.
        licence: With attribution.
        is_demonstration: Whether it is made up for the sample.
        notes: Further facts, as JSON.
    """

    layer: str
    label: str
    source_name: str
    sha256: str
    read_as: str = ""
    published_on: str | None = None
    valid_from: str | None = None
    licence: str = ""
    is_demonstration: bool = False
    notes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition(EditionFacts):
    """An edition in the store; `switched_seq` is the number of the change that made it active."""

    id: int
    status: str
    row_count: int
    recorded_at: datetime
    switched_at: datetime | None
    switched_seq: int | None


@dataclass(frozen=True, slots=True)
class EditionImport:
    """The edition that is active after an import, and what the import did."""

    edition: Edition
    outcome: Outcome


# --- looking --------------------------------------------------------------------------------------


def active_edition(connection: Connection, layer: str) -> Edition | None:
    """The active edition of a layer; None when nothing was imported."""
    return active_editions(connection).get(layer)


def active_editions(connection: Connection) -> dict[str, Edition]:
    """The active edition of every layer that has one."""
    found = connection.execute(select(edition).where(edition.c.status == "active"))
    return {row.layer: _edition(row) for row in found}


def editions_of(connection: Connection, layer: str) -> list[Edition]:
    """Every edition of a layer that was ever active and still has its rows, the latest first."""
    kept = edition.c.status.in_(("active", "superseded"))
    query = select(edition).where(edition.c.layer == layer, kept)
    return [
        _edition(row) for row in connection.execute(query.order_by(edition.c.switched_seq.desc()))
    ]


# --- importing ------------------------------------------------------------------------------------


class Stage:
    """A staged edition: add rows, then switch it on."""

    def __init__(self, store: Store, edition_id: int) -> None:
        """Go on with an edition that `staging` made."""
        self.edition_id = edition_id
        self.row_count = 0
        self._store = store

    def add(self, table: Table, columns: Columns) -> None:
        """Write a batch of rows in a transaction of its own.

        Args:
            table: `postcode_unit`, `boundary` or `household`.
            columns: Column name -> n values; without `edition_id`.

        Raises:
            ConflictError: The stage was taken for abandoned and removed.
        """
        count = len(next(iter(columns.values())))
        self.row_count += count
        staged = {"edition_id": [self.edition_id] * count, **columns}
        rows = make_rows(self._store.dialect, table, staged)
        with self._store.writing(gives_way=True) as connection:
            kept = {"heartbeat_at": self._store.clock(), "row_count": self.row_count}
            _require_staged(connection, self.edition_id, kept)
            insert_rows(connection, rows)

    def switch(self) -> Edition:
        """Make it the active edition of its layer.

        Raises:
            ConflictError: Another edition became active since this one was begun; it is discarded.
        """
        with self._store.writing() as connection:
            seq = next_seq(connection)
            staged = _require_staged(connection, self.edition_id, {})
            now_active = active_edition(connection, staged.layer)
            if (now_active.id if now_active else None) != staged.base_id:
                raise ConflictError(
                    f"another import of {staged.layer} was switched on meanwhile; import again"
                )
            return _activate(connection, self._store, staged, seq)


@contextmanager
def staging(store: Store, facts: EditionFacts) -> Iterator[Stage]:
    """Begin a staged edition; it is discarded when the block raises."""
    now = store.clock()
    with store.writing() as connection:
        base = active_edition(connection, facts.layer)
        values = {one.name: getattr(facts, one.name) for one in fields(EditionFacts)}
        values |= {
            "notes": dict(facts.notes),
            "row_count": 0,
            "status": "staged",
            "owner": owner_of_this_process(),
            "base_id": base.id if base else None,
            "recorded_at": now,
            "heartbeat_at": now,
        }
        edition_id = connection.execute(insert(edition).values(values).returning(edition.c.id))
        stage = Stage(store, edition_id.scalar_one())
    try:
        yield stage
    except BaseException:
        discard(store, stage.edition_id)
        raise


def import_again(
    store: Store, layer: str, sha256: str, read_as: str = "", *, label: str | None = None
) -> EditionImport | None:
    """Answer an import of what is in the store already, before anything is read.

    Args:
        store: Where to.
        layer: Of the edition.
        sha256: Of the file's content, hexadecimal.
        read_as: The options that decide what is made of the content.
        label: What the edition is to be called; as it is when None. Answers of the past keep the
            label of their time.

    Returns:
        None when it is not there and must be read.
    """
    is_same = (
        (edition.c.layer == layer)
        & (edition.c.sha256 == sha256)
        & (edition.c.read_as == read_as)
        & edition.c.status.in_(("active", "superseded"))
    )
    # "active" comes before "superseded".
    query = select(edition).where(is_same).order_by(edition.c.status).limit(1)
    with store.reading() as connection:
        found = connection.execute(query).one_or_none()
    if found is None:
        return None
    if found.status == "active" and label in (None, found.label):
        return EditionImport(_edition(found), Outcome.UNCHANGED)
    with store.writing() as connection:
        seq = next_seq(connection)
        found = connection.execute(query.with_for_update()).one_or_none()
        if found is None:
            return None
        outcome = Outcome.RELABELLED if found.status == "active" else Outcome.REACTIVATED
        return EditionImport(_activate(connection, store, found, seq, label), outcome)


def import_edition(
    store: Store, facts: EditionFacts, fill: Callable[[Stage], None]
) -> EditionImport:
    """Stage an edition, switch it on, and remove what it makes superfluous.

    Args:
        store: Where to.
        facts: What is known of the edition.
        fill: Adds every row to the stage.

    Returns:
        The active edition: the one of the same content, where that is in the store already.

    Raises:
        ConflictError: Another import of the layer, of other content, came first.
    """
    tidy(store)
    again = import_again(store, facts.layer, facts.sha256, facts.read_as)
    if again is not None:
        return again
    try:
        with staging(store, facts) as stage:
            fill(stage)
            switched = stage.switch()
    except ConflictError:
        # Where the same content came first, what was asked for is done.
        again = import_again(store, facts.layer, facts.sha256, facts.read_as)
        if again is None:
            raise
        return again
    _prune(store, facts.layer)
    return EditionImport(switched, Outcome.IMPORTED)


# --- removing -------------------------------------------------------------------------------------


def tidy(store: Store) -> int:
    """Remove stages that nobody will finish, and what an interrupted removal left.

    Returns:
        How many were abandoned.
    """
    with store.reading() as connection:
        staged = connection.execute(select(edition).where(edition.c.status == "staged")).all()
        begun = select(edition.c.id).where(edition.c.status == "discarded")
        for_removal = list(connection.execute(begun).scalars())
    now = store.clock()
    abandoned = [row.id for row in staged if is_abandoned(row.owner, row.heartbeat_at, now)]
    for edition_id in for_removal + abandoned:
        discard(store, edition_id)
    return len(abandoned)


def discard(store: Store, edition_id: int) -> None:
    """Remove the rows of an edition that is not active, in batches, and its record if it never was.

    The record of an edition that once was active stays, for answers of the past name it.
    """
    with store.writing() as connection:
        is_idle = edition.c.status.in_(("staged", "superseded", "discarded"))
        marked = update(edition).where(edition.c.id == edition_id, is_idle)
        if connection.execute(marked.values(status="discarded")).rowcount == 0:
            return
    for table in (postcode_unit, boundary, household):
        while _remove_batch(store, table, edition_id):
            pass
    is_emptied = (edition.c.id == edition_id) & (edition.c.status == "discarded")
    with store.writing() as connection:
        connection.execute(delete(edition).where(is_emptied, edition.c.switched_at.is_(None)))
        connection.execute(update(edition).where(is_emptied).values(status="removed"))


def _remove_batch(store: Store, table: Table, edition_id: int) -> int:
    key = list(table.primary_key.columns)
    with store.writing(gives_way=True) as connection:
        batch = select(*key).where(key[0] == edition_id).order_by(*key).limit(BATCH_ROWS)
        return connection.execute(delete(table).where(tuple_(*key).in_(batch))).rowcount


def _prune(store: Store, layer: str) -> None:
    kept = KEPT_SUPERSEDED.get(layer)
    if kept is None:
        return
    with store.reading() as connection:
        superseded = [one for one in editions_of(connection, layer) if one.status == "superseded"]
    for old in superseded[kept:]:
        discard(store, old.id)


# --- rows -----------------------------------------------------------------------------------------


def _require_staged(connection: Connection, edition_id: int, values: Mapping[str, Any]) -> Row[Any]:
    is_mine = (edition.c.id == edition_id) & (edition.c.status == "staged")
    if values:
        connection.execute(update(edition).where(is_mine).values(values))
    row = connection.execute(select(edition).where(is_mine).with_for_update()).one_or_none()
    if row is None:
        raise ConflictError("the import was silent for so long that it was removed; import again")
    return row


def _activate(
    connection: Connection, store: Store, chosen: Row[Any], seq: int, label: str | None = None
) -> Edition:
    is_old = (edition.c.layer == chosen.layer) & (edition.c.status == "active")
    connection.execute(update(edition).where(is_old).values(status="superseded"))
    switched = (
        update(edition)
        .where(edition.c.id == chosen.id)
        .values(
            label=chosen.label if label is None else label,
            status="active",
            switched_at=store.clock(),
            switched_seq=seq,
        )
    )
    return _edition(connection.execute(switched.returning(edition)).one())


def _edition(row: Row[Any]) -> Edition:
    return Edition(**{one.name: getattr(row, one.name) for one in fields(Edition)})
