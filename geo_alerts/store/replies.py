"""How many replies came to alerts, as the alert system tells it: rows are only ever added.

A telling is the total of a channel up to a time, of all alerts of an audience. That of the latest
time stands, and of equal times the one told last; a total that falls is a correction.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from geo_alerts.store.audience_tables import alert_reply, audience


@dataclass(frozen=True, slots=True)
class ReplyTotal:
    """How many replies there were.

    Attributes:
        channel: By `email`, `text` or `voice`.
        replies: So many.
        as_of: Up to when.
        recorded_at: When that became known.
        recorded_by: Who said so.
    """

    channel: str
    replies: int
    as_of: datetime
    recorded_at: datetime
    recorded_by: str


def keep(connection: Connection, audience_id: str, told: Iterable[ReplyTotal]) -> list[ReplyTotal]:
    """Keep totals, but for those that are known already.

    Args:
        connection: A writing one.
        audience_id: Of an audience that is frozen.
        told: The totals.

    Returns:
        Those that are new.
    """
    found = select(audience.c.row_id).where(audience.c.id == audience_id)
    # One after another, so that what is said twice at once is kept once.
    row_id = connection.execute(found.with_for_update()).scalar_one()
    new = [one for one in told if _last_told_at(connection, row_id, one) != one.replies]
    if new:
        rows = [
            {"audience_row_id": row_id}
            | {name: getattr(one, name) for name in ReplyTotal.__slots__}
            for one in new
        ]
        connection.execute(insert(alert_reply), rows)
    return new


def standing(
    connection: Connection, audience_ids: Collection[str]
) -> Mapping[str, Mapping[str, ReplyTotal]]:
    """Audience id -> channel -> its total; audiences and channels that were told none left out.

    Args:
        connection: A reading one.
        audience_ids: Of the audiences.
    """
    later_first = (alert_reply.c.as_of.desc(), alert_reply.c.row_id.desc())
    of_channel = (alert_reply.c.audience_row_id, alert_reply.c.channel)
    place = func.row_number().over(partition_by=of_channel, order_by=later_first)
    ranked = (
        select(audience.c.id, *_COLUMNS, place.label("place"))
        .join_from(alert_reply, audience, audience.c.row_id == alert_reply.c.audience_row_id)
        .where(audience.c.id.in_(audience_ids))
        .subquery()
    )
    query = select(ranked).where(ranked.c.place == 1).order_by(ranked.c.channel)
    stands: dict[str, dict[str, ReplyTotal]] = {}
    for row in connection.execute(query).mappings():
        one = ReplyTotal(**{name: row[name] for name in ReplyTotal.__slots__})
        stands.setdefault(row["id"], {})[one.channel] = one
    return stands


def _last_told_at(connection: Connection, row_id: int, told: ReplyTotal) -> int | None:
    said = alert_reply.c
    query = select(said.replies).where(
        said.audience_row_id == row_id, said.channel == told.channel, said.as_of == told.as_of
    )
    found = connection.execute(query.order_by(said.row_id.desc()).limit(1)).scalar()
    return None if found is None else int(found)


_COLUMNS = tuple(alert_reply.c[name] for name in ReplyTotal.__slots__)
