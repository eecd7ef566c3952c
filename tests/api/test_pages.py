"""The pages and their files, as a browser gets them."""

import dataclasses
import re

import pytest

from api.assets import Assets
from geo_alerts.acts import keys
from geo_alerts.audiences.disclosure import Role
from tests.api.asking import OURS, assert_problem

PAGES = ["/", "/coverage", "/target", "/boundaries", "/boundaries/3", "/docs", "/sign-in"]


@pytest.fixture
def browser(client, store):
    """A browser of somebody who is signed in."""
    token = keys.sign_in_link_token(store, name="P. Operator <b>", role=Role.ADMIN)
    client.post("/sign-in", data={"token": token}, headers=OURS)
    client.headers["Accept"] = "text/html"
    return client


@pytest.mark.parametrize("path", PAGES)
def test_every_page_loads_only_files_that_are_there(path, browser):
    page = browser.get(path)
    assert page.status_code == 200
    files = re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)
    assert files
    for file in files:
        assert browser.get(file).status_code == 200, file
    assert not re.search(r'(?:src|href|action)="(?!/|#|data:|https://www\.)', page.text)


def test_a_page_shows_who_is_signed_in_with_markup_made_harmless(browser):
    text = browser.get("/").text
    assert "P. Operator &lt;b&gt;" in text
    assert "<b>" not in text


@pytest.mark.parametrize("path", [*PAGES, "/nowhere", "/v1/nowhere", "/v1/teams/none"])
def test_every_page_errors_included_says_who_is_signed_in(path, browser):
    assert "P. Operator" in browser.get(path).text


def test_a_page_names_what_it_was_made_from_and_that_it_is_a_demonstration(browser):
    text = browser.get("/coverage").text
    assert "made teams" in text
    assert "emonstration" in text


def test_the_coverage_page_tells_in_a_table_what_the_map_shows(browser):
    text = browser.get("/coverage").text
    for team in ("Team 1", "Team 2", "Team 3", "Team 4"):
        assert team in text


def test_limited_roles_see_estimates_on_the_page_and_in_the_map(client_of):
    analyst = client_of(Role.ANALYST)
    for path in ("/coverage", "/coverage/map", "/v1/maps/coverage"):
        answer = analyst.get(path)
        assert answer.status_code == 200
        assert "±" in answer.text, path
        assert "estimated" in answer.text, path


def test_the_map_of_a_page_is_the_map_of_the_api(browser):
    assert browser.get("/coverage/map").text == browser.get("/v1/maps/coverage").text


def test_files_whose_name_tells_their_content_are_kept_for_ever_and_others_are_not(client):
    assets = Assets.read()
    hashed = next(iter(assets.hashed.values()))
    answer = client.get(f"/static/{hashed}")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert client.get("/static/leaflet.js").headers["cache-control"] == "no-cache"
    assert "javascript" in client.get("/static/leaflet.js").headers["content-type"]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "none.js",
        "../app.py",
        "..%2fapp.py",
        "%2e%2e/app.py",
        "/etc/passwd",
        "....//app.py",
        "leaflet.js/",
    ],
)
def test_nothing_but_the_built_files_is_sent(name, client):
    assert client.get(f"/static/{name}").status_code == 404


def test_a_file_that_a_later_build_took_away_is_not_found(app, client, tmp_path):
    pages = app.state.pages
    gone = Assets({"a.js": "a-1.js"}, {"a-1.js": tmp_path / "a-1.js"})
    app.state.pages = dataclasses.replace(pages, assets=gone)
    assert_problem(client.get("/static/a-1.js"), 404, "unknown_route")


def test_a_visitor_whose_session_ended_sees_the_open_pages_all_the_same(client):
    client.cookies.set("geo_alerts_session", "long gone")
    assert client.get("/").status_code == 200
    assert client.get("/coverage", headers={"Accept": "text/html"}).status_code == 401


def test_a_link_cannot_write_markup_into_the_sign_in_page(client):
    page = client.get("/sign-in", params={"token": '"><script src=//evil.example>'})
    assert "<script src=//evil" not in page.text


def test_without_anything_imported_pages_say_what_to_do(empty_client):
    page = empty_client.get("/")
    assert page.status_code == 200
    assert "geo-alerts import postcodes" in page.text
    health = empty_client.get("/v1/health").json()
    assert (health["alive"], health["ready"]) == (True, False)
    assert health["waiting_for"] == "geo-alerts import postcodes and boundaries"
    answer = empty_client.get("/v1/teams")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
    assert "geo-alerts import" in answer.json()["detail"]
