"""Drawing on the target page: every tool, by hand and by keyboard, undone and done again, as files.

In the made world of tests/api/world.py team T1 is a square of 2 km with 60 people in 25 postcodes.
"""

import json
import re

import pytest
import shapely
from playwright.sync_api import expect

from tests.api.world import SIDE, SOUTH, WEST
from tests.browser.accessibility import violations
from tests.browser.target_page import (
    add_teams,
    area_of,
    click_on_map,
    draw,
    open_target,
    people_of_value,
    sentence,
    type_circle,
    type_postcodes,
    way,
)

pytestmark = pytest.mark.browser

SQUARE = [(-100, -100), (100, -100), (100, 100), (-100, 100), (-100, -100)]
SMALL = [(-40, -40), (40, -40), (40, 40), (-40, 40), (-40, -40)]
OUTSIDE = [(150, 150), (190, 150), (190, 190), (150, 150)]


def type_text(page, text, form="polygon"):
    way(page, "Corners, or a shape as text")
    page.get_by_label("Positions, one a line").fill(text)
    page.get_by_label("Positions are").select_option(form)
    page.get_by_role("button", name="Add what it says").click()


def value(page):
    return page.locator("#selection-value").input_value()


def drag(page, start, end):
    """Drag from one place to another, pixels right of and below the middle of the map."""
    box = page.locator("#map").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x + start[0], y + start[1])
    page.mouse.down()
    page.mouse.move(x + end[0], y + end[1], steps=4)
    page.mouse.up()


def test_holes_are_cut_shapes_are_moved_and_every_step_is_undone_and_done_again(as_admin, server):
    open_target(as_admin, server)
    states = [value(as_admin)]

    def note(count):
        expect(as_admin.locator("#shapes li")).to_have_count(count)
        expect(as_admin.locator("#figures")).not_to_have_class(re.compile("waiting"))
        states.append(value(as_admin))

    draw(as_admin, "Polygon", *SQUARE)
    note(1)
    draw(as_admin, "Cut a hole", *SMALL)
    note(1)
    assert len(area_of(as_admin)["geometry"]["coordinates"]) == 2
    # What lies in no shape is taken away from all.
    draw(as_admin, "Cut a hole", *OUTSIDE)
    note(2)
    assert area_of(as_admin)["type"] == "difference"
    expect(as_admin.locator("#order-of-shapes")).to_be_visible()
    as_admin.get_by_role("button", name="Move", exact=True).click()
    drag(as_admin, (-70, 0), (-40, 20))
    as_admin.keyboard.press("Escape")
    expect(as_admin.get_by_role("button", name="Stop drawing")).to_be_hidden()
    note(2)
    type_postcodes(as_admin, "SY2 1")
    note(3)
    assert len(set(states)) == 6
    for state in reversed(states[:-1]):
        as_admin.keyboard.press("Control+z")
        expect(as_admin.locator("#selection-value")).to_have_value(state)
    expect(as_admin.locator("#undo")).to_have_attribute("aria-disabled", "true")
    expect(as_admin.locator("#hint")).to_have_text("Undone: adding a polygon.")
    for state in states[1:]:
        as_admin.get_by_role("button", name="Redo").click()
        expect(as_admin.locator("#selection-value")).to_have_value(state)
    expect(as_admin.locator("#figure-people")).to_have_text(str(people_of_value(as_admin, server)))
    assert violations(as_admin) == []


@pytest.mark.parametrize("tool", ["Circle", "Rectangle"])
def test_dragging_draws_the_same_as_clicking_twice_and_counts_on_the_way(as_admin, server, tool):
    open_target(as_admin, server)
    draw(as_admin, tool, (-60, -40), (30, 50))
    expect(as_admin.locator("#shapes li")).to_have_count(1)
    clicked = area_of(as_admin)
    as_admin.keyboard.press("Control+z")
    expect(as_admin.locator("#shapes li")).to_have_count(0)
    box = as_admin.locator("#map").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    as_admin.get_by_role("button", name=tool, exact=True).click()
    as_admin.mouse.move(x - 60, y - 40)
    as_admin.mouse.down()
    with as_admin.expect_response("**/v1/audiences:preview*"):
        as_admin.mouse.move(x + 20, y + 20, steps=4)
    expect(as_admin.locator("#figures")).to_be_visible()
    as_admin.mouse.move(x + 30, y + 50, steps=2)
    expect(as_admin.locator("#shapes li")).to_have_count(0)
    as_admin.mouse.up()
    expect(as_admin.locator("#shapes li")).to_have_count(1)
    assert area_of(as_admin) == clicked
    expect(as_admin.locator("#figure-people")).to_have_text(str(people_of_value(as_admin, server)))
    # Called off under the hand, the release chooses no team; without a tool the map moves again.
    as_admin.get_by_role("button", name=tool, exact=True).click()
    as_admin.mouse.move(x + 60, y + 60)
    as_admin.mouse.down()
    as_admin.mouse.move(x + 90, y + 90, steps=2)
    as_admin.keyboard.press("Escape")
    as_admin.mouse.up()
    expect(as_admin.locator("#shapes li")).to_have_count(1)
    pane = as_admin.locator("#map .leaflet-map-pane")
    before = pane.get_attribute("style")
    drag(as_admin, (150, 150), (120, 120))
    expect(pane).not_to_have_attribute("style", before)
    expect(as_admin.locator("#shapes li")).to_have_count(1)


def test_a_radius_is_typed_while_drawing_and_after_and_esc_stops(as_admin, server):
    open_target(as_admin, server)
    as_admin.get_by_role("button", name="Circle", exact=True).click()
    as_admin.get_by_label("Radius, metres").fill("750")
    click_on_map(as_admin, (20, 20))
    expect(as_admin.locator("#shapes li span")).to_have_text("a circle of 750 m")
    assert area_of(as_admin)["metres"] == 750
    as_admin.get_by_label("metres from the middle").fill("300")
    as_admin.get_by_label("metres from the middle").press("Enter")
    expect(as_admin.locator("#shapes li span")).to_have_text("a circle of 300 m")
    assert area_of(as_admin)["metres"] == 300
    # Without a place that was clicked, it goes where the map's middle is: no pointer is needed.
    as_admin.get_by_role("button", name="Circle", exact=True).press("Enter")
    as_admin.get_by_role("button", name="Place it").press("Enter")
    expect(as_admin.locator("#shapes li")).to_have_count(2)
    as_admin.get_by_role("button", name="Polygon", exact=True).click()
    click_on_map(as_admin, (0, 0), (50, 0))
    as_admin.keyboard.press("Escape")
    expect(as_admin.locator("[aria-pressed=true]")).to_have_count(0)
    expect(as_admin.locator("#shapes li")).to_have_count(2)


def test_corners_are_moved_by_arrow_keys_added_and_removed(as_admin, server):
    open_target(as_admin, server)
    type_text(as_admin, "SJ 4000 1000\nSJ 4200 1000\nSJ 4200 1200\nSJ 4000 1200")
    expect(as_admin.locator("#shapes li")).to_have_count(1)
    as_admin.get_by_role("button", name="Corners: a polygon").press("Enter")
    before = area_of(as_admin)["geometry"]["coordinates"][0]
    mover = as_admin.get_by_role("button", name="Move Corner 1 with the arrow keys")
    mover.focus()
    as_admin.keyboard.press("ArrowUp")
    as_admin.keyboard.press("Shift+ArrowRight")
    expect(as_admin.locator("#moved")).to_contain_text("Corner 1: 100 m east, at latitude 52.")
    expect(mover).to_be_focused()
    after = area_of(as_admin)["geometry"]["coordinates"][0]
    assert after[1:-1] == before[1:-1]
    assert after[0] == after[-1]
    assert (after[0][0] - before[0][0]) * 67_500 == pytest.approx(100, rel=0.02)
    assert (after[0][1] - before[0][1]) * 111_270 == pytest.approx(10, rel=0.02)
    as_admin.keyboard.press("Control+z")
    assert area_of(as_admin)["geometry"]["coordinates"][0] == before
    as_admin.get_by_role("button", name="Add after Corner 4").click()
    ring = area_of(as_admin)["geometry"]["coordinates"][0]
    assert ring[4] == pytest.approx([(a + b) / 2 for a, b in zip(ring[3], ring[0], strict=True)])
    # On the outline, so that the shape crosses itself nowhere: the server takes it.
    assert people_of_value(as_admin, server) >= 0
    as_admin.get_by_role("button", name="Remove Corner 5").click()
    assert area_of(as_admin)["geometry"]["coordinates"][0] == before
    as_admin.get_by_label("Latitude of Corner 2").fill("52.69")
    as_admin.get_by_label("Latitude of Corner 2").press("Enter")
    assert area_of(as_admin)["geometry"]["coordinates"][0][1][1] == 52.69
    as_admin.get_by_role("button", name="Move Whole shape").focus()
    as_admin.keyboard.press("ArrowDown")
    lower = area_of(as_admin)["geometry"]["coordinates"][0]
    assert all(low[1] < 52.7 for low in lower[:1])
    assert violations(as_admin) == []


def test_what_is_drawn_and_what_is_typed_give_the_same_area(as_admin, server):
    open_target(as_admin, server)
    draw(as_admin, "Polygon", *SQUARE)
    expect(as_admin.locator("#shapes li")).to_have_count(1)
    drawn = area_of(as_admin)
    as_admin.get_by_role("button", name="Remove: a polygon").click()
    ring = drawn["geometry"]["coordinates"][0]
    type_text(as_admin, "\n".join(f"{latitude}, {longitude}" for longitude, latitude in ring[:-1]))
    expect(as_admin.locator("#shapes li")).to_have_count(1)
    typed = area_of(as_admin)["geometry"]["coordinates"][0]
    assert sorted(map(tuple, typed[:-1])) == sorted(map(tuple, ring[:-1]))
    as_admin.get_by_role("button", name="Remove: a polygon").click()
    # A position in each of the ways in which it is written.
    for position in ("SJ 40200 10200", "340205 310205"):
        type_circle(as_admin, position, 10)
        expect(as_admin.locator("#figure-people")).to_have_text("3")
        as_admin.get_by_role("button", name=f"Remove: within 10 m of {position}").click()


def test_several_teams_and_areas_of_other_layers_are_chosen_from_lists(as_admin, server):
    open_target(as_admin, server)
    add_teams(as_admin, "T1", "T2")
    expect(as_admin.locator("#figure-people")).to_have_text("90")
    expect(as_admin.locator("#shapes li span")).to_have_text("Team 1 and Team 2")
    as_admin.get_by_role("button", name="Remove: Team 1 and Team 2").click()
    way(as_admin, "Other areas")
    as_admin.get_by_label("Kind of area").select_option("local_policing_area")
    as_admin.get_by_label("Areas hold Ctrl").select_option("L1")
    as_admin.get_by_role("button", name="Add the areas").click()
    expect(as_admin.locator("#figure-people")).to_have_text("90")
    assert area_of(as_admin)["type"] == "boundary"
    expect(as_admin.get_by_role("button", name="Show: South")).to_be_visible()
    way(as_admin, "Round hotspots")
    expect(as_admin.locator("#hotspots")).to_have_text("None are kept yet: make one under Hotspots")


def test_corners_near_a_boundary_are_taken_from_it(as_admin, server):
    open_target(as_admin, server)
    outlines = as_admin.request.get(
        f"{server.address}/v1/teams?format=geojson", headers={"Accept": "application/geo+json"}
    ).json()
    corners = {
        tuple(position)
        for feature in outlines["features"]
        for part in feature["geometry"]["coordinates"]
        for ring in part
        for position in ring
    }
    as_admin.get_by_label("Snap to team boundaries").check()
    as_admin.get_by_role("button", name="Polygon", exact=True).click()
    first, third = (
        as_admin.locator("path.leaflet-interactive").nth(place).bounding_box() for place in (0, 2)
    )
    across = first["x"] + first["width"]
    # The last is near the middle of a side.
    middle = first["y"] + 0.6 * first["height"]
    for x, y in (
        (first["x"], first["y"]),
        (across, first["y"]),
        (third["x"], third["y"]),
        (first["x"], middle),
    ):
        as_admin.mouse.move(x + 9, y + 9)
        as_admin.mouse.move(x + 5, y + 4)
        as_admin.mouse.click(x + 5, y + 4)
    as_admin.keyboard.press("Enter")
    expect(as_admin.locator("#shapes li")).to_have_count(1)
    ring = area_of(as_admin)["geometry"]["coordinates"][0]
    assert len(ring) == 5
    (between,) = {tuple(position) for position in ring} - corners
    sides = shapely.MultiLineString(
        [
            ring
            for feature in outlines["features"]
            for part in feature["geometry"]["coordinates"]
            for ring in part
        ]
    )
    # To the sixth decimal, in which the page writes positions.
    assert sides.distance(shapely.Point(between)) < 1e-6


def test_a_drawing_is_saved_as_geojson_and_read_again_with_what_is_wrong_told(
    as_admin, server, tmp_path
):
    open_target(as_admin, server)
    add_teams(as_admin, "T1")
    type_circle(as_admin, "SY1 1AA", 400)
    as_admin.get_by_role("button", name="Take away instead: within 400 m").click()
    expect(as_admin.locator("#shapes li")).to_have_count(2)
    before = area_of(as_admin)
    way(as_admin, "Files: GeoJSON in and out")
    with as_admin.expect_download() as download:
        as_admin.get_by_role("button", name="Save the drawing as GeoJSON").click()
    path = tmp_path / "target.geojson"
    download.value.save_as(path)
    document = json.loads(path.read_text())
    assert [one["properties"]["role"] for one in document["features"]] == [
        "target",
        "added",
        "taken away",
    ]
    # A feature that crosses itself, and one that is none.
    crossed = {"type": "Polygon", "coordinates": [[
        [-2.75, 52.7], [-2.74, 52.71], [-2.74, 52.7], [-2.75, 52.71], [-2.75, 52.7],
    ]]}  # fmt: skip
    document["features"].append(
        {"type": "Feature", "properties": {"name": "Bow"}, "geometry": crossed}
    )
    document["features"].append({"type": "Feature", "properties": {}, "geometry": None})
    path.write_text(json.dumps(document))
    open_target(as_admin, server)
    way(as_admin, "Files: GeoJSON in and out")
    as_admin.get_by_label("GeoJSON or well-known text").set_input_files(path)
    as_admin.get_by_role("button", name="Add the shapes of the file").click()
    expect(as_admin.locator("#shapes li")).to_have_count(2)
    assert area_of(as_admin) == before
    told = as_admin.locator("#read-faults")
    expect(told).to_contain_text("2 shapes were left out:")
    expect(told).to_contain_text("shape 3, “Bow”: lines of the shape cross")
    expect(told).to_contain_text("shape 4: has no geometry.")
    as_admin.get_by_role("button", name="Use the repaired shape of shape 3").click()
    expect(as_admin.locator("#shapes li")).to_have_count(3)
    type_text(as_admin, "POLYGON ((here))")
    expect(as_admin.locator("#type-text .error")).to_contain_text("cannot be read as well-known")


def test_the_address_says_what_a_target_begins_with(as_admin, server):
    square = f"{WEST} {SOUTH}\n{WEST + SIDE} {SOUTH}\n{WEST + SIDE} {SOUTH + SIDE}"
    read = as_admin.request.post(
        f"{server.address}/v1/areas:read",
        data={"text": square},
        headers={"Origin": server.address, "Sec-Fetch-Site": "same-origin"},
    ).json()["shapes"][0]["area"]
    whole = {"type": "difference", "from": {"type": "team", "codes": ["T1"]}, "without": [read]}
    saved = as_admin.request.post(
        f"{server.address}/v1/saved-areas",
        data={"name": "Half of Team 1", "area": whole},
        headers={"Origin": server.address, "Sec-Fetch-Site": "same-origin"},
    ).json()
    as_admin.goto(f"{server.address}/target?area={saved['id']}&version=1")
    expect(as_admin.locator("#shapes li")).to_have_count(2)
    people = people_of_value(as_admin, server)
    assert 0 < people < 60
    expect(as_admin.locator("#figure-people")).to_have_text(str(people))
    as_admin.goto(f"{server.address}/target?team=T2")
    expect(as_admin.locator("#shapes li span")).to_have_text("Team 2")
    as_admin.goto(f"{server.address}/target?around=347000%20310000&metres=250")
    expect(as_admin.locator("#shapes li span")).to_have_text("a circle of 250 m")
    assert area_of(as_admin)["metres"] == 250
    as_admin.goto(f"{server.address}/target?team=T9")
    expect(as_admin.get_by_role("alert").filter(visible=True)).to_contain_text("T9")
    sentence(as_admin).to_be_visible()
