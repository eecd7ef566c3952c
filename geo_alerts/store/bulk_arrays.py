"""Millions of rows of numbers at once: whole arrays become what the database takes, without a loop.

PostgreSQL takes them in its binary form of COPY, SQLite fifty rows to a statement: each way halves
the time of `store/bulk.py` or better, which takes any value, one by one.

Source: PostgreSQL documentation, COPY, "Binary Format".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Dialect,
    Float,
    LargeBinary,
    SmallInteger,
    Table,
    insert,
)
from sqlalchemy.exc import DBAPIError

from geo_alerts.errors import StoreError

ROWS_OF_A_STATEMENT: Final = 50

_COPY_HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_END: Final = b"\xff\xff"

# Values of a column, masked where there is none.
Values = npt.NDArray[Any] | np.ma.MaskedArray[Any, Any]
Arrays = Mapping[str, Values]


@dataclass(frozen=True, slots=True)
class Packed:
    """Rows as the database takes them; made before a transaction begins, so that it is short."""

    table: Table
    names: tuple[str, ...]
    content: "bytes | tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]"


def pack(dialect: Dialect, table: Table, arrays: Arrays) -> Packed:
    """Make rows of arrays of numbers, or of bytes of one length.

    Args:
        dialect: Of the store that will take them.
        table: Where to; of each column the kind tells how wide a number is.
        arrays: Column name -> n values; numbers that fit the column, or bytes as numpy's void.
    """
    # In the order of the table, which is that of the statement that SQLAlchemy makes.
    names = tuple(sorted(arrays, key=list(table.c.keys()).index))
    if dialect.name == "sqlite":
        return Packed(table, names, _statements([arrays[name] for name in names]))
    columns = [(_kind(table.c[name], arrays[name]), arrays[name]) for name in names]
    return Packed(table, names, _copied(columns))


def insert_packed(connection: Connection, packed: Packed) -> None:
    """Add rows on a writing connection.

    Raises:
        DBAPIError: The database refuses them; the store tells it as its other failures.
    """
    if isinstance(packed.content, bytes):
        _copy(connection, packed, packed.content)
        return
    one = dict.fromkeys(packed.names)
    for values, many in zip(packed.content, (ROWS_OF_A_STATEMENT, 1), strict=True):
        if values:
            blank = insert(packed.table).values([one] * many)
            statement = str(blank.compile(dialect=connection.dialect))
            connection.exec_driver_sql(statement, values)


def _statements(
    columns: list[Values],
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    count, width = len(columns[0]), len(columns)
    cells = np.empty((count, width), dtype=object)
    for place, values in enumerate(columns):
        # A list of Python's own values, which no driver mistakes; None where masked.
        cells[:, place] = values.tolist()
    whole = count - count % ROWS_OF_A_STATEMENT
    many = cells[:whole].reshape(-1, width * ROWS_OF_A_STATEMENT).tolist()
    return [tuple(row) for row in many], [tuple(row) for row in cells[whole:].tolist()]


def _kind(column: Column[Any], values: Values) -> np.dtype[Any]:
    if isinstance(column.type, LargeBinary):
        return np.dtype(f"V{values.dtype.itemsize}")
    if isinstance(column.type, Float):
        return np.dtype(">f8")
    wide = {BigInteger: ">i8", SmallInteger: ">i2"}
    found = (code for kind, code in wide.items() if isinstance(column.type, kind))
    return np.dtype(next(found, ">i4"))


def _copied(columns: list[tuple[np.dtype[Any], Values]]) -> bytes:
    # Rows with the same columns missing are of one length; their order does not matter.
    missing = np.column_stack([np.ma.getmaskarray(values) for _, values in columns])
    patterns, which = np.unique(missing, axis=0, return_inverse=True)
    parts = [_COPY_HEADER]
    for number, pattern in enumerate(patterns):
        chosen = np.flatnonzero(which.ravel() == number)
        parts.append(_of_pattern(columns, pattern, chosen))
    return b"".join((*parts, _COPY_END))


def _of_pattern(
    columns: list[tuple[np.dtype[Any], Values]],
    pattern: npt.NDArray[np.bool_],
    chosen: npt.NDArray[np.intp],
) -> bytes:
    fields: list[tuple[str, Any]] = [("width", ">i2")]
    for place, (kind, _) in enumerate(columns):
        fields.append((f"size_{place}", ">i4"))
        if not pattern[place]:
            fields.append((f"value_{place}", kind))
    rows = np.empty(len(chosen), dtype=np.dtype(fields))
    rows["width"] = len(columns)
    for place, (kind, values) in enumerate(columns):
        rows[f"size_{place}"] = -1 if pattern[place] else kind.itemsize
        if not pattern[place]:
            rows[f"value_{place}"] = np.ma.getdata(values)[chosen]
    return rows.tobytes()


def _copy(connection: Connection, packed: Packed, content: bytes) -> None:
    import psycopg  # noqa: PLC0415 - where PostgreSQL is in use only
    from psycopg import sql  # noqa: PLC0415

    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise StoreError("the driver of a PostgreSQL store is not psycopg")
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(
        sql.Identifier(packed.table.name), sql.SQL(", ").join(map(sql.Identifier, packed.names))
    )
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(content)
    except psycopg.Error as error:
        # SQLAlchemy does not see what its driver's own COPY raises.
        raise DBAPIError(None, None, error, hide_parameters=True) from None
