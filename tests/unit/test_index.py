"""The 10 km square of `audience_world.py` with eight subscribers, worked out by hand."""

import dataclasses

import numpy as np
import pytest

from geo_alerts.audiences.people.labels import LabelSets
from geo_alerts.audiences.people.members import Members
from geo_alerts.audiences.selection import LabelFilter
from geo_alerts.errors import FrameError
from geo_alerts.places.directory import Position
from tests.audience_world import (
    EAST,
    EMAIL,
    EVERYTHING,
    TEAM_1,
    TEAM_2,
    TEXT,
    UNITS,
    VOICE,
    WEST,
    Person,
    circle_area,
    directory_of,
    index_of,
    layer_of,
    members_of,
    selection_of,
)

DIRECTORY = directory_of(UNITS)
LAYER = layer_of({"T-1": WEST, "T-2": EAST})

ANN = Person("a", ("SY1 1AA",), EMAIL | TEXT, ("Farm Watch",), ("burglary",))
# Five places, in both teams.
BEA = Person(
    "b", ("SY12 1AB", "SY1 1AA", "SY1 1AB", "SY1 2AA", "SY12 1AA"), TEXT, ("shop",), ("fraud",)
)
CAT = Person("c", ("SY1 2AB",), VOICE, ("Farm Watch", "shop"), ("burglary", "fraud"))
# In no team.
DAN = Person("d", ("SY1 3AA",), EMAIL)
EVE = Person("e", ("SY12 1AA",), 0)
# A new building, put at the mean of SY1 1: 341 000, 305 000.
FAY = Person("f", ("SY1 1ZZ",), EMAIL | TEXT | VOICE)
# The Forces, a malformed one and a sector that nobody knows.
GUS = Person("g", ("BFPO 12", "", "TF9 1AA"), EMAIL)
# The same postcode twice.
HAL = Person("h", ("SY12 1AB", "SY12 1AB"), EMAIL)
PEOPLE = (ANN, BEA, CAT, DAN, EVE, FAY, GUS, HAL)
INDEX = index_of(PEOPLE, DIRECTORY, LAYER)


@pytest.mark.parametrize(
    ("area", "filters", "references", "places", "deliveries", "by_team"),
    [
        pytest.param(
            TEAM_1,
            {},
            "abcf",
            6,
            {"email": 2, "text": 3, "voice": 2},
            {"T-1": 4, "T-2": 1},
            id="west: b counts once with three places; c on the edge is in both teams",
        ),
        pytest.param(
            {"type": "union", "areas": [TEAM_2, TEAM_1]},
            {},
            "abcfh",
            9,
            {"email": 3, "text": 3, "voice": 2},
            {"T-1": 4, "T-2": 3},
            id="both teams: b still counts once, h's repeated postcode is one place",
        ),
        pytest.param(
            EVERYTHING,
            {"channels": ["voice"]},
            "cf",
            2,
            {"voice": 2},
            {"T-1": 2, "T-2": 1},
            id="only those who take calls",
        ),
        pytest.param(
            EVERYTHING,
            {"channels": ["voice", "email"]},
            "acdfh",
            5,
            {"email": 4, "voice": 2},
            {"T-1": 3, "T-2": 2},
            id="one of two channels is enough",
        ),
        pytest.param(
            EVERYTHING,
            {"groups": {"any_of": ["Farm Watch", "nobody has this"]}},
            "ac",
            2,
            {"email": 1, "text": 1, "voice": 1},
            {"T-1": 2, "T-2": 1},
            id="any of some groups",
        ),
        pytest.param(
            EVERYTHING,
            {"groups": {"all_of": ["Farm Watch", "shop"]}},
            "c",
            1,
            {"email": 0, "text": 0, "voice": 1},
            {"T-1": 1, "T-2": 1},
            id="all of some groups",
        ),
        pytest.param(
            EVERYTHING,
            {"groups": {"all_of": ["Farm Watch", "nobody has this"]}},
            "",
            0,
            {"email": 0, "text": 0, "voice": 0},
            {},
            id="all of, with one that nobody has",
        ),
        pytest.param(
            EVERYTHING,
            {"topics": {"any_of": ["burglary", "fraud"]}, "groups": {"none_of": ["shop"]}},
            "a",
            1,
            {"email": 1, "text": 1, "voice": 0},
            {"T-1": 1},
            id="topics and groups together",
        ),
        pytest.param(
            circle_area(341_000, 305_000, 1),
            {},
            "f",
            1,
            {"email": 1, "text": 1, "voice": 1},
            {"T-1": 1},
            id="a new building stands at its sector's mean",
        ),
        pytest.param(
            {"type": "postcodes", "postcodes": ["BFPO 12", "TF9"]},
            {},
            "g",
            2,
            {"email": 1, "text": 0, "voice": 0},
            {},
            id="who has no location is found by the postcode",
        ),
        pytest.param(
            {"type": "difference", "from": EVERYTHING, "without": [TEAM_1, TEAM_2]},
            {},
            "d",
            1,
            {"email": 1, "text": 0, "voice": 0},
            {},
            id="outside every team",
        ),
    ],
)
def test_a_selection_reaches_whom_we_counted_by_hand(
    area, filters, references, places, deliveries, by_team
):
    chosen = INDEX.choose(selection_of(area, **filters))
    assert chosen.references().tolist() == list(references)
    assert chosen.numbers.tolist() == [ord(letter) for letter in references]
    counts = chosen.counts
    assert (counts.people, counts.places) == (len(references), places)
    assert dict(counts.deliveries) == deliveries
    assert dict(counts.by_team) == by_team


def test_who_consented_to_no_channel_is_no_recipient_and_is_told_apart():
    assert INDEX.choose(selection_of(TEAM_2)).counts.left_out == {"no_channel": 1}
    assert INDEX.choose(selection_of(TEAM_2, channels=["voice"])).counts.left_out == {
        "no_channel": 1,
        "other_channels": 2,
    }
    assert INDEX.choose(selection_of(TEAM_1)).counts.left_out == {}
    shops = {"any_of": ["shop"]}
    assert INDEX.choose(selection_of(TEAM_2, groups=shops)).counts.left_out == {}


def test_coverage_counts_who_has_a_place_in_the_team_and_can_be_reached():
    # West: a, b, f and c on the shared edge. East: b, h, and c as well; e has no channel.
    assert INDEX.people_by_team().tolist() == [4, 3]


def test_coverage_counts_the_people_that_a_question_about_the_team_counts():
    asked = [INDEX.choose(selection_of(team)).counts.people for team in (TEAM_1, TEAM_2)]
    assert INDEX.people_by_team().tolist() == asked


def test_placement_tells_how_places_were_positioned_and_why_some_were_not():
    placement = INDEX.placement()
    assert (placement.members, placement.places, placement.nowhere) == (8, 14, 1)
    assert dict(placement.by_position) == {
        Position.PUBLISHED: 10,
        Position.OUTPUT_AREA_MEAN: 0,
        Position.SECTOR_MEAN: 1,
        Position.NONE: 3,
    }
    assert sorted(placement.unplaced.values()) == [1, 1, 1]
    assert any("Forces" in why for why in placement.unplaced)


def test_a_live_postcode_without_coordinates_is_unplaced_with_that_reason():
    directory = directory_of(UNITS | {"SY1 9ZZ": (np.nan, np.nan)})
    placement = index_of([Person("x", ("SY1 9ZZ",))], directory, LAYER).placement()
    assert list(placement.unplaced) == ["it is live, but no coordinates are published for it"]


def test_who_could_not_be_placed_is_listed_by_reference_with_each_reason():
    nobody_home = Person("i", (), EMAIL)
    listed = index_of([ANN, GUS, nobody_home], DIRECTORY, LAYER).unplaced()
    assert [reference for reference, _ in listed] == ["g", "g", "g", "i"]
    reasons = {reason for reference, reason in listed if reference == "g"}
    assert len(reasons) == 3
    assert any("Forces" in reason for reason in reasons)
    assert listed[-1] == ("i", "no postcode that can be used was given")


def test_a_member_left_out_is_not_listed_as_unplaced():
    without_gus = INDEX.changed(Members.none(), np.array([GUS.id()]))
    assert without_gus.unplaced() == []
    assert without_gus.placement().members == 7


def test_an_index_of_nobody_answers_with_zeros():
    index = index_of([], DIRECTORY, LAYER)
    counts = index.choose(selection_of(EVERYTHING)).counts
    assert (counts.people, counts.places, counts.left_out) == (0, 0, {})
    assert index.choose(selection_of(TEAM_1)).references().tolist() == []
    assert index.people_by_team().tolist() == [0, 0]
    assert index.placement().members == 0


def test_people_are_found_before_any_teams_or_postcodes_are_there():
    no_teams = layer_of({})
    counts = index_of(PEOPLE, DIRECTORY, no_teams).choose(selection_of(EVERYTHING)).counts
    assert (counts.people, dict(counts.by_team)) == (6, {})
    nowhere = index_of(PEOPLE, directory_of({}), no_teams)
    assert nowhere.placement().nowhere == 8
    assert nowhere.choose(selection_of(EVERYTHING)).counts.people == 6


def test_a_change_moves_withdraws_and_adds_people():
    live = INDEX
    moved = ANN._replace(postcodes=("SY12 1AA",))
    new = Person("aa", ("SY12 1AA",), VOICE)
    live = live.changed(members_of([moved, new]), np.array([HAL.id()]))
    chosen = live.choose(selection_of({"type": "union", "areas": [TEAM_1, TEAM_2]}))
    assert chosen.references().tolist() == ["a", "aa", "b", "c", "f"]
    assert chosen.numbers.tolist() == [p.id() for p in (ANN, BEA, CAT, FAY, new)]
    assert dict(chosen.counts.by_team) == {"T-1": 3, "T-2": 4}
    assert (len(live), live.changes()) == (8, 4)


def test_a_withdrawal_after_a_change_takes_the_person_out_of_the_recent_ones_too():
    live = INDEX.changed(members_of([ANN, BEA]), np.array([], dtype=np.int64))
    live = live.changed(Members.none(), np.array([ANN.id(), 12345]))
    assert live.choose(selection_of(EVERYTHING)).references().tolist() == list("bcdfh")
    assert len(live) == 7


def test_a_change_leaves_the_index_before_it_as_it_was():
    before = INDEX
    before.changed(Members.none(), np.array([ANN.id()]))
    assert before.choose(selection_of(TEAM_1)).references().tolist() == list("abcf")


def test_references_longer_than_those_of_the_base_are_not_cut():
    live = INDEX.changed(
        members_of([Person("bb-is-much-longer", ("SY1 1AA",))]), np.array([], dtype=np.int64)
    )
    assert live.choose(selection_of(TEAM_1)).references().tolist() == [
        *"ab",
        "bb-is-much-longer",
        *"cf",
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reference_bytes": np.array([b"b"])}, "for 1 members, not 2"),
        ({"joined": np.zeros(3, dtype=np.uint16)}, "for 3 members, not 2"),
        ({"postcode_key": np.zeros(1, dtype=np.uint64)}, "does not end"),
    ],
)
def test_members_that_do_not_fit_together_are_refused(change, words):
    members = members_of([ANN, DAN])
    with pytest.raises(FrameError, match=words):
        dataclasses.replace(members, **change)


def test_two_members_of_one_number_are_refused():
    with pytest.raises(FrameError, match="is there twice"):
        index_of([ANN, DAN._replace(number=ANN.id())], DIRECTORY, LAYER)


def test_labels_have_no_limit_to_their_number():
    names = [f"topic {number:03}" for number in range(200)]
    sets = LabelSets([(name,) for name in names] + [tuple(names), ()])

    def passing(**conditions):
        return np.flatnonzero(sets.passes(LabelFilter(**conditions))).tolist()

    assert passing(any_of=("topic 063", "topic 064")) == [63, 64, 200]
    assert passing(all_of=("topic 000", "topic 199")) == [200]
    assert passing(none_of=("topic 199",)) == [*range(199), 201]
