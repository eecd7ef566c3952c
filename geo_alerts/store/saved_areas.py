"""Target areas that people saved: append-only versions, and what should be looked at again.

A review is opened together with the activation that touches the area (`store/activations.py`), or
with an area that is saved when the activation's day is still to come. It stays open until somebody
closes it.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, update

from geo_alerts.errors import ConflictError, UnknownSavedAreaError
from geo_alerts.store.columns import can_number_a_row
from geo_alerts.store.database import Store
from geo_alerts.store.sequence import next_seq
from geo_alerts.store.tables import activation as activation_table
from geo_alerts.store.tables import saved_area as area_table
from geo_alerts.store.tables import saved_area_review as review_table
from geo_alerts.store.tables import saved_area_version as version_table

ID_BYTES = 12
VERSION_BITS = 32


@dataclass(frozen=True, slots=True)
class SavedArea:
    """One version of a saved area.

    Attributes:
        id: Random text.
        name: What people call it.
        owner: Who saved it first.
        created_at: When.
        version: 1 for the first.
        area: The target area, as JSON.
        saved_at: When this version was saved.
        saved_by: Who did.
        note: Why, in words.
    """

    id: str
    name: str
    owner: str
    created_at: datetime
    version: int
    area: Mapping[str, Any]
    saved_at: datetime
    saved_by: str
    note: str


@dataclass(frozen=True, slots=True)
class SavedAreaReview:
    """That somebody should look at a saved area, or did.

    Attributes:
        saved_area_id: Of the area.
        version: The version that was looked at when it was opened.
        activation_seq: The activation that opened it.
        reason: What happened to the area, as JSON.
        opened_at: When.
        closed_at: When somebody had looked; None while it is open.
        closed_by: Who had.
    """

    saved_area_id: str
    version: int
    activation_seq: int
    reason: Mapping[str, Any]
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str | None


@dataclass(frozen=True, slots=True)
class ToCome:
    """What activations of days to come do to an area that is being saved.

    Attributes:
        seq: The number of the latest change of the store that was looked at; None for none.
        reasons: Number of an activation -> what it does to the area, as JSON, for a review.
    """

    seq: int | None = None
    reasons: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)


NOTHING_TO_COME = ToCome()


@dataclass(frozen=True, slots=True)
class Change:
    """Why a saved area is changed, and from what.

    Attributes:
        note: Why, in words.
        from_version: The latest version that whoever saves knew of; None for any.
    """

    note: str = ""
    from_version: int | None = None


UNTOLD = Change()


def save(
    store: Store,
    name: str,
    owner: str,
    area: Mapping[str, Any],
    by: str,
    to_come: ToCome = NOTHING_TO_COME,
) -> SavedArea:
    """Keep a new target area.

    Args:
        store: Where to.
        name: What people call it.
        owner: Whose it is.
        area: The target area, as JSON, already checked.
        by: Who saves it.
        to_come: Reviews to open with it.

    Returns:
        Its first version.

    Raises:
        ConflictError: Boundaries were activated since `to_come` was worked out.
    """
    saved_area_id = secrets.token_hex(ID_BYTES)
    with store.writing() as connection:
        seq, now = next_seq(connection), store.clock()
        made = {"id": saved_area_id, "name": name, "owner": owner, "created_at": now}
        connection.execute(insert(area_table).values(made))
        version = {"version": 1, "seq": seq, "created_at": now, "created_by": by, "note": ""}
        values = {"saved_area_id": saved_area_id, "area": dict(area), **version}
        connection.execute(insert(version_table).values(values))
        saved = saved_area(connection, saved_area_id)
        _open_reviews(connection, saved, to_come)
        return saved


def save_version(
    store: Store,
    saved_area_id: str,
    area: Mapping[str, Any],
    by: str,
    change: Change = UNTOLD,
    to_come: ToCome = NOTHING_TO_COME,
) -> tuple[SavedArea, bool]:
    """Keep a new version of a saved area; the earlier ones stay. The area as it is makes none.

    Args:
        store: Where to.
        saved_area_id: Of the area.
        area: The target area, as JSON, already checked.
        by: Who saves it.
        change: Why, and from which version.
        to_come: Reviews to open with it.

    Returns:
        The latest version, and whether it is a new one.

    Raises:
        UnknownSavedAreaError: There is no such area.
        ConflictError: Somebody saved a later version than that which it was changed from, or
            boundaries were activated since `to_come` was worked out.
    """
    with store.writing() as connection:
        seq = next_seq(connection)
        before = saved_area(connection, saved_area_id)
        if before.area == area and (change.from_version or 0) <= before.version:
            return before, False
        if change.from_version is not None and change.from_version != before.version:
            raise ConflictError(_meanwhile(before, change.from_version))
        values = {
            "saved_area_id": saved_area_id,
            "version": before.version + 1,
            "seq": seq,
            "area": dict(area),
            "created_at": store.clock(),
            "created_by": by,
            "note": change.note,
        }
        connection.execute(insert(version_table).values(values))
        saved = saved_area(connection, saved_area_id)
        _open_reviews(connection, saved, to_come)
        return saved, True


def saved_area(connection: Connection, saved_area_id: str, version: int | None = None) -> SavedArea:
    """A version of a saved area; the latest when none is named.

    Raises:
        UnknownSavedAreaError: There is no such area or no such version.
    """
    query = _versions().where(area_table.c.id == saved_area_id)
    if version is not None:
        query = query.where(version_table.c.version == version)
    newest = query.order_by(version_table.c.version.desc()).limit(1)
    row = None
    if version is None or can_number_a_row(version, VERSION_BITS):
        row = connection.execute(newest).mappings().one_or_none()
    if row is None:
        which = "" if version is None else f" in version {version}"
        raise UnknownSavedAreaError(f"there is no saved area {saved_area_id[:40]!r}{which}")
    return SavedArea(**row)


def saved_areas(connection: Connection) -> list[SavedArea]:
    """The latest version of every saved area, by name."""
    of_same = version_table.alias("of_same")
    latest = (
        select(func.max(of_same.c.version))
        .where(of_same.c.saved_area_id == area_table.c.id)
        .scalar_subquery()
    )
    query = _versions().where(version_table.c.version == latest)
    found = connection.execute(query.order_by(area_table.c.name, area_table.c.id)).mappings()
    return [SavedArea(**row) for row in found]


def versions_of(connection: Connection, saved_area_id: str) -> list[SavedArea]:
    """Every version of a saved area, the first one first; none where there is no such area."""
    query = _versions().where(area_table.c.id == saved_area_id)
    found = connection.execute(query.order_by(version_table.c.version)).mappings()
    return [SavedArea(**row) for row in found]


def every_version(connection: Connection) -> list[SavedArea]:
    """Every version of every saved area, by name."""
    in_turn = _versions().order_by(area_table.c.name, area_table.c.id, version_table.c.version)
    return [SavedArea(**row) for row in connection.execute(in_turn).mappings()]


def open_reviews(connection: Connection) -> list[SavedAreaReview]:
    """What nobody has looked at yet, the oldest first."""
    query = select(review_table).where(review_table.c.closed_at.is_(None))
    in_turn = query.order_by(review_table.c.activation_seq, review_table.c.saved_area_id)
    return [SavedAreaReview(**row) for row in connection.execute(in_turn).mappings()]


def close_review(store: Store, saved_area_id: str, activation_seq: int, *, by: str) -> bool:
    """Note that somebody looked at a saved area after an activation.

    Returns:
        False when somebody had before, who stays the one.

    Raises:
        UnknownSavedAreaError: The activation opened no review of such an area.
    """
    opened_none = f"change {activation_seq} opened no review of a saved area {saved_area_id[:40]!r}"
    if not can_number_a_row(activation_seq):
        raise UnknownSavedAreaError(opened_none)
    is_it = (review_table.c.saved_area_id == saved_area_id) & (
        review_table.c.activation_seq == activation_seq
    )
    closed = {"closed_at": store.clock(), "closed_by": by}
    with store.writing() as connection:
        still_open = update(review_table).where(is_it, review_table.c.closed_at.is_(None))
        if connection.execute(still_open.values(closed)).rowcount:
            return True
        if connection.execute(select(review_table.c.version).where(is_it)).first() is None:
            raise UnknownSavedAreaError(opened_none)
        return False


def _meanwhile(latest: SavedArea, known: int) -> str:
    # Of a key only its number is known, which tells nobody anything.
    how, _, name = latest.saved_by.partition(":")
    who = name if how == "session" else "somebody else"
    if known > latest.version:
        return f"there is no version {known} yet: the latest is {latest.version}; look at it"
    return (
        f"{who} saved version {latest.version} meanwhile, and nothing was saved over it: look at "
        "it, then save again from that version"
    )


def _open_reviews(connection: Connection, saved: SavedArea, to_come: ToCome) -> None:
    latest = connection.execute(select(func.max(activation_table.c.seq))).scalar() or 0
    if to_come.seq is not None and latest > to_come.seq:
        raise ConflictError("boundaries were activated meanwhile; look again")
    opened = [
        {
            "saved_area_id": saved.id,
            "version": saved.version,
            "activation_seq": seq,
            "reason": dict(reason),
            "opened_at": saved.saved_at,
        }
        for seq, reason in to_come.reasons.items()
    ]
    if opened:
        connection.execute(insert(review_table), opened)


def _versions() -> Select[Any]:
    return select(
        area_table,
        version_table.c.version,
        version_table.c.area,
        version_table.c.created_at.label("saved_at"),
        version_table.c.created_by.label("saved_by"),
        version_table.c.note,
    ).join(version_table)
