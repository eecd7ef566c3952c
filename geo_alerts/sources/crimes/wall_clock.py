"""Dates and times of forces' own data, as minutes by the clock on the wall in Britain."""

import re
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt

from geo_alerts.sources.crimes.csv_rows import CsvRows
from geo_alerts.sources.crimes.mapping import OwnMapping
from geo_alerts.sources.crimes.parts import LEFT_OUT, NO_TIME, NOTED, Flags
from geo_alerts.sources.moments import LONDON

MINUTES_OF_A_DAY: Final = 1440
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - by the clock on the wall
_BRITISH: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(.*)", re.DOTALL)
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(.*)", re.DOTALL)
_TIME: Final = re.compile(r"([01]?\d|2[0-3])[:.]?([0-5]\d)(?:[:.][0-5]\d(?:\.\d+)?)?")
_DATE_LENGTH: Final = len("2025-04-30")
# What a format says of hours.
_HOURS: Final = re.compile(r"%[HIXcT]|%-[HI]")
# A century is enough, and minutes are kept in 32 bits.
_YEARS: Final = (1970, 2100)

Numbers = npt.NDArray[np.int64]


def read_period(rows: CsvRows, mapping: OwnMapping) -> tuple[Numbers, Numbers, Flags]:
    """When each crime can have begun and ended.

    A day without a time is the whole day; a crime without an end ended as it began. One that ends
    before it begins has its beginning alone. What cannot be read is remarked.

    Args:
        rows: n rows.
        mapping: The columns and their formats.

    Returns:
        n beginnings and n ends, minutes since 1970-01-01T00:00; NO_TIME where the row is left out;
        and n flags, which rows are kept.
    """
    begins, is_day = _read(rows, mapping, "from")
    is_blank = rows.numbered("from", lambda text: not text) > 0
    rows.remark(LEFT_OUT, is_blank, "no beginning is given")
    is_kept = begins != NO_TIME
    shown = mapping.columns["from"]
    rows.remark(LEFT_OUT, ~is_kept & ~is_blank, f"column {shown} holds no date or time")
    ends = np.where(is_day, begins + MINUTES_OF_A_DAY - 1, begins)
    if "to" in mapping.columns:
        ends = np.where(is_kept, _ends(rows, mapping, begins, ends), NO_TIME)
    return begins, np.where(is_kept, ends, NO_TIME), is_kept


def _ends(rows: CsvRows, mapping: OwnMapping, begins: Numbers, otherwise: Numbers) -> Numbers:
    last, is_day = _read(rows, mapping, "to")
    is_given = last != NO_TIME
    last = np.where(is_day, last + MINUTES_OF_A_DAY - 1, last)
    is_blank = rows.numbered("to", lambda text: not text) > 0
    is_started = begins != NO_TIME
    shown = mapping.columns["to"]
    reason = f"column {shown} holds no date or time; taken without an end"
    rows.remark(NOTED, is_started & ~is_given & ~is_blank, reason)
    is_backward = is_started & is_given & (last < begins)
    rows.remark(NOTED, is_backward, "ends before it begins; taken without an end")
    return np.where(is_given & ~is_backward, last, otherwise)


def _read(rows: CsvRows, mapping: OwnMapping, column: str) -> tuple[Numbers, Flags]:
    # Minutes, and which of them are those of a day whose time is not known.
    form = mapping.formats.get(column)
    texts, places = rows.distinct(column)
    read = [_minutes(text, form) for text in texts]
    minutes = np.array([found for found, _ in read], dtype=np.int64)[places]
    is_day = np.array([day for _, day in read], dtype=np.bool_)[places]
    times = f"{column}_time"
    if times in mapping.columns:
        time_form = mapping.formats.get(times)
        hours = rows.numbered(times, lambda text: _time_of_day(text, time_form))
        is_timed = (minutes != NO_TIME) & is_day & (hours >= 0)
        minutes = np.where(is_timed, minutes + hours, minutes)
        is_day &= ~is_timed
    return minutes, is_day


def _minutes(text: str, form: str | None) -> tuple[int, bool]:
    moment, is_day = _by_format(text, form) if form else _by_habit(text)
    if moment is None or not _YEARS[0] <= moment.year < _YEARS[1]:
        return NO_TIME, False
    if moment.tzinfo is not None:
        moment = moment.astimezone(LONDON).replace(tzinfo=None)
    return int((moment - _EPOCH).total_seconds() // 60), is_day


def _by_format(text: str, form: str) -> tuple[datetime | None, bool]:
    try:
        return datetime.strptime(text, form), not _HOURS.search(form)  # noqa: DTZ007 - likewise
    except ValueError:
        return None, False


def _by_habit(text: str) -> tuple[datetime | None, bool]:
    iso = _BRITISH.sub(r"\3-\2-\1\4", text)
    parts = _ISO.fullmatch(iso)
    if parts is None:
        return None, False
    iso = f"{parts[1]}-{int(parts[2]):02}-{int(parts[3]):02}{parts[4]}"
    try:
        return datetime.fromisoformat(iso), len(iso) == _DATE_LENGTH
    except ValueError:
        return None, False


def _time_of_day(text: str, form: str | None) -> int:
    # Minutes since midnight; -1 where none.
    if form:
        moment, _ = _by_format(text, form)
        return -1 if moment is None else moment.hour * 60 + moment.minute
    found = _TIME.fullmatch(text)
    return -1 if found is None else int(found[1]) * 60 + int(found[2])
