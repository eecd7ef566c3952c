"""Many rows at once: COPY on PostgreSQL, one prepared statement on SQLite; and reading them.

psycopg is imported where PostgreSQL is in use only.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Column, Connection, Dialect, Select, Table, insert
from sqlalchemy.exc import DBAPIError

from geo_alerts.errors import StoreError
from geo_alerts.store.columns import Wkb, encode_geometries

# Fewer than the 700 new objects after which Python looks for rubbish: with 20,000 rows at once it
# looked through them again and again, and reading took three times as long.
FETCHED_ROWS = 500

Columns = Mapping[str, Sequence[Any] | npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows as the database takes them; made before a transaction begins, so that it is short."""

    table: Table
    names: tuple[str, ...]
    values: list[tuple[Any, ...]]


def make_rows(dialect: Dialect, table: Table, columns: Columns) -> Rows:
    """Make rows of values that are given by column.

    Args:
        dialect: Of the store that will take them.
        table: Where to.
        columns: Column name -> n values, as Python's own types; shapely geometries for geometries.
    """
    # In the order of the table, which is that of the statement that SQLAlchemy makes.
    names = tuple(sorted(columns, key=list(table.c.keys()).index))
    encoded = [_encoded(dialect, table.c[name], columns[name]) for name in names]
    return Rows(table, names, list(zip(*encoded, strict=True)))


def insert_rows(connection: Connection, rows: Rows) -> None:
    """Add rows on a writing connection.

    Raises:
        DBAPIError: The database refuses them; the store tells it as its other failures.
    """
    if not rows.values:
        return
    if connection.dialect.name == "sqlite":
        blank = insert(rows.table).values(dict.fromkeys(rows.names))
        connection.exec_driver_sql(str(blank.compile(dialect=connection.dialect)), rows.values)
    else:
        _copy(connection, rows)


def fetch_columns(connection: Connection, query: Select[Any]) -> Iterator[list[tuple[Any, ...]]]:
    """Give what a query finds in batches, by column.

    Yields:
        One tuple of values for each selected column, all of one length; nothing for no rows.
    """
    streaming = {"yield_per": FETCHED_ROWS}
    for rows in connection.execute(query, execution_options=streaming).partitions():
        yield list(zip(*rows, strict=True))


def _encoded(
    dialect: Dialect, column: Column[Any], values: Sequence[Any] | npt.NDArray[Any]
) -> Sequence[Any]:
    if isinstance(column.type, Wkb):
        return encode_geometries(np.asarray(values, dtype=object), dialect)
    plain = values.tolist() if isinstance(values, np.ndarray) else values
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    return plain if process is None else [process(value) for value in plain]


def _copy(connection: Connection, rows: Rows) -> None:
    import psycopg  # noqa: PLC0415
    from psycopg import sql  # noqa: PLC0415

    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise StoreError("the driver of a PostgreSQL store is not psycopg")
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(rows.table.name), sql.SQL(", ").join(map(sql.Identifier, rows.names))
    )
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows.values:
                copy.write_row(row)
    except psycopg.Error as error:
        # SQLAlchemy does not see what its driver's own COPY raises.
        raise DBAPIError(None, None, error, hide_parameters=True) from None
