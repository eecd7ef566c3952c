"""Editions of all kinds: staged out of sight, made visible at once.

An import writes to a staged edition in short transactions, so that no other writer waits for long
and a crash leaves what there was whole; one transaction then makes it visible. What is read is
identified by the SHA-256 of the file and by the options that decide what is made of it.

Postcodes, households and contacts are simple layers: of each one edition is active, an import
switches it on, importing it again changes nothing, and importing a superseded one that is still
kept switches back to it without reading. Of the large layers the latest superseded edition is kept.

Boundaries become drafts; `store/activations.py` says when each holds. All of them are kept.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, insert, select, update

from geo_alerts.errors import ConflictError
from geo_alerts.store.audit import SCRIPT, append_by_admin
from geo_alerts.store.bulk import Columns, insert_rows, make_rows
from geo_alerts.store.database import Store
from geo_alerts.store.edition_removal import discard, prune, tidy
from geo_alerts.store.sequence import lock_seq, next_seq
from geo_alerts.store.staging import owner_of_this_process
from geo_alerts.store.tables import cell_block, edition

POSTCODES = "postcodes"
TEAM = "team"
HOUSEHOLDS = "households"
CONTACTS = "contacts"
# Every other layer is one of boundaries.
NO_BOUNDARIES = frozenset({POSTCODES, HOUSEHOLDS, CONTACTS})

# Of the notes of boundaries.
PARENT_EDITION = "parent_edition"

# Superseded editions to keep, of simple layers.
KEPT_SUPERSEDED = {POSTCODES: 1, HOUSEHOLDS: 1, CONTACTS: 1}

# Of editions that are there to be read; the staged and the discarded are nobody's to see.
READABLE = ("draft", "checked", "active", "superseded")


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
        layer: `postcodes`, `households`, `contacts`, `team` or another boundary layer.
        label: What people call the edition, for answers that name their inputs.
        source_name: Name of the file, without its folder.
        sha256: Of the file's content, hexadecimal.
        read_as: The options that decide what is made of the content, in one canonical text.
        published_on: Date or month as far as known, ISO 8601.
        valid_from: Date from which boundaries hold, ISO 8601.
        licence: With attribution.
        is_demonstration: Whether it is made up for the sample.
        notes: Further facts, as JSON; under `PARENT_EDITION` the number of the edition of the
            parent layer that was in force at the import.
        parent_layer: The layer that areas name their parents of; None when they name none.
        repaired_from: Id of the edition that this one is a repair of.
        recorded_by: Who imported it.
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
    parent_layer: str | None = None
    repaired_from: int | None = None
    recorded_by: str = SCRIPT


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition(EditionFacts):
    """An edition in the store.

    Attributes:
        id: Its number; never given again.
        status: `draft`, `checked`, `active` or `superseded` where it can be read.
        row_count: Of units, areas and so on.
        recorded_at: When the import began.
        switched_at: When it was switched on or activated last.
        switched_seq: The number of that change.
        checked_at: When its boundaries were checked last.
        check_report: What was found, as JSON.
    """

    id: int
    status: str
    row_count: int
    recorded_at: datetime
    switched_at: datetime | None
    switched_seq: int | None
    checked_at: datetime | None
    check_report: Mapping[str, Any] | None

    @property
    def is_boundaries(self) -> bool:
        """Whether activations say when it is in force."""
        return self.layer not in NO_BOUNDARIES

    def require_checked(self) -> None:
        """Refuse boundaries that no check has passed yet, and say what to do."""
        step = f"must pass a check first (geo-alerts boundaries check {self.id})"
        if self.check_report is not None:
            repair = f"geo-alerts boundaries repair {self.id} --tolerance 1"
            step = f"has errors, as its check found: mend the file, or {repair}"
        if self.status != "checked":
            raise ConflictError(f"edition {self.id} is a {self.status}: it {step}")


@dataclass(frozen=True, slots=True)
class EditionImport:
    """The edition that an import made or found, and what the import did."""

    edition: Edition
    outcome: Outcome


# --- looking --------------------------------------------------------------------------------------


def active_edition(connection: Connection, layer: str) -> Edition | None:
    """The active edition of a simple layer; None when nothing was imported."""
    return active_editions(connection).get(layer)


def active_editions(connection: Connection) -> dict[str, Edition]:
    """The active edition of every simple layer that has one."""
    found = connection.execute(select(edition).where(edition.c.status == "active"))
    return {row.layer: edition_of_row(row) for row in found}


# --- importing ------------------------------------------------------------------------------------


class Stage:
    """A staged edition: add rows, then switch it on or keep it as a draft."""

    def __init__(self, store: Store, edition_id: int) -> None:
        """Go on with an edition that `staging` made."""
        self.edition_id = edition_id
        self.row_count = 0
        self._store = store

    def add(self, table: Table, columns: Columns) -> None:
        """Write a batch of rows in a transaction of its own.

        Args:
            table: One whose rows belong to an edition.
            columns: Column name -> n values; without `edition_id`.

        Raises:
            ConflictError: The stage was taken for abandoned and removed.
        """
        count = len(next(iter(columns.values())))
        self.row_count += count if table is not cell_block else 0
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
            return _activate(connection, self._store, staged, seq, by=staged.recorded_by)

    def keep_as_draft(self) -> Edition:
        """Let it be read, and be in force on no day yet.

        Raises:
            ConflictError: The same content became a draft since this one was begun.
        """
        with self._store.writing() as connection:
            lock_seq(connection)
            staged = _require_staged(connection, self.edition_id, {})
            if connection.execute(_same(staged.layer, staged.sha256, staged.read_as)).first():
                raise ConflictError(f"the same {staged.layer} boundaries were imported meanwhile")
            kept = update(edition).where(edition.c.id == self.edition_id).values(status="draft")
            return edition_of_row(connection.execute(kept.returning(edition)).one())


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
    store: Store,
    layer: str,
    sha256: str,
    read_as: str = "",
    *,
    label: str | None = None,
    by: str = SCRIPT,
) -> EditionImport | None:
    """Answer an import of what is in the store already, before anything is read.

    A superseded edition of a simple layer is switched on again; boundaries are left as they are.

    Args:
        store: Where to.
        layer: Of the edition.
        sha256: Of the file's content, hexadecimal.
        read_as: The options that decide what is made of the content.
        label: What the edition is to be called; as it is when None. Answers of the past keep the
            label of their time.
        by: Who imports it again.

    Returns:
        None when it is not there and must be read.
    """
    query = _same(layer, sha256, read_as)
    with store.reading() as connection:
        found = connection.execute(query).first()
    if found is None:
        return None
    if found.status != "superseded" and label in (None, found.label):
        return EditionImport(edition_of_row(found), Outcome.UNCHANGED)
    with store.writing() as connection:
        seq = next_seq(connection)
        found = connection.execute(query.with_for_update()).first()
        if found is None:
            return None
        if found.status != "superseded":
            return EditionImport(_relabel(connection, found.id, label), Outcome.RELABELLED)
        active = _activate(connection, store, found, seq, by=by, label=label)
        return EditionImport(active, Outcome.REACTIVATED)


def _same(layer: str, sha256: str, read_as: str) -> Select[Any]:
    is_same = (
        (edition.c.layer == layer)
        & (edition.c.sha256 == sha256)
        & (edition.c.read_as == read_as)
        & edition.c.status.in_(READABLE)
    )
    # "active" comes before "superseded".
    return select(edition).where(is_same).order_by(edition.c.status, edition.c.id).limit(1)


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
    done = _import(store, facts, fill, Stage.switch)
    if done.outcome == Outcome.IMPORTED:
        prune(store, facts.layer, KEPT_SUPERSEDED[facts.layer])
    return done


def import_as_draft(
    store: Store, facts: EditionFacts, fill: Callable[[Stage], None]
) -> EditionImport:
    """Stage an edition of boundaries and keep it as a draft.

    Args:
        store: Where to.
        facts: What is known of the edition.
        fill: Adds every row to the stage.

    Returns:
        The draft, or the edition of the same content, whatever its state, where that is there.
    """
    return _import(store, facts, fill, Stage.keep_as_draft)


def _import(
    store: Store,
    facts: EditionFacts,
    fill: Callable[[Stage], None],
    finish: Callable[[Stage], Edition],
) -> EditionImport:
    tidy(store)
    again = import_again(store, facts.layer, facts.sha256, facts.read_as)
    if again is not None:
        return again
    try:
        with staging(store, facts) as stage:
            fill(stage)
            finished = finish(stage)
    except ConflictError:
        # Where the same content came first, what was asked for is done.
        again = import_again(store, facts.layer, facts.sha256, facts.read_as)
        if again is None:
            raise
        return again
    return EditionImport(finished, Outcome.IMPORTED)


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
    connection: Connection,
    store: Store,
    chosen: Row[Any],
    seq: int,
    *,
    by: str,
    label: str | None = None,
) -> Edition:
    is_old = (edition.c.layer == chosen.layer) & (edition.c.status == "active")
    connection.execute(update(edition).where(is_old).values(status="superseded"))
    now, named = store.clock(), chosen.label if label is None else label
    values = {"label": named, "status": "active", "switched_at": now, "switched_seq": seq}
    switched = update(edition).where(edition.c.id == chosen.id).values(values)
    active = edition_of_row(connection.execute(switched.returning(edition)).one())
    about = {"edition": active.id, "label": named, "sha256": active.sha256}
    about["rows"] = active.row_count
    append_by_admin(connection, f"import.{active.layer}", by, now, about)
    return active


def _relabel(connection: Connection, edition_id: int, label: str | None) -> Edition:
    renamed = update(edition).where(edition.c.id == edition_id).values(label=label)
    return edition_of_row(connection.execute(renamed.returning(edition)).one())


def edition_of_row(row: Row[Any]) -> Edition:
    """An edition from a row of the table."""
    return Edition(**{one.name: getattr(row, one.name) for one in fields(Edition)})
