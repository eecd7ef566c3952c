"""The rows of one CSV as columns of text, with the line of each row, and remarks about them.

Such a file is a month of a force, some megabytes at most, so it is read whole: in one piece every
column has one dictionary, and what is decided of a text is decided once for all its rows. A row is
a line. pyarrow is imported when a file is read: a server that only answers never needs it.
"""

import codecs
import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import SourceError, UnknownFormatError
from geo_alerts.sources.crimes.parts import LEFT_OUT, Flags, Remark

if TYPE_CHECKING:
    import pyarrow as pa

# Of one remark; more lines say nothing new.
MOST_LINES: Final = 10
# Likewise, of the values of a column that are remarked one by one.
MOST_VALUES: Final = 20
# With more of its rows cut short or run on, a file is not what its header says.
MOST_ODD_SHARE: Final = 0.1
_LINE_END: Final = re.compile(rb"\r\n|\n|\r")
# Ctrl-Z, with which programs in the manner of CP/M end a text file.
_END_OF_TEXT: Final = b"\x1a"
_MARKUP: Final = b"<"
_SHOWN: Final = 40
# No header is longer.
_HEADER_BYTES: Final = 1 << 16


class CsvRows:
    """The rows of one file, and what was remarked about them so far."""

    def __init__(self, name: str, table: "pa.Table", lines: npt.NDArray[np.int64]) -> None:
        """Keep the rows.

        Args:
            name: The file, for remarks.
            table: n rows of text.
            lines: n lines of the file, the header being 1.
        """
        self.name = name
        # About the file, and lines that gave no row.
        self.notes: list[Remark] = []
        self._noticed: list[tuple[str, str, npt.NDArray[np.int64]]] = []
        self._table = table
        self._lines = lines

    def __len__(self) -> int:
        """How many rows."""
        return len(self._lines)

    def has(self, column: str) -> bool:
        """Whether the file has a column."""
        return column in self._table.column_names

    def texts(self, column: str) -> "pa.Array":
        """A column as text without blanks around it; empty where the file does not have it."""
        import pyarrow as pa  # noqa: PLC0415 - see the top
        import pyarrow.compute as pc  # noqa: PLC0415

        if not self.has(column):
            return pa.repeat("", len(self))
        # The one that is looked at row by row where it must be is kept as text.
        found = pc.cast(self._table[column].combine_chunks(), pa.string())
        return pc.ascii_trim_whitespace(found)

    def distinct(self, column: str) -> tuple[list[str], npt.NDArray[np.int64]]:
        """The texts of a column without blanks around them, and which of them each row has.

        Returns:
            d texts, some of which may be alike but for blanks, and n places in them.
        """
        if not self.has(column):
            return [""], np.zeros(len(self), dtype=np.int64)
        found = self._table[column].combine_chunks().dictionary_encode()
        texts = [text.strip() for text in found.dictionary.to_pylist()]
        return texts, np.asarray(found.indices, dtype=np.int64)

    def numbered(self, column: str, number: Callable[[str], int]) -> npt.NDArray[np.int64]:
        """What a function makes of each row's text; it is asked once for each distinct text."""
        texts, places = self.distinct(column)
        return np.array([number(text) for text in texts], dtype=np.int64)[places]

    def remark(self, fate: str, is_meant: Flags, reason: str) -> None:
        """Remark something about the rows that are marked, if any is."""
        found = np.flatnonzero(is_meant)
        if len(found):
            self._noticed.append((fate, reason, found))

    def remark_values(self, fate: str, is_meant: Flags, column: str, reason: str) -> None:
        """Remark something about the rows that are marked, those of one value together.

        Args:
            fate: What becomes of them.
            is_meant: n flags.
            column: Its value begins the remark.
            reason: What is wrong with it, in words that follow the value.
        """
        if not is_meant.any():
            return
        texts, places = self.distinct(column)
        values = np.unique(places[is_meant])
        for place in values[:MOST_VALUES].tolist():
            shown = f"{texts[place][:_SHOWN]!r} {reason}"
            self.remark(fate, is_meant & (places == place), shown)
        others = np.isin(places, values[MOST_VALUES:])
        more = f"one of {max(0, len(values) - MOST_VALUES):,} more values {reason}"
        self.remark(fate, is_meant & others, more)

    def remarks(self, of: Flags | None = None) -> tuple[Remark, ...]:
        """What was remarked about rows, in the order in which it was.

        Args:
            of: n flags, the rows asked about; all when None, with the notes before them.
        """
        told = list(self.notes) if of is None else []
        for fate, reason, noticed in self._noticed:
            rows = noticed if of is None else noticed[of[noticed]]
            if len(rows):
                lines = tuple(self._lines[rows[:MOST_LINES]].tolist())
                told.append(Remark(self.name, fate, reason, len(rows), lines))
        return tuple(told)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Columns that are read.

    Attributes:
        columns: Our name -> place in the header.
        coded: Those of them with few distinct texts.
        width: How many columns the header has.
    """

    columns: Mapping[str, int]
    coded: frozenset[str]
    width: int


def header_cells(content: bytes, name: str) -> list[str]:
    """The names in a CSV's first line, without blanks around them.

    Args:
        content: The file, or its beginning.
        name: The file, for the message.

    Raises:
        SourceError: It is empty, UTF-16, or a web page.
        UnknownFormatError: The first line is no line of a CSV, or names a column twice.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise SourceError(f"{name} is UTF-16 text; save it as CSV UTF-8")
    content = content[:_HEADER_BYTES].removeprefix(codecs.BOM_UTF8)
    if not content.strip():
        raise SourceError(f"{name} is empty; fetch it again")
    if content.lstrip().startswith(_MARKUP):
        raise SourceError(
            f"{name} is a web page and no CSV, as servers send it when a download fails; fetch it "
            "again"
        )
    line = _LINE_END.split(content, maxsplit=1)[0].decode("utf-8", "replace")
    try:
        cells = [cell.strip() for cell in next(csv.reader([line]), [])]
    except csv.Error as error:
        raise UnknownFormatError(f"{name}: the first line is no line of a CSV: {error}") from error
    twice = sorted({cell for cell in cells if cell and cells.count(cell) > 1})
    if twice:
        raise UnknownFormatError(f"{name} names a column twice: {', '.join(twice)}")
    return cells


def read_rows(content: bytes, name: str, wanted: Wanted) -> CsvRows:
    """The rows under a header; blank lines are passed over, rows of another width left out.

    Args:
        content: The file.
        name: The file, for messages.
        wanted: What to read of it.

    Raises:
        SourceError: It is not UTF-8, is cut off, has a line break or an open quote within a row, or
            too many of its rows have another number of cells than its header.
    """
    content = content.rstrip(_END_OF_TEXT)
    _check_text(content, name)
    table, odd = _parse(content, name, wanted)
    lines = _lines(content, name, table.num_rows, odd)
    if odd:
        _check_odd(content, name, odd, len(lines), wanted.width)
    is_blank = _is_blank(table)
    if is_blank.any():
        table, lines = table.filter(~is_blank), lines[~is_blank]
    rows = CsvRows(name, table, lines)
    _remark_odd(rows, odd, wanted.width)
    return rows


def _parse(content: bytes, name: str, wanted: Wanted) -> "tuple[pa.Table, dict[int, int]]":
    # The columns, and the lines of another width with their width.
    import pyarrow as pa  # noqa: PLC0415 - see the top
    from pyarrow import csv as pyarrow_csv  # noqa: PLC0415

    odd: dict[int, int] = {}

    def pass_over(row: pyarrow_csv.InvalidRow) -> str:
        odd[row.number] = row.actual_columns
        return "skip"

    names = {place: column for column, place in wanted.columns.items()}
    kinds = {
        column: pa.dictionary(pa.int32(), pa.string()) if column in wanted.coded else pa.string()
        for column in wanted.columns
    }
    header = _LINE_END.search(content)
    if header is None or header.end() == len(content):
        return pa.schema(kinds.items()).empty_table(), odd
    try:
        table = pyarrow_csv.read_csv(
            pa.BufferReader(content),
            pyarrow_csv.ReadOptions(
                use_threads=False,
                block_size=len(content) + 1,
                skip_rows=1,
                column_names=[names.get(at, f"not wanted {at}") for at in range(wanted.width)],
            ),
            # Blank lines come as rows at first, so that rows and lines count alike.
            pyarrow_csv.ParseOptions(ignore_empty_lines=False, invalid_row_handler=pass_over),
            pyarrow_csv.ConvertOptions(
                include_columns=list(wanted.columns),
                column_types=kinds,
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid as error:
        raise SourceError(f"{name} cannot be read as CSV: {error}") from error
    return table, odd


def _lines(content: bytes, name: str, count: int, odd: Mapping[int, int]) -> npt.NDArray[np.int64]:
    # The line of each row; the header is line 1.
    lines = np.arange(2, 2 + count + len(odd), dtype=np.int64)
    if odd:
        lines = np.setdiff1d(lines, list(odd), assume_unique=True)[:count]
    expected = 1 + count + len(odd)
    ends = content.count(b"\n") + (not content.endswith(b"\n"))
    if count and ends != expected and len(_lines_of(content)) != expected:
        raise SourceError(
            f"{name}: {_broken_line(content)} fetch the file again, or save it without them"
        )
    return lines


def _lines_of(content: bytes) -> list[bytes]:
    lines = _LINE_END.split(content)
    return lines if lines[-1] else lines[:-1]


def _broken_line(content: bytes) -> str:
    # A quote that is not closed takes all lines after it into one cell, without any error.
    for number, line in enumerate(_lines_of(content), start=1):
        if line.count(b'"') % 2:
            return f"line {number} opens a quote that it does not close, or has a line break in it;"
    return "cells have line breaks in them;"


def _check_odd(content: bytes, name: str, odd: Mapping[int, int], rows: int, width: int) -> None:
    last = max(odd)
    if last == len(_lines_of(content)) and odd[last] < width and not content.endswith(b"\n"):
        raise SourceError(f"{name} is cut off in line {last}; fetch it again")
    if len(odd) > max(1, MOST_ODD_SHARE * (rows + len(odd))):
        raise SourceError(
            f"{name}: {len(odd):,} of {rows + len(odd):,} rows have another number of cells than "
            f"the header, which has {width} (the first in line {min(odd)}); fetch the file again"
        )


def _remark_odd(rows: CsvRows, odd: Mapping[int, int], width: int) -> None:
    for cells in sorted(set(odd.values())):
        lines = sorted(line for line, count in odd.items() if count == cells)
        reason = f"has {cells} {'cell' if cells == 1 else 'cells'}, not {width}"
        rows.notes.append(
            Remark(rows.name, LEFT_OUT, reason, len(lines), tuple(lines[:MOST_LINES]))
        )


def _is_blank(table: "pa.Table") -> Flags:
    # A blank line comes as a row of empty cells.
    import pyarrow as pa  # noqa: PLC0415 - see the top
    import pyarrow.compute as pc  # noqa: PLC0415

    is_blank = np.ones(table.num_rows, dtype=np.bool_)
    for column in sorted(table.columns, key=_cost):
        # Most files have no blank line, which the first column tells.
        if not is_blank.any():
            break
        texts: Any = pc.cast(column, pa.string())
        is_blank &= np.asarray(pc.equal(pc.binary_length(texts), 0), dtype=np.bool_)
    return is_blank


def _cost(column: "pa.ChunkedArray") -> int:
    return int(column.nbytes)


def _check_text(content: bytes, name: str) -> None:
    # Before parsing: of a row that is no text and has another width pyarrow tells stderr alone.
    if content.isascii():
        return
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = len(_lines_of(content[: error.start] + b"?"))
        raise SourceError(
            f"{name}: line {line} is not UTF-8 text; save the file as CSV UTF-8"
        ) from error


def missing_columns(name: str, cells: Sequence[str], missing: Sequence[str]) -> UnknownFormatError:
    """The error of a file that has not the columns that it should."""
    has = ", ".join(cell[:_SHOWN] for cell in cells[:20])
    return UnknownFormatError(f"{name} has no column {' nor '.join(missing)}; it has {has}")
