"""Which values are target areas and selections, and what is said of those that are not."""

import json

import jsonschema_rs
import numpy as np
import pytest
from pydantic import ValidationError

from geo_alerts.audiences.reading import json_pointer, read_area, read_selection
from geo_alerts.audiences.selection import Selection, selection_schema
from geo_alerts.audiences.targets.areas import (
    AREA_ADAPTER,
    MAX_LEAVES,
    MAX_VERTICES,
    area_schema,
    depth_of,
    leaves_of,
)
from geo_alerts.errors import InvalidAreaError

TEAM = {"type": "team", "codes": ["SNT-012"], "edition": None}
RADIUS = {"type": "radius", "centre": {"postcode": "SY1 1AD"}, "metres": 400.0}
POINT_RADIUS = {
    "type": "radius",
    "centre": {"longitude": -2.7527, "latitude": 52.7073},
    "metres": 0.5,
}
POSTCODES = {"type": "postcodes", "postcodes": ["sy11ad", "SY1 2", "TF9"]}
RING = [[-2.75, 52.7], [-2.74, 52.7], [-2.74, 52.71], [-2.75, 52.7]]
HOLE = [[-2.745, 52.702], [-2.742, 52.704], [-2.742, 52.702], [-2.745, 52.702]]
FAR_RING = [[-1.75, 52.7], [-1.74, 52.7], [-1.74, 52.71], [-1.75, 52.7]]
HOLDING = {"type": "radius", "centre": {"postcode": "SY1 1AD"}, "holding": 500}
RECTANGLE = {"type": "rectangle", "west": -2.76, "south": 52.7, "east": -2.74, "north": 52.71}
LINE = [[-2.75, 52.7], [-2.74, 52.71], [-2.74, 52.72]]


HOTSPOTS = {"type": "hotspots", "layer": "5f2a9c01d3e47b68a1c0b2d4", "metres": 100.0}


def corridor(positions, metres=100.0):
    line = {"type": "LineString", "coordinates": positions}
    return {"type": "corridor", "line": line, "metres": metres}


def polygon(*rings):
    return {"type": "polygon", "geometry": {"type": "Polygon", "coordinates": list(rings)}}


def multipolygon(*polygons):
    geometry = {"type": "MultiPolygon", "coordinates": list(polygons)}
    return {"type": "polygon", "geometry": geometry}


def nested(depth, area=TEAM):
    for _ in range(depth):
        area = {"type": "union", "areas": [area]}
    return area


FINE = [
    TEAM,
    RADIUS,
    POINT_RADIUS,
    POSTCODES,
    HOLDING,
    RECTANGLE,
    corridor(LINE),
    HOTSPOTS,
    {
        "type": "corridor",
        "line": {"type": "MultiLineString", "coordinates": [LINE, FAR_RING]},
        "metres": 0.5,
    },
    {"type": "saved", "id": "5f2a9c01d3e47b68", "version": None},
    {"type": "saved", "id": "5f2a9c01d3e47b68", "version": 3},
    polygon(RING),
    polygon(RING, HOLE),
    multipolygon([RING, HOLE], [FAR_RING]),
    {"type": "union", "areas": [TEAM, RADIUS]},
    {"type": "intersection", "areas": [polygon(RING)]},
    {"type": "difference", "from": TEAM, "without": [POSTCODES, RADIUS]},
    nested(8),
]


@pytest.mark.parametrize("value", FINE, ids=lambda value: value["type"])
def test_an_area_is_written_as_it_was_read(value):
    area = read_area(json.dumps(value))
    assert json.loads(area.model_dump_json()) == value
    assert area == AREA_ADAPTER.validate_python(value)
    assert hash(area) == hash(AREA_ADAPTER.validate_json(area.model_dump_json()))


@pytest.mark.parametrize(
    "given",
    [
        polygon(RING[::-1], HOLE),
        polygon(RING, HOLE[::-1]),
        polygon([[*position, 71.5] for position in RING[::-1]], HOLE),
        multipolygon([RING[::-1], HOLE[::-1]]),
    ],
)
def test_rings_are_written_the_right_way_round_and_without_heights(given):
    """RFC 7946, section 3.1.6: exterior rings anticlockwise, holes clockwise."""
    written = json.loads(read_area(json.dumps(given)).model_dump_json())["geometry"]["coordinates"]
    rings = written[0] if given["geometry"]["type"] == "MultiPolygon" else written
    assert [ring[1:-1] for ring in rings] == [RING[1:-1], HOLE[1:-1]]


REFUSED = [
    pytest.param({"type": "circle"}, "'circle'", id="unknown type"),
    pytest.param({"codes": ["A"]}, "lacks the key type", id="no type"),
    pytest.param({"type": "team", "codes": []}, "/codes: has 0 items", id="no team"),
    pytest.param({"type": "team", "codes": ["A"] * 501}, "at most 500", id="too many teams"),
    pytest.param(
        TEAM | {"edition": "2024"}, "/edition: must be a whole number", id="edition by name"
    ),
    pytest.param(TEAM | {"colour": 1}, "/colour: is not a key", id="unknown key"),
    pytest.param(RADIUS | {"metres": 0}, "/metres", id="no radius"),
    pytest.param(RADIUS | {"metres": 200_001}, "/metres", id="radius too long"),
    pytest.param(RADIUS | {"metres": "400"}, "/metres", id="radius as text"),
    pytest.param(RADIUS | {"metres": True}, "/metres", id="radius as a flag"),
    pytest.param(RADIUS | {"metres": float("nan")}, "/metres", id="radius not a number"),
    pytest.param(RADIUS | {"metres": float("inf")}, "/metres", id="radius without end"),
    pytest.param(
        RADIUS | {"centre": {"postcode": "SY1 1"}}, "/centre/postcode: 'SY1 1'", id="sector centre"
    ),
    pytest.param(
        RADIUS | {"centre": {"longitude": -2.7}}, "/centre/latitude: is missing", id="half a centre"
    ),
    pytest.param(
        RADIUS | {"centre": {"longitude": 52.7, "latitude": -2.7}},
        "/centre/longitude",
        id="centre the wrong way round",
    ),
    pytest.param(
        {"type": "postcodes", "postcodes": ["SY1 1AD", "rubbish", "SY1 1A", "SY"]},
        "/postcodes/1: 'rubbish'.*/postcodes/2: 'SY1 1A'.*/postcodes/3: SY is a whole",
        id="every malformed postcode is named",
    ),
    pytest.param(
        {"type": "postcodes", "postcodes": ["SY1"] * 10_001}, "at most 10000", id="long list"
    ),
    pytest.param(
        HOLDING | {"metres": 400.0}, "has metres and holding; one of both", id="two radii"
    ),
    pytest.param(
        HOLDING | {"metres": None}, "/metres: must be a number", id="two radii, one of them null"
    ),
    pytest.param(
        {"type": "radius", "centre": {"postcode": "SY1 1AD"}}, "lacks metres", id="no radius given"
    ),
    pytest.param(HOLDING | {"holding": 0}, "/holding: must be at least 1", id="holding nobody"),
    pytest.param(HOLDING | {"holding": 10.5}, "/holding: must be a whole", id="half a person"),
    pytest.param(
        RECTANGLE | {"west": 179.9, "east": -179.9},
        "/west: is outside Great Britain.*/east: is outside",
        id="a rectangle across the antimeridian",
    ),
    pytest.param(
        RECTANGLE | {"west": -2.7, "east": -2.8},
        r"the west \(-2.7\) must be less than the east \(-2.8\)",
        id="a rectangle the wrong way round",
    ),
    pytest.param(RECTANGLE | {"north": 52.7}, "the south .* less than the north", id="no height"),
    pytest.param(corridor(LINE[:1]), "has 1 item; at least 2", id="a line of one position"),
    pytest.param(corridor([LINE[0]] * 3), "line 1 has no length", id="a line without length"),
    pytest.param(
        corridor([*LINE, [178.0, 52.7]]),
        "position 4 of line 1, longitude 178, latitude 52.7, is outside Great Britain",
        id="a line across the antimeridian",
    ),
    pytest.param(corridor(LINE, 20_001), "/metres: must be more than 0 and", id="too wide"),
    pytest.param(HOTSPOTS | {"metres": -1}, "/metres: must be", id="hotspots drawn in"),
    pytest.param(HOTSPOTS | {"metres": 5_001}, "/metres: must be", id="too far from hotspots"),
    pytest.param(HOTSPOTS | {"layer": "../5"}, "must be an id, of letters", id="a layer's path"),
    pytest.param(corridor(LINE, 0), "/metres: must be more than 0 and", id="no width"),
    pytest.param({"type": "saved", "id": "a b"}, "^/id: ", id="no id of a saved area"),
    pytest.param({"type": "saved", "id": "a", "version": 0}, "^/version: ", id="version 0"),
    pytest.param(polygon(), "/geometry/coordinates: has 0 items", id="no rings"),
    pytest.param(polygon(RING[:3]), "has 3 items; at least 4", id="short ring"),
    pytest.param(
        polygon([*RING[:3], [-2.76, 52.7]]), "ring 1 of polygon 1 is not closed", id="unclosed"
    ),
    pytest.param(
        multipolygon([FAR_RING], [RING, [*HOLE[:3], [-2.745, 52.703]]]),
        "ring 2 of polygon 2 is not closed",
        id="unclosed hole",
    ),
    pytest.param(
        polygon([position[::-1] for position in RING]),
        "longitude 52.7, latitude -2.75, is outside Great Britain; longitude comes first",
        id="latitude first",
    ),
    pytest.param(
        polygon([[-2.75, 52.70], [-2.74, 52.71], [-2.74, 52.70], [-2.75, 52.71], [-2.75, 52.70]]),
        "cross or overlap at longitude -2.745, latitude 52.705",
        id="bow-tie, with the crossing worked out by hand",
    ),
    pytest.param(
        polygon([[-2.75, 52.7], [-2.74, 52.7], [-2.73, 52.7], [-2.75, 52.7]]),
        "cross or overlap",
        id="no area",
    ),
    pytest.param(polygon([RING[0]] * 4), "has no area", id="one point"),
    pytest.param(polygon(RING, FAR_RING), "a hole lies outside its polygon", id="stray hole"),
    pytest.param(multipolygon([RING], [RING]), "cross or overlap", id="the same part twice"),
    pytest.param(polygon([[-2.75], *RING]), "/0/0: has 1 item", id="half a position"),
    pytest.param(
        polygon([[-2.75, "52"], *RING]), "/0/0/1: must be a number", id="position as text"
    ),
    pytest.param({"type": "union", "areas": []}, "/areas: has 0 items", id="union of nothing"),
    pytest.param({"type": "union", "areas": [TEAM] * 51}, "at most 50", id="long union"),
    pytest.param(
        {"type": "difference", "from": TEAM, "without": [RADIUS | {"metres": -1}]},
        "^/without/0/metres: ",
        id="a fault deep inside, and no other",
    ),
    pytest.param(
        {"type": "difference", "whole": TEAM, "without": [TEAM]},
        "/from: is missing",
        id="the name inside is not the name outside",
    ),
    pytest.param(nested(9), "nested at most 8 deep", id="9 deep"),
    pytest.param(nested(400), "recursion limit|nested", id="400 deep"),
    pytest.param(5, "object", id="a number"),
]


@pytest.mark.parametrize(("value", "words"), REFUSED)
def test_what_is_no_area_is_refused_with_the_place_and_the_reason(value, words):
    with pytest.raises(InvalidAreaError, match=f"(?s){words}"):
        read_area(json.dumps(value))
    with pytest.raises(ValidationError):
        AREA_ADAPTER.validate_python(value)


def test_a_text_that_is_no_json_is_refused():
    with pytest.raises(InvalidAreaError, match="no JSON"):
        read_area('{"type": "team"')


def test_only_the_first_ten_of_many_faults_are_shown():
    value = {"type": "postcodes", "postcodes": ["rubbish"] * 25}
    with pytest.raises(InvalidAreaError, match=r"/postcodes/9: .*; and 15 more$"):
        read_area(json.dumps(value))


def test_one_area_has_at_most_500_leaves():
    fifty = {"type": "union", "areas": [TEAM] * 50}
    most = {"type": "union", "areas": [fifty] * 10}
    area = read_area(json.dumps(most))
    assert len(list(leaves_of(area))) == MAX_LEAVES
    assert depth_of(area) == 2
    with pytest.raises(InvalidAreaError, match="501 areas in one"):
        read_area(json.dumps({"type": "difference", "from": most, "without": [TEAM]}))


def ring_of_vertices(count):
    angle = np.linspace(0, 2 * np.pi, count - 1, endpoint=False)
    ring = np.column_stack([-2.7 + 0.1 * np.cos(angle), 52.7 + 0.1 * np.sin(angle)]).tolist()
    return [*ring, ring[0]]


def test_a_shape_has_at_most_50_000_vertices_over_all_its_rings():
    assert read_area(json.dumps(polygon(ring_of_vertices(MAX_VERTICES))))
    with pytest.raises(InvalidAreaError, match="at most 50000"):
        read_area(json.dumps(polygon(ring_of_vertices(MAX_VERTICES + 1))))
    with pytest.raises(InvalidAreaError, match="50004 vertices; at most 50000"):
        read_area(json.dumps(multipolygon([ring_of_vertices(MAX_VERTICES)], [FAR_RING])))


def test_a_comb_of_very_long_teeth_is_refused_before_it_costs_minutes():
    teeth = [
        [
            [-3 + 0.001 * tooth, 52],
            [-3 + 0.001 * tooth, 53],
            [-2.9995 + 0.001 * tooth, 53],
            [-2.9995 + 0.001 * tooth, 52],
        ]
        for tooth in range(600)
    ]
    ring = [position for tooth in teeth for position in tooth]
    with pytest.raises(InvalidAreaError, match="over 1000 degrees long"):
        read_area(json.dumps(polygon([*ring, [-2, 51.9], [-3, 51.9], ring[0]])))


@pytest.mark.parametrize(
    ("location", "pointer"),
    [
        (("union", "areas", 0, "team", "codes"), "/areas/0/codes"),
        (("union", "areas", 1, "postcodes", "postcodes", 2), "/areas/1/postcodes/2"),
        (
            ("union", "areas", 2, "radius", "centre", "centre by postcode", "postcode"),
            "/areas/2/centre/postcode",
        ),
        (("union", "areas", 3), "/areas/3"),
        (("union", "a/b~c"), "/a~1b~0c"),
        ((), ""),
    ],
)
def test_a_pointer_holds_keys_only_and_is_escaped(location, pointer):
    value = {"type": "union", "areas": [TEAM, POSTCODES, RADIUS, {}]}
    assert json_pointer(location, value) == pointer


def test_the_published_schema_agrees_with_the_models():
    validator = jsonschema_rs.Draft202012Validator(area_schema())
    for value in FINE:
        assert validator.is_valid(value), value
    for value in (TEAM | {"colour": 1}, RADIUS | {"metres": 0}, polygon(RING[:3]), {"type": "x"}):
        assert not validator.is_valid(value), value


@pytest.mark.parametrize("schema", [area_schema(), selection_schema()], ids=["area", "selection"])
def test_every_example_of_the_schema_keeps_the_schema(schema):
    examples = [
        (name, example)
        for name, model in schema["$defs"].items()
        for example in model.get("examples", [])
    ]
    assert len(examples) >= 8
    for name, example in examples:
        only = {"$ref": f"#/$defs/{name}", "$defs": schema["$defs"], "$schema": schema["$schema"]}
        assert jsonschema_rs.Draft202012Validator(only).is_valid(example)
        assert AREA_ADAPTER.validate_python(example)


def test_a_selection_asks_nothing_unless_told():
    selection = read_selection(json.dumps({"area": TEAM}))
    assert not selection.is_filtered()
    assert selection.channel_bits() == 0b111
    assert Selection.model_validate_json(selection.model_dump_json()) == selection


@pytest.mark.parametrize(
    "narrowed",
    [
        {"groups": {"any_of": ["Farm Watch"]}},
        {"groups": {"all_of": ["Farm Watch"]}},
        {"topics": {"none_of": ["burglary"]}},
        {"channels": ["text", "email"]},
    ],
)
def test_a_selection_that_narrows_people_down_says_so(narrowed):
    assert read_selection(json.dumps({"area": TEAM, **narrowed})).is_filtered()


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({"channels": []}, "/channels: has 0 items"),
        ({"channels": ["text", "text"]}, "/channels: a channel is there twice"),
        ({"channels": ["pigeon"]}, "/channels/0: "),
        ({"reach": "most"}, "/reach: must be "),
        ({"groups": {"some_of": []}}, "/groups/some_of: is not a key"),
        ({"groups": {"any_of": [""]}}, "/groups/any_of/0: "),
        ({"area": POSTCODES | {"postcodes": ["?"]}}, "^/area/postcodes/0: "),
    ],
)
def test_what_is_no_selection_is_refused_with_the_place(filters, words):
    with pytest.raises(InvalidAreaError, match=words):
        read_selection(json.dumps({"area": TEAM, **filters}))
