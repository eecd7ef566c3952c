"""Single values of published contact details: read, or left out and told.

A source of contact details is made by many hands, so that one bad telephone number must not keep
all teams without theirs: what cannot be used is left out, and the place, the value and the reason
are told. Nothing is guessed.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlsplit

from geo_alerts.errors import Fault
from geo_alerts.sources.moments import Moment, read_moment
from geo_alerts.sources.plain_text import plain_text

# A text of so many letters of HTML is read to there and no further.
MOST_RAW: Final = 20_000
MOST_VALUE: Final = 500
# No more items of a list than these are looked at.
MOST_ITEMS: Final = 1_000
# More remarks than these are only counted.
MOST_REMARKS: Final = 1_000
_SHOWN: Final = 40

_HOST: Final = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
_EMAIL: Final = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_HOST}")
# 101, national and international numbers, an extension.
_TELEPHONE: Final = re.compile(
    r"\+?[0-9(][0-9 ()./-]{1,24}(?: ?(?:ext\.?|extension|x) ?[0-9]{1,6})?", re.IGNORECASE
)
_FEWEST_DIGITS: Final = 3
_MOST_DIGITS: Final = 21
_NOT_IN_ADDRESSES: Final = re.compile(r"""[\s<>"'`\\^{}|]""")
# How long a date or time is at most, with fractions and zone.
_MOST_MOMENT: Final = 40


@dataclass(frozen=True, slots=True)
class Where:
    """Where a document stands.

    Attributes:
        file: Name of the file, within the zip or folder where it came in one.
        row: The line of a CSV, or the number of the item of a list, from 1.
        team: Its id, where a file holds several teams.
        part: Which part of the document, such as `events 2`.
    """

    file: str
    row: int | None = None
    team: str | None = None
    part: str | None = None

    def fault(self, column: str | None, reason: str) -> Fault:
        """What is wrong here, with the file."""
        named = " ".join(word for word in (self.part, column) if word) or None
        team = f"team {self.team}, " if self.team is not None else ""
        return Fault(self.row, named, f"{reason} (in {team}{self.file})")


@dataclass(slots=True)
class Remarks:
    """What was left out or shortened.

    Attributes:
        faults: The first `MOST_REMARKS` of them.
        count: How many there are.
    """

    faults: list[Fault] = field(default_factory=list)
    count: int = 0

    def tell(self, fault: Fault) -> None:
        """Add one more."""
        self.count += 1
        if len(self.faults) < MOST_REMARKS:
            self.faults.append(fault)


@dataclass(frozen=True, slots=True)
class Document:
    """One object of a source, whose values are asked for by their kind.

    Attributes:
        values: As JSON has them, numbers as text.
        where: For what is told.
        remarks: Where that is told.
    """

    values: Mapping[str, Any]
    where: Where
    remarks: Remarks

    def text(self, key: str, most: int) -> str | None:
        """Plain text of at most so many letters; None where there is none."""
        given = self._given(key, "the rest", MOST_RAW)
        words = plain_text(given) if given else ""
        if len(words) > most:
            cut = words[: most - 1].rsplit(maxsplit=1)[0].rstrip()
            self.tell(key, f"has {len(words):,} letters; those after {most:,} are left out")
            words = f"{cut}…"
        return words or None

    def email(self, key: str) -> str | None:
        """An e-mail address."""
        given = (self._given(key) or "").removeprefix("mailto:")
        return self._usable(key, given, "e-mail address", is_it=_is_email(given))

    def telephone(self, key: str) -> str | None:
        """A telephone number as people dial it."""
        given = self._given(key) or ""
        return self._usable(key, given, "telephone number", is_it=_is_telephone(given))

    def web(self, key: str) -> str | None:
        """The address of a page; `https://` is put before `www.`."""
        given = self._given(key) or ""
        address = f"https://{given}" if given.lower().startswith("www.") else given
        wanted = "address of a page (http or https)"
        return self._usable(key, address, wanted, is_it=_is_web(address))

    def moment(self, key: str) -> Moment | None:
        """A date or time."""
        given = self._given(key) or ""
        moment = read_moment(given) if len(given) <= _MOST_MOMENT else None
        self._usable(key, given, "date or time", is_it=moment is not None)
        return moment

    def day(self, key: str) -> str | None:
        """The day of a date or time in British time, ISO 8601."""
        moment = self.moment(key)
        return moment.day.isoformat() if moment else None

    def part(self, key: str) -> "Document":
        """An object within this one; an empty one where there is none."""
        given = self.values.get(key)
        if given is not None and not isinstance(given, Mapping):
            self.tell(key, "is no object; it is left out")
        return replace(self, values=given if isinstance(given, Mapping) else {})

    def parts(self, key: str) -> Iterator["Document"]:
        """The objects of a list within this one."""
        given = self.values.get(key)
        if isinstance(given, list):
            yield from documents_of(
                given, lambda number: replace(self.where, part=f"{key} {number}"), self.remarks
            )
        elif given is not None:
            self.tell(key, "is no list; it is left out")

    def tell(self, column: str | None, reason: str) -> None:
        """Tell what was left out or shortened."""
        self.remarks.tell(self.where.fault(column, reason))

    def _given(self, key: str, what: str = "it", most: int = MOST_VALUE) -> str | None:
        given = self.values.get(key)
        if given is None:
            return None
        if not isinstance(given, str):
            self.tell(key, "is no text; it is left out")
            return None
        if len(given) > most:
            self.tell(key, f"has {len(given):,} letters, more than {most:,}; {what} is left out")
            return given[:most] if what != "it" else None
        return given.strip()

    def _usable(self, key: str, given: str, wanted: str, *, is_it: bool) -> str | None:
        if given and not is_it:
            shown = given if len(given) <= _SHOWN else f"{given[:_SHOWN]}…"
            self.tell(key, f"{shown!r} is no {wanted}; it is left out")
        return given if given and is_it else None


def documents_of(
    values: Sequence[Any], where: Callable[[int], Where], remarks: Remarks
) -> Iterator[Document]:
    """The objects of a list; what is no object, and what is beyond `MOST_ITEMS`, is left out.

    Args:
        values: The list.
        where: Where its item of a number, from 1, stands.
        remarks: Is told of what is left out.
    """
    for number, item in enumerate(values[:MOST_ITEMS], 1):
        if isinstance(item, Mapping):
            yield Document(item, where(number), remarks)
        else:
            remarks.tell(where(number).fault(None, "is no object; it is left out"))
    if len(values) > MOST_ITEMS:
        reason = f"and all after it, to {len(values):,}, are too many; they are left out"
        remarks.tell(where(MOST_ITEMS + 1).fault(None, reason))


def _is_email(text: str) -> bool:
    return _EMAIL.fullmatch(text) is not None


def _is_telephone(text: str) -> bool:
    digits = sum(map(str.isdigit, text))
    is_written = _TELEPHONE.fullmatch(text) is not None
    return is_written and _FEWEST_DIGITS <= digits <= _MOST_DIGITS


def _is_web(text: str) -> bool:
    if _NOT_IN_ADDRESSES.search(text) or not text.isprintable():
        return False
    try:
        parts = urlsplit(text)
        is_host = parts.port != 0 and re.fullmatch(_HOST, parts.hostname or "") is not None
    except ValueError:
        return False
    # A name before the host makes one host look like another.
    return parts.scheme in {"http", "https"} and is_host and "@" not in parts.netloc
