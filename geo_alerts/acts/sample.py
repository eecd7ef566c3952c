"""The shipped sample, loaded into a store step by step."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from geo_alerts.acts import imports
from geo_alerts.acts.imports import Advance, BoundaryFields, ImportReport, SubscriberRules
from geo_alerts.store.database import Store

# When the sample's subscribers were "exported"; data/README.md says so too.
EXPORTED_AT = datetime.fromisoformat("2025-04-30T09:00:00+01:00")


def import_sample(
    store: Store, folder: Path, bar: Callable[[str], AbstractContextManager[Advance]]
) -> Iterator[ImportReport]:
    """Load postcodes, teams, households and subscribers; what is there already is not read again.

    Args:
        store: Where to.
        folder: Holds `postcodes.csv.gz`, `teams.geojson.gz`, `households.csv.gz` and
            `subscribers.csv.gz`.
        bar: Gives a progress bar for a step of some name.

    Yields:
        The report of each step.

    Raises:
        SourceError: A file is missing or not as it should be.
    """
    with bar("postcodes") as advance:
        yield imports.import_postcodes(store, folder / "postcodes.csv.gz", advance)
    with bar("teams") as advance:
        yield imports.import_boundaries(
            store, folder / "teams.geojson.gz", advance, BoundaryFields()
        )
    with bar("households") as advance:
        yield imports.import_households(store, folder / "households.csv.gz", advance)
    with bar("subscribers") as advance:
        yield imports.import_subscribers(
            store, folder / "subscribers.csv.gz", advance, SubscriberRules(as_of=EXPORTED_AT)
        )
