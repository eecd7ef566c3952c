"""Frozen audiences: who was chosen, by random number and in order, and a second person's word.

A frozen list holds numbers, never references, and is written in batches that nobody sees before the
last. The recipients come first, then those held out for comparison, with no channels; both in the
order of their numbers, which tells nothing of where they live. `store/recipients.py` reads it.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    delete,
    false,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from geo_alerts.audiences.rows import NO_ROWS, Rows
from geo_alerts.errors import ConflictError, UnknownAudienceError
from geo_alerts.store.audience_tables import (
    UNFINISHED_AUDIENCES,
    audience,
    audience_decision,
    audience_recipient,
)
from geo_alerts.store.bulk import fetch_columns, insert_rows, make_rows
from geo_alerts.store.database import Store
from geo_alerts.store.staging import BATCH_ROWS, is_abandoned, owner_of_this_process

ID_BYTES = 12
# Of one that is not there and of one that is not the asker's to see, so that nobody can tell them
# apart.
NO_AUDIENCE = "there is no audience with this id, or it is not yours to see"

# Of a list's hash: each row as 8 bytes of its number, the lowest first, and one of its channels.
_HASHED = np.dtype([("number", "<i8"), ("channels", "u1")])

# Done in the transaction that makes an audience known.
Record = Callable[[Connection], object]


@dataclass(frozen=True, slots=True)
class Frozen:
    """An audience as it was frozen.

    Attributes:
        id: Random text.
        created_at: When.
        created_by: Who asked: `key:<id>`, `session:<name>` or `cli:<user>`.
        purpose: What for, in words.
        lawful_basis: Why it is lawful; empty of audiences that were frozen before it was asked.
        asked: The selection as it was asked, as JSON; None of audiences frozen before it was kept.
        selection: The selection with distances and saved areas worked out, as JSON.
        inputs: What it was made from, as JSON.
        counts: Its counts, as JSON.
        recipients_sha256: Of the whole list; see `FrozenList.sha256`.
        recipient_count: How many recipients there are.
        control_count: How many are held out beside them.
        needs_approval: Whether a second person must approve before recipients are read.
        subscribers_seq: The latest change of subscribers that was looked at.
    """

    id: str
    created_at: datetime
    created_by: str
    purpose: str
    lawful_basis: str
    asked: Mapping[str, Any] | None
    selection: Mapping[str, Any]
    inputs: Mapping[str, Any]
    counts: Mapping[str, Any]
    recipients_sha256: str
    recipient_count: int
    control_count: int
    needs_approval: bool
    subscribers_seq: int


class Approval(StrEnum):
    """Whether a second person's word is wanted on an audience, and what it was."""

    NOT_NEEDED = "not_needed"
    AWAITED = "awaited"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Decision:
    """A second person's word on an audience."""

    is_approved: bool
    decided_at: datetime
    decided_by: str
    note: str


@dataclass(frozen=True, slots=True)
class Kept:
    """An audience, and the second person's word where there is one."""

    frozen: Frozen
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class Which:
    """Which audiences are listed.

    Attributes:
        asked_by: Only those that somebody asked for; None for everybody's.
        or_needing_approval: And those of others of which a second person's word is or was wanted.
        approval: Of all these only those of this state; None for any.
    """

    asked_by: str | None = None
    or_needing_approval: bool = False
    approval: Approval | None = None


@dataclass(frozen=True, slots=True)
class AudiencesPage:
    """Some audiences.

    Attributes:
        audiences: The newest first.
        last: By which the next are asked for.
        is_last: Whether nothing follows.
    """

    audiences: list[Kept]
    last: int
    is_last: bool


@dataclass(frozen=True, eq=False)
class FrozenList:
    """Who is on a list, by position.

    Attributes:
        number: n random numbers: recipients ascending, then the control group ascending.
        channels: n sums of 1 email, 2 text, 4 voice; 0 for the control group.
    """

    number: Rows
    channels: npt.NDArray[np.uint8]

    @classmethod
    def of(cls, number: Rows, channels: npt.NDArray[np.uint8], control: Rows) -> "FrozenList":
        """The list of some recipients, with their channels, and a control group."""
        none = np.zeros(len(control), dtype=np.uint8)
        return cls(np.concatenate([number, control]), np.concatenate([channels, none]))

    def sha256(self) -> str:
        """The hash of the numbers and channels, in order."""
        rows = np.empty(len(self.number), dtype=_HASHED)
        rows["number"], rows["channels"] = self.number, self.channels
        return hashlib.sha256(rows.tobytes()).hexdigest()


def new_id() -> str:
    """An id that nobody can guess."""
    return secrets.token_hex(ID_BYTES)


def save(store: Store, frozen: Frozen, people: FrozenList, record: Record) -> None:
    """Keep an audience, whole or not at all.

    Args:
        store: Where to.
        frozen: The audience.
        people: Its list.
        record: Called at the end of the transaction that makes it known.

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
    is_whole = len(people.number) <= BATCH_ROWS
    with store.writing() as connection:
        made = connection.execute(insert(audience).values(values).returning(audience.c.row_id))
        row_id = made.scalar_one()
        # Nearly every audience is of one batch, and then of one transaction.
        _add(connection, row_id, people, 0)
        if is_whole:
            _set(connection, row_id, status="frozen")
            record(connection)
    if is_whole:
        return
    for start in range(BATCH_ROWS, len(people.number), BATCH_ROWS):
        with store.writing(gives_way=True) as connection:
            _set(connection, row_id, heartbeat_at=store.clock())
            _add(connection, row_id, people, start)
    with store.writing() as connection:
        _set(connection, row_id, status="frozen")
        record(connection)


def load(connection: Connection, audience_id: str) -> Kept:
    """An audience as it was frozen, and what a second person said.

    Raises:
        UnknownAudienceError: There is none of this id.
    """
    return _kept(frozen_row(connection, audience_id))


def frozen_row(connection: Connection, audience_id: str) -> Row[Any]:
    """The row of an audience, with the columns of its decision.

    Raises:
        UnknownAudienceError: There is none of this id.
    """
    row = connection.execute(_frozen().where(audience.c.id == audience_id)).one_or_none()
    if row is None:
        raise UnknownAudienceError(NO_AUDIENCE)
    return row


def latest(
    connection: Connection, which: Which, *, before: int | None, limit: int
) -> AudiencesPage:
    """Audiences, the newest first.

    Args:
        connection: A reading one.
        which: Which ones.
        before: `last` of the page before; None to begin.
        limit: At most so many.
    """
    query = _frozen().order_by(audience.c.row_id.desc()).limit(limit + 1)
    if which.asked_by is not None:
        is_theirs = audience.c.created_by == which.asked_by
        needing = audience.c.needs_approval if which.or_needing_approval else false()
        query = query.where(is_theirs | needing)
    if which.approval is not None:
        query = query.where(_stands(which.approval))
    if before is not None:
        query = query.where(audience.c.row_id < before)
    found = connection.execute(query).all()
    shown = found[:limit]
    last = shown[-1].row_id if shown else 0
    return AudiencesPage([_kept(row) for row in shown], last, len(found) <= limit)


def selections(connection: Connection) -> list[tuple[str, datetime, str, Mapping[str, Any]]]:
    """Id, time, purpose and selection (JSON) of every frozen audience, the latest first."""
    columns = (audience.c.id, audience.c.created_at, audience.c.purpose, audience.c.selection)
    query = select(*columns).where(audience.c.status == "frozen")
    found = connection.execute(query.order_by(audience.c.created_at.desc(), audience.c.id))
    return [(row.id, row.created_at, row.purpose, row.selection) for row in found]


def decide(connection: Connection, audience_id: str, said: Decision) -> tuple[Decision, bool]:
    """Keep a second person's word; the first one stands.

    Args:
        connection: A writing one.
        audience_id: Of the audience.
        said: The word.

    Returns:
        What is kept, and whether it is new.

    Raises:
        UnknownAudienceError: There is none of this id.
    """
    row_id = frozen_row(connection, audience_id).row_id
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    values = {name: getattr(said, name) for name in Decision.__slots__}
    added = dialect.insert(audience_decision).values(audience_row_id=row_id, **values)
    # By the row that comes back: PostgreSQL's driver tells no count of an insert that returns one.
    key = added.on_conflict_do_nothing().returning(audience_decision.c.audience_row_id)
    is_new = connection.execute(key).scalar() is not None
    kept = load(connection, audience_id).decision
    return kept or said, is_new


def numbers_of(connection: Connection, audience_id: str) -> Rows:
    """The random numbers of an audience's recipients as it was frozen, ascending.

    Raises:
        UnknownAudienceError: There is no audience of this id.
    """
    row_id = frozen_row(connection, audience_id).row_id
    query = select(audience_recipient.c.number).where(
        audience_recipient.c.audience_row_id == row_id, audience_recipient.c.channels != 0
    )
    batches = [np.array(batch[0], dtype=np.int64) for batch in fetch_columns(connection, query)]
    return np.sort(np.concatenate(batches or [NO_ROWS]))


def is_as_frozen(connection: Connection, audience_id: str) -> bool:
    """Tell whether an audience's list still has the hash that it was frozen with.

    Raises:
        UnknownAudienceError: There is no audience of this id.
    """
    row = frozen_row(connection, audience_id)
    people = audience_recipient.c
    query = select(people.number, people.channels).where(people.audience_row_id == row.row_id)
    whole = hashlib.sha256()
    for number, channels in fetch_columns(connection, query.order_by(people.position)):
        if row.asked is None:  # frozen before channels were: a line of text for each number
            whole.update("".join(f"{one}\n" for one in number).encode())
        else:
            rows = np.empty(len(number), dtype=_HASHED)
            rows["number"], rows["channels"] = number, channels
            whole.update(rows.tobytes())
    return bool(whole.hexdigest() == row.recipients_sha256)


def tidy(store: Store) -> None:
    """Remove audiences that nobody will finish, in batches."""
    with store.reading() as connection:
        staged = connection.execute(select(audience).where(UNFINISHED_AUDIENCES)).all()
    for row in staged:
        if row.status == "discarded" or is_abandoned(row.owner, row.heartbeat_at, store.clock()):
            _discard(store, row.row_id)


def _stands(approval: Approval) -> ColumnElement[bool]:
    said = audience_decision.c
    match approval:
        case Approval.NOT_NEEDED:
            return ~audience.c.needs_approval
        case Approval.AWAITED:
            return audience.c.needs_approval & said.audience_row_id.is_(None)
        case Approval.APPROVED:
            return audience.c.needs_approval & said.is_approved
        case Approval.REFUSED:
            return audience.c.needs_approval & ~said.is_approved


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


def _add(connection: Connection, row_id: int, people: FrozenList, start: int) -> None:
    number = people.number[start : start + BATCH_ROWS].tolist()
    columns = {
        "audience_row_id": [row_id] * len(number),
        "position": list(range(start, start + len(number))),
        "number": number,
        "channels": people.channels[start : start + BATCH_ROWS].tolist(),
    }
    insert_rows(connection, make_rows(connection.dialect, audience_recipient, columns))


def _set(connection: Connection, row_id: int, **values: Any) -> None:  # noqa: ANN401
    is_staged = (audience.c.row_id == row_id) & (audience.c.status == "staged")
    if connection.execute(update(audience).where(is_staged).values(values)).rowcount == 0:
        raise ConflictError("saving was silent for so long that it was given up; ask again")


def _frozen() -> Select[Any]:
    columns = (audience_decision.c[name] for name in Decision.__slots__)
    query = select(audience, *columns).outerjoin(audience_decision)
    return query.where(audience.c.status == "frozen")


def _kept(row: Row[Any]) -> Kept:
    said = Decision(*(getattr(row, name) for name in Decision.__slots__))
    frozen = Frozen(**{name: getattr(row, name) for name in Frozen.__slots__})
    return Kept(frozen, None if row.decided_at is None else said)
