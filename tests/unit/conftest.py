"""What unit tests of the store share."""

from pathlib import Path

import pytest

from geo_alerts.sources.subscribers import SubscriberFile
from geo_alerts.store.database import Store
from geo_alerts.store.subscriber_imports import SubscriberImport, import_subscribers
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
