"""The layers of the map, and what its legend says of them."""

import re

from playwright.sync_api import expect

from tests.browser.accessibility import violations
from tests.browser.target_page import open_target

COVERAGE = "People who get alerts per 1\u202f000 households"


def open_layers(page):
    page.get_by_text("Layers", exact=True).click()


def legend(page):
    return page.get_by_role("region", name="Legend")


def test_layers_are_ticked_by_keyboard_and_the_legend_says_what_they_mean(as_analyst, server):
    page = as_analyst
    open_target(page, server)
    foot = legend(page)
    expect(foot).to_contain_text("outline of a team")
    expect(foot).to_contain_text("six or more in one place")
    # A map of the made world: the larger areas are in force too, and shown with wider lines.
    expect(foot).to_contain_text("Local policing areas")
    wide = page.locator("#map path[stroke-width='2']")
    expect(wide).to_have_count(2)
    page.get_by_text("Layers", exact=True).focus()
    page.keyboard.press("Enter")
    box = page.get_by_role("checkbox", name="Coverage by team")
    box.focus()
    page.keyboard.press("Space")
    expect(foot).to_contain_text(COVERAGE)
    expect(foot).to_contain_text("Estimated, so that nobody can be singled out.")
    expect(foot).to_contain_text(re.compile(r"Subscribers as of \d+ \w+ \d{4}\."))
    expect(page.locator(".shading-pane path")).to_have_count(4)
    assert violations(page) == []
    page.get_by_role("checkbox", name="Coverage by postcode sector").check()
    expect(foot).to_contain_text(f"{COVERAGE}, by postcode sector")
    expect(page.locator(".shading-pane path")).to_have_count(8)
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(page.get_by_text("Layers", exact=True)).to_be_focused()
    # What the pointer rests on tells the figures too.
    foot.hover()
    page.locator("path.leaflet-interactive").first.hover()
    # The one before may still fade.
    told = page.locator(".leaflet-tooltip", has_text="(T1)")
    expect(told).to_contain_text(re.compile(r"Team 1 \(T1\)\. ≈ \d+ people get alerts \(± \d+\)"))
    foot.get_by_role("link", name="The same as a table").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Coverage by postcode sector")
    expect(page.get_by_role("row")).to_have_count(5)
    assert violations(page) == []


def test_the_map_is_one_stop_of_the_keyboard_however_many_teams_it_shows(as_analyst, server):
    page = as_analyst
    open_target(page, server)
    expect(legend(page)).to_contain_text("Local policing areas")
    page.locator("#map").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement instanceof SVGElement") is False
    page.locator("path.leaflet-interactive").first.hover()
    expect(page.locator(".leaflet-tooltip", has_text="Team")).to_be_visible()


def test_a_layer_that_cannot_be_fetched_says_so_and_can_be_ticked_again(as_analyst, server):
    page = as_analyst
    page.route(
        "**/v1/coverage?*", lambda route: route.fulfill(status=429, headers={"Retry-After": "1"})
    )
    open_target(page, server)
    open_layers(page)
    box = page.get_by_role("checkbox", name="Coverage by team")
    box.click()
    expect(box).not_to_be_checked()
    expect(
        page.locator(".layers [role=status]", has_text="The server does not answer")
    ).to_be_visible()
    page.unroute("**/v1/coverage?*")
    box.check()
    expect(legend(page)).to_contain_text(COVERAGE)
    box.uncheck()
    expect(legend(page)).not_to_contain_text(COVERAGE)
    expect(page.locator(".shading-pane path")).to_have_count(0)


def test_stored_hotspots_and_saved_areas_are_chosen_from_lists(as_admin, server):
    page = as_admin
    circle = {"type": "radius", "centre": {"postcode": "SY1 1AA"}, "metres": 300}
    page.goto(f"{server.address}/target")
    made = page.evaluate(
        """async (area) => (await fetch("/v1/saved-areas", {
            method: "POST", headers: { "Content-Type": "application/json" },
            body: JSON.stringify({ name: "by the river", area }),
        })).status""",
        circle,
    )
    assert made == 201
    open_target(page, server)
    open_layers(page)
    page.get_by_role("combobox", name="Saved areas: which").select_option("by the river")
    expect(page.get_by_role("checkbox", name="Saved areas")).to_be_checked()
    expect(legend(page)).to_contain_text("By the river")
    expect(page.locator("path[stroke-dasharray='8 4']").first).to_be_attached()
    # Nothing was ever looked for in this world, so there is no empty list to choose from.
    expect(page.get_by_role("checkbox", name="Stored hotspots")).to_have_count(0)


def test_on_a_narrow_screen_layers_and_legend_fit(as_analyst, server):
    page = as_analyst
    page.set_viewport_size({"width": 320, "height": 640})
    open_target(page, server)
    open_layers(page)
    page.get_by_role("checkbox", name="Coverage by team").check()
    expect(legend(page)).to_contain_text(COVERAGE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert violations(page) == []
