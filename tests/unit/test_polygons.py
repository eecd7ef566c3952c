import numpy as np
import pytest
import shapely

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.grid import SquareGrid
from geo_alerts.hotspots.hexagons import HexGrid
from geo_alerts.hotspots.polygons import areas_of, hexagons_together

GRID = SquareGrid(cell_m=100, west=1000, south=2000, columns=5, rows=4)


def chosen(*rows: str) -> np.ndarray:
    """Cells drawn as people see them, the northernmost row first."""
    return np.array([[mark == "#" for mark in row] for row in rows[::-1]])


def test_cells_that_touch_are_one_area_and_a_corner_is_enough():
    found = areas_of(GRID, chosen("#....", ".#...", ".....", "...##"))
    assert [one.cells.tolist() for one in found] == [[3, 4], [11, 15]]
    assert found[0].geometry.equals(shapely.box(1300, 2000, 1500, 2100))
    assert found[1].geometry.equals(
        shapely.MultiPolygon(
            [shapely.box(1100, 2200, 1200, 2300), shapely.box(1000, 2300, 1100, 2400)]
        )
    )


def test_a_run_of_cells_ends_with_its_row():
    # The last cell of a row and the first of the next are neighbours in number alone.
    found = areas_of(GRID, chosen(".....", "#....", "....#", "....."))
    assert [one.cells.tolist() for one in found] == [[9], [10]]


def test_cells_round_a_hole_keep_it():
    (found,) = areas_of(GRID, chosen("###..", "#.#..", "###..", "....."))
    assert found.geometry.area == 80_000
    assert len(found.geometry.interiors) == 1


def test_none_chosen_are_no_areas():
    assert areas_of(GRID, np.zeros(GRID.shape, dtype=bool)) == []


def test_cells_of_another_grid_are_refused():
    with pytest.raises(InvalidInputError, match="not of the grid"):
        areas_of(GRID, np.zeros((5, 4), dtype=bool))


def test_every_chosen_cell_is_in_one_area_of_just_its_ground():
    grid = SquareGrid(cell_m=250, west=0, south=0, columns=83, rows=61)
    cells = np.random.default_rng(5).random(grid.shape) < 0.35
    found = areas_of(grid, cells)
    together = np.concatenate([one.cells for one in found])
    assert np.array_equal(np.sort(together), np.flatnonzero(cells))
    for one in found:
        ground = shapely.union_all(grid.polygons(one.cells))
        assert one.geometry.equals(ground)
        assert one.geometry.area == len(one.cells) * 250**2
    tree = shapely.STRtree([one.geometry for one in found])
    touching = tree.query([one.geometry for one in found], predicate="intersects")
    assert (touching[0] == touching[1]).all()


@pytest.fixture(scope="module")
def hexes() -> HexGrid:
    return HexGrid.over(shapely.box(350_000, 300_000, 358_000, 306_000), 9)


def test_every_chosen_hexagon_is_in_one_area_without_slivers(hexes: HexGrid):
    chosen = np.random.default_rng(3).random(hexes.size) < 0.3
    found = hexagons_together(hexes, hexes.neighbours(), chosen)
    together = np.concatenate([one.cells for one in found])
    assert np.array_equal(np.sort(together), np.flatnonzero(chosen))
    assert [one.cells[0] for one in found] == sorted(one.cells[0] for one in found)
    for one in found:
        hexagons = hexes.polygons(hexes.cells[one.cells])
        assert isinstance(one.geometry, shapely.Polygon)
        assert one.geometry.area == pytest.approx(shapely.area(hexagons).sum(), rel=1e-6)
    tree = shapely.STRtree([one.geometry.buffer(-1) for one in found])
    touching = tree.query([one.geometry.buffer(1) for one in found], predicate="intersects")
    assert (touching[0] == touching[1]).all()


def test_no_hexagons_are_no_areas_and_those_of_another_grid_are_refused(hexes: HexGrid):
    neighbours = hexes.neighbours()
    assert hexagons_together(hexes, neighbours, np.zeros(hexes.size, dtype=bool)) == []
    with pytest.raises(InvalidInputError, match="hexagons"):
        hexagons_together(hexes, neighbours, np.zeros(3, dtype=bool))
