"""The pages of boundaries in a browser: from a file to a day on which it is in force."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from geo_alerts.audiences.disclosure import Role
from tests.api.world import FAULTY, NEXT, squares
from tests.browser.accessibility import violations

pytestmark = pytest.mark.browser

LATER = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()


@pytest.fixture
def upload(server, tmp_path):
    """Upload squares by the form; gives the address of the new edition's page."""

    def act(page, areas, label):
        page.goto(f"{server.address}/boundaries")
        file = squares(tmp_path / f"{label}.geojson", areas, made_for=label)
        page.get_by_label("File", exact=True).set_input_files(file)
        page.get_by_label("Name of the edition").fill(label)
        page.get_by_role("button", name="Upload").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(label)
        return page.url.partition("?")[0]

    return act


def map_of(page):
    """The outlines of the map that the page frames."""
    return page.frame_locator("iframe.map").locator("path.leaflet-interactive")


def test_an_edition_goes_from_a_file_to_a_day(as_admin, server, upload):
    page = as_admin
    upload(page, NEXT, "Teams to come")
    expect(page.locator(".done")).to_have_text("The file is kept as a draft.")
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".lead")).to_contain_text("checked: no errors")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".lead")).to_contain_text("25 of 101 live postcodes go to another team")
    map_of(page).first.wait_for()
    expect(page.locator(".counts dd").first).to_have_text("25")
    page.get_by_text("Postcodes that change team: 25").click()
    expect(page.get_by_role("region", name="Postcodes that change team")).to_be_visible()
    page.go_back()
    page.get_by_label("First day").fill(LATER)
    page.get_by_role("button", name="Put in force").click()
    expect(page.locator("main")).to_contain_text("30 people in another team or none")
    page.get_by_role("button", name="Yes, put it in force").click()
    expect(page.locator(".state").first).to_have_text("scheduled")
    page.goto(server.address)
    page.get_by_label("Postcode").fill("SY2 1AA")
    page.get_by_text("Ask as of another day").click()
    page.get_by_label("Day").fill(LATER)
    page.get_by_role("button", name="Find the team").click()
    expect(page.locator(".found")).to_contain_text("Its team is Team 5 (T5)")


def test_faults_are_shown_on_a_map_and_mended_into_a_new_draft(as_admin, upload):
    page = as_admin
    address = upload(page, FAULTY, "Teams with faults")
    page.get_by_role("button", name="Check").click()
    map_of(page).first.wait_for()
    row = page.get_by_role("region", name="Faults one by one").locator("tbody tr").first
    expect(row).to_contain_text("overlap")
    page.get_by_label("No boundary moves more than").fill("2")
    page.get_by_role("button", name="Repair").click()
    expect(page.locator(".lead")).to_contain_text("no boundary moved more than 2")
    page.get_by_role("link", name=re.compile("^edition ")).click()
    assert page.url != address
    expect(page.locator("main")).to_contain_text("Repaired from")
    page.get_by_role("button", name="Discard").click()
    expect(page.locator(".done")).to_have_text("The edition is discarded.")


def test_what_is_refused_is_told_above_the_form_with_what_was_typed(as_admin, server, tmp_path):
    page = as_admin
    page.goto(f"{server.address}/boundaries")
    wrong = tmp_path / "notes.txt"
    wrong.write_text("no boundaries")
    page.get_by_label("File", exact=True).set_input_files(wrong)
    page.get_by_label("Name of the edition").fill("As typed")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("alert")).to_contain_text("notes.txt")
    assert page.get_by_label("Name of the edition").input_value() == "As typed"


def test_while_a_file_is_on_its_way_the_page_says_so(as_admin, server, tmp_path):
    page = as_admin
    page.goto(f"{server.address}/boundaries")
    file = squares(tmp_path / "on-its-way.geojson", NEXT)
    page.get_by_label("File", exact=True).set_input_files(file)
    # While a form is on its way Playwright sees nothing of its page, so here it is only said to be.
    page.evaluate("document.querySelector('.panel-form').dispatchEvent(new Event('submit'))")
    expect(page.locator("form [role=status]")).to_contain_text("The file is being sent.")
    expect(page.get_by_role("progressbar", name="How far the file is")).to_be_visible()
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("made on-its-way")
    page.goto(f"{server.address}/progress")
    job = page.locator("#jobs li").filter(has_text="on-its-way.geojson")
    expect(job).to_contain_text("asked for by you")
    job.get_by_role("link", name="See the result").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("made on-its-way")


def test_without_script_every_form_works(browser, server, upload):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.link_for(Role.ADMIN))
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    upload(page, NEXT, "Without script")
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".lead")).to_contain_text("checked: no errors")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("caption").first).to_have_text("Teams that do not stay as they were")
    page.go_back()
    page.get_by_role("button", name="Discard").click()
    expect(page.locator(".done")).to_have_text("The edition is discarded.")
    context.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_fit_every_screen_and_axe_finds_nothing(as_admin, server, upload, width):
    page = as_admin
    page.set_viewport_size({"width": width, "height": 720})
    label = f"Teams at {width}"
    address = upload(page, FAULTY, label)
    page.get_by_role("button", name="Check").click()
    area = {"type": "team", "codes": ["T2"]}
    ours = {"Origin": server.address, "Sec-Fetch-Site": "same-origin"}
    sent = {"name": f"Area at {width}", "area": area}
    page.request.post(f"{server.address}/v1/saved-areas", data=sent, headers=ours)
    pages = [address, f"{address}/compare", f"{server.address}/boundaries"]
    for each in pages:
        page.goto(each)
        fits(page, width, each)
    page.goto(address)
    page.get_by_role("button", name="Put in force").click()
    expect(page.locator("main")).to_contain_text("to be reviewed")
    fits(page, width, "confirm")
    page.goto(address)
    page.get_by_role("button", name="Repair").click()
    fits(page, width, "repaired")


def fits(page, width, where):
    assert page.evaluate("document.documentElement.scrollWidth") <= width, where
    assert violations(page) == [], where
