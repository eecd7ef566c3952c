"""The rows of a subscriber file by column: a CSV in UTF-8, with columns that are known."""

import csv
import gzip
import hashlib
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, cast

from geo_alerts.errors import PersonalDataError, SourceError, UnknownFormatError
from geo_alerts.sources.personal_data import column_of_persons, contact_details

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
_OPEN_QUOTE = {"unexpected end of data": "a quote that opens there is not closed"}
_WIDE_ENCODINGS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Record:
    """A row that is not blank.

    Attributes:
        number: As a spreadsheet counts; 1 is the header.
        text: Column -> cell.
        is_whole: Without it the row has too few or too many cells, and what stands in which column
            is a guess.
        may_withdraw: Whether in a row that is not whole something stands in `left`, or where it may
            have been moved to.
    """

    number: int
    text: dict[str, str]
    is_whole: bool
    may_withdraw: bool = False


@contextmanager
def records_of(path: Path) -> Iterator[Iterator[Record]]:
    """The rows of a file, which is open while the block runs.

    Raises:
        PersonalDataError: A column looks as if it held names or contact details.
        UnknownFormatError: A column is missing, is not known or occurs twice.
        SourceError: It is no CSV in UTF-8, or cannot be read.
    """
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


def _rows_of(path: Path, text: TextIOWrapper) -> Iterator[Record]:
    header_line = text.readline()
    delimiter = max(",;\t", key=header_line.count)
    header = next((cells for _, cells in _numbered([header_line], delimiter, first=1)), [])
    columns = _columns(path, header)
    for number, cells in _numbered(text, delimiter, first=2):
        if not any(cell.strip() for cell in cells):
            continue
        # Beyond the last column, or in one without a name, nothing may stand.
        named = list(zip(columns, cells, strict=False))
        beyond = [cell for name, cell in named if not name] + cells[len(columns) :]
        is_moved = any(cell.strip() for cell in beyond)
        is_whole = len(cells) >= len(columns) and not is_moved
        by_column = {name: cell for name, cell in named if name}
        is_said = is_moved or bool(by_column.get("left", "").strip())
        may_withdraw = not is_whole and "left" in columns and is_said
        yield Record(number, by_column, is_whole, may_withdraw)


def _numbered(
    lines: Iterable[str], delimiter: str, *, first: int
) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number, line = first, first
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # A quote that is not closed swallows what follows, and is noticed only where that ends.
            where = f"row {number}, which begins in line {line} of the file"
            why = _OPEN_QUOTE.get(str(error), f"{error}; perhaps a quote is not closed")
            raise csv.Error(f"{where}: {why}") from error
        yield number, cells
        number, line = number + 1, reader.line_num + first


def _columns(path: Path, header: Sequence[str]) -> list[str | None]:
    # A column without a name may be there as long as nothing is in it.
    plain = ["_".join(cell.strip().lower().replace("-", " ").split()) for cell in header]
    columns = [_COLUMN_OF.get(name) for name in plain]
    if any(contact_details(cell.strip()) for cell in header):
        raise PersonalDataError(f"{path.name}: the first row holds contact details, not headings")
    if any(plain) and not any(columns):
        # What stands there is no heading, so it may be somebody's.
        known = ", ".join(COLUMNS)
        raise UnknownFormatError(f"{path.name}: the first row holds no heading of {known}")
    for given, name, column in zip(header, plain, columns, strict=True):
        if column is None and name:
            _refuse_column(path, given.strip()[:40])
    missing = ["reference"] if "reference" not in columns else []
    if not {"left", "postcodes"} & set(columns):
        missing.append("postcodes (or left, in a list of withdrawals)")
    if missing:
        lacks = f"the column{'s' * (len(missing) > 1)} {' and '.join(missing)}"
        raise UnknownFormatError(f"{path.name} lacks {lacks}; known are {', '.join(COLUMNS)}")
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
    known = ", ".join(COLUMNS)
    raise UnknownFormatError(
        f"{path.name}: the column {given!r} is not known, so nobody can tell what it holds; "
        f"export without it (known: {known})"
    )


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
