"""Each kind of map as a file, made of the sample by the real server, opened without the network."""

import gzip
import json

import pytest

from geo_alerts.audiences.disclosure import Role
from tests.browser.accessibility import violations
from tests.browser.conftest import ROOT, sign_in_to

pytestmark = pytest.mark.browser

MOST_BYTES = 3_000_000
WAIT_MS = 60_000
BURGLARY = {
    "forces": ["west-mercia-sample"],
    "categories": ["burglary"],
    "months": {"first": "2024-04", "last": "2025-03"},
}
CIRCLE = {"type": "radius", "centre": {"postcode": "SY1 2DE"}, "metres": 400}
UNTIL_DONE = """async (address) => {
  for (;;) {
    const job = await (await fetch(address)).json();
    if (!["waiting", "running"].includes(job.status)) return job;
    await new Promise((later) => setTimeout(later, 200));
  }
}"""


class Maker:
    """Somebody who makes what there are maps of."""

    def __init__(self, page, server):
        sign_in_to(page, server, Role.ADMIN)
        self.page, self.server = page, server
        self.ours = {"Origin": server.address, "Sec-Fetch-Site": "same-origin"}

    def post(self, path, **sent):
        headers = {**self.ours, **sent.pop("headers", {})}
        answer = self.page.request.post(f"{self.server.address}{path}", headers=headers, **sent)
        assert answer.ok, answer.text()
        return answer.json()

    def layer(self, method):
        """Where the map of a layer is, once the server has worked it out."""
        asked = self.post("/v1/hotspots", data={"question": {**BURGLARY, "method": method}})
        if "status" not in asked:  # another test has asked the same
            return f"/v1/hotspots/{asked['id']}/map.html"
        job = self.page.evaluate(UNTIL_DONE, f"/v1/jobs/{asked['id']}")
        assert job["status"] == "done", job
        return f"{job['result']}/map.html"

    def edition(self):
        """A draft of the sample's teams in which two have each other's code and one is shifted."""
        teams = json.loads(gzip.decompress((ROOT / "data" / "teams.geojson.gz").read_bytes()))
        one, two = (each["properties"] for each in teams["features"][:2])
        one["code"], two["code"] = two["code"], one["code"]
        moved = json.loads(json.dumps(teams["features"][5]["geometry"]), parse_float=_east)
        teams["features"][5]["geometry"] = moved
        octets = {"Content-Type": "application/octet-stream"}
        query = "filename=moved.geojson&layer=team&label=Moved+teams"
        edition = self.post(f"/v1/boundaries?{query}", data=json.dumps(teams), headers=octets)
        return f"/v1/boundaries/{edition['edition']['id']}"

    def audience(self):
        asked = {"selection": {"area": CIRCLE}, "purpose": "Sheds", "lawful_basis": "public_task"}
        return self.post("/v1/audiences", data=asked)["id"]


def _east(number):
    value = float(number)
    return value + 0.002 if value < 0 else value


def test_every_kind_of_map_opens_from_disk_and_holds_all_that_a_map_must(
    page, page_log, sample_server, tmp_path
):
    maker = Maker(page, sample_server)
    edition = maker.edition()
    maps = {
        "coverage": "/v1/maps/coverage",
        "density": maker.layer("density"),
        "gi-star": maker.layer("gi_star"),
        "repeats": maker.layer("repeats"),
        "target": f"/v1/audiences/{maker.audience()}/map.html",
        "faults": f"{edition}/faults.html",
        "comparison": f"{edition}/compare.html",
    }
    files = {}
    for name, address in maps.items():
        answer = page.request.get(f"{sample_server.address}{address}", timeout=WAIT_MS)
        assert answer.ok, (name, answer.text())
        files[name] = tmp_path / f"{name}.html"
        files[name].write_bytes(answer.body())
    page.context.set_offline(offline=True)
    for name, file in files.items():
        page_log.requests.clear()
        page.goto(file.as_uri())
        page.wait_for_selector(".leaflet-container path")
        assert page_log.requests == [file.as_uri()], name
        assert file.stat().st_size < MOST_BYTES, name
        assert lacking(page) == [], name
        assert violations(page) == [], name
    assert page_log.errors == []


def lacking(page):
    """What a map must have and this one has not."""
    parts = {
        "title": "h1",
        "summary": ".summary",
        "demonstration": "header .label",
        "legend": ".legend li",
        "scale bar": ".leaflet-control-scale-line",
        "as of, and editions": ".legend .foot",
        "table of the same facts": ".table-frame tbody tr",
        "how it was made": ".method p",
    }
    found = [name for name, selector in parts.items() if not page.locator(selector).count()]
    text = page.locator("body").inner_text()
    return found + [word for word in ("North is up", "Contains OS data") if word not in text]
