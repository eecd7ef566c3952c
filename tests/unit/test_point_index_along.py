"""Points along a line: to each side, beyond its ends, and exactly as far as is asked."""

import numpy as np
import pytest
import shapely

from geo_alerts.places import point_index
from geo_alerts.places.point_index import PointIndex

# 11 by 11 points every 10 m from 1000, 2000; row of the point at column c, row r is 11 r + c.
EAST, NORTH = (
    grid.ravel() for grid in np.meshgrid(1000 + 10 * np.arange(11), 2000 + 10 * np.arange(11))
)
LINE = shapely.LineString([(1030, 2050), (1060, 2050)])


def rows(cells):
    return sorted(11 * r + c for c, r in cells)


@pytest.fixture
def lattice():
    return PointIndex(EAST, NORTH)


@pytest.mark.parametrize(
    ("metres", "cells"),
    [
        (9.999, {(c, 5) for c in range(3, 7)}),
        (10, {(c, r) for c in range(3, 7) for r in (4, 5, 6)} | {(2, 5), (7, 5)}),
        # The corners beyond its ends are the square root of 200 metres away.
        (14.142, {(c, r) for c in range(3, 7) for r in (4, 5, 6)} | {(2, 5), (7, 5)}),
        (14.143, {(c, r) for c in range(2, 8) for r in (4, 5, 6)}),
        (1e6, {(c, r) for c in range(11) for r in range(11)}),
    ],
)
def test_a_corridor_reaches_as_far_beyond_the_ends_as_to_the_sides(lattice, metres, cells):
    assert lattice.along(LINE, metres).tolist() == rows(cells)


def test_a_corridor_of_several_lines_is_along_any_of_them(lattice):
    lines = shapely.MultiLineString([[(999, 2000), (1001, 2000)], [(1100, 2100), (1100, 2111)]])
    assert lattice.along(lines, 1).tolist() == rows({(0, 0), (10, 10)})


def test_nothing_is_along_a_line_that_is_far_away(lattice):
    assert lattice.along(shapely.LineString([(9e5, 9e5), (8e5, 9e5)]), 10).tolist() == []
    assert PointIndex([], []).along(LINE, 10).tolist() == []


def test_asking_leaves_the_callers_line_unprepared(lattice):
    lattice.along(LINE, 1)
    assert not shapely.is_prepared(LINE)


@pytest.mark.parametrize("metres", [1.0, 37.0, 150.0, 2_000.0])
@pytest.mark.parametrize("scale_m", [1.0, 1000.0])
def test_a_long_corridor_gets_the_same_points_as_testing_each(metres, scale_m):
    # So many points that blocks of cells are settled as wholes, and clustered as postcodes are.
    rng = np.random.default_rng(20)
    centres = rng.integers(0, 400, (30, 2))
    points = centres[rng.integers(0, 30, 60_000)] + rng.normal(0, 12, (60_000, 2))
    east, north = np.round(points).T * scale_m + 200_000
    index = PointIndex(east, north)
    assert len(index) > 10 * point_index.POINTS_WORTH_CUTTING
    line = shapely.LineString(200_000 + scale_m * rng.integers(0, 400, (25, 2)))
    distance_m = shapely.distance(line, shapely.points(east, north))
    assert np.array_equal(index.along(line, metres), np.flatnonzero(distance_m <= metres))
