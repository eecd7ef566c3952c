"""Gaps and overlaps of layers that are broken at random, against plain overlays of all pairs."""

import itertools

import numpy as np
import shapely
from hypothesis import given

from boundaries.faults.find import find_faults
from boundaries.faults.report import FaultKind
from boundaries.faults.rings import ground
from tests.broken_layers import broken_layers

# What is thinner than a millimetre is told as edges that do not match, along 720 m of them.
EXACT_M2 = 0.5
NEITHER = (FaultKind.UNMATCHED_EDGE,)


def shapes_of(report, *kinds):
    found = [fault.geometry for fault in report.faults if fault.kind in kinds]
    return shapely.union_all([shape for shape in found if shape.area > 0])


@given(areas=broken_layers())
def test_overlaps_are_the_ground_that_any_two_areas_share(areas):
    report = find_faults(areas)
    shapes = ground(np.asarray(areas.geometry.to_numpy(), dtype=object))
    pairs = [shapely.intersection(a, b) for a, b in itertools.combinations(shapes, 2)]
    shared = shapely.union_all(pairs)
    told = shapes_of(report, FaultKind.OVERLAP)
    assert shapely.symmetric_difference(told, shared).area < EXACT_M2
    # Ground counts once, however many areas share it.
    overlaps = [fault for fault in report.faults if fault.kind is FaultKind.OVERLAP]
    assert abs(sum(fault.size for fault in overlaps) - shared.area) < EXACT_M2
    for fault in overlaps:
        place = shapely.Point(fault.easting, fault.northing)
        having = shapely.dwithin(shapes, place, 1e-6)
        codes = areas["code"].to_numpy()[having]
        assert set(fault.codes) <= set(codes)


@given(areas=broken_layers())
def test_ground_that_areas_enclose_is_a_gap_or_a_hole(areas):
    report = find_faults(areas)
    shapes = ground(np.asarray(areas.geometry.to_numpy(), dtype=object))
    land = shapely.union_all(shapes)
    filled = [shapely.Polygon(part.exterior) for part in shapely.get_parts(land)]
    enclosed = shapely.difference(shapely.union_all(filled), land)
    told = shapes_of(report, FaultKind.GAP, FaultKind.HOLE, *NEITHER)
    assert shapely.difference(enclosed, told).area < EXACT_M2
    # Cracks lie outside what is enclosed; no gap or hole lies on anybody's ground.
    empty = shapes_of(report, FaultKind.GAP, FaultKind.HOLE)
    assert shapely.intersection(empty, land).area < EXACT_M2
    for fault in report.faults:
        if fault.kind is FaultKind.HOLE:
            assert len(fault.codes) == 1


@given(areas=broken_layers())
def test_errors_are_the_areas_that_are_invalid(areas):
    report = find_faults(areas)
    told = {
        fault.codes[0]
        for fault in report.faults
        if fault.kind in (FaultKind.INVALID_RING, FaultKind.SELF_INTERSECTION)
    }
    assert told == set(areas.loc[~areas.is_valid, "code"])
    assert report.passed == (not told)
