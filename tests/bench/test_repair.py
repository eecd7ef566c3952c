"""Check and repair of layers that need it: real forces, and 9,000 areas whose faults are known.

Each runs in a process of its own, so that its peak memory is its own.
"""

import json
import subprocess
import sys

import pytest

from tests.conftest import ROOT

TIMED = """
import json, resource, sys, time
from collections import Counter
from boundaries.faults.find import find_faults
from boundaries.repair.mend import repair
{layer}
def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
empty = peak_mb()
began = time.perf_counter()
report = find_faults(areas)
checked = time.perf_counter()
check_mb = peak_mb()
outcome = repair(areas, {tolerance_m})
print(json.dumps({{
    "areas": report.areas, "vertices": report.vertices,
    "faults": Counter(fault.kind for fault in report.faults),
    "changes": Counter(change.kind for change in outcome.changes),
    "left": Counter(fault.kind for fault in outcome.left),
    "moved_m": max(each.moved_m for each in outcome.balance),
    "check_s": checked - began, "repair_s": time.perf_counter() - checked,
    "layer_mb": empty, "check_mb": check_mb, "repair_mb": peak_mb(),
}}))
"""

# Squares of a kilometre with sides of 30 vertices each that neighbours share. Of every hundredth
# the sides are 0.3 m longer, so that it overlaps four neighbours; of every other hundredth 0.3 m
# shorter, so that there is a gap on all four sides.
MADE = """
import geopandas as gpd
import numpy as np
import shapely
side, per_side = 95, 30
rng = np.random.default_rng(1)
steps = np.linspace(0, 1, per_side, endpoint=False)
wave = np.append(0, rng.normal(0, 12, per_side - 1))
def edge(start, end):
    along = np.subtract(end, start)
    across = np.array([-along[1], along[0]]) / np.hypot(*along)
    sign = 1 if along.sum() > 0 else -1
    wobble = wave if sign > 0 else -np.append(0, wave[:0:-1])
    return np.add(start, steps[:, None] * along) + wobble[:, None] * across * (1 if sign > 0 else 1)
def square(column, row):
    corners = 1000.0 * np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]) + (
        300_000 + 1000 * column, 200_000 + 1000 * row)
    return np.concatenate([edge(a, b) for a, b in zip(corners[:-1], corners[1:])])
shapes = []
for number in range(side * side):
    ring = square(number % side, number // side)
    factor = {7: 1.0006, 57: 0.9994}.get(number % 100, 1.0)
    if factor != 1.0:
        centre = np.array([300_500 + 1000 * (number % side), 200_500 + 1000 * (number // side)])
        ring = centre + factor * (ring - centre)
    shapes.append(shapely.Polygon(ring))
codes = [f"A{number:05}" for number in range(len(shapes))]
areas = gpd.GeoDataFrame({"code": codes, "name": codes}, geometry=shapes, crs="EPSG:27700")
"""

FORCES = """
import zipfile
import geopandas as gpd
import shapely
from geo_alerts.crs import geometries_to_epsg_27700
with zipfile.ZipFile(sys.argv[1]) as packed:
    # That of Northern Ireland is a box, and not on the National Grid.
    names = [name for name in sorted(packed.namelist()) if "northern-ireland" not in name]
    found = [json.loads(packed.read(name))["features"][0]["geometry"] for name in names]
shapes = geometries_to_epsg_27700([shapely.from_geojson(json.dumps(each)) for each in found],
                                  "EPSG:4326")
areas = gpd.GeoDataFrame({"code": names, "name": names}, geometry=shapes, crs="EPSG:27700")
"""


def measured(layer, tolerance_m, *arguments):
    program = TIMED.format(layer=layer, tolerance_m=tolerance_m)
    command = [sys.executable, "-c", program, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return json.loads(done.stdout)


def line(what, tolerance_m, told):
    counts = {
        key: ", ".join(f"{kind} {n:,}" for kind, n in told[key].items()) or "none"
        for key in ("faults", "changes", "left")
    }
    return (
        f"{what}: {told['areas']:,} areas, {told['vertices']:,} vertices: checked in "
        f"{told['check_s']:.0f} s, peak {told['check_mb']:.0f} MB ({counts['faults']}); repaired "
        f"within {tolerance_m:g} m in {told['repair_s']:.0f} s, peak {told['repair_mb']:.0f} MB "
        f"(the layer alone {told['layer_mb']:.0f}); {counts['changes']}; left: {counts['left']}; "
        f"no boundary moved farther than {told['moved_m']:.3f} m"
    )


def test_nine_thousand_areas_with_a_few_hundred_faults(figures):
    told = measured(MADE, 1.0)
    figures.append(line("made up", 1.0, told))
    assert told["areas"] == 9_025
    # A longer one overlaps four neighbours, at a corner three at once; each shorter one has a gap.
    assert told["faults"]["overlap"] > 90 * 4
    assert told["faults"]["gap"] >= 80
    assert told["left"] == {}
    assert told["moved_m"] <= 1.0


@pytest.mark.shared
def test_real_forces(shared_data, figures):
    told = measured(FORCES, 2.0, shared_data / "boundaries" / "forces-2017.zip")
    figures.append(line("forces of 2017", 2.0, told))
    assert told["moved_m"] <= 2.0
