"""The map of what a new edition changes: drawn, told, and safe to open."""

import json
import re

import pytest

from boundaries.comparing.compare import compare
from boundaries.comparing.finding import finding
from geo_alerts.errors import InvalidInputError
from geo_alerts.maps.changes import (
    EMPTY,
    LIVED_IN,
    LOST,
    NAMESAKE,
    WON,
    changes_map,
)
from geo_alerts.maps.document import MapAbout
from geo_alerts.maps.layers import lines
from geo_alerts.maps.words import thousands
from tests.comparison_world import box, edition, people, units
from tests.map_documents import HOSTILE, LEAFLET, Reader, check_self_contained

ABOUT = MapAbout(
    title="What a made-up edition changes",
    as_of="Imported 3 March 2025",
    editions="team 2: after; team 1: before",
    demonstration=False,
    attribution="Made up.",
)
# A loses a strip with a postcode to B, a meadow to C, its corner to none; C wins a strip.
BEFORE = {"A": box(0, 0, 10, 10), "B": box(10, 0, 20, 10), "C": box(0, 10, 20, 20)}
AFTER = {
    "A": box(0, 1, 9, 9),
    "B": box(9, 0, 20, 10),
    "C": box(0, 9, 9, 20).union(box(9, 10, 22, 20)),
}
POINTS = {"SY1 1AA": (9.5, 5), "SY1 1AB": (5, 5), "SY1 1AC": (15, 5), "SY1 1AD": (1, 0.5)}


def compared(before=BEFORE, after=AFTER, names=None, points=POINTS):
    among = units(points)
    who = people(*([text] for text in points), among=among)
    return compare(edition(before), edition(after, names), among, who)


def drawn(found):
    return changes_map(found, about=ABOUT, leaflet=LEAFLET)


def fills(html):
    script = Reader(html).texts["script"][2]
    return re.findall(r'"fillColor": "([^"]+)"', script)


def body_rows(html, number):
    tables = html.split("<tbody>")[1:]
    texts = Reader(tables[number].split("</tbody>")[0]).texts
    return len(texts["tr"]), texts


def test_the_document_loads_nothing_and_runs_only_what_its_policy_allows():
    check_self_contained(drawn(compared()))


def test_the_same_comparison_gives_the_same_bytes():
    assert drawn(compared()) == drawn(compared())
    assert drawn(compared()) != drawn(compared(points={}))


def test_names_from_files_are_text_and_never_go_through_folium():
    html = drawn(compared(names={"A": HOSTILE, "B": "{% raise %}"}))
    read = Reader(html)
    assert len(read.all("script")) == 3
    assert read.all("img") == []
    assert "raise" not in read.texts["script"][2]
    assert HOSTILE in read.texts["td"]


def test_every_piece_of_ground_that_changes_team_has_a_colour_and_a_row():
    html = drawn(compared())
    count, texts = body_rows(html, 0)
    # By hand: to B with a postcode and to none with one; to C without; C from none.
    assert texts["th"] == [
        "Team A → Team B",
        "Team A → no team",
        "no team → Team C",
        "Team A → Team C",
    ]
    assert count == 4
    assert [text for text in texts["td"] if text] == [
        *["A", "B", "1", "1", "10.00", "10.0%"],
        *["A", "—", "1", "1", "9.00", "9.0%"],
        *["—", "C", "0", "0", "20.00", "—"],
        *["A", "C", "0", "0", "9.00", "9.0%"],
    ]
    assert set(fills(html)) == {LOST, LIVED_IN, WON, EMPTY}


def test_the_legend_counts_areas_and_tells_both_lines():
    legend = [" ".join(text.split()) for text in Reader(drawn(compared())).texts["li"]]
    assert legend == [
        "to another team, with postcodes1 area",
        "to another team, without postcodes1 area",
        "to no team1 area",
        "from no team1 area",
        "outlines before",
        "outlines after",
    ]


def test_a_layer_of_other_areas_than_teams_is_never_called_teams():
    names = {code: f"Ward {code}" for code in BEFORE}
    old, new = (edition(areas, names, kind="ward") for areas in (BEFORE, AFTER))
    html = drawn(compare(old, new, units(POINTS)))
    assert "to another area, with postcodes" in html
    assert "Ward A → no area" in html
    assert "What became of each area" in html
    assert "team" not in html.replace(ABOUT.editions, "").lower()


def test_ground_that_goes_to_a_team_of_the_same_name_has_a_colour_of_its_own():
    found = compared({"A": box(0, 0, 10, 10)}, {"X": box(0, 0, 8, 10)}, {"X": "Team A"})
    assert NAMESAKE in fills(drawn(found))
    assert (
        "3 of 4 live postcodes go to another team (1 of them to none, 2 to one of the same name)"
        in (finding(found))
    )


def test_what_became_of_each_team_is_a_table_of_its_own():
    count, texts = body_rows(drawn(compared()), 1)
    assert count == 3
    assert texts["td"][1::6] == ["reshaped"] * 3
    assert texts["th"] == ["Team A", "Team B", "Team C"]


def test_the_summary_says_who_moves_and_what_falls_into_a_gap():
    assert finding(compared()) == (
        "3 teams before, 3 after: 3 reshaped. 2 of 4 live postcodes go to another team "
        "(1 of them to none), with 2 people, 1 of them to none."
    )
    assert Reader(drawn(compared())).texts["p"][0] == finding(compared())


def test_numbers_are_written_as_the_reader_of_the_map_or_of_the_terminal_is_used_to():
    points = {f"SY1 1A{at}": (9.5, 5) for at in range(1_000)}
    found = compare(edition(BEFORE), edition(AFTER), units(points))
    assert "1,000 of 1,000 live postcodes go to another team." in finding(found)
    assert "1\u202f000 of 1\u202f000 live" in finding(found, number=thousands)


def test_where_nothing_changes_the_map_says_so_and_shows_the_teams():
    html = drawn(compared(BEFORE, BEFORE))
    assert body_rows(html, 0)[0] == body_rows(html, 1)[0] == 0
    assert "3 unchanged. Each of 4 live postcodes stays in its team." in html
    check_self_contained(html)


def test_a_comparison_without_postcodes_says_so():
    assert finding(compared(points={})).endswith("No postcodes are known that could move.")


def test_a_first_edition_comes_from_no_team_and_an_empty_pair_cannot_be_drawn():
    html = drawn(compared({}, BEFORE))
    assert "The first edition of the layer team: 3 teams. 4 of 4 live postcodes are in one." in html
    assert set(fills(html)) == {WON}
    assert "outlines before" not in html
    with pytest.raises(InvalidInputError, match="neither edition has an area"):
        drawn(compared({}, {}))


def test_lines_hold_a_common_edge_once_and_nobody_can_point_at_them():
    found = lines([box(0, 0, 1, 1), box(1, 0, 2, 1)], colour="#000", weight=1, tolerance_m=0)
    strings = found.feature["geometry"]["coordinates"]
    assert found.feature["geometry"]["type"] == "MultiLineString"
    # Seven sides of two squares: two ways round and the edge between them.
    assert sum(len(string) - 1 for string in strings) == 7
    (south, west), (north, east) = found.bounds
    assert south < north
    assert west < east < 0
    script = Reader(drawn(compared())).texts["script"][2]
    assert script.count('"interactive": false') == 2
    corners = json.loads(re.search(r"geoAlerts\.start\(\w+, \w+, (.*)\);", script)[1])
    assert corners[0][0] < corners[1][0]
