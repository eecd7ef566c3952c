"""Which target areas mean other ground under a new edition, each rule by hand."""

import shapely

from boundaries.comparing.affected import Affected, affected
from boundaries.comparing.compare import compare
from geo_alerts.audiences.targets.areas import AREA_ADAPTER
from geo_alerts.audiences.targets.named import grounds_of
from geo_alerts.places.layer import Succession
from tests.comparison_world import box, edition, units

# Twenty units in a row, half a kilometre apart, from 0.25 km on.
POINTS = {f"SY1 {n // 10}{'AB'[n % 10 // 5]}{'ABDEF'[n % 5]}": (n / 2 + 0.25, 1) for n in range(20)}
ROW = {"A": box(0, 0, 5, 2), "B": box(5, 0, 10, 2)}


def area(value):
    return AREA_ADAPTER.validate_python(value)


def team(*codes, **more):
    return area({"type": "team", "codes": codes, **more})


def listed(areas, old, new, **about):
    found = compare(edition(old, **about), edition(new), units(POINTS))
    return affected(areas, found)


def rules(areas, old, new, **about):
    return [(each.id, each.code, each.rule) for each in listed(areas, old, new, **about)]


def test_a_team_that_did_not_change_affects_nobody():
    assert rules({"one": team("A"), "both": team("A", "B")}, ROW, ROW) == []


def test_a_team_under_a_new_code_is_followed_and_listed():
    (told,) = listed({"one": team("A")}, ROW, {"A-new": ROW["A"], "B": ROW["B"]})
    assert told == Affected(
        "one", "A", "Team A", "new_code", "recoded", ("A-new",), (1.0,), 10, 0, 0
    )


def test_a_team_that_was_split_is_kept_as_its_last_ground_with_its_successors():
    new = {"C": box(0, 0, 3, 2), "D": box(3, 0, 5, 2), "B": ROW["B"]}
    (told,) = listed({"one": team("A")}, ROW, new)
    assert (told.rule, told.kind, told.to) == ("last_ground", "split", ("C", "D"))
    assert told.shares == (0.6, 0.4)
    assert (told.units, told.units_lost, told.units_gained) == (10, 0, 0)


def test_teams_that_are_merged_or_removed_are_kept_as_their_last_ground():
    (told,) = listed({"one": team("A")}, ROW, {"C": box(0, 0, 10, 2)})
    assert (told.rule, told.kind, told.to) == ("last_ground", "merged", ("C",))
    (told,) = listed({"one": team("A")}, ROW, {"B": ROW["B"]})
    assert (told.rule, told.kind, told.to, told.shares) == ("last_ground", "removed", (), ())


def test_a_new_shape_is_followed_and_listed_where_over_a_twentieth_of_the_units_change():
    # A has 10 units; one lost is a tenth. Of all 20, one is a twentieth and not over it.
    (told,) = listed({"one": team("A")}, ROW, {"A": box(0, 0, 4.5, 2), "B": box(4.5, 0, 10, 2)})
    assert (told.rule, told.units, told.units_lost, told.units_gained) == ("new_shape", 10, 1, 0)
    whole = {"A": box(0, 0, 10, 2)}
    assert rules({"one": team("A")}, whole, {"A": box(0, 0, 9.5, 2)}) == []


def test_who_comes_counts_like_who_goes():
    (told,) = listed({"one": team("A")}, ROW, {"A": box(0, 0, 6, 2), "B": box(6, 0, 10, 2)})
    assert (told.rule, told.units_lost, told.units_gained) == ("new_shape", 0, 2)


def test_units_in_an_overlap_are_those_of_each_team_as_when_an_area_names_it():
    # Both cover the eighth to the twelfth unit; the point's own team is A for all of them.
    old = {"A": box(0, 0, 6, 2), "B": box(3.5, 0, 10, 2)}
    new = {"A": box(0, 0, 6, 2), "B": box(6, 0, 10, 2)}
    (told,) = listed({"one": team("B")}, old, new)
    assert (told.rule, told.units, told.units_lost) == ("new_shape", 13, 5)


def test_a_code_that_another_team_has_now_is_always_listed():
    west, east = ROW["A"], ROW["B"]
    told = listed({"one": team("A")}, ROW, {"A": east, "B": west})
    assert [(each.rule, each.units_lost, each.units_gained) for each in told] == [
        ("other_team", 10, 10)
    ]


def test_what_is_added_is_no_part_of_a_team_whose_code_is_a_word_for_nothing():
    old = {"None": ROW["A"]}
    (told,) = listed({"one": team("None")}, old, {"C": ROW["A"], "D": ROW["B"]})
    assert (told.kind, told.to, told.shares) == ("recoded", ("C",), (1.0,))


def test_areas_that_name_an_edition_or_another_layer_or_no_team_are_not_affected():
    new = {"C": box(0, 0, 10, 2)}
    areas = {
        "then": team("A", edition=3),
        "ward": area({"type": "boundary", "layer": "ward", "codes": ["A"]}),
        "list": area({"type": "postcodes", "postcodes": ["SY1"]}),
    }
    assert listed(areas, ROW, new) == []


def test_a_layer_that_is_not_teams_is_named_by_its_name():
    old, new = edition(ROW, kind="ward"), edition({"C": box(0, 0, 10, 2)}, kind="ward")
    areas = {
        "team": team("A"),
        "ward": area({"type": "boundary", "layer": "ward", "codes": ["A", "B"]}),
    }
    told = affected(areas, compare(old, new, units(POINTS)))
    assert [(each.id, each.code) for each in told] == [("ward", "A"), ("ward", "B")]


def test_teams_are_found_however_deep_they_stand_and_each_code_is_told_once():
    nested = area(
        {
            "type": "difference",
            "from": {"type": "union", "areas": [team("B", "A"), team("A")]},
            "without": [{"type": "postcodes", "postcodes": ["SY1"]}, team("A")],
        }
    )
    new = {"C": box(0, 0, 10, 2)}
    assert rules({"z": nested, "a": team("B")}, ROW, new) == [
        ("a", "B", "last_ground"),
        ("z", "A", "last_ground"),
        ("z", "B", "last_ground"),
    ]


# --- codes that were gone before ------------------------------------------------------------------


def gone(kind, to):
    return Succession(
        "Z", "Team Z", kind, to, (1.0,) * len(to), box(0, 0, 2, 2), "the first", "2024-01-01"
    )


def test_a_code_that_was_re_coded_before_is_the_team_of_its_new_code():
    before = {"successions": {"Z": gone("recoded", ("A",))}}
    assert rules({"one": team("Z")}, ROW, ROW, **before) == []
    assert rules({"one": team("Z")}, ROW, {"A2": ROW["A"], "B": ROW["B"]}, **before) == [
        ("one", "Z", "new_code")
    ]
    smaller = {"A": box(0, 0, 4, 2), "B": box(4, 0, 10, 2)}
    assert rules({"one": team("Z")}, ROW, smaller, **before) == [("one", "Z", "new_shape")]
    merged = {"C": box(0, 0, 10, 2)}
    assert rules({"one": team("Z")}, ROW, merged, **before) == [("one", "Z", "last_ground")]


def test_a_code_that_was_kept_as_its_ground_is_listed_only_when_another_team_takes_it():
    before = {"successions": {"Z": gone("split", ("A", "B"))}}
    assert rules({"one": team("Z")}, ROW, {"C": box(0, 0, 10, 2)}, **before) == []
    (told,) = listed({"one": team("Z")}, ROW, ROW | {"Z": box(1, 2, 9, 4)}, **before)
    # By hand: four units on the ground of Z as it was, none in the north.
    assert (told.rule, told.units, told.units_lost, told.units_gained) == ("other_team", 4, 4, 0)


def test_a_code_that_no_edition_had_is_not_affected():
    assert rules({"one": team("Q")}, ROW, {"Q": box(0, 0, 10, 2)}) == []


def test_the_rule_is_the_one_that_answers_follow():
    # What `named.py` makes of the codes afterwards is what was foretold.
    new = edition(
        {"A2": ROW["A"]},
        successions={
            "A": Succession(
                "A", "Team A", "recoded", ("A2",), (1.0,), ROW["A"], "old", "2025-01-01"
            ),
            "B": Succession("B", "Team B", "removed", (), (), ROW["B"], "old", "2025-01-01"),
        },
    )
    told = affected({"one": team("A", "B")}, compare(edition(ROW), new, units(POINTS)))
    assert [each.rule for each in told] == ["new_code", "last_ground"]
    assert shapely.equals(grounds_of(["A", "B"], new), [new.geometry[0], ROW["B"]]).all()
