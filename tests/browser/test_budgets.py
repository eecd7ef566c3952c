"""What a page may weigh on the wire: the first pages of each role, with nothing kept from before.

The postcodes under the map (some 130 kB, kept by the browser) come when the page can be used
already, and are weighed by themselves.
"""

import pytest

from geo_alerts.audiences.disclosure import Role
from tests.browser.conftest import sign_in_to

pytestmark = pytest.mark.browser

MOST_BYTES = 300_000
LATER = "/map/units"


class Weighed:
    """The bytes of all answers to a page, as they came."""

    def __init__(self, page):
        self.client = page.context.new_cdp_session(page)
        self.client.send("Network.enable")
        self.client.send("Network.setCacheDisabled", {"cacheDisabled": True})
        self.bytes = {LATER: 0, "": 0}
        self._later = set()
        self.client.on("Network.responseReceived", self._note)
        self.client.on("Network.loadingFinished", self._add)

    def _note(self, event):
        if event["response"]["url"].endswith(LATER):
            self._later.add(event["requestId"])

    def _add(self, event):
        kind = LATER if event["requestId"] in self._later else ""
        self.bytes[kind] += event["encodedDataLength"]


@pytest.mark.parametrize(
    ("role", "path", "ready"),
    [
        (None, "/", "h1"),
        (None, "/your-team", "h1"),
        (Role.ANALYST, "/", "h1"),
        (Role.ANALYST, "/target", "path.leaflet-interactive"),
        (Role.COMMANDER, "/dashboard", "h1"),
    ],
    ids=lambda value: str(value).strip("/") or "home",
)
def test_a_first_page_is_light(page, sample_server, role, path, ready):
    if role is not None:
        sign_in_to(page, sample_server, role)
    weighed = Weighed(page)
    page.goto(f"{sample_server.address}{path}")
    page.wait_for_selector(ready)
    page.wait_for_load_state("networkidle")
    assert 1_000 < weighed.bytes[""] < MOST_BYTES
    assert weighed.bytes[LATER] < MOST_BYTES / 2
