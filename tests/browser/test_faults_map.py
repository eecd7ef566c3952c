"""The map of faults opened from disk, the network off: spots, their facts, and finding one."""

from pathlib import Path

import pytest

from boundaries.faults.find import find_faults
from geo_alerts.maps.document import Leaflet, MapAbout
from geo_alerts.maps.faults import faults_map
from tests.fault_world import box, grid, layer, polygon, replaced

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "api" / "static"
AXE = ROOT / "api" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
ABOUT = MapAbout(
    title="Faults of made-up squares",
    as_of="Imported 3 March 2025",
    editions="team 1: squares",
    demonstration=True,
    attribution="Contains OS data © Crown copyright and database right 2025.",
)
# An overlap of half a metre, a gap of ten, a bow tie: eight kilometres of lines, metres of faults.
SHAPES = replaced(
    grid(),
    A2=box(0, 1_000, 1_000.5, 2_000),
    B1=grid()["B1"].difference(box(1_990, 400, 2_000, 500)),
) | {"C3": polygon((2_000, 2_000), (3_000, 3_000), (3_000, 2_000), (2_000, 3_000))}


@pytest.fixture(scope="module")
def document():
    if not (STATIC / "leaflet.js").is_file():
        pytest.skip("the front end is not built (make install)")
    areas = layer(SHAPES)
    leaflet = Leaflet(
        js=(STATIC / "leaflet.js").read_text("utf-8"),
        css=(STATIC / "leaflet.css").read_text("utf-8"),
    )
    return faults_map(areas, find_faults(areas), about=ABOUT, leaflet=leaflet)


@pytest.fixture
def opened(page, document, tmp_path):
    """The file, opened with the network off."""
    file = tmp_path / "faults.html"
    file.write_text(document, encoding="utf-8")
    page.context.set_offline(True)
    page.goto(file.as_uri())
    page.wait_for_selector("path.leaflet-interactive")
    return page


def test_every_fault_is_a_spot_of_one_size_in_view(opened, page_log):
    spots = opened.locator("path.leaflet-interactive")
    rows = opened.locator("tbody tr")
    assert spots.count() == rows.count() == 4
    frame = opened.locator(".folium-map").bounding_box()
    for spot in spots.all():
        box = spot.bounding_box()
        assert box["width"] == pytest.approx(15, abs=3)
        assert frame["x"] < box["x"] < frame["x"] + frame["width"]
    assert page_log.errors == []
    assert len(page_log.requests) == 1


def test_choosing_a_fault_in_the_table_shows_it_large_with_its_facts(opened, page_log):
    opened.get_by_role("button", name="Gap 2").click()
    tip = opened.locator(".leaflet-tooltip")
    tip.wait_for()
    for said in ("Gap 2", "B1, C1", "1 000 m²", "ground of no area between B1, C1"):
        assert said in tip.inner_text().replace("\u202f", " ")
    assert opened.evaluate("document.activeElement.getAttribute('aria-label')") == "Gap 2"
    # A hundred metres of gap fill a good part of the map; three kilometres of squares did before.
    scale = opened.locator(".leaflet-control-scale-line").first.inner_text()
    assert scale in {"10 m", "20 m", "30 m", "50 m"}
    frame = opened.locator(".folium-map").bounding_box()
    spot = opened.get_by_role("img", name="Gap 2", exact=True).bounding_box()
    middle = frame["x"] + frame["width"] / 2
    assert spot["x"] + spot["width"] / 2 == pytest.approx(middle, abs=5)
    assert page_log.errors == []


def test_the_keyboard_goes_from_spot_to_spot(opened, page_log):
    opened.locator("path[tabindex='0']").focus()
    tip = opened.locator(".leaflet-tooltip")
    first = tip.inner_text()
    opened.keyboard.press("End")
    assert tip.inner_text() != first
    assert page_log.errors == []


def test_long_words_break_and_nothing_runs_over_the_side(opened):
    assert opened.evaluate("document.documentElement.scrollWidth") <= 1280
    opened.get_by_role("button", name="Self intersection 1").click()
    tip = opened.locator(".leaflet-tooltip")
    tip.wait_for()
    assert tip.evaluate("box => box.scrollWidth <= box.clientWidth")


def test_axe_finds_nothing_in_the_document(opened):
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (npm ci in api/frontend)")
    opened.evaluate(AXE.read_text("utf-8"))
    found = opened.evaluate("axe.run()")["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:120]) for each in found] == []
