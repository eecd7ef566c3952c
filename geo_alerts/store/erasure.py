"""Erasing a person: the reference and all that is known go, random numbers stay.

What stays cannot be told from anybody else's any more: the number in frozen lists, whose hashes
still verify, and in withdrawals. Whoever keeps an index is told the number, and drops the person.
Named again by a later file or change, somebody is a new person with a new number.
"""

from typing import Final

from sqlalchemy import Connection, delete, insert, select

from geo_alerts.store import audit
from geo_alerts.store.database import Store
from geo_alerts.store.sequence import lock_seq, next_seq
from geo_alerts.store.subscriber_changes import visible_now
from geo_alerts.store.tables import change_set, subscriber_reference, subscriber_version

# How the change set of an erasure is told apart; its counts hold the numbers as `erased`.
ERASE: Final = "erase"


def is_known(store: Store, reference: str) -> bool:
    """Whether anything is kept of a reference, be it only that somebody withdrew."""
    query = select(subscriber_reference.c.number)
    with store.reading() as connection:
        found = connection.execute(query.where(subscriber_reference.c.reference == reference))
        return found.first() is not None


def erase(store: Store, reference: str, *, by: str, role: str) -> bool:
    """Erase a person, in one transaction.

    Args:
        store: Where from.
        reference: The alert system's own.
        by: Who asks for it, for the record.
        role: What they are allowed as.

    Returns:
        Whether anybody was known by the reference.
    """
    now = store.clock()
    with store.writing() as connection:
        _overwrite(connection)
        lock_seq(connection)
        # Locked, so that on PostgreSQL no import adds a version meanwhile.
        query = select(subscriber_reference.c.number).with_for_update()
        found = connection.execute(query.where(subscriber_reference.c.reference == reference))
        number = found.scalar_one_or_none()
        if number is None:
            return False
        seq = next_seq(connection)
        values = visible_now(by, now, now, seq)
        counts = {"erased": [number]}
        connection.execute(
            insert(change_set).values({**values, "read_as": ERASE, "counts": counts})
        )
        # Staged ones as well.
        connection.execute(delete(subscriber_version).where(subscriber_version.c.number == number))
        connection.execute(
            delete(subscriber_reference).where(subscriber_reference.c.number == number)
        )
        audit.append(
            connection,
            act="subscriber.erase",
            who=by,
            role=role,
            at=now,
            details={"number": number},
        )
    store.empty_log()
    return True


def _overwrite(connection: Connection) -> None:
    # SQLite otherwise leaves what was deleted in pages that it does not use any more.
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
