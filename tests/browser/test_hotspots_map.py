"""The map of a layer of hotspots opened from disk, the network off: areas, their facts, legend."""

from pathlib import Path

import numpy as np
import pytest
import shapely

from geo_alerts.hotspots.grid import SquareGrid
from geo_alerts.hotspots.layers import CellLayer, HotArea
from geo_alerts.maps.document import Leaflet, MapAbout
from geo_alerts.maps.hotspots import DrawnLayer, hotspots_map
from geo_alerts.maps.shades import MARKS
from tests.browser.accessibility import violations

pytestmark = pytest.mark.browser

STATIC = Path(__file__).resolve().parents[2] / "api" / "static"
ABOUT = MapAbout(
    title="Emerging hotspots of burglary",
    as_of="Crimes of April 2024 to March 2025",
    editions="the boundary of Made Up",
    demonstration=True,
    attribution="Contains public sector information licensed under the Open Government Licence.",
)
GRID = SquareGrid(cell_m=250, west=350_000, south=300_000, columns=20, rows=20)
# A class each along the diagonal, and no pattern elsewhere.
CLASSES = [f"{begins} hot spot" for begins in MARKS]


@pytest.fixture(scope="module")
def document():
    if not (STATIC / "leaflet.js").is_file():
        pytest.skip("the front end is not built (make install)")
    names = np.full(GRID.size, "no pattern detected", dtype="U30")
    diagonal = [place * (GRID.columns + 1) for place in range(len(CLASSES))]
    names[diagonal] = CLASSES
    crimes = np.zeros(GRID.size)
    crimes[diagonal] = np.arange(len(CLASSES), 0, -1)
    areas = [
        HotArea(
            rank,
            None,
            GRID.polygons([cell])[0],
            {"crimes": int(crimes[cell]), "class": name, "place": "Monkmoor"},
        )
        for rank, (cell, name) in enumerate(zip(diagonal, CLASSES, strict=True), 1)
    ]
    layer = DrawnLayer(
        method="emerging",
        cells=CellLayer(GRID, np.arange(GRID.size), {"crimes": crimes, "class": names}),
        areas=areas,
        facts={"study_area": "the boundary of Made Up", "level": 0.05},
        teams=[shapely.box(350_000, 300_000, 355_000, 305_000)],
    )
    leaflet = Leaflet(
        js=(STATIC / "leaflet.js").read_text("utf-8"),
        css=(STATIC / "leaflet.css").read_text("utf-8"),
    )
    return hotspots_map(layer, about=ABOUT, leaflet=leaflet)


@pytest.fixture
def opened(page, document, tmp_path):
    """The file, opened with the network off."""
    file = tmp_path / "hotspots.html"
    file.write_text(document, encoding="utf-8")
    page.context.set_offline(True)
    page.goto(file.as_uri())
    page.wait_for_selector("path.leaflet-interactive")
    return page


def test_every_area_can_be_pointed_at_and_every_class_is_filled_by_its_pattern(opened, page_log):
    assert opened.locator("path.leaflet-interactive").count() == len(CLASSES)
    fills = opened.eval_on_selector_all(
        ".folium-map path", "paths => paths.map(path => path.getAttribute('fill'))"
    )
    marked = {fill for fill in fills if fill is not None and fill.startswith("url(")}
    assert len(marked) == len(CLASSES)
    for fill in marked:
        assert opened.locator(fill.removeprefix("url(").removesuffix(")")).count() == 1
    words = opened.locator(".legend li span:not(.count)").all_inner_texts()
    assert set(words) == {*CLASSES, "no pattern"}
    assert page_log.errors == []
    assert len(page_log.requests) == 1


def test_choosing_a_hotspot_in_the_table_shows_it_large_with_its_facts(opened, page_log):
    opened.get_by_role("button", name="1 Monkmoor", exact=True).click()
    tip = opened.locator(".leaflet-tooltip")
    tip.wait_for()
    for said in ("1 Monkmoor", "Crimes", "8", "new hot spot"):
        assert said in tip.inner_text()
    frame = opened.locator(".folium-map").bounding_box()
    shape = opened.get_by_role("img", name="1 Monkmoor", exact=True).bounding_box()
    assert shape["width"] > frame["width"] / 6
    assert page_log.errors == []


@pytest.mark.parametrize("width", [400, 1280])
def test_the_box_of_facts_lies_within_the_map_and_holds_all_that_it_says(opened, width):
    opened.set_viewport_size({"width": width, "height": 900})
    opened.reload()
    frame = opened.locator(".folium-map")
    for shape in opened.locator("path.leaflet-interactive").all():
        shape.hover()
        tip, around = opened.locator(".leaflet-tooltip").bounding_box(), frame.bounding_box()
        for side, length in (("x", "width"), ("y", "height")):
            assert tip[side] >= around[side] - 1
            assert tip[side] + tip[length] <= around[side] + around[length] + 1
        assert opened.eval_on_selector_all(
            ".leaflet-tooltip :is(dt, dd)",
            """parts => parts.every((part) => part.scrollWidth <= part.clientWidth
            && part.getBoundingClientRect().right
                <= part.closest('.leaflet-tooltip').getBoundingClientRect().right)""",
        )


def test_the_cells_are_told_in_a_table_as_well(opened):
    table = opened.get_by_role("table", name="Cells, by class")
    assert table.locator("tbody tr").count() == len(CLASSES) + 1
    assert "392" in table.locator("tbody tr").first.inner_text()


def test_axe_finds_nothing_in_the_document(opened):
    assert violations(opened) == []
