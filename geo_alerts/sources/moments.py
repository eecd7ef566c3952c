"""Times and dates in files: with a zone, or in British time; a day counts as its end."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from geo_alerts.errors import InvalidInputError

LONDON = ZoneInfo("Europe/London")

# Years that a time in use can be of. Times near the ends of Python's calendar have no equal in
# another zone.
YEARS: Final = range(1900, 9999)
YEARS_IN_WORDS: Final = f"of the years {YEARS[0]} to {YEARS[-1]}"

_BRITISH = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date or a time that was read.

    Attributes:
        text: ISO 8601: `2025-04-30`, or a time in UTC.
        latest: The latest time that it can mean: for a date the end of that day.
        day: The day in British time.
    """

    text: str
    latest: datetime
    day: date


# Days are few: a file of a million people joined on some thousands of them.
@lru_cache(maxsize=10_000)
def read_moment(text: str) -> Moment | None:
    """The date or time that a cell holds; None when it holds neither.

    ISO 8601 and British order (`30/04/2025`, also with a time) are read. A time without a zone is
    British.
    """
    iso = _BRITISH.sub(r"\3-\2-\1\4", text.strip())
    parts = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(.*)", iso, re.DOTALL)
    if parts:
        iso = f"{parts[1]}-{int(parts[2]):02}-{int(parts[3]):02}{parts[4]}"
    try:
        moment = datetime.fromisoformat(iso)
        if len(iso) <= len("2025-04-30"):
            latest = datetime.combine(moment.date(), time.max, LONDON)
            return Moment(moment.date().isoformat(), latest.astimezone(UTC), moment.date())
        aware = in_zone(moment).astimezone(UTC)
        day = aware.astimezone(LONDON).date()
    except (ValueError, OverflowError):
        return None
    shown = aware.strftime("%Y-%m-%dT%H:%M:%SZ")
    return Moment(shown, aware, day)


def in_zone(moment: datetime) -> datetime:
    """A time that names its zone: British time when it named none.

    The hour that occurs twice in October is taken as its first, when less was known.
    """
    return moment if moment.tzinfo else moment.replace(tzinfo=LONDON)


def in_utc(moment: datetime) -> datetime | None:
    """An aware time in UTC; None where it is of a year in which none can be meant."""
    try:
        found = moment.astimezone(UTC)
    except OverflowError:
        return None
    return found if found.year in YEARS else None


def read_as_of(moment: datetime | str, now: datetime) -> datetime:
    """The time at which a file was true; a bare date is its beginning, when less was known.

    Args:
        moment: A time, or text in ISO 8601; British where it names no zone.
        now: An aware time.

    Returns:
        The time in UTC.

    Raises:
        InvalidInputError: It is no time, is of no year in use, or is yet to come.
    """
    if isinstance(moment, str):
        try:
            moment = datetime.fromisoformat(moment.strip())
        except ValueError as error:
            wanted = "2025-04-30T09:00 or 2025-04-30T09:00+01:00"
            raise InvalidInputError(f"as-of {moment!r} is no time; wanted {wanted}") from error
    as_of = in_utc(in_zone(moment))
    if as_of is None:
        raise InvalidInputError(f"as-of must be a time {YEARS_IN_WORDS}")
    if as_of > now:
        raise InvalidInputError(
            f"as-of {in_words(as_of)} is yet to come (it is {in_words(now)} British time)"
        )
    return as_of


def in_words(moment: datetime) -> str:
    """A time as people type it: British, to the minute, `2025-04-30T09:00`."""
    return moment.astimezone(LONDON).strftime("%Y-%m-%dT%H:%M")
