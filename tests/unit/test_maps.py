"""Maps: classes, outlines in degrees, and documents that run and load nothing but themselves."""

import gzip
import json
import re
from dataclasses import replace
from pathlib import Path

import folium.folium
import numpy as np
import pytest
import shapely

from geo_alerts.audiences.coverage import TeamCoverage, byar_interval
from geo_alerts.crs import geometries_to_epsg_27700
from geo_alerts.errors import InvalidInputError
from geo_alerts.maps.classes import BUGN, Classes, quantile_classes
from geo_alerts.maps.coverage import coverage_map, coverage_summary
from geo_alerts.maps.document import MapAbout, Tiles
from geo_alerts.maps.layers import outlines
from geo_alerts.maps.words import counted, moment, notices, one_decimal, thousands
from geo_alerts.places.layer import Layer
from tests.map_documents import HOSTILE, LEAFLET, Reader, check_self_contained

ROOT = Path(__file__).resolve().parents[2]
ABOUT = MapAbout(
    title="Coverage of made-up squares",
    as_of="Subscribers as of 3 March 2025",
    editions="Postcodes: none. Teams: squares.",
    demonstration=True,
    attribution="Contains OS data © Crown copyright and database right 2025.",
)


def squares(names, *, side_m=1_000.0):
    """Squares in a row, west to east, near Shrewsbury."""
    shapes = [
        shapely.box(340_000 + n * side_m, 310_000, 340_000 + (n + 1) * side_m, 310_000 + side_m)
        for n in range(len(names))
    ]
    codes = [f"T-{n:03d}" for n in range(len(names))]
    return Layer.from_columns("squares", codes, names, shapes, is_demonstration=True)


def row(code, name, people, households=1_000.0):
    if households == 0:
        return TeamCoverage(code, name, people, households, None, None, None)
    rates = (1_000 * value / households for value in (people, *byar_interval(people)))
    return TeamCoverage(code, name, people, households, *rates)


def rows_of(layer, people):
    named = zip(layer.code.tolist(), layer.name.tolist(), people, strict=True)
    return [row(code, name, count) for code, name, count in named]


def drawn(people, names=None, **options):
    layer = squares(names or [f"Team {n}" for n in range(len(people))])
    return coverage_map(layer, rows_of(layer, people), about=ABOUT, leaflet=LEAFLET, **options)


# --- words and classes ----------------------------------------------------------------------------


def test_numbers_have_narrow_spaces_that_do_not_break():
    assert thousands(1_743_449) == "1\u202f743\u202f449"
    assert one_decimal(1_234.56) == "1\u202f234.6"
    assert counted(1, "team", "teams") == "1 team"
    assert counted(0, "team", "teams") == "0 teams"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2025-03-03", "3 March 2025"),
        # British Summer Time runs from 1am UTC on the last Sunday of March to that of October.
        ("2025-04-30T08:00:00+00:00", "30 April 2025, 9:00am"),
        ("2025-06-02T00:30:00+01:00", "2 June 2025, 12:30am"),
        ("2025-06-30T23:15:00Z", "1 July 2025, 12:15am"),
        ("2025-03-30T00:59:00Z", "30 March 2025, 12:59am"),
        ("2025-03-30T01:00:00Z", "30 March 2025, 2:00am"),
        ("2025-10-26T12:05:00Z", "26 October 2025, 12:05pm"),
        ("2025-12-31T23:59:59", "31 December 2025, 11:59pm"),
    ],
)
def test_times_are_written_as_people_write_them(text, shown):
    assert moment(text) == shown


def test_notices_of_several_licences_are_said_once_in_their_fullest_form():
    licences = [
        "Contains A data © Crown copyright; Open Government Licence v3.0",
        "contains B data © B; contains A data © Crown copyright; Open Government Licence v3.0",
        "Open Government Licence v3.0; Contains A data © Crown copyright 2025. Contains C data.",
    ]
    assert notices(licences) == (
        "Contains B data © B. Contains A data © Crown copyright 2025. Contains C data. "
        "Open Government Licence v3.0."
    )
    assert notices([""]) == ""


def test_limits_are_quantiles_rounded_to_whole_numbers():
    # By hand, linear interpolation on 1..10: 2.8, 4.6, 6.4, 8.2.
    classes = quantile_classes(range(1, 11))
    assert classes == Classes((3, 5, 6, 8), BUGN)
    assert classes.words() == (
        "under 3",
        "3 to under 5",
        "5 to under 6",
        "6 to under 8",
        "8 or more",
    )


def test_a_value_on_a_limit_belongs_to_the_class_above_and_a_missing_one_to_none():
    classes = Classes((10, 20), BUGN[:3])
    assert classes.of([9.9, 10, 19.9, 20, np.nan]).tolist() == [0, 1, 1, 2, -1]


def test_limits_that_fall_together_make_fewer_classes_over_the_whole_ramp():
    classes = quantile_classes([1, 1, 1, 1, 1, 1, 1, 50])
    assert classes.limits == ()
    classes = quantile_classes([1, 1, 1, 1, 9, 9, 9, 9])
    assert classes.limits == (9,)
    assert classes.colours == (BUGN[0], BUGN[-1])


@pytest.mark.parametrize("values", [[], [np.nan], [5, 5, 5], [0]])
def test_where_there_is_nothing_to_tell_apart_there_is_one_class(values):
    classes = quantile_classes(values)
    assert classes.limits == ()
    assert len(classes.colours) == 1
    assert classes.words() == ("all values",)


# --- outlines -------------------------------------------------------------------------------------


def test_outlines_are_longitude_first_and_bounds_latitude_first():
    # Caister Water Tower, from Ordnance Survey's worked example of OSTN15: TG 51409 13177 is
    # 52°39'28.8282" N, 1°42'57.8663" E.
    easting, northing = 651_409.804, 313_177.450
    square = shapely.box(easting, northing, easting + 1_000, northing + 1_000)
    found = outlines([square], [{"code": "A"}], tolerance_m=0)
    (feature,) = found.collection["features"]
    corners = feature["geometry"]["coordinates"][0]
    assert [1.71607, 52.65801] in corners
    assert feature["properties"]["code"] == "A"
    assert feature["properties"]["room"] == pytest.approx(500, abs=25)
    (south, west), _ = found.bounds
    assert (round(south, 2), round(west, 2)) == (52.66, 1.72)


def test_neighbours_keep_a_common_edge_when_they_are_simplified():
    rng = np.random.default_rng(7)
    northing = np.linspace(300_000, 310_000, 400)
    edge = np.column_stack((350_000 + rng.normal(0, 20, northing.size), northing))
    west = shapely.Polygon([(340_000, 310_000), (340_000, 300_000), *edge.tolist()])
    east = shapely.Polygon([(360_000, 310_000), (360_000, 300_000), *edge.tolist()])
    found = outlines([west, east], [{}, {}])
    shapes = [shapely.geometry.shape(each["geometry"]) for each in found.collection["features"]]
    assert shapely.coverage_is_valid(shapes)
    assert shapely.get_num_coordinates(shapes).sum() < 500


def test_holes_and_parts_are_kept():
    ring = shapely.box(340_000, 310_000, 350_000, 320_000)
    hole = shapely.box(344_000, 314_000, 346_000, 316_000)
    apart = shapely.box(360_000, 310_000, 361_000, 311_000)
    found = outlines([shapely.union(shapely.difference(ring, hole), apart)], [{}])
    geometry = found.collection["features"][0]["geometry"]
    assert geometry["type"] == "MultiPolygon"
    assert sorted(len(polygon) for polygon in geometry["coordinates"]) == [1, 2]


# --- the document ---------------------------------------------------------------------------------


def test_the_same_inputs_give_the_same_bytes_and_another_figure_other_ones():
    people = [5, 20, 35, 50, 65, 80]
    assert drawn(people) == drawn(people)
    assert drawn(people) != drawn([*people[:-1], 81])


def test_rows_may_come_in_any_order():
    layer = squares(["A", "B", "C"])
    rows = rows_of(layer, [10, 20, 30])
    assert coverage_map(layer, rows[::-1], about=ABOUT, leaflet=LEAFLET) == coverage_map(
        layer, rows, about=ABOUT, leaflet=LEAFLET
    )


@pytest.mark.parametrize("wrong", [[], [0], [0, 1, 1], [0, 1, 2, 2]])
def test_rows_that_are_not_those_of_the_teams_are_refused(wrong):
    layer = squares(["A", "B", "C"])
    rows = rows_of(layer, [10, 20, 30])
    with pytest.raises(InvalidInputError, match="one row of coverage for each of 3 teams"):
        coverage_map(layer, [rows[at] for at in wrong], about=ABOUT, leaflet=LEAFLET)


def test_the_document_loads_nothing_and_runs_only_what_its_policy_allows():
    check_self_contained(drawn([10, 20, 30]))


def test_names_are_text_and_never_markup_script_or_template():
    html = drawn([10, 20, 30], names=[HOSTILE, "B & C", "quote \" and '"])
    read = Reader(html)
    assert len(read.all("script")) == 3
    assert read.all("img") == []
    assert HOSTILE in [text.strip() for text in read.texts["th"]]
    assert "49" not in read.texts["h1"][0] + read.texts["tbody"][0]


def test_no_text_from_a_file_goes_through_folium_which_runs_it_as_a_template():
    html = drawn([10, 20, 30], names=["{% raise %}", "{{ nothing.at.all }}", "{# gone #}"])
    script = Reader(html).texts["script"][2]
    assert "raise" not in script
    assert "{# gone #}" in html


def test_the_table_says_who_and_how_many_with_headings_for_every_reader():
    layer = squares(["A", "B", "C"])
    exact, estimated, other = rows_of(layer, [5, 20, 35])
    rows = [exact, replace(estimated, error=9), other]
    read = Reader(coverage_map(layer, rows, about=ABOUT, leaflet=LEAFLET))
    assert read.all("html") == [{"lang": "en-GB"}]
    assert read.texts["caption"] == ["Coverage by team"]
    assert [each.get("scope") for each in read.all("th")] == ["col"] * 6 + ["row"] * 3
    assert len(read.all("tr")) == 4
    assert read.texts["td"][:5] == ["T-000", "5", "1\u202f000", "5.0", "1.6 to 11.7"]
    assert read.texts["td"][5:7] == ["T-001", "20 ± 9"]


def test_the_document_says_what_it_is_made_from_and_that_it_is_a_demonstration():
    html = drawn([10, 20, 30])
    for said in (ABOUT.title, ABOUT.as_of, ABOUT.editions, ABOUT.attribution):
        assert said in html
    assert "Demonstration teams, synthetic subscribers" in html
    layer = squares(["A"])
    about = MapAbout("Real", "now", "real", demonstration=False, attribution="OS")
    real = coverage_map(layer, rows_of(layer, [10]), about=about, leaflet=LEAFLET)
    assert "Demonstration" not in real


def test_the_legend_counts_the_teams_of_each_class_in_words():
    read = Reader(drawn([5, 20, 35, 50, 65]))
    legend = [" ".join(text.split()) for text in read.texts["li"]]
    # By hand: quantiles of 5, 20, 35, 50, 65 are 17, 29, 41, 53.
    assert legend == [
        "under 171 team",
        "17 to under 291 team",
        "29 to under 411 team",
        "41 to under 531 team",
        "53 or more1 team",
    ]


def test_a_team_without_households_is_not_shaded():
    layer = squares(["A", "B"])
    rows = [row("T-000", "A", 10), row("T-001", "B", 3, households=0.0)]
    html = coverage_map(layer, rows, about=ABOUT, leaflet=LEAFLET)
    assert "url(#no-data)" in Reader(html).texts["script"][2]
    assert "no households" in html


def test_the_summary_names_the_middle_the_lowest_and_the_highest():
    rows = [row("A", "Ash", 10), row("B", "Birch", 30), row("C", "Cedar", 80)]
    assert coverage_summary(rows) == (
        "In the middle team, 30.0 people get alerts for every 1\u202f000 households. "
        "Lowest: Ash, 10.0. Highest: Cedar, 80.0."
    )
    estimated = [replace(one, error=5, low=one.per_1000 - 5, high=one.per_1000 + 6) for one in rows]
    assert coverage_summary(estimated) == (
        "In the middle team, ≈\u202f30.0 (25.0 to 36.0) people get alerts for every "
        "1\u202f000 households. Lowest: Ash, ≈\u202f10.0 (5.0 to 16.0). "
        "Highest: Cedar, ≈\u202f80.0 (75.0 to 86.0)."
    )
    assert coverage_summary([]) == "There is no figure to show yet."


def test_base_tiles_are_a_choice_that_the_policy_and_the_foot_tell():
    html = drawn([10, 20], tiles=Tiles("https://{s}.tiles.example/{z}/{x}/{y}.png", "© Tiles"))
    assert "img-src data: https://*.tiles.example;" in html
    assert "© Tiles" in html


@pytest.mark.parametrize("url", ["javascript:alert(1)", "/tiles", "https://a b/{z}", "file:///x"])
def test_tiles_from_elsewhere_than_the_web_are_refused(url):
    with pytest.raises(InvalidInputError, match="https://"):
        drawn([10, 20], tiles=Tiles(url, "x"))


def test_the_sample_makes_a_small_document():
    with gzip.open(ROOT / "data" / "teams.geojson.gz") as file:
        features = json.load(file)["features"]
    shapes = [shapely.geometry.shape(each["geometry"]) for each in features]
    on_grid = geometries_to_epsg_27700(shapes, "EPSG:4326")
    properties = [each["properties"] for each in features]
    codes, names = ([each[key] for each in properties] for key in ("code", "name"))
    layer = Layer.from_columns("sample", codes, names, on_grid)
    html = coverage_map(layer, rows_of(layer, range(82)), about=ABOUT, leaflet=LEAFLET)
    # Leaflet itself adds 0.16 MB.
    assert len(html.encode()) < 800_000


# --- Leaflet --------------------------------------------------------------------------------------


def test_leaflet_is_of_the_series_that_folium_writes_for():
    wanted = re.search(r"leaflet@(\d+\.\d+)", dict(folium.folium._default_js)["leaflet"])[1]  # noqa: SLF001
    package = json.loads((ROOT / "api" / "frontend" / "package.json").read_text("utf-8"))
    assert package["dependencies"]["leaflet"].startswith(f"{wanted}.")
