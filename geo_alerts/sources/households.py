"""Households by LSOA: census tables as CSV."""

import csv
import gzip
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from geo_alerts.errors import Fault, SourceError, SourceFaultsError, UnknownFormatError

# Names of columns in the census tables that are around, without their blanks and case.
LSOA_COLUMNS = frozenset(
    {"lsoa", "lsoa_code", "lsoa11cd", "lsoa21cd", "lsoa11_code", "lsoa21_code", "geography_code"}
)
HOUSEHOLD_COLUMNS = frozenset({"households", "total_households", "household_count"})
RESIDENT_COLUMNS = frozenset({"residents", "population", "usual_residents"})

# England and Wales: LSOAs; Scotland: data zones.
LSOA = re.compile(r"[EW]01\d{6}|S01\d{6}")


@dataclass(frozen=True, slots=True)
class HouseholdSource:
    """A census table.

    Attributes:
        lsoa: n codes, ascending, each once.
        households: n counts.
        residents: n counts; None where the file has none.
    """

    lsoa: Sequence[str]
    households: Sequence[int]
    residents: Sequence[int | None]


def read_households(path: Path) -> HouseholdSource:
    """Read households by LSOA from a CSV, which may be gzipped.

    Args:
        path: Has a column of LSOA codes, one of households, and perhaps one of residents; others
            are left aside.

    Returns:
        The counts, by code.

    Raises:
        UnknownFormatError: A column is missing.
        SourceFaultsError: Codes or counts are none, or a code repeats; tells every fault.
        SourceError: The file cannot be read as CSV in UTF-8.
    """
    try:
        rows = list(csv.reader(io.StringIO(_text(path), newline=""), strict=True))
    except csv.Error as error:
        raise SourceError(f"{path.name} is no CSV: {error}") from error
    header = [re.sub(r"\W+", "_", cell.strip().lower()) for cell in rows[0]] if rows else []
    lsoa = _column(path, header, LSOA_COLUMNS)
    households = _column(path, header, HOUSEHOLD_COLUMNS)
    residents = next((at for at, name in enumerate(header) if name in RESIDENT_COLUMNS), None)
    counted: dict[str, tuple[int, int | None]] = {}
    faults: list[Fault] = []
    for number, row in enumerate(rows[1:], start=2):
        if not any(row):
            continue
        fault = _fault(row, len(header), lsoa, counted, (households, residents))
        if fault is not None:
            faults.append(Fault(number, *fault))
            continue
        counted[row[lsoa]] = (int(row[households]), _optional(row, residents))
    if not counted and not faults:
        faults.append(Fault(None, None, "the file has no rows"))
    if faults:
        raise SourceFaultsError(path.name, faults)
    ordered = sorted(counted)
    return HouseholdSource(
        ordered, [counted[code][0] for code in ordered], [counted[code][1] for code in ordered]
    )


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
        plain = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
        # Ctrl-Z ends a text file in the manner of CP/M.
        return plain.decode("utf-8-sig").rstrip("\x1a\r\n")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise SourceError(f"{path.name} cannot be read as text in UTF-8: {error}") from error


def _column(path: Path, header: Sequence[str], names: frozenset[str]) -> int:
    for at, name in enumerate(header):
        if name in names:
            return at
    wanted = ", ".join(sorted(names))
    raise UnknownFormatError(f"{path.name} has none of the columns {wanted}")


def _fault(
    row: Sequence[str],
    width: int,
    lsoa: int,
    counted: dict[str, tuple[int, int | None]],
    counts: tuple[int, int | None],
) -> tuple[str | None, str] | None:
    if len(row) < width:
        return None, f"has {len(row)} cells, wanted {width}"
    if not LSOA.fullmatch(row[lsoa]):
        return "lsoa", f"{row[lsoa][:12]!r} is no LSOA code"
    if row[lsoa] in counted:
        return "lsoa", f"{row[lsoa]} occurs more than once"
    for at, name in zip(counts, ("households", "residents"), strict=True):
        if at is not None and not re.fullmatch(r"[0-9]{1,7}", row[at]):
            return name, f"{row[at][:12]!r} is no count"
    return None


def _optional(row: Sequence[str], at: int | None) -> int | None:
    return None if at is None else int(row[at])
