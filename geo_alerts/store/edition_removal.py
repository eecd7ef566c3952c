"""Removing editions: in batches, so that no other writer waits for long."""

from sqlalchemy import Table, delete, exists, select, tuple_, update

from geo_alerts.store.database import Store
from geo_alerts.store.sequence import lock_seq
from geo_alerts.store.staging import BATCH_ROWS, is_abandoned
from geo_alerts.store.tables import (
    activation,
    boundary,
    boundary_link,
    cell_block,
    contact,
    edition,
    household,
    postcode_unit,
)

OF_AN_EDITION = (postcode_unit, cell_block, boundary, boundary_link, household, contact)


def tidy(store: Store) -> int:
    """Remove stages that nobody will finish, and what an interrupted removal left.

    Returns:
        How many were abandoned.
    """
    with store.reading() as connection:
        staged = connection.execute(select(edition).where(edition.c.status == "staged")).all()
        begun = select(edition.c.id).where(edition.c.status == "discarded")
        for_removal = list(connection.execute(begun).scalars())
    now = store.clock()
    abandoned = [row.id for row in staged if is_abandoned(row.owner, row.heartbeat_at, now)]
    for edition_id in for_removal + abandoned:
        discard(store, edition_id)
    return len(abandoned)


def prune(store: Store, layer: str, kept: int) -> None:
    """Remove the superseded editions of a simple layer, all but the latest few."""
    is_old = (edition.c.layer == layer) & (edition.c.status == "superseded")
    with store.reading() as connection:
        in_turn = select(edition.c.id).where(is_old).order_by(edition.c.switched_seq.desc())
        superseded = connection.execute(in_turn).scalars().all()
    for edition_id in superseded[kept:]:
        discard(store, edition_id)


def discard(store: Store, edition_id: int) -> bool:
    """Remove the rows of an edition that nobody needs, in batches, and its record if it never was.

    The record of an edition that once was active stays, for answers of the past name it. The active
    edition stays as it is, and so do boundaries that were ever activated.

    Returns:
        Whether it was one to remove.
    """
    with store.writing() as connection:
        # So that nobody activates it meanwhile.
        lock_seq(connection)
        is_idle = edition.c.status.in_(("staged", "draft", "checked", "superseded", "discarded"))
        was_activated = exists().where(activation.c.edition_id == edition.c.id)
        marked = update(edition).where(edition.c.id == edition_id, is_idle, ~was_activated)
        if connection.execute(marked.values(status="discarded")).rowcount == 0:
            return False
    for table in OF_AN_EDITION:
        while _remove_batch(store, table, edition_id):
            pass
    is_emptied = (edition.c.id == edition_id) & (edition.c.status == "discarded")
    with store.writing() as connection:
        connection.execute(delete(edition).where(is_emptied, edition.c.switched_at.is_(None)))
        connection.execute(update(edition).where(is_emptied).values(status="removed"))
    return True


def _remove_batch(store: Store, table: Table, edition_id: int) -> int:
    key = list(table.primary_key.columns)
    with store.writing(gives_way=True) as connection:
        batch = select(*key).where(key[0] == edition_id).order_by(*key).limit(BATCH_ROWS)
        return connection.execute(delete(table).where(tuple_(*key).in_(batch))).rowcount
