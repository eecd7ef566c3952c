"""Subscribers from the alert system: a CSV of references and postcodes, never of names.

Columns: `reference`, and as far as they are there `postcodes`, `channels`, `groups`, `topics`,
`joined`, `left`, in any order and any case. Commas, semicolons or tabs separate cells; inside a
cell `;` or `|` separate values. UTF-8, with or without a byte order mark; gzipped files are read
as well.

Refused as a whole, with the reason and without repeating the value: a file with a column, a
reference or another value that looks like contact details or a name; a column that is not known
(nobody can tell what is in it); a file that is no CSV in UTF-8.

Of the rest:

- A row whose reference cannot be used, or that has too few or too many cells, is rejected.
- A postcode, channel, group, topic or date that cannot be used is left out, and the rest of the row
  counts. A person without a postcode that can be used stays, and is listed as unplaced.
- A row with anything in `left` withdraws, even what is no date. Nothing else of such a row is kept.
- A date in `left` counts as the end of that day, as far as that is not later than the file's day.
- Of several rows with one reference equal ones count once; where any withdraws, the latest
  withdrawal counts; else the first counts and the others are rejected.

The file is read twice: once to find every fault, once to give the rows. Row 1 is the header.
"""

import csv
import gzip
import hashlib
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, cast

from geo_alerts.errors import (
    Fault,
    PersonalDataError,
    SourceError,
    SourceFaultsError,
    UnknownFormatError,
)
from geo_alerts.sources.files import Advance
from geo_alerts.sources.moments import in_zone
from geo_alerts.sources.personal_data import (
    column_of_persons,
    contact_details,
    maybe_person,
    person,
    shown_by_most,
)
from geo_alerts.sources.subscriber_cells import (
    Cells,
    Normalise,
    read_content,
    read_reference,
    read_withdrawal,
)
from geo_alerts.sources.subscriber_rules import SubscriberRow

PROGRESS_ROWS = 2000

# Neighbours share postcodes: most are found here.
REMEMBERED_POSTCODES = 1 << 18

DATES = ("joined", "left")
STAYS = "names and contact details stay in the alert system"

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "reference": ("ref", "id", "subscriber_id", "subscriber_reference", "member_id", "subscriber"),
    "postcodes": ("postcode", "post_code", "post_codes"),
    "channels": ("channel",),
    "groups": ("group",),
    "topics": ("topic",),
    "joined": ("joined_on", "joined_at", "date_joined", "join_date", "joined_date"),
    "left": ("left_on", "left_at", "date_left", "left_date", "withdrawn_on", "withdrawn_at"),
}

_COLUMN_OF = {alias: name for name, aliases in COLUMNS.items() for alias in (name, *aliases)}
_WIDE_ENCODINGS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class _Record:
    # A row that is not blank; without `is_whole` it has too few or too many cells, and what stands
    # in which column is a guess.
    number: int
    text: dict[str, str]
    is_whole: bool


@dataclass(frozen=True)
class SubscriberFile:
    """A file that was read through once; `rows` reads it again.

    Attributes:
        path: Where it is.
        sha256: Of its bytes, hexadecimal.
        as_of: When it was true, UTC.
        row_count: Rows that will be given.
        faults: What is wrong, by row; rows that were rejected, and values that were left out.
        rejected: How many rows are rejected as a whole.
        merged: How many rows repeat another.
        mentioned: References of rejected rows: the file does not lack these people.
    """

    path: Path
    sha256: str
    as_of: datetime
    row_count: int
    faults: tuple[Fault, ...]
    rejected: int
    merged: int
    mentioned: frozenset[str]
    _passed_over: frozenset[int]
    _normalise: Normalise

    def rows(self) -> Iterator[SubscriberRow]:
        """Give the rows that count, each reference once.

        Raises:
            SourceError: The file is another than was read before.
        """
        with _records(self.path) as records:
            for record in records:
                if record.number not in self._passed_over:
                    row = _row(Cells(record.text), self.as_of, self._normalise)
                    if row is not None:
                        yield row
        if _sha256_of(self.path) != self.sha256:
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
    with _records(path) as records:
        for record in records:
            reading.take(record)
            if progress is not None and record.number % PROGRESS_ROWS == 0:
                progress(record.number, None)
    return reading.finish(strict=strict)


# --- one row --------------------------------------------------------------------------------------


def _row(cells: Cells, as_of: datetime, normalise: Normalise) -> SubscriberRow | None:
    reference = read_reference(cells)
    if reference is None:
        return None
    left = read_withdrawal(cells, as_of)
    if left is not None:
        return SubscriberRow(reference, left[1], withdraws=True, left_on=left[0])
    return SubscriberRow(reference, as_of, content=read_content(cells, as_of, normalise))


def _refuse_contact_details(path: Path, record: _Record) -> None:
    for column, cell in record.text.items():
        for value in cell.replace("|", ";").split(";"):
            found = _sign(column, value.strip())
            if found is not None:
                raise PersonalDataError(
                    f"{path.name}, row {record.number}, column {column}: holds what looks like "
                    f"{found}; {STAYS}, give its own reference"
                )


def _sign(column: str, value: str) -> str | None:
    if column == "reference":
        return person(value)
    # Without its strokes a date would be a telephone number.
    return contact_details(value) if column not in DATES or "@" in value else None


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
    faults: list[Fault] = field(default_factory=list)
    first: dict[str, _First] = field(default_factory=dict)
    passed_over: set[int] = field(default_factory=set)
    mentioned: set[str] = field(default_factory=set)
    signs: Counter[str] = field(default_factory=Counter)
    seen: int = 0
    rejected: int = 0
    merged: int = 0

    def take(self, record: _Record) -> None:
        """Look at one row."""
        self.seen += 1
        _refuse_contact_details(self.path, record)
        cells = Cells(record.text)
        if not record.is_whole:
            reference = read_reference(cells) if "reference" in record.text else None
            self.mentioned |= {reference} if reference else set()
            self._reject(record.number, None, "has too few or too many cells")
            return
        row = _row(cells, self.as_of, self.normalise)
        self.faults += [Fault(record.number, column, reason) for column, reason in cells.faults]
        if row is None:
            self.rejected += 1
            return
        sign = maybe_person(row.reference)
        if sign is not None:
            self.signs[sign] += 1
        now = _First(record.number, hash(row), row.withdraws, row.known_at)
        before = self.first.setdefault(row.reference, now)
        if before is not now:
            self._repeat(row, before, now)

    def _repeat(self, row: SubscriberRow, before: _First, now: _First) -> None:
        is_later = not before.withdraws or now.known_at > before.known_at
        if now.withdraws and is_later:
            self.passed_over.add(before.number)
            self.first[row.reference] = now
            self.merged += 1
            return
        self.passed_over.add(now.number)
        if before.withdraws or before.digest == now.digest:
            self.merged += 1
            return
        self.mentioned.add(row.reference)
        reason = f"repeats the reference of row {before.number} and says something else"
        self._reject(now.number, "reference", reason)

    def _reject(self, number: int, column: str | None, reason: str) -> None:
        self.rejected += 1
        self.passed_over.add(number)
        self.faults.append(Fault(number, column, reason))

    def finish(self, *, strict: bool) -> SubscriberFile:
        """Decide about the file as a whole."""
        likely = shown_by_most(self.signs, len(self.first))
        if likely is not None:
            raise PersonalDataError(
                f"{self.path.name}, column reference: most values look like {likely}; "
                f"{STAYS}, give its own reference"
            )
        if not self.seen:
            self.faults.append(Fault(None, None, "the file has no rows"))
        if self.faults and (strict or not self.seen):
            raise SourceFaultsError(self.path.name, self.faults)
        return SubscriberFile(
            path=self.path,
            sha256=_sha256_of(self.path),
            as_of=self.as_of,
            row_count=len(self.first),
            faults=tuple(self.faults),
            rejected=self.rejected,
            merged=self.merged,
            mentioned=frozenset(self.mentioned),
            _passed_over=frozenset(self.passed_over),
            _normalise=self.normalise,
        )


# --- the file -------------------------------------------------------------------------------------


@contextmanager
def _records(path: Path) -> Iterator[Iterator[_Record]]:
    try:
        with (
            path.open("rb") as raw,
            TextIOWrapper(_unpacked(path, raw), encoding="utf-8-sig", newline="") as text,
        ):
            yield _rows_of(path, text)
    except UnicodeDecodeError as error:
        raise SourceError(f"{path.name} is not in UTF-8; save it as CSV UTF-8") from error
    except (csv.Error, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SourceError(f"{path.name} is no CSV: {error}") from error
    except OSError as error:
        raise SourceError(f"{path.name} cannot be read: {error.strerror}") from error


def _unpacked(path: Path, raw: BinaryIO) -> BinaryIO:
    start = raw.read(2)
    raw.seek(0)
    if start in _WIDE_ENCODINGS:
        raise SourceError(f"{path.name} is in UTF-16; save it as CSV UTF-8")
    return cast("BinaryIO", gzip.GzipFile(fileobj=raw)) if start == b"\x1f\x8b" else raw


def _rows_of(path: Path, text: TextIOWrapper) -> Iterator[_Record]:
    header_line = text.readline()
    delimiter = max(",;\t", key=header_line.count)
    header = next(csv.reader([header_line], delimiter=delimiter, strict=True), [])
    columns = _columns(path, header)
    for number, cells in enumerate(csv.reader(text, delimiter=delimiter, strict=True), start=2):
        if not any(cell.strip() for cell in cells):
            continue
        # Beyond the last column, or in one without a name, nothing may stand.
        named = list(zip(columns, cells, strict=False))
        beyond = [cell for name, cell in named if not name] + cells[len(columns) :]
        is_whole = len(cells) >= len(columns) and not any(cell.strip() for cell in beyond)
        yield _Record(number, {name: cell for name, cell in named if name}, is_whole)


def _columns(path: Path, header: Sequence[str]) -> list[str | None]:
    # A column without a name may be there as long as nothing is in it.
    plain = ["_".join(cell.strip().lower().replace("-", " ").split()) for cell in header]
    columns = [_COLUMN_OF.get(name) for name in plain]
    for given, name, column in zip(header, plain, columns, strict=True):
        if column is None and name:
            _refuse_column(path, given.strip()[:40])
    missing = [name for name in ("reference",) if name not in columns]
    if missing or not {"left", "postcodes"} & set(columns):
        wanted = "reference, postcodes, channels, groups, topics, joined, left"
        raise UnknownFormatError(f"{path.name} lacks columns; wanted {wanted}")
    named = Counter(column for column in columns if column is not None)
    twice = [name for name, count in named.items() if count > 1]
    if twice:
        raise UnknownFormatError(f"{path.name} has the column {twice[0]} more than once")
    return columns


def _refuse_column(path: Path, given: str) -> None:
    held = column_of_persons(given)
    if held is not None:
        raise PersonalDataError(
            f"{path.name}: the column {given!r} looks like it holds {held}; {STAYS}, export "
            "without it"
        )
    if contact_details(given) is not None:
        raise PersonalDataError(f"{path.name}: the first row holds contact details, not headings")
    known = ", ".join(COLUMNS)
    raise UnknownFormatError(
        f"{path.name}: the column {given!r} is not known, so nobody can tell what it holds; "
        f"export without it (known: {known})"
    )


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
