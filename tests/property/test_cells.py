"""What holds of cells and shares wherever units are. Whole metres: many lie in a line or a ring."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo_alerts.places import voronoi
from geo_alerts.places.assignment import assign
from geo_alerts.places.cells import Cells
from geo_alerts.places.layer import Layer
from geo_alerts.places.shares import LEAST_SHARE, shares

CLIP_M = 30.0
# What rounding to the millimetre can do: a vertex moves by half a diagonal.
ROUNDED_M = 0.00075
IN_THE_DISC_M = CLIP_M * np.cos(np.pi / voronoi.DISC_SIDES)

metres = st.integers(0, 40)
wide_metres = st.integers(0, 400)
clusters = st.lists(st.tuples(metres, metres), min_size=1, max_size=50)
scattered = st.lists(st.tuples(wide_metres, wide_metres), min_size=1, max_size=50)
positions = st.one_of(clusters, scattered)


def cells_of(pairs, dx=0, dy=0):
    flat = np.array(pairs, dtype=float) + np.array([dx, dy])
    return Cells.build(flat[:, 0], flat[:, 1], np.ones(len(flat), bool), clip_m=CLIP_M)


def every_cell(cells):
    return cells.shapes(np.arange(len(cells)))


@given(positions)
def test_cells_are_convex_and_hold_their_point(pairs):
    cells = cells_of(pairs)
    for number, polygon in enumerate(every_cell(cells)):
        ring = cells.vertex[cells.offset[number] : cells.offset[number + 1]].astype(np.int64)
        side = np.roll(ring, -1, axis=0) - ring
        ahead = np.roll(side, -1, axis=0)
        assert (side[:, 0] * ahead[:, 1] - side[:, 1] * ahead[:, 0] > 0).all()
        assert polygon.is_valid
        assert polygon.convex_hull.equals(polygon)
        assert polygon.contains_properly(shapely.Point(cells.point[number] / 1000))


@given(positions)
def test_cores_are_the_cells_without_a_millimetre_and_hold_their_point(pairs):
    cells = cells_of(pairs)
    number = np.arange(len(cells))
    core, cell = cells.cores(number), cells.shapes(number)
    corners, of_core = shapely.get_coordinates(core, return_index=True)
    in_m = shapely.distance(shapely.boundary(cell)[of_core], shapely.points(corners))
    assert shapely.contains_properly(core, shapely.points(cells.point / 1000)).all()
    assert shapely.contains_properly(cell, core).all()
    assert in_m == pytest.approx(0.001, abs=1e-5)


@given(positions, st.lists(st.tuples(wide_metres, wide_metres), max_size=40))
def test_a_place_is_in_the_cell_of_the_unit_nearest_to_it(pairs, places):
    cells = cells_of(pairs)
    polygons, points = every_cell(cells), shapely.points(cells.point / 1000)
    for place in shapely.points(np.array(places, dtype=float).reshape(-1, 2) + 0.25):
        away_m, outside_m = shapely.distance(points, place), shapely.distance(polygons, place)
        nearest = int(np.argmin(away_m))
        assert (away_m[outside_m == 0] <= min(away_m[nearest], CLIP_M) + 3 * ROUNDED_M).all()
        if away_m[nearest] <= IN_THE_DISC_M:
            assert outside_m[nearest] <= ROUNDED_M


@given(positions)
def test_cells_share_out_the_ground_round_the_units(pairs):
    polygons = every_cell(cells_of(pairs))
    angle = np.arange(voronoi.DISC_SIDES) * 2 * np.pi / voronoi.DISC_SIDES
    disc = CLIP_M * np.column_stack([np.cos(angle), np.sin(angle)])
    units = np.unique(np.array(pairs, dtype=float), axis=0)
    ground = shapely.union_all(shapely.polygons(units[:, np.newaxis] + disc))
    slack = ROUNDED_M * shapely.length(polygons).sum()
    assert shapely.area(polygons).sum() == pytest.approx(ground.area, abs=slack)


@given(positions, st.integers(0, 600_000), st.integers(0, 1_200_000))
def test_moving_everything_by_whole_metres_moves_the_cells(pairs, dx, dy):
    here, there = cells_of(pairs), cells_of(pairs, dx, dy)
    assert np.array_equal(here.vertex + np.array([dx, dy]) * 1000, there.vertex)
    assert np.array_equal(here.cell, there.cell)


@given(positions, st.randoms(use_true_random=False))
def test_the_order_of_the_units_does_not_matter(pairs, random):
    order = random.sample(range(len(pairs)), len(pairs))
    here, there = cells_of(pairs), cells_of([pairs[row] for row in order])
    one, other = here.polygons(order), there.polygons(range(len(order)))
    differing = shapely.area(shapely.symmetric_difference(one, other))
    assert (differing <= ROUNDED_M * shapely.length(one)).all()


@given(positions, st.integers(1, 9))
def test_blocks_of_any_size_give_the_cells_of_the_whole(pairs, points_in_a_block):
    whole = every_cell(cells_of(pairs))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(voronoi, "POINTS_IN_A_BLOCK", points_in_a_block)
        parts = every_cell(cells_of(pairs))
    differing = shapely.area(shapely.symmetric_difference(whole, parts))
    assert (differing <= ROUNDED_M * shapely.length(whole)).all()


@given(positions)
def test_bytes_bring_the_cells_back(pairs):
    cells = cells_of(pairs)
    again = Cells.from_blocks(cells.to_blocks())
    for name in ("cell", "point", "offset", "vertex"):
        assert np.array_equal(getattr(cells, name), getattr(again, name))


@st.composite
def layers(draw):
    """Rectangles, some of which overlap."""
    corners = draw(st.lists(st.tuples(metres, metres, metres, metres), max_size=6))
    boxes = [shapely.box(x, y, x + 1 + width, y + 1 + height) for x, y, width, height in corners]
    codes = [f"{number}" for number in range(len(boxes))]
    return Layer.from_columns("test", codes, codes, boxes)


@given(positions, layers())
def test_shares_are_the_ground_of_the_cell_that_each_area_has(pairs, layer):
    flat = np.array(pairs, dtype=float)
    cells = cells_of(pairs)
    found = shares(cells, range(len(pairs)), layer, assign(flat[:, 0], flat[:, 1], layer))
    everything = shapely.union_all(layer.geometry) if len(layer) else shapely.Polygon()
    for unit, cell in enumerate(cells.polygons(range(len(pairs)))):
        told = slice(found.offset[unit], found.offset[unit + 1])
        expected = shapely.area(shapely.intersection(cell, layer.geometry)) / cell.area
        covers = shapely.covers(layer.geometry, shapely.Point(pairs[unit]))
        wanted = np.flatnonzero((expected >= LEAST_SHARE) | covers)
        assert sorted(found.area[told]) == wanted.tolist()
        assert found.share[told] == pytest.approx(expected[found.area[told]], abs=LEAST_SHARE)
        assert (np.diff(found.share[told]) <= 0).all()
        in_none = 1 - cell.intersection(everything).area / cell.area
        assert found.none[unit] == pytest.approx(in_none, abs=LEAST_SHARE)


@given(positions, st.integers(1, 39), st.integers(1, 39))
def test_areas_without_gaps_or_overlaps_share_out_the_whole_cell(pairs, x, y):
    flat = np.array(pairs, dtype=float)
    sides = ((-99, x), (x, 999)), ((-99, y), (y, 999))
    boxes = [shapely.box(w, s, e, n) for w, e in sides[0] for s, n in sides[1]]
    layer = Layer.from_columns("quarters", list("abcd"), list("abcd"), boxes)
    found = shares(cells_of(pairs), range(len(pairs)), layer, assign(*flat.T, layer))
    unit = np.repeat(np.arange(len(pairs)), np.diff(found.offset))
    assert (found.none == 0).all()
    assert np.bincount(unit, found.share) == pytest.approx(1.0, abs=3 * LEAST_SHARE)
