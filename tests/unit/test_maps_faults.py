"""The map of what a check found: every fault a row and a mark, told, and safe to open."""

import re

import geopandas as gpd
import pytest
import shapely

from boundaries.faults import find_faults
from geo_alerts.errors import InvalidInputError
from geo_alerts.maps.document import MapAbout
from geo_alerts.maps.faults import FILLS, faults_map
from tests.map_documents import HOSTILE, LEAFLET, Reader, check_self_contained

ABOUT = MapAbout(
    title="Faults of a made-up edition",
    as_of="Imported 3 March 2025",
    editions="team 1: made up",
    demonstration=False,
    attribution="Made up.",
)
WEST, SOUTH = 340_000, 310_000


def box(west, south, east, north):
    return shapely.box(WEST + west, SOUTH + south, WEST + east, SOUTH + north)


def layer(names=("One", "Two", "Three")):
    # One and Two overlap by 100 m; Three is a bow-tie.
    crossed = [(0, 2000), (1000, 3000), (1000, 2000), (0, 3000)]
    shapes = [
        box(0, 0, 1100, 1000),
        box(1000, 0, 2000, 1000),
        shapely.Polygon([(WEST + x, SOUTH + y) for x, y in crossed]),
    ]
    columns = {"code": ["A", "B", "C"], "name": list(names)}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:27700")


def drawn(areas):
    return faults_map(areas, find_faults(areas), about=ABOUT, leaflet=LEAFLET)


def test_every_fault_has_a_row_and_a_mark_errors_first():
    areas = layer()
    report = find_faults(areas)
    html = drawn(areas)
    rows = Reader(html.split("<tbody>")[1].split("</tbody>")[0]).texts["tr"]
    assert len(rows) == len(report.faults) >= 2
    assert "self intersection" in rows[0]
    overlap = next(row for row in rows if "overlap" in row)
    assert "A, B" in overlap
    assert "100,000.00 m²" in overlap
    script = Reader(html).texts["script"][2]
    marks = re.findall(r'"fillColor": "([^"]+)"', script)
    assert len(marks) == len(report.faults)
    severities = [fault.severity for fault in report.faults]
    assert sorted(marks) == sorted(FILLS[severity] for severity in severities)


def test_the_finding_is_told_in_one_sentence():
    summary = "2 areas checked: 0 errors, 0 warnings."
    apart = layer().iloc[:2].copy()
    apart.geometry = [box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000)]
    assert summary in drawn(apart)


def test_the_same_faults_give_the_same_bytes():
    assert drawn(layer()) == drawn(layer())


def test_names_and_codes_of_files_are_text_and_the_document_loads_nothing():
    hostile = layer(names=(HOSTILE, HOSTILE, "Three"))
    hostile["code"] = ["A", "B", HOSTILE]
    html = drawn(hostile)
    assert HOSTILE not in html
    check_self_contained(html)


def test_a_layer_without_ground_is_refused():
    line = shapely.Polygon([(WEST, SOUTH), (WEST + 10, SOUTH), (WEST, SOUTH)])
    flat = gpd.GeoDataFrame({"code": ["A"], "name": ["A"]}, geometry=[line], crs="EPSG:27700")
    with pytest.raises(InvalidInputError, match="nothing to draw"):
        drawn(flat)
