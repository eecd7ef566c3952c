"""The map of what a check found: every fault a row and a spot, told, and safe to open."""

import json
import re

import pytest
import shapely

from boundaries.faults.find import find_faults
from boundaries.faults.report import FaultKind
from geo_alerts.errors import CrsError, InvalidInputError
from geo_alerts.maps import faults as maps_faults
from geo_alerts.maps.document import MapAbout
from geo_alerts.maps.faults import COLOURS, faults_map
from tests.fault_world import box, grid, layer, polygon, replaced
from tests.map_documents import HOSTILE, LEAFLET, Reader, check_self_contained

ABOUT = MapAbout(
    title="Faults of a made-up edition",
    as_of="Imported 3 March 2025",
    editions="team 1: made up",
    demonstration=False,
    attribution="Made up.",
)
# A2 and B2 have 500 m2 in common, B1 and C1 a gap of 1000 m2; C3 is a bow tie.
FAULTY = replaced(
    grid(),
    A2=box(0, 1_000, 1_000.5, 2_000),
    B1=grid()["B1"].difference(box(1_990, 400, 2_000, 500)),
) | {"C3": polygon((2_000, 2_000), (3_000, 3_000), (3_000, 2_000), (2_000, 3_000))}


def drawn(areas):
    return faults_map(areas, find_faults(areas), about=ABOUT, leaflet=LEAFLET)


def rows_of(html):
    return Reader(html.split("<tbody>")[1].split("</tbody>")[0]).texts["tr"]


def test_every_fault_has_a_row_and_a_spot_of_its_kinds_colour_errors_first():
    report = find_faults(layer(FAULTY))
    html = drawn(layer(FAULTY))
    rows = rows_of(html)
    assert len(rows) == len(report.faults) == 4
    assert "Self intersection 1" in rows[0]
    assert "error" in rows[0]
    overlap = next(row for row in rows if "Overlap 1" in row)
    for said in ("A2, B2", "500 m²", "341000.2", "311500.0", "ground of A2, B2 at once"):
        assert said in overlap
    script = Reader(html).texts["script"][2]
    spots = re.findall(r'return \{[^}]*"fillColor": "([^"]+)"', script)
    assert set(spots) == {COLOURS[fault.kind] for fault in report.faults}
    assert script.count('"type": "Point"') == len(report.faults)


def test_spots_lie_on_their_faults_to_the_centimetre_and_tell_how_far_across_they_are():
    script = Reader(drawn(layer(FAULTY))).texts["script"][2]
    features = re.findall(r'"properties": (\{[^}]*"extent"[^}]*\})', script)
    found = [json.loads(each) for each in features]
    # The bow tie crosses at a point; the overlap is 1000 m by half a metre.
    assert [each["extent"] for each in found][:2] == [0.0, 1_000.0]
    assert all(len(str(each["label"][0]).split(".")[1]) >= 6 for each in found)


def test_outlines_of_the_areas_are_drawn_to_the_vertex():
    script = Reader(drawn(layer(grid()))).texts["script"][2]
    # Of nine squares, 16 corners; each common edge once.
    (coordinates,) = re.findall(r'"coordinates": (\[\[\[.*?\]\]\])', script)
    corners = {tuple(position) for line in json.loads(coordinates) for position in line}
    assert len(corners) == 16


@pytest.mark.parametrize(("radius_m", "tolerance_m"), [(3_000, 10), (300_000, 120)])
def test_outlines_of_many_vertices_are_simplified_and_the_document_says_so(
    monkeypatch, radius_m, tolerance_m
):
    monkeypatch.setattr(maps_faults, "MOST_VERTICES", 50)
    circle = shapely.Point(345_000, 515_000).buffer(radius_m, quad_segs=100)
    html = drawn(layer({"A": circle}))
    said = f"simplified for the screen to about {tolerance_m} metres; the faults are not"
    assert said in html


def test_of_each_kind_the_largest_are_drawn_and_the_rest_is_counted(monkeypatch):
    monkeypatch.setattr(maps_faults, "MOST_OF_KIND", 2)
    holes = [box(100 * n, 100, 100 * n + 10 + n, 110) for n in range(1, 6)]
    html = drawn(layer({"A": box(0, 0, 1_000, 1_000).difference(shapely.union_all(holes))}))
    rows = rows_of(html)
    assert len(rows) == 2
    assert "150 m²" in rows[0]
    assert "3 faults are not drawn: of each kind the 2 largest are" in html
    assert "5 faults" in html


@pytest.mark.parametrize(
    ("shapes", "summary"),
    [
        (grid(), "No fault was found in 9 areas."),
        (FAULTY, "4 faults in 9 areas: 1 error, 3 warnings. The layer cannot be used as it is."),
        (
            {**grid(), "B2": shapely.reverse(grid()["B2"])},
            "1 fault in 9 areas: 1 for information. The layer can be used.",
        ),
    ],
)
def test_the_finding_is_told_in_words(shapes, summary):
    assert summary in drawn(layer(shapes))


def test_the_same_faults_give_the_same_bytes():
    assert drawn(layer(FAULTY)) == drawn(layer(FAULTY))


def test_names_and_codes_of_files_are_text_and_the_document_loads_nothing():
    hostile = layer({**FAULTY, HOSTILE: box(0, 0, 500, 500)}, {"A1": HOSTILE, "B1": HOSTILE})
    html = drawn(hostile)
    assert HOSTILE not in html
    check_self_contained(html)


def test_every_kind_of_fault_has_a_colour():
    assert set(COLOURS) == set(FaultKind)


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(InvalidInputError, match="nothing to draw"):
        drawn(layer(grid()).iloc[:0])
    with pytest.raises(CrsError):
        faults_map(
            layer(grid(), crs="EPSG:3857"),
            find_faults(layer(grid())),
            about=ABOUT,
            leaflet=LEAFLET,
        )
