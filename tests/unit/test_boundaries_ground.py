"""Ground in common, by hand: it adds up, whatever overlaps and whatever is left out."""

import numpy as np
import pytest
import shapely

from boundaries.comparing.ground import broadest_m, common_ground
from geo_alerts.errors import FrameError
from tests.comparison_world import KM2, box, edition


def crosswalk(old, new):
    ground = common_ground(edition(old), edition(new))
    codes = [[*sorted(old), None], [*sorted(new), None]]
    rows = zip(ground.old.tolist(), ground.new.tolist(), ground.m2.tolist(), strict=True)
    return {(codes[0][i], codes[1][j]): m2 / KM2 for i, j, m2 in rows}, ground


def test_the_same_edition_has_one_row_for_each_area():
    areas = {"A": box(0, 0, 2, 2), "B": box(2, 0, 4, 2)}
    rows, ground = crosswalk(areas, areas)
    assert rows == {("A", "A"): 4.0, ("B", "B"): 4.0}
    assert ground.share_of_old.tolist() == ground.share_of_new.tolist() == [1.0, 1.0]


def test_what_is_in_none_has_a_row_of_its_own_on_either_side():
    rows, ground = crosswalk({"A": box(0, 0, 4, 2)}, {"B": box(1, 0, 3, 3)})
    # By hand: 8 and 6 km² with 4 in common.
    assert rows == {(None, "B"): 2.0, ("A", None): 4.0, ("A", "B"): 4.0}
    assert ground.old.tolist() == [-1, 0, 0]
    assert ground.share_of_old.tolist() == pytest.approx([0.0, 0.5, 0.5])
    assert ground.share_of_new.tolist() == pytest.approx([1 / 3, 0.0, 2 / 3])


def test_ground_that_two_new_areas_share_is_told_as_repeated():
    rows, ground = crosswalk({"A": box(0, 0, 4, 2)}, {"B": box(0, 0, 3, 2), "C": box(1, 0, 4, 2)})
    assert rows == {("A", "B"): 6.0, ("A", "C"): 6.0}
    assert ground.old_repeated_m2.tolist() == pytest.approx([4 * KM2])
    assert ground.new_repeated_m2.tolist() == [0.0, 0.0]


def test_an_overlap_that_is_as_large_as_a_gap_hides_neither():
    # 2 km² of A are in both new areas and 2 km² are in none: the pieces add up all the same.
    old = {"A": box(0, 0, 4, 2)}
    rows, ground = crosswalk(old, {"B": box(0, 0, 2, 2), "C": box(1, 0, 3, 2)})
    assert rows == {("A", None): 2.0, ("A", "B"): 4.0, ("A", "C"): 4.0}
    assert ground.old_repeated_m2.tolist() == pytest.approx([2 * KM2])


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(box(0, 0, 2, 2), id="the same again"),
        pytest.param(box(0.5, 0.5, 1, 1), id="inside the first"),
        pytest.param(shapely.union(box(0, 0, 1, 1), box(5, 5, 6, 6)), id="of two parts"),
    ],
)
def test_overlaps_of_every_form_are_seen(second):
    old = {"A": box(-1, -1, 3, 3)}
    rows, ground = crosswalk(old, {"B": box(0, 0, 2, 2), "C": second})
    inside = shapely.area(shapely.intersection(second, box(0, 0, 2, 2)))
    assert ground.old_repeated_m2.tolist() == pytest.approx([inside])
    assert rows["A", None] == pytest.approx(12.0)


def test_neighbours_that_only_touch_have_nothing_in_common():
    rows, _ = crosswalk({"A": box(0, 0, 1, 1)}, {"B": box(1, 0, 2, 1), "C": box(1, 1, 2, 2)})
    assert rows == {("A", None): 1.0, (None, "B"): 1.0, (None, "C"): 1.0}


def test_an_edition_may_have_no_areas():
    rows, _ = crosswalk({}, {"A": box(0, 0, 1, 1)})
    assert rows == {(None, "A"): 1.0}
    rows, _ = crosswalk({"A": box(0, 0, 1, 1)}, {})
    assert rows == {("A", None): 1.0}
    assert crosswalk({}, {})[0] == {}


def test_the_width_tells_a_sliver_from_land():
    strip, square = shapely.box(0, 0, 10_000, 2), shapely.box(0, 0, 100, 100)
    both = shapely.MultiPolygon([strip, shapely.box(0, 500, 100, 600)])
    line = shapely.LineString([(0, 0), (1, 1)])
    widths = broadest_m(np.array([strip, square, both, line, shapely.Point(0, 0)], dtype=object))
    # By hand: 2·20,000/20,004; 2·10,000/400.
    assert widths.tolist() == pytest.approx([1.9996, 50, 50, 0, 0])


def test_invalid_areas_are_named_for_their_ground_cannot_be_measured():
    bow = shapely.Polygon(
        [(340_000, 300_000), (341_000, 301_000), (341_000, 300_000), (340_000, 301_000)]
    )
    with pytest.raises(FrameError, match="B is invalid: Self-intersection"):
        common_ground(edition({"A": box(0, 0, 1, 1)}), edition({"A": box(0, 0, 1, 1), "B": bow}))
