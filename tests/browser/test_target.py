"""The target page of the real server in a browser, on the small made world of tests/api/world.py.

There, T1 has 60 people, three of them in SY1 1AA (two take texts), T2 has 30, T3 has 5, T4 none.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.target_page import (
    add_teams,
    area_of,
    click_on_map,
    draw,
    open_target,
    people_of_value,
    sentence,
    type_circle,
    type_line,
    type_postcodes,
    type_rectangle,
    zoom,
)

pytestmark = pytest.mark.browser

IN_SY1_1AA = "3 people would get this: 3 by email and 2 by text."


def test_a_circle_that_is_typed_counts_who_is_there(as_admin, server):
    open_target(as_admin, server)
    type_circle(as_admin, "sy11aa", 10)
    sentence(as_admin).to_have_text(IN_SY1_1AA)
    assert "Within 10 m of SY1 1AA" in as_admin.locator("#shapes").inner_text()
    assert as_admin.locator("#by-team tbody").inner_text().split("\t") == ["Team 1", "3"]
    assert people_of_value(as_admin, server) == 3


def test_shapes_add_and_take_away_and_leave_no_trace(as_admin, server):
    open_target(as_admin, server)
    add_teams(as_admin, "T1")
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
    assert as_admin.locator("#selection-value").input_value() == ""


def test_a_rectangle_round_all_teams_counts_everybody_in_them(as_admin, server):
    open_target(as_admin, server)
    box = as_admin.locator("#map").bounding_box()
    as_admin.get_by_role("button", name="Rectangle", exact=True).click()
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
    with as_admin.expect_response("**/v1/audiences:preview*"):
        as_admin.mouse.move(x + 60, y, steps=4)
    expect(as_admin.locator("#figures")).to_be_visible()
    as_admin.mouse.click(x + 200, y)
    expect(as_admin.locator("#shapes li")).to_have_count(1)
    wanted = people_of_value(as_admin, server)
    expect(as_admin.locator("#figure-people")).to_have_text(str(wanted))
    assert wanted > 20


def test_channels_that_are_not_wanted_leave_their_people_out(as_admin, server):
    open_target(as_admin, server)
    type_circle(as_admin, "SY1 1AA", 10)
    sentence(as_admin).to_have_text(IN_SY1_1AA)
    as_admin.get_by_label("email", exact=True).uncheck()
    sentence(as_admin).to_have_text("2 people would get this: 2 by text.")


@pytest.mark.parametrize(
    ("postcode", "metres", "told"),
    [
        ("", 400, "Type a postcode, or a position."),
        ("SY1 1AA", 0, "Type a distance in metres: more than 0, at most 200\u202f000."),
        ("SY1 1AA", 200_001, "Type a distance in metres: more than 0, at most 200\u202f000."),
        ("nonsense", 400, "NONSENSE was not found."),
        ("SY9 9ZZ", 400, "SY9 9ZZ was not found."),
        ("SY2 1ZZ", 400, "SY2 1ZZ has no place on the map"),
    ],
)
def test_what_cannot_be_used_is_told_beside_the_field(as_admin, server, postcode, metres, told):
    open_target(as_admin, server)
    type_circle(as_admin, postcode, metres)
    expect(as_admin.locator("#type-circle .error")).to_contain_text(told)
    assert as_admin.locator("#shapes li").count() == 0


def test_a_list_with_a_fault_does_not_join_the_target(as_admin, server):
    open_target(as_admin, server)
    type_postcodes(as_admin, "SY1 1AA, xx")
    expect(as_admin.locator("#type-postcodes .error")).to_contain_text("'xx'")
    assert as_admin.locator("#shapes li").count() == 0
    type_postcodes(as_admin, "sy1 1aa, SY2")
    expect(as_admin.locator("#figure-people")).to_have_text("33")
    assert "SY1 1AA and SY2" in as_admin.locator("#shapes").inner_text()


def test_a_team_can_be_chosen_on_the_map(as_admin, server):
    open_target(as_admin, server)
    as_admin.locator("path.leaflet-interactive").first.click()
    expect(as_admin.locator("#figure-people")).to_have_text("60")
    assert "Team 1" in as_admin.locator("#shapes").inner_text()


def test_a_line_that_is_drawn_reaches_as_far_to_each_side_as_is_typed(as_admin, server):
    open_target(as_admin, server)
    draw(as_admin, "Along a line", (-100, 0), (60, 30))
    as_admin.mouse.dblclick(*centre_of(as_admin, "#map"))
    line = as_admin.locator("#shapes li")
    expect(line).to_contain_text("along a line")
    area = area_of(as_admin)
    assert (area["type"], area["line"]["type"], area["metres"]) == ("corridor", "LineString", 100)
    few = people_of_value(as_admin, server)
    width = line.get_by_label("metres to each side")
    width.fill("1000")
    width.press("Enter")
    expect(width).to_be_focused()
    assert area_of(as_admin)["metres"] == 1000
    many = people_of_value(as_admin, server)
    assert many > few
    expect(as_admin.locator("#figure-people")).to_have_text(str(many))


def test_a_line_and_a_rectangle_can_be_typed(as_admin, server):
    open_target(as_admin, server)
    type_line(as_admin, "SY1 1AA, sy11ab")
    expect(as_admin.locator("#shapes li")).to_contain_text("along a line from SY1 1AA to SY1 1AB")
    # Two units, 400 m apart: three people each have a place in either.
    expect(as_admin.locator("#figure-people")).to_have_text("6")
    as_admin.get_by_role("button", name="Remove: along a line").click()
    type_rectangle(as_admin, -3, 52, -2, 53)
    expect(as_admin.locator("#figure-people")).to_have_text("96")
    assert area_of(as_admin) == {
        "type": "rectangle",
        "west": -3,
        "south": 52,
        "east": -2,
        "north": 53,
    }


def test_a_rectangle_whose_sides_are_the_wrong_way_round_is_told(as_admin, server):
    open_target(as_admin, server)
    type_rectangle(as_admin, -2, 52, -3, 53)
    told = as_admin.locator("#type-rectangle .error")
    expect(told).to_contain_text("The east must be more than the west")
    expect(as_admin.get_by_label("East")).to_be_focused()


def centre_of(page, selector):
    box = page.locator(selector).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


# --- shapes that cannot be used -------------------------------------------------------------------


BOW_TIE = [(0, 0), (120, 120), (120, 0), (0, 120), (0, 0)]


def test_a_shape_that_is_refused_is_named_and_the_others_still_count(as_admin, server):
    open_target(as_admin, server)
    type_circle(as_admin, "SY1 1AA", 10)
    sentence(as_admin).to_have_text(IN_SY1_1AA)
    as_admin.get_by_role("button", name="Polygon", exact=True).click()
    click_on_map(as_admin, *BOW_TIE)
    problem = as_admin.get_by_role("alert").filter(visible=True)
    expect(problem).to_contain_text("A polygon does not count. Lines of the shape cross")
    sentence(as_admin).to_have_text(IN_SY1_1AA)
    assert people_of_value(as_admin, server) == 3
    expect(as_admin.locator("#shapes li").last).to_contain_text("Does not count.")
    problem.get_by_role("button", name="Remove this shape").click()
    expect(as_admin.locator("#shapes li")).to_have_count(1)
    expect(problem).to_have_count(0)
    sentence(as_admin).to_have_text(IN_SY1_1AA)


def test_a_shape_that_crosses_itself_can_be_replaced_by_the_repaired_one(as_admin, server):
    open_target(as_admin, server)
    draw(as_admin, "Polygon", *BOW_TIE)
    problem = as_admin.get_by_role("alert").filter(visible=True)
    problem.get_by_role("button", name="Use the repaired shape").click()
    expect(as_admin.get_by_text("Does not count.")).to_have_count(0)
    assert area_of(as_admin)["geometry"]["type"] == "MultiPolygon"
    people = people_of_value(as_admin, server)
    expect(as_admin.locator("#figure-people")).to_have_text(str(people))


def test_a_first_shape_that_is_refused_does_not_block_the_next(as_admin, server):
    open_target(as_admin, server)
    as_admin.get_by_role("button", name="Polygon", exact=True).click()
    click_on_map(as_admin, *BOW_TIE)
    expect(as_admin.locator("#shapes li")).to_contain_text("Does not count.")
    assert as_admin.locator("#selection-value").input_value() == ""
    type_circle(as_admin, "SY1 1AA", 10)
    sentence(as_admin).to_have_text(IN_SY1_1AA)


def test_a_circle_that_is_drawn_too_large_is_told_in_plain_words(as_admin, server):
    open_target(as_admin, server)
    zoom(as_admin, "Zoom out", 7)
    as_admin.get_by_role("button", name="Circle", exact=True).click()
    click_on_map(as_admin, (0, 0), (300, 0))
    told = re.compile("Does not count. The distance .*at most 200,?000")
    expect(as_admin.locator("#shapes .error")).to_have_text(told)


def test_the_same_team_twice_is_once(as_admin, server):
    open_target(as_admin, server)
    for _ in range(2):
        add_teams(as_admin, "T1")
    expect(as_admin.locator("#type-team .error")).to_have_text("That is in the list already.")
    expect(as_admin.locator("#shapes li")).to_have_count(1)


# --- finding one's way ----------------------------------------------------------------------------


def test_names_of_teams_stand_on_the_map_and_codes_where_there_is_less_room(as_admin, server):
    open_target(as_admin, server)
    names = as_admin.locator(".team-name")
    expect(names).to_have_count(4)
    assert sorted(names.all_inner_texts()) == ["Team 1", "Team 2", "Team 3", "Team 4"]
    zoom(as_admin, "Zoom out", 4)
    expect(names.first).to_have_text(re.compile(r"^T\d$"))
    zoom(as_admin, "Zoom out", 3)
    expect(names).to_have_count(0)


def test_the_line_of_tools_says_how_to_draw_and_a_double_click_finishes(as_admin, server):
    open_target(as_admin, server)
    hint = as_admin.locator("#hint")
    as_admin.get_by_role("button", name="Circle", exact=True).click()
    expect(hint).to_contain_text("Drag from the middle out to the edge, or click on each")
    # At the pointer it would be cut off at the map's edge; no team is told of under the hand.
    as_admin.mouse.move(*middle_of_map(as_admin))
    expect(as_admin.locator(".leaflet-tooltip").filter(visible=True)).to_have_count(0)
    as_admin.get_by_role("button", name="Stop drawing").click()
    expect(hint).to_have_text("Or choose a team by clicking on it")
    as_admin.get_by_role("button", name="Polygon", exact=True).click()
    expect(hint).to_contain_text("double-click on the last to finish")
    scale = as_admin.locator(".leaflet-control-scale-line").first
    before = scale.inner_text()
    click_on_map(as_admin, (-150, -150), (150, -150))
    box = as_admin.locator("#map").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    as_admin.mouse.move(x, y + 150)
    as_admin.mouse.dblclick(x, y + 150)
    expect(as_admin.locator("#shapes li")).to_have_count(1)
    expect(as_admin.locator("#figures")).to_be_visible()
    assert scale.inner_text() == before


def test_the_selection_is_copied_for_the_api_and_the_command_line(as_admin, server):
    as_admin.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_target(as_admin, server)
    type_circle(as_admin, "SY1 1AA", 10)
    sentence(as_admin).to_have_text(IN_SY1_1AA)
    as_admin.get_by_text("This selection for the API").click()
    as_admin.get_by_role("button", name="Copy").click()
    expect(as_admin.locator("#copied")).to_have_text("Copied.")
    copied = as_admin.evaluate("navigator.clipboard.readText()")
    assert copied == as_admin.locator("#selection-value").input_value()


def test_an_analyst_learns_who_can_send(as_analyst, server):
    open_target(as_analyst, server)
    told = "Its people are fetched by the alert system and shown to nobody else"
    expect(as_analyst.locator(".rest")).to_contain_text(told)


def test_what_scrolls_is_never_under_the_figures(as_admin, server):
    as_admin.set_viewport_size({"width": 1280, "height": 720})
    open_target(as_admin, server)
    type_circle(as_admin, "SY1 1AA", 3000)
    expect(as_admin.locator("#figures")).to_be_visible()
    answer = as_admin.locator(".answer").bounding_box()
    rest = as_admin.locator(".rest").bounding_box()
    assert rest["y"] >= answer["y"] + answer["height"]
    as_admin.locator("#postcodes").focus()
    field = as_admin.locator("#postcodes").bounding_box()
    assert field["y"] >= rest["y"]


@pytest.mark.parametrize("width", [320, 900, 1280])
def test_the_map_stays_where_it_is_when_drawing_begins(as_admin, server, width):
    as_admin.set_viewport_size({"width": width, "height": 900})
    open_target(as_admin, server)
    expect(as_admin.locator(".legend-foot")).to_contain_text("Teams")
    expect(as_admin.locator(".legend")).to_contain_text("Postcodes")
    # The legend has its lines once the layers are there.
    as_admin.wait_for_load_state("networkidle")
    if width == 320:
        # On a phone the map comes first, and the tools by a button over it.
        assert place_of_map(as_admin)[0] < 500
        expect(as_admin.get_by_role("button", name="Circle", exact=True)).to_be_hidden()
        as_admin.get_by_role("button", name="Draw on the map").click()
    before = place_of_map(as_admin)
    for tool in ("Circle", "Rectangle", "Polygon", "Along a line", "Cut a hole", "Move"):
        as_admin.get_by_role("button", name=tool, exact=True).click()
        assert place_of_map(as_admin) == before
        # All of it can be drawn on.
        expect(as_admin.locator("#map")).to_be_in_viewport(ratio=1)


def middle_of_map(page):
    box = page.locator("#map").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def place_of_map(page):
    """Its top on the page, however that is scrolled, and its height; pixels."""
    return page.locator("#map").evaluate(
        "map => [map.getBoundingClientRect().top + scrollY, map.offsetHeight]"
    )
