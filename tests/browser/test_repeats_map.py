"""The map of repeat locations in a real browser, from disk with the network off."""

from pathlib import Path

import pytest

from geo_alerts.hotspots.layers import HotArea
from geo_alerts.hotspots.repeats.find import find_repeats
from geo_alerts.hotspots.repeats.rules import Rules
from geo_alerts.maps.document import Leaflet, MapAbout
from geo_alerts.maps.repeats import repeats_map
from tests.repeat_world import crimes, months, points

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "api" / "static"
AXE = ROOT / "api" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
ABOUT = MapAbout("Repeat locations", "2025", "Made up", demonstration=True, attribution="Made")
TOWN = points({"High Street": (0, 0), "Supermarket": (3_000, 0), "Mill Lane": (3_300, 300)})
STRIPS = [[2, 1, 0, 3, 1, 1], [0, 0, 0, 4, 5, 6], [1, 1, 1, 1, 1, 1]]


@pytest.fixture
def file(page, tmp_path):
    if not (STATIC / "leaflet.js").is_file():
        pytest.skip("the front end is not built (make install)")
    texts = ((STATIC / name).read_text("utf-8") for name in ("leaflet.js", "leaflet.css"))
    found = find_repeats(crimes(TOWN, STRIPS), TOWN, months(STRIPS), rules=Rules(cluster="points"))
    areas = [HotArea(each.rank, each.key, each.area, each.facts()) for each in found]
    written = tmp_path / "repeats.html"
    html = repeats_map(areas, about=ABOUT, leaflet=Leaflet(*texts))
    written.write_text(html, encoding="utf-8")
    page.context.set_offline(True)
    page.goto(written.as_uri())
    page.wait_for_selector(".leaflet-container path")
    return written


def test_each_location_is_a_spot_that_tells_its_row(page, page_log, file):
    assert page.locator("path.leaflet-interactive").count() == 3
    page.get_by_role("img", name="1. On or near Mill Lane", exact=True).hover()
    tip = page.locator(".leaflet-tooltip")
    tip.wait_for()
    for cell in page.locator("#area-0").locator("th, td").all_inner_texts():
        assert cell in tip.inner_text()
    assert "██████" in tip.inner_text()
    assert page_log.requests == [file.as_uri()]
    assert page_log.errors == []


def test_a_location_chosen_in_the_table_is_shown_large(page, page_log, file):
    assert file.is_file()
    page.get_by_role("button", name="3. On or near Supermarket (by Mill Lane)").click()
    spot = page.get_by_role("img", name="3. On or near Supermarket (by Mill Lane)", exact=True)
    frame, box = page.locator(".folium-map").bounding_box(), spot.bounding_box()
    for side, length in (("x", "width"), ("y", "height")):
        middle = box[side] + box[length] / 2
        assert middle == pytest.approx(frame[side] + frame[length] / 2, abs=5)
    # Its outline has 50 m round the point: at this scale most of the map.
    outline = page.locator(".leaflet-overlay-pane path:not(.leaflet-interactive)").first
    assert outline.bounding_box()["height"] > frame["height"] / 4
    assert page_log.errors == []


@pytest.mark.parametrize("width", [400, 1280])
def test_values_stay_in_the_box_and_columns_out_of_sight_are_told_of(page, file, width):
    assert file.is_file()
    page.set_viewport_size({"width": width, "height": 900})
    page.reload()
    page.get_by_role("button", name="1. On or near Mill Lane", exact=True).click()
    frame = page.locator(".folium-map").bounding_box()
    tip = page.locator(".leaflet-tooltip").bounding_box()
    assert frame["x"] - 1 <= tip["x"]
    assert tip["x"] + tip["width"] <= frame["x"] + frame["width"] + 1
    for value in page.locator(".leaflet-tooltip dd").all():
        box = value.bounding_box()
        assert box["x"] + box["width"] <= tip["x"] + tip["width"]
        assert value.evaluate("value => value.scrollWidth <= value.clientWidth")
    table = page.locator(".table-frame").first
    is_cut = table.evaluate("frame => frame.scrollWidth > frame.clientWidth")
    assert page.locator(".sideways").first.is_visible() == is_cut


def test_axe_finds_nothing_in_the_document(page, file):
    assert file.is_file()
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (npm ci in api/frontend)")
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:120]) for each in found] == []
