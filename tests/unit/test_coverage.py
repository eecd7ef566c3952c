"""Households spread over units and summed by team; Byar's interval."""

import numpy as np
import pytest
import shapely

from geo_alerts.audiences.coverage import (
    apportion,
    byar_interval,
    coverage_by_team,
    households_by_team,
)
from geo_alerts.places.assignment import assign
from tests.audience_world import EAST, WEST, directory_of, layer_of

UNITS = {
    "SY1 1AA": (341_000, 301_000),  # L1
    "SY1 1AB": (341_000, 302_000),  # L1
    "SY1 1AC": (349_000, 303_000),  # L1, in the east
    "SY1 1AD": (341_000, 303_000),  # L1, large user
    "SY1 1AE": (341_000, 304_000),  # L1, terminated
    "SY1 1AF": (np.nan, np.nan),  # L1, no location
    "SY1 2AA": (345_000, 305_000),  # L2, on the edge of the two
    "SY1 2AB": (352_000, 305_000),  # L2, in no team
    "SY1 3AA": (349_000, 309_000),  # L3, terminated: nothing to spread over
    "SY1 4AA": (349_000, 309_500),  # an LSOA that has no households published
}
DIRECTORY = directory_of(
    UNITS,
    lsoa=["L1"] * 6 + ["L2", "L2", "L3", "L9"],
    is_live=[name not in ("SY1 1AE", "SY1 3AA") for name in UNITS],
    is_large_user=[name == "SY1 1AD" for name in UNITS],
)
LAYER = layer_of({"T-1": WEST, "T-2": EAST, "T-3": shapely.box(0, 0, 10, 10)})
# Not in the order of their codes.
LSOA = np.array(["L3", "L1", "L4", "L2", "L5"])
HOUSEHOLDS = np.array([70.0, 600.0, 50.0, 100.0, 0.0])


def test_households_go_in_equal_parts_to_live_small_user_units_with_a_location():
    apportioned = apportion(LSOA, HOUSEHOLDS, DIRECTORY)
    assert apportioned.households.tolist() == [200, 200, 200, 0, 0, 0, 50, 50, 0, 0]


def test_households_that_no_unit_can_take_are_told_not_lost():
    apportioned = apportion(LSOA, HOUSEHOLDS, DIRECTORY)
    assert apportioned.lsoa_without_units == ("L3", "L4")
    assert apportioned.left_over == 120
    assert apportioned.households.sum() + apportioned.left_over == HOUSEHOLDS.sum()


def test_without_any_published_households_everything_is_zero():
    apportioned = apportion(np.array([], dtype="<U9"), np.array([]), DIRECTORY)
    assert apportioned.households.sum() == 0
    assert apportioned.lsoa_without_units == ()


def test_households_of_a_team_are_those_of_its_units():
    apportioned = apportion(LSOA, HOUSEHOLDS, DIRECTORY)
    assignment = assign(DIRECTORY.easting, DIRECTORY.northing, LAYER)
    # West: two of L1 and the unit on the shared edge (lowest code); east: one of L1.
    assert households_by_team(apportioned, assignment, LAYER).tolist() == [450, 200, 0]


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        # The exact limits: means of which a tail of the Poisson distribution is 2.5 %.
        (5, 1.623, 11.668),
        (10, 4.795, 18.390),
        (20, 12.217, 30.888),
        (50, 37.111, 65.919),
        (100, 81.364, 121.627),
    ],
)
def test_byars_interval_is_within_a_twentieth_of_the_exact_one(count, low, high):
    assert byar_interval(count) == pytest.approx((low, high), abs=0.05)


def test_the_interval_of_zero_begins_at_zero_and_ends_near_the_exact_3_689():
    low, high = byar_interval(0)
    assert low == 0
    assert high == pytest.approx(3.689, abs=0.03)


def test_coverage_is_people_for_every_1_000_households_with_the_interval_scaled_alike():
    west, east, nobody_lives_here = coverage_by_team(
        np.array([50, 0, 2]), np.array([450.0, 200.0, 0.0]), LAYER
    )
    assert (west.code, west.name, west.people) == ("T-1", "Team T-1", 50)
    assert west.per_1000 == pytest.approx(111.111, abs=0.001)
    assert (west.low, west.high) == pytest.approx((37.111 / 0.45, 65.919 / 0.45), abs=0.12)
    assert (east.per_1000, east.low) == (0, 0)
    assert east.high == pytest.approx(3.689 * 5, abs=0.15)
    assert nobody_lives_here.people == 2
    assert (nobody_lives_here.per_1000, nobody_lives_here.low) == (None, None)
