"""Crimes read from the store; forces' own data, whose exact positions stand beside shown points."""

import numpy as np
import pytest

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.crimes import NO_DAY
from geo_alerts.hotspots.months import month_number
from geo_alerts.store.crime_months import located_and_not
from geo_alerts.store.crime_points import NO_POINT, point_numbers, published_position
from geo_alerts.store.crime_tables import crime_exact
from geo_alerts.store.crimes import load_crimes, snap_points
from tests.crime_files import HIGH_STREET, NOWHERE, PARK, street
from tests.crime_world import (
    ALL_TIME,
    ASB,
    BURGLARY,
    ROBBERY,
    bring,
    bring_own,
    burglary,
    crimes_in,
    file_of,
    own_files,
    rows_in,
    usual,
)

# HIGH_STREET as the command cs2cs of PROJ has it (384540.021, 257231.007); and 300 m east of it.
AT_HIGH_STREET = 384_540, 257_231
NEAR = "384837.5,257189.25"


def test_a_points_number_is_made_of_its_position_alone():
    longitude, latitude = np.array([-2_227_686, 1_760_000, -8_000_000]), np.array([52_213_076] * 3)
    numbers = point_numbers(longitude, latitude)
    assert (numbers < 2**48).all()
    back = published_position(numbers)
    assert np.array_equal(back[0], longitude)
    assert np.array_equal(back[1], latitude)


@pytest.mark.parametrize("position", [(0, 0), (-2_000_000, 0), (np.iinfo(np.int32).min,) * 2])
def test_a_position_far_from_these_islands_is_none(position):
    assert point_numbers(*position) == NO_POINT


def test_crimes_are_read_by_force_month_and_category(store, tmp_path):
    robbery = street(PARK, key="ab" * 32, month="2021-05", kind="Robbery")
    bring(
        store,
        file_of(tmp_path, *usual()),
        file_of(tmp_path, burglary(5, month="2021-05"), robbery, month="2021-05"),
        file_of(tmp_path, burglary(6), force="kent"),
    )
    assert len(crimes_in(store)) == 6
    assert crimes_in(store, forces=["kent"]).category.tolist() == [BURGLARY]
    assert crimes_in(store, categories=[ROBBERY]).month.tolist() == [month_number("2021-05")]
    march = month_number("2021-03"), month_number("2021-04")
    with store.reading() as connection:
        found = load_crimes(connection, forces=["west-mercia"], months=march, categories=[ASB])
        none = load_crimes(connection, forces=[], months=march, categories=None)
        shares = located_and_not(connection, forces=None, months=march, categories=None)
    assert len(found) == 2
    assert len(none) == 0
    assert shares == {ASB: (2, 2), BURGLARY: (3, 2)}


def test_published_crimes_are_at_whole_metres_and_of_no_day(store, tmp_path):
    bring(store, file_of(tmp_path, burglary(1)))
    found = crimes_in(store)
    assert (found.easting[0], found.northing[0]) == AT_HIGH_STREET
    assert found.day.tolist() == [NO_DAY]
    with store.reading() as connection:
        points = snap_points(connection, np.repeat(found.point, 2))
    assert points.street.tolist() == ["On or near High Street"] * 2
    assert points.lsoa.tolist() == ["E01032300"] * 2
    assert points.easting.tolist() == [AT_HIGH_STREET[0]] * 2


def test_a_point_that_is_not_there_is_refused(store, tmp_path):
    bring(store, file_of(tmp_path, burglary(1)))
    with store.reading() as connection, pytest.raises(InvalidInputError, match="number 17"):
        snap_points(connection, [17])


def test_own_crimes_are_exact_and_shown_at_the_nearest_published_point(store, tmp_path):
    bring(store, file_of(tmp_path, burglary(1), burglary(2, PARK)))
    report = bring_own(store, tmp_path, f"A,2021-04-02T23:30,2021-04-03T06:00,{NEAR},Dwelling")
    assert [(one.kind, one.located) for one in report.months] == [("own", 1)]
    found = crimes_in(store, exact=True)
    shown, exact = found.point[found.month == month_number("2021-03")], found.day != NO_DAY
    assert found.point[exact].tolist() == [shown[0]]
    assert (found.easting[exact][0], found.northing[exact][0]) == (384_837.5, 257_189.25)
    assert found.day[exact].tolist() == [np.datetime64("2021-04-02").astype(int)]


def test_own_crimes_are_read_where_they_are_shown_and_without_a_day_unless_asked_exactly(
    store, tmp_path
):
    bring(store, file_of(tmp_path, burglary(1), burglary(2, PARK)))
    bring_own(store, tmp_path, f"A,2021-04-02T23:30,2021-04-03T06:00,{NEAR},Dwelling")
    found = crimes_in(store)
    own = found.month == month_number("2021-04")
    high_street = found.where(~own & (found.point == found.point[own][0]))
    assert (found.easting[own], found.northing[own]) == (
        high_street.easting,
        high_street.northing,
    )
    assert set(found.day.tolist()) == {NO_DAY}


def test_where_nothing_is_published_a_square_stands_for_exact_positions(store, tmp_path):
    bring_own(
        store,
        tmp_path,
        "A,2021-04-02,,384837.5,257189.25,Dwelling",
        "B,2021-04-02,,384037.5,257989.25,Dwelling",
        "C,2021-04-02,,,,Dwelling",
    )
    found = crimes_in(store)
    assert len(set(found.point.tolist())) == 1
    with store.reading() as connection:
        points = snap_points(connection, found.point[:1])
    assert points.is_stand_in.tolist() == [True]
    assert (points.easting[0], points.northing[0]) == (384_500, 257_500)
    # Where a point is published later, it is one like any other.
    assert rows_in(store, crime_exact) == 3


def test_own_crimes_take_the_place_of_published_ones_of_their_categories(store, tmp_path):
    bring(store, file_of(tmp_path, *usual()))
    bring_own(store, tmp_path, f"A,2021-03-02,,{NEAR},Dwelling", "B,2021-03-05,,,,Dwelling")
    found = crimes_in(store)
    assert found.category.tolist() == [BURGLARY, ASB, ASB]
    found = crimes_in(store, exact=True)
    assert (found.day != NO_DAY).tolist() == [True, False, False]
    with store.reading() as connection:
        shares = located_and_not(connection, forces=None, months=ALL_TIME, categories=None)
    assert shares == {ASB: (2, 2), BURGLARY: (2, 1)}


def test_own_crimes_that_are_replaced_leave_no_exact_position_behind(store, tmp_path):
    bring_own(store, tmp_path, f"A,2021-03-02,,{NEAR},Dwelling", f"B,2021-03-02,,{NEAR},Dwelling")
    report = bring_own(store, tmp_path, f"A,2021-03-02,,{NEAR},Dwelling")
    assert [one.done for one in report.months] == ["replaced"]
    assert rows_in(store, crime_exact) == 1
    assert bring_own(store, tmp_path, f"A,2021-03-02,,{NEAR},Dwelling").is_unchanged


def test_two_own_files_of_one_month_are_refused(store, tmp_path):
    from geo_alerts.acts.crimes.importing import import_own_crimes  # noqa: PLC0415

    data, mapping = own_files(tmp_path, f"A,2021-03-02,,{NEAR},Dwelling")
    again = data.rename(tmp_path / "first.csv")
    data, mapping = own_files(tmp_path, f"B,2021-03-09,,{NEAR},Dwelling")
    with pytest.raises(InvalidInputError, match=r"both hold crimes of 2021-03.*--merge"):
        import_own_crimes(store, [again, data], mapping, lambda _done, _total: None)


def test_a_crime_without_a_position_is_counted_and_on_no_map(store, tmp_path):
    bring(store, file_of(tmp_path, burglary(1, NOWHERE), burglary(2, HIGH_STREET)))
    assert len(crimes_in(store)) == 1
