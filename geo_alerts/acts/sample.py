"""The shipped sample, loaded into a store step by step."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from pathlib import Path

from geo_alerts.acts import import_jobs, imports
from geo_alerts.acts.boundaries import DraftOptions, import_boundaries
from geo_alerts.acts.contacts import import_contacts
from geo_alerts.acts.crimes.importing import import_crimes
from geo_alerts.acts.crimes.report import CrimeImportReport
from geo_alerts.acts.import_jobs import Bringing, recorded
from geo_alerts.acts.imports import ImportReport, SubscriberRules
from geo_alerts.sources.files import Advance
from geo_alerts.sources.moments import LONDON
from geo_alerts.store.activations import in_force
from geo_alerts.store.audit import SCRIPT
from geo_alerts.store.crime_months import crime_months
from geo_alerts.store.database import Store
from geo_alerts.store.editions import CONTACTS, HOUSEHOLDS, POSTCODES, TEAM, Outcome
from geo_alerts.store.subscribers import subscribers_as_of

CRIMES = "crimes.zip"
POSTCODES_LABEL = "Code-Point Open 2025.2.0 (April 2025), West Mercia and 10 km around it"
HOUSEHOLDS_LABEL = "Census 2011 households by LSOA"
# When the sample's subscribers were "exported"; data/README.md says so too.
EXPORTED_AT = datetime.fromisoformat("2025-04-30T09:00:00+01:00")


def is_wanted(store: Store) -> bool:
    """Tell whether the sample should be loaded: nothing is there, or part of it alone.

    A store that holds anybody's own directory is left as it is.
    """
    with store.reading() as connection:
        editions = in_force(connection, store.clock().astimezone(LONDON).date())
        has_people = subscribers_as_of(connection) is not None
        has_crimes = bool(crime_months(connection))
    if POSTCODES not in editions:
        return not editions and not has_people
    if editions[POSTCODES].label != POSTCODES_LABEL:
        return False
    if not {TEAM, HOUSEHOLDS} <= editions.keys() or not has_people:
        return True
    # The sample had neither once; where anything else became somebody's own, it stays so.
    is_ours = editions[TEAM].is_demonstration and editions[HOUSEHOLDS].label == HOUSEHOLDS_LABEL
    return is_ours and (CONTACTS not in editions or not has_crimes)


def import_sample(
    store: Store,
    folder: Path,
    bar: Callable[[str], AbstractContextManager[Advance]],
    *,
    by: str = SCRIPT,
) -> Iterator[ImportReport]:
    """Load all parts of the sample, one by one; what is there already is not read again.

    Args:
        store: Where to.
        folder: Holds `postcodes.csv.gz`, `teams.geojson.gz`, `contacts.json`,
            `households.csv.gz`, `subscribers.csv.gz` and `crimes.zip`.
        bar: Gives a progress bar for a step of some name.
        by: Who loads it.

    Yields:
        The report of each step.

    Raises:
        SourceError: A file is missing or not as it should be.
    """
    parts: Mapping[str, tuple[str, Callable[[Path, Advance], ImportReport]]] = {
        import_jobs.POSTCODES: (
            "postcodes.csv.gz",
            lambda path, tell: imports.import_postcodes(
                store, path, tell, label=POSTCODES_LABEL, by=by
            ),
        ),
        import_jobs.BOUNDARIES: (
            "teams.geojson.gz",
            lambda path, tell: import_boundaries(store, path, tell, DraftOptions(), by=by),
        ),
        import_jobs.CONTACTS: (
            "contacts.json",
            lambda path, tell: import_contacts(store, path, tell, by=by),
        ),
        import_jobs.HOUSEHOLDS: (
            "households.csv.gz",
            lambda path, tell: imports.import_households(
                store, path, tell, label=HOUSEHOLDS_LABEL, by=by
            ),
        ),
        import_jobs.SUBSCRIBERS: (
            "subscribers.csv.gz",
            lambda path, tell: imports.import_subscribers(
                store, path, tell, SubscriberRules(as_of=EXPORTED_AT, by=by)
            ),
        ),
        import_jobs.CRIMES: (
            CRIMES,
            lambda path, tell: _crimes(import_crimes(store, [path], tell, by=by)),
        ),
    }
    for what, (file, bring_in) in parts.items():
        with bar(what) as advance:
            work = partial(bring_in, folder / file)
            yield recorded(store, Bringing(what, file, by), work, advance)


def _crimes(report: CrimeImportReport) -> ImportReport:
    months = [one.month for one in report.months]
    label = f"crimes {months[0]} to {months[-1]}"
    outcome = Outcome.UNCHANGED if report.is_unchanged else Outcome.IMPORTED
    return ImportReport(label, outcome, report.sha256, {"rows": report.rows}, (), report.seconds)
