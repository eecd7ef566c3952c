"""Crimes outside their force: counted by its boundary, or by all teams where there is none."""

import numpy as np
import pytest
import shapely

from geo_alerts.acts.crimes.ground import Grounds
from geo_alerts.acts.forces import force_in
from geo_alerts.places.layer import Layer

SQUARES = {
    "E23000016": ("West Mercia", shapely.box(0, 0, 10, 10)),
    "E23000032": ("Kent", shapely.box(20, 0, 30, 10)),
    "E23000034": ("London, City of", shapely.box(40, 0, 50, 10)),
    "devon-and-cornwall": ("Devon & Cornwall Police", shapely.box(60, 0, 70, 10)),
}


def layer(*codes: str) -> Layer:
    return Layer.from_columns(
        "made",
        list(codes),
        [SQUARES[code][0] for code in codes],
        [SQUARES[code][1] for code in codes],
    )


ALL = layer(*SQUARES)


@pytest.mark.parametrize(
    ("force", "name"),
    [
        ("west-mercia", "West Mercia"),
        ("kent", "Kent"),
        ("city-of-london", "London, City of"),
        ("devon-and-cornwall", "Devon & Cornwall Police"),
    ],
)
def test_a_force_is_found_however_its_layer_calls_it(force, name):
    index = force_in(ALL, force)
    assert index is not None
    assert ALL.name[index] == name


def test_a_force_that_the_layer_lacks_is_none_but_a_lone_area_is_of_any():
    assert force_in(ALL, "essex") is None
    assert force_in(layer("E23000032"), "essex") == 0


def test_points_outside_the_boundary_are_told_and_the_outline_is_inside():
    easting, northing = np.array([5.0, 10.0, 10.001]), np.array([5.0, 10.0, 5.0])
    outside = Grounds(ALL, None).outside("west-mercia", easting, northing)
    assert outside is not None
    assert outside.tolist() == [False, False, True]


def test_without_boundaries_of_forces_the_ground_is_that_of_all_teams():
    easting, northing = np.array([5.0, 25.0, 15.0]), np.full(3, 5.0)
    outside = Grounds(None, layer("E23000016", "E23000032")).outside(
        "west-mercia", easting, northing
    )
    assert outside is not None
    assert outside.tolist() == [False, False, True]


@pytest.mark.parametrize(
    "grounds", [Grounds(None, None), Grounds(ALL, None), Grounds(None, layer("E23000032"))]
)
def test_where_no_boundary_is_the_forces_nothing_is_said(grounds):
    assert grounds.outside("essex", np.array([5.0, 6.0]), np.array([5.0, 6.0])) is None
