"""What became of teams by the stated rule, each case by hand."""

import numpy as np
import pytest
import shapely

from boundaries.comparing.links import CommonUnits, identities, links
from geo_alerts.places.fate import fate_of
from geo_alerts.places.layer import Succession
from tests.comparison_world import box, edition

SQUARE = box(0, 0, 10, 10)
A_METRE_KM = 0.001


def told(old, new, **names):
    found = links(edition(old, names.get("old_names")), edition(new, names.get("new_names")))
    return [
        (link.kind, link.old_code, link.new_code, round(link.share_of_old, 3)) for link in found
    ]


@pytest.mark.parametrize(
    ("new", "names", "kind"),
    [
        pytest.param(SQUARE, {}, "unchanged", id="nothing changed"),
        pytest.param(SQUARE, {"A": "Another name"}, "renamed", id="another name"),
        pytest.param(box(0, 0, 9, 10), {}, "reshaped", id="another shape"),
        pytest.param(box(0, 0, 9, 10), {"A": "Another"}, "reshaped", id="another shape and name"),
        pytest.param(box(0, 0, 30, 10), {}, "reshaped", id="all of it and much more"),
        pytest.param(box(0, 0, 2, 10), {}, "reshaped", id="a part that was all of it"),
        pytest.param(
            box(0, 0, 10 - 0.9 * A_METRE_KM, 10), {}, "unchanged", id="drawn 90 cm off along a side"
        ),
        pytest.param(
            box(0, 0, 10 - 1.1 * A_METRE_KM, 10), {}, "reshaped", id="drawn 110 cm off along a side"
        ),
        pytest.param(
            shapely.difference(SQUARE, box(5, 9.95, 5.05, 10)), {}, "reshaped", id="less one garden"
        ),
    ],
)
def test_a_team_that_goes_on_under_its_code(new, names, kind):
    (link,) = links(edition({"A": SQUARE}), edition({"A": new}, names))
    assert (link.kind, link.old_code, link.new_code, link.goes_on) == (kind, "A", "A", True)


def test_a_garden_at_the_end_of_a_long_sliver_is_not_taken_for_the_sliver():
    # A strip of 10 cm along all of one side joins a square of 50 m: on the average it is narrow.
    strip, garden = box(0, 0, 10, 0.1 * A_METRE_KM), box(5, 0, 5.05, 0.05)
    (link,) = links(
        edition({"A": SQUARE}), edition({"A": SQUARE.difference(strip).difference(garden)})
    )
    assert link.kind == "reshaped"


def test_a_team_under_a_new_code_is_the_same_where_nine_tenths_are_common():
    # By hand: 95 of 100 km² in common is 0.95 of both together; 89 of 100 is 0.89.
    assert told({"A": SQUARE}, {"B": box(0, 0, 9.5, 10)}) == [("recoded", "A", "B", 0.95)]
    assert told({"A": SQUARE}, {"B": box(0, 0, 8.9, 10)}) == [
        ("merged", "A", "B", 0.89),
        ("added", None, "B", 0.0),
    ]


def test_ground_alone_does_not_make_a_team_the_same_where_the_units_went_elsewhere():
    # 98 of 100 km² are in B, and 64 of 100 units; the village with the others is C.
    old = edition({"A": SQUARE})
    new = edition({"B": SQUARE.difference(box(0, 0, 1, 2)), "C": box(0, 0, 1, 2)})

    def told(in_b, in_c):
        at = [np.array(each) for each in ([0, 0], [0, 1], [in_b, in_c], [100], [in_b, in_c])]
        return [(k.kind, k.new_code) for k in links(old, new, units=CommonUnits(*at))]

    assert told(64, 36) == [("split", "B"), ("split", "C"), ("added", "B"), ("added", "C")]
    # A village with a twentieth of the units or more takes its place among the successors.
    assert told(91, 9) == [("recoded", "B"), ("added", "C")]
    assert told(89, 5)[:2] == [("split", "B"), ("split", "C")]
    assert told(89, 4)[0] == ("merged", "B")


def test_the_same_code_is_the_same_team_wherever_the_units_went():
    old, new = edition({"A": SQUARE}), edition({"A": box(0, 0, 6, 10), "B": box(6, 0, 10, 10)})
    units = CommonUnits(*map(np.array, ([0, 0], [0, 1], [1, 99], [100], [1, 99])))
    (going, added) = links(old, new, units=units)
    assert (going.kind, added.kind) == ("reshaped", "added")


def test_a_team_is_split_between_those_that_have_a_twentieth_of_its_ground_or_more():
    new = {"B": box(0, 0, 4, 10), "C": box(4, 0, 9.6, 10), "D": box(9.6, 0, 20, 10)}
    assert told({"A": SQUARE}, new) == [
        ("split", "A", "C", 0.56),
        ("split", "A", "B", 0.4),
        ("added", None, "B", 0.0),
        ("added", None, "C", 0.0),
        ("added", None, "D", 0.0),
    ]


def test_teams_are_merged_into_one_new_or_old():
    old = {"A": box(0, 0, 5, 10), "B": box(5, 0, 10, 10)}
    assert told(old, {"C": SQUARE}) == [
        ("merged", "A", "C", 1.0),
        ("merged", "B", "C", 1.0),
        ("added", None, "C", 0.0),
    ]
    assert told(old, {"A": SQUARE}) == [("reshaped", "A", "A", 1.0), ("merged", "B", "A", 1.0)]


def test_a_team_is_removed_where_less_than_half_of_its_ground_is_in_any():
    assert told({"A": SQUARE}, {"B": box(20, 0, 30, 10)}) == [
        ("removed", "A", None, 0.0),
        ("added", None, "B", 0.0),
    ]
    assert told({"A": SQUARE}, {"B": box(0, 0, 4, 10)})[0] == ("removed", "A", None, 0.0)


def test_a_code_that_is_used_again_for_other_ground_is_another_team():
    old, new = {"A": box(0, 0, 4, 4)}, {"A": box(3, 0, 9, 4)}
    # By hand: a quarter of the old ground, a sixth of the new.
    assert told(old, new) == [("removed", "A", None, 0.0), ("added", None, "A", 0.0)]


def test_codes_that_changed_places_follow_their_ground():
    west, east = box(0, 0, 5, 5), box(5, 0, 10, 5)
    assert told({"A": west, "B": east}, {"A": east, "B": west}) == [
        ("recoded", "A", "B", 1.0),
        ("recoded", "B", "A", 1.0),
    ]


def test_of_areas_that_lie_on_each_other_each_keeps_its_code():
    both = {"A": SQUARE, "B": SQUARE}
    assert [each[:3] for each in told(both, both)] == [
        ("unchanged", "A", "A"),
        ("unchanged", "B", "B"),
    ]
    assert [each[:3] for each in told(both, {"B": SQUARE})] == [
        ("merged", "A", "B"),
        ("unchanged", "B", "B"),
    ]


def test_an_overlap_that_was_there_before_changes_neither_team():
    areas = {"A": box(0, 0, 6, 10), "B": box(4, 0, 10, 10)}
    assert [kind for kind, *_ in told(areas, areas)] == ["unchanged", "unchanged"]


def test_the_first_edition_adds_all_and_an_empty_one_removes_all():
    assert told({}, {"A": SQUARE}) == [("added", None, "A", 0.0)]
    assert told({"A": SQUARE}, {}) == [("removed", "A", None, 0.0)]
    assert told({}, {}) == []


# --- identities -----------------------------------------------------------------------------------


def test_who_goes_on_keeps_the_identity_and_who_is_new_gets_a_fresh_one():
    old = edition({"A": box(0, 0, 5, 5), "B": box(5, 0, 10, 5)}, identity=["first", ""])
    new = edition({"B": box(0, 0, 5, 5), "C": box(5, 0, 10, 5), "D": box(0, 5, 5, 10)})
    assert identities(old, new, links(old, new)) == {"B": "first", "C": "B", "D": "D"}


def test_a_code_that_is_used_again_gets_an_identity_of_its_own():
    gone = Succession("C", "Gone", "removed", (), (), SQUARE, "the first", "2024-01-01")
    old = edition({"A": box(0, 0, 5, 5)}, successions={"C": gone})
    new = edition({"A": box(50, 0, 55, 5), "C": box(20, 0, 25, 5)}, label="of 2026")
    assert identities(old, new, links(old, new)) == {"A": "A (of 2026)", "C": "C (of 2026)"}


# --- fates ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ({}, ("removed", ())),
        ({3: 0.49}, ("removed", (3,))),
        ({3: 0.5}, ("merged", (3,))),
        ({3: 0.96, 1: 0.04}, ("merged", (3,))),
        ({3: 0.95, 1: 0.05}, ("split", (3, 1))),
        ({1: 0.3, 2: 0.4, 3: 0.3}, ("split", (2, 1, 3))),
        (dict.fromkeys(range(25), 0.04), ("merged", (0,))),
        # In an overlap, both have it.
        ({1: 0.3, 2: 0.3}, ("split", (1, 2))),
    ],
)
def test_shares_of_the_ground_say_what_became_of_an_area(shares, expected):
    assert fate_of(shares) == expected
