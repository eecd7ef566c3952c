"""How teams are reached, in the store: one document for each code."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from geo_alerts.store.database import Store
from geo_alerts.store.editions import (
    EditionFacts,
    EditionImport,
    Stage,
    import_edition,
)
from geo_alerts.store.staging import BATCH_ROWS
from geo_alerts.store.tables import contact


def import_contacts(
    store: Store, facts: EditionFacts, contacts: Mapping[str, Mapping[str, Any]]
) -> EditionImport:
    """Make the contacts of teams the active edition of them.

    Args:
        store: Where to.
        facts: What is known of the edition; its layer is `contacts`.
        contacts: Code of a team -> what is known of it, as JSON.

    Returns:
        The active edition, and what was done.

    Raises:
        ConflictError: Another import of contacts came first.
    """
    return import_edition(store, facts, lambda stage: _fill(stage, contacts))


def load_contacts(connection: Connection, edition_id: int) -> dict[str, dict[str, Any]]:
    """Code of a team -> what is known of it in an edition of contacts."""
    query = select(contact.c.code, contact.c.document)
    of_edition = query.where(contact.c.edition_id == edition_id).order_by(contact.c.code)
    return {row.code: row.document for row in connection.execute(of_edition)}


def _fill(stage: Stage, contacts: Mapping[str, Mapping[str, Any]]) -> None:
    codes = sorted(contacts)
    for start in range(0, len(codes), BATCH_ROWS):
        batch = codes[start : start + BATCH_ROWS]
        documents = [dict(contacts[code]) for code in batch]
        stage.add(contact, {"code": batch, "document": documents})
