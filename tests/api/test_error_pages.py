"""What pages say of what went wrong: in words of their readers, with a way on."""

import pytest
from starlette.testclient import TestClient

from geo_alerts.audiences.disclosure import Role
from tests.api.asking import ADDRESS, OURS, main_of

ON = '<a href="/dashboard">Open this page as it is</a>'


@pytest.fixture
def browser(browser_of):
    """The browser of a commander."""
    return browser_of(Role.COMMANDER)


def test_a_value_that_cannot_be_used_is_named_in_words_with_what_would_do(browser):
    page = browser.get("/dashboard?month=spring")
    told = main_of(page)
    assert "<strong>Month</strong>: must be a month such as 2025-03" in page.text
    assert "see errors" not in told
    assert ON in page.text


def test_a_query_that_a_page_does_not_know_leads_to_the_page_without_it(browser):
    page = browser.get("/dashboard?colour=blue")
    assert "query parameters" not in main_of(page)
    assert ON in page.text


def test_whoever_is_signed_out_is_told_to_sign_in_and_not_of_keys(browser):
    browser.cookies.clear()
    told = main_of(browser.get("/dashboard"))
    assert "Sign in to see this page." in told
    assert "API key" not in told


def test_a_place_that_is_no_more_leads_to_the_dashboard(browser):
    page = browser.get("/repeats/nope")
    assert page.status_code == 404
    assert "There is no such place any more" in main_of(page)
    assert '<a href="/dashboard">Open the dashboard</a>' in page.text


def test_programs_are_told_as_before(analyst):
    told = analyst.get("/v1/coverage?as_of=spring").json()
    assert told["detail"] == "1 of the values given cannot be used; see errors"


@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("GET", "/your-team/none", 404, "There is no such team"),
        ("GET", "/your-team/a/b", 404, "This is not here"),
        ("GET", "/your-team?postcode=SY1+1AA", 400, "The address of the page is wrong"),
        ("PUT", "/your-team", 405, "This cannot be opened"),
    ],
)
def test_residents_are_told_in_their_words_with_whom_to_call(client, method, path, status, said):
    client.headers["Accept"] = "text/html"
    page = client.request(method, path)
    assert page.status_code == status
    told = main_of(page)
    assert said in told
    assert "call 101" in told
    assert 'href="/your-team"' in page.text
    assert "geo-alerts" not in told


def test_a_defect_is_not_the_residents_fault_and_none_of_it_is_told(app, monkeypatch):
    def broken(*_):
        raise RuntimeError("secret words")

    monkeypatch.setattr("api.routes.residents.search", broken)
    with TestClient(app, base_url=ADDRESS, headers={"Accept": "text/html"}) as resident:
        page = resident.post("/your-team", data={"postcode": "SY1 1AA"}, headers=OURS)
    assert page.status_code == 500
    assert "It is not your fault. Try again in a few minutes." in main_of(page)
    assert "secret" not in page.text
