"""The ground of target areas as outlines, against shapely."""

import numpy as np
import pytest
import shapely

from geo_alerts.audiences.units.ground_of import ground_of
from geo_alerts.audiences.units.on_grid import (
    CircleOnGrid,
    CombinationOnGrid,
    CorridorOnGrid,
    PostcodesOnGrid,
    ShapesOnGrid,
    TeamsOnGrid,
    around,
)
from geo_alerts.errors import InvalidAreaError
from tests.audience_world import EAST, WEST, layer_of

LAYER = layer_of({"T-1": WEST, "T-2": EAST})
# Two hotspots, 200 m apart: what is 150 m around them joins.
HOT = np.array(
    [
        shapely.box(341_000, 301_000, 341_100, 301_100),
        shapely.box(341_300, 301_000, 341_400, 301_100),
    ],
    dtype=object,
)
LINE = shapely.LineString([(341_000, 302_000), (342_000, 302_500), (341_500, 303_000)])
LEAVES = {
    "teams": (TeamsOnGrid(np.array([0])), WEST),
    "hotspots": (around(HOT, 0), shapely.union_all(HOT)),
    "hotspots and what is around": (
        around(HOT, 150),
        shapely.union_all([one.buffer(150, quad_segs=500) for one in HOT]),
    ),
    "circle": (
        CircleOnGrid(341_500, 301_500, 700),
        shapely.Point(341_500, 301_500).buffer(700, quad_segs=500),
    ),
    "corridor": (CorridorOnGrid(LINE, 300), LINE.buffer(300, quad_segs=500)),
}


def assert_same(found, expected):
    """Arcs are drawn by chords: of the ground two in a thousand may be off."""
    assert found.is_valid
    assert (found ^ expected).area <= 2e-3 * expected.area


@pytest.mark.parametrize("name", LEAVES)
def test_a_leaf_has_the_outline_that_shapely_draws(name):
    leaf, expected = LEAVES[name]
    assert_same(ground_of(leaf, LAYER), expected)


@pytest.mark.parametrize("other", [name for name in LEAVES if "around" not in name])
@pytest.mark.parametrize(
    ("kind", "combine"),
    [
        ("union", shapely.union),
        ("intersection", shapely.intersection),
        ("difference", shapely.difference),
    ],
)
def test_what_is_around_hotspots_is_combined_with_any_other_leaf(kind, combine, other):
    near, near_drawn = LEAVES["hotspots and what is around"]
    leaf, drawn = LEAVES[other]
    expected = combine(near_drawn, drawn)
    area = CombinationOnGrid(kind, (near, leaf))
    if expected.is_empty:
        with pytest.raises(InvalidAreaError, match="nothing is left"):
            ground_of(area, LAYER)
        return
    assert_same(ground_of(area, LAYER), expected)


def test_what_is_around_a_layer_without_hotspots_is_no_ground():
    with pytest.raises(InvalidAreaError, match="nothing is left"):
        ground_of(around(np.empty(0, dtype=object), 100), LAYER)


def test_a_list_of_postcodes_has_no_outline_inside_a_combination_either():
    keys = np.zeros(1, dtype=np.uint64)
    area = CombinationOnGrid("union", (ShapesOnGrid(HOT), PostcodesOnGrid(keys, keys)))
    with pytest.raises(InvalidAreaError, match="no outline"):
        ground_of(area, LAYER)
