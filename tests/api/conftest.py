"""The application on a store of its own, loaded with the made world, and a client for each role."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from geo_alerts.acts.hotspots.works import WORKS
from geo_alerts.acts.keys import create_key, sign_in_link_token
from geo_alerts.audiences.disclosure import Role
from geo_alerts.store.database import Store
from tests.api.asking import ADDRESS, OURS
from tests.api.world import build
from tests.hotspot_world import import_months


@dataclass(frozen=True)
class World:
    """The made world's file and the keys of its callers."""

    file: Path
    tokens: dict[Role, str]


@pytest.fixture(scope="session")
def world(tmp_path_factory) -> World:
    folder = tmp_path_factory.mktemp("world")
    file = folder / "world.db"
    url = f"sqlite:///{file}"
    tokens = build(folder, url)
    with Store.open(url) as made:
        import_months(made, folder)
    return World(file, tokens)


@pytest.fixture
def store(world, tmp_path) -> Iterator[Store]:
    """A copy of the world, for one test."""
    file = shutil.copy(world.file, tmp_path / "store.db")
    with Store.open(f"sqlite:///{file}") as opened:
        yield opened


@pytest.fixture
def settings() -> Settings:
    return Settings()


@pytest.fixture
def app(store, settings) -> FastAPI:
    # Jobs of a thread: a process for each of hundreds would take its time.
    return create_app(settings, store=store, works=WORKS)


@pytest.fixture
def client(app) -> Iterator[TestClient]:
    """A caller who is not signed in."""
    with TestClient(app, base_url=ADDRESS) as anybody:
        yield anybody


@pytest.fixture
def client_of(app, world):
    """A client for a role."""

    def make(role: Role) -> TestClient:
        headers = {"Authorization": f"Bearer {world.tokens[role]}"}
        return TestClient(app, base_url=ADDRESS, headers=headers)

    return make


@pytest.fixture
def browser_of(app, store):
    """Sign in as somebody of a role, each in a browser of their own."""

    def act(role: Role, name: str = "A. Person") -> TestClient:
        browser = TestClient(app, base_url=ADDRESS, headers={"Accept": "text/html", **OURS})
        token = sign_in_link_token(store, name=name, role=role)
        browser.post("/sign-in", data={"token": token}, follow_redirects=False)
        return browser

    return act


@pytest.fixture
def analyst(client_of) -> TestClient:
    return client_of(Role.ANALYST)


@pytest.fixture
def alert_system(client_of) -> TestClient:
    return client_of(Role.ALERT_SYSTEM)


@pytest.fixture
def empty_client(tmp_path):
    """An admin of a store into which nothing was imported."""
    with Store.open(f"sqlite:///{tmp_path / 'empty.db'}", create=True) as store:
        _, token = create_key(store, "test", Role.ADMIN)
        headers = {"Authorization": f"Bearer {token}"}
        yield TestClient(create_app(Settings(), store=store), base_url=ADDRESS, headers=headers)
