"""Back-tests in the store: what was found, and by it which method does best for whom."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, insert, select

from geo_alerts.errors import UnknownRunError
from geo_alerts.store.audit import append
from geo_alerts.store.database import Store
from geo_alerts.store.hotspot_runs import Who
from geo_alerts.store.hotspot_tables import hotspot_backtest as table

ID_BYTES: Final = 12


@dataclass(frozen=True, slots=True)
class NewBacktest:
    """What a back-test found, before it is kept.

    Attributes:
        subject_sha256: Of the forces, categories, cells and area that it is about.
        question: What was asked, as JSON.
        inputs: What it was made from, as JSON.
        inputs_sha256: Of both.
        result: What was found, as JSON.
    """

    subject_sha256: str
    question: Mapping[str, Any]
    inputs: Mapping[str, Any]
    inputs_sha256: str
    result: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBacktest(NewBacktest):
    """A back-test in the store.

    Attributes:
        row_id: By which lists go on.
        id: Random text.
        created_at: When it was kept.
        created_by: Who asked for it.
    """

    row_id: int
    id: str
    created_at: datetime
    created_by: str


def save(store: Store, new: NewBacktest, who: Who) -> KeptBacktest:
    """Keep a back-test."""
    now = store.clock()
    values = {one.name: getattr(new, one.name) for one in fields(NewBacktest)} | {
        "id": secrets.token_hex(ID_BYTES),
        "created_at": now,
        "created_by": who.who,
    }
    with store.writing() as connection:
        kept = _kept(connection.execute(insert(table).values(values).returning(table)).one())
        about = {"backtest": kept.id, "inputs_sha256": kept.inputs_sha256}
        append(
            connection,
            act="hotspots.backtest",
            who=who.who,
            role=who.role,
            at=now,
            details=about,
        )
    return kept


def backtest_by_id(connection: Connection, backtest_id: str) -> KeptBacktest:
    """The back-test of an id.

    Raises:
        UnknownRunError: There is none.
    """
    found = _latest(connection, table.c.id == backtest_id)
    if found is None:
        raise UnknownRunError(f"there is no back-test {backtest_id[:40]!r}")
    return found


def same_backtest(connection: Connection, sha256: str) -> KeptBacktest | None:
    """The latest of the same question on the same inputs; None where there is none."""
    return _latest(connection, table.c.inputs_sha256 == sha256)


def latest_backtest(connection: Connection, subject_sha256: str) -> KeptBacktest | None:
    """The latest about a subject; None where there is none."""
    return _latest(connection, table.c.subject_sha256 == subject_sha256)


def _latest(connection: Connection, which: ColumnElement[bool]) -> KeptBacktest | None:
    query = select(table).where(which).order_by(table.c.row_id.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else _kept(row)


def _kept(row: Row[Any]) -> KeptBacktest:
    return KeptBacktest(**{one.name: getattr(row, one.name) for one in fields(KeptBacktest)})
