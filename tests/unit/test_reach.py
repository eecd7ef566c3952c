"""What areas cover by each reach, on units 100 m apart, whose cells are squares.

Units stand in seven columns (A to L) and seven rows (1 to 7, 1 in the south), the first at
400 050 east, 300 050 north. Of the inner 25 each has a square of 100 m. They are called by column
and row: the unit of the middle is `E4`.
"""

import numpy as np
import pytest
import shapely

from geo_alerts.audiences.units.on_grid import (
    CircleOnGrid,
    CombinationOnGrid,
    CorridorOnGrid,
    PostcodesOnGrid,
    ShapesOnGrid,
    TeamsOnGrid,
)
from geo_alerts.audiences.units.reach import units_by_reach, units_in
from geo_alerts.places.cells import Cells
from geo_alerts.places.postcode_keys import run_of
from geo_alerts.places.postcodes import parse_part
from tests.audience_world import directory_of, ground_of, layer_of

WEST, SOUTH = 400_000, 300_000
COLUMNS = "ABDEFGH"
NAMES = [f"{column}{row}" for column in COLUMNS for row in range(1, 8)]
AT = [(WEST + 50 + 100 * x, SOUTH + 50 + 100 * y) for x in range(7) for y in range(7)]
UNITS = {f"SY1 {name[1]}A{name[0]}": at for name, at in zip(NAMES, AT, strict=True)}
MIDDLE = (WEST + 350, SOUTH + 350)


def box(west, south, east, north):
    """A box given in metres from the corner of the lattice."""
    return shapely.box(WEST + west, SOUTH + south, WEST + east, SOUTH + north)


def shapes(*geometries):
    return ShapesOnGrid(np.array(geometries, dtype=object))


def line(*places):
    return shapely.LineString([(WEST + x, SOUTH + y) for x, y in places])


def listed(*texts):
    runs = np.array([run_of(parse_part(text)) for text in texts], dtype=np.uint64)
    return PostcodesOnGrid(runs[:, 0], runs[:, 1])


def union(*parts):
    return CombinationOnGrid("union", parts)


def intersection(*parts):
    return CombinationOnGrid("intersection", parts)


def difference(*parts):
    return CombinationOnGrid("difference", parts)


def cells_of(units, has_cell=None):
    position = np.array(list(units.values()), dtype=float)
    flags = [True] * len(units) if has_cell is None else [has_cell(name) for name in units]
    return Cells.build(*position.T, np.array(flags))


def ground(units=UNITS, areas=None, has_cell=None):
    """The ground of units that were given in any order; a directory has them by postcode."""
    ordered = dict(sorted(units.items()))
    layer = layer_of({"T-0": box(0, 0, 700, 700)} if areas is None else areas)
    return ground_of(directory_of(ordered), layer, cells_of(ordered, has_cell))


GROUND = ground()
EVERYTHING = listed("SY1")


def named(rows, of):
    names = [text[6] + text[4] if text[5] == "A" else text for text in of.units.postcode[rows]]
    return set(names)


def by_reach(area, of=GROUND):
    found = units_by_reach(area, of)
    for reach in ("whole", "centre", "any"):
        rows = units_in(area, of, reach)
        assert rows.dtype == np.int64
        assert (np.diff(rows) > 0).all()
        assert np.array_equal(rows, found.of(reach))
    return tuple(named(found.of(reach), of) for reach in ("whole", "centre", "any"))


def rectangle(columns, rows):
    return {f"{column}{row}" for column in columns for row in rows}


@pytest.mark.parametrize(
    ("area", "whole", "centre", "met"),
    [
        pytest.param(
            shapes(box(200, 200, 500, 400)),
            rectangle("DEF", "34"),
            rectangle("DEF", "34"),
            rectangle("DEF", "34"),
            id="along edges: what is merely touched is not met",
        ),
        pytest.param(
            shapes(box(220, 200, 520, 400)),
            rectangle("EF", "34"),
            rectangle("DEF", "34"),
            rectangle("DEFG", "34"),
            id="20 m off",
        ),
        pytest.param(
            shapes(box(200, 200, 500, 400).buffer(-0.0009, join_style="mitre")),
            rectangle("DEF", "34"),
            rectangle("DEF", "34"),
            rectangle("DEF", "34"),
            id="less than a millimetre smaller",
        ),
        pytest.param(
            shapes(box(200, 200, 500, 400).buffer(0.0011, join_style="mitre")),
            rectangle("DEF", "34"),
            rectangle("DEF", "34"),
            rectangle("BDEFG", "2345"),
            id="more than a millimetre larger",
        ),
        pytest.param(
            shapes(box(310, 310, 330, 330)), set(), set(), {"E4"}, id="between point and edge"
        ),
        pytest.param(
            shapes(box(310, 310, 350, 350)), set(), {"E4"}, {"E4"}, id="with a corner on the point"
        ),
        pytest.param(
            shapes(box(200, 200, 500, 500) - box(310, 310, 330, 330)),
            rectangle("DEF", "345") - {"E4"},
            rectangle("DEF", "345"),
            rectangle("DEF", "345"),
            id="a hole beside the point",
        ),
        pytest.param(
            shapes(shapely.MultiPolygon([box(200, 200, 300, 300), box(420, 420, 480, 480)])),
            {"D3"},
            {"D3", "F5"},
            {"D3", "F5"},
            id="two polygons in one",
        ),
        pytest.param(
            shapes(box(200, 200, 330, 300), box(330, 200, 400, 300)),
            {"D3", "E3"},
            {"D3", "E3"},
            {"D3", "E3"},
            id="two areas share a cell",
        ),
        pytest.param(
            CircleOnGrid(*MIDDLE, 70.71),
            {"E4"},
            {"E4"},
            rectangle("DEF", "4") | {"E3", "E5"},
            id="a circle through the corners, a cell's diagonal being 141.42 m",
        ),
        pytest.param(
            CircleOnGrid(*MIDDLE, 70.70),
            set(),
            {"E4"},
            rectangle("DEF", "4") | {"E3", "E5"},
            id="a circle a centimetre too small",
        ),
        pytest.param(
            CircleOnGrid(*MIDDLE, 100.0),
            {"E4"},
            rectangle("DEF", "4") | {"E3", "E5"},
            rectangle("DEF", "345"),
            id="a circle to the next points",
        ),
        pytest.param(
            CircleOnGrid(WEST + 310, SOUTH + 310, 5.0), set(), set(), {"E4"}, id="a small circle"
        ),
        pytest.param(
            CorridorOnGrid(line((150, 350), (550, 350)), 50.0),
            rectangle("DEF", "4"),
            rectangle("BDEFG", "4"),
            rectangle("BDEFG", "4"),
            id="a corridor as wide as a row; its ends are round",
        ),
        pytest.param(
            CorridorOnGrid(line((150, 350), (550, 350)), 49.0),
            set(),
            rectangle("BDEFG", "4"),
            rectangle("BDEFG", "4"),
            id="a corridor a metre too narrow",
        ),
        pytest.param(
            CorridorOnGrid(line((350, 250), (350, 350), (450, 350)), 71.0),
            {"E3", "E4", "F4"},
            {"E3", "E4", "F4"},
            rectangle("DEF", "2345") | {"G3", "G4", "G5"},
            id="a bent corridor",
        ),
        pytest.param(
            CorridorOnGrid(line((300, 100), (300, 600), (400, 600), (400, 100)), 30.0),
            set(),
            set(),
            rectangle("DEF", "1234567"),
            id="a corridor round cells: all corners are in it, the middle is not",
        ),
        pytest.param(
            shapes(box(220, 200, 520, 400), box(220, 200, 520, 400).reverse()),
            rectangle("EF", "34"),
            rectangle("DEF", "34"),
            rectangle("DEFG", "34"),
            id="the same area twice, gone round the other way",
        ),
        pytest.param(
            listed("SY1 4AE", "SY1 3"),
            {"E4"} | rectangle(COLUMNS, "3"),
            {"E4"} | rectangle(COLUMNS, "3"),
            {"E4"} | rectangle(COLUMNS, "3"),
            id="a list of postcodes goes by name",
        ),
        pytest.param(
            difference(shapes(box(200, 200, 500, 500)), shapes(box(300, 200, 430, 500))),
            rectangle("D", "345"),
            rectangle("DF", "345"),
            rectangle("DF", "345"),
            id="whole takes away what is met, any what is wholly in",
        ),
        pytest.param(
            difference(
                shapes(box(200, 200, 500, 300)),
                difference(shapes(box(200, 200, 480, 300)), shapes(box(200, 200, 320, 300))),
            ),
            {"D3"},
            {"D3"},
            {"D3", "E3", "F3"},
            id="what is taken away from what is taken away counts as it stands",
        ),
        pytest.param(
            intersection(shapes(box(200, 200, 320, 300)), shapes(box(310, 200, 500, 300))),
            set(),
            set(),
            {"E3"},
            id="an intersection",
        ),
        pytest.param(
            union(shapes(box(200, 200, 330, 300)), shapes(box(330, 200, 400, 300))),
            {"D3"},
            {"D3", "E3"},
            {"D3", "E3"},
            id="a union counts each part by itself",
        ),
    ],
)
def test_an_area_has_the_units_found_by_hand(area, whole, centre, met):
    assert by_reach(area) == (whole, centre, met)


def test_what_lies_outside_is_the_rest_of_the_other_reach():
    inside = shapes(box(220, 220, 520, 520))

    whole, centre, met = by_reach(inside)
    whole_out, centre_out, met_out = by_reach(difference(EVERYTHING, inside))

    assert whole_out == set(NAMES) - met
    assert centre_out == set(NAMES) - centre
    assert met_out == set(NAMES) - whole


# --- teams ----------------------------------------------------------------------------------------

# The border of two teams runs 20 m west of the points of column E; a third overlaps both.
WESTERN, EASTERN = box(0, 200, 330, 500), box(330, 200, 700, 500)


def test_a_unit_on_the_border_of_two_teams_is_on_the_edge_of_each_and_inside_both():
    of = ground(areas={"T-1": WESTERN, "T-2": EASTERN})

    west, east, both = (by_reach(TeamsOnGrid(np.array(areas)), of) for areas in ([0], [1], [0, 1]))

    assert rectangle("E", "345").isdisjoint(west[0] | west[1] | east[0])
    assert rectangle("E", "345") <= west[2] & east[1] & east[2]
    assert rectangle("E", "345") <= both[0]
    assert both[0] == rectangle("BDEFG", "345")


@pytest.mark.parametrize(
    ("areas", "is_whole"),
    [
        pytest.param([box(0, 200, 330, 500), box(330.0009, 200, 700, 500)], True, id="thin gap"),
        pytest.param([box(0, 200, 330, 500), box(331, 200, 700, 500)], False, id="a metre between"),
        pytest.param([box(0, 200, 360, 500), box(340, 200, 700, 500)], True, id="overlapping"),
        pytest.param([box(0, 200, 360, 500), box(0, 200, 340, 500)], False, id="on one another"),
        pytest.param(
            [box(0, 200, 330, 500), box(330, 200, 700, 333), box(330, 333, 700, 500)],
            True,
            id="three, of which two give the border of the first with one vertex more",
        ),
        pytest.param(
            [box(0, 200, 330, 350), box(330, 200, 700, 350), box(330, 350, 700, 500)],
            False,
            id="three, and a corner that none has",
        ),
    ],
)
def test_a_cell_lies_in_areas_together_when_nothing_but_a_thin_gap_is_left(areas, is_whole):
    of = ground(areas={f"T-{number}": area for number, area in enumerate(areas)})
    together = TeamsOnGrid(np.arange(len(areas)))

    whole, centre, met = by_reach(together, of)

    assert ("E4" in whole) == is_whole
    assert "E4" in centre & met
    assert by_reach(shapes(*areas), of) == (whole, centre, met)


def test_an_area_that_crosses_itself_counts_as_what_geos_makes_of_it():
    crossing = [(0, 0), (700, 700), (700, 0), (0, 700)]
    bow_tie = shapely.Polygon([(WEST + x, SOUTH + y) for x, y in crossing])
    rest = box(0, 0, 700, 700) - shapely.make_valid(bow_tie)
    of = ground(areas={"T-1": bow_tie, "T-2": rest})

    whole, centre, _ = by_reach(TeamsOnGrid(np.array([0, 1])), of)

    assert rectangle("BDEFG", "23456") <= whole
    assert centre == set(NAMES)


# --- units without a cell, and units that share one -----------------------------------------------


def test_a_unit_without_a_cell_counts_by_its_point():
    of = ground(has_cell=lambda postcode: postcode != "SY1 4AE")

    assert all("E4" in found for found in by_reach(shapes(box(310, 310, 360, 360)), of))
    assert all("E4" not in found for found in by_reach(shapes(box(310, 310, 340, 340)), of))


def test_a_unit_that_is_not_in_the_directory_counts_by_its_point():
    of = ground(
        {**UNITS, "SY1 8ZZ": (WEST + 350, SOUTH + 350)}, has_cell=lambda name: "8" not in name
    )

    whole, centre, met = by_reach(shapes(box(310, 310, 360, 360)), of)

    assert (whole, centre) == ({"SY1 8ZZ"}, {"SY1 8ZZ", "E4"})
    assert met == centre


def test_units_at_one_point_are_in_an_area_together():
    of = ground({**UNITS, "SY1 8ZZ": (WEST + 350, SOUTH + 350)})

    whole, centre, met = by_reach(shapes(box(310, 310, 360, 360)), of)

    assert whole == set()
    assert centre == met == {"SY1 8ZZ", "E4"}


def test_without_cells_every_reach_is_the_point():
    directory = directory_of(dict(sorted(UNITS.items())))
    of = ground_of(directory, layer_of({"T-0": box(0, 0, 700, 700)}))

    assert of.cell_index is None
    assert (of.cell == -1).all()
    for area in (shapes(box(220, 200, 520, 400)), CircleOnGrid(*MIDDLE, 70.0)):
        whole, centre, met = by_reach(area, of)
        assert whole == centre == met


def test_an_area_without_ground_has_no_unit_by_any_reach():
    assert by_reach(shapes(shapely.Polygon())) == (set(), set(), set())


def test_a_polygon_far_larger_than_the_units_has_all_of_their_ground():
    far = shapes(shapely.box(0, 0, 700_000, 1_300_000))

    assert by_reach(far) == (set(NAMES),) * 3
