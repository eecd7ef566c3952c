"""What street and outcome files have in common: the month that each row names, and its ID."""

import hashlib
from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import InvalidInputError, SourceError
from geo_alerts.hotspots.months import month_number, month_text
from geo_alerts.hotspots.outcomes import outcome_number
from geo_alerts.sources.crimes.archive import CrimeFile
from geo_alerts.sources.crimes.csv_rows import CsvRows, header_cells, read_rows
from geo_alerts.sources.crimes.forces import force_of
from geo_alerts.sources.crimes.ids import keys_of
from geo_alerts.sources.crimes.parts import (
    LEFT_OUT,
    NO_OUTCOME,
    NOTED,
    Codes,
    Flags,
    Keys,
    Remark,
)
from geo_alerts.sources.crimes.published_columns import TITLES, wanted_columns

_NO_MONTH: Final = -1
_HEADER: Final = -2


def read_published(file: CrimeFile) -> tuple[CsvRows, str]:
    """The rows of a file, and the SHA-256 of its content.

    Raises:
        SourceError: It cannot be read, or is none of data.police.uk's; names the line if it can.
    """
    content = file.read()
    wanted = wanted_columns(file.name, header_cells(content, file.name), file.kind)
    rows = read_rows(content, file.name, wanted)
    if not len(rows):
        reason = "holds no rows: the month counts as missing, not as one without crime"
        rows.notes.append(Remark(file.name, NOTED, reason))
    _note_other_forces(rows, file.force)
    return rows, hashlib.sha256(content).hexdigest()


def of_the_month(rows: CsvRows, file: CrimeFile) -> Flags:
    """Which rows are of the file's month; the others are remarked, and to be left out.

    Raises:
        SourceError: None is.
    """
    months = rows.numbered("month", _month)
    is_kept = np.asarray(months == file.month)
    rows.remark(LEFT_OUT, months == _HEADER, "repeats the header")
    rows.remark_values(LEFT_OUT, months == _NO_MONTH, "month", "is no month; wanted as 2025-03")
    others = np.unique(months[(months >= 0) & ~is_kept]).tolist()
    if others and not is_kept.any():
        raise SourceError(
            f"{file.name} holds no row of {month_text(file.month)}, which its name says, but of "
            f"{', '.join(map(month_text, others[:5]))}; rename it, or fetch it again"
        )
    for month in others:
        reason = f"is of {month_text(month)}, in the file of {month_text(file.month)}"
        rows.remark(LEFT_OUT, months == month, reason)
    return is_kept


def known(
    rows: CsvRows, is_kept: Flags, column: str, number: Callable[[str], int | None]
) -> npt.NDArray[np.int64]:
    """The numbers that stand for a column's texts; -1 for those that are not known.

    Args:
        rows: n rows.
        is_kept: n flags; only these are looked at by callers.
        column: One of the columns.
        number: The number of a text.

    Returns:
        n numbers.

    Raises:
        SourceError: There are rows, and the texts of none of them are known.
    """
    found = rows.numbered(column, lambda text: _or_none(number(text)))
    is_known = found[is_kept] >= 0
    if len(is_known) and not is_known.any():
        texts, places = rows.distinct(column)
        shown = texts[int(places[is_kept][0])][:40]
        raise SourceError(
            f"{rows.name}: nothing in column {TITLES[column]} is known here, such as {shown!r}; "
            "is this a file of data.police.uk?"
        )
    return found


def outcomes(rows: CsvRows, is_kept: Flags, column: str) -> Codes:
    """The outcomes of the rows that are kept; names that are not known are remarked."""
    found = rows.numbered(column, lambda text: _or_none(outcome_number(text)))
    is_blank = rows.numbered(column, lambda text: not text) > 0
    is_odd = is_kept & (found == NO_OUTCOME) & ~is_blank
    rows.remark_values(NOTED, is_odd, column, "is no outcome that is known here; kept without it")
    return found[is_kept].astype(np.int16)


def ids(rows: CsvRows, is_kept: Flags) -> Keys:
    """The IDs of the rows that are kept; those of another form are remarked."""
    keys, is_odd = keys_of(rows.texts("id"))
    reason = "the ID is not 64 hexadecimal digits; its SHA-256 stands for it"
    rows.remark(NOTED, is_kept & is_odd, reason)
    return keys[is_kept]


def _note_other_forces(rows: CsvRows, force: str) -> None:
    texts, places = rows.distinct("reported_by")
    for at, text in enumerate(texts):
        if text and text != TITLES["reported_by"] and force_of(text) != force:
            reason = f"is reported by {text[:60]!r}, in a file of {force}"
            rows.remark(NOTED, places == at, reason)


def _or_none(number: int | None) -> int:
    return -1 if number is None else number


def _month(text: str) -> int:
    if text == TITLES["month"]:
        return _HEADER
    try:
        return month_number(text)
    except InvalidInputError:
        return _NO_MONTH
