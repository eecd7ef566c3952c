"""What a selection says in plain words."""

import json
from pathlib import Path

import pytest

from geo_alerts.audiences.reading import read_area, read_selection
from geo_alerts.audiences.selection import Selection
from geo_alerts.audiences.sentence import area_sentence, sentence

CIRCLE = {"type": "radius", "centre": {"postcode": "sy12de"}, "metres": 400}
TEAMS = {"type": "team", "codes": ["Monkmoor", "Castlefields"]}
SHAPE = {
    "type": "polygon",
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[-2.75, 52.7], [-2.74, 52.7], [-2.74, 52.71], [-2.75, 52.7]]],
    },
}
HOTSPOTS = {"type": "hotspots", "layer": "abc", "metres": 100}
LINE = {"type": "LineString", "coordinates": [[-2.75, 52.7], [-2.7, 52.72]]}


class CalledByCode:
    """Names of areas are their codes."""

    def areas(self, leaf):
        return leaf.codes

    def saved_area(self, leaf):
        return f"Area {leaf.id}"

    def hotspots(self, leaf):
        return f"the hotspots {leaf.layer}"


def said(area, answered=None, **conditions):
    selection = read_selection(json.dumps({"area": area, **conditions}))
    return sentence(selection, CalledByCode(), answered)


def both(first, *others, kind="intersection"):
    return {"type": kind, "areas": [first, *others]}


def test_area_and_filters_are_one_sentence():
    area, about = both(CIRCLE, TEAMS), {"any_of": ["burglary"]}
    assert said(area, channels=["text"], topics=about) == (
        "People within 400 m of SY1 2DE who want text messages about burglary, in Monkmoor or "
        "Castlefields"
    )


@pytest.mark.parametrize(
    ("area", "words"),
    [
        (CIRCLE, "within 400 m of SY1 2DE"),
        ({**CIRCLE, "metres": 1500}, "within 1.5 km of SY1 2DE"),
        (
            {"type": "radius", "centre": {"longitude": -2.75, "latitude": 52.7}, "holding": 5000},
            "in the smallest circle round SJ 4941 1163 that holds 5\u202f000 people",
        ),
        (TEAMS, "in Monkmoor or Castlefields"),
        (
            {"type": "boundary", "layer": "local_policing_area", "codes": ["North"]},
            "in the local policing area North",
        ),
        ({"type": "boundary", "layer": "lsoa", "codes": ["A", "B"]}, "in the LSOA A or the LSOA B"),
        (SHAPE, "in a shape of 38 ha drawn round SJ 497 121"),
        (
            {"type": "rectangle", "west": -2.76, "south": 52.7, "east": -2.74, "north": 52.71},
            "in a rectangle of 1.5 km² drawn round SJ 494 121",
        ),
        (
            {"type": "corridor", "line": LINE, "metres": 100},
            "within 100 m of a line of 4 km drawn near SJ 511 127",
        ),
        (
            {"type": "postcodes", "postcodes": ["sy1", "sy1 2", "sy12aa"]},
            "in SY1, SY1 2 or SY1 2AA",
        ),
        (HOTSPOTS, "within 100 m of the hotspots abc"),
        ({**HOTSPOTS, "metres": 0}, "in the hotspots abc"),
        ({"type": "saved", "id": "x"}, "in the saved area “Area x”"),
        ({"type": "saved", "id": "x", "version": 3}, "in the saved area “Area x” (version 3)"),
        (both(CIRCLE, SHAPE, TEAMS, kind="union"), None),
    ],
)
def test_every_kind_of_area_has_words(area, words):
    expected = words or (
        "within 400 m of SY1 2DE, or in a shape of 38 ha drawn round SJ 497 121, Monkmoor or "
        "Castlefields"
    )
    assert said(area) == f"People {expected}"
    assert area_sentence(read_area(json.dumps(area)), CalledByCode()) == (
        f"{expected[0].upper()}{expected[1:]}"
    )


def test_what_is_taken_away_and_what_is_combined_is_told_without_doubt():
    less = {"type": "difference", "from": CIRCLE, "without": [TEAMS, HOTSPOTS]}
    without = "but not in Monkmoor or Castlefields, nor within 100 m of the hotspots abc"
    assert said(less, channels=["email"]) == (
        f"People within 400 m of SY1 2DE who want emails, {without}"
    )
    assert said(both(TEAMS, less)) == (
        f"People in Monkmoor or Castlefields, and also (within 400 m of SY1 2DE, {without})"
    )


def test_of_many_places_the_first_are_named_and_the_rest_counted():
    listed = {"type": "postcodes", "postcodes": [f"SY{number}" for number in range(1, 10)]}
    assert said(listed) == "People in SY1, SY2, SY3, SY4, SY5 or 4 more"
    deep = both(both(*[{**CIRCLE, "metres": 10 + n} for n in range(9)], kind="union"), SHAPE)
    assert said(both(deep, TEAMS)).startswith("People in a combination of 10 areas, in Monkmoor")


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ({"channels": ["voice", "email"]}, " who want emails or voice calls"),
        ({"channels": ["voice", "email", "text"]}, ""),
        ({"topics": {"all_of": ["fraud", "arson"]}}, " who want alerts about both fraud and arson"),
        (
            {"topics": {"any_of": ["fraud"], "none_of": ["arson"]}},
            " who want alerts about fraud but none about arson",
        ),
        ({"topics": {"none_of": ["arson"]}}, " who want alerts but none about arson"),
        (
            {"groups": {"any_of": ["A"], "all_of": ["B"], "none_of": ["C", "D"]}},
            " who belong to A and belong to B and do not belong to C or D",
        ),
        (
            {"joined": {"on_or_after": "2025-03-03", "before": "2025-04-01"}},
            " who joined on or after 3 March 2025 and before 1 April 2025",
        ),
        ({"reach": "any"}, "; counting every postcode that any part of is inside"),
        ({"reach": "whole"}, "; counting only postcodes that are wholly inside"),
        ({"not_in_audiences": ["a"]}, "; nobody of an earlier audience"),
        ({"not_in_audiences": ["a", "b"]}, "; nobody of 2 earlier audiences"),
        ({"cap": {"alerts": 2, "days": 7}}, "; at most 2 alerts each in 7 days"),
        (
            {"cap": {"alerts": 1, "days": 1}, "urgent": True},
            "; however many alerts they have had lately, as it is urgent",
        ),
        (
            {"sample": {"size": 1000}, "control": {"share": 0.1}},
            "; 1\u202f000 of them drawn at random; 10% of them, drawn at random, not told",
        ),
    ],
)
def test_every_condition_has_words(conditions, words):
    assert said(CIRCLE, **conditions) == f"People within 400 m of SY1 2DE{words}"


def test_no_condition_of_a_selection_is_left_without_words():
    source = Path(sentence.__code__.co_filename).read_text("utf-8")
    untold = [name for name in Selection.model_fields if f"selection.{name}" not in source]
    assert untold == []


def test_a_circle_that_holds_so_many_tells_how_wide_it_was_found():
    holding = {"type": "radius", "centre": {"postcode": "SY1 2DE"}, "holding": 50}
    area, answered = both(holding, TEAMS, kind="union"), both(CIRCLE, TEAMS, kind="union")
    found = read_selection(json.dumps({"area": answered}))
    assert said(area, found) == (
        "People in the smallest circle round SY1 2DE that holds 50 people (400 m), Monkmoor or "
        "Castlefields"
    )
