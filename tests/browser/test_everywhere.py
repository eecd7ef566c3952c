"""Every page and state: by reader, by keyboard, on a phone, at 400 %, on paper, without script.

What each looks like is kept under test-artefacts/pages.
"""

import numpy as np
import pytest

from geo_alerts.audiences.disclosure import Role
from geo_alerts.hotspots.grid import SquareGrid
from geo_alerts.hotspots.layers import CellLayer, HotArea, Result
from geo_alerts.store import hotspot_runs
from geo_alerts.store import jobs as stored
from geo_alerts.store.database import Store
from geo_alerts.store.hotspot_runs import NewRun, Who
from geo_alerts.store.jobs import Task
from tests.browser.conftest import assert_calm, sign_in_to
from tests.browser.every_page import STATES
from tests.browser.sweeping import PHONE, USUAL, Sweep
from tests.conftest import PageLog

pytestmark = pytest.mark.browser

CIRCLE = {"type": "radius", "centre": {"postcode": "SY1 2DE"}, "metres": 400}


class Person:
    """Somebody of a role, or nobody, with a browser of their own for the whole sweep."""

    def __init__(self, browser, server, role):
        self.context = browser.new_context(viewport=USUAL)
        self.context.set_default_timeout(15_000)
        self.page = self.context.new_page()
        self.log = PageLog()
        self.log.watch(self.page)
        self.server = server
        if role is not None:
            sign_in_to(self.page, server, role)

    def post(self, path, value):
        ours = {"Origin": self.server.address, "Sec-Fetch-Site": "same-origin"}
        answer = self.page.request.post(f"{self.server.address}{path}", data=value, headers=ours)
        assert answer.ok, answer.text()
        return answer.json()


@pytest.fixture(scope="module")
def people(browser, sample_server):
    """One person of each role, made when they are first wanted."""
    found = {}

    def of(role):
        if role not in found:
            found[role] = Person(browser, sample_server, role)
        return found[role]

    yield of
    for person in found.values():
        person.context.close()


@pytest.fixture(scope="module")
def made(people, sample_server):
    """Ids of one thing of each kind that people keep, and of work in each state."""
    analyst = people(Role.ANALYST)
    area = analyst.post("/v1/saved-areas", {"name": "Round the station", "area": CIRCLE})
    frozen = {"purpose": "Burglaries near by", "lawful_basis": "public_task"}
    audience = analyst.post("/v1/audiences", {"selection": {"area": CIRCLE}, **frozen})
    with Store.open(sample_server.store_url) as store:
        under_way(store)
        layer = a_layer(store)
    return {"area": area["id"], "audience": audience["id"], "layer": layer}


def a_layer(store):
    """The id of a layer of one hotspot in the middle of Shrewsbury."""
    grid = SquareGrid(500, 349_000, 312_500, 2, 2)
    cells = CellLayer(grid, np.array([0, 1]), {"crimes": np.array([7.0, 2.0])})
    area = HotArea(1, None, grid.polygons(np.array([0]))[0], {"crimes": 7})
    asked = {
        "method": "counts",
        "forces": ["west-mercia"],
        "categories": ["burglary"],
        "months": {"first": "2025-01", "last": "2025-02"},
    }
    new = NewRun("Sheds", "counts", asked, asked, {}, is_restricted=False)
    return hotspot_runs.save(store, new, Result(cells, (area,)), Who("session:A", "analyst")).id


def under_way(store):
    """Jobs that wait, go on and failed; no process works on them."""
    task = Task("import.postcodes", {"file": "codepo_gb.zip"}, is_restricted=False)
    failed = stored.begin(store, task, by="cli:operator")
    stored.fail(store, failed.id, "bad_source", "codepo_gb.zip has no folder Data/CSV")
    going = stored.begin(store, task, by="session:An analyst")
    stored.beat(store, going.id, done=4_200, total=42_000, words="")


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_everybody_can_use(state, people, made, browser):
    person = people(state.role)
    page, log = person.page, person.log
    log.requests.clear()
    log.errors.clear()
    address = f"{person.server.address}{state.path.format_map(made)}"
    page.set_viewport_size(USUAL)
    page.goto(address)
    page.wait_for_selector(state.ready)
    state.act(page)
    sweep = Sweep(page, state.name)
    faults = sweep.with_axe()
    sweep.kept(USUAL)
    faults += sweep.by_keyboard()
    sweep.kept(PHONE)
    faults += sweep.at_400_percent()
    faults += sweep.on_paper(state.paper)
    assert faults == []
    assert_calm(log, person.server)
    if state.plain:
        without_script(browser, person, address, state.plain)


def without_script(browser, person, address, words):
    context = browser.new_context(
        java_script_enabled=False, storage_state=person.context.storage_state()
    )
    page = context.new_page()
    page.goto(address)
    assert words in page.locator("main").inner_text()
    context.close()
