"""What the target page says where something is missing or wrong, and whom it can choose."""

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import violations
from tests.browser.target_page import (
    answer_with,
    area_of,
    draw,
    open_target,
    selection_of,
    sentence,
    type_circle,
    type_line,
    type_postcodes,
    type_rectangle,
    zoom,
)

pytestmark = pytest.mark.browser

BOW_TIE = [(0, 0), (120, 120), (120, 0), (0, 120), (0, 0)]
IN_SY1_1AA = "3 people would get this: 3 by email and 2 by text."
CHANNELS = ("email", "text", "voice")


# --- what is missing ------------------------------------------------------------------------------


def test_without_a_channel_one_is_asked_for_and_no_size_of_a_circle_stays(as_admin, server):
    open_target(as_admin, server)
    as_admin.get_by_label("Metres or people").select_option("people")
    type_circle(as_admin, "SY1 1AA", 5)
    circle = as_admin.locator("#shapes li span")
    expect(circle).to_have_text("the smallest circle round SY1 1AA that holds 5 people: 400 m")
    for channel in CHANNELS:
        as_admin.get_by_label(channel, exact=True).uncheck()
    expect(as_admin.locator("#problem-text")).to_have_text("Tick at least one channel.")
    expect(circle).to_have_text("the smallest circle round SY1 1AA that holds 5 people")
    expect(as_admin.locator("#figures")).to_be_hidden()
    assert as_admin.locator("#selection-value").input_value() == ""
    as_admin.get_by_label("email", exact=True).check()
    expect(circle).to_have_text("the smallest circle round SY1 1AA that holds 5 people: 400 m")
    expect(as_admin.locator("#problem")).to_be_hidden()


# --- what is wrong --------------------------------------------------------------------------------


def test_what_a_form_told_goes_when_its_field_changes(as_admin, server):
    open_target(as_admin, server)
    type_circle(as_admin, "nonsense", 400)
    told, field = as_admin.locator("#type-circle .error"), as_admin.locator("#postcode")
    expect(told).to_contain_text("NONSENSE was not found.")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.press("Backspace")
    expect(told).to_have_text("")
    expect(field).not_to_have_attribute("aria-invalid", "true")


def test_what_a_form_told_goes_when_another_shape_is_added(as_admin, server):
    open_target(as_admin, server)
    type_circle(as_admin, "nonsense", 400)
    told = as_admin.locator("#type-circle .error")
    expect(told).to_contain_text("NONSENSE was not found.")
    type_postcodes(as_admin, "SY1 1AA")
    sentence(as_admin).to_have_text(IN_SY1_1AA)
    expect(told).to_have_text("")
    type_postcodes(as_admin, "xx")
    told = as_admin.locator("#type-postcodes .error")
    expect(told).to_contain_text("'xx'")
    draw(as_admin, "Circle", (0, 0), (100, 0))
    expect(as_admin.locator("#shapes li")).to_have_count(2)
    expect(told).to_have_text("")


def test_eastings_and_northings_are_told_where_degrees_are_wanted(as_admin, server):
    open_target(as_admin, server)
    type_rectangle(as_admin, 349_000, 312_000, 350_000, 313_000)
    expect(as_admin.locator("#type-rectangle .error")).to_have_text(
        "That looks like metres on the National Grid (an easting or northing). "
        "Type the west in degrees, such as -2.75."
    )
    expect(as_admin.get_by_label("West")).to_be_focused()
    expect(as_admin.locator("#shapes li")).to_have_count(0)


def test_a_rectangle_outside_great_britain_is_refused_at_its_field(as_admin, server):
    open_target(as_admin, server)
    type_rectangle(as_admin, 52.7, -2.76, 52.72, -2.74)
    told = as_admin.locator("#type-rectangle .error")
    expect(told).to_contain_text("outside Great Britain")
    expect(as_admin.get_by_label("West")).to_have_attribute("aria-invalid", "true")
    expect(as_admin.locator("#shapes li")).to_have_count(0)


@pytest.mark.parametrize("text", ["SY1 2 SY3 8", "sy11aa sy1 1ab", "SY1 SY2, TF9"])
def test_blanks_between_postcodes_are_told_to_be_commas(as_admin, server, text):
    open_target(as_admin, server)
    type_postcodes(as_admin, text)
    several = text.partition(",")[0].upper()
    told = f"There is more than one in “{several}”: put commas between them."
    expect(as_admin.locator("#type-postcodes .error")).to_have_text(told)
    type_line(as_admin, text)
    expect(as_admin.locator("#type-line .error")).to_have_text(told)
    expect(as_admin.locator("#shapes li")).to_have_count(0)


def test_two_faulty_shapes_can_both_be_repaired(as_admin, server):
    open_target(as_admin, server)
    draw(as_admin, "Polygon", *BOW_TIE)
    problem = as_admin.locator("#problem")
    expect(problem).to_contain_text("A polygon does not count. Lines of the shape cross")
    draw(as_admin, "Polygon", *[(right - 200, down) for right, down in BOW_TIE])
    expect(as_admin.locator("#problem-text")).to_have_text("2 shapes do not count.")
    expect(as_admin.locator("#problem-why")).to_have_text("The list of shapes says why.")
    problem.get_by_role("button", name="Use the repaired shapes").click()
    expect(problem).to_be_hidden()
    assert [each["geometry"]["type"] for each in area_of(as_admin)["areas"]] == ["MultiPolygon"] * 2


def test_of_two_faulty_shapes_the_one_is_repaired_that_can_be(as_admin, server):
    open_target(as_admin, server)
    draw(as_admin, "Polygon", *BOW_TIE)
    problem = as_admin.locator("#problem")
    expect(problem).to_contain_text("A polygon does not count.")
    zoom(as_admin, "Zoom out", 7)
    draw(as_admin, "Circle", (0, 0), (300, 0))
    expect(as_admin.locator("#problem-text")).to_have_text("2 shapes do not count.")
    expect(problem.get_by_role("button", name="Remove these shapes")).to_be_visible()
    problem.get_by_role("button", name="Use the repaired shape", exact=True).click()
    expect(as_admin.locator("#problem-text")).to_contain_text("A circle of")
    expect(problem.get_by_role("button", name="Use the repaired")).to_be_hidden()
    problem.get_by_role("button", name="Remove this shape").click()
    expect(problem).to_be_hidden()
    assert area_of(as_admin)["geometry"]["type"] == "MultiPolygon"


# --- room -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(1280, 720), (1366, 800), (900, 600)])
def test_nothing_lies_below_the_window_and_the_answer_takes_less_than_half(as_admin, server, size):
    width, height = size
    as_admin.set_viewport_size({"width": width, "height": height})
    open_target(as_admin, server)
    draw(as_admin, "Polygon", *BOW_TIE)
    type_circle(as_admin, "SY1 1AA", 400)
    expect(as_admin.locator("#problem")).to_be_visible()
    expect(as_admin.locator("#figures")).to_be_visible()
    assert as_admin.evaluate("document.documentElement.scrollHeight") <= height
    if height > 640:
        assert as_admin.locator("#answer").bounding_box()["height"] < height / 2
    assert violations(as_admin) == []


def test_an_answer_that_is_too_long_for_its_box_scrolls_by_keyboard(as_admin, server):
    as_admin.set_viewport_size({"width": 1280, "height": 660})
    open_target(as_admin, server)
    answer = as_admin.locator("#answer")
    expect(answer).not_to_have_attribute("tabindex", "0")
    draw(as_admin, "Polygon", *BOW_TIE)
    type_circle(as_admin, "SY1 1AA", 400)
    expect(as_admin.locator("#figures")).to_be_visible()
    expect(answer).to_have_attribute("tabindex", "0")
    answer.focus()
    answer.press("End")
    as_admin.wait_for_function("() => document.getElementById('answer').scrollTop > 0")


# --- groups and topics ----------------------------------------------------------------------------


def test_people_are_chosen_by_group_and_topic(as_admin, server):
    open_target(as_admin, server)
    type_circle(as_admin, "SY1 1AA", 10)
    sentence(as_admin).to_have_text(IN_SY1_1AA)
    # Of the people of SY1 1AA, the 1st, 26th and 51st of all, each has the number of a fifth.
    as_admin.get_by_label("in the group").select_option("Farm Watch")
    with as_admin.expect_request("**/v1/audiences:preview*") as asked:
        as_admin.get_by_label("interested in").select_option("burglary")
    chosen = {"groups": {"any_of": ["Farm Watch"]}, "topics": {"any_of": ["burglary"]}}
    assert {name: asked.value.post_data_json[name] for name in chosen} == chosen
    assert {name: selection_of(as_admin)[name] for name in chosen} == chosen
    sentence(as_admin).to_have_text(IN_SY1_1AA)
    type_postcodes(as_admin, "SY1 1AB")
    expect(as_admin.locator("#figure-people")).to_have_text("3")
    as_admin.get_by_label("in the group").select_option("")
    expect(as_admin.locator("#figure-people")).to_have_text("6")
    assert "groups" not in selection_of(as_admin)


def test_estimates_are_asked_by_a_group_or_a_topic_and_never_by_both(as_analyst, server):
    named = [{"kind": "group", "name": "Farm Watch"}, {"kind": "topic", "name": "burglary"}]
    told = {"labels": [{**label, "sensitive": False} for label in named]}
    as_analyst.route("**/v1/labels", lambda route: route.fulfill(json=told))
    open_target(as_analyst, server)
    answer_with(as_analyst, error=2)
    expect(as_analyst.locator("#labels")).to_contain_text("one of the two at a time")
    type_circle(as_analyst, "SY1 1AA", 3_000)
    as_analyst.get_by_label("in the group").select_option("Farm Watch")
    as_analyst.get_by_label("interested in").select_option("burglary")
    expect(as_analyst.get_by_label("in the group")).to_have_value("")
    chosen = selection_of(as_analyst)
    assert "groups" not in chosen
    assert chosen["topics"] == {"any_of": ["burglary"]}


def test_a_kind_of_which_there_are_no_labels_is_not_offered(as_admin, server):
    told = {"labels": [{"kind": "topic", "name": "theft", "sensitive": True}]}
    as_admin.route("**/v1/labels", lambda route: route.fulfill(json=told))
    open_target(as_admin, server)
    expect(as_admin.get_by_label("interested in")).to_contain_text("theft (sensitive)")
    expect(as_admin.get_by_label("in the group")).to_be_hidden()
    as_admin.unroute("**/v1/labels")
    as_admin.route("**/v1/labels", lambda route: route.fulfill(json={"labels": []}))
    open_target(as_admin, server)
    expect(as_admin.locator("#labels")).to_be_hidden()
