"""Faults of a layer, on layers whose faults are known by construction."""

import numpy as np
import pytest
import shapely

from boundaries.faults.crossings import require_few_crossings
from boundaries.faults.find import find_faults
from boundaries.faults.report import CheckOptions, FaultKind, Severity
from geo_alerts.errors import CrsError, FrameError, InvalidInputError
from tests.fault_world import EAST, NORTH, box, grid, layer, polygon, replaced


def found(shapes, names=None, **options):
    return find_faults(layer(shapes, names), **options).faults


def only(shapes, kind, **options):
    """The one fault that a layer has, which is of this kind."""
    (fault,) = found(shapes, **options)
    assert fault.kind is kind
    assert shapely.dwithin(fault.geometry, shapely.Point(fault.easting, fault.northing), 1e-6)
    return fault


def test_squares_that_share_their_corners_have_no_faults():
    report = find_faults(layer(grid()))
    assert report.passed
    assert (report.areas, report.vertices, report.faults) == (9, 45, ())


# --- ground of none and of several ----------------------------------------------------------------


def test_enclosed_ground_of_no_area_is_a_gap_with_its_neighbours_place_and_size():
    shapes = replaced(grid(), A2=grid()["A2"].difference(box(990, 1_300, 1_000, 1_500)))
    fault = only(shapes, FaultKind.GAP)
    assert fault.codes == ("A2", "B2")
    assert (fault.size, fault.unit) == (pytest.approx(2_000), "m2")
    assert EAST + 990 < fault.easting < EAST + 1_000
    assert NORTH + 1_300 < fault.northing < NORTH + 1_500
    # 2 * 2000 m2 / 420 m.
    assert fault.detail == "ground of no area between A2, B2, 9.5 m wide on average"
    assert fault.severity is Severity.WARNING


def test_ground_of_two_areas_is_an_overlap():
    fault = only(replaced(grid(), A2=box(0, 1_000, 1_000.5, 2_000)), FaultKind.OVERLAP)
    assert fault.codes == ("A2", "B2")
    assert fault.size == pytest.approx(500)
    assert fault.detail == "ground of A2, B2 at once, 50.0 cm wide on average"


def test_ground_of_three_areas_is_told_once_and_not_for_each_pair():
    shapes = {"A": box(0, 0, 100, 100), "B": box(50, 0, 150, 100), "C": box(0, 50, 150, 150)}
    overlaps = {fault.codes: fault.size for fault in found(shapes)}
    assert overlaps == {
        ("A", "B"): pytest.approx(2_500),
        ("A", "B", "C"): pytest.approx(2_500),
        ("A", "C"): pytest.approx(2_500),
        ("B", "C"): pytest.approx(2_500),
    }


def test_an_area_inside_another_and_one_drawn_twice_are_overlaps():
    shapes = {"A": box(0, 0, 100, 100), "B": box(10, 10, 20, 20)}
    assert only(shapes, FaultKind.OVERLAP).size == pytest.approx(100)
    shapes = {"A": box(0, 0, 100, 100), "B": box(0, 0, 100, 100)}
    assert only(shapes, FaultKind.OVERLAP).size == pytest.approx(10_000)


def test_ground_of_no_area_inside_one_is_a_hole():
    shapes = replaced(grid(), B2=grid()["B2"].difference(box(1_400, 1_400, 1_410, 1_410)))
    fault = only(shapes, FaultKind.HOLE)
    assert (fault.codes, fault.size) == (("B2",), pytest.approx(100))


def test_an_island_that_fills_the_hole_of_another_area_is_no_fault():
    lake = box(1_400, 1_400, 1_600, 1_600)
    assert found(replaced(grid(), B2=grid()["B2"].difference(lake), L=lake)) == ()


@pytest.mark.parametrize(
    ("width_m", "is_told"),
    [(0.3, True), (4.9, True), (5.1, False)],
)
def test_a_crack_that_is_open_at_both_ends_is_a_gap_up_to_a_width(width_m, is_told):
    shapes = {"A": box(0, 0, 1_000, 1_000), "B": box(1_000 + width_m, -200, 2_000, 1_200)}
    if not is_told:
        assert found(shapes) == ()
        return
    fault = only(shapes, FaultKind.GAP)
    assert fault.codes == ("A", "B")
    assert fault.size == pytest.approx(1_000 * width_m)


def test_a_crack_with_vertices_closer_than_it_is_wide_is_found_all_the_same():
    # Every 2 m a vertex, 3 m apart: edges are shorter than the crack is wide.
    west = [(1_000 + (y // 2) % 2, y) for y in range(0, 1_001, 2)]
    east = [(x + 3, y) for x, y in west]
    shapes = {
        "A": polygon((0, 0), *west, (0, 1_000)),
        "B": polygon((2_000, 1_000), *reversed(east), (2_000, 0)),
    }
    fault = only(shapes, FaultKind.GAP)
    assert fault.size == pytest.approx(3_000, rel=0.01)


def test_a_corner_between_two_neighbours_at_the_rim_is_no_gap():
    # They meet at the origin and open at 60 degrees, with vertices within the width of a crack.
    shapes = {
        "A": polygon((0, 0), (-1_000, 0), (-1_000, -1_000), (0, -1_000)),
        "B": polygon((0, 0), (0, -1_000), (1_000, -1_000), (1_000, 1_732), (2, 3.464)),
    }
    assert found(shapes) == ()


@pytest.mark.parametrize(
    ("easting", "codes"),
    [(1_000.0001, [("A", "B")]), (999.9999, [("A", "B")]), (1_000, [("A",), ("B",)])],
)
def test_neighbours_without_common_vertices_are_told_as_such(easting, codes):
    # B has a vertex on A's straight edge, or a tenth of a millimetre off it.
    corners = [(1_000, 0), (2_000, 0), (2_000, 1_000), (1_000, 1_000), (easting, 400)]
    faults = found({"A": box(0, 0, 1_000, 1_000), "B": polygon(*corners)})
    assert {fault.kind for fault in faults} == {FaultKind.UNMATCHED_EDGE}
    assert [fault.codes for fault in faults] == codes
    assert faults[0].size == pytest.approx(1_000)
    assert faults[0].severity is Severity.INFORMATION


# --- rings ----------------------------------------------------------------------------------------


def test_a_ring_that_crosses_itself_is_an_error_with_every_place_where_it_does():
    bow_tie = polygon((0, 0), (100, 100), (100, 0), (0, 100))
    fault = only({"A": bow_tie}, FaultKind.SELF_INTERSECTION)
    assert (fault.easting, fault.northing) == (EAST + 50, NORTH + 50)
    assert fault.severity is Severity.ERROR
    assert not find_faults(layer({"A": bow_tie})).passed
    # Both halves are inside by either reading.
    assert fault.size == pytest.approx(0)


def test_ground_in_doubt_is_the_size_of_an_invalid_area():
    # A ring that goes round twice where x and y are 50 to 100.
    twice = shapely.MultiPolygon([box(0, 0, 100, 100), box(50, 50, 150, 150)])
    fault = only({"A": twice}, FaultKind.SELF_INTERSECTION)
    assert fault.size == pytest.approx(2_500)
    assert shapely.get_num_geometries(fault.geometry) == 2


def test_a_hole_outside_its_area_is_an_invalid_ring():
    shape = shapely.Polygon(
        box(0, 0, 100, 100).exterior.coords, [box(200, 0, 210, 10).exterior.coords]
    )
    fault = next(f for f in found({"A": shape}) if f.severity is Severity.ERROR)
    assert fault.kind is FaultKind.INVALID_RING


def test_the_neighbours_of_an_invalid_area_are_looked_at_all_the_same():
    bow_tie = polygon((0, 0), (100, 100), (100, 0), (0, 100))
    faults = found({"A": bow_tie, "B": box(90, 0, 200, 100)})
    overlaps = [fault for fault in faults if fault.kind is FaultKind.OVERLAP]
    # The east half of the tie has its base at x = 100: 10 m deep, 80 to 100 m high.
    assert [overlap.size for overlap in overlaps] == [pytest.approx(900)]


def test_vertices_that_repeat_are_counted():
    shape = polygon((0, 0), (100, 0), (100, 0), (100, 0), (100, 100), (0, 100), (0, 0))
    for each in (shape, shapely.MultiPolygon([shape])):
        fault = only({"A": each}, FaultKind.DUPLICATE_VERTEX)
        assert (fault.size, fault.easting, fault.northing) == (2, EAST + 100, NORTH)


def test_a_ring_that_winds_otherwise_than_the_others_is_told():
    shapes = {**grid(), "B2": shapely.reverse(grid()["B2"])}
    fault = only(shapes, FaultKind.REVERSED_RING)
    assert (fault.codes, fault.size) == (("B2",), 1)
    assert found({code: shapely.reverse(shape) for code, shape in grid().items()}) == ()


def test_a_hole_that_winds_as_its_outer_ring_is_told():
    lake = box(1_400, 1_400, 1_600, 1_600)
    holed = shapely.Polygon(grid()["B2"].exterior, [lake.exterior])
    fault = only({**grid(), "B2": holed, "L": lake}, FaultKind.REVERSED_RING)
    assert fault.codes == ("B2",)


# --- parts ----------------------------------------------------------------------------------------


def test_a_thin_part_and_a_thin_strip_are_slivers():
    part = shapely.union(grid()["A1"], box(-500, 0, -499.6, 200))
    fault = only({"A": part}, FaultKind.SLIVER)
    assert fault.size == pytest.approx(80)
    strip = shapely.union(grid()["A1"], box(-60, 500, 0, 500.4))
    fault = only({"A": strip}, FaultKind.SLIVER)
    assert fault.size == pytest.approx(24, rel=0.1)
    assert only({"A": box(0, 0, 0.5, 300)}, FaultKind.SLIVER).size == pytest.approx(150)


def test_sharp_corners_are_no_slivers():
    assert found({"A": polygon((0, 0), (100, 0), (0, 20))}) == ()


def test_a_part_far_from_the_rest_is_told_with_the_distance():
    shape = shapely.union(grid()["A1"], box(4_000, 0, 4_100, 100))
    fault = only({"A": shape}, FaultKind.FAR_PART)
    assert (fault.size, fault.unit) == (3_000, "m")
    assert fault.geometry.area == pytest.approx(10_000)


def test_parts_that_are_far_only_from_the_largest_are_not_far():
    islands = [box(1_000 + 1_900 * n, 0, 1_100 + 1_900 * n, 100) for n in range(1, 4)]
    assert found({"A": shapely.union_all([grid()["A1"], *islands])}) == ()


# --- the force, and names -------------------------------------------------------------------------


def test_an_area_outside_the_force_and_ground_of_the_force_in_no_area_are_told():
    force = box(0, 0, 3_000, 3_000)
    shapes = replaced(grid(), C3=box(2_000, 2_000, 3_200, 3_000))
    del shapes["C1"]
    gap, outside, *unmatched = found(shapes, within=force)
    assert {fault.kind for fault in unmatched} == {FaultKind.UNMATCHED_EDGE}
    assert (gap.kind, gap.codes) == (FaultKind.GAP, ("B1", "B2", "C2"))
    assert gap.size == pytest.approx(1_000_000)
    assert (outside.kind, outside.codes) == (FaultKind.OUTSIDE_FORCE, ("C3",))
    assert outside.size == pytest.approx(200 * 1_000)
    assert outside.detail == "16.7% of the area lies outside the force"


def test_an_outline_that_is_drawn_coarser_than_the_areas_is_no_fault():
    assert found(grid(), within=box(-30, 40, 3_020, 2_970)) == ()


def test_ground_that_the_areas_enclose_but_another_force_has_is_no_gap():
    lake = box(1_000, 1_000, 2_000, 2_000)
    shapes = {code: shape for code, shape in grid().items() if code != "B2"}
    assert only(shapes, FaultKind.GAP).size == pytest.approx(1_000_000)
    assert found(shapes, within=box(0, 0, 3_000, 3_000).difference(lake)) == ()


def test_codes_that_changed_name_and_names_of_several_areas_are_told():
    before = layer(grid(), {"A1": "Old town", "gone": "Nowhere"})
    names = {"A1": "New town", "B2": "Both", "C3": "Both"}
    renamed, repeated = found(grid(), names, previous=before.iloc[:1])
    assert (renamed.kind, renamed.codes) == (FaultKind.RENAMED_CODE, ("A1",))
    assert renamed.detail == "was 'Old town' in the edition before and is 'New town' now"
    assert (repeated.kind, repeated.codes) == (FaultKind.REPEATED_NAME, ("B2", "C3"))


# --- the act itself -------------------------------------------------------------------------------


def test_the_order_of_the_areas_does_not_matter_and_the_frame_stays_as_it_was():
    areas = layer(
        replaced(
            grid(),
            A2=box(0, 1_000, 1_000.5, 2_000),
            B2=polygon((1_000, 1_000), (2_000, 2_000), (2_000, 1_000), (1_000, 2_000)),
        )
    )
    before = areas.copy(deep=True)
    report = find_faults(areas)
    assert areas.equals(before)
    for seed in range(3):
        assert find_faults(areas.sample(frac=1, random_state=seed)) == report
    assert len(report.faults) > 3


@pytest.mark.parametrize("value", [0, -1, float("nan"), 1e7])
def test_widths_that_are_no_distance_are_refused(value):
    with pytest.raises(InvalidInputError, match="far_m should be metres"):
        CheckOptions(far_m=value)


def test_what_is_no_layer_of_areas_is_refused():
    with pytest.raises(CrsError):
        find_faults(layer(grid(), crs="EPSG:3857"))
    with pytest.raises(FrameError, match="'A' occurs more than once"):
        find_faults(layer({"A": box(0, 0, 1, 1), "B": box(0, 0, 1, 1)}).assign(code="A"))
    with pytest.raises(FrameError, match="B is no polygon with an area"):
        find_faults(layer({"A": box(0, 0, 1, 1), "B": shapely.Point(EAST, NORTH)}))


def test_a_tangle_is_refused_before_it_takes_all_memory():
    # 3,000 positions at random: about a quarter of all pairs of edges but neighbours cross.
    rng = np.random.default_rng(5)
    tangle = shapely.Polygon(
        rng.uniform((EAST, NORTH), (EAST + 10_000, NORTH + 10_000), (3_000, 2))
    )
    with pytest.raises(InvalidInputError, match=r"cross each other about [\d,]{7,9} times.* of T "):
        find_faults(layer({**grid(), "T": tangle}))


def test_crossings_are_estimated_near_to_what_they_are():
    # A comb over another: 300 teeth across 300 others.
    comb = [(x * 10, (x % 2) * 4_000) for x in range(600)]
    across = [((y % 2) * 6_000 - 10, y * 6 + 50) for y in range(600)]
    shapes = {"A": polygon(*comb, (5_990, -10)), "B": polygon(*across, (-20, 3_644))}
    given = np.array(list(shapes.values()), dtype=object)
    a, b = (shapely.get_parts(shapely.boundary(shape)) for shape in given)
    exact = shapely.get_num_geometries(shapely.intersection(a[0], b[0]))
    assert 350_000 < exact < 370_000
    with pytest.raises(InvalidInputError, match=r"about 3[0-9]{2},\d{3} times"):
        require_few_crossings(list(shapes), given)
