"""A list of postcodes in a file, as people keep them: one a line, or a column of a CSV.

A file whose first line names a column `postcode` (or `postcodes`, `pcd`, `pcds`, in any case) is a
CSV with commas, semicolons or tabs between its cells; other columns are not looked at. Any other
file has one postcode a line. Units, sectors and districts are taken, in any usual spelling; rows
without one are counted and passed over. Text in UTF-8 or, where it says so by its first bytes,
UTF-16; a letter that is neither makes its row a bad one and no other.
"""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from geo_alerts.errors import Fault, MalformedPostcodeError, SourceError
from geo_alerts.places.postcodes import parse_part

COLUMN: Final = "postcode"
_TITLES: Final = frozenset({COLUMN, "postcodes", "pcd", "pcds"})
_SEPARATORS: Final = ",;\t"
# Of a cell that is no postcode so much is shown to who gave it.
_SHOWN: Final = 12
MOST_ROWS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that holds no postcode.

    Attributes:
        row: As an editor counts lines, from 1.
        value: What stands there, cut short.
        reason: Why it is none, without the value.
    """

    row: int
    value: str
    reason: str

    def fault(self) -> Fault:
        """The same as a fault of the file."""
        return Fault(self.row, COLUMN, f"{self.value!r}: {self.reason}", shared=self.reason)


@dataclass(frozen=True, slots=True)
class PostcodeList:
    """What a list holds.

    Attributes:
        postcodes: Units, sectors and districts in their usual spelling, each once, in the order in
            which they first stand.
        rejected: What is no such thing.
        repeated: Rows that repeat another.
        blank: Rows without a postcode: empty lines, and of a table those with an empty cell.
    """

    postcodes: tuple[str, ...]
    rejected: tuple[RejectedRow, ...]
    repeated: int
    blank: int


def read_postcode_list(content: bytes, name: str) -> PostcodeList:
    """The postcodes of a list; rows that hold none are told, and the others count.

    Args:
        content: The file.
        name: What it is called to the caller.

    Raises:
        SourceError: It is empty, too long, or no text.
    """
    found: dict[str, None] = {}
    rejected = []
    count = blank = 0
    for count, (line, cell) in enumerate(_cells(content, name), 1):
        if count > MOST_ROWS:
            raise SourceError(f"{name} has over {MOST_ROWS:,} rows; at most so many are read")
        if not cell:
            blank += 1
            continue
        try:
            found[_text_of(cell)] = None
        except MalformedPostcodeError as error:
            rejected.append(RejectedRow(line, cell[:_SHOWN], str(error)))
    if count == blank:
        raise SourceError(f"{name} holds no postcodes")
    repeated = count - blank - len(rejected) - len(found)
    return PostcodeList(tuple(found), tuple(rejected), repeated, blank)


def _text_of(cell: str) -> str:
    part = parse_part(cell)
    if part.kind == "area":
        raise MalformedPostcodeError("it is a whole postcode area; name its districts")
    return part.text


def _cells(content: bytes, name: str) -> Iterator[tuple[int, str]]:
    # Each row's line and what stands for its postcode, which may be nothing.
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    # What the last line ends with begins no further row.
    lines = text.removesuffix("\n").split("\n")
    first = lines[0]
    separator = max(_SEPARATORS, key=first.count)
    titles = [cell.strip().strip('"').strip().lower() for cell in first.split(separator)]
    column = next((at for at, title in enumerate(titles) if title in _TITLES), None)
    if column is None:
        yield from ((at, line.strip()) for at, line in enumerate(lines, 1))
        return
    rows = csv.reader(lines[1:], delimiter=separator)
    try:
        for row in rows:
            yield rows.line_num + 1, row[column].strip() if column < len(row) else ""
    except csv.Error as error:
        raise SourceError(f"{name}, line {rows.line_num + 1}: {error}") from error


def _decoded(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    return content.decode("utf-8-sig", errors="replace")
