"""What somebody drew is not lost: by leaving the page, or by two people who save at once."""

import pytest
from playwright.sync_api import expect

from tests.browser.target_page import add_teams, open_target, type_circle

pytestmark = pytest.mark.browser

T1 = {"type": "team", "codes": ["T1"], "edition": None}


@pytest.fixture
def warnings(as_admin):
    """The kinds of the dialogs that came; each is agreed to, so that the page is left."""
    kinds = []

    def agree(dialog):
        kinds.append(dialog.type)
        dialog.accept()

    as_admin.on("dialog", agree)
    return kinds


def leave(page):
    page.get_by_role("navigation").get_by_role("link", name="Areas").first.click()
    page.wait_for_url("**/areas")


def test_leaving_warns_of_what_is_drawn_and_kept_nowhere(as_admin, server, warnings):
    page = as_admin
    open_target(page, server)
    leave(page)
    assert warnings == []
    open_target(page, server)
    type_circle(page, "SY1 1AA", 400)
    expect(page.locator("#shapes li")).to_have_count(1)
    leave(page)
    assert warnings == ["beforeunload"]
    open_target(page, server)
    type_circle(page, "SY1 1AA", 400)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#shapes li")).to_have_count(0)
    leave(page)
    page.goto(f"{server.address}/target?team=T1")
    expect(page.locator("#shapes li")).to_have_count(1)
    leave(page)
    assert warnings == ["beforeunload"]


def test_a_version_that_another_saved_meanwhile_is_shown_first(as_admin, server, warnings):
    page = as_admin
    open_target(page, server)
    type_circle(page, "SY1 1AA", 400)
    page.locator("#area-name").fill("Town")
    page.get_by_role("button", name="Save as a new area").click()
    kept = page.locator("#kept-as")
    expect(kept).to_contain_text("Saved as “Town”, version 1.")
    saved = page.url.partition("area=")[2].partition("&")[0]
    headers = {"Origin": server.address, "Sec-Fetch-Site": "same-origin"}
    versions = f"{server.address}/v1/saved-areas/{saved}/versions"
    assert page.request.post(versions, data={"area": T1}, headers=headers).status == 201

    add_teams(page, "T2")
    page.get_by_role("button", name="Save a new version").click()
    fault = page.locator("#save-version .error")
    expect(fault).to_contain_text("A admin saved version 2 meanwhile; yours is not saved yet.")
    with page.context.expect_page() as opened:
        fault.get_by_role("link", name="Look at version 2 in a new tab").click()
    theirs = opened.value
    expect(theirs.locator("#shapes li")).to_have_count(1)
    theirs.close()
    assert len(page.request.get(versions).json()["saved_areas"]) == 2

    page.get_by_role("button", name="Save a new version").click()
    expect(kept).to_contain_text("Saved as “Town”, version 3.")
    leave(page)
    assert warnings == []
