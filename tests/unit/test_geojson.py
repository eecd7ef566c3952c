"""GeoJSON documents as areas; shapes that cannot be used, and what is offered in their place."""

import json
import math

import numpy as np
import pytest
import shapely
from pydantic import ValidationError

from geo_alerts.audiences.reading import (
    read_area,
    read_area_or_geojson,
    repaired_document,
)
from geo_alerts.audiences.targets.areas import AREA_ADAPTER, leaves_of
from geo_alerts.audiences.targets.repairing import repaired
from geo_alerts.errors import InvalidAreaError

RING = [[-2.75, 52.7], [-2.74, 52.7], [-2.74, 52.71], [-2.75, 52.7]]
SQUARE = {"type": "Polygon", "coordinates": [RING]}
# Two wings of 0.01 by 0.005 degrees that meet in the middle.
BOW_TIE = {
    "type": "Polygon",
    "coordinates": [[[-2.75, 52.7], [-2.74, 52.71], [-2.74, 52.7], [-2.75, 52.71], [-2.75, 52.7]]],
}
MIDDLE = [-2.745, 52.705]
LINE = {"type": "LineString", "coordinates": RING}


def feature(geometry):
    return {"type": "Feature", "properties": {"name": "x"}, "geometry": geometry}


def collection(*geometries):
    return {"type": "FeatureCollection", "features": [feature(one) for one in geometries]}


def polygon(geometry):
    return {"type": "polygon", "geometry": geometry}


def area_of(value):
    return read_area_or_geojson(json.dumps(value))


@pytest.mark.parametrize(
    "document",
    [
        SQUARE,
        feature(SQUARE),
        collection(SQUARE),
        {"type": "GeometryCollection", "geometries": [SQUARE]},
        collection({"type": "GeometryCollection", "geometries": [SQUARE]}),
        polygon(SQUARE),
    ],
    ids=lambda document: document["type"],
)
def test_a_document_with_one_polygon_is_its_area(document):
    assert area_of(document) == read_area(json.dumps(polygon(SQUARE)))


def test_several_polygons_are_what_is_in_any_of_them():
    both = area_of(collection(SQUARE, {"type": "MultiPolygon", "coordinates": [[RING]]}))
    assert both.type == "union"
    assert [leaf.geometry.type for leaf in leaves_of(both)] == ["Polygon", "MultiPolygon"]
    many = area_of(collection(*[SQUARE] * 151))
    assert len(list(leaves_of(many))) == 151
    assert AREA_ADAPTER.validate_json(many.model_dump_json()) == many


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (collection(), "has 0 polygons; 1 to 500 are wanted"),
        (collection(*[SQUARE] * 501), "has 501 polygons"),
        (collection(SQUARE, LINE), "/features/1/geometry: is no polygon, but a LineString"),
        (feature(None), "/geometry: is no polygon"),
        ({"type": "FeatureCollection", "features": {}}, "/features: must be a list"),
        (
            collection(SQUARE, BOW_TIE),
            (
                "/features/1/geometry/coordinates: lines of the shape cross or overlap at longitude"
                " -2.745, latitude 52.705; draw it without that, or let geo-alerts areas repair do"
                " so"
            ),
        ),
        (collection({"type": "Polygon"}), "/features/0/geometry/coordinates: is missing"),
    ],
)
def test_a_document_that_is_no_area_is_refused_with_the_place(document, words):
    with pytest.raises(InvalidAreaError) as refused:
        area_of(document)
    assert str(refused.value).startswith(words)


def test_what_is_no_json_is_refused():
    with pytest.raises(InvalidAreaError, match="no JSON"):
        read_area_or_geojson("{")
    with pytest.raises(InvalidAreaError, match="no JSON"):
        repaired_document("{")


def offer_for(value):
    with pytest.raises(ValidationError) as refused:
        AREA_ADAPTER.validate_python(value)
    (fault,) = refused.value.errors()
    return repaired(fault["ctx"]["faulty"])


def rounded(ring):
    return [tuple(round(ordinate, 9) for ordinate in position) for position in ring]


def test_of_a_bow_tie_both_wings_are_offered_with_the_crossing_as_their_corner():
    offer = offer_for(polygon(BOW_TIE))

    assert offer["type"] == "MultiPolygon"
    wings = {frozenset(rounded(ring)) for (ring,) in offer["coordinates"]}
    west = frozenset(rounded([[-2.75, 52.7], MIDDLE, [-2.75, 52.71]]))
    east = frozenset(rounded([[-2.74, 52.7], MIDDLE, [-2.74, 52.71]]))
    assert wings == {west, east}
    for (ring,) in offer["coordinates"]:
        assert shapely.is_ccw(shapely.LinearRing(ring))
    assert read_area(json.dumps(polygon(offer)))


def test_parts_that_overlap_are_offered_as_one():
    far = [[lon + 0.005, lat] for lon, lat in RING]
    offer = offer_for(polygon({"type": "MultiPolygon", "coordinates": [[RING], [far]]}))
    union = shapely.union_all([shapely.Polygon(RING), shapely.Polygon(far)])
    assert shapely.geometry.shape(offer).equals(union)


def test_a_line_that_goes_back_on_itself_encloses_nothing_to_offer():
    flat = [[-2.75, 52.7], [-2.74, 52.7], [-2.73, 52.7], [-2.75, 52.7]]
    assert offer_for(polygon({"type": "Polygon", "coordinates": [flat]})) is None


def star(points):
    """A ring that crosses itself about points * points / 2 times."""
    turn = 2 * math.pi * (points // 2) / points
    corners = [
        (-2.7 + 0.1 * math.cos(turn * at), 52.7 + 0.1 * math.sin(turn * at)) for at in range(points)
    ]
    return [*corners, corners[0]]


@pytest.mark.parametrize(("points", "is_offered"), [(5, True), (31, True), (101, False)])
def test_a_tangle_of_lines_is_not_repaired(points, is_offered):
    offer = offer_for(polygon({"type": "Polygon", "coordinates": [star(points)]}))
    assert (offer is not None) == is_offered


def test_a_comb_of_long_slanted_teeth_is_not_looked_at_for_long():
    """5,000 teeth side by side: their boxes meet, though no tooth meets another."""
    at = np.arange(5_000) / 50_000
    teeth = np.empty((len(at) * 2, 2))
    teeth[0::2] = np.column_stack([-3 + at, np.full_like(at, 52)])
    teeth[1::2] = np.column_stack([-2.95 + at, np.full_like(at, 52.05)])
    assert repaired(shapely.Polygon([*teeth, (-2.95, 52.0), teeth[0]])) is None


def test_a_document_is_written_again_with_each_shape_in_its_repaired_form():
    document = collection(SQUARE, BOW_TIE)
    mended, where = repaired_document(json.dumps(document))
    assert where == ["/features/1/geometry"]
    assert mended["features"][0] == document["features"][0]
    assert mended["features"][1]["properties"] == {"name": "x"}
    assert area_of(mended)


def test_a_target_area_is_repaired_however_deep_the_shape_is():
    team = {"type": "team", "codes": ["T1"], "edition": None}
    deep = {"type": "difference", "from": team, "without": [polygon(BOW_TIE), polygon(SQUARE)]}
    mended, where = repaired_document(json.dumps(deep))
    assert where == ["/without/0/geometry"]
    assert read_area(json.dumps(mended))
    assert repaired_document(json.dumps(mended))[1] == []


def test_what_cannot_be_repaired_is_told_with_the_reason():
    unclosed = {"type": "Polygon", "coordinates": [[*RING[:3], [-2.76, 52.7]]]}
    with pytest.raises(InvalidAreaError, match=r"^/geometry: cannot be repaired: ring 1 of"):
        repaired_document(json.dumps(feature(unclosed)))
