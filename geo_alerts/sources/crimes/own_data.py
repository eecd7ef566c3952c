"""Forces' own crimes: a CSV with exact positions and times, read by a mapping file.

Personal data, so that nothing is read but the columns that the mapping names, and the ID only as a
hash. Columns and values that are not mapped are told, never guessed.
"""

import codecs
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import SourceError
from geo_alerts.hotspots.categories import category_named
from geo_alerts.sources.crimes.csv_rows import (
    CsvRows,
    Wanted,
    header_cells,
    missing_columns,
    read_rows,
)
from geo_alerts.sources.crimes.ids import hashed
from geo_alerts.sources.crimes.mapping import LEFT_OUT_ON_PURPOSE, OwnMapping, plain
from geo_alerts.sources.crimes.own_positions import read_positions
from geo_alerts.sources.crimes.parts import LEFT_OUT, NO_TIME, NOTED, Flags, OwnPart, Remark
from geo_alerts.sources.crimes.wall_clock import read_period
from geo_alerts.sources.files import open_members

MOST_OWN_BYTES: Final = 1 << 29
_UNKNOWN: Final = -1
_CODED: Final = frozenset({"from", "from_time", "to", "to_time", "category"})

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class OwnSource:
    """What a file holds.

    Attributes:
        parts: One for each month in which a crime began, ascending.
        remarks: About the file, and rows that belong to no month.
    """

    parts: tuple[OwnPart, ...]
    remarks: tuple[Remark, ...]


def read_own(path: Path, mapping: OwnMapping) -> OwnSource:
    """The crimes of a force's own file, month by month.

    Rows without a beginning or of a category that is not mapped are left out; positions that are
    none are dropped and their crimes kept; all of that is remarked with its lines.

    Args:
        path: A CSV, which may be gzipped or alone in a zip.
        mapping: What its columns are.

    Raises:
        SourceError: It is no such CSV, has no rows that can be kept, or has other numbers in the
            columns of positions than the mapping says.
        UnknownFormatError: Columns that the mapping names are missing.
    """
    name, content = _content(path, mapping.encoding)
    cells = header_cells(content, name)
    rows = read_rows(content, name, _wanted(name, cells, mapping))
    _note_unread(rows, cells, mapping)
    categories = _categories(rows, mapping)
    begins, ends, has_begun = read_period(rows, mapping)
    is_kept = has_begun & (categories >= 0)
    months = _months(begins)
    has_part = np.isin(months, months[is_kept])
    if not is_kept.any():
        told = "; ".join(map(str, rows.remarks()[:5]))
        raise SourceError(f"{name} has no row that can be kept: {told or 'it has no rows'}")
    # Of the whole file, since a month may be too short to tell what its columns hold.
    easting, northing = read_positions(rows, mapping, is_kept)
    key = hashed(rows.texts("id").to_pylist(), f"{mapping.force}:")
    parts = [
        _part(
            rows.remarks(months == month),
            (mapping.force, month, name),
            is_kept & (months == month),
            (categories, easting, northing, begins, ends, key),
        )
        for month in np.unique(months[is_kept]).tolist()
    ]
    return OwnSource(tuple(parts), (*rows.notes, *rows.remarks(~has_part)))


def _part(
    remarks: tuple[Remark, ...],
    of: tuple[str, int, str],
    chosen: Flags,
    columns: tuple[npt.NDArray[Any], ...],
) -> OwnPart:
    category, easting, northing, begins, ends, key = (column[chosen] for column in columns)
    kept = (
        category.astype(np.int16),
        easting.astype(np.float64),
        northing.astype(np.float64),
        begins.astype(np.int32),
        ends.astype(np.int32),
        key,
    )
    digest = hashlib.sha256(f"{of[0]} {of[1]}".encode())
    for column in kept:
        digest.update(column.tobytes())
    force, month, name = of
    return OwnPart(force, month, name, digest.hexdigest(), *kept, remarks)


def _content(path: Path, encoding: str) -> tuple[str, bytes]:
    # As UTF-8, whatever the record system wrote.
    with open_members(path, most_bytes=MOST_OWN_BYTES) as members:
        if len(members) != 1:
            raise SourceError(f"{path.name} holds {len(members):,} files; wanted one CSV")
        name = path.name
        with members[0].open() as stream:
            content = stream.read(MOST_OWN_BYTES + 1)
    if len(content) > MOST_OWN_BYTES:
        raise SourceError(f"{name} has more than {MOST_OWN_BYTES:,} bytes; import it in pieces")
    if codecs.lookup(encoding).name == "utf-8":
        return name, content
    try:
        return name, content.decode(encoding).encode()
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{name} is not {encoding} text, as its mapping file says ({error.reason} at byte "
            f"{error.start:,})"
        ) from error


def _wanted(name: str, cells: Sequence[str], mapping: OwnMapping) -> Wanted:
    places = {plain(cell): at for at, cell in enumerate(cells)}
    missing = [title for title in mapping.columns.values() if plain(title) not in places]
    if missing:
        raise missing_columns(name, cells, missing)
    columns = {ours: places[plain(title)] for ours, title in mapping.columns.items()}
    twice = sorted({cells[at] for at in columns.values() if list(columns.values()).count(at) > 1})
    if twice:
        raise SourceError(
            f"{name}: the mapping file reads column {twice[0]} as two things; name each once"
        )
    return Wanted(columns, _CODED & columns.keys(), len(cells))


def _note_unread(rows: CsvRows, cells: Sequence[str], mapping: OwnMapping) -> None:
    read = {plain(title) for title in mapping.columns.values()}
    unread = [cell[:40] for cell in cells if cell and plain(cell) not in read]
    if unread:
        rows.notes.append(Remark(rows.name, NOTED, f"columns not read: {', '.join(unread)}"))
    values = {plain(text) for text in rows.distinct("category")[0]}
    absent = [value for value in mapping.categories if value not in values]
    if absent:
        reason = f"categories of the mapping file that do not occur: {', '.join(absent)}"
        rows.notes.append(Remark(rows.name, NOTED, reason))


def _categories(rows: CsvRows, mapping: OwnMapping) -> Numbers:
    def number(text: str) -> int:
        mapped = mapping.categories.get(plain(text))
        if mapped is not None:
            return mapped
        known = category_named(text)
        return _UNKNOWN if known is None else known.number

    found = rows.numbered("category", number)
    reason = "is not mapped to a category; add it to [categories] of the mapping file"
    rows.remark_values(LEFT_OUT, found == _UNKNOWN, "category", reason)
    on_purpose = found == LEFT_OUT_ON_PURPOSE
    rows.remark_values(LEFT_OUT, on_purpose, "category", "is left out by the mapping file")
    return found


def _months(minutes: Numbers) -> Numbers:
    # By `hotspots.months.month_number`; of rows without a beginning a month that none has.
    is_known = minutes != NO_TIME
    since = np.where(is_known, minutes, 0).astype("datetime64[m]").astype("datetime64[M]")
    months = since.astype(np.int64) + 12 * 1970
    return np.where(is_known, months, -1)
