"""The map of repeat locations: drawn, told, and safe to open."""

import re
from dataclasses import replace

import numpy as np
import pytest
import shapely

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.layers import HotArea
from geo_alerts.hotspots.repeats.find import find_repeats
from geo_alerts.hotspots.repeats.rules import Rules
from geo_alerts.maps.document import MapAbout
from geo_alerts.maps.repeats import (
    COLOURS,
    MOST_DRAWN,
    month_strip,
    repeats_map,
    repeats_summary,
    repeats_table,
)
from geo_alerts.places.layer import Layer
from tests.map_documents import HOSTILE, LEAFLET, Reader, check_self_contained
from tests.repeat_world import crimes, months, points

ABOUT = MapAbout(
    title="Repeat locations of a made-up town",
    as_of="Crimes of January to December 2025",
    editions="Made up",
    demonstration=False,
    attribution="Made up.",
)
STRIPS = [
    [2, 1, 0, 3, 1, 1, 0, 2, 1, 1, 0, 2],
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 5, 6],
    [3, 3, 4, 3, 3, 4, 3, 3, 4, 1, 1, 0],
    [4, 3, 3, 3, 4, 3, 3, 3, 4, 0, 0, 0],
]
TOWN = points(
    {
        "High Street": (0, 0),
        "Supermarket": (3_000, 0),
        "Mill Lane": (3_100, 0),
        "Church Road": (0, 4_000),
    }
)
BOX = shapely.box(378_000, 248_000, 385_000, 256_000)
TEAMS = Layer.from_columns("teams", np.array(["T1"]), np.array(["Town"]), np.array([BOX]))


def located(strips=STRIPS, among=TOWN, missing=(), **facts):
    found = find_repeats(
        crimes(among, strips),
        among,
        months(strips, missing=missing),
        rules=Rules(cluster="points"),
    )
    return [HotArea(each.rank, each.key, each.area, {**each.facts(), **facts}) for each in found]


def drawn(areas, teams=TEAMS):
    return repeats_map(areas, about=ABOUT, leaflet=LEAFLET, teams=teams)


def script(html):
    return Reader(html).texts["script"][2]


def rows(html):
    body = Reader(html.split("<tbody>")[1].split("</tbody>")[0]).texts
    return body["th"], body["td"]


def test_the_document_loads_nothing_and_runs_only_what_its_policy_allows():
    check_self_contained(drawn(located()))


def test_the_same_locations_give_the_same_bytes():
    assert drawn(located()) == drawn(located())
    assert drawn(located()) != drawn(located(STRIPS[:1], points({"High Street": (0, 0)})))


def test_names_from_files_are_text_and_never_go_through_folium():
    hostile = replace(TOWN, street=np.array([HOSTILE] * 4, dtype=object))
    html = drawn(located(among=hostile, team_name="{% raise %}"))
    read = Reader(html)
    assert len(read.all("script")) == 3
    assert read.all("img") == []
    assert "raise" not in read.texts["script"][2]
    assert any(HOSTILE in text for text in read.texts["th"])


def test_each_location_is_a_spot_of_its_status_with_a_row_of_its_figures():
    html = drawn(located(team_name="Town"))
    names, cells = rows(html)
    # The longest strips first: three with crime in 11, 9 and 9 months, the new one with 3.
    assert names == [
        "1. On or near Mill Lane",
        "2. On or near Church Road",
        "3. On or near High Street",
        "4. On or near Supermarket (by Mill Lane)",
    ]
    fills = set(re.findall(r'"fillColor": "([^"]+)"', script(html)))
    # Folium gives its own blue to spots, which each style then replaces; second rings are hollow.
    assert fills - {"#3388ff", "none"} == set(COLOURS.values())
    # By hand: 32, 30, 36 and 15 crimes; 20 px for the most, and the square root of its part.
    radii = [float(radius) for radius in re.findall(r'"radius": (\d+)', script(html))]
    assert {20, 13} <= set(radii)
    assert re.findall(r'"mark": "([^"]*)"', script(html)) == ["1", "2", "3", "4"]
    assert script(html).count('"type": "Point"') == 4
    width = len(cells) // 4
    first = cells[:width]
    assert first[:5] == ["Town", "cooling", "32", "11 of 12", month_strip(STRIPS[2])]
    assert first[5] == "Burglary 32"
    # By hand: 2 in 92 days, 30 in 273; the ends by the exact binomial interval.
    assert first[6] == "2 in 3, before 30 in 9: 0.2 times (0.0 to 0.8)"
    assert first[7] == "—"
    assert first[8] == "11"
    new = cells[3 * width :]
    assert new[6] == "15 in 3, before 0 in 9"


def test_columns_that_nothing_is_known_for_are_left_out():
    headings = [column.heading for column in repeats_table(located()).columns]
    assert "Team" not in headings
    assert "Harm" not in headings
    assert headings[4] == "Month by month from January 2025"
    with_harm = [column.heading for column in repeats_table(located(harm=3.5)).columns]
    assert "Harm" in with_harm


@pytest.mark.parametrize(
    ("strip", "text"),
    [
        ([0, 1, 2, 4, 8], "·▁▂▄█"),
        ([16, 1, None, 0], "█▁?·"),
        ([1, 1], "██"),
        ([0, None], "·?"),
        ([], ""),
    ],
)
def test_a_strip_has_a_bar_for_each_month_and_marks_what_was_not_observed(strip, text):
    assert month_strip(strip) == text


def test_a_month_that_was_not_observed_is_a_question_mark_on_the_map():
    strips = [[2, 1, 0, 3, 1, 1], [1, 1, 0, 1, 1, 1]]
    among = points({"High Street": (0, 0), "Mill Lane": (900, 0)})
    table = repeats_table(located(strips, among, missing=[2]))
    assert [row[3].text for row in table.rows] == ["5 of 5", "5 of 5"]
    assert table.rows[0][4 - 1].value == pytest.approx(0.5655, abs=1e-4)
    assert "?" in drawn(located(strips, among, missing=[2]))


def test_the_summary_counts_statuses_and_names_the_most_lasting():
    assert repeats_summary(located()) == (
        "4 repeat locations: 1 new, 1 persistent, 1 cooling, 1 closed. The most lasting: On or "
        "near Mill Lane, with 32 crimes in 11 of 12 months."
    )
    assert repeats_summary([]) == "There is no location where crime recurs."


def test_the_legend_has_each_status_with_its_count_and_says_what_points_are():
    html = drawn(located())
    legend = [" ".join(text.split()) for text in Reader(html).texts["li"]]
    assert legend == [
        "new: solid ring1 location",
        "persistent: double ring1 location",
        "cooling: dashed ring1 location",
        "closed: thin line1 location",
    ]
    assert "Published points are not addresses" in html
    assert ABOUT.as_of in html


def test_each_status_is_told_by_its_own_rule():
    told = " ".join(Reader(drawn(located())).texts["p"])
    for rule in (
        "Closed: no crime in the recent months, where chance alone would seldom leave them empty.",
        "Cooling: no crime in them, which may be chance; or less crime than chance alone",
        "New: no crime in the months before; or more crime than chance alone",
        "Persistent: all others",
    ):
        assert rule in told


def test_of_many_the_first_of_each_status_are_drawn():
    lasting, new = [1] * 12, [0] * 9 + [4, 4, 4]
    strips = [lasting] * MOST_DRAWN + [new] * 5
    among = points(
        {f"Street {at}": (700 * (at % 20), 700 * (at // 20)) for at in range(len(strips))}
    )
    html = drawn(located(strips, among))
    names, cells = rows(html)
    assert len(names) == MOST_DRAWN
    assert cells.count("new") == 5
    assert [int(name.split(".")[0]) for name in names] == sorted(
        int(name.split(".")[0]) for name in names
    )
    assert "5 others are in the export" in html
    assert len(html) < 3_000_000


def test_of_many_new_ones_the_surest_rises_are_drawn():
    # Trickles have crime in more months; the places that began have most of it.
    trickle, began = [1, 0, 0, 0, 0, 1, 0, 0, 0, 4, 4, 4], [0] * 9 + [1, 15, 15]
    strips = [trickle] * MOST_DRAWN + [began] * 5
    among = points(
        {f"Street {at}": (700 * (at % 20), 700 * (at // 20)) for at in range(len(strips))}
    )
    areas = located(strips, among)
    names, _ = rows(drawn(areas))
    assert [name.split(" On")[0] for name in names[:6]] == ["1.", "2.", "3.", "4.", "5.", "6."]
    assert all(f"Street {MOST_DRAWN + at}" in names[at] for at in range(5))
    # What is lasting is told by months, not by rank.
    assert "with 14 crimes in 5 of 12 months" in repeats_summary(areas)


def test_without_a_location_the_teams_alone_are_drawn():
    html = drawn([])
    check_self_contained(html)
    assert "There is no location where crime recurs." in html
    assert "None: crime recurs nowhere." in html
    assert "<table" not in html
    with pytest.raises(InvalidInputError, match="ask for more months"):
        drawn([], teams=None)


def test_locations_are_drawn_without_teams():
    assert script(drawn(located(), teams=None)).count('"type": "Point"') == 4
