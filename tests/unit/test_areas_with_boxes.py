"""Geometries that bring their bounding box along (RFC 7946, section 5)."""

import json

import jsonschema_rs
import pytest

from geo_alerts.audiences.reading import read_area
from geo_alerts.audiences.targets.areas import AREA_ADAPTER, area_schema
from geo_alerts.errors import InvalidAreaError

RING = [[-2.75, 52.70], [-2.74, 52.70], [-2.74, 52.71], [-2.75, 52.70]]
GEOMETRIES = [
    {"type": "Polygon", "coordinates": [RING]},
    {"type": "MultiPolygon", "coordinates": [[RING]]},
]
BOXES = [
    [-2.75, 52.7, -2.74, 52.71],
    [-2.75, 52.7, 0, -2.74, 52.71, 100],
    [0, 0, 0, 0],  # not the box of the shape, which nobody looks at
]
NO_BOXES = [
    pytest.param([], "/geometry/bbox: has 0 items; 4 or 6 are wanted", id="empty"),
    pytest.param([1, 2, 3], "/geometry/bbox: has 3 items", id="three"),
    pytest.param([1, 2, 3, 4, 5], "/geometry/bbox: has 5 items", id="five"),
    pytest.param([1] * 7, "/geometry/bbox: has 7 items", id="seven"),
    pytest.param([1, 2, 3, "4"], "/geometry/bbox/3: ", id="text"),
    pytest.param([1, 2, 3, None], "/geometry/bbox/3: ", id="null inside"),
    pytest.param([1, 2, 3, True], "/geometry/bbox/3: ", id="flag"),
    pytest.param([1, 2, 3, float("inf")], "/geometry/bbox/3: ", id="without end"),
    pytest.param(None, "/geometry/bbox: ", id="null"),
    pytest.param({"west": 1}, "/geometry/bbox: ", id="object"),
]


def area(geometry):
    return {"type": "polygon", "geometry": geometry}


@pytest.mark.parametrize("box", BOXES, ids=len)
@pytest.mark.parametrize("geometry", GEOMETRIES, ids=lambda geometry: geometry["type"])
def test_a_box_beside_a_shape_is_read_and_not_kept(geometry, box):
    plain = read_area(json.dumps(area(geometry)))
    boxed = read_area(json.dumps(area(geometry | {"bbox": box})))
    assert boxed == plain
    assert hash(boxed) == hash(plain)
    assert json.loads(boxed.model_dump_json()) == area(geometry)
    assert AREA_ADAPTER.validate_python(area(geometry | {"bbox": box})) == plain


@pytest.mark.parametrize(("box", "words"), NO_BOXES)
@pytest.mark.parametrize("geometry", GEOMETRIES, ids=lambda geometry: geometry["type"])
def test_what_is_no_box_is_refused(geometry, box, words):
    with pytest.raises(InvalidAreaError, match=words):
        read_area(json.dumps(area(geometry | {"bbox": box})))


@pytest.mark.parametrize("geometry", GEOMETRIES, ids=lambda geometry: geometry["type"])
def test_a_box_is_the_only_further_member_of_a_shape(geometry):
    with pytest.raises(InvalidAreaError, match="/geometry/crs: is not a key"):
        read_area(json.dumps(area(geometry | {"crs": None})))


def test_the_schema_says_what_a_box_is():
    validator = jsonschema_rs.Draft202012Validator(area_schema())
    for geometry in GEOMETRIES:
        assert validator.is_valid(area(geometry))
        assert all(validator.is_valid(area(geometry | {"bbox": box})) for box in BOXES)
        for refused in NO_BOXES:
            box = refused.values[0]
            if box != [1, 2, 3, float("inf")]:  # JSON has no such number
                assert not validator.is_valid(area(geometry | {"bbox": box})), box
