"""Outlines for the screen."""

import numpy as np
import pytest
import shapely

from geo_alerts.places.simplified import STEPS_M, simplified, step_for
from tests.wiggly import SIDE_M, wiggly_layer

TEAMS = wiggly_layer(4, 3, 400).geometry
STEPS = [step for step in STEPS_M if step]


@pytest.mark.parametrize("step_m", STEPS)
def test_no_crack_opens_between_neighbours_and_none_lap_over_each_other(step_m):
    shapes = simplified(TEAMS, step_m)
    assert shapely.coverage_is_valid(shapes)
    whole = shapely.union_all(shapes)
    assert whole.geom_type == "Polygon"
    assert not whole.interiors
    assert whole.area == pytest.approx(shapely.area(shapes).sum(), rel=1e-9)


def test_each_step_leaves_fewer_vertices_and_every_area():
    counts = [shapely.get_num_coordinates(simplified(TEAMS, step)).sum() for step in STEPS_M]
    assert counts == sorted(set(counts), reverse=True)
    assert (shapely.area(simplified(TEAMS, STEPS_M[-1])) > 0.5 * SIDE_M**2).all()


@pytest.mark.parametrize("step_m", STEPS)
def test_outlines_stay_within_a_pixel_or_two_of_where_they_are(step_m):
    moved = shapely.hausdorff_distance(TEAMS, simplified(TEAMS, step_m))
    assert moved.max() <= 3 * step_m


def test_at_nothing_every_vertex_stays():
    assert shapely.equals_exact(simplified(TEAMS, 0), TEAMS).all()


def test_areas_that_lap_over_each_other_are_given_all_the_same():
    shapes = np.array([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)], dtype=object)
    assert shapely.equals(simplified(shapes, 256), shapes).all()


@pytest.mark.parametrize(("asked", "step"), [(0, 0), (3.9, 0), (4, 4), (100, 64), (1_000, 256)])
def test_the_nearest_step_below_what_is_asked_is_taken(asked, step):
    assert step_for(asked) == step
