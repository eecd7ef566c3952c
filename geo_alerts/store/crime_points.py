"""Published points: their numbers, and writing them.

A point's number is made of its published longitude and latitude and of nothing else: 24 bits each,
so that it is the same in every store, can be told again from the position, and is a whole number
that JSON holds exactly.
"""

from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Dialect

from geo_alerts.sources.crimes.parts import PublishedPoints
from geo_alerts.store.bulk_arrays import Packed, insert_packed, pack, point_bytes
from geo_alerts.store.crime_tables import snap_point

# Millionths of a degree; 2^24 of them are 16.8 degrees, and hold all of the United Kingdom.
WEST_E6: Final = -10_000_000
SOUTH_E6: Final = 48_000_000
SPAN: Final = 1 << 24

NO_POINT: Final = -1
STAND_IN_MONTH: Final = 0

Integers = npt.NDArray[np.int64]

# COPY cannot leave out what is there: it goes by way of a table that ends with the transaction.
_BESIDE: Final = "given_snap_point"
# Of two words of one point the later one is told, whatever the order they come in.
_CONFLICT: Final = (
    "ON CONFLICT (id) DO UPDATE SET street = excluded.street, lsoa = excluded.lsoa, "
    "named_month = excluded.named_month, is_stand_in = excluded.is_stand_in "
    "WHERE (excluded.named_month, excluded.street, excluded.lsoa) "
    "> (snap_point.named_month, snap_point.street, snap_point.lsoa)"
)


def point_numbers(longitude_e6: npt.ArrayLike, latitude_e6: npt.ArrayLike) -> Integers:
    """The numbers of published positions.

    Args:
        longitude_e6: n millionths of a degree east.
        latitude_e6: n millionths of a degree north.

    Returns:
        n numbers below 2^48; NO_POINT where there is no position of these islands.
    """
    east = np.asarray(longitude_e6, dtype=np.int64) - WEST_E6
    north = np.asarray(latitude_e6, dtype=np.int64) - SOUTH_E6
    is_inside = (east >= 0) & (east < SPAN) & (north >= 0) & (north < SPAN)
    return np.where(is_inside, north * SPAN + east, NO_POINT)


def published_position(numbers: npt.ArrayLike) -> tuple[Integers, Integers]:
    """The longitude and latitude, in millionths of a degree, that numbers were made of."""
    given = np.asarray(numbers, dtype=np.int64)
    return given % SPAN + WEST_E6, given // SPAN + SOUTH_E6


def pack_points(dialect: Dialect, points: PublishedPoints, month: int) -> Packed:
    """Make rows of points before a transaction begins, so that it is short.

    They are in the order of their numbers: two who write the same points never wait for each other
    in a circle.

    Args:
        dialect: Of the store that will take them.
        points: p points.
        month: In which they were said to be called so; STAND_IN_MONTH of the middles of squares
            that stand for exact positions, which whatever is published outdoes.
    """
    numbers = point_numbers(points.longitude_e6, points.latitude_e6)
    order = np.argsort(numbers)
    columns: dict[str, npt.NDArray[Any]] = {
        "id": numbers,
        "longitude_e6": points.longitude_e6,
        "latitude_e6": points.latitude_e6,
        "easting": points.easting,
        "northing": points.northing,
        "is_snapped": points.is_snapped,
        "is_stand_in": np.full(len(points), month == STAND_IN_MONTH),
        "street": points.street,
        "lsoa": points.lsoa,
        "named_month": np.full(len(points), month),
        "point": point_bytes(dialect, points.easting, points.northing),
    }
    return pack(dialect, snap_point, {name: one[order] for name, one in columns.items()})


def add_points(connection: Connection, points: Packed) -> None:
    """Add points, or let those that are there be called as the latest month calls them.

    Args:
        connection: A writing transaction; once in each.
        points: As `pack_points` makes them.
    """
    if connection.dialect.name == "sqlite":
        insert_packed(connection, points, conflict=_CONFLICT)
        return
    if not points.count:
        return
    made = f"CREATE TEMPORARY TABLE {_BESIDE} (LIKE snap_point) ON COMMIT DROP"
    connection.exec_driver_sql(made)
    insert_packed(connection, replace(points, table=_BESIDE))
    in_order = f"SELECT * FROM {_BESIDE} ORDER BY id"  # noqa: S608 - names of our own alone
    connection.exec_driver_sql(f"INSERT INTO snap_point {in_order} {_CONFLICT}")
