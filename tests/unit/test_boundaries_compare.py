"""What a new edition changes for units and people, worked out by hand."""

import json

import numpy as np
import pytest
import shapely

from boundaries.comparing.changes import (
    as_dict,
    grounds,
    kinds_of_teams,
    moving_rows,
    namesakes,
    passages,
    team_changes,
)
from boundaries.comparing.compare import compare
from geo_alerts.places.assignment import assign
from tests.comparison_world import box, compared, edition, people, rows_of, units

# Before: A and B, 4 by 4 km each, side by side. After: A lost its north to the new C, B is called
# D, and the eastern kilometre of B is in no team.
#
#   4 ┌───────┬───────┐        4 ┌───────┬─────┬─┐
#     │ 1     │  4    │          │ C 1   │ D 4 │ │
#   2 │   A   │   B   │        2 ├───────┤     │ │
#     │ 2  3  │     5 │          │ A 2 3 │    5│ │
#   0 └───────┴───────┘ 6      0 └───────┴─────┴─┘ 6
#     0       4       8 9        0       4   7.5 8 9
BEFORE = {"A": box(0, 0, 4, 4), "B": box(4, 0, 8, 4)}
AFTER = {"A": box(0, 0, 4, 2), "C": box(0, 2, 4, 4), "D": box(4, 0, 7.75, 4)}
POINTS = {
    "SY1 1AA": (1, 3),
    "SY1 1AB": (1, 1),
    "SY1 1AC": (3, 1),
    "SY1 1AD": (5, 3),
    "SY1 1AE": (7.9, 1),
    "SY1 1AF": (8.5, 0.5),
    **{f"SY2 1A{letter}": (6, 2) for letter in "ABDEFGHJL"},
}


@pytest.fixture(scope="module")
def found():
    among = units(POINTS)
    # One person at home and at work, both moving; one in what becomes a gap; two who stay.
    who = people(
        ("SY1 1AA", "SY1 1AE"), ("SY1 1AE",), ("SY1 1AB", "SY1 1AC"), ("SY1 1AF",), among=among
    )
    return compare(edition(BEFORE), edition(AFTER, label="the new"), among, who)


def test_every_unit_is_in_one_row_of_the_crosswalk(found):
    assert rows_of(found) == {
        ("A", "A"): (8.0, 2),
        ("A", "C"): (8.0, 1),
        ("B", "D"): (15.0, 10),
        ("B", None): (1.0, 1),
    }


def test_people_are_counted_once_in_each_row_and_once_in_all(found):
    walk = found.crosswalk
    # A stays: one person with two places; A to C: one; B to none: two.
    by_row = dict(zip(rows_of(found), walk.people.tolist(), strict=True))
    assert by_row == {("A", "A"): 1, ("A", "C"): 1, ("B", "D"): 0, ("B", None): 2}
    assert (found.people_moved, found.people_into_gap) == (2, 2)


def test_a_team_that_is_re_coded_moves_nobody_and_one_that_is_cut_moves_who_is_cut_off(found):
    assert kinds_of_teams(found) == {
        "unchanged": 0,
        "renamed": 0,
        "reshaped": 1,
        "recoded": 1,
        "split": 0,
        "merged": 0,
        "removed": 0,
        "added": 1,
    }
    assert found.units.postcode[found.moved].tolist() == ["SY1 1AA", "SY1 1AE"]
    assert found.units.postcode[found.into_gap].tolist() == ["SY1 1AE"]
    assert found.out_of_gap.tolist() == []


def test_the_other_way_round_the_gap_is_filled():
    back = compared(AFTER, BEFORE, POINTS)
    assert back.units.postcode[back.out_of_gap].tolist() == ["SY1 1AE"]
    assert back.into_gap.tolist() == []
    # C is merged into A, so that its unit moves.
    assert back.units.postcode[back.moved].tolist() == ["SY1 1AA", "SY1 1AE"]
    assert back.people_moved is None
    assert back.crosswalk.people is None


def test_units_of_a_team_that_is_removed_fall_into_the_gap():
    found = compared({"A": box(0, 0, 4, 4)}, {}, {"SY1 1AA": (1, 1)})
    assert found.into_gap.tolist() == found.moved.tolist() == [0]


def test_where_teams_overlap_a_unit_is_that_of_the_lowest_code_and_the_overlap_is_told():
    old = {"A": box(0, 0, 4, 4), "B": box(2, 0, 6, 4)}
    new = {"A": box(0, 0, 3, 4), "B": box(3, 0, 6, 4)}
    points = {"SY1 1AA": (2.5, 1), "SY1 1AB": (3.5, 1), "SY1 1AC": (5, 1)}
    found = compared(old, new, points)
    assert found.units_in_several == (2, 0)
    assert found.units.postcode[found.moved].tolist() == ["SY1 1AB"]
    assert rows_of(found) == {
        ("A", "A"): (12.0, 1),
        ("A", "B"): (4.0, 1),
        ("B", "A"): (4.0, 0),
        ("B", "B"): (12.0, 1),
    }
    told = as_dict(found)["overlaps"]
    assert told["before"] == {"units": 2, "m2": pytest.approx(8e6)}
    assert told["after"] == {"units": 0, "m2": 0.0}


def test_units_without_a_location_and_those_that_are_not_counted_are_in_no_figure():
    points = POINTS | {"SY1 1AG": (np.nan, np.nan)}
    is_counted = np.arange(len(points)) > 0
    among = units(points, is_counted=is_counted)
    # Who lives at a terminated postcode is a person all the same.
    who = people(("SY1 1AA",), ("SY1 1AG",), among=among)
    found = compare(edition(BEFORE), edition(AFTER), among, who)
    assert found.units_asked == 14
    assert found.units.postcode[found.moved].tolist() == ["SY1 1AE"]
    assert (found.people_moved, found.people_into_gap) == (1, 0)
    at = list(rows_of(found)).index(("A", "C"))
    assert (found.crosswalk.units[at], found.crosswalk.people[at]) == (0, 1)


def test_people_where_there_is_no_team_before_and_after_are_in_no_row():
    among = units({"SY1 1AA": (20, 20)})
    found = compare(edition(BEFORE), edition(AFTER), among, people(("SY1 1AA",), among=among))
    assert found.crosswalk.people.sum() == 0
    assert found.people_moved == 0


def test_a_unit_on_a_common_edge_of_two_teams_has_a_row_without_ground():
    found = compared(
        {"A": box(0, 0, 4, 4)}, {"B": box(4, 0, 8, 4), "C": box(0, 0, 3, 4)}, {"SY1 1AA": (4, 1)}
    )
    assert rows_of(found)["A", "B"] == (0.0, 1)


def test_assignments_that_are_known_are_not_made_again(found):
    among = units(POINTS)
    known = [assign(among.easting, among.northing, layer) for layer in (found.old, found.new)]
    again = units(POINTS, old=known[0], new=known[1])
    same = compare(found.old, found.new, again)
    assert same.before is known[0]
    assert same.after is known[1]
    assert rows_of(same) == rows_of(found)


def test_who_comes_onto_an_edge_is_told_where_edges_are_known(found):
    assert found.onto_edge is None
    was, now = (np.isin(np.arange(len(POINTS)), rows) for rows in ([0, 2], [0, 1, 5]))
    edged = compare(found.old, found.new, units(POINTS, was_edge=was, is_edge=now))
    assert edged.onto_edge.tolist() == [1, 5]
    assert edged.off_edge.tolist() == [2]
    told = as_dict(edged)
    assert told["onto_edge"]["postcodes"][0] == {
        "postcode": "SY1 1AB",
        "old_code": "A",
        "new_code": "A",
    }
    assert as_dict(found)["onto_edge"] is None


# --- rows and JSON --------------------------------------------------------------------------------


def test_passages_name_both_teams_and_only_moves_leave_out_who_stays(found):
    rows = [(p.old_code, p.new_code, p.is_same_team, p.units, p.people) for p in passages(found)]
    assert rows == [
        ("B", "D", True, 10, 0),
        ("A", "A", True, 2, 1),
        ("A", "C", False, 1, 1),
        ("B", None, False, 1, 2),
    ]
    moving = passages(found, moving_rows(found))
    assert [(p.old_name, p.new_name) for p in moving] == [("Team A", "Team C"), ("Team B", None)]


def test_what_a_team_that_is_gone_leaves_in_a_gap_moves_as_well():
    found = compared({"A": box(0, 0, 4, 4)}, {"B": box(0, 0, 2, 4)}, {"SY1 1AA": (3, 1)})
    moving = passages(found, moving_rows(found))
    assert [(p.old_code, p.new_code, p.units) for p in moving] == [("A", None, 1), ("A", "B", 0)]


def test_slivers_in_which_there_is_nobody_have_no_row_among_the_moves():
    old = {"A": box(0, 0, 4, 4), "B": box(4, 0, 8, 4)}
    new = {"A": box(0, 0, 4.015, 4), "B": box(4.015, 0, 8, 4)}
    assert moving_rows(compared(old, new)).tolist() == []
    lived_in = compared(old, new, {"SY1 1AA": (4.01, 1)})
    moving = passages(lived_in, moving_rows(lived_in))
    assert [(p.old_code, p.new_code) for p in moving] == [("B", "A")]
    # By hand: 15 m by 4 km.
    assert rows_of(lived_in)["B", "A"] == (0.06, 1)


def test_the_ground_of_a_row_is_what_both_teams_have_or_what_none_has():
    both = compared(BEFORE, AFTER | {"E": box(8, 0, 9, 4)})
    rows = {pair: np.array([at]) for at, pair in enumerate(rows_of(both))}
    for pair, ground in {
        ("A", "C"): box(0, 2, 4, 4),
        ("B", None): box(7.75, 0, 8, 4),
        (None, "E"): box(8, 0, 9, 4),
    }.items():
        assert shapely.equals(grounds(both, rows[pair])[0], ground)


def test_slivers_are_left_out_of_the_ground_unless_there_is_nothing_else():
    sliver, field = box(0, 0, 4, 0.01), box(1, 3, 2, 4)
    found = compared({"A": box(0, -4, 4, 4)}, {"B": shapely.union(sliver, field)})
    assert shapely.equals(grounds(found, np.array([1]))[0], field)
    thin = compared({"A": box(0, 0, 4, 4)}, {"B": sliver})
    assert shapely.equals(grounds(thin, np.array([1]))[0], sliver)


def test_changes_of_teams_are_told_with_names_and_leave_out_what_stayed():
    old, new = edition(BEFORE), edition(BEFORE | {"C": box(0, 4, 4, 8)}, {"B": "Better"})
    changes = team_changes(compare(old, new, units({})))
    assert [(c.kind, c.old_name, c.new_name) for c in changes] == [
        ("renamed", "Team B", "Better"),
        ("added", None, "Team C"),
    ]


def test_kinds_of_old_teams_add_up_to_the_old_ones_and_those_of_new_ones_to_the_new(found):
    counts = kinds_of_teams(found)
    going = sum(counts[kind] for kind in ("unchanged", "renamed", "reshaped", "recoded"))
    assert going + counts["split"] + counts["merged"] + counts["removed"] == len(BEFORE)
    assert going + counts["added"] == len(AFTER)


def test_moves_to_a_team_of_the_same_name_are_told_apart():
    old, new = edition({"A": box(0, 0, 9, 9)}, {"A": "Town"}), {"B": box(0, 0, 7, 9)}
    points = {"SY1 1AA": (1, 1), "SY1 1AB": (8, 8)}
    found = compare(old, edition(new, {"B": "Town"}), units(points))
    assert len(found.moved) == 2
    assert namesakes(found) == 1


def test_the_whole_is_json_with_bounded_lists_and_full_counts(found):
    told = json.loads(json.dumps(as_dict(found, most=1)))
    assert (told["old"], told["new"]) == ("edition", "the new")
    assert told["teams"] == {"before": 2, "after": 3, **kinds_of_teams(found)}
    assert told["units"] == 15
    assert told["moved"]["units"] == 2
    assert told["moved"]["people"] == 2
    assert told["moved"]["postcodes"] == [
        {"postcode": "SY1 1AA", "old_code": "A", "new_code": "C"},
    ]
    assert told["into_gap"] == {
        "units": 1,
        "people": 2,
        "m2": pytest.approx(1e6),
        "postcodes": [{"postcode": "SY1 1AE", "old_code": "B", "new_code": None}],
    }
    assert len(told["crosswalk"]) == 1
    assert told["crosswalk_rows"] == 4
