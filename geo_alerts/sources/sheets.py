"""Big CSV files as columns of text, and the faults found in them by line and column.

Everything is read as text first, so that a value of the wrong kind is told with its line, as an
editor counts lines, and not as a failure of the whole file. pyarrow is imported when a file is
read: a server that only answers never needs it.
"""

import codecs
import csv
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import Fault, SourceError, SourceFaultsError
from geo_alerts.sources.files import Advance, Member, first_line

if TYPE_CHECKING:
    import pyarrow as pa

# More faults than this say nothing new; the rest of the file is not looked at.
MAX_FAULTS: Final = 1000
# A block of nothing but line ends is as many rows, with as many cells each as the file has columns.
_BLOCK_BYTES: Final = 1 << 18
_READ_BYTES: Final = 1 << 16
_SHOWN: Final = 40
# Ctrl-Z, with which programs in the manner of CP/M end a text file.
_END_OF_TEXT: Final = "\x1a"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the wanted columns of a CSV are.

    Attributes:
        width: How many columns a row has.
        columns: Name that they are to have -> place, from 0.
        has_header: Whether the first line holds names.
        titles: Name -> what the file calls the column, for messages, where that differs.
    """

    width: int
    columns: Mapping[str, int]
    has_header: bool
    titles: Mapping[str, str] = field(default_factory=dict)


class Sheet:
    """The rows of one or several CSV files, as text, with the faults found so far."""

    def __init__(self, what: str) -> None:
        """Start without rows.

        Args:
            what: What the files are to the caller, for the message: the name of the source.
        """
        self._what = what
        self._members: list[str] = []
        self._tables: list[pa.Table] = []
        self._titles: Mapping[str, str] = {}
        self._lines: list[npt.NDArray[np.int64]] = []
        self._faults: list[tuple[int, int, Fault]] = []

    def read(self, member: Member, layout: Layout, advance: Advance) -> None:
        """Add the rows of one file; blank lines are passed over.

        Raises:
            SourceError: It is empty, not UTF-8, or no CSV.
            SourceFaultsError: More than `MAX_FAULTS` rows have the wrong number of columns.
        """
        before = len(self)
        table, lines, odd = _read(member, layout, lambda rows: advance(before + rows, None))
        self._members.append(member.name)
        self._titles = layout.titles
        for line, width in odd.items():
            reason = f"has {width} columns, not {layout.width}"
            self._add(len(self._members) - 1, line, None, reason)
        self._tables.append(table)
        self._lines.append(lines)

    def __len__(self) -> int:
        """Count the rows read so far."""
        return sum(map(len, self._lines))

    def column(self, name: str) -> "pa.ChunkedArray":
        """One column of all files, as text without blanks around it.

        Args:
            name: Its name; a column that the files do not have is all empty.
        """
        import pyarrow as pa  # noqa: PLC0415 - see the top
        import pyarrow.compute as pc  # noqa: PLC0415

        tables = [table for table in self._tables if name in table.column_names]
        if not tables:
            return pa.chunked_array([pa.repeat("", len(self))])
        chunks = [chunk for table in tables for chunk in table[name].chunks]
        return pc.ascii_trim_whitespace(pa.chunked_array(chunks, type=pa.string()))

    def refuse(
        self, is_bad: npt.NDArray[np.bool_], column: str, reason: str | Callable[[int], str]
    ) -> None:
        """Add a fault for every row that is marked.

        Args:
            is_bad: n flags.
            column: The column at fault; the message begins with its cell.
            reason: What is wrong with it, in words that follow the cell; or a function of the row.

        Raises:
            SourceFaultsError: There are `MAX_FAULTS` faults by now.
        """
        rows = np.flatnonzero(is_bad).tolist()
        cells = self.column(column) if rows else []
        for row in rows:
            member, line = self._place_of(row)
            text = reason if isinstance(reason, str) else reason(row)
            self._add(
                member,
                line,
                self._titles.get(column, column),
                f"{cells[row].as_py()[:_SHOWN]!r} {text}",
            )

    def where(self, row: int) -> str:
        """The line of a row, and its file if it is one of several, in words."""
        member, line = self._place_of(row)
        name = self._one_of_several(member)
        return f"line {line} of {name}" if name else f"line {line}"

    def stop_at_faults(self) -> None:
        """Raise what was found wrong so far.

        Raises:
            SourceFaultsError: There are faults; it holds all, or the first `MAX_FAULTS`.
        """
        if self._faults:
            faults = [fault for _, _, fault in sorted(self._faults, key=lambda found: found[:2])]
            if len(faults) >= MAX_FAULTS:
                faults.append(Fault(None, None, "there may be more: reading stopped here"))
            raise SourceFaultsError(self._what, faults)

    def _place_of(self, row: int) -> tuple[int, int]:
        starts = np.cumsum([0, *map(len, self._lines)])
        member = int(np.searchsorted(starts, row, side="right")) - 1
        return member, int(self._lines[member][row - starts[member]])

    def _one_of_several(self, member: int) -> str:
        # The name of a file, or nothing where it is the whole source.
        name = self._members[member]
        return name if name != self._what else ""

    def _add(self, member: int, line: int, column: str | None, reason: str) -> None:
        name = self._one_of_several(member)
        fault = Fault(line, column, f"{reason} (in {name})" if name else reason)
        self._faults.append((member, line, fault))
        if len(self._faults) >= MAX_FAULTS:
            self.stop_at_faults()


def header_of(line: str) -> list[str]:
    """The names in the first line of a CSV, in lower case and without blanks around them.

    Raises:
        SourceError: It is no CSV.
    """
    try:
        return [name.strip().lower() for name in next(csv.reader([line]), [])]
    except csv.Error as error:
        raise SourceError(f"the first line is no line of a CSV: {error}") from error


def matches(column: "pa.ChunkedArray", pattern: str) -> npt.NDArray[np.bool_]:
    """Which texts match the whole of a regular expression (RE2)."""
    import pyarrow.compute as pc  # noqa: PLC0415 - see the top

    return _flags(pc.match_substring_regex(column, f"^(?:{pattern})$"))


def numbers(column: "pa.ChunkedArray", is_number: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """The texts as numbers; NaN where they are marked as none."""
    import pyarrow as pa  # noqa: PLC0415 - see the top
    import pyarrow.compute as pc  # noqa: PLC0415

    digits = pc.if_else(pa.array(is_number), column, "0")
    values = np.asarray(pc.cast(digits, pa.float64()), dtype=np.float64)
    return np.where(is_number, values, np.nan)


def _flags(column: Any) -> npt.NDArray[np.bool_]:  # noqa: ANN401 - an array of pyarrow's
    return np.asarray(column, dtype=np.bool_)


def _read(
    member: Member, layout: Layout, advance: Callable[[int], None]
) -> "tuple[pa.Table, npt.NDArray[np.int64], dict[int, int]]":
    # The wanted columns, the line of each row, and the lines that have another number of columns.
    import pyarrow as pa  # noqa: PLC0415 - see the top
    from pyarrow import csv as pyarrow_csv  # noqa: PLC0415

    first_line(member)
    odd: dict[int, int] = {}
    ends: set[int] = set()

    def pass_over(row: pyarrow_csv.InvalidRow) -> str:
        odd[row.number] = row.actual_columns
        if row.text.strip() == _END_OF_TEXT:
            ends.add(row.number)
        return "skip" if len(odd) < MAX_FAULTS else "error"

    names = {place: name for name, place in layout.columns.items()}
    reading = pyarrow_csv.ReadOptions(
        use_threads=False,
        block_size=_BLOCK_BYTES,
        skip_rows=int(layout.has_header),
        column_names=[names.get(place, f"not wanted {place}") for place in range(layout.width)],
    )
    # Blank lines come as rows at first, so that rows and lines count alike.
    parsing = pyarrow_csv.ParseOptions(ignore_empty_lines=False, invalid_row_handler=pass_over)
    schema = pa.schema([(name, pa.string()) for name in layout.columns])
    conversion = pyarrow_csv.ConvertOptions(
        include_columns=list(layout.columns),
        column_types=schema,
        strings_can_be_null=False,
    )
    rows = _Rows(2 if layout.has_header else 1, odd)
    try:
        with (
            member.open() as stream,
            pyarrow_csv.open_csv(stream, reading, parsing, conversion) as reader,
        ):
            for batch in reader:
                advance(rows.add(batch))
    except pa.ArrowInvalid as error:
        if len(odd) >= MAX_FAULTS:
            return schema.empty_table(), np.empty(0, np.int64), odd
        raise _not_readable(member, error) from error
    lines = rows.lines()
    last = max([*lines[-1:].tolist(), *(odd.keys() - ends)], default=0)
    wrong = {line: width for line, width in odd.items() if line not in ends or line < last}
    return pa.Table.from_batches(rows.batches, schema=schema), lines, wrong


class _Rows:
    """The rows of one file that say anything; those of blank lines are let go batch by batch."""

    def __init__(self, first: int, odd: Mapping[int, int]) -> None:
        # `odd` grows: it holds every line before the end of a batch that gave no row.
        self.batches: list[pa.RecordBatch] = []
        self._count = 0
        self._lines: list[npt.NDArray[np.int64]] = []
        self._next = first
        self._odd = odd

    def add(self, batch: "pa.RecordBatch") -> int:
        """Take a batch; tell how many rows there are by now."""
        if batch.num_rows:
            lines = np.arange(self._next, self._next + batch.num_rows + len(self._odd))
            lines = np.setdiff1d(lines, list(self._odd), assume_unique=True)[: batch.num_rows]
            self._next = int(lines[-1]) + 1
            stated = _is_stated(batch)
            kept = batch.filter(stated)
            if kept.num_rows:
                self.batches.append(kept)
                self._lines.append(lines[np.asarray(stated)])
                self._count += kept.num_rows
        return self._count

    def lines(self) -> npt.NDArray[np.int64]:
        """The line of each row."""
        return np.concatenate([np.empty(0, np.int64), *self._lines])


def _not_readable(member: Member, error: Exception) -> SourceError:
    # Read in pieces: a line may be as long as the file.
    decoder = codecs.getincrementaldecoder("utf-8")()
    number = 1
    with member.open() as stream:
        while piece := stream.readline(_READ_BYTES):
            ends = piece.endswith(b"\n")
            try:
                decoder.decode(piece, final=ends)
            except UnicodeDecodeError:
                return SourceError(
                    f"{member.name}: line {number} is not UTF-8 text; save the file as CSV UTF-8"
                )
            number += ends
    return SourceError(f"{member.name} cannot be read as CSV: {error}")


def _is_stated(batch: "pa.RecordBatch") -> "pa.Array":
    # A blank line comes as a row of empty cells.
    import pyarrow.compute as pc  # noqa: PLC0415 - see the top

    return functools.reduce(pc.or_, [pc.not_equal(column, "") for column in batch.columns])
