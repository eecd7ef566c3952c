"""Square grids: the cell of a position, the cells of a study area, and what is refused."""

import re

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.grid import MOST_CELLS, SquareGrid

GRID = SquareGrid(cell_m=250, west=400_000, south=300_000, columns=4, rows=3)


def test_lines_lie_at_multiples_of_the_cell_whatever_the_box():
    grid = SquareGrid.over((389_783.2, 403_612.9, 450_999.9, 450_001.0), 250)
    assert (grid.west, grid.south) == (389_750, 403_500)
    assert grid.shape == (187, 245)
    assert grid.size == 45_815
    assert grid.cell_km2 == 0.0625


def test_a_box_that_ends_on_a_line_takes_no_further_cells():
    assert SquareGrid.over((400_000, 300_000, 401_000, 300_750), 250) == GRID


def test_a_box_without_extent_has_one_cell():
    assert SquareGrid.over((400_000, 300_100, 400_000, 300_100), 250).shape == (1, 1)


def test_cells_are_numbered_row_by_row_from_the_south_west():
    assert GRID.cell_of([400_010, 400_990, 400_010], [300_010, 300_010, 300_260]).tolist() == [
        0,
        3,
        4,
    ]


def test_a_position_on_a_line_belongs_to_the_cell_east_and_north_of_it():
    assert GRID.cell_of([400_000, 400_250, 400_250], [300_000, 300_000, 300_250]).tolist() == [
        0,
        1,
        5,
    ]
    just_short = np.nextafter([400_250.0], 0)
    assert GRID.cell_of(just_short, [300_000]).tolist() == [0]


def test_far_cells_are_as_exact_as_near_ones():
    grid = SquareGrid(cell_m=10, west=0, south=0, columns=70_000, rows=2)
    lines = np.arange(0, 700_000, 10, dtype=float)
    assert np.array_equal(grid.cell_of(lines, np.zeros(70_000)), np.arange(70_000))
    short = np.nextafter(lines[1:], 0)
    assert np.array_equal(grid.cell_of(short, np.zeros(69_999)), np.arange(69_999))


@pytest.mark.parametrize(
    ("easting", "northing"),
    [
        (401_000, 300_100),
        (400_100, 300_750),
        (399_999.9, 300_100),
        (np.nan, 300_100),
        (400_100, np.inf),
    ],
)
def test_a_position_outside_or_not_finite_is_in_no_cell(easting, northing):
    assert GRID.cell_of([easting], [northing]).tolist() == [-1]
    assert GRID.counts([easting], [northing]).sum() == 0


def test_counts_add_up_positions_or_their_weights():
    east, north = [400_010, 400_010, 400_990, 500_000], [300_010, 300_020, 300_700, 300_000]
    counts = GRID.counts(east, north)
    assert counts.shape == (3, 4)
    assert (counts[0, 0], counts[2, 3], counts.sum()) == (2, 1, 3)
    weights = GRID.counts(east, north, [0.5, 2, 10, 99])
    assert (weights[0, 0], weights[2, 3], weights.sum()) == (2.5, 10, 12.5)


def test_no_positions_are_counts_of_zero():
    assert not GRID.counts([], []).any()
    assert not GRID.counts([], [], []).any()


def test_centres_are_in_the_middle_of_their_cells():
    easting, northing = GRID.centres()
    assert easting.tolist() == [400_125, 400_375, 400_625, 400_875]
    assert northing.tolist() == [300_125, 300_375, 300_625]
    east, north = np.meshgrid(easting, northing)
    assert np.array_equal(GRID.cell_of(east.ravel(), north.ravel()), np.arange(12))


def test_polygons_are_the_squares_of_their_cells():
    found = GRID.polygons([5, 0])
    assert found[0].equals(shapely.box(400_250, 300_250, 400_500, 300_500))
    assert found[1].equals(shapely.box(400_000, 300_000, 400_250, 300_250))


def test_a_cell_that_an_area_merely_touches_is_not_of_it():
    exact = shapely.box(400_250, 300_250, 400_750, 300_500)
    assert np.flatnonzero(GRID.mask(exact)).tolist() == [5, 6]
    corner = shapely.Polygon([(400_250, 300_250), (400_200, 300_250), (400_250, 300_200)])
    assert np.flatnonzero(GRID.mask(corner)).tolist() == [0]


def test_a_cell_that_lies_in_a_hole_is_not_of_the_area():
    ring = shapely.box(400_000, 300_000, 401_000, 300_750) - shapely.box(
        400_250, 300_250, 400_500, 300_500
    )
    assert np.flatnonzero(~GRID.mask(ring)).tolist() == [5]


def test_an_area_beyond_the_grid_leaves_it_empty():
    assert not GRID.mask(shapely.box(500_000, 300_000, 501_000, 301_000)).any()


def test_a_mask_leaves_the_area_as_it_was_given():
    area = shapely.box(400_000, 300_000, 400_300, 300_300)
    GRID.mask(area)
    assert not shapely.is_prepared(area)


@pytest.mark.parametrize("seed", range(6))
def test_a_mask_is_what_asking_every_cell_would_give(seed):
    rng = np.random.default_rng(seed)
    # Vertices on lines, so that much merely touches.
    corners = rng.integers(0, 60, (9, 2)) * 125.0 + [400_000, 300_000]
    parts = shapely.union_all(
        [shapely.convex_hull(shapely.multipoints(corners[at : at + 3])) for at in (0, 3, 6)]
    )
    area = shapely.make_valid(parts)
    grid = SquareGrid.over((399_500, 299_500, 408_000, 308_000), 250)
    # Interiors that share ground; the area of an intersection would round slivers away.
    shared = shapely.relate_pattern(area, grid.polygons(np.arange(grid.size)), "2********")
    assert np.array_equal(grid.mask(area).ravel(), shared)


@pytest.mark.shared
def test_the_mask_of_a_force_holds_it_and_half_a_cell_along_its_outline(shared_data):
    source = f"zip://{shared_data}/boundaries/forces-2017.zip!west-mercia.geojson"
    force = gpd.read_file(source).to_crs(27700).union_all()
    grid = SquareGrid.over(force.bounds, 100)
    mask = grid.mask(force)
    # Every cell that the outline crosses is in, so the cells hold more than the force, by half
    # a cell along it.
    assert force.area < mask.sum() * 100**2 < force.area + force.length * 100


@pytest.mark.parametrize("cell", [9, 10_001, 0, -250, 250.0, True, "250", None, np.nan])
def test_a_cell_that_cannot_be_used_is_refused(cell):
    with pytest.raises(InvalidInputError, match="10 to 10,000 whole metres"):
        SquareGrid.over((400_000, 300_000, 401_000, 301_000), cell)


def test_a_cell_of_numpy_is_as_good():
    assert SquareGrid.over((400_000, 300_000, 401_000, 300_750), np.int64(250)) == GRID


def test_one_stray_position_makes_no_millions_of_cells():
    with pytest.raises(InvalidInputError, match=r"700 by 1,300 km are 91,000,000") as caught:
        SquareGrid.over((0, 0, 700_000, 1_300_000), 100)
    fitting = int(re.search(r"use cells of at least (\d+) m", str(caught.value)).group(1))
    assert SquareGrid.over((0, 0, 700_000, 1_300_000), fitting).size <= MOST_CELLS
    with pytest.raises(InvalidInputError, match="more than"):
        SquareGrid.over((0, 0, 700_000, 1_300_000), fitting - 10)


def test_a_box_too_large_for_any_cell_is_told_so():
    with pytest.raises(InvalidInputError, match="use a smaller study area"):
        SquareGrid.over((-2e7, -2e7, 2e7, 2e7), 10_000)


@pytest.mark.parametrize(
    "bounds",
    [
        (0, 0, np.nan, 1e5),
        (0, 0, np.inf, 1e5),
        (-1e300, 0, 1e300, 1e300),
        (2e5, 0, 1e5, 1e5),
        (0, 2e5, 1e5, 1e5),
        (1, 2),
        None,
    ],
)
def test_bounds_that_are_none_are_refused(bounds):
    with pytest.raises(InvalidInputError, match="bounds"):
        SquareGrid.over(bounds, 250)


def test_degrees_in_place_of_metres_are_refused():
    with pytest.raises(InvalidInputError, match="look like degrees"):
        SquareGrid.over((-3.2, 51.8, -1.8, 53.0), 250)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"west": 400_001}, "multiples of its cell"),
        ({"rows": 0}, "at least one"),
        ({"rows": 4_000_000}, "more than 6,000,000"),
        ({"cell_m": 5}, "whole metres"),
    ],
)
def test_a_grid_made_by_hand_is_checked_as_well(changed, reason):
    given = {"cell_m": 250, "west": 400_000, "south": 300_000, "columns": 4, "rows": 3}
    with pytest.raises(InvalidInputError, match=reason):
        SquareGrid(**{**given, **changed})


@pytest.mark.parametrize(
    ("weights", "reason"),
    [
        ([1], "2 weights"),
        ([1, -1], "position 2 is -1"),
        ([np.nan, 1], "position 1 is nan"),
        (["a", "b"], "numbers"),
    ],
)
def test_weights_that_cannot_be_used_are_refused(weights, reason):
    with pytest.raises(InvalidInputError, match=reason):
        GRID.counts([400_100, 400_100], [300_100, 300_100], weights)


def test_eastings_of_words_are_refused():
    with pytest.raises(InvalidInputError, match="eastings are wanted as numbers"):
        GRID.cell_of(["SO", "SP"], [300_100, 300_100])


def test_eastings_and_northings_of_two_lengths_are_refused():
    with pytest.raises(InvalidInputError, match="one length"):
        GRID.cell_of([400_100, 400_100], [300_100])


def test_a_number_of_no_cell_has_no_polygon():
    with pytest.raises(InvalidInputError, match="12 is no cell of a grid of 12"):
        GRID.polygons([0, 12])


@pytest.mark.parametrize(
    ("area", "reason"),
    [
        (shapely.Point(400_000, 300_000), "not point"),
        (shapely.Polygon(), "empty"),
        (
            shapely.Polygon([(4e5, 3e5), (4.01e5, 3.01e5), (4.01e5, 3e5), (4e5, 3.01e5)]),
            "Self-intersection",
        ),
        (shapely.box(-3, 52, -2, 53), "degrees"),
    ],
)
def test_an_area_without_ground_is_refused(area, reason):
    with pytest.raises(InvalidInputError, match=reason):
        GRID.mask(area)
