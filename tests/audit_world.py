"""Entries of an audit trail, and what somebody can do to it who may write to the database."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import TextClause, text

from geo_alerts.store import audit
from geo_alerts.store.database import Store

AT = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def add(store: Store, act: str = "audience.freeze", at: datetime = AT, **details: Any) -> int:
    with store.writing() as connection:
        return audit.append(connection, act=act, who="key:1", role="admin", at=at, details=details)


def add_some(store: Store, count: int = 5) -> None:
    for number in range(1, count + 1):
        add(store, people=number)


def tamper(store: Store, *statements: str | TextClause) -> None:
    """Do as somebody would who can do everything to the database."""
    off = ["SET LOCAL session_replication_role = replica"]
    if not store.is_postgis:
        off = [f"DROP TRIGGER audit_no_{one}" for one in ("update", "delete", "insert")]
    with store.writing() as connection:
        for statement in (*off, *statements):
            escaped = (
                text(statement.replace(":", "\\:")) if isinstance(statement, str) else statement
            )
            connection.execute(escaped)


def rows(store: Store) -> list[tuple[int, str, str, str]]:
    with store.reading() as connection:
        query = "SELECT seq, document, previous_sha256, sha256 FROM audit_entry ORDER BY seq"
        return [tuple(row) for row in connection.execute(text(query))]
