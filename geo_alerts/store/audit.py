"""The audit trail: who did what, when and why, as a chain of hashes that nobody can mend unseen.

Each entry's hash is SHA-256 over the hash before it and the entry's own text, and `audit_head` says
where the chain ends. Whoever changes, removes, adds or reorders entries breaks the chain; whoever
works out the whole chain anew ends at another hash than the one that was noted elsewhere before.

An entry holds random numbers of subscribers and counts, never a reference; so erasing a person
leaves the chain as it is. What is large and kept elsewhere is named by its id and hash.
"""

import hashlib
import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, insert, select, update

from geo_alerts.errors import InvalidInputError, StoreError
from geo_alerts.store.audience_tables import audit_entry, audit_head

# What the first entry has in the place of the hash before it.
NO_HASH: Final = "0" * 64
# A double holds whole numbers up to here; RFC 8785 has greater ones written as text.
GREATEST_NUMBER: Final = 2**53 - 1
# Who works at the machine itself by a script or a notebook that gives no name.
SCRIPT: Final = "script"
# What everybody is allowed as who works at the machine itself.
OPERATOR_ROLE: Final = "admin"
ROWS_AT_ONCE: Final = 1_000
# What may be recorded, be it there already or not.
ACTS: Final = frozenset(
    {
        "alert.sent",
        *(f"audience.{verb}" for verb in ("approve", "freeze", "list", "read", "refuse")),
        *("audience.replies", "audience.unplaced"),
        *("boundary.activate", "crimes.remove"),
        *(f"hotspots.{verb}" for verb in ("backtest", "look", "remove", "run")),
        *(f"import.{what}" for what in ("contacts", "crimes", "households", "postcodes")),
        "import.subscribers",
        *("key.create", "key.revoke", "label.sensitive", "place.owner", "protection.refresh"),
        *("session.begin", "setting.policy", "sign_in.link", "subscriber.erase"),
    }
)
SEE: Final = "see geo-alerts audit verify"
HEAD: Final = select(audit_head.c.seq, audit_head.c.sha256)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: how many entries there are, and the hash of the last."""

    seq: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Link:
    """One row of the trail, as it is stored.

    Attributes:
        seq: 1, 2, 3 …
        act: What lists are filtered by; the document says the same.
        at: Likewise; ISO 8601, UTC, of one width.
        document: Canonical JSON (RFC 8785), as it was hashed.
        previous_sha256: The hash of the entry before.
        sha256: Of this entry.
    """

    seq: int
    act: str
    at: str
    document: str
    previous_sha256: str
    sha256: str


def append(
    connection: Connection,
    *,
    act: str,
    who: str,
    role: str,
    at: datetime,
    details: Mapping[str, Any],
) -> int:
    """Add an entry in the transaction of the act itself: both are kept, or neither.

    The end of the chain stays locked until the transaction ends, so make this its last step, and
    take a number of the change counter before it, never after it.

    Args:
        connection: A writing transaction.
        act: `noun.verb`, such as `audience.freeze`.
        who: As records tell who asked: `key:<id>`, `session:<name>`, `cli:<user>`.
        role: What they were allowed as.
        at: When, by the store's clock.
        details: Text, numbers, booleans, None, lists and mappings of them. No references, and
            postcodes only as part of a selection.

    Returns:
        The entry's number.

    Raises:
        InvalidInputError: A number is not finite, or a text has half of a character.
        StoreError: Somebody removed the end of the chain.
    """
    last = _head(connection, HEAD.with_for_update())
    if last is None:
        raise StoreError(f"the audit trail has no end any more: {SEE}")
    seq = last.seq + 1
    moment = _moment(at)
    document = canonical(
        {"act": act, "at": moment, "details": details, "role": role, "seq": seq, "who": who}
    )
    sha256 = link_sha256(last.sha256, document)
    connection.execute(
        insert(audit_entry).values(
            seq=seq,
            act=act,
            at=moment,
            document=document,
            previous_sha256=last.sha256,
            sha256=sha256,
        )
    )
    connection.execute(update(audit_head).values(seq=seq, sha256=sha256))
    return seq


def append_by_admin(
    connection: Connection, act: str, by: str, at: datetime, details: Mapping[str, Any]
) -> int:
    """The same for an act that only administrators and operators of the machine may do."""
    return append(connection, act=act, who=by, role=OPERATOR_ROLE, at=at, details=details)


def link_sha256(previous_sha256: str, document: str) -> str:
    """The hash of an entry: of the hash before it as text, then of its document in UTF-8."""
    return hashlib.sha256(f"{previous_sha256}{document}".encode()).hexdigest()


def canonical(value: Mapping[str, Any]) -> str:
    """JSON of one form: sorted keys, no spaces, nothing escaped that need not be (RFC 8785).

    It differs from the standard in fractions only, which are written as Python writes them.

    Raises:
        InvalidInputError: A number is not finite, or a text has half of a character.
    """
    try:
        text = json.dumps(
            _exact(value),
            sort_keys=True,
            separators=(",", ":"),
            ensure_ascii=False,
            allow_nan=False,
        )
        text.encode()
    except ValueError as error:
        raise InvalidInputError("the audit trail takes finite numbers and whole text") from error
    return text


def head(connection: Connection) -> Head | None:
    """Where the chain ends; None when somebody removed that."""
    return _head(connection, HEAD)


def chain(connection: Connection) -> Generator[Link]:
    """Every entry in order, a thousand rows at a time; close it where you stop before the end."""
    ordered = select(audit_entry).order_by(audit_entry.c.seq)
    with connection.execute(ordered.execution_options(yield_per=ROWS_AT_ONCE)) as found:
        for row in found:
            yield _link(row)


def acts(connection: Connection) -> frozenset[str]:
    """What may be recorded, and what is."""
    return ACTS.union(connection.execute(select(audit_entry.c.act).distinct()).scalars())


def latest(
    connection: Connection,
    *,
    before: int | None = None,
    act: str | None = None,
    since: datetime | None = None,
    limit: int,
) -> list[Link]:
    """Entries, the newest first.

    Args:
        connection: A look at the store.
        before: Only entries with a lower number.
        act: Only entries of this act.
        since: Only entries of this time or later.
        limit: At most so many.
    """
    wanted: list[ColumnElement[bool]] = []
    if before is not None:
        wanted.append(audit_entry.c.seq < before)
    if act is not None:
        wanted.append(audit_entry.c.act == act)
    if since is not None:
        wanted.append(audit_entry.c.at >= _moment(since))
    newest = select(audit_entry).where(*wanted).order_by(audit_entry.c.seq.desc()).limit(limit)
    return [_link(row) for row in connection.execute(newest)]


def _head(connection: Connection, query: Select[Any]) -> Head | None:
    row = connection.execute(query).one_or_none()
    return None if row is None else Head(row.seq, row.sha256)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _link(row: Row[Any]) -> Link:
    return Link(row.seq, row.act, row.at, row.document, row.previous_sha256, row.sha256)


def _exact(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, Mapping):
        return {str(key): _exact(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(item) for item in value]
    if isinstance(value, int) and not -GREATEST_NUMBER <= value <= GREATEST_NUMBER:
        return str(value)
    return value
