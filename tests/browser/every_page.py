"""Every page and every state of it that differs, for the sweep of test_everywhere.py.

Who makes a page adds it here: one line a state. Names are those of the screenshots.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Page, expect

from geo_alerts.audiences.disclosure import Role
from tests.browser.target_page import type_circle


@dataclass(frozen=True)
class State:
    """A page in a state.

    Attributes:
        name: Of the state, and of the files that are kept of it.
        path: Where it is; `{area}`, `{audience}`, `{layer}` and `{job}` stand for ids of things
            that the sweep has made.
        role: Who looks; None for somebody who is not signed in.
        ready: A selector of what is there once the page is.
        act: Done by a person to come to the state.
        plain: What the page shows of itself without script; empty where it promises nothing.
        paper: How many sheets it takes at most when it is printed; None for any number.
    """

    name: str
    path: str
    role: Role | None = Role.ANALYST
    ready: str = "h1"
    act: Callable[[Page], object] = lambda _page: None
    plain: str = ""
    paper: int | None = None


MAP: Final = "path.leaflet-interactive"
DID_IT_WORK: Final = (
    "/hotspots/evaluate?target=team:SNT-031&control=team:SNT-012&buffer_m=250&weight=cambridge"
    "&before_first=2024-01&before_last=2024-03&after_first=2025-01&after_last=2025-03"
)


def draw_a_circle(page: Page) -> None:
    type_circle(page, "SY1 2DE", 400)
    expect(page.locator("#figures")).to_be_visible()


def ask_for(postcode: str) -> Callable[[Page], None]:
    """Send a postcode by the form of the residents' page, or of the first page."""

    def act(page: Page) -> None:
        page.get_by_label("Postcode").fill(postcode)
        page.get_by_role("main").get_by_role("button").first.click()
        page.wait_for_load_state()

    return act


STATES: Final = (
    # --- anybody ---
    State("home-signed-out", "/", None, plain="Find your team"),
    State("sign-in", "/sign-in", None, plain="Sign in"),
    State("sign-in-link-used", "/sign-in?token=used-already", None),
    State("not-signed-in", "/coverage", None, plain="sign in"),
    State("api-reference", "/docs", None),
    State("your-team", "/your-team", None, plain="postcode"),
    State("your-team-found", "/your-team", None, act=ask_for("SY1 2DE"), paper=2),
    State("your-team-malformed", "/your-team", None, act=ask_for("SY1")),
    State("your-team-unknown", "/your-team", None, act=ask_for("SY1 1ZZ")),
    State("your-team-outside", "/your-team", None, act=ask_for("SW1A 1AA")),
    State("your-team-empty", "/your-team", None, act=ask_for("")),
    State("your-team-no-place", "/your-team", None, act=ask_for("SY1 1AA")),
    State("your-team-edge", "/your-team/SNT-031?yours=1&also=SNT-032", None, plain="near the edge"),
    State("your-team-neighbour", "/your-team/SNT-032", None, plain="Local police team"),
    State("your-team-none", "/your-team/none", None, plain="by your postcode"),
    State("your-team-wrong-address", "/your-team?postcode=SY1+2DE", None, plain="could not read"),
    # --- home, by role ---
    State("home-analyst", "/", plain="What would you like to do"),
    State("home-commander", "/", Role.COMMANDER),
    State("home-alert-system", "/", Role.ALERT_SYSTEM),
    State("home-admin", "/", Role.ADMIN),
    State("found", "/", act=ask_for("SY1 2DE")),
    State("found-wrong", "/", act=ask_for("SY1")),
    State("nothing-here", "/nothing-here"),
    # --- target ---
    State("target", "/target", ready=MAP, plain="JavaScript"),
    State("target-drawn", "/target", ready=MAP, act=draw_a_circle),
    State("target-drawn-exact", "/target", Role.ADMIN, MAP, draw_a_circle),
    State("target-of-area", "/target?area={area}", ready=MAP),
    # --- audiences and areas ---
    State("audiences", "/audiences", Role.ADMIN, plain="Audiences"),
    State("audience", "/audiences/{audience}", Role.ADMIN),
    State("audience-to-approve", "/audiences/{audience}", Role.COMMANDER),
    State("audience-none", "/audiences/abc"),
    State("areas", "/areas", plain="areas"),
    State("area", "/areas/{area}"),
    # --- dashboard and hotspots ---
    State("dashboard", "/dashboard", Role.COMMANDER, plain="All crime in", paper=2),
    State("dashboard-harm", "/dashboard?weight=cambridge", Role.COMMANDER),
    State("hotspots", "/hotspots", plain="otspots"),
    State("hotspots-new", "/hotspots/new"),
    State("hotspot", "/hotspots/{layer}"),
    State("evaluate", "/hotspots/evaluate?target=layer:{layer}", Role.COMMANDER, plain="Compare"),
    State("evaluate-told", DID_IT_WORK, Role.COMMANDER, plain="than expected", paper=1),
    State("evaluate-faulty", "/hotspots/evaluate?target=&control=team:none&buffer_m=wide"),
    State("near-repeats", "/hotspots/near-repeats", plain="the day of each crime"),
    State("near-repeats-refused", "/hotspots/near-repeats?first=2025-01&last=2025-03"),
    # --- coverage ---
    State("coverage", "/coverage", plain="Coverage"),
    State("coverage-exact", "/coverage", Role.ADMIN),
    State("coverage-sectors", "/coverage/sectors", plain="Coverage by postcode sector"),
    # --- boundaries ---
    State("boundaries", "/boundaries", plain="Boundaries"),
    State("boundaries-admin", "/boundaries", Role.ADMIN),
    State("boundary", "/boundaries/2", Role.ADMIN),
    State("boundary-none", "/boundaries/999"),
    # --- long work ---
    State("progress", "/progress", plain="Progress"),
    State("progress-admin", "/progress", Role.ADMIN),
)
