"""Alerts that were sent to frozen audiences, as the alert system says it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from geo_alerts.store.audience_tables import alert, audience


@dataclass(frozen=True, slots=True)
class Alert:
    """That an alert was sent to an audience.

    Attributes:
        key: The alert system's own name of it, once for an audience.
        sent_at: When it was sent.
        recorded_at: When that became known.
        recorded_by: Who said so.
    """

    key: str
    sent_at: datetime
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class AlertsPage:
    """Some alerts of an audience.

    Attributes:
        alerts: In the order in which they became known.
        last: By which the next are asked for.
        is_last: Whether nothing follows.
    """

    alerts: list[Alert]
    last: int
    is_last: bool


@dataclass(frozen=True, slots=True)
class SentAlert:
    """An alert among all that were sent.

    Attributes:
        audience: The id of the audience.
        purpose: What the audience was asked for.
        asked_by: By whom.
        needed_approval: Whether a second person's word on it is or was wanted.
        sent_at: When the alert was sent.
        recorded_by: Who said so.
    """

    audience: str
    purpose: str
    asked_by: str
    needed_approval: bool
    sent_at: datetime
    recorded_by: str


def record(connection: Connection, audience_id: str, said: Alert) -> tuple[Alert, bool]:
    """Keep that an alert was sent; what was said first of a key stands.

    Args:
        connection: A writing one.
        audience_id: Of an audience that is frozen.
        said: The alert.

    Returns:
        What is kept, and whether it is new.
    """
    row_id = select(audience.c.row_id).where(audience.c.id == audience_id).scalar_subquery()
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    values = {name: getattr(said, name) for name in Alert.__slots__}
    added = dialect.insert(alert).values(audience_row_id=row_id, **values)
    # By the row that comes back: PostgreSQL's driver tells no count of an insert that returns one.
    made = connection.execute(added.on_conflict_do_nothing().returning(alert.c.id))
    is_new = made.scalar() is not None
    kept = select(*_COLUMNS).where(alert.c.audience_row_id == row_id, alert.c.key == said.key)
    return Alert(**connection.execute(kept).mappings().one()), is_new


def known(connection: Connection, audience_id: str, key: str) -> Alert | None:
    """The alert of a key that was sent to an audience; None where there is none.

    Args:
        connection: A reading one.
        audience_id: Of the audience.
        key: The alert system's own name of the alert.
    """
    query = select(*_COLUMNS).join_from(alert, audience)
    found = connection.execute(query.where(audience.c.id == audience_id, alert.c.key == key))
    row = found.mappings().one_or_none()
    return None if row is None else Alert(**row)


def page(connection: Connection, audience_id: str, after: int, limit: int) -> AlertsPage:
    """The next alerts of an audience.

    Args:
        connection: A reading one.
        audience_id: Of the audience.
        after: `last` of the page before; 0 to begin.
        limit: At most so many.
    """
    query = select(alert.c.id, *_COLUMNS).join(
        audience, audience.c.row_id == alert.c.audience_row_id
    )
    these = query.where(audience.c.id == audience_id, alert.c.id > after).order_by(alert.c.id)
    found = connection.execute(these.limit(limit + 1)).mappings().all()
    shown = found[:limit]
    alerts = [Alert(**{name: row[name] for name in Alert.__slots__}) for row in shown]
    return AlertsPage(alerts, shown[-1]["id"] if shown else after, len(found) <= limit)


def first_sent(connection: Connection, audience_id: str) -> datetime | None:
    """When the first alert of an audience was sent; None where there is none.

    Args:
        connection: A reading one.
        audience_id: Of the audience.
    """
    query = select(alert.c.sent_at).join_from(alert, audience).where(audience.c.id == audience_id)
    found: datetime | None = connection.execute(query.order_by(alert.c.sent_at).limit(1)).scalar()
    return found


def sent_since(connection: Connection, since: datetime) -> Mapping[str, int]:
    """Audience id -> how many alerts were sent to it after a time; those without any left out."""
    return _times(connection, alert.c.sent_at > since)


def times_sent(connection: Connection, audience_ids: Collection[str]) -> Mapping[str, int]:
    """Audience id -> how many alerts were sent to it; those without any left out."""
    return _times(connection, audience.c.id.in_(audience_ids))


def latest_alerts(connection: Connection, limit: int) -> list[SentAlert]:
    """The alerts that were sent last, to whatever audience, the newest first.

    Args:
        connection: A reading one.
        limit: At most so many.
    """
    query = (
        select(
            audience.c.id.label("audience"),
            audience.c.purpose,
            audience.c.created_by.label("asked_by"),
            audience.c.needs_approval.label("needed_approval"),
            alert.c.sent_at,
            alert.c.recorded_by,
        )
        .join_from(alert, audience, audience.c.row_id == alert.c.audience_row_id)
        .order_by(alert.c.sent_at.desc(), alert.c.id.desc())
        .limit(limit)
    )
    return [SentAlert(**row) for row in connection.execute(query).mappings()]


def _times(connection: Connection, which: ColumnElement[bool]) -> Mapping[str, int]:
    query = (
        select(audience.c.id, func.count().label("times"))
        .join_from(alert, audience, audience.c.row_id == alert.c.audience_row_id)
        .where(which)
        .group_by(audience.c.id)
    )
    return {row.id: row.times for row in connection.execute(query)}


_COLUMNS = tuple(alert.c[name] for name in Alert.__slots__)
