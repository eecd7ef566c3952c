"""What the sweep looks at on each page: whatever a person may do to it, whoever they are."""

import re
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.browser.accessibility import violations
from tests.conftest import ARTEFACTS

# 1 280 pixels at 400 %, which is the widest that WCAG 2.2, 1.4.10 asks to fit.
ZOOMED = {"width": 320, "height": 256, "deviceScaleFactor": 4, "mobile": False}
USUAL = {"width": 1360, "height": 900}
PHONE = {"width": 320, "height": 640}
# Beyond these a page of tables would take long to walk through, key by key.
MOST_STEPS = 150
PAGE_OF_PDF = re.compile(rb"/Type\s*/Page\b")

# What a person with a keyboard should come to: one of each group of radio buttons, and nothing that
# is hidden or lies in something folded.
REACHABLE = """() => {
  const names = "a[href], button, input:not([type=hidden]), select, textarea, summary, iframe, "
    + "[tabindex], audio[controls], video[controls]";
  const groups = new Set();
  return [...document.querySelectorAll(names)].filter((each) => {
    if (each.tabIndex < 0 || each.disabled || each.closest("fieldset[disabled], [inert]")) {
      return false;
    }
    if (!each.checkVisibility({ visibilityProperty: true })) return false;
    if (each.type === "radio") {
      const group = `${each.form?.id} ${each.name}`;
      if (groups.has(group)) return false;
      groups.add(group);
    }
    return true;
  }).map((each, place) => {
    each.dataset.sweep = String(place);
    return each.outerHTML.slice(0, 120);
  });
}"""
# Where the focus is, and whether it shows; a radio button stands for its group.
FOCUSED = """() => {
  let at = document.activeElement;
  if (at === null || at === document.body) return null;
  const style = getComputedStyle(at);
  const shows = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0)
    || style.boxShadow !== "none" || at.tagName === "IFRAME"
    // Chromium shows it on the day, the month or the year.
    || at.type === "date"
    || (at instanceof SVGElement
      && parseFloat(style.strokeWidth) > at.getAttribute("stroke-width"));
  if (at.type === "radio") {
    const first = document.querySelectorAll(`input[type=radio][name="${at.name}"][data-sweep]`);
    at = [...first].find((each) => each.form === at.form) ?? at;
  }
  return [at.dataset.sweep ?? "", shows, at.outerHTML.slice(0, 120)];
}"""
# What sticks out at the right, for the message.
WIDEST = """(width) => [...document.querySelectorAll("body *")]
  .filter((each) => each.getBoundingClientRect().right > width + 1)
  .slice(0, 3).map((each) => each.outerHTML.slice(0, 120))"""


@dataclass(frozen=True)
class Sweep:
    """A page in a state, looked at from all sides; each look gives what is wrong, in words."""

    page: Page
    name: str

    def with_axe(self) -> list[str]:
        self.page.set_viewport_size(USUAL)
        return [f"axe: {rule}: {element}" for rule, element in violations(self.page)]

    def kept(self, size: dict[str, int]) -> None:
        self.page.set_viewport_size(size)
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        file = ARTEFACTS / f"{self.name}-{size['width']}.png"
        self.page.screenshot(path=file, full_page=True, animations="disabled")

    def at_400_percent(self) -> list[str]:
        client = self.page.context.new_cdp_session(self.page)
        client.send("Emulation.setDeviceMetricsOverride", ZOOMED)
        width = self.page.evaluate("document.documentElement.scrollWidth")
        widest = self.page.evaluate(WIDEST, ZOOMED["width"]) if width > ZOOMED["width"] else []
        client.send("Emulation.clearDeviceMetricsOverride")
        client.detach()
        return [f"at 400 % wider than the window: {element}" for element in widest]

    def by_keyboard(self) -> list[str]:
        self.page.set_viewport_size(USUAL)
        wanted = dict(enumerate(self.page.evaluate(REACHABLE)))
        faults = []
        passed: list[int] = []
        # Begins where a person left off, which need not be at the top: once round the page.
        for _ in range(MOST_STEPS):
            self.page.keyboard.press("Tab")
            place, shows, element = self.page.evaluate(FOCUSED) or ("", True, "")
            if not shows:
                faults.append(f"no focus is seen on {element}")
            if place and passed[:1] == [int(place)] and len(set(passed)) > 1:
                break
            passed += [int(place)] if place else []
        else:
            # Not walked to the end: what comes further on comes in the same order.
            first, last = passed[0], passed[-1]
            wanted = {
                place: element
                for place, element in wanted.items()
                if (place <= last) + (place >= first) > (last >= first)
            }
        wanted = {place: element for place, element in wanted.items() if place not in passed}
        return faults + [f"no key leads to {element}" for element in wanted.values()]

    def on_paper(self, most: int | None) -> list[str]:
        self.page.emulate_media(media="print")
        pdf = self.page.pdf(format="A4", path=ARTEFACTS / f"{self.name}.pdf", print_background=True)
        self.page.emulate_media(media="screen")
        sheets = len(PAGE_OF_PDF.findall(pdf))
        return [f"{sheets} sheets of paper"] if sheets > (most or sheets) or not sheets else []
