"""Pictures under the maps, where an administrator has set some."""

import re

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings, read_settings
from geo_alerts.acts import keys
from geo_alerts.audiences.disclosure import Role
from geo_alerts.errors import InvalidInputError
from tests.api.asking import OURS

ADDRESS = "https://tiles.example.org:8443/base/{z}/{x}/{y}.png"
WHOSE = "Made-up Tiles & Co"


def browser_of(store, settings):
    token = keys.sign_in_link_token(store, name="A. Operator", role=Role.ADMIN)
    client = TestClient(create_app(settings, store=store), base_url="http://127.0.0.1:8000")
    client.post("/sign-in", data={"token": token}, headers=OURS)
    return client


def images(policy):
    return re.search(r"img-src ([^;]*)", policy)[1].split()


def test_pages_and_documents_may_load_tiles_of_that_server_and_of_no_other(store):
    browser = browser_of(store, Settings(tiles=ADDRESS, tiles_attribution=WHOSE))
    page = browser.get("/target")
    assert 'data-tiles="https://tiles.example.org:8443/base/{z}/{x}/{y}.png"' in page.text
    assert 'data-tiles-attribution="Made-up Tiles &amp; Co"' in page.text
    allowed = images(page.headers["content-security-policy"])
    assert allowed == ["'self'", "data:", "https://tiles.example.org:8443"]
    document = browser.get("/v1/maps/coverage")
    allowed = images(document.headers["content-security-policy"])
    assert allowed == ["data:", "https://tiles.example.org:8443"]
    assert "Made-up Tiles &amp; Co" in document.text


def test_without_the_setting_nothing_is_loaded_from_elsewhere(store):
    browser = browser_of(store, Settings())
    page = browser.get("/target")
    assert "data-tiles" not in page.text
    assert images(page.headers["content-security-policy"]) == ["'self'", "data:"]


@pytest.mark.parametrize(
    ("address", "whose", "told"),
    [
        ("https://tiles.example.org/base.png", WHOSE, "GEO_ALERTS_TILES: must be an address"),
        ("tiles.example.org/{z}/{x}/{y}.png", WHOSE, "GEO_ALERTS_TILES: must be an address"),
        ("https://a b/{z}/{x}/{y}.png", WHOSE, "GEO_ALERTS_TILES: must be an address"),
        ("https://x;script-src */{z}/{x}/{y}.png", WHOSE, "GEO_ALERTS_TILES: must be an address"),
        (ADDRESS, " ", "GEO_ALERTS_TILES_ATTRIBUTION: is needed beside GEO_ALERTS_TILES"),
        (ADDRESS, None, "GEO_ALERTS_TILES_ATTRIBUTION: is needed beside GEO_ALERTS_TILES"),
    ],
)
def test_what_cannot_be_tiles_is_refused_with_the_setting_named(address, whose, told, monkeypatch):
    monkeypatch.setenv("GEO_ALERTS_TILES", address)
    if whose is not None:
        monkeypatch.setenv("GEO_ALERTS_TILES_ATTRIBUTION", whose)
    with pytest.raises(InvalidInputError, match=told):
        read_settings()
