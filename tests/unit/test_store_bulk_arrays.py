"""Whole arrays go into either store and come out as they were."""

import numpy as np
import pytest
import shapely
from sqlalchemy import select, text

from geo_alerts.store.bulk_arrays import ROWS_OF_A_STATEMENT, insert_packed, pack, point_bytes
from geo_alerts.store.crime_tables import crime, crime_exact, snap_point
from geo_alerts.store.database import Store

rng = np.random.default_rng(7)


def stored(store: Store, table):
    with store.reading() as connection:
        return [
            tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))
        ]


def keep(store: Store, table, arrays):
    packed = pack(store.dialect, table, arrays)
    with store.writing() as connection:
        insert_packed(connection, packed)


def crimes(count, missing):
    """Arrays for rows of crimes, of which those chosen by `missing` lack point and ID."""
    ids = np.frombuffer(rng.bytes(32 * count), dtype="V32")
    return {
        "crime_month_id": np.full(count, 9),
        "row": np.arange(count),
        "category": rng.integers(0, 14, count).astype(np.int16),
        "snap_point_id": np.ma.MaskedArray(rng.integers(0, 1 << 48, count), mask=missing),
        "id_bytes": np.ma.MaskedArray(ids, mask=missing[::-1]),
        "outcome": np.full(count, -1, dtype=np.int16),
    }


@pytest.mark.parametrize(
    "count", [0, 1, ROWS_OF_A_STATEMENT, ROWS_OF_A_STATEMENT + 1, 4 * ROWS_OF_A_STATEMENT - 1]
)
def test_rows_come_out_as_they_went_in_whatever_is_missing(store: Store, count):
    arrays = crimes(count, rng.random(count) < 0.3)
    keep(store, crime, arrays)
    expected = list(zip(*(values.tolist() for values in arrays.values()), strict=True))
    assert stored(store, crime) == expected


def test_an_id_that_ends_in_zeros_keeps_them(store: Store):
    arrays = crimes(1, np.zeros(1, dtype=np.bool_))
    key = b"\x01" + bytes(31)
    arrays["id_bytes"] = np.frombuffer(key, dtype="V32")
    keep(store, crime, arrays)
    assert stored(store, crime)[0][4] == key


def test_numbers_with_decimals_and_below_zero_are_exact(store: Store):
    easting = np.array([0.1, -1e300, np.nextafter(1, 2), 0.0])
    begins = np.array([-1, 2**31 - 1, -(2**31), 7], dtype=np.int32)
    arrays = {
        "crime_month_id": np.full(4, 2**40),
        "row": np.arange(4),
        "easting": np.ma.MaskedArray(easting, mask=[False, False, False, True]),
        "northing": easting,
        "begins_at": np.ma.masked_equal(begins, 7),
        "ends_at": begins,
    }
    keep(store, crime_exact, arrays)
    assert stored(store, crime_exact) == [
        (2**40, 0, 0.1, 0.1, -1, -1),
        (2**40, 1, -1e300, -1e300, 2**31 - 1, 2**31 - 1),
        (2**40, 2, easting[2], easting[2], -(2**31), -(2**31)),
        (2**40, 3, None, 0.0, None, 7),
    ]


def test_flags_points_and_text_of_any_length_come_out_as_they_went_in(store: Store):
    street = np.array(["", "On or near A", "Ffordd y Môr", "x" * 300, 'a\t"b"\\N'], dtype=object)
    count = len(street)
    easting, northing = np.arange(count) + 0.5, np.arange(count) * 1e5
    arrays = {
        "id": np.arange(count),
        "longitude_e6": np.arange(count, dtype=np.int32) - 3,
        "latitude_e6": np.arange(count, dtype=np.int32),
        "easting": easting,
        "northing": northing,
        "is_snapped": np.arange(count) % 2 == 0,
        "is_stand_in": np.zeros(count, dtype=np.bool_),
        "street": street,
        "lsoa": np.full(count, "E01000001", dtype=object),
        "named_month": np.full(count, 24_000),
        "point": point_bytes(store.dialect, easting, northing),
    }
    keep(store, snap_point, arrays)
    found = stored(store, snap_point)
    assert [row[7] for row in found] == street.tolist()
    assert [row[5] for row in found] == [True, False, True, False, True]
    assert [row[1] for row in found] == [-3, -2, -1, 0, 1]
    points = shapely.points(easting, northing)
    assert all(row[10].equals(point) for row, point in zip(found, points, strict=True))


@pytest.mark.postgis
def test_postgis_knows_where_the_points_are(postgis_database):
    with Store.open(postgis_database, create=True) as store:
        test_flags_points_and_text_of_any_length_come_out_as_they_went_in(store)
        with store.reading() as connection:
            told = connection.execute(
                text("SELECT ST_AsEWKT(point) FROM snap_point WHERE id = 1")
            ).scalar()
    assert told == "SRID=27700;POINT(1.5 100000)"
