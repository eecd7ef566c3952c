"""Audiences and saved areas in a browser: asked for by one, approved by another, drawn for both."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from geo_alerts.audiences.disclosure import Role
from tests.browser.accessibility import violations
from tests.browser.conftest import Server, assert_calm, sign_in_to
from tests.serving import served

pytestmark = pytest.mark.browser

T1 = {"type": "team", "codes": ["T1"]}
NEAR = {"type": "radius", "centre": {"postcode": "SY1 1DD"}, "metres": 700}
WHY = {"purpose": "Shed break-ins", "lawful_basis": "public_task"}


@pytest.fixture(scope="module")
def server(world, tmp_path_factory):
    """The made world, in which 20 people are as many as one person may decide on."""
    store_url = f"sqlite:///{shutil.copy(world, tmp_path_factory.mktemp('store'))}"
    with served(store_url, GEO_ALERTS_APPROVAL_ABOVE="20") as link:
        yield Server(link.partition("/sign-in")[0], store_url)


def post(page, server, path, value, method="POST"):
    """Send what a page's script sends."""
    ours = {"Origin": server.address, "Sec-Fetch-Site": "same-origin"}
    whole = f"{server.address}{path}"
    answer = page.request.fetch(whole, method=method, data=value, headers=ours)
    assert answer.ok, answer.text()
    return answer.json()


def fits(page, width):
    """Axe finds nothing, nothing hangs over the side, and the framed map is whole."""
    page.set_viewport_size({"width": width, "height": 800})
    frame = page.frame(name="map-only")
    if frame is not None:
        page.locator("iframe.map").scroll_into_view_if_needed()
        frame.wait_for_selector("path.leaflet-interactive")
        root = "document.documentElement"
        assert frame.evaluate(
            f"[{root}.scrollHeight - innerHeight, {root}.scrollWidth - innerWidth]"
        ) == [0, 0]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []


def test_one_person_asks_another_approves_and_the_alert_system_finds_it_ready(
    page, server, page_log
):
    sign_in_to(page, server, Role.ANALYST)
    made = post(page, server, "/v1/audiences", {"selection": {"area": T1}, **WHY})
    there = f"{server.address}/audiences/{made['id']}"
    page.goto(f"{server.address}/audiences")
    expect(page.locator(".lead")).to_have_text("1 audience waits for a second person.")
    page.get_by_role("link", name="Shed break-ins").click()
    expect(page).to_have_url(there)
    expect(page.locator(".lead")).to_have_text("People in Team 1.")
    expect(page.locator("#approval")).to_contain_text("you cannot approve it")
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    fits(page, 1360)

    page.get_by_role("button", name="Sign out").click()
    sign_in_to(page, server, Role.COMMANDER)
    page.goto(f"{server.address}/audiences?approval=awaited")
    fits(page, 320)
    page.goto(there)
    fits(page, 320)
    # With the keyboard alone.
    page.get_by_role("textbox", name="Why").focus()
    page.keyboard.type("Agreed with the duty officer")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".done")).to_contain_text("You approved this audience")
    expect(page.locator("#approval")).to_contain_text("A commander approved it on")
    expect(page.locator("blockquote")).to_have_text("Agreed with the duty officer")

    page.get_by_role("button", name="Sign out").click()
    sign_in_to(page, server, Role.ALERT_SYSTEM)
    post(page, server, f"/v1/audiences/{made['id']}/alerts", {"key": "shed-2025-1"})
    page.goto(there)
    expect(page.locator("#handing-over")).to_contain_text("Ready.")
    expect(page.locator("#handing-over code")).to_have_text(
        f"GET {server.address}/v1/audiences/{made['id']}/recipients"
    )
    expect(page.get_by_role("region", name="Alerts sent")).to_contain_text("shed-2025-1")
    expect(page.locator(".counts dd").first).to_have_text("60")
    fits(page, 768)
    assert_calm(page_log, server)


def test_replies_that_were_told_stand_with_the_audience_and_in_the_list(page, server, page_log):
    sign_in_to(page, server, Role.ALERT_SYSTEM)
    few = {"area": {"type": "postcodes", "postcodes": ["SY1 1AA", "SY1 1AB"]}}
    asked = {"selection": few, **WHY, "purpose": "Told how many replied"}
    made = post(page, server, "/v1/audiences", asked)
    there = f"/audiences/{made['id']}"
    page.goto(f"{server.address}{there}")
    api = f"{server.address}/v1{there}"
    first = [f"POST {api}/alerts", f"PUT {api}/replies"]
    expect(page.locator("#replies .address")).to_have_text(first)
    fits(page, 320)
    sent = post(page, server, f"/v1{there}/alerts", {"key": "shed-2025-1"})
    replies = {"as_of": sent["sent_at"], "by_channel": {"email": 2, "text": 13}}
    post(page, server, f"/v1{there}/replies", replies, "PUT")
    page.reload()
    expect(page.locator("#replies")).to_contain_text("15 replies to all alerts")
    expect(page.get_by_role("region", name="Replies by channel")).to_contain_text("13")
    fits(page, 320)
    page.goto(f"{server.address}/audiences")
    expect(page.get_by_role("columnheader", name="Replies")).to_be_visible()
    fits(page, 320)
    assert_calm(page_log, server)


def test_without_script_an_audience_is_refused_and_stays_closed(browser, server):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in_to(page, server, Role.ALERT_SYSTEM)
    made = post(page, server, "/v1/audiences", {"selection": {"area": T1}, **WHY})
    sign_in_to(page, server, Role.ADMIN)
    page.goto(f"{server.address}/audiences/{made['id']}")
    page.get_by_role("textbox", name="Why").fill("Too wide")
    page.get_by_role("button", name="Refuse it").click()
    expect(page.locator(".done")).to_contain_text("You refused this audience")
    expect(page.locator("#handing-over")).to_contain_text("Closed.")
    context.close()


def test_a_saved_area_is_shown_by_versions_and_its_map_opens_from_disk(
    as_analyst, server, tmp_path
):
    page = as_analyst
    saved = post(page, server, "/v1/saved-areas", {"name": "The station", "area": T1})
    changed = {"area": NEAR, "note": "The near streets"}
    post(page, server, f"/v1/saved-areas/{saved['id']}/versions", changed)
    page.goto(f"{server.address}/areas")
    fits(page, 320)
    page.get_by_role("link", name="The station").click()
    expect(page.locator(".lead")).to_have_text("Within 700 m of SY1 1DD.")
    for width in (320, 1360):
        fits(page, width)
    with page.expect_download() as download:
        page.get_by_role("link", name="take it as a file").click()
    page.get_by_role("link", name="Version 1").click()
    expect(page.locator(".lead")).to_have_text("In Team 1.")
    expect(page.get_by_role("link", name="Open on the target page")).to_have_attribute(
        "href", f"/target?area={saved['id']}&version=1"
    )
    file = tmp_path / "area.html"
    file.write_bytes(Path(download.value.path()).read_bytes())
    other = page.context.browser.new_context(offline=True)
    alone = other.new_page()
    told = []
    alone.on("console", lambda message: told.append(message.text))
    alone.goto(file.as_uri())
    alone.wait_for_selector("path.leaflet-interactive")
    # Dots of the postcodes inside and on the edge, beside the outline.
    assert alone.locator(".leaflet-overlay-pane path[fill='#1d70b8']").count() > 0
    hollow = alone.locator(".leaflet-overlay-pane path[stroke='#1d70b8'][fill='none']")
    assert hollow.count() > 1
    assert violations(alone) == []
    assert told == []
    other.close()
