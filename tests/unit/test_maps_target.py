"""The map of a target area with its audience: drawn, told, and safe to open."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
import shapely

from geo_alerts.audiences.counts import Edge
from geo_alerts.audiences.disclosure import Figures, TeamFigures
from geo_alerts.maps.document import MapAbout
from geo_alerts.maps.target import MOST_DOTS, DrawnTarget, Units, target_map, target_summary
from geo_alerts.places.layer import Layer
from tests.audience_world import EAST, WEST, layer_of
from tests.map_documents import HOSTILE, LEAFLET, Reader, check_self_contained

ABOUT = MapAbout(
    title="Shed break-ins",
    as_of="Frozen 3 March 2025",
    editions="Teams: made teams",
    demonstration=True,
    attribution="Made up.",
    asked="People within 1 km of SY1 2AA",
)
NORTH = shapely.box(340_000, 310_000, 350_000, 320_000)
TEAMS = layer_of({"T-1": WEST, "T-2": EAST, "T-3": NORTH})
# Across the line between the two teams, a quarter of it in the second.
GROUND = shapely.box(344_250, 304_500, 345_250, 305_500)
UNITS = Units(
    np.array([344_400.0, 344_600.0, 345_100.0]),
    np.array([305_000.0, 305_100.0, 305_000.0]),
    np.array([False, False, True]),
)
EXACT = Figures(
    people=1_234,
    places=1_300,
    deliveries={"email": 1_000},
    by_team=(TeamFigures("T-1", "Team T-1", 1_200), TeamFigures("T-2", "Team T-2", 40)),
    left_out={},
    edge=Edge(1_200, 1_300, 34),
)
TARGET = DrawnTarget(GROUND, UNITS, np.array([2, 1, 0]), TEAMS, EXACT)


def drawn(target=TARGET, about=ABOUT):
    return target_map(target, about=about, leaflet=LEAFLET)


def features(html):
    """The GeoJSON that folium has written into the document."""
    script = Reader(html).texts["script"][2]
    found = re.findall(r"_add\((\{.*\})\);", script)
    return [json.loads(each) for each in found]


def cells(html):
    return [
        text.strip() for text in Reader(html.split("<tbody>")[1].split("</tbody>")[0]).texts["td"]
    ]


def test_the_document_stands_alone_and_is_the_same_for_the_same_area():
    html = drawn()
    check_self_contained(html)
    assert html == drawn()


def test_the_table_has_each_team_with_ground_or_people_and_no_other():
    html = drawn()
    assert cells(html) == ["T-1", "1\u202f200", "2", "75%", "T-2", "40", "1", "25%"]
    # Somebody's postcode counts although its point lies in no ground of the area.
    odd = replace(EXACT, by_team=(*EXACT.by_team, TeamFigures("T-3", "Team T-3", 3)))
    assert cells(drawn(replace(TARGET, figures=odd)))[8:] == ["T-3", "3", "0", "0%"]


def test_an_area_along_the_line_of_a_team_has_no_part_in_it():
    along = replace(TARGET, ground=shapely.box(344_000, 304_000, 345_000, 305_000))
    one = replace(EXACT, by_team=EXACT.by_team[:1])
    assert cells(drawn(replace(along, figures=one))) == ["T-1", "1\u202f200", "2", "100%"]


def test_postcodes_inside_are_filled_and_those_on_the_edge_hollow():
    points = [
        each["features"][0]["geometry"]["coordinates"]
        for each in features(drawn())
        if each["features"][0]["geometry"]["type"] == "MultiPoint"
    ]
    assert [len(each) for each in points] == [2, 1]
    legend = [text.strip() for text in Reader(drawn()).texts["li"]]
    assert [" ".join(text.split()) for text in legend] == [
        "in the area1.0 km²",
        "postcode inside2",
        "postcode on the edge1",
        "team",
    ]


def test_too_many_postcodes_are_not_drawn_but_those_on_the_edge():
    count = MOST_DOTS + 1
    easting = np.linspace(344_300, 345_200, count)
    many = Units(easting, np.full(count, 305_000.0), np.arange(count) < 5)
    html = drawn(replace(TARGET, units=many))
    shapes = [each["features"][0]["geometry"] for each in features(html)]
    assert [len(one["coordinates"]) for one in shapes if one["type"] == "MultiPoint"] == [5]
    assert "postcode inside" not in html
    assert "those that stand on the edge are drawn at most" in html


def test_the_area_is_in_view_and_not_the_teams_round_it():
    script = Reader(drawn()).texts["script"][2]
    (south, west), (north, east) = json.loads(re.search(r"\[\[5[^)]*\]\]", script)[0])
    assert 0.009 < north - south < 0.012
    assert 0.014 < east - west < 0.018


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        (EXACT, "1\u202f234 people would get this."),
        (replace(EXACT, people=1), "1 person would get this."),
        (replace(EXACT, error=25), "About 1\u202f234 people (± 25) would get this."),
        (None, "Your role is shown no figure of people for this selection."),
    ],
)
def test_the_finding_tells_what_the_reader_may_see(figures, said):
    target = replace(TARGET, figures=figures)
    assert said in target_summary(target)
    assert "The area has 3 live postcodes, 1 of them on its edge" in target_summary(target)


def test_estimates_look_like_estimates_and_hidden_figures_are_nowhere():
    one = TeamFigures("T-1", "Team T-1", 1_200, error=31)
    estimated = drawn(replace(TARGET, figures=replace(EXACT, error=25, by_team=(one,))))
    assert cells(estimated)[1] == "≈\u202f1\u202f200 ±\u202f31"
    assert cells(estimated)[5] == "few or none"
    assert "rounded at random" in estimated
    hidden = drawn(replace(TARGET, figures=None))
    assert cells(hidden)[1] == "not shown"
    assert "1\u202f2" not in hidden


def test_names_cannot_run_as_code():
    odd = Layer.from_columns("test", ["T-1", "T-2"], [HOSTILE, HOSTILE], [WEST, EAST])
    html = drawn(
        replace(TARGET, teams=odd, units_by_team=np.array([2, 1])),
        replace(ABOUT, title=HOSTILE, asked=HOSTILE),
    )
    check_self_contained(html)
    assert "49" not in Reader(html).texts["h1"][0]
