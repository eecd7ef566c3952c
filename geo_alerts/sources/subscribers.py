"""Subscribers from the alert system: a CSV of references and postcodes, never of names.

Columns: `reference`, and as far as they are there `postcodes`, `channels`, `groups`, `topics`,
`joined`, `left`, in any order and any case. Commas, semicolons or tabs separate cells; inside a
cell `;` or `|` separate values. UTF-8, with or without a byte order mark; gzipped files are read
as well.

A column that is not there says nothing: what is known of the person stays, except that nothing is
known of one who left, who comes back without channels unless the file gives some. A blank cell in a
column that is there says that there is none. `reference` must be there, and `postcodes` or `left`.

Dates and times in `joined` and `left`: ISO 8601 (`2025-04-30`, `2025-4-30`, `20250430`,
`2025-04-30T09:00`, `2025-04-30 09:00:00+01:00`) or British order with `/`, `.` or `-`
(`30/04/2025`, `1.4.2025`, `30/04/2025 09:00`); British time where no zone is given. Years have four
digits; months in words and American order are not read.

Refused as a whole, with the reason and without repeating the value: a file with a column, a
reference or another value that looks like contact details or a name; a column that is not known
(nobody can tell what is in it); a file that is no CSV in UTF-8.

Of the rest:

- A row whose reference cannot be used, or that has too few cells, is rejected.
- A postcode, channel, group, topic or date that cannot be used is left out, and the rest of the row
  counts. A person without a postcode that can be used stays, and is listed as unplaced.
- A row with anything in `left` withdraws, even where it is no date; so does one with a cell too
  many, for `left` may have been moved. Nothing else of such a row is kept.
- A date in `left` counts as the end of that day, as far as that is not later than the file's day.
- Of several rows with one reference equal ones count once; where any withdraws, the latest
  withdrawal counts; else the first counts and the others are rejected.

The file is read twice: once to find every fault, once to give the rows. Row 1 is the header.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from geo_alerts.errors import Fault, PersonalDataError, SourceError, SourceFaultsError
from geo_alerts.sources.files import Advance
from geo_alerts.sources.moments import in_zone
from geo_alerts.sources.personal_data import maybe_person, shown_by_most
from geo_alerts.sources.subscriber_cells import (
    ROW_REJECTED,
    WITHDRAWN_ANYWAY,
    Cells,
    Normalise,
    read_content,
    read_reference,
    read_withdrawal,
    sign_of_person,
    unsaid_in,
)
from geo_alerts.sources.subscriber_records import COLUMNS, STAYS, Record, records_of, sha256_of
from geo_alerts.sources.subscriber_rules import SubscriberRow

PROGRESS_ROWS = 2000

# Neighbours share postcodes: most are found here.
REMEMBERED_POSTCODES = 1 << 18


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be told of one row.

    Attributes:
        row: Its number.
        column: Where in it; None where it is the row as a whole.
        reason: What is so; never what stands there.
        effect: What became of the row or the value.
        is_fault: Whether it is wrong; a row that says the same again is not.
    """

    row: int
    column: str | None
    reason: str
    effect: str
    is_fault: bool = True


@dataclass(frozen=True)
class SubscriberFile:
    """A file that was read through once; `rows` reads it again.

    Attributes:
        path: Where it is.
        sha256: Of its bytes, hexadecimal.
        as_of: When it was true, UTC.
        row_count: Rows that will be given.
        remarks: By row: rows that were rejected or merged, values that were left out.
        rejected: How many rows are rejected as a whole.
        merged: How many rows repeat another; with it, `rejected` and `row_count` make all rows.
        missing_columns: What it says nothing about.
        mentioned: References of rejected rows: the file does not lack these people.
    """

    path: Path
    sha256: str
    as_of: datetime
    row_count: int
    remarks: tuple[Remark, ...]
    rejected: int
    merged: int
    missing_columns: tuple[str, ...]
    mentioned: frozenset[str]
    _passed_over: frozenset[int]
    _normalise: Normalise

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong, by row."""
        return _faults(self.remarks)

    def rows(self) -> Iterator[SubscriberRow]:
        """Give the rows that count, each reference once.

        Raises:
            SourceError: The file is another than was read before.
        """
        with records_of(self.path) as records:
            for record in records:
                if record.number not in self._passed_over:
                    row = _row(record, Cells(record.text), self.as_of, self._normalise)
                    if row is not None:
                        yield row
        if sha256_of(self.path) != self.sha256:
            raise SourceError(f"{self.path.name} was changed while it was read; import it again")


def read_subscribers(
    path: Path,
    *,
    as_of: datetime,
    normalise: Normalise,
    strict: bool = False,
    progress: Advance | None = None,
) -> SubscriberFile:
    """Read a subscriber file through and find everything that is wrong with it.

    Args:
        path: The file.
        as_of: When it was true; see `read_as_of`.
        normalise: Gives the normal form of a postcode or raises MalformedPostcodeError.
        strict: Whether to refuse the file for any fault.
        progress: Told of every 2,000 rows.

    Returns:
        The file, ready to give its rows.

    Raises:
        PersonalDataError: It holds what looks like contact details or names.
        UnknownFormatError: A column is missing, is not known or occurs twice.
        SourceFaultsError: It has faults, and `strict` is set; or it has no rows.
        SourceError: It is no CSV in UTF-8.
    """
    remembering = lru_cache(maxsize=REMEMBERED_POSTCODES)(normalise)
    reading = _Reading(path, in_zone(as_of).astimezone(UTC), remembering)
    with records_of(path) as records:
        for record in records:
            reading.take(record)
            if progress is not None and record.number % PROGRESS_ROWS == 0:
                progress(record.number, None)
    return reading.finish(strict=strict)


# --- one row --------------------------------------------------------------------------------------


def _row(
    record: Record, cells: Cells, as_of: datetime, normalise: Normalise
) -> SubscriberRow | None:
    reference = read_reference(cells) if "reference" in cells.text else None
    if reference is None:
        return None
    if not record.is_whole:
        if not record.may_withdraw:
            return None
        at_once = as_of.strftime("%Y-%m-%dT%H:%M:%SZ")
        return SubscriberRow(reference, as_of, withdraws=True, left_on=at_once)
    left = read_withdrawal(cells, as_of)
    if left is not None:
        return SubscriberRow(reference, left[1], withdraws=True, left_on=left[0])
    content = read_content(cells, as_of, normalise)
    return SubscriberRow(reference, as_of, content=content, unsaid=unsaid_in(cells.text))


def _faults(remarks: Iterable[Remark]) -> tuple[Fault, ...]:
    return tuple(Fault(one.row, one.column, one.reason) for one in remarks if one.is_fault)


def _refuse_contact_details(path: Path, record: Record) -> None:
    for column, cell in record.text.items():
        for value in cell.replace("|", ";").split(";"):
            found = sign_of_person(column, value.strip())
            if found is not None:
                raise PersonalDataError(
                    f"{path.name}, row {record.number}, column {column}: holds what looks like "
                    f"{found}; {STAYS}, give its own reference"
                )


# --- all rows -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _First:
    # The row of a reference that counts so far, and what it says.
    number: int
    digest: int
    withdraws: bool
    known_at: datetime


@dataclass(slots=True)
class _Reading:
    path: Path
    as_of: datetime
    normalise: Normalise
    remarks: list[Remark] = field(default_factory=list)
    columns: set[str] = field(default_factory=set)
    first: dict[str, _First] = field(default_factory=dict)
    passed_over: set[int] = field(default_factory=set)
    mentioned: set[str] = field(default_factory=set)
    signs: Counter[str] = field(default_factory=Counter)
    seen: int = 0
    rejected: int = 0
    merged: int = 0

    def take(self, record: Record) -> None:
        """Look at one row."""
        self.seen += 1
        self.columns |= record.text.keys()
        _refuse_contact_details(self.path, record)
        cells = Cells(record.text)
        row = _row(record, cells, self.as_of, self.normalise)
        if not record.is_whole:
            self._not_whole(record, cells, row)
        self.remarks += [Remark(record.number, *fault) for fault in cells.faults]
        if row is None:
            self.rejected += 1
            self.passed_over.add(record.number)
            return
        sign = maybe_person(row.reference)
        if sign is not None:
            self.signs[sign] += 1
        now = _First(record.number, hash(row), row.withdraws, row.known_at)
        before = self.first.setdefault(row.reference, now)
        if before is not now:
            self._repeat(row, before, now)

    def _not_whole(self, record: Record, cells: Cells, row: SubscriberRow | None) -> None:
        reason = "has too few or too many cells"
        if row is None:
            self.remarks.append(Remark(record.number, None, reason, ROW_REJECTED))
            self.mentioned |= {cells.text.get("reference", "").strip()} - {""}
        else:
            reason += ", and one of them may say that the person left"
            self.remarks.append(Remark(record.number, None, reason, WITHDRAWN_ANYWAY))

    def _repeat(self, row: SubscriberRow, before: _First, now: _First) -> None:
        is_later = not before.withdraws or now.known_at > before.known_at
        if now.withdraws and is_later:
            self.first[row.reference] = now
            self._merge(before.number, now.number, "the reference of a row that withdraws")
        elif before.digest == now.digest:
            self._merge(now.number, before.number, "all of another row")
        elif before.withdraws:
            self._merge(now.number, before.number, "the reference of a row that withdraws")
        else:
            self.mentioned.add(row.reference)
            reason = f"repeats the reference of row {before.number} and says something else"
            self._reject(now.number, "reference", reason)

    def _merge(self, number: int, into: int, repeated: str) -> None:
        self.merged += 1
        self.passed_over.add(number)
        effect = f"row merged with row {into}"
        remark = Remark(number, "reference", f"repeats {repeated}", effect, is_fault=False)
        self.remarks.append(remark)

    def _reject(self, number: int, column: str | None, reason: str) -> None:
        self.rejected += 1
        self.passed_over.add(number)
        self.remarks.append(Remark(number, column, reason, ROW_REJECTED))

    def finish(self, *, strict: bool) -> SubscriberFile:
        """Decide about the file as a whole."""
        likely = shown_by_most(self.signs, len(self.first))
        if likely is not None:
            raise PersonalDataError(
                f"{self.path.name}, column reference: most values look like {likely}; "
                f"{STAYS}, give its own reference"
            )
        if not self.seen:
            raise SourceFaultsError(self.path.name, [Fault(None, None, "the file has no rows")])
        # A row may be merged with a later one.
        self.remarks.sort(key=lambda remark: remark.row)
        faults = _faults(self.remarks)
        if faults and strict:
            raise SourceFaultsError(self.path.name, faults)
        return SubscriberFile(
            path=self.path,
            sha256=sha256_of(self.path),
            as_of=self.as_of,
            row_count=len(self.first),
            remarks=tuple(self.remarks),
            rejected=self.rejected,
            merged=self.merged,
            missing_columns=tuple(name for name in COLUMNS if name not in self.columns),
            mentioned=frozenset(self.mentioned),
            _passed_over=frozenset(self.passed_over),
            _normalise=self.normalise,
        )
