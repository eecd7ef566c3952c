"""Check and repair of real layers, against plain overlays and covers by shapely."""

import itertools
import json
import zipfile

import geopandas as gpd
import numpy as np
import pytest
import shapely

from boundaries.faults.find import find_faults
from boundaries.faults.report import FaultKind
from boundaries.files.read import read_boundaries
from boundaries.repair.mend import repair
from geo_alerts.crs import geometries_to_epsg_27700

pytestmark = pytest.mark.shared

# Four neighbours as data.police.uk had them, their common borders drawn several times.
FORCES = ("avon-and-somerset", "dorset", "gloucestershire", "wiltshire")
TOLERANCE_M = 2.0
# Crossings are where floating point numbers are.
ROUNDING_M = 1e-6
SOUND = (
    "south-wales-neighbourhoods",
    "wards-2025-west-mercia",
    "lsoa-2021-west-mercia",
)
BETWEEN = {FaultKind.GAP, FaultKind.OVERLAP, FaultKind.UNMATCHED_EDGE, FaultKind.HOLE}


@pytest.fixture(scope="module")
def forces(shared_data):
    """Outlines of forces, read from the zip without the project's reader."""
    with zipfile.ZipFile(shared_data / "boundaries" / "forces-2017.zip") as packed:
        found = [json.loads(packed.read(f"{name}.geojson")) for name in FORCES]
    shapes = [shapely.from_geojson(json.dumps(each["features"][0]["geometry"])) for each in found]
    on_grid = geometries_to_epsg_27700(shapes, "EPSG:4326")
    return gpd.GeoDataFrame({"code": FORCES, "name": FORCES}, geometry=on_grid, crs="EPSG:27700")


@pytest.fixture(scope="module")
def outcome(forces):
    return repair(forces, TOLERANCE_M)


@pytest.mark.parametrize("name", SOUND)
def test_real_small_areas_match_edge_by_edge_and_repair_leaves_them_alone(name, shared_data):
    areas = read_boundaries(shared_data / "boundaries" / f"{name}.zip", keep_faults=True).frame
    shapes = np.asarray(areas.geometry.to_numpy(), dtype=object)
    assert shapely.coverage_is_valid(shapes)
    report = find_faults(areas)
    assert not BETWEEN & {fault.kind for fault in report.faults}
    repaired = repair(areas, 1.0)
    assert repaired.changes == ()
    assert all(new is old for new, old in zip(repaired.areas.geometry, shapes, strict=True))


def test_real_output_areas_have_five_rings_that_touch_themselves_and_only_these_change(shared_data):
    path = shared_data / "boundaries" / "oa-2011-west-mercia.zip"
    areas = read_boundaries(path, keep_faults=True).frame
    invalid = areas.loc[~areas.is_valid, "code"].tolist()
    assert len(invalid) == 5
    repaired = repair(areas, 0.01)
    assert sorted(code for each in repaired.changes for code in each.codes) == sorted(invalid)
    assert repaired.areas.is_valid.all()
    assert shapely.coverage_is_valid(repaired.areas.geometry.to_numpy())
    ground = sum(each.after_m2 for each in repaired.balance)
    assert ground == pytest.approx(shapely.union_all(repaired.areas.geometry.to_numpy()).area)


def test_gaps_and_overlaps_of_real_forces_are_those_that_overlays_find(forces):
    report = find_faults(forces)
    shapes = shapely.make_valid(forces.geometry.to_numpy(), method="structure")
    shared = [shapely.intersection(a, b) for a, b in itertools.combinations(shapes, 2)]
    overlaps = [fault for fault in report.faults if fault.kind is FaultKind.OVERLAP]
    assert len(overlaps) > 1_000
    assert sum(fault.size for fault in overlaps) == pytest.approx(
        shapely.union_all(shared).area, abs=1.0
    )
    parts = shapely.get_parts(shapely.union_all(shapes))
    holes = [shapely.Polygon(ring) for part in parts for ring in part.interiors]
    told = [fault for fault in report.faults if fault.kind in (FaultKind.GAP, FaultKind.HOLE)]
    places = shapely.points([(fault.easting, fault.northing) for fault in told])
    _, enclosed = shapely.STRtree(places).query(holes, predicate="contains")
    assert sum(told[place].size for place in enclosed) == pytest.approx(
        sum(hole.area for hole in holes), abs=1.0
    )


def near(area):
    # A little less than all ground within the tolerance: 32 corners to a quarter of a circle.
    return area.boundary.buffer(TOLERANCE_M + ROUNDING_M, quad_segs=32)


def test_no_real_boundary_moves_farther_than_the_tolerance(forces, outcome):
    before = shapely.make_valid(forces.geometry.to_numpy(), method="structure")
    for old, new in zip(before, outcome.areas.geometry, strict=True):
        for one, other in ((old, new), (new, old)):
            assert near(one).covers(other.boundary)
        changed = shapely.symmetric_difference(old, new)
        assert changed.is_empty or near(old).covers(changed)


def test_a_repair_of_real_forces_is_accounted_for_to_the_square_metre(forces, outcome):
    assert len(outcome.changes) > 1_000
    for each in outcome.balance:
        assert each.before_m2 + each.gained_m2 - each.lost_m2 == pytest.approx(
            each.after_m2, abs=0.01
        )
        assert each.moved_m <= TOLERANCE_M
    before = shapely.union_all(shapely.make_valid(forces.geometry.to_numpy(), method="structure"))
    after = shapely.union_all(outcome.areas.geometry.to_numpy())
    closed = sum(each.area_m2 for each in outcome.changes if each.kind == "gap_closed")
    assert after.area - before.area == pytest.approx(closed, abs=0.1)


def test_what_is_left_of_real_forces_is_told_and_a_second_repair_changes_nothing(outcome):
    left = find_faults(outcome.areas).faults
    assert [(fault.kind, fault.codes, fault.size) for fault in outcome.left] == [
        (fault.kind, fault.codes, fault.size) for fault in left
    ]
    again = repair(outcome.areas, TOLERANCE_M)
    assert again.changes == ()
    assert all(
        new is old for new, old in zip(again.areas.geometry, outcome.areas.geometry, strict=True)
    )
