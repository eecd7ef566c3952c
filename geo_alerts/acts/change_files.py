"""What a comparison found, as files for spreadsheets and programs.

A code or name that a spreadsheet would take for a formula begins with an apostrophe.
"""

from dataclasses import asdict, fields
from pathlib import Path
from typing import Final

from boundaries.comparing.changes import Passage, moves, passages
from geo_alerts.acts.changes import CompareAnswer
from geo_alerts.acts.spreadsheets import write_csv

CROSSWALK_COLUMNS: Final = tuple(field.name for field in fields(Passage))
MOVES_COLUMNS: Final = ("postcode", "old_code", "new_code")


def write_crosswalk(answer: CompareAnswer, path: Path) -> int:
    """Write from which area to which ground, units and people go, as CSV: a row for each pair.

    What is in no area before or after has an empty code and name.

    Args:
        answer: The comparison.
        path: Where to; an existing file is replaced once all is written.

    Returns:
        How many rows.

    Raises:
        InvalidInputError: It cannot be written.
    """
    found = [asdict(passage) for passage in passages(answer.comparison)]
    return write_csv(path, CROSSWALK_COLUMNS, found)


def write_moves(answer: CompareAnswer, path: Path) -> int:
    """Write the postcodes whose team is another, as CSV; the code of no team is empty.

    Args:
        answer: The comparison.
        path: Where to; an existing file is replaced once all is written.

    Returns:
        How many rows.

    Raises:
        InvalidInputError: It cannot be written.
    """
    return write_csv(path, MOVES_COLUMNS, moves(answer.comparison, answer.comparison.moved))
