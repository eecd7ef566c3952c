"""Published points: their numbers, and writing them.

A point's number is made of its published longitude and latitude and of nothing else: 24 bits each,
so that it is the same in every store, can be told again from the position, and is a whole number
that JSON holds exactly.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import Column, Connection, Dialect, MetaData, Table, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from geo_alerts.sources.crimes.parts import PublishedPoints
from geo_alerts.store.bulk import Rows, insert_rows, make_rows
from geo_alerts.store.crime_tables import snap_point

# Millionths of a degree; 2^24 of them are 16.8 degrees, and hold all of the United Kingdom.
WEST_E6: Final = -10_000_000
SOUTH_E6: Final = 48_000_000
SPAN: Final = 1 << 24

NO_POINT: Final = -1
STAND_IN_MONTH: Final = 0

Integers = npt.NDArray[np.int64]

# By which of two words of one point the later one is told, whatever the order they come in.
_LATEST: Final = ("named_month", "street", "lsoa")
_RENEWED: Final = (*_LATEST, "is_stand_in")


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


def pack_points(dialect: Dialect, points: PublishedPoints, month: int) -> Rows:
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
        "point": np.asarray(shapely.points(points.easting, points.northing), dtype=object),
    }
    return make_rows(dialect, snap_point, {name: one[order] for name, one in columns.items()})


def add_points(connection: Connection, rows: Rows) -> None:
    """Add points, or let those that are there be called as the latest month calls them.

    Args:
        connection: A writing transaction.
        rows: As `pack_points` makes them.
    """
    if not rows.values:
        return
    if connection.dialect.name == "sqlite":
        added = sqlite.insert(snap_point).values(dict.fromkeys(rows.names))
        upsert = added.on_conflict_do_update(
            index_elements=["id"],
            set_={name: added.excluded[name] for name in _RENEWED},
            where=_is_later(added.excluded),
        )
        statement = str(upsert.compile(dialect=connection.dialect))
        connection.exec_driver_sql(statement, rows.values)
        return
    given = _beside(connection)
    insert_rows(connection, Rows(given, rows.names, rows.values))
    in_order = given.select().order_by(given.c.id)
    copied = postgresql.insert(snap_point).from_select(list(given.c.keys()), in_order)
    connection.execute(
        copied.on_conflict_do_update(
            index_elements=["id"],
            set_={name: copied.excluded[name] for name in _RENEWED},
            where=_is_later(copied.excluded),
        )
    )


def _is_later(excluded: Any) -> Any:  # noqa: ANN401
    return tuple_(*(excluded[name] for name in _LATEST)) > tuple_(
        *(snap_point.c[name] for name in _LATEST)
    )


def _beside(connection: Connection) -> Table:
    # COPY cannot leave out what is there: it goes by way of a table that ends with the transaction.
    given = Table(
        "given_snap_point",
        MetaData(),
        *(Column(column.name, column.type) for column in snap_point.c),
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DROP",
    )
    given.create(connection)
    return given
