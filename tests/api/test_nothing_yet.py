"""Pages before everything is imported: each says what to do next, and none is an error page."""

from typing import get_type_hints

import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.responses import HTMLResponse
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from geo_alerts.acts.keys import create_key
from geo_alerts.audiences.disclosure import Role
from geo_alerts.store.database import Store
from tests.api.asking import ADDRESS, OURS, main_of
from tests.api.world import bring

HTML = {"Accept": "text/html"}
# Documents of their own, for a frame and for disk; the page around them says what is missing.
FILES = {"/coverage/map", "/v1/maps/coverage"}
# Pages that are not for every role.
OF_ROLES = {"/hotspots/near-repeats": (Role.ANALYST, Role.ADMIN)}
# What is there -> what the coverage says must come next.
STAGES = {
    (): "geo-alerts import postcodes",
    ("postcodes",): "geo-alerts import boundaries",
    ("postcodes", "boundaries"): "geo-alerts import households",
    ("postcodes", "boundaries", "subscribers"): "geo-alerts import households",
}


@pytest.fixture(params=STAGES, ids=lambda there: "+".join(there) or "nothing")
def stage(request, tmp_path):
    """A store with some of the world, and what that is."""
    with Store.open(f"sqlite:///{tmp_path / 'begun.db'}", create=True) as store:
        for what in request.param:
            bring(store, tmp_path, what)
        yield store, request.param


def caller_of(store, role):
    _, token = create_key(store, "test", role)
    headers = {"Authorization": f"Bearer {token}", **HTML}
    return TestClient(create_app(Settings(), store=store), base_url=ADDRESS, headers=headers)


def pages_of(app):
    """The paths of all pages that are at one address, by what their handlers say they answer."""
    routes = [found.original_route for found in iter_route_contexts(app.routes)]
    html = {
        route.path
        for route in routes
        if isinstance(route, APIRoute)
        and "GET" in route.methods
        and get_type_hints(route.endpoint)["return"] is HTMLResponse
    }
    return sorted(path for path in html - FILES if "{" not in path)


def test_no_page_is_an_error_page_before_everything_is_imported(stage):
    store, _ = stage
    for role in Role:
        caller = caller_of(store, role)
        pages = [path for path in pages_of(caller.app) if role in OF_ROLES.get(path, Role)]
        assert {"/", "/coverage", "/coverage/sectors", "/dashboard", "/your-team"} <= set(pages)
        assert {path: caller.get(path).status_code for path in pages} == dict.fromkeys(pages, 200)


def test_the_coverage_says_what_to_import_next(stage):
    store, there = stage
    caller = caller_of(store, Role.ANALYST)
    for path in ("/coverage", "/coverage/sectors"):
        said = main_of(caller.get(path))
        assert STAGES[there] in said.partition("What is missing now")[2]
        assert not any(
            f"import {what}" in said for what in {"postcodes", "boundaries"} & set(there)
        )


@pytest.mark.parametrize("there", [(), ("postcodes",)])
def test_a_resident_who_opens_a_teams_page_is_told_whom_to_call(there, tmp_path):
    with Store.open(f"sqlite:///{tmp_path / 'begun.db'}", create=True) as store:
        for what in there:
            bring(store, tmp_path, what)
        resident = TestClient(create_app(Settings(), store=store), base_url=ADDRESS, headers=HTML)
        asked = resident.post("/your-team", data={"postcode": "SY1 1AA"}, headers=OURS)
        for answer in (asked, resident.get("/your-team/T1")):
            assert answer.status_code == 503
            assert "Call 101 and ask who your team is" in main_of(answer)
            assert "import" not in main_of(answer)
