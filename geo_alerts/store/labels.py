"""Groups and topics that are marked sensitive."""

from datetime import datetime
from typing import Final, Literal

from sqlalchemy import Connection, delete, insert, select

from geo_alerts.store.tables import sensitive_label

LabelKind = Literal["group", "topic"]
KINDS: Final[tuple[LabelKind, ...]] = ("group", "topic")


def sensitive_labels(connection: Connection) -> frozenset[str]:
    """Those that are marked, as `group:…` and `topic:…`."""
    rows = connection.execute(select(sensitive_label.c.kind, sensitive_label.c.name))
    return frozenset(f"{row.kind}:{row.name}" for row in rows)


def mark_sensitive(
    connection: Connection, kind: LabelKind, name: str, *, at: datetime, by: str
) -> bool:
    """Mark a label.

    Returns:
        False when it was marked already.
    """
    if f"{kind}:{name}" in sensitive_labels(connection):
        return False
    connection.execute(
        insert(sensitive_label).values(kind=kind, name=name, marked_at=at, marked_by=by)
    )
    return True


def unmark_sensitive(connection: Connection, kind: LabelKind, name: str) -> bool:
    """Take the mark off a label.

    Returns:
        False when it had none.
    """
    label = sensitive_label.c
    gone = delete(sensitive_label).where(label.kind == kind, label.name == name)
    return connection.execute(gone).rowcount > 0
