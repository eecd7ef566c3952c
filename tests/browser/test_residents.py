"""Find your team, as a resident does: without signing in, without a script, on a telephone."""

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import violations

pytestmark = pytest.mark.browser


@pytest.fixture
def plain_page(browser):
    """A small screen that runs no script."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 700})
    yield context.new_page()
    context.close()


def ask(page, postcode):
    page.get_by_label("Postcode").fill(postcode)
    page.get_by_role("button", name="Find my team").click()


def test_a_resident_finds_the_team_without_a_script_and_leaves_no_postcode(plain_page, server):
    page, visited = plain_page, []
    page.on("request", lambda request: visited.append(request.url))
    page.goto(server.address)
    page.get_by_role("main").get_by_role("link", name="Find your team").click()
    field = page.get_by_label("Postcode")
    for wrong in ("", "SY1", "SY9 9ZZ"):
        ask(page, wrong)
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_be_focused()
    ask(page, "sy1 1aa")
    expect(page.get_by_role("heading", level=1)).to_have_text("Team 1")
    expect(page.get_by_role("link", name="01632")).to_have_attribute("href", "tel:01632960001")
    expect(page.get_by_role("img")).to_be_visible()
    assert page.locator("html").evaluate("html => html.scrollWidth") <= 320
    assert not [url for url in visited if "SY1" in url.upper()]
    assert all(url.startswith((server.address, "data:")) for url in visited)


def test_nothing_on_the_pages_is_in_anybodys_way(page, server):
    for path in (
        "/",
        "/your-team",
        "/your-team/T1?yours=1&also=T2",
        "/your-team/T2",
        "/sign-in",
        "/your-team/none",
    ):
        page.goto(f"{server.address}{path}")
        assert violations(page) == [], path
