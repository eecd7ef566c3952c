"""The point index: boundary counts, holes do not, distances are exact, rows come back ascending."""

import numpy as np
import pytest
import shapely

from geo_alerts.places import point_index
from geo_alerts.places.point_index import PointIndex

# 11 by 11 points every 10 m from 1000, 2000; row of the point at column c, row r is 11 r + c.
EAST, NORTH = (
    grid.ravel() for grid in np.meshgrid(1000 + 10 * np.arange(11), 2000 + 10 * np.arange(11))
)


def rows(cells):
    return sorted(11 * r + c for c, r in cells)


@pytest.fixture
def lattice():
    return PointIndex(EAST, NORTH)


def test_points_on_the_edge_and_corner_of_a_square_are_covered(lattice):
    square = shapely.box(1010, 2010, 1020, 2020)
    assert lattice.covered_by(square).tolist() == rows([(1, 1), (2, 1), (1, 2), (2, 2)])


def test_points_in_a_hole_are_not_covered_but_those_on_its_edge_are(lattice):
    ring = shapely.box(1000, 2000, 1040, 2040).difference(shapely.box(1010, 2010, 1030, 2030))
    assert lattice.covered_by(ring).tolist() == rows(
        {(c, r) for c in range(5) for r in range(5)} - {(2, 2)}
    )


@pytest.mark.parametrize(
    ("wkt", "cells"),
    [
        ("POLYGON ((1005 2005, 1009 2005, 1009 2009, 1005 2005))", []),
        (
            "MULTIPOLYGON (((9 9, 1000 2000, 9 99, 9 9)), ((1100 2100, 2e3 9, 2e3 99, 1100 2100)))",
            [(0, 0), (10, 10)],
        ),
        ("POINT (1050 2050)", [(5, 5)]),
        ("LINESTRING (1000 2000, 1020 2020)", [(0, 0), (1, 1), (2, 2)]),
        ("POLYGON EMPTY", []),
        ("MULTIPOLYGON EMPTY", []),
        ("POLYGON ((5000 5000, 6000 5000, 6000 6000, 5000 5000))", []),
        (
            "POLYGON ((-1e12 -1e12, 1e12 -1e12, 1e12 1e12, -1e12 1e12, -1e12 -1e12))",
            [(c, r) for c in range(11) for r in range(11)],
        ),
        (
            "GEOMETRYCOLLECTION (POINT (1000 2000), LINESTRING (1100 2100, 1105 2100))",
            [(0, 0), (10, 10)],
        ),
        (
            "POLYGON Z ((1000 2000 7, 1010 2000 7, 1000 2010 7, 1000 2000 7))",
            [(0, 0), (1, 0), (0, 1)],
        ),
    ],
)
def test_covered_by_gives_the_points_found_by_hand(lattice, wkt, cells):
    assert lattice.covered_by(shapely.from_wkt(wkt)).tolist() == rows(cells)


def test_a_point_a_nanometre_outside_a_slanted_edge_is_not_covered():
    # The edge from (0, 0) to (3, 1) passes by (1, 1/3): the two neighbours of 1/3 lie either side.
    index = PointIndex([1, 1], [np.nextafter(1 / 3, 1), np.nextafter(1 / 3, 0)])
    below = shapely.Polygon([(0, 0), (3, 0), (3, 1)])
    assert index.covered_by(below).tolist() == [1]


def test_points_without_coordinates_are_never_found():
    index = PointIndex([1000, np.nan, 1000, np.nan], [2000, np.nan, np.nan, 2000])
    assert len(index) == 1
    assert index.covered_by(shapely.box(0, 0, 9999, 9999)).tolist() == [0]
    assert index.within(1000, 2000, 1e9).tolist() == [0]
    assert index.nearest(0, 0, count=9)[0].tolist() == [0]


def test_an_index_of_nothing_finds_nothing():
    index = PointIndex([], [])
    assert len(index) == 0
    assert index.covered_by(shapely.box(0, 0, 10, 10)).tolist() == []
    assert index.within(0, 0, 10).tolist() == []
    found, distance_m = index.nearest(0, 0, count=3)
    assert (found.tolist(), distance_m.tolist()) == ([], [])


def test_all_points_at_one_place_are_found_together():
    index = PointIndex([5.0] * 5000, [7.0] * 5000)
    assert index.covered_by(shapely.Point(5, 7)).tolist() == list(range(5000))
    assert index.covered_by(shapely.box(5, 7, 6, 8)).tolist() == list(range(5000))


@pytest.mark.parametrize(
    ("metres", "expected"),
    [(0, 1), (9.999, 1), (10, 5), (14.142, 5), (14.143, 9), (49.999, 69), (50, 81)],
)
def test_within_counts_the_points_of_a_disc(lattice, metres, expected):
    # Gauss's circle problem (OEIS A000328): discs of radius 0, 1 and 5 steps hold 1, 5 and 81
    # points; 12 of the 81 lie on the circle itself, as (5, 0) and (3, 4).
    assert len(lattice.within(1050, 2050, metres)) == expected


def test_within_is_exact_at_the_scale_of_the_country():
    # 3-4-5: exactly 500 km away, and one metre further.
    index = PointIndex([300_000, 300_001], [400_000, 400_000])
    assert index.within(0, 0, 500_000).tolist() == [0]


def test_within_a_negative_distance_is_nothing(lattice):
    assert lattice.within(1050, 2050, -1).tolist() == []


def test_nearest_gives_the_lower_row_first_where_distances_are_equal(lattice):
    found, distance_m = lattice.nearest(1050, 2050, count=6)
    assert found.tolist()[:5] == [*rows([(5, 5)]), *rows([(5, 4), (4, 5), (6, 5), (5, 6)])]
    assert found.tolist()[5] == rows([(4, 4), (6, 4), (4, 6), (6, 6)])[0]
    assert distance_m.tolist() == [0, 10, 10, 10, 10, pytest.approx(200**0.5, abs=0)]


def test_nearest_finds_a_point_from_far_outside(lattice):
    found, distance_m = lattice.nearest(1000, 902_000)
    assert found.tolist() == rows([(0, 10)])
    assert distance_m.tolist() == [899_900]


@pytest.mark.parametrize("scale_m", [1.0, 1000.0])
def test_a_large_area_gets_the_same_points_as_testing_each(scale_m):
    # So many points that blocks of cells are settled as wholes, and clustered as postcodes are.
    rng = np.random.default_rng(20)
    centres = rng.integers(0, 400, (30, 2))
    points = centres[rng.integers(0, 30, 60_000)] + rng.normal(0, 12, (60_000, 2))
    east, north = np.round(points).T * scale_m + 200_000
    index = PointIndex(east, north)
    assert len(index) > 10 * point_index.POINTS_WORTH_CUTTING
    star = shapely.Polygon(
        [
            (200_000 + scale_m * (200 + r * np.cos(a)), 200_000 + scale_m * (200 + r * np.sin(a)))
            for a, r in zip(np.arange(40) * np.pi / 20, [190, 60] * 20, strict=True)
        ],
        holes=[shapely.box(*(200_000 + scale_m * np.array([180, 180, 230, 220]))).exterior.coords],
    )
    expected = np.flatnonzero(shapely.covers(star, shapely.points(east, north)))
    assert 5_000 < len(expected) < 50_000
    assert np.array_equal(index.covered_by(star), expected)


def test_pairs_of_overlapping_geometries_come_in_the_order_of_the_geometries(lattice):
    shapes = np.array(
        [shapely.box(1000, 2000, 1010, 2000.5), None, shapely.box(1010, 2000, 1020, 2000.5)]
    )
    area, row = lattice.covered_by_each(shapes)
    assert area.tolist() == [0, 0, 2, 2]
    assert sorted(row[:2].tolist()) == rows([(0, 0), (1, 0)])
    assert sorted(row[2:].tolist()) == rows([(1, 0), (2, 0)])


def test_many_points_and_geometries_give_the_same_pairs_as_a_tree_of_points():
    # Enough of both for several threads.
    rng = np.random.default_rng(3)
    east, north = rng.integers(0, 4000, (2, point_index.POINTS_WORTH_THREADS))
    corners = [(x, y) for x in range(0, 4000, 150) for y in range(0, 4000, 190)]
    shapes = np.array([shapely.box(x, y, x + 160, y + 190) for x, y in corners])
    area, row = PointIndex(east, north).covered_by_each(shapes)
    expected = shapely.STRtree(shapely.points(east, north)).query(shapes, predicate="covers")
    assert (np.diff(area) >= 0).all()
    assert set(zip(area.tolist(), row.tolist(), strict=True)) == set(
        map(tuple, expected.T.tolist())
    )
    assert len(row) == expected.shape[1]


@pytest.mark.parametrize("kind", ["points", "lines", "collections"])
def test_geometries_of_other_kinds_than_polygons_cover_what_lies_on_them(kind):
    rng = np.random.default_rng(5)
    east, north = rng.integers(0, 40, (2, 4000))
    ends = rng.integers(0, 40, (50, 3, 2))
    points, lines = shapely.multipoints(ends), shapely.linestrings(ends)
    mixed = [shapely.GeometryCollection([a, b]) for a, b in zip(points, lines[::-1], strict=True)]
    shapes = {"points": points, "lines": lines, "collections": np.array(mixed)}[kind]
    owner, row = PointIndex(east, north).covered_by_each(shapes)
    expected = [np.flatnonzero(shapely.intersects_xy(shape, east, north)) for shape in shapes]
    assert [sorted(row[owner == i].tolist()) for i in range(50)] == [e.tolist() for e in expected]
    assert len(row) > 100


def test_asking_leaves_the_callers_geometry_unprepared(lattice):
    square = shapely.box(1010, 2010, 1020, 2020)
    lattice.covered_by(square)
    assert not shapely.is_prepared(square)
