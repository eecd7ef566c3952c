"""Imports with the record of a job, so that others see how far they are and what became of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from geo_alerts.acts.jobs import doing
from geo_alerts.sources.files import Advance
from geo_alerts.store.database import Store
from geo_alerts.store.jobs import Task

BOUNDARIES: Final = "boundaries"
CONTACTS: Final = "contacts"
CRIMES: Final = "crimes"
HOUSEHOLDS: Final = "households"
POSTCODES: Final = "postcodes"
SUBSCRIBERS: Final = "subscribers"

Report = TypeVar("Report")


@dataclass(frozen=True, slots=True)
class Bringing:
    """What is brought in.

    Attributes:
        what: `postcodes`, `boundaries`, `households`, `contacts`, `subscribers` or `crimes`.
        file: The name of the file, or of the files in a few words.
        by: Who brings it in.
        is_restricted: Whether it is of what not everybody may see.
    """

    what: str
    file: str
    by: str
    is_restricted: bool = False


def kind_of(what: str) -> str:
    """The kind of the job that brings something in: `import.postcodes`."""
    return f"import.{what}"


def recorded(
    store: Store, bringing: Bringing, work: Callable[[Advance], Report], told: Advance
) -> Report:
    """Do an import, with the record of a job.

    Args:
        store: Where to.
        bringing: What is brought in.
        work: Does it; is given whom to tell how far it is.
        told: Told how far it is, too.

    Returns:
        What `work` returns. Where that has an `edition_id`, it is the job's result.

    Raises:
        CancelledError: Somebody cancelled it meanwhile; nothing was kept.
        GeoAlertsError: What the import raises.
    """
    task = Task(kind_of(bringing.what), {"file": bringing.file}, bringing.is_restricted)
    with doing(
        store, task, by=bringing.by, told=lambda done, total, _words: told(done, total)
    ) as doings:

        def tell(done: int, total: int | None = None) -> None:
            doings.reporter(done, total, "")

        report = work(tell)
        edition = getattr(report, "edition_id", None)
        doings.made = "" if edition is None else str(edition)
    return report
