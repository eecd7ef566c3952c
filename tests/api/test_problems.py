"""Whatever is wrong with a request is told as problem details, never as a fault of ours."""

import json

import pytest

from tests.api.asking import assert_problem

JSON = {"Content-Type": "application/json"}
RING = [[-2.75, 52.70], [-2.74, 52.70], [-2.74, 52.71], [-2.75, 52.70]]


def team(**more):
    return {"area": {"type": "team", "codes": ["T1"]}, **more}


def circle(**more):
    return {"area": {"type": "radius", "centre": {"postcode": "SY1 1AA"}, "metres": 400, **more}}


def polygon(*rings):
    return {"area": {"type": "polygon", "geometry": {"type": "Polygon", "coordinates": rings}}}


def nested(depth):
    area = {"type": "team", "codes": ["T1"]}
    for _ in range(depth):
        area = {"type": "union", "areas": [area]}
    return {"area": area}


@pytest.mark.parametrize(
    ("selection", "pointer"),
    [
        ({}, "/area"),
        ([], ""),
        (None, ""),
        ("T1", ""),
        ({"area": None}, "/area"),
        ({"area": {}}, "/area"),
        ({"area": {"type": "circle"}}, "/area"),
        ({"area": {"type": ["team"]}}, "/area"),
        ({"area": {"type": "team", "codes": []}}, "/area/codes"),
        ({"area": {"type": "team", "codes": "T1"}}, "/area/codes"),
        ({"area": {"type": "team", "codes": ["T1", 2]}}, "/area/codes/1"),
        ({"area": {"type": "team", "codes": ["T1"], "edition": "2024"}}, "/area/edition"),
        (circle(metres=-1), "/area/metres"),
        (circle(metres=0), "/area/metres"),
        (circle(metres=200_001), "/area/metres"),
        (circle(metres="400"), "/area/metres"),
        (circle(metres=True), "/area/metres"),
        (circle(centre={}), "/area/centre"),
        (circle(centre={"postcode": "SY1"}), "/area/centre/postcode"),
        (circle(centre={"longitude": -2.7}), "/area/centre/latitude"),
        (circle(centre={"longitude": 500, "latitude": 52}), "/area/centre/longitude"),
        (circle(unknown=1), "/area/unknown"),
        ({"area": {"type": "postcodes", "postcodes": ["SY1 1AA", "??"]}}, "/area/postcodes/1"),
        ({"area": {"type": "union", "areas": [circle(metres=-1)["area"]]}}, "/area/areas/0/metres"),
        (team(channels=[]), "/channels"),
        (team(channels=["post"]), "/channels/0"),
        (team(groups={"any": []}), "/groups/any"),
        (team(groups={"any_of": ["x" * 101]}), "/groups/any_of/0"),
        (team(reach="nearly"), "/reach"),
        (team(**{"a/b~c": 1}), "/a~1b~0c"),
        (polygon(), "/area/geometry"),
        (polygon([]), "/area/geometry"),
        (polygon([[0, 0]]), "/area/geometry"),
        (polygon(RING[:3]), "/area/geometry"),
        (
            polygon(
                [[-2.75, 52.70], [-2.74, 52.71], [-2.74, 52.70], [-2.75, 52.71], [-2.75, 52.70]]
            ),
            "/area/geometry",
        ),
        (nested(9), "/area"),
    ],
    ids=lambda value: json.dumps(value)[:50],
)
def test_a_selection_that_cannot_be_is_refused_with_a_pointer_to_the_fault(
    selection, pointer, alert_system
):
    answer = alert_system.post("/v1/audiences:preview", json=selection)
    problem = assert_problem(answer, 422, "validation_failed")
    pointers = [fault["pointer"] for fault in problem["errors"]]
    assert any(found == pointer or found.startswith(f"{pointer}/") for found in pointers), pointers
    assert all(fault["detail"] for fault in problem["errors"])


def test_every_fault_is_told_at_once(alert_system):
    selection = {**circle(metres=-1), "channels": ["post"], "reach": "nearly"}
    problem = alert_system.post("/v1/audiences:preview", json=selection).json()
    assert {fault["pointer"] for fault in problem["errors"]} == {
        "/area/metres",
        "/channels/0",
        "/reach",
    }


@pytest.mark.parametrize(
    ("selection", "status", "code"),
    [
        ({"area": {"type": "team", "codes": ["NONE"]}}, 404, "unknown_team"),
        (circle(centre={"postcode": "SY9 9ZZ"}), 404, "unknown_postcode"),
        (circle(centre={"longitude": 3.9, "latitude": 49.1}), 422, "outside_national_grid"),
    ],
)
def test_an_area_that_names_nothing_is_told_apart(selection, status, code, alert_system):
    answer = alert_system.post("/v1/audiences:preview", json=selection)
    assert_problem(answer, status, code)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nonsense",
        b'{"area": NaN}',
        b'{"area": {"type": "radius", "metres": Infinity}}',
        b'{"area": {"type": "radius", "metres": 1e999}}',
        b'{"area": {"type": "team", "codes": ["T1\\u0000"]}}',
        b'{"area": {"type": "team", "codes": ["\\ud800"]}}',
        b'{"area": {"type": "team", "codes": ["\xff"]}}',
        b"[" * 200_000,
        b'{"area": ' + b"9" * 5_000 + b"}",
        b"\xef\xbb\xbf{}",
        b'"\x00"',
    ],
    ids=lambda body: repr(body[:40]),
)
def test_a_body_that_is_not_json_is_a_400(body, alert_system):
    answer = alert_system.post("/v1/audiences:preview", content=body, headers=JSON)
    assert_problem(answer, 400, "malformed_json")


@pytest.mark.parametrize(
    "media_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "json", "\xe9"],
)
def test_a_body_that_is_not_said_to_be_json_is_a_415(media_type, alert_system):
    headers = {"Content-Type": media_type.encode("latin-1")}
    content = json.dumps(team()).encode()
    answer = alert_system.post("/v1/audiences:preview", content=content, headers=headers)
    assert_problem(answer, 415, "unsupported_media_type")


def test_a_body_that_is_missing_is_a_422(alert_system):
    assert_problem(alert_system.post("/v1/audiences:preview"), 422, "validation_failed")


@pytest.mark.parametrize(
    "path", ["/v1/teams", "/v1/health", "/v1/teams/T1", "/v1/postcodes/SY1 1AA"]
)
def test_a_parameter_that_is_not_known_is_a_400(path, alert_system):
    assert_problem(alert_system.get(f"{path}?nonsense=1"), 400, "unknown_parameter")


def test_a_parameter_given_twice_is_a_400(alert_system):
    answer = alert_system.get("/v1/teams?format=json&format=geojson")
    assert_problem(answer, 400, "repeated_parameter")


@pytest.mark.parametrize(
    "path",
    ["/v1/teams/T1%00", "/v1/postcodes/SY1%001AA", "/v1/teams?format=%00", "/v1/audiences/%00"],
)
def test_a_nul_character_in_the_address_is_a_400(path, alert_system):
    assert_problem(alert_system.get(path), 400, "unusable_character")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/teams/%ED%A0%80",
        "/v1/teams/%FF",
        "/v1/teams/%F0%9F%98%80",
        "/v1/teams/..%2e",
        "/v1/teams/'",
    ],
)
def test_odd_characters_in_a_code_name_no_team(path, alert_system):
    assert_problem(alert_system.get(path), 404, "unknown_team")


def test_a_code_that_is_too_long_is_a_422(alert_system):
    problem = assert_problem(alert_system.get(f"/v1/teams/{'x' * 65}"), 422, "validation_failed")
    assert problem["errors"][0]["parameter"] == "code"
    assert problem["errors"][0]["in"] == "path"


@pytest.mark.parametrize(
    "path", ["/v1", "/v1/", "/v2/teams", "/v1/teams/", "/v1/teams/T1/x", "/x%00", "/x//"]
)
def test_an_address_that_is_not_there_is_a_404(path, alert_system):
    assert_problem(alert_system.get(path), 404, "unknown_route")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/v1/teams", "GET"),
        ("DELETE", "/v1/teams/T1", "GET"),
        ("GET", "/v1/postcodes:lookup", "POST"),
        ("OPTIONS", "/v1/teams", "GET"),
        ("TRACE", "/v1/teams", "GET"),
    ],
)
def test_a_method_that_an_address_lacks_is_a_405_with_those_it_has(
    method, path, allowed, alert_system
):
    answer = alert_system.request(method, path)
    assert_problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == allowed


@pytest.mark.parametrize("purpose", ["", " ", "x" * 501, None, 7])
def test_an_audience_needs_a_purpose(purpose, alert_system):
    asked = {"selection": team(), "purpose": purpose, "lawful_basis": "public_task"}
    problem = alert_system.post("/v1/audiences", json=asked).json()
    assert [fault["pointer"] for fault in problem["errors"]] == ["/purpose"]


def test_a_problem_repeats_nothing_that_was_typed(alert_system):
    typed = "Mrs Jones of 7 High Street"
    answers = [
        alert_system.get(f"/v1/postcodes/{typed}"),
        alert_system.get("/v1/teams", params={typed: "1"}),
        alert_system.get("/v1/teams", params={"format": typed}),
        alert_system.get("/v1/audiences/x/recipients", params={"page_size": typed}),
        alert_system.post("/v1/postcodes:lookup", json={"postcodes": [{typed: typed}]}),
        alert_system.get(f"/{typed}"),
    ]
    for answer in answers:
        assert 400 <= answer.status_code < 500
        assert "Jones" not in answer.text, answer.text


@pytest.mark.parametrize("accept", ["text/html", "text/html,application/xhtml+xml,*/*;q=0.8"])
def test_a_browser_is_shown_a_page_for_the_same_problem(accept, alert_system):
    answer = alert_system.get("/nowhere", headers={"Accept": accept})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "unknown_route" in answer.text
