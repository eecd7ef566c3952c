"""What axe-core finds on a page."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "api" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page):
    """Rules that the page breaks, each with a place; the test is skipped without axe-core."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (npm ci in api/frontend)")
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("tags => axe.run({ runOnly: tags })", TAGS)["violations"]
    return [(each["id"], each["nodes"][0]["html"][:120]) for each in found]
