"""The part of a kernel within the study area: by hand, on fine rings, by other software."""

import numpy as np
import pandas as pd
import pytest
import shapely

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.edges import (
    area_of_cells,
    density_of_cells,
    edge_mass,
    edge_mass_of_cells,
)
from geo_alerts.hotspots.grid import SquareGrid
from geo_alerts.hotspots.positions import places

SQUARE = shapely.box(10_000, 10_000, 11_000, 11_000)
# A quarter, a half and the whole: a corner, the middle of a side, the middle; and out of reach.
PARTS = [
    (10_000, 10_000, 0.25),
    (10_500, 10_000, 0.5),
    (10_500, 10_500, 1),
    (12_000, 10_500, 0),
]


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
@pytest.mark.parametrize(("easting", "northing", "part"), PARTS)
def test_a_corner_holds_a_quarter_and_a_side_a_half(kernel, easting, northing, part):
    mass = edge_mass(SQUARE, easting, northing, bandwidth_m=60, kernel=kernel)
    assert mass == pytest.approx(part, abs=1e-13)


def test_next_to_a_long_straight_edge_the_gaussian_mass_is_the_normal_distribution():
    # Phi(1) and Phi(-1), of any table.
    wide = shapely.box(0, 0, 100_000, 100_000)
    mass = edge_mass(wide, [300, -300], 50_000, bandwidth_m=300, kernel="gaussian")
    assert mass == pytest.approx([0.841344746068543, 0.158655253931457], abs=1e-14)


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
def test_a_hole_takes_away_what_its_own_ground_holds(kernel):
    hole = shapely.box(10_400, 10_350, 10_550, 10_600)
    at = np.array([10_100.0, 10_420, 10_550, 10_700]), np.array([10_100.0, 10_400, 10_500, 10_900])
    asked = {"bandwidth_m": 200, "kernel": kernel}
    left = edge_mass(shapely.difference(SQUARE, hole), *at, **asked)
    whole, gone = (edge_mass(area, *at, **asked) for area in (SQUARE, hole))
    np.testing.assert_allclose(left, whole - gone, atol=1e-13)


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
def test_a_ragged_area_holds_what_rings_of_equal_mass_find_in_it(kernel):
    rng = np.random.default_rng(5)
    angle, far = np.sort(rng.uniform(0, 2 * np.pi, 25)), rng.uniform(300, 900, 25)
    shell = 5000 + far[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    area = shapely.Polygon(shell)
    at = np.concatenate([rng.uniform(4000, 6000, (10, 2)), shell[:3], (shell[:3] + shell[1:4]) / 2])
    mass = edge_mass(area, *at.T, bandwidth_m=350, kernel=kernel)
    part = (np.arange(400) + 0.5) / 400
    ring = np.sqrt(-2 * np.log1p(-part) if kernel == "gaussian" else 1 - np.cbrt(1 - part))
    turn = (np.arange(1600) + 0.5) / 1600 * 2 * np.pi
    away = 350 * ring[:, None, None] * np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    found = [shapely.contains_xy(area, (place + away).reshape(-1, 2)).mean() for place in at]
    np.testing.assert_allclose(mass, found, atol=5e-4)


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
@pytest.mark.parametrize("bandwidth_m", [100, 330, 2500])
def test_cells_and_their_ground_hold_the_same(kernel, bandwidth_m):
    rng = np.random.default_rng(2)
    grid = SquareGrid.over((400_000, 200_000, 402_600, 201_700), 100)
    mask = rng.random(grid.shape) < 0.7
    columns, rows = grid.centres()
    asked = {"bandwidth_m": bandwidth_m, "kernel": kernel}
    of_ground = edge_mass(area_of_cells(grid, mask), columns, rows[:, None], **asked)
    of_cells = edge_mass_of_cells(mask, grid.cell_m, **asked)
    np.testing.assert_allclose(of_cells, of_ground, atol=3e-13)


def test_the_ground_of_cells_is_theirs():
    grid = SquareGrid(cell_m=100, west=0, south=500, columns=4, rows=3)
    mask = np.array([[1, 1, 0, 1], [0, 1, 0, 0], [0, 0, 0, 1]], dtype=bool)
    expected = shapely.union_all(grid.polygons(np.flatnonzero(mask)))
    assert shapely.equals(area_of_cells(grid, mask), expected)


def test_evenly_spread_events_are_as_dense_at_the_edge_as_in_the_middle():
    grid = SquareGrid(cell_m=100, west=400_000, south=300_000, columns=12, rows=12)
    mask = np.ones(grid.shape, dtype=bool)
    line = np.arange(5, 1200, 10.0)
    east, north = (axis.ravel() for axis in np.meshgrid(4e5 + line, 3e5 + line))
    events = places(east, north)
    # One in 100 square metres.
    uniform = density_of_cells(events, grid, mask, bandwidth_m=200)
    np.testing.assert_allclose(uniform, 0.01, rtol=1e-3)
    plain = density_of_cells(events, grid, mask, bandwidth_m=200, correction="none")
    assert plain[0, 0] < 0.6 * plain[5, 5]


def test_what_diggle_corrects_holds_as_many_events_as_there_were():
    grid = SquareGrid(cell_m=20, west=400_000, south=300_000, columns=60, rows=50)
    mask = np.ones(grid.shape, dtype=bool)
    mask[:20, :30] = False
    rng = np.random.default_rng(4)
    east, north = 4e5 + rng.uniform(0, 1200, 300), 3e5 + rng.uniform(0, 1000, 300)
    within = mask.ravel()[grid.cell_of(east, north)].sum()
    asked = {"bandwidth_m": 260, "correction": "diggle"}
    value = density_of_cells(places(east, north), grid, mask, **asked)
    assert value.sum() * grid.cell_m**2 == pytest.approx(within, rel=1e-3)


def test_events_outside_the_study_area_count_for_nothing_and_there_is_no_density_there():
    grid = SquareGrid(cell_m=100, west=400_000, south=300_000, columns=4, rows=1)
    mask = np.array([[True, True, False, False]])
    near, far = ([400_050.0], [300_050.0]), ([400_250.0, 400_600.0], [300_050.0, 300_050.0])
    both = places([*near[0], *far[0]], [*near[1], *far[1]])
    for correction in ("none", "uniform", "diggle"):
        asked = {"bandwidth_m": 400, "correction": correction}
        value = density_of_cells(both, grid, mask, **asked)
        np.testing.assert_array_equal(value, density_of_cells(places(*near), grid, mask, **asked))
        assert value[0, 2:].tolist() == [0, 0]


@pytest.mark.parametrize(
    ("area", "told"),
    [
        (shapely.LineString([(0, 0), (500, 500)]), "polygon or several, not linestring"),
        (shapely.Polygon(), "that is empty"),
        (shapely.Polygon([(0, 0), (500, 500), (500, 0), (0, 500)]), "no valid polygon"),
        (shapely.box(-2.4, 52.1, -2.2, 52.3), "look like degrees"),
    ],
)
def test_areas_without_ground_are_refused(area, told):
    with pytest.raises(InvalidInputError, match=told):
        edge_mass(area, 400_000, 300_000, bandwidth_m=300)


def test_masks_cells_and_corrections_that_are_none_are_refused():
    grid = SquareGrid(cell_m=100, west=400_000, south=300_000, columns=4, rows=1)
    events, mask = places([400_050.0], [300_050.0]), np.ones((1, 4), dtype=bool)
    with pytest.raises(InvalidInputError, match="'ripley' is no edge correction"):
        density_of_cells(events, grid, mask, bandwidth_m=300, correction="ripley")
    with pytest.raises(InvalidInputError, match=r"shape \(4, 1\), the grid of \(1, 4\)"):
        density_of_cells(events, grid, mask.T, bandwidth_m=300)
    with pytest.raises(InvalidInputError, match="rows by columns of true and false"):
        edge_mass_of_cells(mask.astype(float), 100, bandwidth_m=300)
    with pytest.raises(InvalidInputError, match="cell_m is 0"):
        edge_mass_of_cells(mask, 0, bandwidth_m=300)


@pytest.mark.shared
def test_masses_and_corrected_densities_are_those_of_other_software(shared_data):
    cells = pd.read_parquet(shared_data / "oracles" / "kde_250m_burglary_2018-07.parquet")
    cells = cells.sort_values("cell_id")
    points = pd.read_parquet(shared_data / "oracles" / "points_27700.parquet")
    chosen = (points["month"] == "2018-07") & points["in_wy"]
    burglary = points[chosen & (points["Crime type"] == "Burglary")]
    grid = SquareGrid.over((389_750, 403_500, 451_000, 450_250), 250)
    mask = np.ones(grid.shape, dtype=bool)
    asked = {"bandwidth_m": 300, "kernel": "gaussian"}
    mass = edge_mass_of_cells(mask, 250, **asked).ravel()
    assert np.abs(mass - cells["edge_mass_gauss300"]).max() < 1e-14
    events = places(burglary["E"], burglary["N"])
    for correction in ("uniform", "diggle"):
        value = density_of_cells(events, grid, mask, correction=correction, **asked).ravel()
        expected = cells[f"gauss_edge_{correction}"]
        assert np.abs(value - expected).max() <= 1e-12 * expected.max()
