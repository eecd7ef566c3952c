"""What corridors along lines that turn or cross often cover, and that they take little memory.

Units stand 100 m apart in seven columns (A to G) and rows (1 to 7); each inner one has a square of
100 m, the outer ones reach farther out.
"""

import resource

import numpy as np
import pytest
import shapely

from geo_alerts.audiences.units.on_grid import CorridorOnGrid
from geo_alerts.audiences.units.reach import units_by_reach
from geo_alerts.places.cells import Cells
from geo_alerts.places.stretches import Stretches
from tests.audience_world import directory_of, ground_of, layer_of

WEST, SOUTH = 400_000, 300_000
COLUMNS, LETTERS = "ABCDEFG", "ABDEFGH"  # the last letters of a postcode are without a C
UNITS = {
    f"SY1 {row}A{LETTERS[column]}": (WEST + 50 + 100 * column, SOUTH - 50 + 100 * row)
    for column in range(7)
    for row in range(1, 8)
}
A_HUNDRED_MB = 100_000  # in the kilobytes of getrusage

# Up and down between two northings, every 10 cm; and 401 lines from one of them to the other, most
# across all others. What is within 101 m is a box with round corners, but for a millimetre.
ZIGZAG = [(100 + 0.1 * turn, 300 + 100 * (turn % 2)) for turn in range(5001)]
CROSSING = [[(100 + 1.25 * at, 300), (600 - 1.25 * at, 400)] for at in range(401)]


def lines(parts):
    return shapely.MultiLineString([[(WEST + x, SOUTH + y) for x, y in part] for part in parts])


def rectangle(columns, rows):
    return {f"{column}{row}" for column in columns for row in rows}


@pytest.fixture
def ground():
    units = dict(sorted(UNITS.items()))
    cells = Cells.build(*np.array(list(units.values()), dtype=float).T, np.ones(49, dtype=bool))
    everything = shapely.box(WEST, SOUTH, WEST + 700, SOUTH + 700)
    return ground_of(directory_of(units), layer_of({"T-0": everything}), cells)


def named(rows, ground):
    names = ground.units.postcode[rows]
    return {COLUMNS[LETTERS.index(name[6])] + name[4] for name in names}


@pytest.mark.parametrize(
    "parts", [pytest.param([ZIGZAG], id="zigzag"), pytest.param(CROSSING, id="crossing")]
)
def test_a_line_that_turns_or_crosses_often_takes_no_more_memory_than_another(ground, parts):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    found = units_by_reach(CorridorOnGrid(lines(parts), 101.0), ground)

    # The union of round buffers of the zigzag's stretches takes several gigabytes.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < A_HUNDRED_MB
    assert named(found.whole, ground) == rectangle("BCDEF", "345")
    assert named(found.centre, ground) == rectangle(COLUMNS, "345")
    assert named(found.any, ground) == rectangle(COLUMNS, "23456")


def test_a_stretch_of_no_length_and_one_drawn_twice_hold_what_is_near_them():
    there_and_back = lines([[(0, 0), (100, 0), (0, 0)], [(300, 0), (300, 0)]])
    near, far = [
        shapely.Point(WEST + 300, SOUTH).buffer(metres, quad_segs=4) for metres in (9.9, 10.1)
    ]
    asked = np.array([near, far, shapely.Polygon()], dtype=object)
    assert Stretches(there_and_back).hold(asked, 10.0).tolist() == [True, False, False]
