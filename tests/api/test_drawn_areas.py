"""The ground of areas over HTTP, and shapes read from a text."""

from contextlib import ExitStack

import pytest
import shapely
from shapely.geometry import shape

from geo_alerts.acts import area_postcodes
from geo_alerts.crs import drawn_to_epsg_27700, points_to_epsg_4326
from tests.api.asking import assert_problem
from tests.api.world import SIDE, SOUTH, WEST

CIRCLE = {"type": "radius", "centre": {"postcode": "SY1 1AA"}, "metres": 300}
LIST = {"type": "postcodes", "postcodes": ["SY1 1"]}
TEAM = {"type": "team", "codes": ["T1"], "edition": None}


def grounds(client, *areas):
    answer = client.post("/v1/areas:geojson", json={"areas": areas})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/geo+json"
    features = answer.json()["features"]
    return features, [drawn_to_epsg_27700(shape(one["geometry"])) for one in features]


def test_the_ground_of_each_area_is_told_in_order_with_the_area_itself(analyst):
    features, (circle, team, listed) = grounds(analyst, CIRCLE, TEAM, LIST)
    assert [one["properties"]["area"] for one in features] == [CIRCLE, TEAM, LIST]
    middle = shapely.Point(WEST + 200, SOUTH + 200)
    assert circle.hausdorff_distance(middle.buffer(300)) < 1
    assert team.area == pytest.approx(SIDE**2, rel=1e-3)
    # The cells of a team's postcodes, on a lattice in it, cover most of it.
    assert listed.intersection(team).area > 0.9 * team.area


def test_the_postcodes_of_an_area_are_told_inside_and_on_its_edge(analyst, alert_system):
    (longitude,), (latitude,) = points_to_epsg_4326([WEST + 1_000], [SOUTH + 1_000])
    centre = {"longitude": longitude, "latitude": latitude}
    circle = {"type": "radius", "centre": centre, "metres": 300}
    found = postcodes(analyst, {"area": circle})
    assert found == postcodes(alert_system, {"area": circle})
    middle = shapely.Point(WEST + 1_000, SOUTH + 1_000)
    # Units stand 400 m apart, each with the ground half of the way to the next.
    assert found["inside"]["count"] == 1
    (at,) = found["inside"]["positions"]
    assert drawn_to_epsg_27700(shapely.Point(at)).distance(middle) < 1
    assert found["on_edge"] == {"count": 0, "positions": []}
    by_ground = postcodes(analyst, {"area": circle, "reach": "any"})
    assert by_ground["inside"] == found["inside"]
    assert by_ground["on_edge"]["count"] == len(by_ground["on_edge"]["positions"]) > 0


def test_postcodes_too_many_to_be_told_apart_are_counted_alone(analyst, monkeypatch):
    monkeypatch.setattr(area_postcodes, "MOST_DOTS", 0)
    found = postcodes(analyst, {"area": TEAM})
    assert found["inside"]["positions"] is None
    assert found["inside"]["count"] > 0


def postcodes(client, asked):
    answer = client.post("/v1/areas:postcodes", json=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_outlines_that_take_long_leave_threads_to_everybody_else(analyst, app):
    turns = app.state.live.grounds
    holding = {"type": "radius", "centre": CIRCLE["centre"], "holding": 1}
    with ExitStack() as taken:
        for _ in range(turns.most):
            taken.enter_context(turns.one())
        answer = analyst.post("/v1/areas:geojson", json={"areas": [CIRCLE]})
        assert_problem(answer, 429, "too_many_requests")
        for area in (CIRCLE, holding):
            answer = analyst.post("/v1/areas:postcodes", json={"area": area})
            assert_problem(answer, 429, "too_many_requests")
    drawn, told = grounds(analyst, CIRCLE), postcodes(analyst, {"area": CIRCLE})
    with ExitStack() as taken:
        for _ in range(turns.most):
            taken.enter_context(turns.one())
        assert grounds(analyst, CIRCLE) == drawn, "what was drawn once is held"
        assert postcodes(analyst, {"area": CIRCLE}) == told, "and so is what was found once"


def test_postcodes_are_found_without_counting_people_but_of_circles_that_hold_so_many(
    alert_system, monkeypatch
):
    holding = {"type": "radius", "centre": CIRCLE["centre"], "holding": 1}
    both = {"type": "union", "areas": [TEAM, holding]}
    (distance,) = alert_system.post("/v1/audiences:preview", json={"area": both}).json()[
        "distances"
    ]
    in_metres = {"type": "radius", "centre": CIRCLE["centre"], "metres": distance["metres"]}
    found = postcodes(alert_system, {"area": both, "reach": "any"})

    def uncounted(*_):
        pytest.fail("people were counted")

    monkeypatch.setattr(area_postcodes, "preview", uncounted)
    asked = {"area": {"type": "union", "areas": [TEAM, in_metres]}, "reach": "any"}
    assert postcodes(alert_system, asked) == found


def test_what_is_not_known_or_has_no_ground_is_refused(analyst):
    unknown = {"areas": [{"type": "team", "codes": ["T9"]}]}
    assert_problem(analyst.post("/v1/areas:geojson", json=unknown), 404, "unknown_team")
    nothing = {"type": "difference", "from": TEAM, "without": [TEAM]}
    answer = analyst.post("/v1/areas:geojson", json={"areas": [nothing]})
    assert "no ground" in assert_problem(answer, 422, "invalid_area")["detail"]


def test_shapes_of_a_text_are_areas_that_can_be_asked(analyst, alert_system):
    asked = {"text": "SJ 4000 1000\nSJ 4200 1000\nSJ 4200 1200\nSJ 4000 1200", "form": "polygon"}
    (read,) = analyst.post("/v1/areas:read", json=asked).json()["shapes"]
    assert read["fault"] is None
    answer = alert_system.post("/v1/audiences:preview", json={"area": read["area"]})
    assert answer.json()["people"] > 0
    refused = analyst.post("/v1/areas:read", json={"text": "here and there"})
    assert "is none in Great Britain" in assert_problem(refused, 422, "invalid_area")["detail"]
