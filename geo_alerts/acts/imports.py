"""Bring a file in: read, check, stage out of sight, switch on at once; the same file twice is once.

What reads files (pandas, geopandas) is imported inside the functions: the server starts without it.
"""

import csv
import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from geo_alerts.acts.files import replacing
from geo_alerts.acts.live import Live
from geo_alerts.errors import InvalidInputError, NotReadyError, SourceError
from geo_alerts.places.cells import Cells, may_have_cell
from geo_alerts.places.postcodes import normalise
from geo_alerts.sources.files import Advance
from geo_alerts.sources.households import read_households
from geo_alerts.sources.moments import in_words
from geo_alerts.sources.subscribers import Remark, SubscriberFile, read_subscribers
from geo_alerts.store import households as stored_households
from geo_alerts.store import subscriber_imports
from geo_alerts.store.audit import SCRIPT
from geo_alerts.store.cells import give_cells, load_cells
from geo_alerts.store.database import Store
from geo_alerts.store.directory import load_directory
from geo_alerts.store.editions import (
    HOUSEHOLDS,
    POSTCODES,
    EditionFacts,
    EditionImport,
    Outcome,
    import_again,
)
from geo_alerts.store.subscriber_imports import Confirm

CENSUS_LICENCE = (
    "Contains National Statistics data © Crown copyright and database right; "
    "Open Government Licence v3.0"
)
HASHED_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did.

    Attributes:
        label: What the edition or the file is called.
        outcome: `imported`, `unchanged`, `reactivated` or `relabelled`.
        sha256: Of the file's content.
        counts: What was counted, for example `units`.
        notes: What else the person who imports should know.
        seconds: How long it took.
        edition_id: The number of an edition of boundaries; None of anything else.
    """

    label: str
    outcome: Outcome
    sha256: str
    counts: Mapping[str, int]
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    edition_id: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class SubscriberRules:
    """How a subscriber file is to be taken.

    Attributes:
        as_of: When the file was true, aware.
        replace: Whether active people who are not in it leave.
        strict: Whether one fault refuses the whole file.
        confirm: Asked before more than 2 % leave for not being in it; without it, they do not.
        rejects: Where rows that were rejected or merged and values that were left out are listed
            as CSV (row, column, reason, effect); nowhere when None.
        by: Who imports it, for the record.
    """

    as_of: datetime
    replace: bool = False
    strict: bool = False
    confirm: Confirm | None = None
    rejects: Path | None = None
    by: str = SCRIPT


@dataclass(slots=True)
class Clock:
    """When an act began."""

    began: float = field(default_factory=time.monotonic)

    def seconds(self) -> float:
        """How long it has taken by now."""
        return time.monotonic() - self.began


def import_postcodes(
    store: Store, path: Path, advance: Advance, *, label: str | None = None, by: str = SCRIPT
) -> ImportReport:
    """Make a file of postcode units the active directory.

    Args:
        store: Where to.
        path: OS Code-Point Open (zip or folder), ONSPD or NSPL (CSV or zip), or a directory CSV.
        advance: Told after each batch.
        label: What to call the edition; by default as the file says, or its name.
        by: Who imports it.

    Raises:
        SourceError: The file is not as its publisher documents it.
        ConflictError: Another import of postcodes came first.
    """
    clock, sha256 = Clock(), sha256_of(path)
    again = import_again(store, POSTCODES, sha256, label=label, by=by)
    if again is not None:
        return report_of(again, clock, *_cells_given(store, again.edition.id, advance))
    from geo_alerts.sources.postcodes import read_postcodes  # noqa: PLC0415
    from geo_alerts.store.directory import import_directory  # noqa: PLC0415

    source = read_postcodes(path, advance)
    units = source.frame
    facts = EditionFacts(
        layer=POSTCODES,
        label=label or source.label,
        source_name=path.name,
        sha256=sha256,
        published_on=source.published_on,
        licence=source.licence,
        recorded_by=by,
    )
    return report_of(
        import_directory(store, facts, units, advance),
        clock,
        *source.notes,
        *_matched(store),
        live=int((units["status"] == "live").sum()),
        terminated=int((units["status"] == "terminated").sum()),
        without_location=int(units["easting"].isna().sum()),
    )


def import_households(
    store: Store, path: Path, advance: Advance, *, label: str | None = None, by: str = SCRIPT
) -> ImportReport:
    """Make a census table the active edition of households.

    Args:
        store: Where to.
        path: CSV with LSOA codes and households, also gzipped.
        advance: Told when all are written.
        label: What to call the edition; by default by the file's name.
        by: Who imports it.

    Raises:
        SourceError: The file is not such a table; every fault is told.
        ConflictError: Another import of households came first.
    """
    clock, sha256 = Clock(), sha256_of(path)
    again = import_again(store, HOUSEHOLDS, sha256, label=label, by=by)
    if again is not None:
        return report_of(again, clock)
    source = read_households(path)
    facts = EditionFacts(
        layer=HOUSEHOLDS,
        label=label or f"households of {path.name}",
        source_name=path.name,
        sha256=sha256,
        licence=CENSUS_LICENCE,
        recorded_by=by,
    )
    done = stored_households.import_households(store, facts, source)
    advance(len(source.lsoa), len(source.lsoa))
    notes = _shared_out(store)
    return report_of(done, clock, *notes, areas=len(source.lsoa), households=sum(source.households))


def import_subscribers(
    store: Store, path: Path, advance: Advance, rules: SubscriberRules
) -> ImportReport:
    """Make what a file says of subscribers known; see `sources/subscribers.py` for its columns.

    Args:
        store: Where to.
        path: CSV, also gzipped.
        advance: Told after each batch.
        rules: How it is to be taken.

    Returns:
        `counts` has all `rows` of the file, and each of them once: by what became of the person
        (`added`, `changed`, `unchanged`, `withdrawn`, `still_withdrawn`, `rejoined`,
        `older_than_known`, `left_and_came_back`), in `rejected_rows` or in `merged_rows`. People
        `dropped_because_missing` have no row; those `overtaken_by_newer` are counted already.
        Nothing is counted of a file that was imported before.

    Raises:
        InvalidInputError: The list of rejected rows cannot be written; nothing changes.
        PersonalDataError: It holds what looks like names or contact details; nothing changes.
        SourceError: It is not such a file, or has faults and `strict` is set; nothing changes.
        ConfirmationNeededError: Too many people would leave, and nobody said yes; nothing changes.
        ConflictError: Another file was imported meanwhile; nothing changes.
    """
    clock = Clock()
    file = read_subscribers(
        path, as_of=rules.as_of, normalise=normalise, strict=rules.strict, progress=advance
    )
    if file.remarks and rules.rejects is not None:
        # Before anything changes: a report that cannot be written is no surprise afterwards.
        _write_rejects(rules.rejects, file.remarks)
    done = subscriber_imports.import_subscribers(
        store,
        file,
        replace=rules.replace,
        confirm=rules.confirm,
        progress=advance,
        by=rules.by,
    )
    outcome = Outcome(done.outcome.value)
    if outcome == Outcome.UNCHANGED:
        return ImportReport(path.name, outcome, file.sha256, {}, (), clock.seconds())
    counts = {
        "rows": file.row_count + file.rejected + file.merged,
        **done.counts,
        "rejected_rows": file.rejected,
        "merged_rows": file.merged,
    }
    notes = _notes(file, rules.rejects)
    return ImportReport(path.name, outcome, file.sha256, counts, notes, clock.seconds())


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, or of the names and contents of the files of a folder.

    Raises:
        SourceError: It cannot be read.
    """
    digest = hashlib.sha256()
    files = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
    try:
        for one in files:
            if path.is_dir():
                digest.update(f"{one.relative_to(path).as_posix()}\0".encode())
            with one.open("rb") as stream:
                while chunk := stream.read(HASHED_AT_ONCE):
                    digest.update(chunk)
    except OSError as error:
        raise SourceError(f"{path.name} cannot be read: {error.strerror}") from error
    return digest.hexdigest()


def _cells_given(store: Store, edition_id: int, advance: Advance) -> tuple[str, ...]:
    # A directory that was imported before there were cells is given them.
    with store.reading() as connection:
        if load_cells(connection, edition_id):
            return ()
        directory = load_directory(connection)
    has_cell = may_have_cell(directory.is_live, directory.pqi)
    cells = Cells.build(directory.easting, directory.northing, has_cell, advance=advance)
    give_cells(store, edition_id, cells.to_blocks())
    return (f"{len(cells):,} cells were made",)


def _matched(store: Store) -> tuple[str, ...]:
    # Boundaries beside the postcodes of another region are both fine, and together are not.
    try:
        inside, placed = Live(store).view().geography.units_in_teams()
    except NotReadyError:
        return ()
    return (f"{inside:,} of {placed:,} live postcodes are in a team",)


def _shared_out(store: Store) -> tuple[str, ...]:
    try:
        total = Live(store).view().geography.households_by_team.sum()
    except NotReadyError as error:
        return (f"no coverage yet: {error}",)
    return (f"{total:,.0f} households are in a team",)


def _notes(file: SubscriberFile, rejects: Path | None) -> tuple[str, ...]:
    notes = [f"as of {in_words(file.as_of)} British time"]
    silent = [name for name in file.missing_columns if name != "left"]
    if silent:
        notes.append(f"says nothing of {', '.join(silent)}: what was known of them stays")
    if file.remarks and rejects is not None:
        what = "rejected or merged rows and values left out"
        notes.append(f"{rejects} lists {what}, in {len(file.remarks):,} lines")
    return tuple(notes)


def _write_rejects(path: Path, remarks: Sequence[Remark]) -> None:
    try:
        with replacing(path) as unfinished:
            _write_remarks(unfinished, remarks)
    except InvalidInputError as error:
        raise InvalidInputError(
            f"{error}; it would list rejected rows: name another file with --rejects"
        ) from error


def _write_remarks(path: Path, remarks: Sequence[Remark]) -> None:
    with path.open("w", encoding="utf-8", newline="") as to:
        writer = csv.writer(to, lineterminator="\n")
        writer.writerow(("row", "column", "reason", "effect"))
        writer.writerows((one.row, one.column or "", one.reason, one.effect) for one in remarks)


def report_of(done: EditionImport, clock: Clock, *notes: str, **counts: int) -> ImportReport:
    """The report of an import of an edition, its rows counted first."""
    edition = done.edition
    shown = {"rows": edition.row_count, **counts}
    return ImportReport(edition.label, done.outcome, edition.sha256, shown, notes, clock.seconds())
