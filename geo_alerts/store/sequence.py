"""The one counter of visible changes."""

from sqlalchemy import Connection, select, update

from geo_alerts.store.tables import change_counter


def next_seq(connection: Connection) -> int:
    """Take the next number; nobody else gets one before this transaction ends.

    Take it before looking at what the change depends on: on PostgreSQL the statements after it see
    what the transaction waited for.
    """
    taken = update(change_counter).values(seq=change_counter.c.seq + 1)
    return int(connection.execute(taken.returning(change_counter.c.seq)).scalar_one())


def latest_seq(connection: Connection) -> int:
    """The number of the latest visible change; 0 before the first."""
    return int(connection.execute(select(change_counter.c.seq)).scalar_one())


def lock_seq(connection: Connection) -> None:
    """Keep others from taking a number before this transaction ends, without taking one."""
    connection.execute(select(change_counter.c.seq).with_for_update())
