"""Households by LSOA in the store."""

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, select

from geo_alerts.sources.households import HouseholdSource
from geo_alerts.store.bulk import fetch_columns
from geo_alerts.store.database import Store
from geo_alerts.store.editions import (
    HOUSEHOLDS,
    EditionFacts,
    EditionImport,
    Stage,
    active_edition,
    import_edition,
)
from geo_alerts.store.staging import BATCH_ROWS
from geo_alerts.store.tables import household

Households = tuple[npt.NDArray[np.str_], npt.NDArray[np.int64]]


def import_households(store: Store, facts: EditionFacts, source: HouseholdSource) -> EditionImport:
    """Make a census table the active edition of households.

    Args:
        store: Where to.
        facts: What is known of the edition; its layer is `households`.
        source: What was read.

    Returns:
        The active edition, and what was done.

    Raises:
        ConflictError: Another import of households came first.
    """
    return import_edition(store, facts, lambda stage: _fill(stage, source))


def load_households(connection: Connection) -> Households | None:
    """LSOA codes, ascending, and the households of each; None when none were imported."""
    edition = active_edition(connection, HOUSEHOLDS)
    if edition is None:
        return None
    query = (
        select(household.c.lsoa, household.c.households)
        .where(household.c.edition_id == edition.id)
        .order_by(household.c.lsoa)
    )
    lsoa: list[str] = []
    count: list[int] = []
    for codes, counts in fetch_columns(connection, query):
        lsoa += codes
        count += counts
    return np.array(lsoa, dtype="<U9"), np.array(count, dtype=np.int64)


def _fill(stage: Stage, source: HouseholdSource) -> None:
    for start in range(0, len(source.lsoa), BATCH_ROWS):
        batch = slice(start, start + BATCH_ROWS)
        columns = {
            "lsoa": source.lsoa[batch],
            "households": source.households[batch],
            "residents": source.residents[batch],
        }
        stage.add(household, columns)
