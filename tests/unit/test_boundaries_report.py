"""The report of a check: as JSON, and as a GeoPackage that other programs open."""

import json

import geopandas as gpd
import pytest
import shapely

from boundaries.faults.find import find_faults
from boundaries.faults.report import write_faults
from tests.fault_world import box, grid, layer, polygon, replaced

BOW_TIE = polygon((2_000, 2_000), (3_000, 3_000), (3_000, 2_000), (2_000, 3_000))
FAULTY = {
    **replaced(
        grid(),
        A2=box(0, 1_000, 1_000.5, 2_000),
        B1=grid()["B1"].difference(box(1_990, 400, 2_000, 500)).difference(box(1_995, 0, 2_000, 9)),
        B3=grid()["B3"].difference(box(1_400, 2_400, 1_410, 2_410)),
    ),
    "A1": shapely.reverse(grid()["A1"]),
    "C3": BOW_TIE,
}


@pytest.fixture(scope="module")
def report():
    return find_faults(layer(FAULTY))


def test_a_report_is_json_that_counts_all_and_lists_the_largest_of_each_kind(report):
    told = json.loads(json.dumps(report.as_dict(most=1)))
    assert told["passed"] is False
    assert (told["areas"], told["vertices"]) == (9, 56)
    kinds = {kind["kind"]: kind for kind in told["kinds"]}
    assert list(kinds) == ["self_intersection", "overlap", "gap", "hole", "reversed_ring"]
    # The other half of the bow tie's square is in no area, west and east of its middle.
    assert kinds["gap"] == {
        "kind": "gap",
        "severity": "warning",
        "count": 2,
        "largest": 250_000.0,
        "total": 251_000.0,
        "unit": "m2",
    }
    assert [fault["size"] for fault in told["faults"]][:3] == [0.0, 500.0, 250_000.0]
    listed = len(told["faults"])
    assert listed == 5
    assert told["not_listed"] == len(report.faults) - listed
    assert told["options"]["gap_max_width_m"] == 5.0


def test_faults_as_a_geopackage_have_a_place_each_and_their_shapes(report, tmp_path):
    path = tmp_path / "faults.gpkg"
    path.write_bytes(b"an older one")
    write_faults(report, path)
    places = gpd.read_file(path, layer="places")
    assert places.crs.to_epsg() == 27_700
    assert places["fault"].tolist() == list(range(1, len(report.faults) + 1))
    assert places["kind"].tolist() == [fault.kind.value for fault in report.faults]
    assert places["codes"].tolist() == [", ".join(fault.codes) for fault in report.faults]
    assert places.geometry.x.tolist() == [fault.easting for fault in report.faults]
    shapes = [gpd.read_file(path, layer=name) for name in ("polygons", "lines", "points")]
    drawn = {row.fault: row.geometry for each in shapes for row in each.itertuples()}
    for number, fault in enumerate(report.faults, start=1):
        assert drawn[number].equals(fault.geometry)
    assert list(tmp_path.iterdir()) == [path]


def test_a_sound_layer_has_a_geopackage_without_faults(tmp_path):
    write_faults(find_faults(layer(grid())), tmp_path / "none.gpkg")
    assert len(gpd.read_file(tmp_path / "none.gpkg", layer="places")) == 0
