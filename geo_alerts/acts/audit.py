"""The audit trail: listed for whoever answers for the data, and checked link by link."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from geo_alerts.acts.policy import Policy
from geo_alerts.audiences.selection import Selection
from geo_alerts.errors import InvalidInputError, StoreError
from geo_alerts.store import audit as stored
from geo_alerts.store.audit import ACTS, NO_HASH, SEE, Head, Link
from geo_alerts.store.database import Store

SHA256_CHARACTERS: Final = 64
POLICY: Final = "setting.policy"


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody did.

    Attributes:
        seq: Its number: 1, 2, 3 …
        at: When.
        act: What, as `noun.verb`.
        who: `key:<id>`, `session:<name>`, `cli:<user>` or `server`.
        role: What they were allowed as; empty of the server itself.
        details: With what, as the act has it.
        sha256: The hash of the chain up to here.
    """

    seq: int
    at: datetime
    act: str
    who: str
    role: str
    details: Mapping[str, Any]
    sha256: str

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {**asdict(self), "at": self.at.isoformat()}


@dataclass(frozen=True, slots=True)
class Page:
    """Part of the trail, the newest first; `before` asks for what follows, None at the end."""

    entries: tuple[Entry, ...]
    before: int | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look at every link found.

    Attributes:
        entries: How many were whole, from the first on.
        sha256: The hash of the last of these; 64 zeros where there are none.
        fault: What is wrong with what follows, in words; None when the trail is whole.
    """

    entries: int
    sha256: str
    fault: str | None

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"is_whole": self.fault is None, **asdict(self)}


def entries(
    store: Store,
    *,
    act: str | None = None,
    since: datetime | None = None,
    before: int | None = None,
    limit: int,
) -> Page:
    """What was done, the newest first.

    Args:
        store: Where to look.
        act: Only this act, such as `audience.freeze`.
        since: Only what was done at this time or later.
        before: Only entries with a lower number: the next page.
        limit: How many a page has at most.

    Raises:
        InvalidInputError: There is no such act; the message lists those that there are.
        StoreError: An entry was damaged so that it cannot be read.
    """
    with store.reading() as connection:
        _require_act(connection, act)
        found = stored.latest(connection, before=before, act=act, since=since, limit=limit + 1)
    shown = tuple(_entry(link) for link in found[:limit])
    return Page(shown, shown[-1].seq if len(found) > limit else None)


def every_entry(
    store: Store, *, act: str | None = None, since: datetime | None = None, at_once: int = 1_000
) -> Iterator[Entry]:
    """The same without end, page after page.

    Raises:
        InvalidInputError: There is no such act; the message lists those that there are.
        StoreError: An entry was damaged so that it cannot be read.
    """
    page = entries(store, act=act, since=since, limit=at_once)
    yield from page.entries
    while page.before is not None:
        page = entries(store, act=act, since=since, before=page.before, limit=at_once)
        yield from page.entries


def verify(store: Store, expect: str | None = None) -> Verdict:
    """Look at every link of the chain, and at its end.

    Args:
        store: Where to look.
        expect: A hash that was noted elsewhere before: the chain must still go through it. Without
            it, a chain that somebody worked out anew from some entry on looks whole.

    Raises:
        InvalidInputError: `expect` is no SHA-256.
    """
    wanted = expect and _a_sha256(expect)
    with store.reading() as connection, closing(stored.chain(connection)) as chain:
        return verdict(chain, stored.head(connection), wanted)


def verdict(chain: Iterable[Link], end: Head | None, expect: str | None = None) -> Verdict:
    """What is to be said of a chain.

    Args:
        chain: Every link that there is, in order of numbers.
        end: Where the chain ought to end; None when nobody knows any more.
        expect: A hash that it must go through.
    """
    count, previous, is_met = 0, NO_HASH, expect in (None, NO_HASH)
    for link in chain:
        fault = _fault(link, count + 1, previous)
        if fault is not None:
            return Verdict(count, previous, fault)
        count, previous = count + 1, link.sha256
        is_met = is_met or previous == expect
    fault = _fault_of_end(end, Head(count, previous))
    if fault is None and not is_met:
        fault = f"no entry has the hash {expect}: the trail was cut or worked out anew"
    return Verdict(count, previous, fault)


def note_list(
    store: Store, selection: Selection | None, people: int, *, by: str, purpose: str = ""
) -> None:
    """Record that references are printed at the machine itself; do so before they are.

    Args:
        store: Of which.
        selection: Whom they are chosen by; None of those who could not be put on the map.
        people: How many they are.
        by: Who asks.
        purpose: What for; not of those who could not be put on the map.
    """
    act, details = "audience.unplaced", dict[str, Any](people=people)
    if selection is not None:
        act = "audience.list"
        details |= {"purpose": purpose, "selection": selection.model_dump(mode="json")}
    with store.writing() as connection:
        stored.append_by_admin(connection, act, by, store.clock(), details)


def note_policy(store: Store, policy: Policy) -> None:
    """Record what a force has set of who sees what, when it is not what was recorded last."""
    details = {
        "exact_counts_for": sorted(role.value for role in policy.exact_roles),
        "approval_above": policy.approval_above,
    }
    with store.reading() as connection:
        last = stored.latest(connection, act=POLICY, limit=1)
    if last and _entry(last[0]).details == details:
        return
    with store.writing() as connection:
        stored.append(
            connection, act=POLICY, who="server", role="", at=store.clock(), details=details
        )


def _require_act(connection: Connection, act: str | None) -> None:
    if act is None or act in ACTS:
        return
    known = stored.acts(connection)
    if act not in known:
        raise InvalidInputError(f"there is no such act; there are {', '.join(sorted(known))}")


def _fault(link: Link, number: int, previous: str) -> str | None:
    if link.seq != number:
        return f"entry {number} is missing: entry {link.seq} comes in its place"
    if link.previous_sha256 != previous:
        return f"entry {number} does not follow from the one before it: its previous hash differs"
    if link.sha256 != stored.link_sha256(previous, link.document):
        return f"entry {number} is not what was hashed"
    if not _says(link):
        return f"entry {number} has another number, act or time than its document"
    return None


def _fault_of_end(end: Head | None, last: Head) -> str | None:
    if end is None:
        return "the end of the trail is not recorded any more"
    if end.seq != last.seq:
        return f"the trail ends with entry {last.seq}, and {end.seq} were recorded"
    if end.sha256 != last.sha256:
        return f"entry {last.seq} is not the one that was recorded as the last"
    return None


def _says(link: Link) -> bool:
    try:
        told = json.loads(link.document)
        return bool((told["seq"], told["act"], told["at"]) == (link.seq, link.act, link.at))
    except (ValueError, KeyError, TypeError):
        return False


def _entry(link: Link) -> Entry:
    try:
        told = json.loads(link.document)
        at = datetime.fromisoformat(told["at"])
        return Entry(
            link.seq, at, told["act"], told["who"], told["role"], told["details"], link.sha256
        )
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"entry {link.seq} of the audit trail cannot be read: {SEE}") from error


def _a_sha256(text: str) -> str:
    digits = text.strip().lower()
    if len(digits) != SHA256_CHARACTERS or set(digits) - set("0123456789abcdef"):
        raise InvalidInputError("the expected hash has 64 hexadecimal digits")
    return digits
