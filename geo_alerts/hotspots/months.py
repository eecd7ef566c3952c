"""Months as numbers, so that arrays of them compare and subtract: twelve times the year, plus 0-11.

Published crime is dated by the month and no finer.
"""

import re
from datetime import date
from typing import Final

from geo_alerts.errors import InvalidInputError

_MONTH: Final = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])")


def month_number(text: str) -> int:
    """The number of a month such as `2025-03`.

    Raises:
        InvalidInputError: It is no month of the 20th or 21st century.
    """
    if not _MONTH.fullmatch(text):
        raise InvalidInputError(f"{text!r} is no month; wanted for example 2025-03")
    return int(text[:4]) * 12 + int(text[5:]) - 1


def month_text(number: int) -> str:
    """The month of a number, such as `2025-03`."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def month_of(day: date) -> int:
    """The number of the month that a day lies in."""
    return day.year * 12 + day.month - 1
