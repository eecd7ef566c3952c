"""What holds of reach wherever units and areas are; and the engine against every cell by itself.

Units stand on whole 100 m and areas have their corners on whole 50 m, so that outlines run along
the edges of cells and through their corners and points.
"""

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo_alerts.audiences.units.on_grid import (
    CircleOnGrid,
    CombinationOnGrid,
    CorridorOnGrid,
    PostcodesOnGrid,
    ShapesOnGrid,
    SurroundingsOnGrid,
    TeamsOnGrid,
)
from geo_alerts.audiences.units.reach import units_by_reach, units_in
from geo_alerts.places.cells import Cells
from geo_alerts.places.postcode_keys import run_of
from geo_alerts.places.postcodes import parse_part
from tests.audience_world import directory_of, ground_of, layer_of

WEST, SOUTH = 400_000, 300_000
A_MILLIMETRE = 0.001

steps = st.integers(0, 10)
points = st.tuples(steps, steps).map(lambda at: (WEST + at[0] * 100, SOUTH + at[1] * 100))
corners = st.tuples(st.integers(-2, 22), st.integers(-2, 22)).map(
    lambda at: (WEST + at[0] * 50, SOUTH + at[1] * 50)
)
widths = st.integers(1, 12).map(lambda step: step * 50.0) | st.floats(1, 600)
postcodes = st.builds(
    "SY{} {}A{}".format, st.integers(1, 3), st.integers(1, 3), st.sampled_from("ABD")
)


def boxes():
    pairs = st.tuples(corners, corners).filter(lambda p: p[0][0] != p[1][0] and p[0][1] != p[1][1])
    return pairs.map(lambda pair: shapely.box(*np.min(pair, axis=0), *np.max(pair, axis=0)))


def rings():
    drawn = st.lists(corners, min_size=3, max_size=6, unique=True).map(shapely.Polygon)
    return drawn.filter(lambda polygon: polygon.is_valid and polygon.area > 0)


def holed():
    """Boxes with a box cut out: rings with a hole, two parts, or a notch."""
    cut = st.tuples(boxes(), boxes()).map(lambda pair: pair[0] - pair[1])
    return cut.filter(lambda left: left.area > 0)


areas = st.one_of(boxes(), rings(), holed())


@st.composite
def grounds(draw):
    """Up to twenty units, some without a cell or a point, and up to four teams."""
    units = draw(st.dictionaries(postcodes, points, min_size=1, max_size=20))
    units = dict(sorted(units.items()))
    position = np.array(list(units.values()), dtype=float)
    bare = draw(st.sets(st.sampled_from(list(units)), max_size=2))
    position[[name in bare and draw(st.booleans()) for name in units]] = np.nan
    cells = Cells.build(*position.T, np.array([name not in bare for name in units]))
    placed = dict(zip(units, map(tuple, position.tolist()), strict=True))
    teams = draw(st.lists(areas, min_size=1, max_size=4))
    layer = layer_of({f"T-{number}": area for number, area in enumerate(teams)})
    return ground_of(directory_of(placed), layer, cells)


def listed(texts):
    runs = np.array([run_of(parse_part(text)) for text in texts], dtype=np.uint64)
    return PostcodesOnGrid(runs[:, 0], runs[:, 1])


shapes = st.lists(areas, min_size=1, max_size=3).map(
    lambda some: ShapesOnGrid(np.array(some, dtype=object))
)
circles = st.builds(lambda at, metres: CircleOnGrid(*map(float, at), metres), corners, widths)
lines = st.lists(corners, min_size=2, max_size=4, unique=True).map(shapely.LineString)
corridors = st.builds(CorridorOnGrid, lines, widths)
lists = st.lists(postcodes | st.sampled_from(["SY1", "SY2 1"]), min_size=1, max_size=4).map(listed)
surroundings = st.builds(
    SurroundingsOnGrid, st.lists(areas, min_size=1, max_size=3).map(shapely.union_all), widths
)
leaves = st.one_of(shapes, circles, corridors, surroundings, lists)
expressions = st.recursive(
    leaves,
    lambda inner: st.builds(
        CombinationOnGrid,
        st.sampled_from(["union", "intersection", "difference"]),
        st.lists(inner, min_size=2, max_size=3).map(tuple),
    ),
    max_leaves=6,
)


def sets_of(area, ground):
    found = units_by_reach(area, ground)
    for reach in ("whole", "centre", "any"):
        assert np.array_equal(units_in(area, ground, reach), found.of(reach))
    return tuple(set(found.of(reach).tolist()) for reach in ("whole", "centre", "any"))


def cores(ground):
    """For each unit its cell without the outermost millimetre, None where it has no cell."""
    rows = ground.directory.find(ground.units.postcode)
    polygons = ground.cells.polygons(rows)
    return [
        None if cell is None else cell.buffer(-A_MILLIMETRE, join_style="mitre")
        for cell in polygons
    ]


def by_cell(ground, covers_point, meets, holds):
    """The sets of an area, by asking every unit in turn."""
    whole, centre, met = set(), set(), set()
    units = zip(ground.units.easting, ground.units.northing, cores(ground), strict=True)
    for row, (easting, northing, core) in enumerate(units):
        if np.isfinite(easting) and covers_point(shapely.Point(easting, northing)):
            centre.add(row)
        if (row in centre) if core is None else meets(core):
            met.add(row)
        if (row in centre) if core is None else holds(core):
            whole.add(row)
    return whole, centre, met


def by_cell_in_areas(ground, geometries):
    def holds(core):
        if any(area.covers(core) for area in geometries):
            return True
        left = core - shapely.union_all(geometries)
        return left.area <= A_MILLIMETRE * core.length

    return by_cell(
        ground,
        lambda point: any(area.covers(point) for area in geometries),
        lambda core: any(area.intersects(core) for area in geometries),
        holds,
    )


@given(grounds(), shapes)
def test_shapes_have_the_cells_that_each_cell_by_itself_is_found_to_be_in(ground, leaf):
    assert sets_of(leaf, ground) == by_cell_in_areas(ground, leaf.geometries)


@given(grounds(), st.data())
def test_teams_have_the_cells_that_each_cell_by_itself_is_found_to_be_in(ground, data):
    number = st.integers(0, len(ground.layer) - 1)
    asked = np.array(sorted(data.draw(st.sets(number, min_size=1))))
    expected = by_cell_in_areas(ground, ground.layer.geometry[asked])
    assert sets_of(TeamsOnGrid(asked), ground) == expected


@given(grounds(), circles)
def test_circles_have_the_cells_whose_nearest_and_farthest_places_are_in_them(ground, leaf):
    centre = shapely.Point(leaf.easting, leaf.northing)

    def holds(core):
        return all(
            shapely.Point(corner).distance(centre) <= leaf.metres for corner in core.exterior.coords
        )

    near = centre.distance
    expected = by_cell(
        ground, lambda at: near(at) <= leaf.metres, lambda core: near(core) <= leaf.metres, holds
    )
    assert sets_of(leaf, ground) == expected


@given(grounds(), corridors)
def test_corridors_have_the_cells_none_of_whose_places_is_too_far_from_the_line(ground, leaf):
    # The farthest place is looked for among places no farther apart than 1/24 of a cell.
    def farthest_m(core):
        west, south, east, north = core.bounds
        x, y = np.meshgrid(np.linspace(west, east, 25), np.linspace(south, north, 25))
        inside = shapely.points(x.ravel(), y.ravel())
        inside = inside[core.covers(inside)]
        corner = shapely.points(shapely.get_coordinates(core.segmentize(20)))
        return shapely.distance(leaf.line, np.concatenate([inside, corner])).max()

    near = leaf.line.distance
    whole, centre, met = sets_of(leaf, ground)
    most, expected, expected_met = by_cell(
        ground,
        lambda at: near(at) <= leaf.metres,
        lambda core: near(core) <= leaf.metres,
        lambda core: farthest_m(core) <= leaf.metres,
    )
    least, _, _ = by_cell(
        ground,
        lambda at: near(at) <= leaf.metres,
        lambda core: True,  # noqa: ARG005 - asked of the third only
        lambda core: farthest_m(core) + shapely.minimum_bounding_radius(core) / 10 <= leaf.metres,
    )
    assert (centre, met) == (expected, expected_met)
    assert least <= whole <= most


@given(grounds(), surroundings)
def test_surroundings_have_the_cells_that_are_near_the_areas_with_all_their_ground(ground, leaf):
    near = leaf.geometry.distance
    # Between outlines that lie within the true one and around it, both nearer than our chords.
    within = leaf.geometry.buffer(leaf.metres * 0.999, quad_segs=256)
    around = leaf.geometry.buffer(leaf.metres * 1.0001, quad_segs=256)
    whole, centre, met = sets_of(leaf, ground)
    expected = by_cell(
        ground,
        lambda at: near(at) <= leaf.metres,
        lambda core: near(core) <= leaf.metres,
        around.covers,
    )
    least, _, _ = by_cell(ground, lambda at: near(at) <= leaf.metres, around.covers, within.covers)
    assert (centre, met) == expected[1:]
    assert least <= whole <= expected[0]


@given(grounds(), expressions)
def test_wholly_in_is_in_by_the_point_and_in_by_the_point_is_met(ground, area):
    whole, centre, met = sets_of(area, ground)
    assert whole <= centre <= met


@given(grounds(), expressions)
def test_combinations_are_the_sets_of_their_parts_and_turn_round_what_is_taken_away(ground, area):
    def by_hand(part):
        if not isinstance(part, CombinationOnGrid):
            return sets_of(part, ground)
        first, *others = map(by_hand, part.parts)
        turned = [other[::-1] if part.kind == "difference" else other for other in others]
        combine = {
            "union": set.union,
            "intersection": set.intersection,
            "difference": set.difference,
        }[part.kind]
        return tuple(combine(one, *[other[at] for other in turned]) for at, one in enumerate(first))

    assert sets_of(area, ground) == by_hand(area)


@given(grounds(), expressions)
def test_what_lies_wholly_outside_is_what_is_not_met(ground, area):
    everything = listed(["SY1", "SY2", "SY3"])
    everybody = set(range(len(ground.units.postcode)))
    whole, centre, met = sets_of(area, ground)
    outside = sets_of(CombinationOnGrid("difference", (everything, area)), ground)
    assert outside == (everybody - met, everybody - centre, everybody - whole)


@given(grounds(), shapes, shapes)
def test_a_union_of_areas_in_one_leaf_has_what_the_union_of_leaves_has_and_perhaps_more_wholly(
    ground, one, other
):
    together = ShapesOnGrid(np.concatenate([one.geometries, other.geometries]))
    apart = CombinationOnGrid("union", (one, other))
    (whole, centre, met), (least, same_centre, same_met) = (
        sets_of(area, ground) for area in (together, apart)
    )
    assert (centre, met) == (same_centre, same_met)
    assert least <= whole
