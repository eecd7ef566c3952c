"""Published crime positions: whole metres of the National Grid, and back, on any machine."""

import csv
import io
import zipfile

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_alerts.crs import (
    points_on_national_grid,
    points_to_epsg_27700,
    published_points_on_national_grid,
    published_points_to_epsg_4326,
    published_points_to_epsg_27700,
)
from geo_alerts.errors import CrsError, OutsideNationalGridError

# Six decimals of a degree say where a point is to 0.056 m of northing.
ROUNDING_M = 0.07


def published(path, force):
    """The distinct positions of one force's month."""
    with zipfile.ZipFile(path) as archive:
        name = next(n for n in archive.namelist() if n.endswith(f"-{force}-street.csv"))
        text = archive.read(name).decode()
    rows = csv.DictReader(io.StringIO(text, newline=""))
    found = {(float(r["Longitude"]), float(r["Latitude"])) for r in rows if r["Longitude"]}
    return np.array(sorted(found)).T


@given(easting=st.integers(80_000, 655_000), northing=st.integers(5_000, 1_219_999))
def test_whole_metres_are_met_again_after_they_were_published(easting, northing):
    longitude, latitude = published_points_to_epsg_4326([easting], [northing])
    back = published_points_to_epsg_27700(longitude, latitude)
    assert (back[0][0], back[1][0], back[2][0]) == (easting, northing, True)


@given(
    easting=st.integers(130_000, 600_000),
    northing=st.integers(20_000, 650_000),
    off_m=st.floats(0.2, 0.8),
)
def test_a_position_between_whole_metres_stays_where_it_falls(easting, northing, off_m):
    longitude, latitude = published_points_to_epsg_4326([easting + off_m], [northing])
    back = published_points_to_epsg_27700(longitude, latitude)
    assert not back[2][0]
    assert np.hypot(back[0][0] - easting - off_m, back[1][0] - northing) < ROUNDING_M


def test_a_published_point_is_metres_away_from_where_the_definitive_transformation_puts_it():
    # Leeds, as HOTSPOTS measured it: 1.75 m on average, never over 2.16 m.
    longitude, latitude = published_points_to_epsg_4326([430_375], [433_625])
    east, north, is_snapped = published_points_to_epsg_27700(longitude, latitude)
    ostn15 = points_to_epsg_27700(longitude, latitude)
    assert is_snapped.all()
    assert 1.5 < np.hypot(east - ostn15[0], north - ostn15[1])[0] < 2.2


@pytest.mark.parametrize("bad", [(np.nan, 52.0), (-2.0, np.inf), (2.0, -52.0), (52.0, -2.0)])
def test_positions_off_the_national_grid_are_refused_with_the_first_one(bad):
    with pytest.raises(OutsideNationalGridError, match=r"position 2\) is outside the British"):
        published_points_to_epsg_27700([-2.0, bad[0]], [52.0, bad[1]])


def test_grid_positions_off_the_grid_and_lists_of_two_lengths_are_refused():
    with pytest.raises(OutsideNationalGridError, match="easting -5, northing 9"):
        published_points_to_epsg_4326([-5], [9])
    with pytest.raises(CrsError, match="two lists of one length"):
        published_points_to_epsg_27700([-2.0, -2.1], [52.0])


def test_no_positions_are_no_positions():
    assert [len(column) for column in published_points_to_epsg_27700([], [])] == [0, 0, 0]
    assert [len(column) for column in published_points_to_epsg_4326([], [])] == [0, 0]


@pytest.mark.shared
def test_the_points_of_west_yorkshire_are_those_of_another_inversion(shared_data):
    points = pd.read_parquet(shared_data / "oracles" / "points_27700.parquet")
    east, north, is_snapped = published_points_to_epsg_27700(
        points["Longitude"], points["Latitude"]
    )
    assert is_snapped.all()
    np.testing.assert_array_equal(east, points["E"].round())
    np.testing.assert_array_equal(north, points["N"].round())


@pytest.mark.shared
@pytest.mark.parametrize(
    ("month", "force", "least", "most"),
    [
        ("2021-06", "west-mercia", 1.0, 1.0),
        ("2025-03", "west-mercia", 0.9, 0.99),
        ("2025-03", "northern-ireland", 0.0, 0.05),
    ],
)
def test_the_share_of_whole_metres_is_that_of_the_force(shared_data, month, force, least, most):
    longitude, latitude = published(shared_data / "crime" / f"all-forces-{month}.zip", force)
    east, north, is_snapped = published_points_to_epsg_27700(longitude, latitude)
    assert least <= is_snapped.mean() <= most
    assert (east[is_snapped] == np.round(east[is_snapped])).all()
    again = np.array(published_points_to_epsg_4326(east, north))
    # What was published is met to the last decimal, or next to it.
    assert np.abs(again - [longitude, latitude]).max() < 1.6e-6


@pytest.mark.parametrize("on_grid", [published_points_on_national_grid, points_on_national_grid])
def test_positions_are_told_on_the_grid_or_off_it_without_an_error(on_grid):
    longitude = [-2.2, 0.0, 52.2, np.nan, -2.2, -6.32, 200.0]
    latitude = [52.2, 0.0, -2.2, 52.2, np.inf, 49.9, 400.0]
    assert on_grid(longitude, latitude).tolist() == [True, *[False] * 4, True, False]
    assert on_grid([], []).tolist() == []
