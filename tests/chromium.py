"""The system's Chromium, or Chrome: the tests bring no browser of their own."""

import os
import shutil
import subprocess
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
    """The path of a browser that starts; None where there is none."""
    found = filter(None, map(shutil.which, NAMES))
    return next((path for path in found if _answers(path)), None)


def _answers(path: str) -> bool:
    # Ubuntu's package is a script that only says to install a snap.
    return subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0


def launch(playwright: "Playwright", path: str) -> "Browser":
    """Start it headless; as root it refuses its sandbox."""
    flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    return playwright.chromium.launch(executable_path=path, args=flags)
