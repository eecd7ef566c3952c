"""The commander's dashboard in a browser, on the sample: chosen, read, sent on, printed."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from geo_alerts.audiences.disclosure import Role
from tests.browser.accessibility import violations
from tests.browser.conftest import assert_calm, sign_in_to
from tests.browser.target_page import zoom

pytestmark = pytest.mark.browser

FIRST_MS = 60_000
# How many outlines of teams are not wholly on the map.
# Whether some outlines, or none, lie beyond the map at last: it follows in some frames.
OUTSIDE = """async (wanted) => {
  const isOutside = () => {
    const map = document.getElementById("hotspot-map").getBoundingClientRect();
    const paths = [...document.querySelectorAll("#hotspot-map .leaflet-overlay-pane path")];
    return paths.map((path) => path.getBoundingClientRect()).some((one) => one.left < map.left
      || one.right > map.right || one.top < map.top || one.bottom > map.bottom);
  };
  for (let frame = 0; frame < 300 && isOutside() !== wanted; frame += 1)
    await new Promise(requestAnimationFrame);
  return isOutside();
}"""
A_PAGE = re.compile(rb"/Type\s*/Page[^s]")


@pytest.fixture
def commander(page, sample_server, page_log):
    """The page, signed in as a commander; at the end the console is free of errors."""
    sign_in_to(page, sample_server, Role.COMMANDER)
    yield page
    assert_calm(page_log, sample_server)


def test_a_commander_reads_chooses_sends_on_and_prints(commander, sample_server, tmp_path):
    page = commander
    expect(page.get_by_role("navigation").get_by_role("link", name="Dashboard")).to_be_visible()
    # The server has only just started, and is still loading what the figures are made with.
    page.goto(f"{sample_server.address}/dashboard", timeout=FIRST_MS)
    # The sample's crimes never happened, and the page and its print say so.
    expect(page.get_by_text("none of them happened").first).to_be_visible()
    tiles = page.locator(".tiles > li")
    expect(tiles).to_have_count(4)
    expect(tiles.nth(0)).to_contain_text("was to be expected")
    expect(tiles.nth(3)).to_contain_text("≈")
    assert violations(page) == []

    # What is chosen is in the address, and the address shows it to somebody else.
    page.get_by_label("Category", exact=True).select_option("Burglary")
    page.get_by_label("Over", exact=True).select_option("3 months")
    page.locator("#choices").get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Burglary in West Mercia Sample")
    assert "category=burglary" in page.url
    assert "months=3" in page.url
    shown = page.locator(".tiles").inner_text()
    page.get_by_role("link", name="Address of this view").click()
    assert page.locator(".tiles").inner_text() == shown
    assert violations(page) == []

    # Figures lead to how they were made.
    page.locator(".tiles").get_by_role("link", name="How").first.click()
    expect(page.locator("#how-expected")).to_be_in_viewport()

    # Tables sort, and are the same in the file.
    teams = page.locator("#teams")
    teams.get_by_role("button", name="Team").click()
    names = teams.locator("tbody th").all_inner_texts()
    assert names == sorted(names)
    with page.expect_download() as taken:
        teams.get_by_role("link", name="Download as CSV").click()
    file = tmp_path / "teams.csv"
    taken.value.save_as(file)
    with Path(file).open(encoding="utf-8", newline="") as rows:
        assert {row["name"] for row in csv.DictReader(rows)} == set(names)

    # Two sheets of paper: tiles and map, and the tables.
    assert len(A_PAGE.findall(page.pdf(format="A4", print_background=True))) == 2
    page.goto(f"{sample_server.address}/dashboard")
    assert len(A_PAGE.findall(page.pdf(format="A4", print_background=True))) == 2


def test_rows_left_out_on_paper_and_the_numbers_on_the_map_are_explained(commander, sample_server):
    page = commander
    page.goto(f"{sample_server.address}/dashboard", timeout=FIRST_MS)
    first_rows = page.locator("#repeats").get_by_text("Printed are the first rows")
    expect(first_rows).to_be_hidden()
    page.emulate_media(media="print")
    expect(first_rows).to_be_visible()
    page.emulate_media(media="screen")
    note = page.locator(".map-place .legend-note")
    expect(note).to_contain_text("not of repeat locations")
    page.get_by_label("The map shows").select_option("Repeat locations")
    expect(note).to_contain_text("Numbers are the ranks of repeat locations.")


def test_on_paper_the_map_shows_the_whole_force_however_near_the_screen_was(
    commander, sample_server
):
    page = commander
    page.goto(f"{sample_server.address}/dashboard", timeout=FIRST_MS)
    expect(page.locator("#hotspot-map .rank").first).to_have_text("1")
    zoom(page, "Zoom in", 4)
    assert page.evaluate(OUTSIDE, arg=True)
    # A zoom that is under way goes to its end, and then gives way.
    page.get_by_role("button", name="Zoom in").click()
    page.emulate_media(media="print")
    assert not page.evaluate(OUTSIDE, arg=False)
    page.emulate_media(media="screen")
    # As near as it was before.
    assert page.evaluate(OUTSIDE, arg=True)


@pytest.mark.parametrize("width", [320, 768, 1360])
def test_the_page_never_slides_sideways(commander, sample_server, width):
    commander.set_viewport_size({"width": width, "height": 800})
    commander.goto(f"{sample_server.address}/dashboard?weight=ons&months=12")
    expect(commander.locator("#teams tbody tr").first).to_be_visible()
    assert commander.evaluate("document.documentElement.scrollWidth") <= width
