"""Which team has a repeat location in hand, where somebody said so: rows are only ever added."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from geo_alerts.store.audit import append
from geo_alerts.store.database import Store
from geo_alerts.store.hotspot_runs import Who
from geo_alerts.store.hotspot_tables import place_owner as table


@dataclass(frozen=True, slots=True)
class PlaceOwner:
    """What somebody said of a place.

    Attributes:
        key: Of the repeat location.
        team_code: The team; None where it was given back to the team on whose ground it is.
        recorded_at: When.
        recorded_by: Who.
    """

    key: str
    team_code: str | None
    recorded_at: datetime
    recorded_by: str


def assign(store: Store, key: str, team_code: str | None, who: Who) -> PlaceOwner:
    """Record which team has a place in hand.

    Args:
        store: Where to.
        key: Of the repeat location.
        team_code: The team; None gives it back to the team on whose ground it is.
        who: Who says so.
    """
    said = PlaceOwner(key, team_code, store.clock(), who.who)
    with store.writing() as connection:
        connection.execute(
            insert(table).values(
                key=key,
                team_code=team_code,
                recorded_at=said.recorded_at,
                recorded_by=said.recorded_by,
            )
        )
        append(
            connection,
            act="place.owner",
            who=who.who,
            role=who.role,
            at=said.recorded_at,
            details={"key": key, "team": team_code},
        )
    return said


def latest(connection: Connection, keys: Collection[str] | None = None) -> dict[str, PlaceOwner]:
    """What was said last of places, by their keys; those of which nothing was said are left out.

    Args:
        connection: A look at the store.
        keys: Of these alone; of all when None.
    """
    query = select(
        table.c.key, table.c.team_code, table.c.recorded_at, table.c.recorded_by
    ).order_by(table.c.row_id)
    if keys is not None and len(keys) == 1:
        query = query.where(table.c.key == next(iter(keys)))
    rows = [PlaceOwner(*row) for row in connection.execute(query)]
    return {one.key: one for one in rows if keys is None or one.key in keys}


def history(connection: Connection, key: str) -> list[PlaceOwner]:
    """All that was said of a place, the latest first."""
    query = select(table.c.key, table.c.team_code, table.c.recorded_at, table.c.recorded_by)
    rows = connection.execute(query.where(table.c.key == key).order_by(table.c.row_id.desc()))
    return [PlaceOwner(*row) for row in rows]
