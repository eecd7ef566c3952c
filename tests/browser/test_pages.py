"""The pages of the real server in a browser, on the small made world of tests/api/world.py.

There, T1 has 60 people, three of them in SY1 1AA (two take texts), T2 has 30, T3 has 5, T4 none.
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from geo_alerts.audiences.disclosure import Role
from tests.browser.accessibility import violations
from tests.browser.target_page import open_target, type_circle

pytestmark = pytest.mark.browser

OPEN_PAGES = ["/", "/sign-in", "/docs"]
SIGNED_IN_PAGES = [
    "/",
    "/coverage",
    "/target",
    "/boundaries",
    "/boundaries/3",
    "/docs",
]


# --- signing in -----------------------------------------------------------------------------------


def test_a_link_signs_in_once_and_says_so_when_it_is_used_again(page, server):
    link = server.link_for(Role.COMMANDER)
    heading = page.get_by_role("heading", level=1)
    for told in ("What would you like to do?", "Please sign in"):
        page.goto(link)
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        expect(heading).to_have_text(told)
    expect(page.locator("main")).to_contain_text("geo-alerts keys link")
    page.goto(server.address)
    expect(page.locator("header")).to_contain_text("A commander (commander, until ")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    page.goto(f"{server.address}/coverage")
    expect(heading).to_have_text("Please sign in")


def test_an_address_that_is_none_leads_back(as_admin, server):
    as_admin.goto(f"{server.address}/nothing-here")
    as_admin.get_by_role("link", name="Go to the first page").click()
    expect(as_admin.get_by_role("heading", level=1)).to_have_text("What would you like to do?")


# --- coverage -------------------------------------------------------------------------------------


def test_the_coverage_page_shows_map_and_table_and_gives_the_file(as_admin, server):
    as_admin.goto(f"{server.address}/coverage")
    frame = as_admin.frame(name="map-only")
    frame.wait_for_selector("path.leaflet-interactive")
    assert frame.locator("path.leaflet-interactive").count() == 4
    row = as_admin.locator("main tbody tr").filter(has_text="Team 1").inner_text().split("\t")
    # The 1,000 households of the team's LSOA are shared by its 25 units and by SY5 1AA.
    assert row[:5] == ["Team 1", "T1", "60", "962", "62.4"]
    with as_admin.expect_download() as download:
        as_admin.get_by_role("link", name="Download the map").click()
    saved = Path(download.value.path()).read_text("utf-8")
    assert "Coverage by team" in saved
    assert "Demonstration teams, synthetic subscribers" in saved


def test_an_analyst_sees_estimates_and_how_far_they_may_be_off(as_analyst, server):
    as_analyst.goto(f"{server.address}/coverage")
    rows = as_analyst.locator("main tbody tr").all_inner_texts()
    shown = {row.split("\t")[1]: row.split("\t")[2] for row in rows}
    assert sorted(shown) == ["T1", "T2", "T3", "T4"]
    assert all(re.fullmatch(r"≈\u202f\d+ ± \d+", people) for people in shown.values()), shown
    as_analyst.frame(name="map-only").wait_for_selector("path.leaflet-interactive")


def test_the_table_begins_with_the_lowest_and_sorts_with_its_heading_in_view(as_admin, server):
    as_admin.goto(f"{server.address}/coverage")
    rates = as_admin.locator("main tbody td:nth-child(5)")
    shown = [float(text) for text in rates.all_inner_texts()]
    assert shown == sorted(shown)
    heading = as_admin.get_by_role("columnheader", name="People per")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "descending")
    assert [float(text) for text in rates.all_inner_texts()] == shown[::-1]
    as_admin.set_viewport_size({"width": 1280, "height": 300})
    as_admin.locator("main tbody tr").last.evaluate("row => row.scrollIntoView()")
    expect(heading).to_be_in_viewport()


@pytest.mark.parametrize("width", [320, 700, 840])
def test_the_framed_map_is_whole_on_a_small_screen(as_admin, server, width):
    as_admin.set_viewport_size({"width": width, "height": 800})
    as_admin.goto(f"{server.address}/coverage")
    frame = as_admin.frame(name="map-only")
    frame.wait_for_selector("path.leaflet-interactive")
    root = "document.documentElement"
    assert frame.evaluate(f"{root}.scrollHeight <= innerHeight && {root}.scrollWidth <= innerWidth")


def test_on_a_phone_the_table_slides_with_its_teams_in_view(as_admin, server):
    as_admin.set_viewport_size({"width": 320, "height": 700})
    for path in ("/coverage", "/coverage/map"):
        as_admin.goto(f"{server.address}{path}")
        expect(as_admin.get_by_text("Slide the table sideways")).to_be_visible()
        region = as_admin.get_by_role("region").filter(has=as_admin.locator("table"))
        region.evaluate("frame => frame.scrollLeft = 9999")
        team = region.locator("tbody th").first
        box, frame = team.bounding_box(), region.bounding_box()
        assert box["width"] >= 130
        assert box["x"] >= frame["x"]
    label = as_admin.locator(".label").first.bounding_box()
    assert label["x"] + label["width"] <= 320


# --- home and reference ---------------------------------------------------------------------------


def test_the_first_page_tells_the_team_of_a_postcode(as_admin, server):
    as_admin.goto(server.address)
    as_admin.get_by_label("Postcode").fill("sy11aa")
    as_admin.get_by_role("button", name="Find the team").click()
    expect(as_admin.locator(".found")).to_contain_text("Its team is Team 1 (T1)")
    assert as_admin.get_by_label("Postcode").input_value() == "sy11aa"
    expect(as_admin.get_by_role("link", name="01632 960001")).to_have_attribute(
        "href", "tel:01632960001"
    )
    expect(as_admin.locator(".reach")).to_contain_text("Surgery, 1 July 2099, 6:00pm")


def test_the_reference_shows_parameters_with_limits_and_answers_with_examples(page, server):
    page.goto(f"{server.address}/docs")
    call = page.locator("#list_recipients")
    call.locator("summary").click()
    row = call.locator("tbody tr").filter(has_text="page_size").inner_text()
    assert row.split("\t")[3:] == ["1000", "at least 1, at most 10\u202f000"]
    assert '"withdrawn_since": 3' in call.locator("pre").first.inner_text()
    assert call.locator("p code").first.inner_text() == "Accept: application/x-ndjson"


# --- every page -----------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [320, 1280])
def test_pages_fit_every_screen_and_axe_finds_nothing(as_admin, server, width):
    as_admin.set_viewport_size({"width": width, "height": 720})
    for path in SIGNED_IN_PAGES:
        as_admin.goto(f"{server.address}{path}")
        if path == "/target":
            open_target(as_admin, server)
            type_circle(as_admin, "SY1 1AA", 400)
            expect(as_admin.locator("#figures")).to_be_visible()
        assert as_admin.evaluate("document.documentElement.scrollWidth") <= width, path
        assert violations(as_admin) == [], path


def test_axe_finds_nothing_on_the_pages_that_need_no_sign_in(page, server):
    for path in OPEN_PAGES:
        page.goto(f"{server.address}{path}")
        assert violations(page) == [], path


def test_without_script_the_target_page_says_what_to_do(browser, server):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.link_for(Role.ADMIN))
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.goto(f"{server.address}/target")
    assert "needs JavaScript" in page.locator("noscript").inner_text()
    page.goto(f"{server.address}/coverage")
    assert page.locator("main tbody tr").count() == 4
    context.close()
