"""How the target page asks while somebody draws, and what it says of the answers."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.target_page import (
    add_teams,
    answer_with,
    area_of,
    draw,
    open_target,
    people_of_value,
    sentence,
    type_circle,
)

pytestmark = pytest.mark.browser

PREVIEWS = "**/v1/audiences:preview*"
NONE = "\u2013"
IN_SY1_1AA = "3 people would get this: 3 by email and 2 by text."


# --- asking ---------------------------------------------------------------------------------------


def test_the_answer_to_an_older_question_never_replaces_that_to_the_latest(as_admin, server):
    open_target(as_admin, server)
    held = []

    def hold_the_first(route):
        if held:
            route.continue_()
        else:
            held.append(route)

    as_admin.route(PREVIEWS, hold_the_first)
    with as_admin.expect_request(PREVIEWS):
        add_teams(as_admin, "T2")
    asked_at = as_admin.evaluate("performance.now()")
    as_admin.wait_for_function("then => performance.now() > then + 1050", arg=asked_at)
    add_teams(as_admin, "T1")
    expect(as_admin.locator("#figure-people")).to_have_text("90")


def test_questions_are_numbered_and_one_is_on_its_way_at_a_time(as_admin, server):
    open_target(as_admin, server)
    asked, on_their_way = [], [0]

    def sent(request):
        if "audiences:preview" in request.url:
            asked.append(request.url.partition("?")[2])
            on_their_way.append(on_their_way[-1] + 1)

    def ended(request):
        if "audiences:preview" in request.url:
            on_their_way.append(on_their_way[-1] - 1)

    as_admin.on("request", sent)
    as_admin.on("requestfinished", ended)
    as_admin.on("requestfailed", ended)
    box = as_admin.locator("#map").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    draw(as_admin, "Circle", (0, 0))
    as_admin.mouse.move(x + 150, y, steps=40)
    as_admin.mouse.click(x + 150, y)
    expect(as_admin.locator("#shapes li")).to_have_count(1)
    expect(as_admin.locator("#figure-people")).to_have_text(str(people_of_value(as_admin, server)))
    found = [re.fullmatch(r"page=(\w+)&question=(\d+)", query).groups() for query in asked]
    assert len({page for page, _ in found}) == 1
    assert [int(number) for _, number in found] == list(range(1, len(found) + 1))
    assert len(found) > 1
    assert max(on_their_way) == 1


def test_an_answer_to_an_older_question_is_not_shown_however_late_it_comes(as_admin, server):
    open_target(as_admin, server)
    type_circle(as_admin, "SY1 1AA", 10)
    sentence(as_admin).to_have_text(IN_SY1_1AA)
    answer_with(as_admin, question=1, people=99)
    with as_admin.expect_response(PREVIEWS):
        as_admin.get_by_label("email", exact=True).uncheck()
    as_admin.unroute(PREVIEWS)
    as_admin.get_by_label("text", exact=True).uncheck()
    sentence(as_admin).to_have_text("0 people would get this.")
    expect(as_admin.get_by_text("99")).to_have_count(0)


def test_a_busy_server_is_asked_again_when_it_says(as_admin, server):
    open_target(as_admin, server)
    refused = []

    def refuse_the_first(route):
        if refused:
            route.continue_()
        else:
            refused.append(route)
            headers = {"Retry-After": "1", "Content-Type": "application/problem+json"}
            route.fulfill(status=429, headers=headers, json={"detail": "busy", "status": 429})

    as_admin.route(PREVIEWS, refuse_the_first)
    type_circle(as_admin, "SY1 1AA", 10)
    sentence(as_admin).to_have_text(IN_SY1_1AA)
    assert refused


def test_a_question_that_is_overtaken_leaves_the_figures_as_they_are(as_admin, server):
    open_target(as_admin, server)
    type_circle(as_admin, "SY1 1AA", 10)
    sentence(as_admin).to_have_text(IN_SY1_1AA)
    problem = {"detail": "a newer question came first", "status": 409}
    as_admin.route(PREVIEWS, lambda route: route.fulfill(status=409, json=problem))
    with as_admin.expect_response(PREVIEWS):
        as_admin.get_by_label("email", exact=True).uncheck()
    sentence(as_admin).to_have_text(IN_SY1_1AA)
    expect(as_admin.locator("#problem")).to_be_hidden()


@pytest.mark.parametrize(
    ("label", "reach"),
    [("when any of its ground is", "any"), ("when all of its ground is", "whole")],
)
def test_the_reach_that_is_chosen_is_asked(as_admin, server, label, reach):
    open_target(as_admin, server)
    type_circle(as_admin, "SY1 1AA", 10)
    sentence(as_admin).to_have_text(IN_SY1_1AA)
    with as_admin.expect_request(PREVIEWS) as asked:
        as_admin.get_by_label(label).check()
    assert asked.value.post_data_json["reach"] == reach


# --- what answers say -----------------------------------------------------------------------------


def test_how_many_stand_on_the_edge_is_told_with_the_interval(as_admin, server):
    open_target(as_admin, server)
    answer_with(as_admin, people=128, edge={"low": 114, "high": 1_140, "people": 14})
    type_circle(as_admin, "SY1 1AA", 10)
    expect(as_admin.locator("#edge")).to_have_text(
        "114 with a postcode wholly inside the area and 14 with one only on its edge: "
        "128 together. "
        "If every postcode that the area touches counted: 1\u202f140."
    )
    answer_with(as_admin, edge={"low": 3, "high": 3, "people": 0})
    as_admin.get_by_label("email", exact=True).uncheck()
    expect(as_admin.locator("#edge")).to_have_text("")


def test_who_is_left_out_is_told_with_the_reasons(as_admin, server):
    open_target(as_admin, server)
    answer_with(as_admin, left_out={"other_channels": 12, "no_channel": 1, "withdrawn": 2})
    type_circle(as_admin, "SY1 1AA", 10)
    expect(as_admin.locator("#note")).to_have_text(
        "Left out: 1 who chose no way to be told, 12 who chose other ways to be told and "
        "2 who withdrew."
    )


def test_an_estimate_is_never_shown_as_a_bare_figure(as_analyst, server):
    open_target(as_analyst, server)
    told = {
        "by_team": [{"code": "T1", "name": "Team 1", "people": 130, "error": 10}],
        "edge": {"low": 116, "high": 144, "people": 14},
        "errors": {
            "places": 11,
            "deliveries": {"email": 2},
            "edge": {"low": 8, "high": 12, "people": 5},
        },
    }
    answer_with(as_analyst, people=130, places=140, error=9, **told)
    type_circle(as_analyst, "SY1 1AA", 500)
    sentence(as_analyst).to_have_text(
        "About 130 people (± 9) would get this: ≈\u202f3 ±\u202f2 by email."
    )
    figures = as_analyst.locator("#figures dd").all_inner_texts()
    assert figures == [
        "≈\u202f130 ±\u202f9",
        "≈\u202f140 ±\u202f11",
        "≈\u202f3 ±\u202f2",
        NONE,
        NONE,
    ]
    assert as_analyst.locator("#by-team td").all_inner_texts() == ["≈\u202f130 ±\u202f10"]
    expect(as_analyst.locator("#edge")).to_have_text(
        "≈\u202f116 ±\u202f8 with a postcode wholly inside the area and "
        "≈\u202f14 ±\u202f5 with one only on its edge: ≈\u202f130 ±\u202f9 together. "
        "If every postcode that the area touches counted: ≈\u202f144 ±\u202f12."
    )
    # Of an estimate whose error is not known, no number is told.
    answer_with(as_analyst, people=130, places=140, error=9)
    as_analyst.get_by_label("email", exact=True).uncheck()
    expect(as_analyst.locator("#figure-places")).to_have_text(NONE)


def test_who_sees_estimates_draws_like_everybody_and_learns_why(as_analyst, server):
    open_target(as_analyst, server)
    answer_with(as_analyst, error=2, errors={"places": 3, "deliveries": {"email": 1}, "edge": None})
    draw(as_analyst, "Circle", (0, 0), (100, 0))
    expect(as_analyst.locator("#shapes li")).to_have_count(1)
    sentence(as_analyst).to_have_text(
        "About 3 people (± 2) would get this: ≈\u202f3 ±\u202f1 by email."
    )
    assert area_of(as_analyst)["type"] == "radius"
    expect(as_analyst.locator(".rest")).to_contain_text("so that nobody can be singled out")


def test_estimates_of_the_server_itself_are_shown_with_their_error(as_analyst, server):
    open_target(as_analyst, server)
    type_circle(as_analyst, "SY1 1AA", 3_000)
    sentence(as_analyst).to_have_text(re.compile(r"About \d+ people \(± \d+\) would get this: ≈"))


def test_a_circle_that_holds_so_many_people_is_as_wide_as_it_must_be(as_admin, server):
    open_target(as_admin, server)
    as_admin.get_by_label("Postcode or position").fill("SY1 1AA")
    as_admin.get_by_label("Circle of").fill("5")
    as_admin.get_by_label("Metres or people").select_option("people")
    as_admin.get_by_role("button", name="Add the circle").click()
    # Three people live in SY1 1AA, and as many in each of the two units 400 m away.
    expect(as_admin.locator("#shapes li")).to_contain_text(
        "the smallest circle round SY1 1AA that holds 5 people: 400 m"
    )
    expect(as_admin.locator("#figure-people")).to_have_text("9")
    assert area_of(as_admin) == {
        "type": "radius",
        "centre": {"postcode": "SY1 1AA"},
        "holding": 5,
    }


def test_postcodes_are_marked_inside_and_on_the_edge_once_a_shape_has_settled(as_analyst, server):
    page, asked = as_analyst, []
    open_target(page, server)
    page.on("request", lambda one: asked.append(one.url) if "areas:postcodes" in one.url else None)
    legend = page.get_by_role("region", name="Legend")
    expect(legend).to_contain_text("Postcodes of the target" + "inside" + "on the edge")
    type_circle(page, "SY1 1AA", 300)
    expect(legend).to_contain_text("inside: 0on the edge: 1")
    marks = page.locator(".marks-pane path")
    expect(marks).to_have_count(2)
    expect(marks.last).to_have_attribute("fill", "#ffffff")
    # Those of the shape before are gone while the next ones are asked.
    add_teams(page, "T1")
    expect(legend).not_to_contain_text("inside: 0")
    expect(legend).to_contain_text(re.compile(r"inside: \d+on the edge: \d+"))
    assert len(asked) == 2
    page.get_by_text("Layers", exact=True).click()
    page.get_by_role("checkbox", name="Postcodes of the target").uncheck()
    expect(legend).not_to_contain_text("Postcodes of the target")
    page.keyboard.press("Escape")
    add_teams(page, "T2")
    expect(page.locator("#shapes li")).to_have_count(3)
    page.get_by_text("Layers", exact=True).click()
    page.get_by_role("checkbox", name="Postcodes of the target").check()
    expect(legend).to_contain_text(re.compile(r"inside: \d+on the edge: \d+"))
    assert len(asked) == 3


def test_postcodes_are_asked_for_again_after_others_had_their_turn_and_given_up_for_a_new_target(
    as_analyst, server
):
    # For how many seconds each question is put off.
    page, waits = as_analyst, [1, 1, 0]

    def take_turns(route):
        wait = waits.pop(0)
        if wait == 0:
            route.continue_()
        else:
            problem = {"status": 429, "title": "Busy", "detail": "Others ask."}
            route.fulfill(status=429, headers={"Retry-After": str(wait)}, json=problem)

    page.route("**/v1/areas:postcodes", take_turns)
    open_target(page, server)
    type_circle(page, "SY1 1AA", 300)
    legend = page.get_by_role("region", name="Legend")
    expect(legend).to_contain_text("inside: 0on the edge: 1")
    assert waits == []
    # The question about the first target is asked no more once there is another.
    waits += [60, 0]
    asked = []
    page.on("request", lambda one: asked.append(one.post_data) if "areas:post" in one.url else None)
    with page.expect_response("**/v1/areas:postcodes"):
        add_teams(page, "T1")
    add_teams(page, "T2")
    expect(legend).to_contain_text(re.compile(r"inside: \d+on the edge: \d+"))
    assert len(asked) == 2
    assert asked[0] != asked[1]


def test_on_a_phone_what_was_added_is_told_by_the_button_with_the_way_to_the_figures(
    as_admin, server
):
    as_admin.set_viewport_size({"width": 320, "height": 640})
    open_target(as_admin, server)
    type_circle(as_admin, "SY1 1AA", 10)
    told = as_admin.locator("#type-circle #added")
    expect(told).to_be_in_viewport()
    expect(told).to_contain_text("3 people would get this")
    see = told.get_by_role("link", name="See who would get it")
    see.click()
    expect(as_admin.locator("#figures-heading")).to_be_in_viewport()
    add_teams(as_admin, "T1")
    expect(as_admin.locator("#type-team #added")).to_contain_text("people would get this")
    for name in ("within 10 m of SY1 1AA", "Team 1"):
        as_admin.get_by_role("button", name=f"Remove: {name}").click()
    expect(as_admin.locator("#added")).to_be_hidden()
