"""Assignment on layers small enough to work out by hand."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo_alerts.errors import CrsError, FrameError, UnknownTeamError
from geo_alerts.places.assignment import VERTICES_WORTH_A_TREE, assign, margin_m, nearest_area
from geo_alerts.places.layer import Layer
from geo_alerts.places.point_index import PointIndex


def layer(**areas):
    return Layer.from_columns("test", list(areas), list(areas), list(areas.values()))


def areas_of(assignment, codes):
    bounds = zip(assignment.offset[:-1], assignment.offset[1:], strict=True)
    return ["".join(codes[assignment.area[start:end]]) for start, end in bounds]


# Four squares of 100 m that share edges and one corner, named in no order of place:
#   A D        A hole of 20 m is cut out of C, and B overlaps D by a strip of 10 m.
#   C B
SQUARES = layer(
    D=shapely.box(100, 100, 200, 200),
    C=shapely.box(0, 0, 100, 100).difference(shapely.box(40, 40, 60, 60)),
    A=shapely.box(0, 100, 100, 200),
    B=shapely.box(100, 0, 200, 110),
)
# easting, northing, codes of the areas, margin of the first.
CASES = [
    (50, 20, "C", 20.0),
    (30, 30, "C", pytest.approx(200**0.5, abs=0)),
    (100, 100, "ABCD", 0.0),
    (100, 50, "BC", 0.0),
    (50, 100, "AC", 0.0),
    (150, 105, "BD", 5.0),
    (150, 110, "BD", 0.0),
    (150, 100, "BD", 10.0),
    (150, 111, "D", 11.0),
    (50, 50, "", None),
    (40, 50, "C", 0.0),
    (60, 60, "C", 0.0),
    (0, 0, "C", 0.0),
    (200, 200, "D", 0.0),
    (-1, 50, "", None),
    (200.001, 50, "", None),
    (float("nan"), float("nan"), "", None),
]


@pytest.fixture(scope="module")
def cases():
    return np.array([case[0] for case in CASES]), np.array([case[1] for case in CASES])


def test_codes_are_in_order_whatever_the_order_they_came_in():
    assert SQUARES.code.tolist() == ["A", "B", "C", "D"]
    assert SQUARES.geometry[0].equals(shapely.box(0, 100, 100, 200))


def test_every_area_that_covers_a_point_is_given_in_the_order_of_codes(cases):
    assert areas_of(assign(*cases, SQUARES), SQUARES.code) == [case[2] for case in CASES]


def test_the_first_area_is_the_one_with_the_lowest_code(cases):
    first = assign(*cases, SQUARES).first
    assert [SQUARES.code[i] if i >= 0 else "" for i in first] == [case[2][:1] for case in CASES]
    assert first.dtype == np.int32


def test_an_index_that_is_there_already_gives_the_same_answer(cases):
    alone, given = assign(*cases, SQUARES), assign(*cases, SQUARES, index=PointIndex(*cases))
    assert alone.area.tolist() == given.area.tolist()
    assert alone.offset.tolist() == given.offset.tolist()


def test_margin_is_the_distance_to_the_boundary_of_the_first_area(cases):
    margins = margin_m(*cases, SQUARES, assign(*cases, SQUARES).first)
    for margin, case in zip(margins, CASES, strict=True):
        assert np.isnan(margin) if case[3] is None else margin == case[3], case


def test_margin_counts_the_boundary_of_every_part():
    two = layer(A=shapely.union(shapely.box(0, 0, 10, 10), shapely.box(20, 0, 40, 10)))
    assert margin_m([22.0, 5.0], [5.0, 2.0], two, np.zeros(2, dtype=np.int32)).tolist() == [2, 2]


def test_margin_of_a_boundary_with_many_vertices_is_the_distance_to_it():
    # A square of 6 km and a hole of 1 km with a vertex every 10 m: more than are looked at in turn.
    square = shapely.box(0, 0, 6000, 6000).difference(shapely.box(1000, 1000, 2000, 2000))
    detailed = shapely.segmentize(square, 10)
    assert shapely.get_num_coordinates(detailed) > 2 * VERTICES_WORTH_A_TREE
    east, north = np.random.default_rng(7).integers(0, 6001, (2, 500))
    corners = np.array([0, 6000, 6000, 0, 1000, 2000]), np.array([0, 0, 6000, 6000, 1000, 2000])
    east, north = np.append(east, corners[0]), np.append(north, corners[1])
    one = layer(A=detailed)
    expected = shapely.distance(detailed.boundary, shapely.points(east, north))
    margins = margin_m(east, north, one, assign(east, north, one).first)
    assert np.isnan(margins).sum() > 0
    assert np.array_equal(margins[~np.isnan(margins)], expected[~np.isnan(margins)])
    assert margins[-6:].tolist() == [0.0] * 6


@pytest.mark.parametrize(
    ("easting", "northing", "code", "distance_m"),
    [
        (50, 45, "C", 5.0),
        (-30, 140, "A", 30.0),
        (-30, 100, "A", 30.0),
        (203, 204, "D", 5.0),
        (50, 20, "C", 0.0),
        (100, 100, "A", 0.0),
        (200_000, 150, "D", 199_800.0),
        (float("nan"), float("nan"), None, None),
    ],
    ids=["in a hole", "beside", "beside two: the lower code", "off a corner", "within",
         "on a shared corner", "far away", "without coordinates"],
)  # fmt: skip
def test_nearest_area_by_hand(easting, northing, code, distance_m):
    (found,), (away_m,) = nearest_area([easting], [northing], SQUARES)
    if code is None:
        assert found == -1
        assert np.isnan(away_m)
    else:
        assert (SQUARES.code[found], away_m) == (code, distance_m)


def test_nearest_other_area_leaves_out_the_points_own():
    found, away_m = nearest_area(
        [20, 190, 150], [10, 150, 300], SQUARES, excluding=np.array([2, 3, -1])
    )
    assert SQUARES.code[found].tolist() == ["B", "B", "D"]
    assert away_m.tolist() == [80.0, 40.0, 100.0]


def test_there_is_no_nearest_area_where_the_only_one_is_left_out():
    one = layer(A=shapely.box(0, 0, 1, 1))
    found, away_m = nearest_area([5.0], [5.0], one, excluding=np.zeros(1, dtype=np.int32))
    assert found.tolist() == [-1]
    assert np.isnan(away_m).all()


def test_a_layer_of_nothing_holds_no_point():
    nothing = layer()
    assignment = assign([1.0, 2.0], [1.0, 2.0], nothing)
    assert (assignment.first.tolist(), assignment.offset.tolist()) == ([-1, -1], [0, 0, 0])
    assert np.isnan(margin_m([1.0, 2.0], [1.0, 2.0], nothing, assignment.first)).all()
    assert nearest_area([1.0], [1.0], nothing)[0].tolist() == [-1]


def test_no_points_are_assigned_to_nothing():
    assignment = assign([], [], SQUARES)
    assert (assignment.first.tolist(), assignment.offset.tolist()) == ([], [0])
    assert margin_m([], [], SQUARES, assignment.first).tolist() == []
    assert nearest_area([], [], SQUARES)[0].tolist() == []


def test_index_of_finds_a_code_and_names_the_one_that_is_unknown():
    assert [SQUARES.index_of(code) for code in "ABCD"] == [0, 1, 2, 3]
    for unknown in ("", "AA", "E", "a"):
        with pytest.raises(UnknownTeamError, match="test"):
            SQUARES.index_of(unknown)


def test_a_layer_refuses_all_its_faults_at_once():
    square = shapely.box(0, 0, 1, 1)
    with pytest.raises(FrameError) as caught:
        Layer.from_columns(
            "e", ["A", "A", "B", "C"], ["a"] * 4, [square, None, square.boundary, shapely.Polygon()]
        )
    assert [fault.row for fault in caught.value.faults] == [None, 2, 3, 4]


def test_a_frame_becomes_a_layer_in_the_order_of_its_codes():
    shapes = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]
    areas = gpd.GeoDataFrame({"code": ["b", "a"], "name": ["Be", "Ae"]}, geometry=shapes, crs=27700)
    made = Layer.from_frame(areas, "edition 1", is_demonstration=True)
    assert (len(made), made.edition, made.is_demonstration) == (2, "edition 1", True)
    assert (made.code.tolist(), made.name.tolist()) == (["a", "b"], ["Ae", "Be"])
    assert made.geometry[0].equals(shapes[1])
    with pytest.raises(CrsError):
        Layer.from_frame(areas.assign(geometry=gpd.GeoSeries(shapes, crs=4326)), "edition 1")
