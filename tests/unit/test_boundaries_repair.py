"""Repairs of layers whose faults are known: what moves, what it costs, what is left."""

import json

import numpy as np
import pytest
import shapely

from boundaries.faults.report import FaultKind
from boundaries.repair.account import ChangeKind
from boundaries.repair.mend import repair
from geo_alerts.errors import CrsError, FrameError, InvalidInputError
from tests.fault_world import EAST, NORTH, box, grid, layer, polygon, replaced


def repaired(shapes, tolerance_m=1.0):
    """The outcome, and the areas of the result by code."""
    outcome = repair(layer(shapes), tolerance_m)
    return outcome, dict(zip(outcome.areas["code"], outcome.areas.geometry, strict=True))


def balances(outcome):
    return {each.code: each for each in outcome.balance}


def only_change(outcome, kind):
    (change,) = (each for each in outcome.changes if each.kind is not ChangeKind.EDGES_MATCHED)
    assert change.kind is kind
    return change


def test_a_sound_layer_comes_back_as_the_very_same_geometries():
    areas = layer(grid())
    outcome = repair(areas, 1.0)
    assert all(new is old for new, old in zip(outcome.areas.geometry, areas.geometry, strict=True))
    assert (outcome.changes, outcome.left) == ((), ())
    assert all(each.before_m2 == each.after_m2 == 1_000_000 for each in outcome.balance)


# --- gaps and overlaps ----------------------------------------------------------------------------


def test_a_narrow_gap_goes_to_the_neighbour_with_the_longest_edge_along_it():
    # A2's side of the gap has two short ends besides: 0.5 m each, so A2 has more of its edge.
    shapes = replaced(grid(), A2=grid()["A2"].difference(box(999.5, 1_300, 1_000, 1_500)))
    outcome, areas = repaired(shapes)
    change = only_change(outcome, ChangeKind.GAP_CLOSED)
    assert areas["A2"].equals(grid()["A2"])
    assert (change.codes, change.area_m2) == (("A2",), pytest.approx(100))
    assert change.gained_m2 == {"A2": pytest.approx(100)}
    assert change.moved_m == pytest.approx(0.5)
    assert EAST + 999.5 < change.easting < EAST + 1_000
    assert NORTH + 1_300 < change.northing < NORTH + 1_500
    assert outcome.left == ()


def test_a_gap_that_is_wider_than_the_tolerance_stays_and_is_told():
    shapes = replaced(grid(), A2=grid()["A2"].difference(box(998, 1_300, 1_000, 1_500)))
    outcome, areas = repaired(shapes)
    assert areas["A2"].equals(shapes["A2"])
    assert {each.kind for each in outcome.changes} == {ChangeKind.EDGES_MATCHED}
    (left,) = outcome.left
    assert (left.kind, left.size) == (FaultKind.GAP, pytest.approx(400))
    assert left.detail.endswith("; cannot be mended within 1 m")
    closed, _ = repaired(shapes, tolerance_m=2.03)
    assert closed.left == ()


def test_a_narrow_overlap_is_left_to_one_of_its_areas():
    outcome, areas = repaired(replaced(grid(), A2=box(0, 1_000, 1_000.5, 2_000)))
    change = only_change(outcome, ChangeKind.OVERLAP_CLOSED)
    # A2 has the long edge in the west and the two short ends: it keeps the ground.
    assert change.codes == ("A2", "B2")
    assert change.gained_m2 == {}
    assert change.lost_m2 == {"B2": pytest.approx(500)}
    assert areas["B2"].area == pytest.approx(999_500)
    assert shapely.coverage_is_valid(list(areas.values()))


def test_of_equal_claims_the_first_code_wins_whatever_the_order_of_the_file():
    shapes = {"B": box(0, 0, 100.5, 100), "A": box(100, 0, 200, 100)}
    for each in (shapes, dict(reversed(shapes.items()))):
        outcome, areas = repaired(each)
        assert only_change(outcome, ChangeKind.OVERLAP_CLOSED).lost_m2 == {"B": pytest.approx(50)}
        assert areas["A"].area == pytest.approx(10_000)


def test_a_crack_that_is_open_to_the_outside_is_closed():
    shapes = {"A": box(0, 0, 1_000, 1_000), "B": box(1_000.4, 0, 2_000, 1_000)}
    outcome, areas = repaired(shapes)
    change = only_change(outcome, ChangeKind.GAP_CLOSED)
    assert change.area_m2 == pytest.approx(400)
    assert change.moved_m == pytest.approx(0.4)
    assert shapely.union_all(list(areas.values())).equals(box(0, 0, 2_000, 1_000))
    assert outcome.left == ()


def test_a_crack_that_stays_open_leaves_no_trace():
    shapes = {"A": box(0, 0, 1_000, 1_000), "B": box(1_001.5, -5, 2_000, 1_000)}
    outcome, areas = repaired(shapes)
    assert all(areas[code] is shape for code, shape in shapes.items())
    assert [fault.kind for fault in outcome.left] == [FaultKind.GAP]


def test_ground_of_three_areas_is_settled_too():
    shapes = {
        "A": box(0, 0, 100, 100),
        "B": box(99.6, 0, 200, 100),
        "C": box(0, 99.7, 200, 200),
    }
    outcome, areas = repaired(shapes)
    assert outcome.left == ()
    assert shapely.coverage_is_valid(list(areas.values()))
    # Everything that was covered is covered once.
    assert sum(area.area for area in areas.values()) == pytest.approx(200 * 200)


def test_an_area_inside_another_stays_where_it_is():
    shapes = {"A": box(0, 0, 100, 100), "B": box(40, 40, 45, 45)}
    outcome, areas = repaired(shapes, tolerance_m=10)
    assert all(areas[code].equals(shape) for code, shape in shapes.items())
    assert [fault.kind for fault in outcome.left] == [FaultKind.OVERLAP]


def test_no_area_vanishes_however_thin():
    shapes = {"A": box(0, 0, 100, 100), "B": box(99.5, 0, 100, 100)}
    outcome, areas = repaired(shapes)
    assert areas["B"].equals(shapes["B"])
    assert areas["A"].area == pytest.approx(9_950)
    assert outcome.left[0].kind is FaultKind.SLIVER


def test_holes_and_slivers_stay():
    pinhole = grid()["B2"].difference(box(1_400, 1_400, 1_400.2, 1_400.2))
    splinter = shapely.union(grid()["A1"], box(-500, 0, -499.6, 200))
    shapes = replaced(grid(), A1=splinter, B2=pinhole)
    outcome, areas = repaired(shapes)
    assert all(areas[code] is shape for code, shape in shapes.items())
    assert [fault.kind for fault in outcome.left] == [FaultKind.HOLE, FaultKind.SLIVER]


def test_ground_deep_inside_moves_no_more_than_boundaries_do():
    # Teeth of A and B alternate along a lake, each a metre wide: either could take the lake
    # without its boundary going farther than a metre, but the lake's middle is 50 m from both.
    rim = [
        (50 + 50 * np.cos(turn), 50 + 50 * np.sin(turn))
        for turn in np.linspace(0, 2 * np.pi, 315)[:-1]
    ]
    lake = polygon(*rim)
    around = shapely.segmentize(lake.exterior, 10).coords
    teeth = [
        shapely.Polygon([around[n], around[n + 1], _out(around[n + 1]), _out(around[n])])
        for n in range(len(around) - 1)
    ]
    shapes = {
        "A": shapely.union_all(teeth[::2]),
        "B": shapely.union_all(teeth[1::2]),
    }
    outcome, _ = repaired(shapes, tolerance_m=2)
    assert not [each for each in outcome.changes if each.area_m2 > 1]
    assert FaultKind.GAP in [fault.kind for fault in outcome.left]


def _out(position):
    centre = np.array([EAST + 50, NORTH + 50])
    return tuple(centre + 1.5 * (np.array(position) - centre))


# --- rings ----------------------------------------------------------------------------------------


def test_a_ring_that_crosses_itself_keeps_both_its_halves():
    bow_tie = polygon((0, 0), (100, 100), (100, 0), (0, 100))
    outcome, areas = repaired({"A": bow_tie}, tolerance_m=0.001)
    change = only_change(outcome, ChangeKind.RING_MENDED)
    assert (change.area_m2, change.moved_m) == (0, 0)
    assert areas["A"].is_valid
    # Two triangles, each half of 100 by 50.
    assert areas["A"].area == pytest.approx(5_000)
    assert (outcome.balance[0].before_m2, outcome.left) == (pytest.approx(5_000), ())


def test_a_line_out_and_back_is_dropped_however_long():
    spike = polygon((0, 0), (100, 0), (100, 50), (9_000, 50), (100, 50), (100, 100), (0, 100))
    outcome, areas = repaired({"A": spike}, tolerance_m=0.01)
    assert areas["A"].equals(box(0, 0, 100, 100))
    assert outcome.left == ()


def test_rings_that_overlap_are_one_where_that_is_within_the_tolerance():
    parts = shapely.MultiPolygon([box(0, 0, 100, 100), box(99.6, 0, 200, 100)])
    outcome, areas = repaired({"A": parts})
    change = only_change(outcome, ChangeKind.RING_MENDED)
    assert areas["A"].equals(box(0, 0, 200, 100))
    # By crossings, the strip that is in both parts would be outside.
    assert change.gained_m2 == {"A": pytest.approx(40)}
    assert outcome.balance[0].before_m2 == pytest.approx(20_000 - 40)
    assert change.moved_m == pytest.approx(0.2, abs=0.001)


def test_rings_whose_ground_is_in_doubt_by_more_than_the_tolerance_stay_as_given():
    parts = shapely.MultiPolygon([box(0, 0, 100, 100), box(50, 0, 200, 100)])
    shapes = {"A": parts, "B": box(199.9, 0, 300, 100), "C": box(299.9, 0, 400, 100)}
    outcome, areas = repaired(shapes)
    assert areas["A"] is parts
    # Nothing that A has a share in is settled either; what B and C have is.
    assert areas["B"].area + areas["C"].area == pytest.approx(100.1 * 100 + 100.1 * 100 - 10)
    left = {fault.kind for fault in outcome.left}
    assert left >= {FaultKind.SELF_INTERSECTION, FaultKind.OVERLAP}
    told = next(f for f in outcome.left if f.kind is FaultKind.SELF_INTERSECTION)
    assert told.detail.endswith("cannot be mended within 1 m")


def test_vertices_that_repeat_are_dropped():
    shape = polygon((0, 0), (100, 0), (100, 0), (100, 100), (0, 100))
    outcome, areas = repaired({"A": shape})
    change = only_change(outcome, ChangeKind.VERTICES_DROPPED)
    assert change.detail == "vertices dropped that repeat the one before them: 1"
    assert shapely.get_num_coordinates(areas["A"]) == 5
    assert (change.easting, change.northing) == (EAST + 100, NORTH)


def test_mended_areas_wind_as_the_layer_does():
    clockwise = {code: shapely.reverse(shape) for code, shape in grid().items()}
    shapes = {**clockwise, "A2": shapely.reverse(box(0, 1_000, 1_000.5, 2_000))}
    _, areas = repaired(shapes)
    assert not any(shape.exterior.is_ccw for shape in areas.values())


# --- the account ----------------------------------------------------------------------------------


def test_what_an_area_had_and_what_changed_add_up_to_what_it_has():
    shapes = replaced(
        grid(),
        A2=box(0, 1_000, 1_000.5, 2_000),
        B1=grid()["B1"].difference(box(1_999.6, 400, 2_000, 500)),
    )
    outcome, areas = repaired(shapes)
    for code, each in balances(outcome).items():
        assert each.before_m2 == pytest.approx(shapes[code].area)
        assert each.after_m2 == pytest.approx(areas[code].area)
        assert each.before_m2 + each.gained_m2 - each.lost_m2 == pytest.approx(each.after_m2)
    assert balances(outcome)["B2"].lost_m2 == pytest.approx(500)
    assert balances(outcome)["B1"].gained_m2 == pytest.approx(40)
    assert balances(outcome)["B2"].moved_m == pytest.approx(0.5)
    assert balances(outcome)["C3"].moved_m == 0


def test_a_change_is_json_without_its_geometry():
    shapes = replaced(grid(), A2=box(0, 1_000, 1_000.5, 2_000))
    outcome, _ = repaired(shapes)
    assert json.loads(json.dumps(outcome.changes[0].as_dict())) == {
        "kind": "overlap_closed",
        "codes": ["A2", "B2"],
        "easting": EAST + 1_000.25,
        "northing": NORTH + 1_500,
        "area_m2": 500.0,
        "moved_m": 0.5,
        "gained_m2": {},
        "lost_m2": {"B2": 500.0},
        "detail": "ground of several areas left to A2, taken from B2",
    }


def test_other_columns_the_index_and_the_frame_given_stay():
    shapes = replaced(grid(), A2=box(0, 1_000, 1_000.5, 2_000))
    areas = layer(shapes).assign(parent_code="P").set_index(np.arange(9) * 7 % 9)
    before = areas.copy(deep=True)
    outcome = repair(areas, 1.0)
    assert areas.equals(before)
    assert outcome.areas.drop(columns="geometry").equals(areas.drop(columns="geometry"))
    assert outcome.areas.crs == areas.crs


def test_gaps_and_overlaps_that_geos_own_cleaning_closes_are_closed_to_the_same_ground():
    shapes = replaced(
        grid(),
        A2=box(0, 1_000, 1_000.5, 2_000),
        B1=grid()["B1"].difference(box(1_999.6, 400, 2_000, 500)),
    )
    _, areas = repaired(shapes)
    ordered = [areas[code] for code in sorted(areas)]
    cleaned = shapely.coverage_clean(
        [shapes[code] for code in sorted(shapes)], gap_width=1.0, snapping_distance=0
    )
    assert shapely.equals(ordered, cleaned).all()


@pytest.mark.parametrize("tolerance_m", [0, -1, 0.0009, 1_001, float("nan"), float("inf")])
def test_a_tolerance_that_is_no_such_distance_is_refused(tolerance_m):
    with pytest.raises(InvalidInputError, match=r"the tolerance should be 0.001 to 1,000 metres"):
        repair(layer(grid()), tolerance_m)


def test_what_is_no_layer_of_areas_is_refused():
    with pytest.raises(CrsError):
        repair(layer(grid(), crs="EPSG:3857"), 1.0)
    with pytest.raises(FrameError, match="'A' occurs more than once"):
        repair(layer({"A": box(0, 0, 1, 1), "B": box(0, 0, 1, 1)}).assign(code="A"), 1.0)
