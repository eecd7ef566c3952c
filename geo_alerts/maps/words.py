"""Numbers and times as maps and pages show them to people."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

# A narrow space that keeps the number on one line (U+202F).
THIN_SPACE = "\u202f"
LOCAL = ZoneInfo("Europe/London")
HOURS_OF_HALF_A_DAY = 12


def thousands(number: float) -> str:
    """A number to the whole, in groups of three: 1 234 567."""
    return f"{number:,.0f}".replace(",", THIN_SPACE)


def one_decimal(number: float) -> str:
    """A number to one decimal place, in groups of three: 1 234.5."""
    return f"{number:,.1f}".replace(",", THIN_SPACE)


def counted(number: int, one: str, several: str) -> str:
    """A number with its noun: `1 team`, `82 teams`."""
    return f"{thousands(number)} {one if number == 1 else several}"


def moment(text: str) -> str:
    """A time of ISO 8601, as people in Britain write it: `30 April 2025, 9:00am`.

    The clock is that of Europe/London. A day alone stays a day; a time without offset is taken as
    UTC.
    """
    given = datetime.fromisoformat(text)
    if len(text) == len("2025-03-03"):
        return _day(given)
    at = (given if given.tzinfo else given.replace(tzinfo=UTC)).astimezone(LOCAL)
    half = "am" if at.hour < HOURS_OF_HALF_A_DAY else "pm"
    return f"{_day(at)}, {at.hour % HOURS_OF_HALF_A_DAY or HOURS_OF_HALF_A_DAY}:{at:%M}{half}"


def _day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"


def month_words(text: str) -> str:
    """A month such as `2025-03`, as people write it: `March 2025`."""
    return f"{datetime.fromisoformat(f'{text}-01'):%B %Y}"


def notices(licences: Iterable[str]) -> str:
    """What several licences want said, each statement once and in its fullest form.

    Statements are what stands between semicolons or full stops; of two that begin alike the longer
    one stays (the other lacks the year). Licences themselves come last.
    """
    parts = [part.strip(" ;.") for text in licences for part in re.split(r"[;.](?=\s|$)", text)]
    said = dict.fromkeys(part[0].upper() + part[1:] for part in parts if part)
    fullest = [part for part in said if not any(o != part and o.startswith(part) for o in said)]
    return " ".join(f"{part}." for part in sorted(fullest, key=lambda part: "Licence" in part))
