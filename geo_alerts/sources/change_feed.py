"""Subscribers' changes one at a time, as programs send them: the rules of files, without a file.

A change is an object with `reference`, `at` (ISO 8601 with its zone) and what is said of somebody:

- `upsert`: as far as they are there `postcodes`, `channels`, `groups`, `topics` (lists of text) and
  `joined` (a date). What is not there says nothing; an empty list says that there is none.
- `withdraw`: `from`, which is `all` or a list of `channel:text`, `topic:burglary` and so on. Left
  out, it is all.

Channels are called email, text and voice here: other words for them are read in files only, which
come from many hands.

In a feed each has `change` as well, which says which of the two it is. A feed is a JSON list, or
lines of JSON with one change each. Values are treated as those of a file: one that cannot be used
is left out and told, what looks like contact details or a name is refused.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from pydantic_core import from_json

from geo_alerts.errors import A_TIME, InvalidInputError, PersonalDataError
from geo_alerts.sources.subscriber_cells import (
    Cells,
    Normalise,
    read_content,
    read_offer,
    read_reference,
    shown,
    sign_of_person,
    unsaid_in,
)
from geo_alerts.sources.subscriber_records import STAYS
from geo_alerts.sources.subscriber_rules import ALL, AT_ONCE, FIELDS, SubscriberRow

LISTS: Final = ("postcodes", "channels", "groups", "topics")
MOST_CHANGES: Final = 10_000
WANTED_FROM: Final = "all, or a list of channel:NAME and topic:NAME"


class Kind(StrEnum):
    """What a change does."""

    UPSERT = "upsert"
    WITHDRAW = "withdraw"


MEMBERS: Final = {
    Kind.UPSERT: frozenset({"reference", "at", "joined", *LISTS}),
    Kind.WITHDRAW: frozenset({"reference", "at", "from"}),
}


@dataclass(frozen=True, slots=True)
class Heard:
    """A change that can be used.

    Attributes:
        row: What it says.
        left_out: Values that cannot be used: field and reason, never the value.
    """

    row: SubscriberRow
    left_out: tuple[tuple[str, str], ...] = ()


def feed_lines(body: bytes) -> Iterator[object]:
    """The changes of a feed, as JSON values; a line that is no JSON is given as bytes.

    Args:
        body: A JSON list, or lines of JSON; blank lines count for nothing.

    Raises:
        InvalidInputError: It begins as a list and is none, or has more changes than are taken.
    """
    text = body.removeprefix(b"\xef\xbb\xbf").strip()
    values = _list_of(text) if text.startswith(b"[") else _lines_of(text)
    if len(values) > MOST_CHANGES:
        raise InvalidInputError(f"a feed has at most {MOST_CHANGES:,} changes; send it in parts")
    yield from values


def read_feed_line(value: object, *, now: datetime, normalise: Normalise) -> Heard:
    """One change of a feed; its time must be there, for feeds are sent again.

    Args:
        value: As `feed_lines` gives it.
        now: The store's time.
        normalise: Gives the normal form of a postcode or raises MalformedPostcodeError.

    Raises:
        InvalidInputError: It cannot be used; says why.
        PersonalDataError: It holds what looks like contact details or a name.
    """
    if not isinstance(value, dict):
        raise InvalidInputError("is no JSON object")
    said = {name: one for name, one in value.items() if name != "change"}
    if said.get("at") is None:
        raise InvalidInputError("at: is missing")
    kind = next((one for one in Kind if one.value == value.get("change")), None)
    if kind is None:
        raise InvalidInputError(f"change: is none of {', '.join(Kind)}")
    return read_change(kind, said, now=now, normalise=normalise)


def read_change(
    kind: Kind, said: Mapping[str, Any], *, now: datetime, normalise: Normalise
) -> Heard:
    """One change.

    Args:
        kind: What it does.
        said: Its members; one that is None is not there. Without `at`, a withdrawal holds at once,
            and anything else is of now.
        now: The store's time.
        normalise: Gives the normal form of a postcode or raises MalformedPostcodeError.

    Raises:
        InvalidInputError: It cannot be used; says why.
        PersonalDataError: It holds what looks like contact details or a name.
    """
    given = {name: one for name, one in said.items() if one is not None}
    unknown = sorted(given.keys() - MEMBERS[kind])
    if unknown:
        # What somebody calls a member may be anything: only plain words are repeated.
        names = ", ".join(shown(name) or "one that is no plain word" for name in unknown)
        known = ", ".join(sorted(MEMBERS[kind]))
        raise InvalidInputError(f"has members that are not known: {names}; known are {known}")
    text = {"reference": _text(given, "reference"), **_cells_of(given)}
    cells = Cells(text, source="the change", is_file=False)
    _refuse_persons(cells)
    reference = read_reference(cells)
    if reference is None:
        raise InvalidInputError(": ".join(cells.faults[0][:2]))
    at = _moment(given)
    if kind is Kind.WITHDRAW:
        return Heard(_withdrawal(reference, at, given.get("from", ALL)))
    content = read_content(cells, at or now, normalise)
    row = SubscriberRow(reference, at or now, content=content, unsaid=unsaid_in(cells.text))
    if row.known_at > now:
        raise InvalidInputError("at: is yet to come")
    return Heard(row, tuple((column, reason) for column, reason, _ in cells.faults))


def _list_of(text: bytes) -> list[object]:
    try:
        values = from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise InvalidInputError("the list of changes is not JSON") from error
    return list(values)


def _lines_of(text: bytes) -> list[object]:
    return [_value(line) for line in text.splitlines() if line.strip()]


def _value(line: bytes) -> object:
    try:
        return from_json(line, allow_inf_nan=False)
    except ValueError:
        return line


def _withdrawal(reference: str, at: datetime | None, left: object) -> SubscriberRow:
    known_at, left_on = at or AT_ONCE, at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""
    if left == ALL:
        return SubscriberRow(reference, known_at, withdraws=True, left_on=left_on)
    if not left or not isinstance(left, list):
        raise InvalidInputError(f"from: must be {WANTED_FROM}")
    # Nothing is taken where one cannot be read: whoever sent it is told, and sends it again.
    known = frozenset(_offer(number, name) for number, name in enumerate(left, 1))
    return SubscriberRow(reference, known_at, unsaid=frozenset(FIELDS), withdraws_from=known)


def _offer(number: int, value: object) -> str:
    if not isinstance(value, str):
        raise InvalidInputError(f"from: value {number} is no text")
    try:
        return read_offer(value)
    except InvalidInputError as error:
        raise InvalidInputError(f"from: value {number}: {error}") from error
    except PersonalDataError as error:
        raise PersonalDataError(f"from: {error}") from error


def _cells_of(given: Mapping[str, Any]) -> dict[str, str]:
    # As cells of a file, whose rules hold.
    lists = {name: "\n".join(_texts(given[name], name)) for name in LISTS if name in given}
    return {**lists, **({"joined": _text(given, "joined")} if "joined" in given else {})}


def _texts(value: object, name: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise InvalidInputError(f"{name}: is no list of text")
    return value


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name, "")
    if not isinstance(value, str):
        raise InvalidInputError(f"{name}: is no text")
    return value


def _moment(given: Mapping[str, Any]) -> datetime | None:
    # Only what is not there is of now: read so, empty text would be newer each time it is sent.
    if "at" not in given:
        return None
    text = _text(given, "at")
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise InvalidInputError(f"at: needs a time zone, such as {A_TIME}")
        return at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidInputError(f"at: must be a time such as {A_TIME}") from error


def _refuse_persons(cells: Cells) -> None:
    for column, text in cells.text.items():
        for value in text.replace("|", ";").replace("\n", ";").split(";"):
            found = sign_of_person(column, value.strip())
            if found is not None:
                raise PersonalDataError(f"{column}: holds what looks like {found}; {STAYS}")
