"""The outline of areas that name postcodes by a list."""

import numpy as np
import pytest
import shapely

from geo_alerts.audiences.units.on_grid import CircleOnGrid, CombinationOnGrid, on_grid
from geo_alerts.audiences.units.outline import DISC_M, outline_of
from geo_alerts.errors import InvalidAreaError
from geo_alerts.places.cells import Cells
from tests.audience_world import EAST, UNITS, WEST, area_of, directory_of, ground_of, layer_of

DIRECTORY = directory_of(UNITS)
LAYER = layer_of({"T-1": WEST, "T-2": EAST})
CELLS = Cells.build(DIRECTORY.easting, DIRECTORY.northing, np.ones(len(DIRECTORY), dtype=bool))
BARE = ground_of(DIRECTORY, LAYER)
CELLED = ground_of(DIRECTORY, LAYER, CELLS)


def placed(*postcodes):
    listed = area_of({"type": "postcodes", "postcodes": list(postcodes)})
    return on_grid(listed, DIRECTORY, LAYER)


def test_a_listed_postcode_is_drawn_by_its_cell():
    drawn = outline_of(placed("SY1 2AA", "SY1 2AB"), CELLED)
    cells = shapely.union_all(CELLS.polygons(DIRECTORY.find(np.array(["SY1 2AA", "SY1 2AB"]))))
    assert drawn.equals(cells) or (drawn ^ cells).area < 1
    for easting in (344_000, 345_000):
        assert drawn.covers(shapely.Point(easting, 305_000))


def test_without_cells_it_is_a_disc_about_its_point():
    drawn = outline_of(placed("SY12"), BARE)
    assert len(drawn.geoms) == 2
    assert drawn.area == pytest.approx(2 * np.pi * DISC_M**2, rel=0.02)


def test_a_list_stands_in_combinations_as_other_leaves_do():
    circle = CircleOnGrid(344_000, 305_000, 600)
    whole = CombinationOnGrid("union", (placed("SY12 1AA"), circle))
    drawn = outline_of(whole, BARE)
    assert drawn.covers(shapely.Point(349_000, 301_000))
    assert drawn.covers(shapely.Point(344_500, 305_000))
    left = outline_of(CombinationOnGrid("difference", (circle, placed("SY1 2AA"))), BARE)
    assert not left.covers(shapely.Point(344_000, 305_000))


def test_a_list_of_which_nothing_is_live_has_no_outline():
    with pytest.raises(InvalidAreaError, match="no ground"):
        outline_of(placed("SY9"), CELLED)
