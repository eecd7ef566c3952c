"""Hexagons of H3: which cover an area, which hold a position, and what is refused."""

import h3
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_alerts.crs import points_to_epsg_4326
from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.getis_ord import gi_star_on
from geo_alerts.hotspots.hexagons import NO_CELL, HexGrid

AREA = shapely.box(400_000, 300_000, 405_000, 304_000) - shapely.box(
    402_000, 301_000, 403_500, 302_500
)


@pytest.fixture(scope="module")
def grid() -> HexGrid:
    return HexGrid.over(AREA, 9)


@pytest.mark.parametrize("resolution", [7, 8, 9, 10])
def test_the_cells_cover_the_area_and_each_shares_ground_with_it(resolution):
    grid = HexGrid.over(AREA, resolution)
    cells = grid.polygons(grid.cells)
    # Straight lines on the grid part from H3's by less than a millimetre.
    assert shapely.union_all(cells).buffer(0.001).covers(AREA)
    assert (shapely.area(shapely.intersection(cells, AREA)) > 0).all()


@pytest.mark.parametrize("resolution", [7, 8, 9])
def test_no_cell_is_missing_that_h3_finds_by_itself(resolution):
    grid = HexGrid.over(AREA, resolution)
    rng = np.random.default_rng(resolution)
    east, north = rng.uniform(400_000, 405_000, 3000), rng.uniform(300_000, 304_000, 3000)
    inside = shapely.contains_xy(AREA, east, north)
    longitude, latitude = points_to_epsg_4326(east, north)
    theirs = [
        h3.str_to_int(h3.latlng_to_cell(lat, lon, resolution))
        for lat, lon in zip(latitude, longitude, strict=True)
    ]
    found = grid.cell_of(east, north)
    assert np.array_equal(found[inside], np.array(theirs, dtype=np.uint64)[inside])


def test_cells_are_ascending_and_of_one_resolution(grid):
    assert (np.diff(grid.cells) > 0).all()
    assert {h3.get_resolution(h3.int_to_str(int(cell))) for cell in grid.cells} == {9}


def test_a_cell_has_the_ground_that_h3_says(grid):
    areas = [h3.cell_area(h3.int_to_str(int(cell)), unit="km^2") for cell in grid.cells]
    assert grid.cell_km2 == pytest.approx(np.mean(areas), rel=0.005)


def test_counts_are_in_the_order_of_the_cells_and_leave_out_what_is_outside(grid):
    east, north = [400_500, 400_500, 404_800, 450_000], [300_500, 300_500, 303_900, 300_000]
    counts = grid.counts(east, north)
    weights = grid.counts(east, north, [1, 2, 4, 8])
    first, last = (np.flatnonzero(grid.cells == cell)[0] for cell in grid.cell_of(east, north)[1:3])
    assert counts.sum() == 3
    assert (counts[first], counts[last]) == (2, 1)
    assert (weights[first], weights[last]) == (3, 4)


@pytest.mark.parametrize(
    ("easting", "northing"),
    [(450_000, 300_000), (np.nan, 300_000), (400_500, np.inf), (0, 1_299_999), (402_700, 301_700)],
)
def test_a_position_in_no_cell_has_none(easting, northing):
    # The hole in the middle holds whole cells.
    grid = HexGrid.over(AREA, 10)
    assert grid.cell_of([easting], [northing]).tolist() == [NO_CELL]


def test_centres_lie_in_their_cells(grid):
    assert np.array_equal(grid.cell_of(*grid.centres()), grid.cells)


def test_neighbours_touch_and_none_is_missed(grid):
    beside = grid.neighbours()
    cells = grid.polygons(grid.cells)
    tree = shapely.STRtree(cells)
    near = tree.query(cells, predicate="dwithin", distance=0.01)
    touching = {tuple(pair) for pair in near.T.tolist() if pair[0] != pair[1]}
    listed = {(at, int(one)) for at, row in enumerate(beside) for one in row if one >= 0}
    assert listed == touching
    assert (beside >= 0).sum(axis=1).max() == 6


def test_gi_star_runs_on_hexagons(grid):
    middle = grid.centres()[0].argsort()[grid.size // 3]
    counts = np.zeros(grid.size)
    beside = grid.neighbours()
    hot = np.append(beside[middle][beside[middle] >= 0], middle)
    counts[hot] = 5
    assert gi_star_on(counts, beside).argmax() == middle


@pytest.mark.shared
@pytest.mark.parametrize("resolution", [8, 9])
def test_counts_of_real_crime_are_those_of_h3(shared_data, resolution):
    points = pd.read_parquet(shared_data / "oracles" / "points_27700.parquet")
    points = points[(points["month"] == "2018-07") & points["in_wy"]]
    table = pd.read_csv(shared_data / "oracles" / f"h3_res{resolution}_all_2018-07.csv")
    theirs = table.set_index(table.columns[0])["n"]
    grid = HexGrid.over(shapely.box(386_000, 400_000, 455_000, 454_000), resolution)
    counts = grid.counts(points["E"].round(), points["N"].round())
    ours = pd.Series(counts, index=[h3.int_to_str(int(cell)) for cell in grid.cells])
    assert ours.sum() == theirs.sum()
    # They took the published longitudes, which are 1.75 m off the ground's.
    assert ours.sub(theirs, fill_value=0).abs().sum() / 2 < 0.01 * theirs.sum()


@pytest.mark.parametrize("resolution", [6, 11, 8.5, "8", None])
def test_a_resolution_that_is_not_offered_is_refused(resolution):
    with pytest.raises(InvalidInputError, match="resolutions 7 to 10"):
        HexGrid.over(AREA, resolution)


def test_an_area_of_too_many_hexagons_is_refused_at_once():
    with pytest.raises(InvalidInputError, match="take resolution 9 or a smaller study area"):
        HexGrid.over(shapely.box(100_000, 100_000, 600_000, 600_000), 10)


@pytest.mark.parametrize("cells", [[], [5, 4], [4, 4]])
def test_cells_that_are_no_grid_are_refused(cells):
    with pytest.raises(InvalidInputError, match="at least one cell"):
        HexGrid(9, np.array(cells, dtype=np.uint64))


def test_what_is_no_study_area_is_refused():
    with pytest.raises(InvalidInputError, match="polygon or several, not linestring"):
        HexGrid.over(shapely.LineString([(4e5, 3e5), (4.1e5, 3e5)]), 9)


def test_a_cell_of_another_grid_has_no_polygon(grid):
    with pytest.raises(InvalidInputError, match="5 is no cell of the grid"):
        grid.polygons([5])


def test_weights_below_zero_are_refused(grid):
    with pytest.raises(InvalidInputError, match="not negative"):
        grid.counts([400_500], [300_500], [-1])
