"""Where areas together end, and the boxes of the pieces of their outline. Metres by hand."""

import numpy as np
import shapely

from geo_alerts.places.outlines import PIECE_M, boxes, outline

LEFT, RIGHT = shapely.box(0, 0, 10, 10), shapely.box(10, 0, 30, 10)


def edges(*areas):
    """The edges of some areas, whichever way they go."""
    found = outline(np.array(areas, dtype=object))
    pairs = zip(found.start.tolist(), found.end.tolist(), strict=True)
    return {frozenset(map(tuple, pair)) for pair in pairs}


def ring(*corners):
    return {frozenset(pair) for pair in zip(corners, (*corners[1:], corners[0]), strict=True)}


def test_one_area_ends_at_all_of_its_rings():
    holed = shapely.box(0, 0, 10, 10) - shapely.box(4, 4, 6, 6)

    assert edges(holed) == ring((0, 0), (10, 0), (10, 10), (0, 10)) | ring(
        (4, 4), (6, 4), (6, 6), (4, 6)
    )


def test_areas_do_not_end_at_the_edge_that_they_share():
    both = ring((0, 0), (10, 0), (30, 0), (30, 10), (10, 10), (0, 10))

    assert edges(LEFT, RIGHT) == both
    assert edges(LEFT.reverse(), RIGHT) == both
    assert edges(shapely.MultiPolygon([LEFT]), RIGHT) == both


def test_a_hole_that_another_area_fills_is_no_end():
    middle = shapely.box(4, 4, 6, 6)

    assert edges(LEFT - middle, middle) == edges(LEFT)


def test_an_edge_that_two_areas_have_on_the_same_side_stays():
    assert edges(LEFT, LEFT.reverse()) == edges(LEFT)


def test_an_edge_given_with_another_vertex_stays():
    upper, lower = shapely.box(10, 5, 30, 10), shapely.box(10, 0, 30, 5)

    assert frozenset([(10, 0), (10, 10)]) in edges(LEFT, upper, lower)
    assert frozenset([(10, 5), (30, 5)]) not in edges(LEFT, upper, lower)


def test_nothing_ends_nowhere():
    assert edges() == edges(shapely.Polygon()) == set()
    assert boxes(outline(np.array([shapely.Polygon()], dtype=object))).shape == (0, 4)


def test_boxes_hold_every_edge_and_are_no_longer_than_two_pieces():
    # A long straight edge, and a circle of many short ones.
    areas = [shapely.box(0, 0, 50_000, 100), shapely.Point(90_000, 0).buffer(5_000, quad_segs=500)]
    found = boxes(outline(np.array(areas, dtype=object)))

    # A box along a straight edge has no ground of its own.
    wider = shapely.union_all(shapely.box(*(found + 0.001 * np.array([-1, -1, 1, 1])).T))
    assert shapely.covers(wider, shapely.boundary(areas)).all()
    assert (found[:, 2:] - found[:, :2]).max() <= 2 * PIECE_M
    assert len(found) < 1.5 * sum(area.length for area in areas) / PIECE_M + 2
