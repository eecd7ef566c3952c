"""Bring crimes in: files of data.police.uk and forces' own data, month by month of each force.

A file of a force's month that is there already replaces it whole; the same file changes nothing.
Merged instead, it adds the crimes whose ID is not there yet, and those alone: rows are never taken
for the same because they look it. Across forces, a crime with an ID that another force's file of
the month has already is left out; files are taken force by force in the order of their names, with
the British Transport Police last, whose crimes the territorial forces sometimes publish too.

Later months come first, so that each point is written once, with its latest name.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from geo_alerts.acts.crimes.ground import Grounds
from geo_alerts.acts.crimes.months import missing_months
from geo_alerts.acts.crimes.parts import outcome_rows, own_rows, street_rows
from geo_alerts.acts.crimes.points import NO_POINTS, NewPoints, ShownPoints
from geo_alerts.acts.crimes.report import (
    Account,
    CrimeImportReport,
    Done,
    MonthReport,
    in_place_of,
    of_file,
)
from geo_alerts.acts.imports import Clock
from geo_alerts.errors import InvalidInputError, SourceError
from geo_alerts.hotspots.months import month_of, month_text
from geo_alerts.sources.crimes.archive import CrimeFile, crime_files
from geo_alerts.sources.crimes.mapping import read_mapping
from geo_alerts.sources.crimes.outcomes import read_outcomes
from geo_alerts.sources.crimes.own_data import read_own
from geo_alerts.sources.crimes.parts import OwnPart, PublishedPoints, Remark
from geo_alerts.sources.crimes.police import read_street
from geo_alerts.sources.files import Advance
from geo_alerts.sources.moments import LONDON
from geo_alerts.store.audit import SCRIPT
from geo_alerts.store.bulk_arrays import Packed
from geo_alerts.store.crime_ids import (
    NO_MARKS,
    Marks,
    OtherForces,
    is_among,
    marks_of,
    marks_of_month,
)
from geo_alerts.store.crime_imports import CrimeImport, importing
from geo_alerts.store.crime_months import (
    OF_CRIMES,
    CrimeMonth,
    Kind,
    crime_months,
    own_in_place,
)
from geo_alerts.store.crime_points import STAND_IN_MONTH, pack_points
from geo_alerts.store.crime_removal import discard, tidy
from geo_alerts.store.crime_rows import MonthRows
from geo_alerts.store.database import Store

TRANSPORT_POLICE: Final = "btp"

Key = tuple[str, int, Kind]


def import_crimes(
    store: Store,
    paths: Sequence[Path],
    advance: Advance,
    *,
    merge: bool = False,
    by: str = SCRIPT,
) -> CrimeImportReport:
    """Make files of street crime and outcomes part of the store, all at once.

    Args:
        store: Where to.
        paths: CSVs, zips, and folders with either.
        advance: Told how many files are done, and of how many.
        merge: Whether months that are there already are added to, by ID, instead of replaced.
        by: Who imports them.

    Returns:
        What became of each file, and which months are still missing.

    Raises:
        SourceError: A file cannot be read as what its name says, or is of a month to come; nothing
            changes.
        ConflictError: Another import of one of the months came first; nothing changes.
    """
    clock = Clock()
    with (
        crime_files(paths) as found,
        taking(store, _street(found.files), merge=merge, by=by) as taken,
    ):
        taken.account.remark(found.remarks)
        _refuse_to_come(store, [(file.name, file.month) for file in found.files])
        files = sorted(found.files, key=_turn)
        for done, file in enumerate(files, start=1):
            taken.take_file(file)
            advance(done, len(files))
    return taken.report(clock)


def import_own_crimes(
    store: Store,
    paths: Sequence[Path],
    mapping: Path,
    advance: Advance,
    *,
    merge: bool = False,
    by: str = SCRIPT,
) -> CrimeImportReport:
    """Make a force's own crimes part of the store, all at once.

    Each is shown at the nearest published point; the exact position is for analysts.

    Args:
        store: Where to.
        paths: CSVs, each of other months.
        mapping: What their columns are, as `sources/crimes/mapping.py` describes it.
        advance: Told how many months are done, and of how many.
        merge: Whether months that are there already are added to, by ID, instead of replaced.
        by: Who imports them.

    Returns:
        What became of each month, and which are still missing.

    Raises:
        SourceError: A file cannot be read, is not as the mapping file says, or holds crimes of a
            month to come; nothing changes.
        InvalidInputError: Two files hold the same month; nothing changes.
        ConflictError: Another import of one of the months came first; nothing changes.
    """
    clock, columns = Clock(), read_mapping(mapping)
    sources = [read_own(path, columns) for path in paths]
    parts = [part for source in sources for part in source.parts]
    _require_months_once(parts)
    _refuse_to_come(store, [(part.source_name, part.month) for part in parts])
    with taking(store, (), merge=merge, by=by) as taken:
        shown = ShownPoints(store)
        for source in sources:
            taken.account.remark(source.remarks)
        for done, part in enumerate(parts, start=1):
            taken.take_own(part, shown)
            advance(done, len(parts))
    return taken.report(clock)


@dataclass(slots=True)
class Taking:
    """An import of months under way."""

    store: Store
    begun: CrimeImport
    merge: bool
    known: dict[Key, CrimeMonth]
    others: OtherForces
    grounds: Grounds
    points: NewPoints = field(default_factory=NewPoints)
    account: Account = field(default_factory=Account)
    # Months of which street crime was staged.
    _touched: set[int] = field(default_factory=set)

    def take_file(self, file: CrimeFile) -> None:
        """Read a file and keep it, where it is not there already."""
        if not self._take_again(file):
            return
        if file.kind == "street":
            crimes = read_street(file)
            self.take(street_rows(crimes, self.grounds), crimes.points, crimes.remarks)
        else:
            outcomes = read_outcomes(file)
            self.take(outcome_rows(outcomes), NO_POINTS, outcomes.remarks)

    def take_own(self, part: OwnPart, shown: ShownPoints) -> None:
        """Keep a month of a force's own data, where it is not there already."""
        key = (part.force, part.month, Kind.OWN)
        same = self.is_there(key, part.sha256)
        if same is None:
            rows, stand_ins = own_rows(part, self.grounds, shown)
            self.take(rows, stand_ins, part.remarks)
        else:
            self.note_unchanged(same, of_file(*key, part.source_name))

    def take(self, rows: MonthRows, points: PublishedPoints, remarks: Sequence[Remark]) -> None:
        """Keep the rows of a month, but for those that are there already.

        Args:
            rows: As they were read.
            points: Those that they refer to.
            remarks: What was noticed.
        """
        self.account.remark(remarks)
        before = self.known.get(_key(rows))
        onto = before if self.merge else None
        marks = marks_of(rows.id_bytes)
        sifted = self._sift(rows, marks, onto)
        if not sifted.kept.any():
            self._note_nothing_new(rows, sifted, onto)
            return
        kept = rows.where(sifted.kept)
        of_month = np.concatenate((sifted.before, marks[sifted.kept & rows.has_id]))
        counts = self.begun.stage(kept, of_month, self._packed(points, rows), onto=onto)
        if rows.kind == Kind.STREET:
            self._touched.add(rows.month)
            self.others.add(rows.month, of_month)
        done = Done.IMPORTED if before is None else Done.REPLACED
        total = (0, 0) if onto is None else (onto.row_count, onto.located)
        told = replace(
            sifted.told,
            done=done if onto is None else Done.MERGED,
            rows=total[0] + len(kept),
            located=total[1] + int(kept.located.sum()),
        )
        self.account.add(told, rows.sha256, counts)

    def note_unchanged(self, month: CrimeMonth, told: MonthReport) -> None:
        """Tell that a month is there already, as it is given."""
        if month.kind == Kind.STREET:
            self.others.add(month.month, self._marks(month))
        same = replace(told, done=Done.UNCHANGED, rows=month.row_count, located=month.located)
        self.account.add(same, month.sha256, month.categories)

    def report(self, clock: Clock) -> CrimeImportReport:
        """What was done, once it is switched on."""
        account = self.account
        forces = sorted({one.force for one in account.months})
        with self.store.reading() as connection:
            there = crime_months(connection, forces=forces, kinds=OF_CRIMES)
        missing = missing_months(there).items()
        return CrimeImportReport(
            months=tuple(sorted(account.months, key=lambda one: (one.month, one.force, one.kind))),
            categories=account.categories(),
            missing={force: tuple(map(month_text, months)) for force, months in missing},
            remarks=tuple(account.remarks),
            remarks_left=account.remarks_left,
            sha256=account.sha256(),
            seconds=clock.seconds(),
            in_place=in_place_of(own_in_place(there), account.months),
        )

    def is_there(self, key: Key, sha256: str) -> CrimeMonth | None:
        """The month of the same content that is there already; None where there is none.

        A street file is taken again where another force's file of the month changed before it in
        this import, for that may have some of its crimes now.
        """
        before = self.known.get(key)
        is_same = before is not None and before.sha256 == sha256
        is_touched = key[2] == Kind.STREET and key[1] in self._touched
        return before if is_same and not is_touched else None

    def _take_again(self, file: CrimeFile) -> bool:
        # Whether a file must be read: its content is looked at only where it may be known.
        key = (file.force, file.month, Kind(file.kind))
        if key not in self.known:
            return True
        same = self.is_there(key, hashlib.sha256(file.read()).hexdigest())
        if same is not None:
            self.note_unchanged(same, of_file(*key, file.name))
        return same is None

    def _sift(self, rows: MonthRows, marks: Marks, onto: CrimeMonth | None) -> "_Sifted":
        repeated = np.zeros(len(rows), dtype=np.bool_)
        if rows.kind == Kind.STREET:
            repeated = rows.has_id & self.others.repeated(rows.month, marks)
        told = replace(
            of_file(rows.force, rows.month, rows.kind, rows.source_name),
            faulty=rows.notes["faulty"],
            of_other_forces=int(repeated.sum()),
        )
        if onto is None:
            return _Sifted(~repeated, NO_MARKS, told)
        before = self._marks(onto)
        is_known = rows.has_id & is_among(marks, before)
        told = replace(told, known=int(is_known.sum()), without_id=int((~rows.has_id).sum()))
        return _Sifted(~repeated & ~is_known & rows.has_id, before, told)

    def _note_nothing_new(
        self, rows: MonthRows, sifted: "_Sifted", onto: CrimeMonth | None
    ) -> None:
        if onto is not None:
            self.note_unchanged(onto, sifted.told)
        else:
            self.account.add(sifted.told, rows.sha256, {})

    def _packed(self, points: PublishedPoints, rows: MonthRows) -> Packed:
        month = STAND_IN_MONTH if rows.kind == Kind.OWN else rows.month
        return pack_points(self.store.dialect, self.points.take(points), month)

    def _marks(self, month: CrimeMonth) -> Marks:
        with self.store.reading() as connection:
            return marks_of_month(connection, month.id)


@dataclass(frozen=True, slots=True)
class _Sifted:
    """Which rows of a file are kept, the marks of the month that they are added to, and counts."""

    kept: npt.NDArray[np.bool_]
    before: Marks
    told: MonthReport


@contextmanager
def taking(
    store: Store, coming: Iterable[tuple[str, int]], *, merge: bool, by: str
) -> Iterator[Taking]:
    """Begin an import; what was taken is switched on when the block ends, or nothing of it.

    Args:
        store: Where to.
        coming: Force and month of the street files that will be taken.
        merge: Whether months that are there are added to.
        by: Who imports.
    """
    tidy(store)
    with store.reading() as connection:
        known = {_key(one): one for one in crime_months(connection)}
    with importing(store, by=by) as begun:
        others = OtherForces(store, frozenset(coming))
        taken = Taking(store, begun, merge, known, others, Grounds.load(store))
        yield taken
        replaced = begun.switch(taken.account.as_details()) if begun.staged else []
    discard(store, replaced)


def _require_months_once(parts: Sequence[OwnPart]) -> None:
    first: dict[int, str] = {}
    for part in parts:
        if part.month in first:
            raise InvalidInputError(
                f"{first[part.month]} and {part.source_name} both hold crimes of "
                f"{month_text(part.month)}: import one first, and the other with --merge"
            )
        first[part.month] = part.source_name


def _refuse_to_come(store: Store, named: Iterable[tuple[str, int]]) -> None:
    # One would be the latest month for whoever asks about the latest.
    now = month_of(store.clock().astimezone(LONDON).date())
    for name, month in named:
        if month > now:
            raise SourceError(
                f"{name} is of {month_text(month)}, which is still to come (it is "
                f"{month_text(now)} now): set its month right, or the clock of this computer"
            )


def _key(month: MonthRows | CrimeMonth) -> Key:
    return month.force, month.month, month.kind


def _street(files: Sequence[CrimeFile]) -> set[tuple[str, int]]:
    return {(file.force, file.month) for file in files if file.kind == "street"}


def _turn(file: CrimeFile) -> tuple[int, bool, str, str]:
    return -file.month, file.force == TRANSPORT_POLICE, file.force, file.kind
