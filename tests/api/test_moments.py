"""When subscribers last changed, which limited roles are told nowhere: it may be one sign-up."""

import re

import numpy as np
import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from api.security import csrf_of
from geo_alerts.acts import subscribers
from geo_alerts.audiences.disclosure import Role
from geo_alerts.hotspots.grid import SquareGrid
from geo_alerts.hotspots.layers import CellLayer, HotArea, Result
from geo_alerts.store import hotspot_runs
from geo_alerts.store.hotspot_runs import NewRun, Who

MOMENT = "2025-11-03T04:05:06+00:00"
# As JSON has it and as pages do.
TOLD = re.compile(r"2025-11-03|3 Nov(ember)? 2025|04:05")
SIGN_UP = {"reference": "R-0001", "at": MOMENT, "postcodes": ["SY1 1AA"]}
T1 = {"area": {"type": "team", "codes": ["T1"]}}
FROZEN = {"selection": T1, "purpose": "Sheds", "lawful_basis": "public_task"}
LOOK_UP = {"postcodes": ["SY1 1AA"]}
QUERIES = {
    "/v1/places:search": "?q=SY1+1AA",
    "/v1/teams/at": "?easting=341000&northing=311000",
}
ASKED = {
    "/v1/postcodes:lookup": LOOK_UP,
    "/v1/audiences:preview": T1,
    "/v1/audiences": FROZEN,
}
KINDS = ("text/html", "application/json", "application/geo+json")


@pytest.fixture(autouse=True)
def signed_up(store):
    """Somebody signed up at a moment that stands nowhere else."""
    subscribers.upsert(store, SIGN_UP, by="test")


@pytest.fixture
def layer_id(store) -> str:
    """A layer of one hotspot, in which people live."""
    grid = SquareGrid(2_000, 340_000, 310_000, 1, 1)
    cells = CellLayer(grid, np.array([0]), {"crimes": np.array([7.0])})
    area = HotArea(1, None, grid.polygons(np.array([0]))[0], {"crimes": 7})
    months = {"first": "2025-01", "last": "2025-02"}
    question = {"forces": ["made-up"], "categories": [], "months": months}
    new = NewRun("Sheds", "counts", question, question, {}, is_restricted=False)
    return hotspot_runs.save(store, new, Result(cells, (area,)), Who("test", "admin")).id


def _paths(app, client, layer_id):
    saved = client.post("/v1/saved-areas", json={"name": "a", **T1}).json()["id"]
    frozen = client.post("/v1/audiences", json=FROZEN).json()["id"]
    named = {
        "audience_id": frozen,
        "saved_area_id": saved,
        "edition_id": 3,
        "code": "T1",
        "postcode": "SY1 1AA",
        "name": "site.css",
        "layer_id": layer_id,
        # None is there: what is told of one is told of crimes alone.
        "job_id": "abc",
        "backtest_id": "abc",
        "key": "abc",
    }
    routes = [found.original_route for found in iter_route_contexts(app.routes)]
    templates = [
        route.path for route in routes if isinstance(route, APIRoute) and "GET" in route.methods
    ]
    assert len(templates) > 30
    filled = {re.sub(r":[a-z]+}", "}", each).format_map(named): each for each in templates}
    return [path + QUERIES.get(template, "") for path, template in filled.items()]


def _all_told(app, client, layer_id):
    """Every answer to a GET, in each kind that it may have, and the answers that come of bodies."""
    app.state.events.close()  # or the stream of events would have no end
    for path in _paths(app, client, layer_id):
        for kind in KINDS:
            yield path, client.get(path, headers={"Accept": kind})
    for path, body in ASKED.items():
        yield path, client.post(path, json=body)
    # Who asks with a key has no session, and so the form that a page without one would have.
    yield "/find", client.post("/find", data={"csrf": csrf_of(""), "postcode": "SY1 1AA"})


@pytest.mark.parametrize("role", [Role.ANALYST, Role.COMMANDER])
def test_no_limited_role_can_tell_when_subscribers_last_changed(app, client_of, role, layer_id):
    answered = 0
    for path, answer in _all_told(app, client_of(role), layer_id):
        assert not TOLD.search(answer.text), path
        answered += answer.is_success
    assert answered > 60


def test_who_sees_exact_counts_is_told(app, client_of, layer_id):
    told = {
        path
        for path, answer in _all_told(app, client_of(Role.ADMIN), layer_id)
        if TOLD.search(answer.text)
    }
    assert {
        "/find",
        "/coverage",
        "/coverage/map",
        "/v1/maps/coverage",
    } <= told
    assert {"/v1/audiences", "/v1/audiences:preview"} <= told


def test_who_is_not_signed_in_is_not_told_either(client):
    assert not TOLD.search(client.get("/", headers={"Accept": "text/html"}).text)
