"""`geo-alerts serve` as a process of its own, on the shipped sample."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_readme import run, shell_of

SAMPLE = Path(__file__).resolve().parent.parent.parent / "data"


@dataclass(frozen=True)
class Served:
    """A running server: its sign-in link, and what it said before."""

    link: str
    said: str

    @property
    def address(self) -> str:
        return self.link.partition("/sign-in")[0]


@contextmanager
def served(folder: Path, public: str | None = None) -> Iterator[Served]:
    log = folder / "server.log"
    command = [sys.executable, "-m", "geo_alerts.cli", "serve", "--sample", SAMPLE, "--port", "0"]
    environment = {**os.environ, "GEO_ALERTS_STORE": f"sqlite:///{folder / 'store.db'}"}
    if public:
        environment["GEO_ALERTS_PUBLIC_URL"] = public
    with log.open("w") as told:
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=told, env=environment)
    try:
        assert server.stdout is not None
        link = server.stdout.readline().decode().strip()
        address = re.escape(public) if public else r"http://127\.0\.0\.1:\d+"
        assert re.fullmatch(rf"{address}/sign-in\?token=[\w-]{{43}}", link), log.read_text()
        yield Served(link, log.read_text())
    finally:
        server.send_signal(signal.SIGINT)
        # What it began to load it ends first, which takes a while on a busy machine.
        server.communicate(timeout=120)


def health(server: Served) -> Any:
    # S310: the address is that of the server above.
    with urllib.request.urlopen(f"{server.address}/v1/health", timeout=60) as answer:  # noqa: S310
        return json.load(answer)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("served")


def test_the_first_start_loads_the_sample_and_says_what_it_holds(folder):
    with served(folder) as server:
        assert "42,227 of them in 82 teams" in server.said
        assert "18,800 subscribers" in server.said
        assert health(server) == {"alive": True, "ready": True, "waiting_for": None}


def test_the_readme_shows_what_a_look_up_on_the_sample_prints(folder):
    command = [sys.executable, "-m", "geo_alerts.cli", "lookup", "SY1 2EG"]
    store = ["--store", f"sqlite:///{folder / 'store.db'}"]
    environment = {**os.environ, "COLUMNS": "100"}
    ran = subprocess.run([*command, *store], env=environment, capture_output=True, check=True)
    answer = ran.stdout.decode().partition("\n\n")[0]
    assert "on an edge" in answer
    assert " ".join(answer.split()) in " ".join((SAMPLE.parent / "README.md").read_text().split())


def test_the_link_is_for_the_public_url_where_there_is_one(folder):
    with served(folder, "https://alerts.example.org") as server:
        assert "serves on http://127.0.0.1:" in server.said


def test_the_second_start_loads_nothing(folder):
    with served(folder) as server:
        assert "Loaded" not in server.said
        assert health(server)["ready"] is True


@pytest.mark.skipif(shutil.which("curl") is None, reason="the README's examples need curl")
def test_the_alert_system_of_the_readme_fetches_recipients_and_tells_how_many_replied(folder):
    readme = (SAMPLE.parent / "README.md").read_text(encoding="utf-8")
    section = readme.partition("### The alert system")[2].partition("\n### ")[0]
    fetches, tells = shell_of(section)[:2]
    with served(folder) as server:
        script = f"{fetches}\n{tells}".replace("http://127.0.0.1:8000", server.address)
        printed = run(script, folder, f"sqlite:///{folder / 'store.db'}")
    assert '{"position":0,"reference":"' in printed
    assert '"key":"mail-7"' in printed
    assert '"by_channel":{"email":3,"text":10},"total":13,' in printed


def test_a_taken_port_is_told_in_one_line(folder):
    with served(folder) as server:
        port = server.address.rpartition(":")[2]
        command = [sys.executable, "-m", "geo_alerts.cli", "serve", "--port", port]
        store = ["--store", f"sqlite:///{folder / 'store.db'}"]
        second = subprocess.run([*command, *store], capture_output=True, text=True, check=False)
    assert second.returncode == 5
    assert f"port {port}" in second.stderr
    assert "Traceback" not in second.stderr
