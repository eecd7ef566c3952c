"""Shapes as people type and paste them: what is read, and what is told of what cannot be used."""

import json

import pytest

from geo_alerts.audiences.typed_shapes import read_shapes
from geo_alerts.errors import InvalidAreaError

RING = [[-2.75, 52.7], [-2.74, 52.7], [-2.74, 52.71], [-2.75, 52.7]]
POLYGON = {"type": "Polygon", "coordinates": [RING]}
BOW_TIE = {
    "type": "Polygon",
    "coordinates": [[[-2.75, 52.7], [-2.74, 52.71], [-2.74, 52.7], [-2.75, 52.71], [-2.75, 52.7]]],
}


def only(text, form="polygon", metres=100.0):
    (shape,) = read_shapes(text, form, metres)
    return shape


def as_json(shape):
    return shape.area.model_dump(mode="json", by_alias=True)


@pytest.mark.parametrize(
    "text",
    [
        "52.7, -2.75\n52.7, -2.74\n52.71, -2.74",
        "-2.75 52.7; -2.74 52.7; -2.74 52.71",
        "-2.75,52.7 -2.74,52.7 -2.74,52.71",
        "(52.7, -2.75)\n(52.7, -2.74)\n(52.71, -2.74)\n(52.7, -2.75)",
        "POLYGON ((-2.75 52.7, -2.74 52.7, -2.74 52.71, -2.75 52.7))",
        "SRID=4326;polygon((-2.75 52.7,\n -2.74 52.7, -2.74 52.71, -2.75 52.7))",
        json.dumps(POLYGON),
        json.dumps({"type": "Feature", "properties": None, "geometry": POLYGON}),
    ],
)
def test_a_polygon_is_the_same_however_it_is_written(text):
    assert as_json(only(text))["geometry"]["coordinates"] == [RING]


def test_eastings_and_northings_and_grid_references_are_put_in_degrees():
    in_metres = only("349231 312531\n350231 312531\n350231 313531")
    as_wkt = only("POLYGON((349231 312531, 350231 312531, 350231 313531, 349231 312531))")
    assert as_json(in_metres) == as_json(as_wkt)
    first = as_json(in_metres)["geometry"]["coordinates"][0][0]
    assert first == pytest.approx([-2.7528, 52.7081], abs=1e-3)
    circle = only("SJ 4923 1253", "circle", 400.0)
    assert as_json(circle)["centre"]["latitude"] == pytest.approx(52.7081, abs=1e-3)
    assert circle.area.metres == 400


def test_lines_reach_as_far_as_is_said():
    line = only("52.7, -2.75\n52.71, -2.74", "line", 250.0)
    assert (line.area.type, line.area.metres) == ("corridor", 250)
    feature = {
        "type": "Feature",
        "properties": {"name": " River ", "metres": 30},
        "geometry": {"type": "LineString", "coordinates": RING[:2]},
    }
    from_file = only(json.dumps(feature))
    assert (from_file.name, from_file.area.metres) == ("River", 30)


def test_each_feature_is_told_by_its_number_and_a_repair_is_offered():
    features = [
        {"type": "Feature", "properties": {"name": "Good"}, "geometry": POLYGON},
        {"type": "Feature", "properties": {}, "geometry": BOW_TIE},
        {"type": "Feature", "properties": {}, "geometry": None},
        {"type": "Feature", "properties": {}, "geometry": {"type": "MultiPoint"}},
        "nonsense",
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    good, crossed, empty, points, nonsense = read_shapes(text, "polygon", 100.0)
    assert (good.number, good.name, good.fault) == (1, "Good", None)
    assert crossed.number == 2
    assert crossed.area is None
    assert crossed.fault.startswith("lines of the shape cross")
    assert crossed.repaired["type"] == "MultiPolygon"
    assert (empty.fault, nonsense.fault) == ("has no geometry", "has no geometry")
    assert points.fault == "is a MultiPoint, and no polygon, line or point"


def test_a_file_that_was_written_here_gives_the_areas_that_it_was_made_of():
    circle = {"type": "radius", "centre": {"postcode": "SY1 1AD"}, "metres": 400}
    features = [
        {"type": "Feature", "properties": {"role": "target"}, "geometry": POLYGON},
        {
            "type": "Feature",
            "properties": {"role": "added", "name": "a circle", "area": circle},
            "geometry": POLYGON,
        },
        {
            "type": "Feature",
            "properties": {"role": "taken away", "area": {"type": "team", "codes": ["T1"]}},
            "geometry": POLYGON,
        },
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    added, taken = read_shapes(text, "polygon", 100.0)
    assert (as_json(added), added.taken_away, added.name) == (circle, False, "a circle")
    assert (taken.area.codes, taken.taken_away) == (("T1",), True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("52.7, -2.75\n52.7, -2.74", "holds 2 positions; a polygon wants at least 3"),
        ("52.7, -2.75\nhere\n52.71, -2.74", "position 2, “here”, is none in Great Britain"),
        ("48.9, 2.35", "position 1, “48.9, 2.35”, is none in Great Britain"),
        ('{"type": "FeatureCollection"}', "is a FeatureCollection without features"),
        ('{"type": "FeatureCollection", "features": []}', "holds 0 shapes; 1 to 500 are wanted"),
        ('{"type": ', "begins as GeoJSON does, but is no JSON"),
    ],
)
def test_what_cannot_be_read_is_told_in_plain_words(text, told):
    with pytest.raises(InvalidAreaError) as caught:
        read_shapes(text, "polygon", 100.0)
    assert str(caught.value).startswith(told)


def test_well_known_text_that_is_broken_is_told_beside_the_rest():
    broken, good = read_shapes("POLYGON((1 2, 3\nPOINT(-2.75 52.7)", "polygon", 50.0)
    assert broken.fault.startswith("cannot be read as well-known text")
    assert as_json(good) == {
        "type": "radius",
        "centre": {"longitude": -2.75, "latitude": 52.7},
        "metres": 50,
    }


def test_long_runs_of_blanks_are_read_at_once():
    # Expressions that try every way to part such a run would take an hour, and let no other thread
    # of the server work meanwhile.
    blanks = " " * 200_000
    assert only(f"POINT (-2.75 52.7){blanks}x").fault.startswith("cannot be read")
    with pytest.raises(InvalidAreaError, match=r"position 1, “52\.7"):
        read_shapes(f"52.7{blanks}x\n52.7 -2.75", "circle", 50.0)


def test_too_many_positions_and_shapes_are_refused_before_each_is_read():
    with pytest.raises(InvalidAreaError, match="holds 50001 positions; at most 50000 are wanted"):
        read_shapes("here\n" * 50_001, "polygon", 50.0)
    with pytest.raises(InvalidAreaError, match="holds 501 shapes; 1 to 500 are wanted"):
        read_shapes("POINT(1 2\n" * 501, "polygon", 50.0)
    # Each position is a circle: that none of them can be read is not what is said.
    with pytest.raises(InvalidAreaError, match="holds 501 shapes; 1 to 500 are wanted"):
        read_shapes("here\n" * 501, "circle", 50.0)
