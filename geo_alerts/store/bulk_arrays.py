"""Millions of rows at once: whole arrays become what the database takes, without a loop.

PostgreSQL takes them in its binary form of COPY, SQLite fifty rows to a statement: each way halves
the time of `store/bulk.py` or better, which takes any value, one by one.

Source: PostgreSQL documentation, COPY, "Binary Format".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Dialect,
    Float,
    SmallInteger,
    String,
    Table,
)
from sqlalchemy.exc import DBAPIError

from geo_alerts.errors import StoreError
from geo_alerts.store.columns import SRID

ROWS_OF_A_STATEMENT: Final = 50

_COPY_HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_END: Final = b"\xff\xff"
# Of the kind of a geometry in PostGIS' binary: a spatial reference follows.
_HAS_SRID: Final = 0x20000000

# Values of a column, masked where there is none.
Values = npt.NDArray[Any] | np.ma.MaskedArray[Any, Any]
Arrays = Mapping[str, Values]


@dataclass(frozen=True, slots=True)
class Packed:
    """Rows as the database takes them; made before a transaction begins, so that it is short.

    Attributes:
        table: The name of the table.
        names: Of the columns.
        count: How many rows.
        content: As COPY reads them; or as parameters, fifty rows in each, and one for those left.
    """

    table: str
    names: tuple[str, ...]
    count: int
    content: "bytes | tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]"


def pack(dialect: Dialect, table: Table, arrays: Arrays) -> Packed:
    """Make rows of arrays of numbers, flags, bytes and text.

    Args:
        dialect: Of the store that will take them.
        table: Where to; of each column the kind tells how wide a number is.
        arrays: Column name -> n values: numbers that fit the column, flags, bytes of one length as
            numpy's void (of geometries those of `point_bytes`), or text as objects.
    """
    names, columns = tuple(arrays), list(arrays.values())
    count = len(columns[0])
    if dialect.name == "sqlite":
        return Packed(table.name, names, count, _parameters(columns))
    if not count:
        return Packed(table.name, names, count, b"")
    fields = [_Field(table.c[name], arrays[name]) for name in names]
    return Packed(table.name, names, count, _copied(fields))


def point_bytes(dialect: Dialect, easting: Values, northing: Values) -> npt.NDArray[np.void]:
    """Points as a store's geometry column takes them: well-known binary.

    Args:
        dialect: Of the store that will take them.
        easting: n metres, EPSG:27700.
        northing: n metres.

    Source:
        OGC 06-103r4, 8.2, and PostGIS' extension of it by a spatial reference.
    """
    is_extended = dialect.name != "sqlite"
    reference: list[tuple[str, str]] = [("srid", "<u4")] if is_extended else []
    fields = [("order", "u1"), ("kind", "<u4"), *reference, ("x", "<f8"), ("y", "<f8")]
    points = np.empty(len(easting), dtype=np.dtype(fields))
    points["order"], points["x"], points["y"] = 1, easting, northing
    points["kind"] = 1 | (_HAS_SRID if is_extended else 0)
    if is_extended:
        points["srid"] = SRID
    return points.view(f"V{points.dtype.itemsize}")


def insert_packed(connection: Connection, packed: Packed, *, conflict: str = "") -> None:
    """Add rows on a writing connection.

    Args:
        connection: A writing transaction.
        packed: The rows.
        conflict: On SQLite, what to do where a row is there already.

    Raises:
        DBAPIError: The database refuses them; the store tells it as its other failures.
    """
    if not packed.count:
        return
    if isinstance(packed.content, bytes):
        _copy(connection, packed, packed.content)
        return
    for values, count in zip(packed.content, (ROWS_OF_A_STATEMENT, 1), strict=True):
        if values:
            statement = _statement(packed.table, packed.names, count)
            connection.exec_driver_sql(f"{statement} {conflict}", values)


@cache
def _statement(table: str, names: tuple[str, ...], count: int) -> str:
    # SQLAlchemy takes longer to write this than SQLite to do it.
    one = f"({', '.join('?' * len(names))})"
    quoted = ", ".join(f'"{name}"' for name in names)
    return f'INSERT INTO "{table}" ({quoted}) VALUES {", ".join([one] * count)}'  # noqa: S608


def _parameters(
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


class _Field:
    """A column as COPY has it: how many bytes each value takes, -1 where missing; and these."""

    def __init__(self, column: Column[Any], values: Values) -> None:
        self._values = np.ma.getdata(values)
        self._kind: np.dtype[Any] | None = None
        if isinstance(column.type, String):
            encoded = [str(value).encode() for value in values.tolist()]
            self._values = np.array(encoded, dtype=np.bytes_)
            widths = np.array([len(value) for value in encoded], dtype=np.int64)
        else:
            self._kind = _kind(column, self._values)
            widths = np.full(len(values), self._kind.itemsize, dtype=np.int64)
        self.widths = np.where(np.ma.getmaskarray(values), -1, widths)
        self.varies = bool((self.widths != self.widths[0]).any())

    def kind(self, width: int) -> np.dtype[Any]:
        """The type of values that take so many bytes."""
        return self._kind or np.dtype(f"V{width}")

    def values(self, chosen: npt.NDArray[np.intp], width: int) -> npt.NDArray[Any]:
        """Some of the values, each of which takes so many bytes."""
        some = self._values[chosen]
        # Text is padded to the longest with zeros, which go.
        return some if self._kind else some.astype(f"S{width}").view(f"V{width}")


def _kind(column: Column[Any], values: npt.NDArray[Any]) -> np.dtype[Any]:
    if values.dtype.kind == "V":
        return values.dtype
    known = {Boolean: "?", Float: ">f8", BigInteger: ">i8", SmallInteger: ">i2"}
    found = (code for kind, code in known.items() if isinstance(column.type, kind))
    return np.dtype(next(found, ">i4"))


def _copied(fields: list[_Field]) -> bytes:
    # Rows whose values take the same bytes are of one length; their order does not matter.
    patterns = np.zeros(len(fields[0].widths), dtype=np.int64)
    for field in fields:
        most = int(field.widths.max()) + 2
        patterns = patterns * most + field.widths + 1 if field.varies else patterns
    in_turn = np.argsort(patterns, kind="stable")
    starts = np.flatnonzero(np.diff(patterns[in_turn])) + 1
    parts = [_COPY_HEADER]
    for chosen in np.split(in_turn, starts):
        widths = [int(field.widths[chosen[0]]) for field in fields]
        parts.append(_of_pattern(fields, widths, chosen))
    return b"".join((*parts, _COPY_END))


def _of_pattern(fields: list[_Field], widths: list[int], chosen: npt.NDArray[np.intp]) -> bytes:
    layout: list[tuple[str, Any]] = [("columns", ">i2")]
    for place, (field, width) in enumerate(zip(fields, widths, strict=True)):
        layout.append((f"size_{place}", ">i4"))
        if width > 0:
            layout.append((f"value_{place}", field.kind(width)))
    rows = np.empty(len(chosen), dtype=np.dtype(layout))
    rows["columns"] = len(fields)
    for place, (field, width) in enumerate(zip(fields, widths, strict=True)):
        rows[f"size_{place}"] = width
        if width > 0:
            rows[f"value_{place}"] = field.values(chosen, width)
    return rows.tobytes()


def _copy(connection: Connection, packed: Packed, content: bytes) -> None:
    import psycopg  # noqa: PLC0415 - where PostgreSQL is in use only
    from psycopg import sql  # noqa: PLC0415

    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise StoreError("the driver of a PostgreSQL store is not psycopg")
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(
        sql.Identifier(packed.table), sql.SQL(", ").join(map(sql.Identifier, packed.names))
    )
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(content)
    except psycopg.Error as error:
        # SQLAlchemy does not see what its driver's own COPY raises.
        raise DBAPIError(None, None, error, hide_parameters=True) from None
