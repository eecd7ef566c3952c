"""A commander reads the hotspot map, slides through months, keeps a layer, gives a place a team."""

import re

import pytest
from playwright.sync_api import expect

from geo_alerts.audiences.disclosure import Role
from geo_alerts.store.database import Store
from tests.browser.accessibility import violations
from tests.browser.conftest import assert_calm
from tests.hotspot_world import HOT_CRIMES, LAST, import_months

pytestmark = pytest.mark.browser


@pytest.fixture
def commander(page, server, sign_in, page_log, tmp_path):
    """The page, signed in as a commander, with fourteen months of crimes."""
    with Store.open(server.store_url) as store:
        import_months(store, tmp_path)
    sign_in(Role.COMMANDER)
    yield page
    assert_calm(page_log, server)


def test_a_commander_follows_hotspots_through_the_months(commander, server):
    page = commander
    page.goto(f"{server.address}/dashboard?month={LAST}&category=burglary&months=3&method=counts")
    summary, legend = page.locator("#map-summary"), page.get_by_role("region", name="Legend")
    expect(summary).to_contain_text("crimes")
    expect(legend).to_contain_text("Crimes in a cell")
    # The ranks stand on the map, the same areas in the table under it, by rank.
    expect(page.locator("#hotspot-map .rank").first).to_have_text("1")
    # Folded, for whoever has a minute.
    table = page.locator("#map-table table").first
    expect(table).to_be_hidden()
    page.get_by_text(re.compile("The same as a table: .* hotspots")).click()
    expect(table).to_be_visible()
    expect(table.locator("tbody tr").first).to_contain_text("High Street")
    expect(table.locator("tbody tr").first).to_contain_text(str(3 * HOT_CRIMES))
    assert violations(page) == []

    classes = legend.locator(".legend-entry", has_text="Crimes in a cell").locator("li")
    expect(legend).to_contain_text("classes of December 2024 to February 2025, the same in every")
    latest = [re.sub(r" \(.*", "", one) for one in classes.all_inner_texts()]

    # By keyboard to the month before: the address, the map and the words follow.
    page.get_by_role("slider", name="Month on the map").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#map-asked")).to_contain_text("November 2024 to January 2025")
    expect(page).to_have_url(re.compile("month=2025-01"))
    earlier = [re.sub(r" \(.*", "", one) for one in classes.all_inner_texts()]
    assert earlier == latest
    expect(page.locator("#map-other")).to_contain_text("the figures of the page are of February")

    page.get_by_label("The map shows").select_option("repeats")
    expect(legend).to_contain_text("persistent")
    expect(page).to_have_url(re.compile("method=repeats"))
    page.get_by_label("The map shows").select_option("change")
    page.get_by_role("slider", name="Month on the map").press("Home")
    expect(summary).to_have_class("refused")
    expect(summary).to_contain_text("Months of crimes are missing: 2023-11 to 2023-12")
    page.get_by_role("slider", name="Month on the map").press("End")
    page.get_by_label("The map shows").select_option("density")
    expect(legend).to_contain_text("Crimes per km²")


def test_a_commander_keeps_what_the_map_shows_as_a_layer(commander, server):
    page = commander
    page.goto(f"{server.address}/dashboard?month={LAST}&category=burglary&method=density")
    page.get_by_role("button", name="Keep this layer").click()
    expect(page).to_have_url(re.compile("/progress"))
    page.get_by_role("link", name=re.compile("See the result")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Density: Burglary")
    expect(page.frame_locator("iframe.map").locator("path").first).to_be_visible()
    assert violations(page) == []


def test_a_place_is_looked_at_and_given_to_another_team(commander, server):
    page = commander
    page.goto(f"{server.address}/dashboard?month={LAST}")
    page.locator("#repeats").get_by_role("link", name=re.compile("High Street")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("High Street")
    expect(page.locator("#place-map path").first).to_be_visible()
    assert violations(page) == []
    page.get_by_label("Give it to").select_option(label="Team 2")
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_role("main")).to_contain_text("Team 2, as A commander said on")
