"""Outlines of the ground above a level."""

import itertools
import math

import numpy as np
import pytest
import shapely

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.contours import contours
from geo_alerts.hotspots.density import density
from geo_alerts.hotspots.grid import SquareGrid

GRID = SquareGrid(cell_m=50, west=400_000, south=300_000, columns=60, rows=40)
EAST, NORTH = GRID.centres()
WHOLE = shapely.box(400_000, 300_000, 403_000, 302_000)


def test_the_outline_of_one_event_is_a_circle_of_the_radius_that_its_level_has():
    value = density([401_500.0], [301_000.0], EAST, NORTH[:, None], bandwidth_m=800)
    # A quarter of the peak lies at h sqrt(1 - sqrt(1 / 4)).
    (found,) = contours(value, GRID, [value.max() / 4])
    radius = 800 * math.sqrt(1 - 0.5)
    circle = shapely.Point(401_500, 301_000).buffer(radius, 64)
    assert shapely.hausdorff_distance(found.geometry, circle) < 5
    assert found.geometry.area == pytest.approx(math.pi * radius**2, rel=5e-3)


def test_outlines_come_ascending_each_within_the_one_before_and_only_where_there_is_ground():
    rng = np.random.default_rng(1)
    east, north = rng.uniform(400_000, 403_000, 80), rng.uniform(300_000, 302_000, 80)
    value = density(east, north, EAST, NORTH[:, None], bandwidth_m=300)
    levels = value.max() * np.array([0.7, 0.2, 2, 0.4])
    found = contours(value, GRID, levels)
    assert [one.level for one in found] == sorted(levels[:2].tolist() + levels[3:].tolist())
    for outer, inner in itertools.pairwise(found):
        assert outer.geometry.is_valid
        assert shapely.difference(inner.geometry, outer.geometry).area < 1e-6


def test_a_level_surface_reaches_the_edge_of_the_grid_and_of_the_study_area():
    assert shapely.equals(contours(np.ones(GRID.shape), GRID, [0.5])[0].geometry, WHOLE)
    mask = np.zeros(GRID.shape, dtype=bool)
    mask[10:20, 5:30] = True
    (found,) = contours(np.where(mask, 1.0, 0.0), GRID, [0.5], mask=mask)
    assert shapely.equals(found.geometry, shapely.box(400_250, 300_500, 401_500, 301_000))
    area = shapely.box(400_310, 300_000, 400_800, 302_000)
    (found,) = contours(np.ones(GRID.shape), GRID, [0.5], mask=mask, area=area)
    assert shapely.equals(found.geometry, shapely.box(400_310, 300_500, 400_800, 301_000))


def test_a_hollow_is_a_hole_and_cells_without_a_value_are_outside():
    value = np.hypot(EAST - 401_500, (NORTH - 301_000)[:, None])
    (found,) = contours(value, GRID, [500])
    assert len(found.geometry.interiors) == 1
    assert WHOLE.area - found.geometry.area == pytest.approx(math.pi * 500**2, rel=5e-3)
    value[:, :30] = np.nan
    (half,) = contours(value, GRID, [500])
    assert half.geometry.bounds == (401_500, 300_000, 403_000, 302_000)


def test_ground_that_meets_at_a_corner_is_valid():
    grid = SquareGrid(cell_m=100, west=0, south=0, columns=2, rows=2)
    (found,) = contours(np.array([[1.0, 0.0], [0.0, 1.0]]), grid, [0.5])
    assert found.geometry.is_valid
    assert found.geometry.area == pytest.approx(20_000, rel=0.3)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"levels": []}, "one or more"),
        ({"levels": [1, float("nan")]}, "finite numbers"),
        ({"values": np.ones((3, 3))}, r"shape \(3, 3\)"),
        ({"mask": np.ones((3, 3), dtype=bool)}, r"mask of \(3, 3\)"),
        ({"mask": np.zeros(GRID.shape, dtype=bool)}, "there is no contour"),
        ({"values": np.full(GRID.shape, np.nan)}, "there is no contour"),
        ({"area": shapely.Point(1, 1)}, "polygon or several"),
    ],
)
def test_what_has_no_outline_is_refused(changed, told):
    asked = {"values": np.ones(GRID.shape), "levels": [0.5]} | changed
    with pytest.raises(InvalidInputError, match=told):
        contours(asked.pop("values"), GRID, asked.pop("levels"), **asked)
