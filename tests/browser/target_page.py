"""How a person works on the target page."""

import json

from playwright.sync_api import expect


def open_target(page, server):
    page.goto(f"{server.address}/target")
    page.wait_for_selector("path.leaflet-interactive")


def type_circle(page, postcode, metres):
    page.get_by_label("Postcode or position").fill(postcode)
    page.get_by_label("Circle of").fill(str(metres))
    page.get_by_role("button", name="Add the circle").click()


def way(page, name):
    """Open one of the ways to type a shape, unless it is open."""
    details = page.locator("details.way", has=page.locator("summary", has_text=name))
    if details.get_attribute("open") is None:
        details.locator("summary").click()


def add_teams(page, *codes):
    way(page, "Teams")
    page.get_by_label("Teams hold Ctrl").select_option(list(codes))
    page.get_by_role("button", name="Add the teams").click()


def type_postcodes(page, text):
    way(page, "Postcodes, sectors, districts")
    page.get_by_label("Postcodes, sectors or districts").fill(text)
    page.get_by_role("button", name="Add them").click()


def type_line(page, text):
    way(page, "Along a line")
    page.get_by_label("Along a line of postcodes").fill(text)
    page.get_by_role("button", name="Add the line").click()


def type_rectangle(page, *sides):
    way(page, "Rectangle")
    for name, value in zip(("West", "South", "East", "North"), sides, strict=True):
        page.get_by_label(name).fill(str(value))
    page.get_by_role("button", name="Add the rectangle").click()


def draw(page, tool, *offsets):
    """Draw with a tool: click at these places, pixels right of and below the middle of the map."""
    page.get_by_role("button", name=tool, exact=True).click()
    click_on_map(page, *offsets)


def click_on_map(page, *offsets):
    """Click at these places, pixels right of and below the middle of the map."""
    box = page.locator("#map").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for right, down in offsets:
        page.mouse.move(x + right, y + down)
        page.mouse.click(x + right, y + down)


def answer_with(page, **figures):
    """Answer previews in place of the server: 3 people by email, and what is given."""
    usual = {"question": None, "people": 3, "places": 3, "deliveries": {"email": 3}, "by_team": []}
    usual |= {"sentence": "People in a test"}
    usual |= {
        "left_out": {},
        "edge": None,
        "error": None,
        "errors": None,
        "not_counted": [],
        "distances": [],
    }
    page.route("**/v1/audiences:preview*", lambda route: route.fulfill(json=usual | figures))


def area_of(page):
    """The area of the selection that the page shows as a value."""
    return selection_of(page)["area"]


def selection_of(page):
    """The selection that the page shows as a value."""
    return json.loads(page.locator("#selection-value").input_value())


def sentence(page):
    return expect(page.locator("#sentence"))


def people_of_value(page, server):
    """What the API counts for the area that the page shows as a value."""
    answer = page.request.post(
        f"{server.address}/v1/audiences:preview",
        data={"area": area_of(page)},
        headers={"Origin": server.address, "Sec-Fetch-Site": "same-origin"},
    )
    return answer.json()["people"]


def zoom(page, way, steps):
    """Press "Zoom in" or "Zoom out" so often; it does nothing while the map still moves."""
    scale = page.locator(".leaflet-control-scale-line").first
    for _ in range(steps):
        before = scale.inner_text()
        page.get_by_role("button", name=way).click()
        expect(scale).not_to_have_text(before)
        expect(page.locator(".leaflet-zoom-anim")).to_have_count(0)
