"""Tables that people open in a spreadsheet, and the texts in them.

Codes and names are of files that others made. A spreadsheet works out a cell that begins as a
formula, which may call programs or send what stands beside it elsewhere.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, TextIO

from geo_alerts.acts.files import replacing

FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")
IS_TEXT: Final = "'"
# Square metres and shares alike: more than outlines hold.
DECIMALS: Final = 6


def cell(value: str) -> str:
    """A text as a spreadsheet shows it and does not work it out.

    Args:
        value: What the cell is to hold.

    Returns:
        The same; where it begins as a formula, also after blanks, after an apostrophe. A carriage
        return is a blank: Python's writer leaves it bare, and it would begin another row.
    """
    is_formula = value.lstrip(" ").startswith(FORMULA_SIGNS)
    return (IS_TEXT if is_formula else "") + value.replace("\r", " ")


def write_csv(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> int:
    """Write rows as CSV; what is None is an empty cell.

    Args:
        path: Where to; an existing file is replaced once all is written.
        columns: The names, in order.
        rows: What each holds by name; further names are left out.

    Returns:
        How many rows.

    Raises:
        InvalidInputError: It cannot be written.
    """
    with replacing(path) as unfinished, unfinished.open("w", encoding="utf-8", newline="") as to:
        _write(to, columns, rows)
    return len(rows)


def csv_text(columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> str:
    """Rows as the text of such a file; arguments as `write_csv`."""
    to = io.StringIO(newline="")
    _write(to, columns, rows)
    return to.getvalue()


def _write(to: TextIO, columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> None:
    writer = csv.DictWriter(to, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _in_csv(row[name]) for name in columns} for row in rows)


def _in_csv(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return cell(value)
    return round(value, DECIMALS) if isinstance(value, float) else value
