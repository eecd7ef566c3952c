"""The panel of the target page: from a search to an audience, as a person works."""

import re

import pytest
from playwright.sync_api import expect

from geo_alerts.audiences.disclosure import Role
from tests.browser.accessibility import violations
from tests.browser.target_page import open_target, selection_of

pytestmark = pytest.mark.browser

ROWS = b"postcode,name\nSY1 1AB,a\nrubbish,b\n=1+1,c\nsy1 1ab,d\n,e\n\n"
# How wide the postcodes are drawn, in widths of the map: as it is, and once paper is laid out.
POSTCODES_OF_MAP = """() => {
  const ratio = () => document.querySelector("canvas.points").getBoundingClientRect().width
    / document.getElementById("map").clientWidth;
  const onScreen = ratio();
  window.dispatchEvent(new Event("beforeprint"));
  const onPaper = ratio();
  window.dispatchEvent(new Event("afterprint"));
  return [onScreen, onPaper];
}"""


def find(page, text):
    """Type into the box over the map, and take the first of what is found."""
    field = page.get_by_role("combobox", name="Find a place")
    field.fill(text)
    expect(page.locator("#places [role=option]").first).to_be_visible()
    field.press("Enter")
    expect(page.locator("#found-place")).to_be_visible()


def add_found(page):
    page.get_by_role("button", name="Add it to the target").click()
    expect(page.locator("#found-place")).to_be_hidden()


def lead(page):
    """The sentence of the selection."""
    return expect(page.locator("#selection-sentence"))


def ask_for(page, purpose):
    form = page.locator("#ask-audience")
    form.get_by_label("What it is for").fill(purpose)
    form.get_by_label("Why it is lawful").select_option("public_task")
    form.get_by_role("button", name="Ask for this audience").click()


def send_file(page, name, content):
    given = {"name": name, "mimeType": "text/csv", "buffer": content}
    page.locator("#postcode-file").set_input_files(given)
    page.get_by_role("button", name="Add the list").click()


def test_places_are_found_by_keyboard_while_they_are_typed(as_admin, server):
    page = as_admin
    open_target(page, server)
    field = page.get_by_role("combobox", name="Find a place")
    field.press_sequentially("sy1 1a")
    options = page.locator("#places [role=option]")
    expect(options).to_have_count(5)
    field.press("ArrowDown")
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "place-1")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    assert violations(page) == []
    field.press("ArrowUp")
    field.press("Enter")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#found-name")).to_have_text("SY1 1AA")
    page.get_by_label("Metres round it").fill("10")
    add_found(page)
    lead(page).to_have_text("People within 10 m of SY1 1AA")
    expect(page.locator("#figure-people")).to_have_text("3")
    find(page, "SY2 1")
    expect(page.locator("#found-size")).to_be_hidden()
    assert violations(page) == []
    add_found(page)
    lead(page).to_have_text("People within 10 m of SY1 1AA, or in SY2 1")


def test_every_filter_is_counted_and_in_the_sentence(as_admin, server):
    page = as_admin
    open_target(page, server)
    find(page, "Team 1")
    add_found(page)
    page.get_by_label("in the group").select_option("Farm Watch")
    page.locator("#more-filters > summary").click()
    page.locator("#label-rule").select_option("none_of")
    page.locator("#label-name").select_option("topic:burglary")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_label("On or after").fill("2023-12-31")
    page.get_by_label("Before", exact=True).fill("2023-01-01")
    expect(page.locator("#more-fault")).to_contain_text("choose a later second day")
    page.get_by_label("Before", exact=True).fill("2024-02-01")
    expect(page.locator("#more-fault")).to_have_text("")
    page.get_by_label("At most so many alerts").fill("2")
    page.get_by_label("Per cent not told").fill("10")
    page.get_by_label("Per cent not told").press("Tab")
    expect(page.locator("#more-chosen")).to_have_text("(4 chosen)")
    lead(page).to_have_text(
        "People in Team 1 who belong to Farm Watch and joined on or after 31 December 2023 and "
        "before 1 February 2024 and want alerts but none about burglary; at most 2 alerts each "
        "in 7 days; 10% of them, drawn at random, not told"
    )
    assert violations(page) == []
    page.get_by_role("button", name="Remove: none of: burglary").click()
    lead(page).not_to_contain_text("burglary")
    asked = selection_of(page)
    assert {name: asked[name] for name in ("groups", "joined", "cap", "control")} == {
        "groups": {"any_of": ["Farm Watch"]},
        "joined": {"on_or_after": "2023-12-31", "before": "2024-02-01"},
        "cap": {"alerts": 2, "days": 7},
        "control": {"share": 0.1},
    }
    page.get_by_role("button", name="Clear these filters").click()
    lead(page).to_have_text("People in Team 1 who belong to Farm Watch")


def test_an_audience_is_asked_for_and_its_selection_used_again(as_admin, server):
    page = as_admin
    open_target(page, server)
    find(page, "SY1 1AA")
    add_found(page)
    find(page, "Team 2")
    add_found(page)
    page.get_by_label("voice").uncheck()
    page.locator("#more-filters > summary").click()
    page.get_by_label("Only so many people").fill("5")
    page.get_by_label("Only so many people").press("Tab")
    words = (
        "People within 400 m of SY1 1AA, or in Team 2, who want emails or text messages; "
        "5 of them drawn at random"
    )
    lead(page).to_have_text(words)
    expect(page.locator("#asked-sentence")).to_have_text(words)
    page.get_by_role("button", name="Ask for this audience").click()
    fault = page.locator("#ask-audience .error")
    expect(fault).to_have_text("Say what the audience is for, in a few words.")
    expect(page.get_by_label("What it is for")).to_be_focused()
    asked = selection_of(page)
    ask_for(page, "Warn of shed break-ins")
    page.wait_for_url(re.compile(r"/audiences/[0-9a-f]+$"))
    expect(page.get_by_role("main")).to_contain_text(words)
    page.goto(f"{server.address}/target?audience={page.url.rpartition('/')[2]}")
    lead(page).to_have_text(words)
    # The seed that was used is told.
    assert selection_of(page) == {**asked, "sample": {"size": 5, "seed": 0}}
    expect(page.locator("#shapes li > span").first).to_have_text("within 400 m of SY1 1AA")
    # Who was reached can be left out of the next one.
    page.locator("#earlier-audiences").get_by_label("Warn of shed break-ins").check()
    lead(page).to_contain_text("; nobody of an earlier audience")


def test_an_area_is_saved_changed_opened_by_its_link_and_printed(as_analyst, server, tmp_path):
    page = as_analyst
    open_target(page, server)
    page.get_by_role("button", name="Save as a new area").click()
    fault = page.locator("#save-area .error")
    expect(fault).to_have_text("Type a name, so that others find the area.")
    page.locator("#area-name").fill("South")
    page.get_by_role("button", name="Save as a new area").click()
    expect(fault).to_contain_text("There is no area yet")
    find(page, "Team 2")
    add_found(page)
    page.get_by_role("button", name="Save as a new area").click()
    kept = page.locator("#kept-as")
    expect(kept).to_contain_text("Saved as “South”, version 1.")
    find(page, "SY1 1AB")
    add_found(page)
    expect(kept).to_have_text("Changed since version 1 of “South”.")
    page.get_by_label("What has changed").fill("A postcode more")
    page.get_by_role("button", name="Save a new version").click()
    expect(kept).to_contain_text("version 2")
    page.get_by_role("button", name="Save a new version").click()
    expect(kept).to_have_text(
        "Nothing has changed since version 2 of “South”, so no new one was made."
    )
    page.locator("#area-versions > summary").click()
    latest = page.locator("#versions li").first
    expect(latest).to_contain_text("In Team 2, or within 400 m of SY1 1AB")
    expect(latest).to_contain_text("A postcode more")
    assert page.locator("#area-link").input_value() == page.url
    assert violations(page) == []
    page.get_by_role("link", name="In Team 2", exact=True).click()
    expect(kept).to_contain_text("Saved as “South”, version 1.")
    lead(page).to_have_text("People in Team 2")
    # On paper it is one page.
    printed = page.pdf(path=tmp_path / "target.pdf", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    on_screen, on_paper = page.evaluate(POSTCODES_OF_MAP)
    assert on_paper == pytest.approx(on_screen, abs=0.01), "the postcodes are drawn for the paper"
    expect(page.locator("body")).not_to_have_class(re.compile("printing"))


def test_of_a_list_in_a_file_the_rows_that_are_left_out_are_told(as_analyst, server):
    page = as_analyst
    open_target(page, server)
    send_file(page, "list.csv", ROWS)
    expect(page.locator("#uploaded")).to_have_text(
        "1 postcode is added. 1 stood there more than once. 2 blank rows were passed over."
    )
    lead(page).to_have_text("People in SY1 1AB")
    rows = page.locator("#rejected tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("3rubbish")
    assert violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("button", name="Download these rows as CSV").click()
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    assert lines[0] == '"row","value","reason"'
    assert lines[1].startswith('"3","rubbish",')
    assert lines[2].startswith('"4","\'=1+1",')
    send_file(page, "list.xlsx", b"PK\x03\x04...")
    expect(page.locator("#upload-postcodes .error")).to_contain_text("Save it as CSV")
    expect(page.locator("#rejected")).to_be_hidden()


def test_estimates_tell_what_they_take_no_account_of(page, server, sign_in):
    sign_in(Role.COMMANDER)
    open_target(page, server)
    find(page, "Team 1")
    add_found(page)
    expect(page.locator("#figure-people")).to_have_text(re.compile(r"^≈"))
    expect(page.locator("#sentence")).to_have_text(re.compile(r"^About .+ people \(± .+\) would"))
    expect(page.locator("#several-labels")).to_have_count(0)
    page.locator("#more-filters > summary").click()
    page.get_by_label("Only so many people").fill("5")
    page.get_by_label("Only so many people").press("Tab")
    expect(page.locator("#note")).to_have_text(
        "The estimate takes no account of the sample that is drawn."
    )
    lead(page).to_have_text("People in Team 1; 5 of them drawn at random")
    assert violations(page) == []


def test_what_is_not_found_is_told_with_what_can_be_typed(as_analyst, server):
    page = as_analyst
    open_target(page, server)
    field = page.get_by_role("combobox", name="Find a place")
    field.fill("nowhere at all")
    expect(page.locator("#places")).to_contain_text("Nothing found. Type a postcode")
    field.fill("SY9 9ZZ")
    expect(page.locator("#places")).to_contain_text("No place on the map:")
    assert violations(page) == []
    field.press("Escape")
    expect(page.locator("#places")).to_be_hidden()
    assert page.evaluate("location.search") == ""
