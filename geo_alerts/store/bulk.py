"""Many rows at once: COPY on PostgreSQL, one prepared statement on SQLite; and reading them.

psycopg is imported where PostgreSQL is in use only.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Column, Connection, Select, Table, insert

from geo_alerts.errors import StoreError
from geo_alerts.store.columns import Wkb, encode_geometries

FETCHED_ROWS = 20_000

Columns = Mapping[str, Sequence[Any] | npt.NDArray[Any]]


def insert_rows(connection: Connection, table: Table, columns: Columns) -> int:
    """Add rows that are given by column.

    Args:
        connection: A writing one.
        table: Where to.
        columns: Column name -> n values, as Python's own types; shapely geometries for geometries.

    Returns:
        n.
    """
    names = list(columns)
    encoded = [_encoded(connection, table.c[name], columns[name]) for name in names]
    rows = list(zip(*encoded, strict=True))
    if not rows:
        return 0
    if connection.dialect.name == "sqlite":
        statement = insert(table).values(dict.fromkeys(names)).compile(dialect=connection.dialect)
        connection.exec_driver_sql(str(statement), rows)
    else:
        _copy(connection, table, names, rows)
    return len(rows)


def fetch_columns(connection: Connection, query: Select[Any]) -> Iterator[list[tuple[Any, ...]]]:
    """Give what a query finds in batches, by column.

    Yields:
        One tuple of values for each selected column, all of one length; nothing for no rows.
    """
    streaming = {"yield_per": FETCHED_ROWS}
    for rows in connection.execute(query, execution_options=streaming).partitions():
        yield list(zip(*rows, strict=True))


def _encoded(
    connection: Connection, column: Column[Any], values: Sequence[Any] | npt.NDArray[Any]
) -> Sequence[Any]:
    if isinstance(column.type, Wkb):
        return encode_geometries(np.asarray(values, dtype=object), connection.dialect)
    plain = values.tolist() if isinstance(values, np.ndarray) else values
    process = _processor(connection, column)
    return plain if process is None else [process(value) for value in plain]


def _processor(connection: Connection, column: Column[Any]) -> Callable[[Any], Any] | None:
    dialect = connection.dialect
    return column.type.dialect_impl(dialect).bind_processor(dialect)


def _copy(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    import psycopg  # noqa: PLC0415
    from psycopg import sql  # noqa: PLC0415

    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise StoreError("the driver of a PostgreSQL store is not psycopg")
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
