"""Exact positions of a force's own data over HTTP: whoever may not see them finds no trace."""

import json

import pytest

from api.settings import Settings
from geo_alerts.audiences.disclosure import Role
from tests.api.asking import assert_problem
from tests.hotspot_world import LAST
from tests.own_world import ALL, CELL_M, OWN_CRIMES, around, found_in, import_own, traces

LIMITED = [Role.COMMANDER, Role.ALERT_SYSTEM]
SHOWN = {
    "method": "counts",
    "forces": ["west-mercia"],
    "categories": ["burglary"],
    "months": {"first": LAST, "last": LAST},
    "share_percent": 5.0,
}
EXACT = {
    **SHOWN,
    "positions": "exact",
    "cell_m": CELL_M,
    "area": around(),
    "share_percent": 0.1,
}
TEAMS = {"type": "team", "codes": ["T1"]}


@pytest.fixture
def store(store, tmp_path):
    """The made world with the force's own burglaries."""
    import_own(store, tmp_path / "own")
    return store


@pytest.fixture
def answered(app):
    """Have a caller ask a question, and give the layer that it became."""

    def ask(caller, question):
        accepted = caller.post("/v1/hotspots", json={"question": question})
        if accepted.status_code == 200:
            return accepted.json()
        assert accepted.status_code == 202, accepted.text
        app.state.worker.wait()
        job = caller.get(accepted.headers["location"]).json()
        assert job["status"] == "done", job["error"]
        return caller.get(job["result"]).json()

    return ask


@pytest.fixture
def restricted(analyst, answered):
    """The id of a layer of exact positions."""
    made = answered(analyst, EXACT)
    assert made["facts"]["period"]["crimes_used"] == OWN_CRIMES
    assert made["is_restricted"]
    return made["id"]


def calls_of_a_layer(client):
    """Method and path of every call that is described and names a layer."""
    paths = client.get("/v1/openapi.json").json()["paths"]
    return [
        (method.upper(), path)
        for path, methods in paths.items()
        if "{layer_id}" in path
        for method in methods
    ]


def test_an_analyst_sees_where_crimes_were_in_every_way_that_a_layer_is_told(analyst, restricted):
    marks = traces()
    for path in ("areas", "export?format=geojson", "export?format=gpkg", "map.html"):
        answer = analyst.get(f"/v1/hotspots/{restricted}/{path}")
        assert answer.status_code == 200, answer.text
        assert found_in(answer.content, marks), path
    page = analyst.get(f"/v1/hotspots/{restricted}/map.html").text
    assert "for analysts and administrators only" in page
    assert analyst.get("/v1/hotspots").json()["layers"][0]["id"] == restricted


@pytest.mark.parametrize("role", LIMITED)
def test_a_restricted_layer_is_as_if_it_were_not_there(role, client, client_of, restricted):
    limited = client_of(role)
    calls = calls_of_a_layer(client)
    assert len(calls) >= 7
    for method, path in calls:
        own, none = (
            limited.request(method, path.replace("{layer_id}", one)) for one in (restricted, "abc")
        )
        told = assert_problem(own, 404, "unknown_run")["detail"]
        assert told == assert_problem(none, 404, "unknown_run")["detail"].replace("abc", restricted)
    assert limited.get("/v1/hotspots").json() == {"layers": [], "next_page_token": None}
    assert limited.get("/v1/jobs").json()["jobs"] == []
    assert restricted in client_of(Role.ADMIN).get("/v1/hotspots").text


@pytest.mark.parametrize("role", LIMITED)
def test_exact_positions_are_not_for_everybody_to_ask_for(role, client_of, analyst):
    limited = client_of(role)
    refused = limited.post("/v1/hotspots", json={"question": EXACT})
    assert "analyst and admin" in assert_problem(refused, 403, "forbidden")["detail"]
    near = {"forces": ["west-mercia"], "categories": ["burglary"], "months": EXACT["months"]}
    assert_problem(limited.post("/v1/hotspots:near-repeats", json=near), 403, "forbidden")
    table = analyst.post("/v1/hotspots:near-repeats", json=near)
    assert table.status_code == 200, table.text
    assert not found_in(table.content, traces())


@pytest.mark.parametrize("role", LIMITED)
def test_an_area_that_names_a_restricted_layer_cannot_be_asked_by_others(
    role, client_of, analyst, restricted
):
    limited, admin = client_of(role), client_of(Role.ADMIN)
    named = {"type": "hotspots", "layer": restricted, "metres": 500}
    kept = analyst.post("/v1/saved-areas", json={"name": "Exactly", "area": named})
    assert kept.status_code == 201, kept.text
    by_id = {"type": "saved", "id": kept.json()["id"]}
    months = {"first": "2024-01", "last": "2024-05"}
    later = {"first": "2024-06", "last": "2024-10"}
    crimes = {"forces": ["west-mercia"], "categories": ["burglary"]}
    for area in (named, by_id, {"type": "union", "areas": [TEAMS, by_id]}):
        question = {**SHOWN, "area": area}
        compared = {**crimes, "target": area, "control": TEAMS, "before": months, "after": later}
        audience = {"selection": {"area": area}, "purpose": "a test", "lawful_basis": "public_task"}
        for path, body in (
            ("/v1/audiences:preview", {"area": area}),
            ("/v1/audiences", audience),
            ("/v1/hotspots", {"question": question}),
            ("/v1/hotspots:concentration", {**crimes, "months": months, "area": area}),
            ("/v1/hotspots:evaluate", compared),
            ("/v1/saved-areas", {"name": "Mine", "area": area}),
        ):
            assert_problem(limited.post(path, json=body), 404, "unknown_run")
    shown = limited.get(f"/v1/saved-areas/{by_id['id']}").json()
    assert "there is no layer of hotspots" in shown["problem"]
    for path in ("map.html", "outline"):
        drawn = f"/v1/saved-areas/{by_id['id']}/{path}"
        assert_problem(limited.get(drawn), 404, "unknown_run")
        assert admin.get(drawn).status_code == 200
    assert admin.get(f"/v1/saved-areas/{by_id['id']}").json()["problem"] is None
    assert admin.post("/v1/audiences:preview", json={"area": by_id}).json()["people"] > 0


def test_a_layer_within_a_restricted_one_is_restricted(analyst, alert_system, restricted, answered):
    area = {"type": "hotspots", "layer": restricted, "metres": 300}
    within = answered(analyst, {**SHOWN, "area": area, "cell_m": 100, "share_percent": 10.0})
    assert (within["is_restricted"], within["question"]["positions"]) == (True, "shown")
    assert_problem(alert_system.get(f"/v1/hotspots/{within['id']}"), 404, "unknown_run")
    assert alert_system.get("/v1/jobs").json()["jobs"] == []


def test_an_audience_that_an_analyst_froze_holds_numbers_alone(analyst, alert_system, restricted):
    asked = {
        "selection": {"area": {"type": "hotspots", "layer": restricted, "metres": 500}},
        "purpose": "a test",
        "lawful_basis": "public_task",
    }
    frozen = analyst.post("/v1/audiences", json=asked).json()
    for path in ("", "/recipients"):
        answer = alert_system.get(f"/v1/audiences/{frozen['id']}{path}")
        assert answer.status_code == 200, answer.text
        assert not found_in(answer.content, traces())


@pytest.mark.parametrize("role", LIMITED)
def test_what_everybody_may_ask_leaves_no_trace_of_exact_positions(role, client_of, answered):
    limited, marks = client_of(role), traces()
    answers = [limited.get("/v1/crimes/months")]
    for others in (
        {},
        {"area": around(), "cell_m": CELL_M, "share_percent": 0.1},
        {"method": "density", "bandwidth_m": 250.0},
        {"method": "repeats", "months": ALL, "share_percent": None},
        {"method": "gi_star", "months": ALL, "share_percent": None},
    ):
        layer = answered(limited, {**SHOWN, **others})
        assert not layer["is_restricted"]
        parts = ["areas", "map.html", "export?format=gpkg", "export?format=csv"]
        # Of small cells every corner is told, that of the exact place as well.
        if layer["cell_count"] and layer["question"]["cell_m"] != CELL_M:
            parts += ["cells", "export?format=geojson&part=cells"]
        answers += [limited.get(f"/v1/hotspots/{layer['id']}/{part}") for part in parts]
    months = {"months": {"first": LAST, "last": LAST}}
    crimes = {"forces": ["west-mercia"], "categories": ["burglary"]}
    for unit in ("points", "cells", "teams"):
        body = {**crimes, **months, "unit": unit}
        answers.append(limited.post("/v1/hotspots:concentration", json=body))
    answers += [limited.post("/v1/hotspots:trends", json=crimes), limited.get("/v1/jobs")]
    for answer in answers:
        assert answer.status_code == 200, answer.text
        assert not found_in(answer.content, marks), answer.request.url


def test_the_trail_tells_that_exact_positions_were_asked_for(client_of, restricted):
    entries = client_of(Role.ADMIN).get("/v1/audit", params={"act": "hotspots.run"}).json()
    (entry,) = entries["entries"]
    assert entry["details"]["run"] == restricted
    assert (entry["details"]["positions"], entry["details"]["is_restricted"]) == ("exact", True)
    assert not found_in(json.dumps(entries).encode(), traces())


def looks_entered(client_of):
    """The entries of looks, the oldest first."""
    asked = {"act": "hotspots.look", "page_size": 100}
    return client_of(Role.ADMIN).get("/v1/audit", params=asked).json()["entries"][::-1]


def test_the_trail_tells_who_looked_at_exact_positions_whichever_way_they_came(
    client, client_of, browser_of, restricted
):
    paths = [path for method, path in calls_of_a_layer(client) if method == "GET"]
    paths += ["/hotspots/{layer_id}"]
    ways = {"export": "export", "map.html": "map"}
    expected = []
    for number, path in enumerate(paths):
        person = browser_of(Role.ANALYST, f"Person {number}")
        before = len(looks_entered(client_of))
        for _ in range(2):
            answer = person.get(path.replace("{layer_id}", restricted))
            assert answer.status_code == 200, answer.text
        (entry,) = looks_entered(client_of)[before:]
        expected.append((f"session:Person {number}", ways.get(path.rpartition("/")[2], "look")))
        assert (entry["who"], entry["details"]["how"]) == expected[-1]
        assert (entry["details"]["run"], entry["role"]) == (restricted, "analyst")
    assert {how for _, how in expected} == {"look", "export", "map"}
    assert not found_in(json.dumps(looks_entered(client_of)).encode(), traces())


def test_asking_again_and_a_look_that_is_not_kept_are_entered_and_shown_points_are_not(
    client_of, browser_of, answered, restricted
):
    person = browser_of(Role.ANALYST, "Again")
    answered(person, EXACT)
    answered(person, SHOWN)
    unkept = {**EXACT, "cell_m": 100, "share_percent": 20.0}
    assert person.post("/v1/hotspots:look", json=unkept).status_code == 200
    assert person.post("/v1/hotspots:look", json=SHOWN).status_code == 200
    theirs = [one for one in looks_entered(client_of) if one["who"] == "session:Again"]
    assert [one["details"]["run"] for one in theirs] == [restricted, None]


def test_the_trail_tells_who_is_shown_the_ground_of_an_area_that_names_exact_positions(
    client_of, browser_of, restricted
):
    admin = client_of(Role.ADMIN)
    named = {"type": "hotspots", "layer": restricted, "metres": 500}
    within = {"type": "union", "areas": [TEAMS, named]}
    saved = admin.post("/v1/saved-areas", json={"name": "Exactly", "area": within}).json()["id"]
    by_id = {"type": "saved", "id": saved}
    asked = {"selection": {"area": by_id}, "purpose": "a test", "lawful_basis": "public_task"}
    kept = admin.post("/v1/audiences", json=asked).json()["id"]
    ways = [
        ("POST", "/v1/areas:geojson", {"areas": [named]}, "export"),
        ("POST", "/v1/areas:geojson", {"areas": [TEAMS, by_id]}, "export"),
        ("POST", "/v1/areas:postcodes", {"area": by_id}, "look"),
        ("GET", f"/areas/{saved}", None, "look"),
        ("GET", f"/v1/saved-areas/{saved}/map.html", None, "map"),
        ("GET", f"/v1/saved-areas/{saved}/outline", None, "export"),
        ("GET", f"/audiences/{kept}", None, "look"),
        ("GET", f"/v1/audiences/{kept}/map.html", None, "map"),
    ]
    for number, (method, path, body, how) in enumerate(ways):
        person = browser_of(Role.ADMIN, f"Person {number}")
        before = len(looks_entered(client_of))
        for _ in range(2):
            answer = person.request(method, path, json=body)
            assert answer.status_code == 200, answer.text
        entries = looks_entered(client_of)[before:]
        told = [(one["who"], one["details"]["run"], one["details"]["how"]) for one in entries]
        assert told == [(f"session:Person {number}", restricted, how)], path


def test_ground_that_is_not_shown_or_of_no_restricted_layer_is_not_entered(
    client_of, analyst, answered, restricted
):
    limited = client_of(Role.COMMANDER)
    named = {"type": "hotspots", "layer": restricted, "metres": 500}
    refused = limited.post("/v1/areas:geojson", json={"areas": [named]})
    assert_problem(refused, 404, "unknown_run")
    shown = answered(analyst, {**SHOWN, "share_percent": 20.0})["id"]
    before = looks_entered(client_of)
    others = {"areas": [TEAMS, {"type": "hotspots", "layer": shown, "metres": 500}]}
    assert analyst.post("/v1/areas:geojson", json=others).status_code == 200
    assert analyst.get("/v1/hotspots").status_code == 200
    assert looks_entered(client_of) == before


@pytest.mark.parametrize("settings", [Settings(approval_above=1)])
@pytest.mark.parametrize("role", LIMITED)
def test_pages_of_areas_and_audiences_by_a_restricted_layer_tell_of_no_place(
    role, client_of, analyst, restricted
):
    admin, limited = client_of(Role.ADMIN), client_of(role)
    named = {"type": "hotspots", "layer": restricted, "metres": 5_000}
    area = analyst.post("/v1/saved-areas", json={"name": "Exactly", "area": named}).json()["id"]
    asked = {"selection": {"area": named}, "purpose": "a test", "lawful_basis": "public_task"}
    # Large enough that a commander is to approve it.
    kept = admin.post("/v1/audiences", json=asked).json()
    assert kept["approval"] == "awaited", kept["figures"]
    html = {"Accept": "text/html"}
    for path in (f"/areas/{area}", f"/audiences/{kept['id']}"):
        page = limited.get(path, headers=html)
        assert page.status_code == 200
        assert "There is no map of it" in page.text
        assert "<iframe" not in page.text
        assert not found_in(page.content, traces())
        assert "<iframe" in admin.get(path, headers=html).text
    assert_problem(limited.get(f"/v1/audiences/{kept['id']}/map.html"), 404, "unknown_run")
    for path in ("/areas", "/audiences"):
        assert limited.get(path, headers=html).status_code == 200
