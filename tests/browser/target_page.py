"""How a person works on the target page."""

import json

from playwright.sync_api import expect


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


def zoom_out(page, steps):
    """Press the button so often; it does nothing while the map still moves."""
    scale = page.locator(".leaflet-control-scale-line").first
    for _ in range(steps):
        before = scale.inner_text()
        page.get_by_role("button", name="Zoom out").click()
        expect(scale).not_to_have_text(before)
        expect(page.locator(".leaflet-zoom-anim")).to_have_count(0)
