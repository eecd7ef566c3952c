"""Removing what imports of subscribers left: in batches, so that no other writer waits for long."""

from sqlalchemy import delete, select, update

from geo_alerts.store.database import Store
from geo_alerts.store.staging import is_abandoned
from geo_alerts.store.subscriber_log import BATCH_SUBSCRIBERS, delete_older
from geo_alerts.store.tables import (
    UNFINISHED_CHANGE_SETS,
    change_set,
    subscriber_reference,
    subscriber_version,
)
from geo_alerts.store.withdrawals import discard_withdrawals


def tidy(store: Store) -> int:
    """Remove imports that nobody will finish, and old versions that a crash left behind.

    Returns:
        How many imports were abandoned.
    """
    with store.reading() as connection:
        found = connection.execute(select(change_set).where(UNFINISHED_CHANGE_SETS)).all()
    now = store.clock()
    abandoned = 0
    for row in found:
        if row.status == "switched":
            prune(store, row.id, row.seq)
        elif row.status == "discarded" or is_abandoned(row.owner, row.heartbeat_at, now):
            discard(store, row.id)
            abandoned += 1
    return abandoned


def prune(store: Store, set_id: int, seq: int) -> None:
    """Remove the versions that a visible change set made old, in batches."""
    after = -1
    while numbers := _numbers_after(store, set_id, after):
        after = numbers[-1]
        with store.writing(gives_way=True) as connection:
            delete_older(connection, numbers, seq)
    with store.writing() as connection:
        done = update(change_set).where(change_set.c.id == set_id)
        connection.execute(done.values(is_pruned=True))


def discard(store: Store, set_id: int) -> None:
    """Remove a change set that is not visible, in batches, and references that only it knew."""
    is_staged = (change_set.c.id == set_id) & change_set.c.seq.is_(None)
    with store.writing() as connection:
        marked = update(change_set).where(is_staged).values(status="discarded")
        if connection.execute(marked).rowcount == 0:
            return
    while numbers := _numbers_after(store, set_id, -1):
        with store.writing(gives_way=True) as connection:
            is_its = subscriber_version.c.change_set_id == set_id
            among = subscriber_version.c.number.in_(numbers)
            connection.execute(delete(subscriber_version).where(is_its, among))
            known = select(subscriber_version.c.number).where(
                subscriber_version.c.number == subscriber_reference.c.number
            )
            is_lone = subscriber_reference.c.number.in_(numbers) & ~known.exists()
            connection.execute(delete(subscriber_reference).where(is_lone))
    discard_withdrawals(store, set_id)
    with store.writing() as connection:
        connection.execute(delete(change_set).where(is_staged))


def _numbers_after(store: Store, set_id: int, after: int) -> list[int]:
    query = select(subscriber_version.c.number).where(
        subscriber_version.c.change_set_id == set_id, subscriber_version.c.number > after
    )
    with store.reading() as connection:
        found = query.order_by(subscriber_version.c.number).limit(BATCH_SUBSCRIBERS)
        return list(connection.execute(found).scalars())
