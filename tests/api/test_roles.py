"""Every call by every role, and by nobody."""

import pytest

from geo_alerts.audiences.disclosure import Role

ANYBODY = dict.fromkeys((*Role, None), "yes")
SIGNED_IN = {**ANYBODY, None: 401}
LISTERS = {
    Role.ANALYST: 403,
    Role.COMMANDER: 403,
    Role.ALERT_SYSTEM: "yes",
    Role.ADMIN: "yes",
    None: 401,
}

TEAM = {"area": {"type": "team", "codes": ["T1"]}}
LOOK_UP = {"postcodes": ["SY1 1AA"]}

# operation id -> method, path, body, who may
CALLS = {
    "show_health": ("GET", "/v1/health", None, ANYBODY),
    "show_area_schema": ("GET", "/v1/areas/schema", None, ANYBODY),
    "show_description": ("GET", "/v1/openapi.json", None, ANYBODY),
    "look_up_postcode": ("GET", "/v1/postcodes/SY1 1AA", None, SIGNED_IN),
    "look_up_postcodes": ("POST", "/v1/postcodes:lookup", LOOK_UP, SIGNED_IN),
    "list_teams": ("GET", "/v1/teams", None, SIGNED_IN),
    "find_team_at": ("GET", "/v1/teams/at?easting=341000&northing=311000", None, SIGNED_IN),
    "show_team": ("GET", "/v1/teams/T1", None, SIGNED_IN),
    "map_coverage": ("GET", "/v1/maps/coverage", None, SIGNED_IN),
    "preview_audience": ("POST", "/v1/audiences:preview", TEAM, SIGNED_IN),
    "freeze_audience": ("POST", "/v1/audiences", {"selection": TEAM, "purpose": "a test"}, LISTERS),
    "show_audience": ("GET", "/v1/audiences/{frozen}", None, LISTERS),
    "list_recipients": ("GET", "/v1/audiences/{frozen}/recipients", None, LISTERS),
}
PAGES = {
    "/": ANYBODY,
    "/sign-in": ANYBODY,
    "/docs": ANYBODY,
    "/coverage": SIGNED_IN,
    "/coverage/map": SIGNED_IN,
    "/target": SIGNED_IN,
}


def test_the_matrix_holds_every_call_that_is_described(client):
    paths = client.get("/v1/openapi.json").json()["paths"]
    described = {call["operationId"] for methods in paths.values() for call in methods.values()}
    assert described == set(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_a_call_answers_those_who_may_ask_and_nobody_else(name, client, client_of, alert_system):
    method, path, body, allowed = CALLS[name]
    if "{frozen}" in path:
        asked = {"selection": TEAM, "purpose": "a test"}
        path = path.format(frozen=alert_system.post("/v1/audiences", json=asked).json()["id"])
    for role, outcome in allowed.items():
        caller = client_of(role) if role else client
        answer = caller.request(method, path, json=body)
        expected = (200, 201) if outcome == "yes" else (outcome,)
        assert answer.status_code in expected, (role, answer.text)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_shown_to_those_who_may_see_it(path, client, client_of):
    for role, outcome in PAGES[path].items():
        caller = client_of(role) if role else client
        answer = caller.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == (200 if outcome == "yes" else outcome), (role, answer.text)
        assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_who_may_not_ask_learns_nothing_about_what_is_there(client_of, client):
    analyst = client_of(Role.ANALYST)
    assert analyst.get("/v1/audiences/no-such-audience").status_code == 403
    assert client.get("/v1/teams/no-such-team").status_code == 401


def test_nobody_who_is_not_signed_in_learns_what_is_wrong_with_a_request(client):
    wrong = {"postcodes": [1]}
    assert client.post("/v1/postcodes:lookup", json=wrong).status_code == 401
    assert client.get("/v1/teams?no_such_parameter=1").status_code == 401
