"""Outlines of cells are those that the union of their squares has, to the last vertex."""

from itertools import pairwise

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from geo_alerts.hotspots.cell_outlines import grounds_of
from geo_alerts.hotspots.grid import SquareGrid
from geo_alerts.hotspots.polygons import areas_of

CHOSEN = arrays.arrays(
    np.bool_, st.tuples(st.integers(1, 12), st.integers(1, 12)), elements=st.booleans()
)


def grid_of(chosen: np.ndarray, cell_m: int = 100) -> SquareGrid:
    rows, columns = chosen.shape
    return SquareGrid(cell_m, 40 * cell_m, 25 * cell_m, columns, rows)


def united(grid: SquareGrid, cells: np.ndarray) -> shapely.Geometry:
    """The union of runs of cells along each row, as boxes."""
    row, column = np.divmod(cells, grid.columns)
    breaks = np.flatnonzero((np.diff(cells) != 1) | (np.diff(row) != 0)) + 1
    ends = [0, *breaks.tolist(), len(cells)]
    boxes = [
        shapely.box(
            grid.west + column[first] * grid.cell_m,
            grid.south + row[first] * grid.cell_m,
            grid.west + (column[first] + after - first) * grid.cell_m,
            grid.south + (row[first] + 1) * grid.cell_m,
        )
        for first, after in pairwise(ends)
    ]
    return shapely.normalize(shapely.union_all(boxes))


@given(CHOSEN)
def test_an_area_has_the_very_outline_of_the_union_of_its_cells(chosen):
    grid = grid_of(chosen)
    for area in areas_of(grid, chosen):
        assert area.geometry.is_valid
        assert area.geometry.wkb == united(grid, area.cells).wkb


@given(CHOSEN)
def test_cells_that_share_sides_are_one_polygon_and_each_is_named_by_a_cell_of_its_own(chosen):
    if not chosen.any():
        return
    grid = grid_of(chosen, 250)
    polygons, cells = grounds_of(grid, chosen)
    assert chosen.ravel()[cells].all()
    assert shapely.contains(polygons, shapely.point_on_surface(grid.polygons(cells))).all()
    assert shapely.area(polygons).sum() == chosen.sum() * 250**2


def test_cells_that_touch_at_corners_round_a_gap_stay_valid():
    # A ring of cells that is joined at corners in turn: outline and hole touch, and holes do.
    chosen = np.array(
        [[1, 1, 1, 1, 1], [1, 0, 1, 0, 1], [1, 1, 0, 1, 1], [1, 0, 1, 1, 0], [1, 1, 1, 0, 1]],
        dtype=bool,
    )
    grid = grid_of(chosen)
    (area,) = areas_of(grid, chosen)
    assert area.geometry.is_valid
    assert area.geometry.wkb == united(grid, area.cells).wkb
