"""How smoothly the map is dragged: 42,000 postcodes and 82 teams of winding outlines, in Chromium.

The outlines of the sample's teams are coarse; here each gets many more vertices, moved by a field
that is the same for both sides of a border, so that neighbours stay neighbours.
"""

import gzip
import itertools
from statistics import median

import geopandas as gpd
import numpy as np
import pytest
import shapely
from playwright.sync_api import expect

from geo_alerts.acts import imports
from geo_alerts.acts.boundaries import DraftOptions, import_boundaries
from geo_alerts.audiences.disclosure import Role
from geo_alerts.store.database import Store
from tests.browser.conftest import ROOT, Server, sign_in_to
from tests.serving import served

LEAST_FRAMES_PER_S = 30
MOST_STEP_M = 150
LEAST_VERTICES = 22_600
DATA = ROOT / "data"
# How often the map is zoomed in before it is dragged.
VIEWS = {"the whole force": 0, "a county": 2, "a town": 4, "streets": 6}
SWAYS, STEPS = 6, 25
# Each frame's time while the map is dragged; a frame comes when the one before is on the screen.
RECORD = """
() => {
  window.frames_ = [];
  const note = (time) => {
    window.frames_.push(time);
    window.noting = requestAnimationFrame(note);
  };
  window.noting = requestAnimationFrame(note);
}
"""
STOP = "() => { cancelAnimationFrame(window.noting); return window.frames_; }"


@pytest.fixture(scope="module")
def detailed(tmp_path_factory):
    """The server on the sample's postcodes and teams of many vertices, and how many these are."""
    folder = tmp_path_factory.mktemp("panning")
    url, path = f"sqlite:///{folder / 'store.db'}", folder / "teams.geojson"
    vertices = _write_winding(path)
    with Store.open(url, create=True) as store:
        imports.import_postcodes(store, DATA / "postcodes.csv.gz", _ignore)
        import_boundaries(store, path, _ignore, DraftOptions(label="winding"))
    with served(url) as link:
        yield Server(link.partition("/sign-in")[0], url), vertices


@pytest.mark.parametrize("view", VIEWS)
def test_the_map_is_dragged_at_thirty_frames_a_second(view, detailed, page, figures):
    server, vertices = detailed
    sign_in_to(page, server, Role.ANALYST)
    page.goto(f"{server.address}/target")
    expect(page.locator("path.leaflet-interactive")).to_have_count(82)
    expect(page.locator("canvas.points")).to_have_count(1)
    for _ in range(VIEWS[view]):
        page.get_by_role("button", name="Zoom in").click()
        expect(page.locator(".leaflet-zoom-anim")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    frames = _drag(page)
    apart_ms = [after - before for before, after in itertools.pairwise(frames)]
    rate = 1000 * len(apart_ms) / sum(apart_ms)
    figures.append(
        f"dragging {view} with {vertices:,} vertices of 82 teams: {rate:.0f} frames a second, "
        f"{median(apart_ms):.0f} ms apart, at most {max(apart_ms):.0f} ms"
    )
    assert rate >= LEAST_FRAMES_PER_S


def _drag(page):
    box = page.locator("#map").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.evaluate(RECORD)
    for sway in range(SWAYS):
        # Let go each time: what came into view is drawn then.
        way = 1 if sway % 2 else -1
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + way * 0.4 * box["width"], y + way * 0.3 * box["height"], steps=STEPS)
        page.mouse.up()
    return page.evaluate(STOP)


def _write_winding(path):
    with gzip.open(DATA / "teams.geojson.gz") as file:
        teams = gpd.read_file(file).to_crs("EPSG:27700")
    teams.geometry = shapely.transform(
        shapely.segmentize(shapely.set_precision(teams.geometry.to_numpy(), 0.01), MOST_STEP_M),
        _winding,
    )
    vertices = int(shapely.get_num_coordinates(teams.geometry.to_numpy()).sum())
    assert vertices >= LEAST_VERTICES
    teams.to_crs("EPSG:4326").to_file(path, driver="GeoJSON", COORDINATE_PRECISION=9)
    return vertices


def _winding(points):
    x, y = points.T
    aside = 25 * (np.sin(x / 60) + np.sin(y / 45) + np.sin((x + y) / 200))
    return np.column_stack([x + aside, y - aside])


def _ignore(done, total=None):
    """Progress that nobody watches."""
