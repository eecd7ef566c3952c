"""What is said of a value that is no area: for whoever typed it, without words of the library."""

import json

import pytest

from geo_alerts.audiences.reading import read_area, read_selection
from geo_alerts.errors import InvalidAreaError

TEAM = {"type": "team", "codes": ["A"]}
RADIUS = {"type": "radius", "centre": {"longitude": -2.75, "latitude": 52.7}, "metres": 400}
POLYGON = {"type": "Polygon", "coordinates": []}
KINDS = (
    "wanted team, boundary, polygon, rectangle, radius, corridor, postcodes, hotspots, "
    "saved, union, intersection or difference "
    '(a GeoJSON shape goes in as {"type": "polygon", "geometry": …})'
)
RANGE = "/metres: must be more than 0 and at most 200000 metres"
OUTSIDE = "is outside Great Britain; longitude comes first"


def centred(**centre):
    return RADIUS | {"centre": {"longitude": -2.75, "latitude": 52.7} | centre}


def shaped(geometry):
    return {"type": "polygon", "geometry": geometry}


TOLD = [
    ({"type": "circle"}, f"'circle' is no kind of area; {KINDS}"),
    (POLYGON, f"'Polygon' is no kind of area; {KINDS}"),
    ({"type": 5}, f"'5' is no kind of area; {KINDS}"),
    ({"type": "x" * 100}, f"'{'x' * 40}' is no kind of area; {KINDS}"),
    ({"type": "union", "areas": [{"type": "o"}]}, f"/areas/0: 'o' is no kind of area; {KINDS}"),
    (
        shaped({"type": "Point", "coordinates": [-2.75, 52.7]}),
        "/geometry: 'Point' is no kind of shape; wanted Polygon or MultiPolygon",
    ),
    (RADIUS | {"metres": 0}, RANGE),
    (RADIUS | {"metres": -1}, RANGE),
    (RADIUS | {"metres": 200_000.5}, RANGE),
    (centred(longitude=52.7), f"/centre/longitude: {OUTSIDE}"),
    (centred(longitude=-10.1), f"/centre/longitude: {OUTSIDE}"),
    (centred(latitude=-2.75), f"/centre/latitude: {OUTSIDE}"),
    (centred(latitude=62.1), f"/centre/latitude: {OUTSIDE}"),
    (RADIUS | {"metres": "400"}, "/metres: must be a number"),
    (RADIUS | {"metres": None}, "/metres: must be a number"),
    (centred(longitude=[]), "/centre/longitude: must be a number"),
    (RADIUS | {"centre": "SY1 1AA"}, "/centre: must be an object"),
    (RADIUS | {"centre": {"postcode": 1}}, "/centre/postcode: must be text"),
    (TEAM | {"codes": "A"}, "/codes: must be a list"),
    (TEAM | {"codes": [1]}, "/codes/0: must be text"),
    (TEAM | {"codes": ["A"] * 501}, "/codes: must have at most 500 items"),
    (shaped(5), "/geometry: must be an object"),
    (5, "must be an object"),
]


@pytest.mark.parametrize(("value", "words"), TOLD, ids=[words[:50] for _, words in TOLD])
def test_a_fault_of_an_area_is_told_in_plain_words(value, words):
    with pytest.raises(InvalidAreaError) as told:
        read_area(json.dumps(value))
    assert str(told.value) == words


def test_a_fault_of_a_selection_is_told_in_the_same_words():
    with pytest.raises(InvalidAreaError) as told:
        read_selection(json.dumps({"area": RADIUS | {"metres": 0}, "channels": ["post"]}))
    assert str(told.value) == f"/area{RANGE}; /channels/0: must be 'email', 'text' or 'voice'"


def test_both_ordinates_that_were_changed_over_are_told():
    with pytest.raises(InvalidAreaError) as told:
        read_area(json.dumps(centred(longitude=52.7, latitude=-2.75)))
    assert str(told.value) == f"/centre/longitude: {OUTSIDE}; /centre/latitude: {OUTSIDE}"
