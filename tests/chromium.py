"""The system's Chromium, or Chrome: the tests bring no browser of their own."""

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
# Chromium's own traffic (updates, sync, look-ups) would show among the requests that tests count.
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


def find_chromium() -> str | None:
    """The path of a browser that starts; None where there is none, or Playwright cannot run."""
    # Ubuntu's package is a script that only says to install a snap; Playwright's Node.js wants
    # libatomic, which a bare Debian lacks.
    found = filter(None, map(shutil.which, NAMES))
    works = (path for path in found if _answers(path))
    return next(works, None) if _answers(sys.executable, "-m", "playwright") else None


def _answers(*command: str) -> bool:
    done = subprocess.run([*command, "--version"], capture_output=True, check=False)
    return done.returncode == 0


def launch(playwright: "Playwright", path: str) -> "Browser":
    """Start it headless; as root it refuses its sandbox."""
    flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    return playwright.chromium.launch(executable_path=path, args=flags)
