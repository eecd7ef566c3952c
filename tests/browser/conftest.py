"""The real server in a process of its own, on the small made world, and people who sign in."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from geo_alerts.acts import keys
from geo_alerts.audiences.disclosure import Role
from geo_alerts.store.database import Store
from tests.api.world import build

ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN_S = 30


@dataclass(frozen=True)
class Server:
    """A server that listens: its address, and the store that it serves."""

    address: str
    store_url: str

    def link_for(self, role: Role) -> str:
        """A one-time link for somebody of this role."""
        with Store.open(self.store_url) as store:
            token = keys.sign_in_link_token(store, name=f"A {role.value}", role=role)
        return f"{self.address}/sign-in?token={token}"


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    """`geo-alerts serve` on the made world."""
    if not (ROOT / "api" / "static" / "manifest.json").is_file():
        pytest.skip("the front end is not built (make install)")
    store_url, _ = build(tmp_path_factory.mktemp("world"))
    command = [sys.executable, "-m", "geo_alerts.cli.main", "serve", "--port", "0"]
    environment = {**os.environ, "GEO_ALERTS_STORE": store_url}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        link = next(line for line in process.stdout if "/sign-in?token=" in line)
        parts = urlsplit(link.strip())
        wait_until_it_listens(parts.hostname, parts.port)
        yield Server(f"{parts.scheme}://{parts.netloc}", store_url)
        process.terminate()


def wait_until_it_listens(host: str, port: int) -> None:
    """Return when the port takes connections; it says its address a moment before."""
    end = time.monotonic() + STARTS_WITHIN_S
    while True:
        try:
            socket.create_connection((host, port), timeout=1).close()
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return


@pytest.fixture
def sign_in(page, server) -> Callable[[Role], None]:
    """Sign in as a person does: open the link, press the button."""

    def act(role: Role) -> None:
        page.goto(server.link_for(role))
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{server.address}/")

    return act
