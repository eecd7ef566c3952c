"""The coverage map opened from disk, the network off, in a browser as people have it."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from geo_alerts.audiences.coverage import coverage_by_team
from geo_alerts.crs import geometries_to_epsg_27700
from geo_alerts.maps.coverage import coverage_map
from geo_alerts.maps.document import Leaflet, MapAbout
from geo_alerts.places.layer import Layer

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "api" / "static"
AXE = ROOT / "api" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
TEAMS = 82
PEOPLE = np.arange(4, 4 + TEAMS) * 3
ERRORS = [6] * TEAMS
HOUSEHOLDS = np.full(TEAMS, 2_000.0)
HOUSEHOLDS[7] = 0.0
# Whether every area lies wholly on the map.
ALL_INSIDE = """() => {
  const map = document.querySelector(".leaflet-container").getBoundingClientRect();
  return [...document.querySelectorAll("path.leaflet-interactive")]
    .map((path) => path.getBoundingClientRect())
    .every(({ left, right, top, bottom }) => left >= map.left - 1 && right <= map.right + 1
      && top >= map.top - 1 && bottom <= map.bottom + 1);
}"""
ABOUT = MapAbout(
    title="Coverage by team",
    as_of="Subscribers as of 3 March 2025",
    editions="Teams: the sample. Figures: made up for a test.",
    demonstration=True,
    attribution="Contains OS data © Crown copyright and database right 2025.",
)


@pytest.fixture(scope="module")
def document():
    """The map of the sample's teams with made-up figures, as an analyst gets it."""
    if not (STATIC / "leaflet.js").is_file():
        pytest.skip("the front end is not built (make install)")
    with gzip.open(ROOT / "data" / "teams.geojson.gz") as file:
        features = json.load(file)["features"]
    shapes = [shapely.geometry.shape(each["geometry"]) for each in features]
    codes, names = ([each["properties"][key] for each in features] for key in ("code", "name"))
    on_grid = geometries_to_epsg_27700(shapes, "EPSG:4326")
    layer = Layer.from_columns("sample", codes, names, on_grid, is_demonstration=True)
    rows = coverage_by_team(PEOPLE, HOUSEHOLDS, layer, ERRORS)
    leaflet = Leaflet(
        js=(STATIC / "leaflet.js").read_text("utf-8"),
        css=(STATIC / "leaflet.css").read_text("utf-8"),
    )
    return coverage_map(layer, rows, about=ABOUT, leaflet=leaflet)


@pytest.fixture
def map_file(document, tmp_path):
    """The document as a file on disk."""
    file = tmp_path / "coverage.html"
    file.write_text(document, encoding="utf-8")
    return file


@pytest.fixture
def opened(page, map_file):
    """The file, opened with the network off."""
    page.context.set_offline(True)
    page.goto(map_file.as_uri())
    page.wait_for_selector("path.leaflet-interactive")
    return page


def text_of(locator):
    return " ".join(locator.inner_text().split())


def shape(page, number):
    """The outline of the team in this row of the table, by its name."""
    name = page.locator(f"#area-{number} th").inner_text()
    return page.get_by_role("img", name=name, exact=True)


def test_every_team_is_drawn_and_nothing_but_the_file_is_asked_for(opened, page_log, map_file):
    outlines = opened.locator("path.leaflet-interactive")
    assert outlines.count() == TEAMS
    boxes = outlines.evaluate_all("shapes => shapes.map(s => s.getBBox()).map(b => b.width)")
    assert min(boxes) > 0
    assert page_log.requests == [map_file.as_uri()]
    assert page_log.errors == []


def test_figures_that_are_missing_have_patterns_and_the_others_the_colours_of_the_legend(opened):
    fills = opened.locator("path.leaflet-interactive").evaluate_all(
        "shapes => shapes.map(s => s.getAttribute('fill'))"
    )
    legend = opened.locator(".legend rect").evaluate_all(
        "shapes => shapes.map(s => s.getAttribute('fill'))"
    )
    assert set(fills) == set(legend)
    assert fills.count("url(#no-data)") == 1
    assert opened.locator(".legend").is_visible()
    assert opened.locator(".leaflet-control-scale").is_visible()


def test_the_table_has_a_row_for_each_team(opened):
    assert opened.locator("tbody tr").count() == TEAMS
    assert "27 ± 6 2 000 13.5" in text_of(opened.locator("#area-5"))


def test_pointing_at_a_team_tells_what_its_row_tells(opened):
    row = opened.locator("#area-0")
    outline = shape(opened, 0)
    # Where the name would stand is inside the outline, unlike the middle of its box.
    outline.dispatch_event("mouseover")
    tip = opened.locator(".leaflet-tooltip")
    tip.wait_for()
    for cell in row.locator("th, td").all_inner_texts():
        assert cell in tip.inner_text()


def test_the_keyboard_goes_from_team_to_team_with_the_same_facts(opened, page_log):
    opened.locator("path[tabindex='0']").focus()
    tip = opened.locator(".leaflet-tooltip")
    first = tip.inner_text()
    opened.keyboard.press("ArrowDown")
    assert tip.count() == 1
    second = tip.inner_text()
    assert second != first
    opened.keyboard.press("ArrowUp")
    opened.keyboard.press("End")
    name = opened.evaluate("document.activeElement.getAttribute('aria-label')")
    assert name == opened.locator(f"#area-{TEAMS - 1} th").inner_text()
    assert name in tip.inner_text()
    assert opened.locator("path[tabindex='0']").count() == 1
    opened.keyboard.press("Escape")
    assert tip.count() == 0
    assert page_log.errors == []


def test_columns_sort_by_number_and_what_is_missing_stays_last(opened):
    button = opened.get_by_role("button", name="People who get alerts")
    cells, rates = (opened.locator(f"tbody td:nth-child({column})") for column in (3, 5))
    button.click()
    assert cells.first.inner_text() == "12 ± 6"
    button.click()
    assert cells.first.inner_text() == f"{PEOPLE.max()} ± 6"
    opened.get_by_role("button", name="People per").click()
    assert rates.last.inner_text() == "no households"
    opened.get_by_role("button", name="People per").click()
    assert rates.last.inner_text() == "no households"
    heading = opened.locator("th[aria-sort]")
    assert heading.get_attribute("aria-sort") == "descending"


def test_names_appear_where_there_is_room(opened):
    shown = opened.locator(".area-name")
    before = shown.count()
    for _ in range(4):
        opened.get_by_role("button", name="Zoom in").click()
    opened.wait_for_function("n => document.querySelectorAll('.area-name').length > n", arg=before)
    opened.get_by_role("button", name="Show the whole area").click()
    opened.wait_for_function("n => document.querySelectorAll('.area-name').length == n", arg=before)


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_nothing_runs_over_the_side_of_a_small_screen(page, map_file, page_log, width):
    page.set_viewport_size({"width": width, "height": 640})
    page.goto(map_file.as_uri())
    page.wait_for_selector("path.leaflet-interactive")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    frame = page.locator(".folium-map").bounding_box()
    assert frame["width"] > 0.85 * min(width, 700) - 32
    assert page_log.errors == []


def test_who_turns_a_telephone_or_only_passes_by_sees_the_whole_area(opened):
    opened.keyboard.press("Tab")
    for width, height in ((1360, 900), (320, 640), (640, 320)):
        opened.set_viewport_size({"width": width, "height": height})
        opened.wait_for_function(ALL_INSIDE)


def test_on_paper_the_map_stands_on_the_first_page_and_is_whole(opened, page_log):
    opened.emulate_media(media="print")
    opened.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    frame = opened.locator(".folium-map").bounding_box()
    millimetre = 96 / 25.4
    assert frame["width"] == pytest.approx(180 * millimetre, abs=4)
    for outline in opened.locator("path.leaflet-interactive").all():
        box = outline.bounding_box()
        assert box["x"] >= frame["x"]
        assert box["x"] + box["width"] <= frame["x"] + frame["width"]
    opened.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page_log.errors == []


def test_axe_finds_nothing_in_the_document(opened):
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (npm ci in api/frontend)")
    opened.evaluate(AXE.read_text("utf-8"))
    found = opened.evaluate("axe.run()")["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:120]) for each in found] == []


def test_a_page_may_frame_the_map_alone(page, map_file, page_log):
    outer = map_file.with_name("outer.html")
    outer.write_text('<!DOCTYPE html><iframe name="map-only" src="coverage.html" width="900">')
    page.goto(outer.as_uri())
    frame = page.frame(name="map-only")
    frame.wait_for_selector("path.leaflet-interactive")
    assert not frame.locator("table").is_visible()
    assert not frame.locator("h1").is_visible()
    assert frame.locator(".legend").is_visible()
    assert "Demonstration teams" in frame.locator(".legend").inner_text()
    assert page_log.errors == []


def test_without_script_the_facts_are_still_there(browser, map_file):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(map_file.as_uri())
    assert page.locator("tbody tr").count() == TEAMS
    assert page.locator("noscript").inner_text().startswith("The map needs JavaScript")
    context.close()
