"""The pages of reports: whether something did anything, and whether crimes come in series."""

import csv
import io
import re
from urllib.parse import urlencode

import pytest

from geo_alerts.audiences.disclosure import Role
from tests.api.asking import main_of
from tests.hotspot_world import HOT_CRIMES, LAST, NEW_CRIMES

# Of T1 burglary stays as it is; in T4 there is some where there was none.
TEAMS = {
    "target": "team:T4",
    "control": "team:T1",
    "buffer_m": "",
    "category": "burglary",
    "before_first": "2024-01",
    "before_last": "2024-02",
    "after_first": "2025-01",
    "after_last": LAST,
}
MORE = 2 * NEW_CRIMES


@pytest.fixture
def browser(browser_of):
    """The browser of a commander."""
    return browser_of(Role.COMMANDER)


@pytest.fixture
def ask(browser):
    """Send the form of an evaluation; gives the page that comes."""

    def send(**fields):
        return browser.get(f"/hotspots/evaluate?{urlencode({**TEAMS, **fields})}")

    return send


def field_of(page, name):
    """The label and the control of a field, up to the end of its block."""
    return re.search(rf'<label for="{name}">.*?(?=</div>)', page.text, re.DOTALL)[0]


def test_the_form_offers_every_kind_of_place_and_the_usual_months(browser, analyst):
    saved = analyst.post(
        "/v1/saved-areas", json={"name": "Castle", "area": {"type": "team", "codes": ["T1"]}}
    ).json()
    page = browser.get("/hotspots/evaluate")
    target = field_of(page, "target")
    assert f'value="saved:{saved["id"]}">Castle<' in target
    assert 'value="team:T4"' in target
    assert re.search(r'value="repeat:\w+@2025-02">1: On or near High Street<', target)
    assert '"2024-12" selected' in field_of(page, "after_first")
    assert '"2024-02" selected' in field_of(page, "before_last")
    assert "That did not work" not in main_of(page)
