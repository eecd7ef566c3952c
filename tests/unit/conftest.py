"""What unit tests of the store and of the acts share."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from geo_alerts.acts.live import Live
from geo_alerts.sources.subscribers import SubscriberFile
from geo_alerts.store.database import Store
from geo_alerts.store.subscriber_imports import SubscriberImport, import_subscribers
from tests.api.world import build
from tests.subscriber_world import HEADER, Import, Read, read_people


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write lines to a file of a day and read it through."""

    def from_lines(day: int, *lines: str, header: str = HEADER) -> SubscriberFile:
        return read_people(tmp_path, day, *lines, header=header)

    return from_lines


@pytest.fixture
def bring(store: Store, read: Read) -> Import:
    """Write lines to a file of a day and import it."""

    def from_lines(
        day: int, *lines: str, header: str = HEADER, **options: object
    ) -> SubscriberImport:
        return import_subscribers(store, read(day, *lines, header=header), **options)

    return from_lines


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made world: teams T1 to T4. It is copied, and never changed."""
    folder = tmp_path_factory.mktemp("world")
    build(folder, f"sqlite:///{folder / 'world.db'}")
    return folder


@pytest.fixture
def live(made: Path, tmp_path: Path) -> Iterator[Live]:
    """A copy of the made world."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    with Store.open(f"sqlite:///{tmp_path / 'world.db'}") as store:
        yield Live(store)
