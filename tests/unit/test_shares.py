"""How much of a unit's cell each area has, and which units are on an edge. Figures by hand.

Nine units stand ten metres apart; the one in the middle, number 4, has the square from 5 to 15.
"""

import numpy as np
import pytest
import shapely

from geo_alerts.places.assignment import assign
from geo_alerts.places.cells import Cells
from geo_alerts.places.layer import Layer
from geo_alerts.places.shares import (
    EDGE_SHARE,
    LEAST_SHARE,
    is_edge,
    largest_other,
    other_share,
    share_of,
    shares,
)

NINE = np.array([(x, y) for x in (0, 10, 20) for y in (0, 10, 20)], dtype=float)
MIDDLE = 4


def found_of(*areas, units=NINE, has_cell=None, rows=None):
    """Shares, and the area of each unit's point, of areas called a, b, c …"""
    flags = np.ones(len(units), bool) if has_cell is None else has_cell
    cells = Cells.build(units[:, 0], units[:, 1], flags)
    codes = [chr(ord("a") + number) for number in range(len(areas))]
    layer = Layer.from_columns("test", codes, codes, list(areas))
    assignment = assign(units[:, 0], units[:, 1], layer)
    asked = np.arange(len(units)) if rows is None else np.array(rows)
    return shares(cells, asked, layer, assignment), assignment.first[asked]


def told(found, unit=0):
    """The areas and shares of one unit."""
    pairs = slice(found.offset[unit], found.offset[unit + 1])
    return list(zip(found.area[pairs].tolist(), np.round(found.share[pairs], 9), strict=True))


def strip(west, east):
    return shapely.box(west, -9000, east, 9000)


def test_two_areas_that_part_a_cell_have_their_parts_the_larger_first():
    found, first = found_of(strip(12, 9000), strip(-9000, 12), rows=[MIDDLE])

    assert told(found) == [(1, 0.7), (0, 0.3)]
    assert found.none.tolist() == [0]
    assert share_of(found, first) == pytest.approx([0.7])
    assert other_share(found, first) == pytest.approx([0.3])
    assert [one.tolist() for one in largest_other(found, first)] == [[0], [pytest.approx(0.3)]]


def test_a_gap_is_in_none_and_counts_as_another():
    found, first = found_of(strip(-9000, 9), strip(14, 9000), rows=[MIDDLE])

    assert told(found) == [(0, 0.4), (1, 0.1)]
    assert found.none == pytest.approx([0.5])
    assert first.tolist() == [-1]
    assert share_of(found, first) == pytest.approx([0.5])
    assert other_share(found, first) == pytest.approx([0.4])

    found, first = found_of(strip(-9000, 11), strip(14, 9000), rows=[MIDDLE])

    assert share_of(found, first) == pytest.approx([0.6])
    assert other_share(found, first) == pytest.approx([0.3])
    assert largest_other(found, first)[1] == pytest.approx([0.1])


def test_where_areas_overlap_shares_add_up_to_more_than_one():
    found, first = found_of(strip(-9000, 13), strip(8, 9000), rows=[MIDDLE])

    assert told(found) == [(0, 0.8), (1, 0.7)]
    assert found.none.tolist() == [0]
    assert other_share(found, first) == pytest.approx([0.7])


def test_an_overlap_and_a_gap_in_one_cell_do_not_make_up_for_each_other():
    found, _ = found_of(strip(-9000, 9), strip(7, 11), rows=[MIDDLE])

    assert told(found) == [(0, 0.4), (1, 0.4)]
    assert found.none == pytest.approx([0.4])


def test_equal_shares_are_told_in_the_order_of_the_codes():
    found, _ = found_of(strip(10, 9000), strip(-9000, 10), rows=[MIDDLE])

    assert told(found) == [(0, 0.5), (1, 0.5)]


def test_a_hole_takes_its_part_and_a_third_ordinate_does_not_matter():
    ring = strip(-9000, 9000).difference(shapely.box(5, 5, 10, 10))

    found, _ = found_of(shapely.force_3d(ring, 7.0), rows=[MIDDLE])

    assert told(found) == [(0, 0.75)]


def test_an_area_that_lies_within_the_cell_is_told():
    found, first = found_of(strip(-9000, 9000), shapely.box(6, 6, 8, 8), rows=[MIDDLE])

    assert told(found) == [(0, 1.0), (1, 0.04)]
    assert other_share(found, first) == pytest.approx([0.04])


def test_less_than_a_thousandth_is_told_only_of_an_area_that_covers_the_point():
    sliver, kiosk = strip(14.995, 9000), shapely.box(9.95, 9.95, 10.05, 10.05)

    found, first = found_of(kiosk, strip(-9000, 14.995), sliver, rows=[MIDDLE])

    assert LEAST_SHARE > 0.005 / 10
    assert told(found) == [(1, 1.0), (0, 0.0001)]
    assert first.tolist() == [0]
    assert share_of(found, first) == pytest.approx([0.0001])


def test_a_crack_of_less_than_a_thousandth_is_not_told():
    found, _ = found_of(strip(-9000, 9.9975), strip(10.0025, 9000), rows=[MIDDLE])

    assert found.none.tolist() == [0]


def test_an_area_that_crosses_itself_counts_as_what_can_be_made_of_it():
    bow_tie = shapely.Polygon([(0, 0), (20, 20), (20, 0), (0, 20)])

    found, _ = found_of(bow_tie, rows=[MIDDLE])

    assert told(found) == [(0, 0.5)]
    assert found.none == pytest.approx([0.5])


def test_without_areas_all_is_in_none():
    found, first = found_of(rows=[MIDDLE, 0])

    assert (found.area.tolist(), found.none.tolist()) == ([], [1.0, 1.0])
    assert not is_edge(found, first).any()


def test_a_unit_without_a_cell_has_no_shares_and_no_flag():
    has_cell = np.arange(9) != MIDDLE

    found, first = found_of(strip(-9000, 3), strip(3, 9000), has_cell=has_cell, rows=[0, 4, 8])

    assert np.isnan(found.none).tolist() == [False, True, False]
    assert [len(told(found, unit)) for unit in range(3)] == [2, 0, 1]
    assert np.isnan(other_share(found, first)).tolist() == [False, True, False]
    assert np.isnan(share_of(found, first)).tolist() == [False, True, False]
    assert not is_edge(found, first)[1]


def test_no_unit_asked_for_gives_nothing():
    found, _ = found_of(strip(-9000, 5), rows=np.zeros(0, dtype=int))
    assert (len(found), found.offset.tolist()) == (0, [0])

    found, _ = found_of(strip(-9000, 5), has_cell=np.zeros(9, bool))
    assert np.isnan(found.none).all()


def test_units_are_answered_in_the_order_asked_also_twice():
    units = np.concatenate([NINE, NINE[MIDDLE : MIDDLE + 1]])

    found, _ = found_of(strip(-9000, 12), strip(12, 9000), units=units, rows=[9, 0, 4, 9])

    assert told(found, 0) == told(found, 2) == told(found, 3) == [(0, 0.7), (1, 0.3)]
    assert told(found, 1) == [(0, 1.0)]


def test_the_flag_needs_more_than_the_threshold():
    found, first = found_of(strip(-9000, 12), strip(12, 9000), rows=[MIDDLE])

    assert is_edge(found, first, threshold=0.25).all()
    assert not is_edge(found, first, threshold=0.31).any()
    assert is_edge(found, first).all()
    assert EDGE_SHARE < 0.3


def test_many_cells_are_shared_out_in_groups_that_do_not_matter(monkeypatch):
    rng = np.random.default_rng(8)
    units = rng.integers(0, 3000, (300, 2)).astype(float)
    areas = [strip(-9000, 900), strip(700, 2000), shapely.Point(1500, 1500).buffer(900)]
    whole, _ = found_of(*areas, units=units)

    monkeypatch.setattr("geo_alerts.places.shares.CELLS_AT_ONCE", 7)
    parts, _ = found_of(*areas, units=units)

    for name in ("offset", "area", "share", "none"):
        assert np.array_equal(getattr(whole, name), getattr(parts, name))
