"""The cells of a subscriber file: texts in, values and faults out; nothing personal in a reason."""

import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import lru_cache

from geo_alerts.errors import InvalidInputError, MalformedPostcodeError
from geo_alerts.sources.moments import LONDON, read_moment
from geo_alerts.sources.personal_data import (
    contact_details,
    contact_details_within,
    person,
    refuse_contact_details,
)
from geo_alerts.sources.subscriber_rules import CHANNEL, CHANNEL_BITS, FIELDS, TOPIC, Content

Normalise = Callable[[str], str]

# Other words for the same channels.
CHANNEL_WORDS = {
    "email": ("email", "e-mail", "mail"),
    "text": ("text", "sms", "txt", "text message"),
    "voice": ("voice", "phone", "telephone", "call", "voice message"),
}

MOST_VALUES = 100
LONGEST_NAME = 64
LONGEST_REFERENCE = 64

# Names of groups and topics that are remembered, for most people share them.
REMEMBERED = 10_000

_SEPARATOR = re.compile(r"[;|\n]")
_ANY_SEPARATOR = re.compile(r"[;|,\n]")
_BIT_OF = {word: CHANNEL_BITS[name] for name, words in CHANNEL_WORDS.items() for word in words}
_PLAIN_WORD = re.compile(r"[A-Za-z][A-Za-z_-]{0,29}")
# No blanks, and no sign at the start that a spreadsheet takes for a formula.
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/#=~+-]*")


# What became of a row or of a value that something is wrong with.
ROW_REJECTED = "row rejected"
LEFT_OUT = "value left out"
WITHDRAWN_ANYWAY = "withdrawn all the same"

DATES = ("joined", "left")
LABELS = ("groups", "topics")

# Columns whose names are not those of the fields that they fill.
_FIELD_OF = {"joined": "joined_on"}


@dataclass(slots=True)
class Cells:
    """The cells of one row by column, and what is wrong with them: (column, reason, effect).

    `source` is what they are of, in messages. A program that sends a single change is told which
    value cannot be used, and calls channels by their names; files come from many hands.
    """

    text: dict[str, str]
    faults: list[tuple[str, str, str]] = field(default_factory=list)
    source: str = "the file"
    is_file: bool = True

    def fault(self, column: str, reason: str, effect: str = LEFT_OUT) -> None:
        """Note something wrong, and what becomes of it."""
        self.faults.append((column, reason, effect))

    def fault_of_value(self, column: str, number: int, reason: str) -> None:
        """Note something wrong with a value, by its number from 1."""
        self.fault(column, f"{'a value' if self.is_file else f'value {number}'} {reason}")


def read_reference(cells: Cells) -> str | None:
    """The reference, or None with a fault."""
    reference = cells.text["reference"].strip()
    if not reference:
        cells.fault("reference", "is blank", ROW_REJECTED)
    elif len(reference) > LONGEST_REFERENCE:
        reason = f"is longer than {LONGEST_REFERENCE} characters"
        cells.fault("reference", reason, ROW_REJECTED)
    elif not _REFERENCE.fullmatch(reference):
        reason = "holds characters other than letters, digits and ._:/#=~+-"
        cells.fault("reference", reason, ROW_REJECTED)
    else:
        return reference
    return None


def read_withdrawal(cells: Cells, as_of: datetime) -> tuple[str, datetime] | None:
    """When the person left, as text and as the time from which it counts; None for one who stays.

    Whatever the cell holds, it withdraws: what is no date, or is yet to come, counts as left at
    `as_of`, with a fault. A date counts as the end of that day.
    """
    text = cells.text.get("left", "").strip()
    if not text:
        return None
    left = read_moment(text)
    at_once = as_of.strftime("%Y-%m-%dT%H:%M:%SZ")
    if left is None:
        cells.fault("left", "is no date", WITHDRAWN_ANYWAY)
        return at_once, as_of
    today = as_of.astimezone(LONDON).date()
    if left.day > today:
        cells.fault("left", f"is later than {cells.source}", WITHDRAWN_ANYWAY)
        return at_once, as_of
    joined = read_moment(cells.text.get("joined", "").strip())
    if joined is not None and left.day < joined.day:
        cells.fault("left", "is before joined", WITHDRAWN_ANYWAY)
    return left.text, min(max(as_of, left.latest), _end_of(as_of))


def read_content(cells: Cells, as_of: datetime, normalise: Normalise) -> Content:
    """What is kept of a person; values that cannot be used are left out, with a fault each."""
    return Content(
        postcodes=_postcodes(cells, normalise),
        channels=_channels(cells),
        groups=_names(cells, "groups"),
        topics=_names(cells, "topics"),
        joined_on=_joined(cells, as_of),
    )


def sign_of_person(column: str, value: str) -> str | None:
    """What a value looks like that is never taken in: contact details, a name as reference."""
    if column == "reference":
        return person(value)
    if column in LABELS:
        return _sign_in_label(value)
    # Without its strokes a date would be a telephone number.
    return contact_details(value) if column not in DATES or "@" in value else None


@lru_cache(maxsize=REMEMBERED)
def _sign_in_label(value: str) -> str | None:
    return contact_details(value) or contact_details_within(value)


def read_offer(text: str) -> str:
    """A channel or topic that somebody withdraws from, as it is kept.

    Raises:
        InvalidInputError: It is neither, or names no channel that there is.
        PersonalDataError: The topic holds contact details.
    """
    kind, _, name = text.partition(":")
    kind = f"{kind.strip().lower()}:"
    if kind == CHANNEL:
        channel = name.strip().lower()
        if channel not in CHANNEL_BITS:
            raise InvalidInputError(_no_channel(channel))
        return CHANNEL + channel
    topic, fault = _name(name)
    if kind != TOPIC or not topic or fault is not None:
        raise InvalidInputError("is neither channel:NAME nor topic:NAME")
    refuse_contact_details("a topic", topic)
    return TOPIC + topic


def shown(text: str) -> str | None:
    """A word that may be repeated in a message, because it is hardly anything personal; or None."""
    return repr(text) if _PLAIN_WORD.fullmatch(text) else None


def _no_channel(text: str) -> str:
    known = next((name for name, words in CHANNEL_WORDS.items() if text in words), None)
    if known is not None:
        return f"the channel {text!r} is not known; it is {known} here"
    return f"the channel {shown(text) or 'named'} is not known; known are {', '.join(CHANNEL_BITS)}"


def unsaid_in(columns: Collection[str]) -> frozenset[str]:
    """The fields of `Content` of which a file with these columns says nothing."""
    return frozenset(FIELDS) - {_FIELD_OF.get(column, column) for column in columns}


def _end_of(as_of: datetime) -> datetime:
    return datetime.combine(as_of.astimezone(LONDON).date(), time.max, LONDON).astimezone(
        as_of.tzinfo
    )


def _postcodes(cells: Cells, normalise: Normalise) -> tuple[str, ...]:
    kept: dict[str, None] = {}
    for number, text in _values(cells, "postcodes", _ANY_SEPARATOR):
        try:
            kept[normalise(text)] = None
        except MalformedPostcodeError:
            cells.fault_of_value("postcodes", number, "is no postcode")
    return tuple(kept)


def _channels(cells: Cells) -> int:
    bits = 0
    known = _BIT_OF if cells.is_file else CHANNEL_BITS
    for number, text in _values(cells, "channels", _ANY_SEPARATOR):
        bit = known.get(text.lower())
        if bit is None and text.lower() in _BIT_OF:
            cells.fault("channels", _no_channel(text.lower()))
        elif bit is None:
            cells.fault_of_value("channels", number, f"is none of {', '.join(CHANNEL_BITS)}")
        else:
            bits |= bit
    return bits


def _names(cells: Cells, column: str) -> tuple[str, ...]:
    kept = set()
    for number, text in _values(cells, column, _SEPARATOR):
        name, fault = _name(text)
        if fault is None:
            kept.add(name)
        else:
            cells.fault_of_value(column, number, fault)
    return tuple(sorted(kept))


@lru_cache(maxsize=REMEMBERED)
def _name(text: str) -> tuple[str, str | None]:
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if len(name) > LONGEST_NAME:
        return "", f"is longer than {LONGEST_NAME} characters"
    return name, None if name.isprintable() else "holds a character that cannot be shown"


def _joined(cells: Cells, as_of: datetime) -> str:
    text = cells.text.get("joined", "").strip()
    if not text:
        return ""
    joined = read_moment(text)
    if joined is None or joined.day > as_of.astimezone(LONDON).date():
        reason = "is no date" if joined is None else f"is later than {cells.source}"
        cells.fault("joined", reason)
        return ""
    return joined.day.isoformat()


def _values(cells: Cells, column: str, separator: re.Pattern[str]) -> list[tuple[int, str]]:
    # With the number of each, from 1; blank ones count and are not there.
    text = cells.text.get(column, "")
    if not text:
        return []
    parts = enumerate(separator.split(text), 1)
    values = [(number, stripped) for number, part in parts if (stripped := part.strip())]
    if len(values) > MOST_VALUES:
        cells.fault(column, f"holds more than {MOST_VALUES} values", "the rest left out")
    return values[:MOST_VALUES]
