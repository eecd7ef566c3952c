"""Every real layer of small areas at hand: read, checked, and asked of all units of Great Britain.

Each layer runs in a process of its own, so that its peak memory is its own. Afterwards PostGIS
gives the same units the same areas, one by one.
"""

import json
import subprocess
import sys

import numpy as np
import psycopg
import pytest

from boundaries.faults.rings import ground
from boundaries.files.options import ReadOptions
from boundaries.files.read import read_boundaries
from geo_alerts.places.assignment import assign
from geo_alerts.places.layer import Layer
from geo_alerts.sources.postcodes import read_postcodes
from tests.bench.test_assignment import PACKED
from tests.conftest import ROOT
from tests.postgis_shapes import load_areas, load_points

LAYERS = (
    "south-wales-neighbourhoods",
    "wards-2025-west-mercia",
    "wards-2025-neighbours",
    "wards-2013-west-mercia",
    "lsoa-2021-west-mercia",
    "lsoa-2011-west-mercia",
    "oa-2011-west-mercia",
)

# The peak is of this program alone; getrusage would count that of the process it was forked from.
TIMED = """
import json, re, sys, time
from pathlib import Path
from boundaries.faults.find import find_faults
from boundaries.files.read import read_boundaries
began = time.perf_counter()
areas = read_boundaries(Path(sys.argv[1]), keep_faults=True).frame
read = time.perf_counter()
report = find_faults(areas)
print(json.dumps({
    "areas": report.areas, "vertices": report.vertices, "faults": len(report.faults),
    "read_s": read - began, "check_s": time.perf_counter() - read,
    "peak_mb": int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024,
}))
"""


@pytest.fixture(scope="module")
def units(sample_packages):
    frame = read_postcodes(sample_packages / PACKED).frame.dropna(subset=["easting"])
    return frame["easting"].to_numpy(), frame["northing"].to_numpy()


@pytest.fixture(scope="module")
def connection(postgis_cluster):
    url = postgis_cluster.create("boundaries").replace("+psycopg", "")
    with psycopg.connect(url) as opened:
        yield opened
    postgis_cluster.drop("boundaries")


@pytest.mark.postgis
@pytest.mark.shared
@pytest.mark.parametrize("name", LAYERS)
def test_a_real_layer_is_read_checked_and_assigned_as_postgis_does(
    name, shared_data, units, connection, figures, benchmark
):
    path = shared_data / "boundaries" / f"{name}.zip"
    command = [sys.executable, "-c", TIMED, str(path)]
    made = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    told = json.loads(made.stdout)
    areas = read_boundaries(path, options=ReadOptions(), keep_faults=True).frame
    codes = areas["code"].to_numpy(dtype=str)
    layer = Layer.from_columns(name, codes, codes, ground(areas.geometry.to_numpy()))
    benchmark.group = "1.74 million units to a real layer"
    assignment = benchmark.pedantic(assign, args=(*units, layer), rounds=3)
    inside = np.flatnonzero(assignment.first >= 0)
    figures.append(
        f"{name}: {told['areas']:,} areas, {told['vertices']:,} vertices: read in "
        f"{told['read_s']:.1f} s, checked in {told['check_s']:.1f} s ({told['faults']:,} faults), "
        f"peak {told['peak_mb']:.0f} MB; {len(inside):,} units inside, exactly as PostGIS has it"
    )
    # PostGIS needs not look at the far end of the country.
    west, south, east, north = areas.total_bounds
    by = (units[0] >= west) & (units[0] <= east) & (units[1] >= south) & (units[1] <= north)
    near = np.flatnonzero(by)
    load_points(connection, units[0][near], units[1][near])
    load_areas(connection, layer.geometry)
    asked = "SELECT a.number, u.number FROM area a JOIN unit u ON ST_Covers(a.shape, u.at)"
    expected = {(area, int(near[unit])) for area, unit in connection.execute(asked)}
    unit = np.repeat(np.arange(len(units[0])), np.diff(assignment.offset))
    assert set(zip(assignment.area.tolist(), unit.tolist(), strict=True)) == expected
