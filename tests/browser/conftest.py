"""The real server in a process of its own, on the small made world, and people who sign in."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from geo_alerts.acts import keys
from geo_alerts.audiences.disclosure import Role
from geo_alerts.store.database import Store
from tests.api.world import build
from tests.serving import served

ROOT = Path(__file__).resolve().parents[2]


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


@pytest.fixture(scope="session")
def world(tmp_path_factory) -> Path:
    """The made world's file."""
    if not (ROOT / "api" / "static" / "manifest.json").is_file():
        pytest.skip("the front end is not built (make install)")
    folder = tmp_path_factory.mktemp("world")
    build(folder, f"sqlite:///{folder / 'world.db'}")
    return folder / "world.db"


@pytest.fixture(scope="module")
def server(world, tmp_path_factory) -> Iterator[Server]:
    """`geo-alerts serve` on a copy of the made world."""
    store_url = f"sqlite:///{shutil.copy(world, tmp_path_factory.mktemp('store'))}"
    with served(store_url) as link:
        yield _server(link, store_url)


@pytest.fixture(scope="session")
def sample_server(tmp_path_factory) -> Iterator[Server]:
    """`geo-alerts serve` on the shipped sample, which is loaded once for the whole run.

    It is shared: a test must not need that something is not there, such as audiences or layers that
    others kept, nor change what others read (editions, subscribers, crimes).
    """
    if not (ROOT / "api" / "static" / "manifest.json").is_file():
        pytest.skip("the front end is not built (make install)")
    store_url = f"sqlite:///{tmp_path_factory.mktemp('sample') / 'sample.db'}"
    with served(store_url, "--sample", str(ROOT / "data")) as link:
        yield _server(link, store_url)


def _server(link: str, store_url: str) -> Server:
    parts = urlsplit(link)
    return Server(f"{parts.scheme}://{parts.netloc}", store_url)


def sign_in_to(page, server: Server, role: Role) -> None:
    """Sign in as a person does: open the link, press the button."""
    page.goto(server.link_for(role))
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{server.address}/")


@pytest.fixture
def sign_in(page, server) -> Callable[[Role], None]:
    """Sign in to the made world."""

    def act(role: Role) -> None:
        sign_in_to(page, server, role)

    return act


@pytest.fixture
def as_admin(page, server, sign_in, page_log):
    """The page, signed in as an administrator; at the end nothing was loaded from elsewhere."""
    sign_in(Role.ADMIN)
    yield page
    assert_calm(page_log, server)


@pytest.fixture
def as_analyst(page, server, sign_in, page_log):
    """The page, signed in as an analyst."""
    sign_in(Role.ANALYST)
    yield page
    assert_calm(page_log, server)


def assert_calm(page_log, server):
    """No request left this server, and the console holds no error but refusals asked for."""
    elsewhere = [url for url in page_log.requests if not url.startswith((server.address, "data:"))]
    assert elsewhere == []
    assert [text for text in page_log.errors if "responded with a status of 4" not in text] == []
