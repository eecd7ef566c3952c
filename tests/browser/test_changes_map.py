"""The map of changes in a real browser, from disk with the network off."""

from pathlib import Path

import pytest

from boundaries.comparing.compare import compare
from geo_alerts.maps.changes import changes_map
from geo_alerts.maps.document import Leaflet, MapAbout
from tests.comparison_world import box, edition, units

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "api" / "static"
AXE = ROOT / "api" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
ABOUT = MapAbout("What changes", "Imported today", "teams", demonstration=True, attribution="Made")
BEFORE = {"A": box(0, 0, 10, 10), "B": box(10, 0, 20, 10), "C": box(0, 10, 20, 20)}
AFTER = {"A": box(0, 0, 7, 10), "B": box(7, 0, 20, 10), "C": box(0, 10, 20, 17)}


def opened(page, tmp_path, after):
    if not (STATIC / "leaflet.js").is_file():
        pytest.skip("the front end is not built (make install)")
    texts = ((STATIC / name).read_text("utf-8") for name in ("leaflet.js", "leaflet.css"))
    found = compare(edition(BEFORE), edition(after), units({"SY1 1AA": (8, 5)}))
    file = tmp_path / "changes.html"
    html = changes_map(found, about=ABOUT, leaflet=Leaflet(*texts))
    file.write_text(html, encoding="utf-8")
    page.context.set_offline(True)
    page.goto(file.as_uri())
    page.wait_for_selector(".leaflet-container path")
    return file


def test_ground_and_both_outlines_are_drawn_and_nothing_but_the_file_is_asked_for(
    page, page_log, tmp_path
):
    file = opened(page, tmp_path, AFTER)
    assert page.locator("path.leaflet-interactive").count() == 2
    lines = page.locator(".leaflet-overlay-pane path:not(.leaflet-interactive)")
    assert lines.count() == 2
    assert lines.nth(0).get_attribute("stroke-dasharray") == "4 3"
    frame = page.locator(".folium-map").bounding_box()
    for line in lines.all():
        box_of = line.bounding_box()
        assert box_of["x"] >= frame["x"]
        assert box_of["y"] + box_of["height"] <= frame["y"] + frame["height"]
    assert page_log.requests == [file.as_uri()]
    assert page_log.errors == []


def test_pointing_at_ground_tells_who_moves_from_where_to_where(page, page_log, tmp_path):
    opened(page, tmp_path, AFTER)
    page.get_by_role("img", name="Team A → Team B", exact=True).hover()
    tip = page.locator(".leaflet-tooltip")
    tip.wait_for()
    for cell in page.locator("#area-0").locator("th, td").all_inner_texts():
        assert cell in tip.inner_text()
    assert page_log.errors == []


def test_a_map_without_changes_opens_as_well(page, page_log, tmp_path):
    opened(page, tmp_path, BEFORE)
    assert page.locator("path.leaflet-interactive").count() == 0
    assert page_log.errors == []


def test_axe_finds_nothing_in_the_document(page, tmp_path):
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (npm ci in api/frontend)")
    opened(page, tmp_path, AFTER)
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:120]) for each in found] == []
