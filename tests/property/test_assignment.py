"""What holds of assignment whatever the layer and the points; whole metres, so edges are hit."""

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo_alerts.places.assignment import assign, margin_m, nearest_area
from geo_alerts.places.layer import Layer
from geo_alerts.places.point_index import PointIndex

metres = st.integers(0, 24)
points = st.lists(st.tuples(metres, metres), max_size=60)


@st.composite
def shapes(draw):
    """A rectangle, a triangle or two parts, some with a hole; valid, whole metres."""
    ring = draw(st.lists(st.tuples(metres, metres), min_size=3, max_size=3, unique=True))
    triangle = shapely.Polygon(ring)
    x, y, width, height = (draw(st.integers(a, b)) for a, b in ((0, 20), (0, 20), (1, 9), (1, 9)))
    rectangle = shapely.box(x, y, x + width, y + height)
    if width > 4 and height > 4 and draw(st.booleans()):
        rectangle = rectangle.difference(shapely.box(x + 2, y + 2, x + width - 2, y + height - 2))
    kind = draw(st.sampled_from(["rectangle", "triangle", "apart"]))
    if kind == "triangle" and triangle.area > 0:
        return triangle
    if kind == "apart":
        return shapely.union(rectangle, shapely.box(30, 30, 33, 35))
    return rectangle


layers = st.lists(shapes(), max_size=12)


def arrays(pairs, dx=0, dy=0):
    flat = np.array(pairs, dtype=float).reshape(-1, 2)
    return flat[:, 0] + dx, flat[:, 1] + dy


def layer_of(geometries, order=None):
    order = range(len(geometries)) if order is None else order
    codes = [f"{i:02d}" for i in order]
    return Layer.from_columns("test", codes, codes, [geometries[i] for i in order])


def as_sets(assignment):
    bounds = zip(assignment.offset[:-1], assignment.offset[1:], strict=True)
    return [assignment.area[start:end].tolist() for start, end in bounds]


@given(points, layers)
def test_a_points_areas_are_those_that_cover_it_tested_one_by_one(pairs, geometries):
    east, north = arrays(pairs)
    expected = [
        [i for i, shape in enumerate(geometries) if shape.covers(shapely.Point(x, y))]
        for x, y in pairs
    ]
    assignment = assign(east, north, layer_of(geometries))
    assert as_sets(assignment) == expected
    assert assignment.first.tolist() == [areas[0] if areas else -1 for areas in expected]


@given(points, layers, st.randoms(use_true_random=False))
def test_the_order_of_the_polygons_does_not_matter(pairs, geometries, random):
    east, north = arrays(pairs)
    shuffled = random.sample(range(len(geometries)), len(geometries))
    one = assign(east, north, layer_of(geometries))
    other = assign(east, north, layer_of(geometries, shuffled))
    assert as_sets(one) == as_sets(other)
    assert one.first.tolist() == other.first.tolist()


@given(points, layers, st.integers(0, 600_000), st.integers(0, 1_200_000))
def test_moving_everything_by_whole_metres_does_not_matter(pairs, geometries, dx, dy):
    moved = [shapely.transform(shape, lambda c: np.add(c, (dx, dy))) for shape in geometries]
    here, there = layer_of(geometries), layer_of(moved)
    one, other = assign(*arrays(pairs), here), assign(*arrays(pairs, dx, dy), there)
    assert as_sets(one) == as_sets(other)
    np.testing.assert_allclose(
        margin_m(*arrays(pairs), here, one.first),
        margin_m(*arrays(pairs, dx, dy), there, other.first),
        atol=1e-6,
    )


@given(points, shapes())
def test_inside_and_outside_make_all(pairs, shape):
    east, north = arrays(pairs)
    index = PointIndex(east, north)
    everything = shapely.box(-10, -10, 50, 50)
    inside = index.covered_by(shape)
    outside = index.covered_by(everything.difference(shape))
    edge = index.covered_by(shape.boundary)
    assert np.array_equal(np.union1d(inside, outside), np.arange(len(pairs)))
    assert np.array_equal(np.intersect1d(inside, outside), edge)


@given(points, layers)
def test_every_margin_is_the_distance_to_the_boundary(pairs, geometries):
    east, north = arrays(pairs)
    first = assign(east, north, layer_of(geometries)).first
    margins = margin_m(east, north, layer_of(geometries), first)
    for (x, y), area, margin in zip(pairs, first, margins, strict=True):
        if area < 0:
            assert np.isnan(margin)
        else:
            assert margin == shapely.distance(geometries[area].boundary, shapely.Point(x, y))


@given(points, layers)
def test_the_nearest_area_is_the_one_found_by_trying_all(pairs, geometries):
    east, north = arrays(pairs)
    index, away_m = nearest_area(east, north, layer_of(geometries))
    for (x, y), area, distance_m in zip(pairs, index, away_m, strict=True):
        all_m = [shapely.distance(shape, shapely.Point(x, y)) for shape in geometries]
        if all_m:
            assert (area, distance_m) == (int(np.argmin(all_m)), min(all_m))
        else:
            assert (area, np.isnan(distance_m)) == (-1, True)


@given(points, metres, metres, st.integers(0, 30))
def test_within_a_distance_is_what_squares_of_whole_numbers_say(pairs, x, y, reach):
    index = PointIndex(*arrays(pairs))
    expected = [i for i, (a, b) in enumerate(pairs) if (a - x) ** 2 + (b - y) ** 2 <= reach**2]
    assert index.within(x, y, reach).tolist() == expected


@given(points, metres, metres, st.integers(0, 70))
def test_the_nearest_points_are_those_of_a_sort_by_distance(pairs, x, y, count):
    rows, away_m = PointIndex(*arrays(pairs)).nearest(x, y, count=count)
    order = sorted(range(len(pairs)), key=lambda i: (np.hypot(pairs[i][0] - x, pairs[i][1] - y), i))
    assert rows.tolist() == order[:count]
    assert (np.diff(away_m) >= 0).all()
