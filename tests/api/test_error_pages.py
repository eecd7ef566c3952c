"""What pages say of what went wrong: in words of their readers, with a way on."""

import pytest

from geo_alerts.audiences.disclosure import Role
from tests.api.asking import main_of

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
