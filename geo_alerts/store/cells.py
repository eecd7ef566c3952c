"""The cells of a directory in the store: blocks of bytes that `places/cell_blocks.py` packs."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from geo_alerts.errors import ConflictError
from geo_alerts.store.activations import edition_by_id
from geo_alerts.store.bulk import Columns, insert_rows, make_rows
from geo_alerts.store.database import Store
from geo_alerts.store.editions import POSTCODES, Stage
from geo_alerts.store.sequence import next_seq
from geo_alerts.store.tables import cell_block


def add_cells(stage: Stage, blocks: Iterable[bytes]) -> None:
    """Write the cells of a directory that is being staged, each block in a transaction.

    Raises:
        ConflictError: The stage was taken for abandoned and removed.
    """
    for number, payload in enumerate(blocks):
        stage.add(cell_block, {"block": [number], "payload": [payload]})


def give_cells(store: Store, edition_id: int, blocks: Iterable[bytes]) -> bool:
    """Give cells to a directory that has none, all or none of them.

    Args:
        store: Where to.
        edition_id: Of postcodes.
        blocks: All of them; they are made before the one transaction begins.

    Returns:
        False when it had cells already, which stay.

    Raises:
        UnknownEditionError: There is no such edition.
        ConflictError: It is not one of postcodes.
    """
    payloads = list(blocks)
    columns: Columns = {
        "edition_id": [edition_id] * len(payloads),
        "block": list(range(len(payloads))),
        "payload": payloads,
    }
    rows = make_rows(store.dialect, cell_block, columns)
    with store.writing() as connection:
        next_seq(connection)
        found = edition_by_id(connection, edition_id)
        if found.layer != POSTCODES:
            raise ConflictError(f"edition {edition_id} is one of {found.layer}, not of postcodes")
        has_some = select(cell_block.c.block).where(cell_block.c.edition_id == edition_id).limit(1)
        if connection.execute(has_some).first() is not None:
            return False
        insert_rows(connection, rows)
    return True


def load_cells(connection: Connection, edition_id: int) -> list[bytes]:
    """The blocks of an edition in order; none where it has no cells."""
    query = select(cell_block.c.payload).where(cell_block.c.edition_id == edition_id)
    return list(connection.execute(query.order_by(cell_block.c.block)).scalars())
