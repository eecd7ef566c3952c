"""A session ends while a page is open: what is on it stays, and works again after signing in."""

import pytest
from playwright.sync_api import expect

from geo_alerts.audiences.disclosure import Role
from tests.browser.accessibility import violations
from tests.browser.conftest import sign_in_to
from tests.browser.target_page import open_target, type_circle

pytestmark = pytest.mark.browser


def test_what_was_drawn_is_kept_and_goes_on_after_signing_in_in_another_tab(as_analyst, server):
    page, context = as_analyst, as_analyst.context
    open_target(page, server)
    type_circle(page, "SY1 1AA", 400)
    expect(page.locator("#figures")).to_be_visible()
    shapes = page.locator("#shapes li")
    expect(shapes).to_have_count(1)
    context.clear_cookies()
    type_circle(page, "SY2 1AA", 300)
    expect(page.locator("main")).to_contain_text("Sign in again in another tab")
    expect(shapes).to_have_count(1)
    other = context.new_page()
    sign_in_to(other, server, Role.ANALYST)
    other.close()
    page.get_by_role("button", name="Add the circle").click()
    expect(shapes).to_have_count(2)
    expect(page.locator("main")).not_to_contain_text("Sign in again in another tab")
    expect(page.locator("#figures")).to_be_visible()


def test_a_form_of_the_old_session_says_so_and_leads_to_one_that_works(as_admin, server):
    page, context = as_admin, as_admin.context
    page.goto(server.address)
    context.clear_cookies()
    other = context.new_page()
    sign_in_to(other, server, Role.ADMIN)
    other.close()
    page.get_by_label("Postcode").fill("SY1 1AA")
    page.get_by_role("button", name="Find the team").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have signed in again")
    assert violations(page) == []
    page.get_by_role("link", name="Open the page again").click()
    page.get_by_label("Postcode").fill("SY1 1AA")
    page.get_by_role("button", name="Find the team").click()
    expect(page.locator(".found")).to_contain_text("Its team is Team 1 (T1)")


def test_a_page_left_open_says_that_the_session_ended_and_that_it_goes_on(page, sign_in, server):
    page.clock.install()
    sign_in(Role.ANALYST)
    said, until = page.locator("#session"), page.locator("#session-until")
    expect(said).to_have_text("")
    first = until.inner_text()
    page.clock.fast_forward("07:56:00")
    expect(said).to_contain_text("less than five minutes")
    page.clock.fast_forward("00:05:00")
    expect(said).to_contain_text("Your session has ended")
    assert violations(page) == []
    other = page.context.new_page()
    sign_in_to(other, server, Role.ANALYST)
    expect(said).to_contain_text("You are signed in again, until")
    expect(until).not_to_have_text(first)
    assert until.inner_text() in said.inner_text()
    assert violations(page) == []
    other.clock.fast_forward("07:56:00")
    expect(said).to_contain_text("less than five minutes")
