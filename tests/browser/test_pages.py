"""The pages of the real server in a browser, on the small made world of tests/api/world.py.

There, T1 has 60 people, three of them in SY1 1AA (two take texts), T2 has 30, T3 has 5, T4 none.
"""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from geo_alerts.audiences.disclosure import Role

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "api" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPEN_PAGES = ["/", "/sign-in", "/docs"]
SIGNED_IN_PAGES = ["/", "/coverage", "/target", "/docs"]
IN_SY1_1AA = "3 people would get this: 3 by email and 2 by text."


@pytest.fixture
def as_admin(page, server, sign_in, page_log):
    """The page, signed in as an administrator; at the end nothing was loaded from elsewhere."""
    sign_in(Role.ADMIN)
    yield page
    assert_calm(page_log, server)


@pytest.fixture
def as_analyst(page, server, sign_in, page_log):
    """The page, signed in as an analyst."""
    sign_in(Role.ANALYST)
    yield page
    assert_calm(page_log, server)


def assert_calm(page_log, server):
    """No request left this server, and the console holds no error but refusals asked for."""
    elsewhere = [url for url in page_log.requests if not url.startswith((server.address, "data:"))]
    assert elsewhere == []
    assert [text for text in page_log.errors if "responded with a status of 4" not in text] == []


def open_target(page, server):
    page.goto(f"{server.address}/target")
    page.wait_for_selector("path.leaflet-interactive")


def type_circle(page, postcode, metres):
    page.get_by_label("Postcode", exact=True).fill(postcode)
    page.get_by_label("Metres").fill(str(metres))
    page.get_by_role("button", name="Add the circle").click()


def sentence(page):
    return expect(page.locator("#sentence"))


def people_of_value(page, server):
    """What the API counts for the area that the page shows as a value."""
    area = json.loads(page.locator("#area-value").input_value())
    answer = page.request.post(
        f"{server.address}/v1/audiences:preview",
        data={"area": area},
        headers={"Origin": server.address, "Sec-Fetch-Site": "same-origin"},
    )
    return answer.json()["people"]


# --- signing in -----------------------------------------------------------------------------------


def test_a_link_signs_in_once_and_says_so_when_it_is_used_again(page, server):
    link = server.link_for(Role.COMMANDER)
    for _ in range(2):
        page.goto(link)
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Please sign in"
    page.goto(server.address)
    assert "A commander (commander)" in page.locator("header").inner_text()
    page.get_by_role("button", name="Sign out").click()
    assert page.get_by_role("link", name="Sign in").first.is_visible()
    page.goto(f"{server.address}/coverage")
    assert page.get_by_role("heading", level=1).inner_text() == "Please sign in"


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
    row = as_admin.locator("main tbody tr").first.inner_text().split("\t")
    # The 1,000 households of the team's LSOA are shared by its 25 units and by SY5 1AA.
    assert row[:5] == ["Team 1", "T1", "60", "962", "62.4"]
    with as_admin.expect_download() as download:
        as_admin.get_by_role("link", name="Download the map").click()
    saved = Path(download.value.path()).read_text("utf-8")
    assert "Coverage by team" in saved
    assert "Demonstration teams, synthetic subscribers" in saved


def test_an_analyst_sees_no_figure_under_ten(as_analyst, server):
    as_analyst.goto(f"{server.address}/coverage")
    rows = as_analyst.locator("main tbody tr").all_inner_texts()
    shown = {row.split("\t")[1]: row.split("\t")[2] for row in rows}
    assert shown == {"T1": "60", "T2": "30", "T3": "withheld", "T4": "withheld"}
    frame = as_analyst.frame(name="map-only")
    frame.wait_for_selector("path.leaflet-interactive")
    assert "2 teams" in frame.locator(".legend li").last.inner_text()


# --- target ---------------------------------------------------------------------------------------


def test_a_circle_that_is_typed_counts_who_is_there(as_admin, server):
    open_target(as_admin, server)
    type_circle(as_admin, "sy11aa", 10)
    sentence(as_admin).to_have_text(IN_SY1_1AA)
    assert "Within 10 m of SY1 1AA" in as_admin.locator("#shapes").inner_text()
    assert as_admin.locator("#by-team tbody").inner_text().split("\t") == ["Team 1", "3"]
    assert people_of_value(as_admin, server) == 3


def test_shapes_add_and_take_away_and_leave_no_trace(as_admin, server):
    open_target(as_admin, server)
    as_admin.get_by_label("Team", exact=True).select_option("T1")
    as_admin.get_by_role("button", name="Add the team").click()
    expect(as_admin.locator("#figure-people")).to_have_text("60")
    type_circle(as_admin, "SY1 1AA", 10)
    as_admin.get_by_role("button", name="Take away instead: within 10 m of SY1 1AA").click()
    expect(as_admin.locator("#figure-people")).to_have_text("57")
    assert people_of_value(as_admin, server) == 57
    as_admin.get_by_role("button", name="Add instead: within 10 m of SY1 1AA").click()
    expect(as_admin.locator("#figure-people")).to_have_text("60")
    as_admin.get_by_role("button", name="Remove: Team 1").click()
    expect(as_admin.locator("#figure-people")).to_have_text("3")
    as_admin.get_by_role("button", name="Remove: within 10 m of SY1 1AA").click()
    sentence(as_admin).to_have_text("Draw a shape on the map, or type one below.")
    assert as_admin.locator("#area-value").input_value() == ""


def test_a_rectangle_round_all_teams_counts_everybody_in_them(as_admin, server):
    open_target(as_admin, server)
    box = as_admin.locator("#map").bounding_box()
    as_admin.get_by_role("button", name="Rectangle").click()
    as_admin.mouse.click(box["x"] + 60, box["y"] + 5)
    as_admin.mouse.move(box["x"] + 300, box["y"] + 300)
    as_admin.mouse.click(box["x"] + box["width"] - 5, box["y"] + box["height"] - 5)
    expect(as_admin.locator("#shapes li")).to_have_count(1)
    expect(as_admin.locator("#figure-people")).to_have_text(str(people_of_value(as_admin, server)))
    assert as_admin.locator("#by-team tbody tr").count() == 3
    assert as_admin.get_by_role("button", name="Stop drawing").is_hidden()


def test_figures_move_while_a_circle_is_drawn_and_end_with_the_last(as_admin, server):
    open_target(as_admin, server)
    box = as_admin.locator("#map").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    as_admin.get_by_role("button", name="Circle", exact=True).click()
    as_admin.mouse.click(x, y)
    with as_admin.expect_response("**/v1/audiences:preview"):
        as_admin.mouse.move(x + 60, y, steps=4)
    expect(as_admin.locator("#figures")).to_be_visible()
    as_admin.mouse.click(x + 200, y)
    expect(as_admin.locator("#shapes li")).to_have_count(1)
    wanted = people_of_value(as_admin, server)
    expect(as_admin.locator("#figure-people")).to_have_text(str(wanted))
    assert wanted > 20


def test_the_answer_to_an_older_question_never_replaces_that_to_the_latest(as_admin, server):
    open_target(as_admin, server)
    held = []

    def hold_the_first(route):
        if held:
            route.continue_()
        else:
            held.append(route)

    as_admin.route("**/v1/audiences:preview", hold_the_first)
    as_admin.get_by_label("Team", exact=True).select_option("T2")
    with as_admin.expect_request("**/v1/audiences:preview"):
        as_admin.get_by_role("button", name="Add the team").click()
    asked_at = as_admin.evaluate("performance.now()")
    as_admin.wait_for_function("then => performance.now() > then + 350", arg=asked_at)
    as_admin.get_by_label("Team", exact=True).select_option("T1")
    as_admin.get_by_role("button", name="Add the team").click()
    expect(as_admin.locator("#figure-people")).to_have_text("90")


def test_channels_that_are_not_wanted_leave_their_people_out(as_admin, server):
    open_target(as_admin, server)
    type_circle(as_admin, "SY1 1AA", 10)
    sentence(as_admin).to_have_text(IN_SY1_1AA)
    as_admin.get_by_label("email").uncheck()
    sentence(as_admin).to_have_text("2 people would get this: 2 by text.")


@pytest.mark.parametrize(
    ("postcode", "metres", "told"),
    [
        ("", 400, "Type a postcode."),
        ("SY1 1AA", 0, "Type a distance in metres, more than 0."),
        ("nonsense", 400, "postcode"),
    ],
)
def test_what_cannot_be_used_is_told_beside_the_field(as_admin, server, postcode, metres, told):
    open_target(as_admin, server)
    type_circle(as_admin, postcode, metres)
    expect(as_admin.locator("#type-circle .error")).to_contain_text(told)
    assert as_admin.locator("#shapes li").count() == 0


def test_a_list_with_a_fault_does_not_join_the_target(as_admin, server):
    open_target(as_admin, server)
    field = as_admin.get_by_label("Postcodes, sectors or districts")
    field.fill("SY1 1AA, xx")
    as_admin.get_by_role("button", name="Add them").click()
    expect(as_admin.locator("#type-postcodes .error")).to_contain_text("'xx'")
    assert as_admin.locator("#shapes li").count() == 0
    field.fill("sy1 1aa, SY2")
    as_admin.get_by_role("button", name="Add them").click()
    expect(as_admin.locator("#figure-people")).to_have_text("33")
    assert "SY1 1AA and SY2" in as_admin.locator("#shapes").inner_text()


def test_an_analyst_chooses_whole_teams_and_sectors_and_learns_why(as_analyst, server):
    open_target(as_analyst, server)
    assert as_analyst.get_by_role("button", name="Circle").count() == 0
    as_analyst.get_by_label("Team", exact=True).select_option("T1")
    as_analyst.get_by_role("button", name="Show the team").click()
    expect(as_analyst.locator("#figure-people")).to_have_text("60")
    as_analyst.get_by_label("Team", exact=True).select_option("T3")
    as_analyst.get_by_role("button", name="Show the team").click()
    sentence(as_analyst).to_have_text("Too few people to say how many would get this.")
    assert as_analyst.locator("#shapes li").count() == 1
    as_analyst.get_by_label("Postcode sector").fill("sy2 1")
    as_analyst.get_by_role("button", name="Show the sector").click()
    expect(as_analyst.locator("#figure-people")).to_have_text("30")
    as_analyst.get_by_label("Postcode sector").fill("SY1 1AA")
    as_analyst.get_by_role("button", name="Show the sector").click()
    expect(as_analyst.locator("#type-postcodes .error")).to_contain_text("whole postcode sector")


def test_a_team_can_be_chosen_on_the_map(as_analyst, server):
    open_target(as_analyst, server)
    as_analyst.locator("path.leaflet-interactive").first.click()
    expect(as_analyst.locator("#figure-people")).to_have_text("60")
    assert "Team 1" in as_analyst.locator("#shapes").inner_text()


# --- every page -----------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [320, 1280])
def test_pages_fit_every_screen_and_axe_finds_nothing(as_admin, server, width):
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (npm ci in api/frontend)")
    as_admin.set_viewport_size({"width": width, "height": 720})
    for path in SIGNED_IN_PAGES:
        as_admin.goto(f"{server.address}{path}")
        if path == "/target":
            as_admin.wait_for_selector("path.leaflet-interactive")
            type_circle(as_admin, "SY1 1AA", 400)
            expect(as_admin.locator("#figures")).to_be_visible()
        assert as_admin.evaluate("document.documentElement.scrollWidth") <= width, path
        assert violations(as_admin) == [], path


def test_axe_finds_nothing_on_the_pages_that_need_no_sign_in(page, server):
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (npm ci in api/frontend)")
    for path in OPEN_PAGES:
        page.goto(f"{server.address}{path}")
        assert violations(page) == [], path


def violations(page):
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("tags => axe.run({ runOnly: tags })", TAGS)["violations"]
    return [(each["id"], each["nodes"][0]["html"][:120]) for each in found]


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
