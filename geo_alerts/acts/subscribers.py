"""Subscribers' changes one at a time: upsert, withdraw, erase, and feeds of them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from geo_alerts.acts.bases import index_folder_beside
from geo_alerts.errors import InvalidInputError, PersonalDataError
from geo_alerts.places.postcodes import normalise
from geo_alerts.sources.change_feed import Heard, Kind, feed_lines, read_change, read_feed_line
from geo_alerts.sources.subscriber_rules import Known
from geo_alerts.store import erasure
from geo_alerts.store.database import Store
from geo_alerts.store.index_snapshot import remove_every_index
from geo_alerts.store.subscriber_changes import record_changes
from geo_alerts.store.subscriber_log import Change

REFUSED: Final = "refused"
# Fields of what is known without which nothing reaches anybody.
NEEDED: Final = ("postcodes", "channels")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A value that could not be used: where it stood and why, never the value."""

    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class ChangeAnswer:
    """What became of a change.

    Attributes:
        outcome: `added`, `changed`, `unchanged`, `withdrawn`, `partly_withdrawn`,
            `still_withdrawn`, `rejoined`, `older_than_known` or `left_and_came_back`.
        left_out: Values that could not be used; the rest of the change counts.
        was_known: Whether anything was known by the reference before.
        not_had: Channels and topics that a withdrawal names and the person neither consented to
            nor withdrew from before; it is kept all the same.
        has: Where there are such, what the person consents to now.
        lacks: What is not known of somebody who may be reached, and without which nothing reaches
            them: `postcodes`, `channels`.
    """

    outcome: str
    left_out: tuple[LeftOut, ...]
    was_known: bool
    not_had: tuple[str, ...]
    has: tuple[str, ...]
    lacks: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What became of a change of a feed.

    Attributes:
        line: 1 for the first change.
        outcome: As of a single change, or `refused`.
        reason: Why it is refused.
        left_out: Values that could not be used.
        was_known: As of a single change; None of one that is refused.
        not_had: As of a single change.
    """

    line: int
    outcome: str
    reason: str | None
    left_out: tuple[LeftOut, ...]
    was_known: bool | None
    not_had: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FeedAnswer:
    """What became of the changes of a feed, in order, and how many of each outcome there are."""

    counts: Mapping[str, int]
    changes: tuple[LineAnswer, ...]

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def upsert(store: Store, said: Mapping[str, Any], *, by: str) -> ChangeAnswer:
    """Make known what is said of one person.

    Args:
        store: Where to.
        said: The members of an `upsert`; see `sources/change_feed.py`.
        by: Who says so, for the record.

    Raises:
        InvalidInputError: It cannot be used, or is of a time yet to come; nothing changes.
        PersonalDataError: It holds what looks like contact details or a name; nothing changes.
    """
    return _change(store, Kind.UPSERT, said, by)


def withdraw(store: Store, said: Mapping[str, Any], *, by: str) -> ChangeAnswer:
    """Withdraw a person, from all or from channels and topics.

    Args:
        store: Where to.
        said: The members of a `withdraw`; see `sources/change_feed.py`. Without a time it stands
            against all that is known, and so does one of a time yet to come.
        by: Who says so, for the record.

    Raises:
        InvalidInputError: It cannot be used; nothing changes.
        PersonalDataError: The reference looks like contact details or a name; nothing changes.
    """
    return _change(store, Kind.WITHDRAW, said, by)


def is_known(store: Store, reference: str) -> bool:
    """Whether there is anybody to erase."""
    return erasure.is_known(store, reference)


def erase(
    store: Store, reference: str, *, by: str, role: str, index_folder: Path | None = None
) -> bool:
    """Erase a person: nothing that is known stays, and frozen lists keep a random number.

    The audience index on disk, which has the reference, is gone as well when this returns.

    Args:
        store: Where from.
        reference: The alert system's own.
        by: Who asks for it, for the record.
        role: What they are allowed as.
        index_folder: Where the index is kept on disk; as of `Live` where none is given.

    Returns:
        Whether anybody was known by the reference.

    Raises:
        StoreError: The person is erased, and an index on disk could not be removed.
    """
    erased = erasure.erase(store, reference, by=by, role=role)
    folder = index_folder or index_folder_beside(store)
    if erased and folder is not None:
        remove_every_index(folder)
    return erased


def take_feed(store: Store, body: bytes, *, by: str) -> FeedAnswer:
    """Make known what a feed says, in order; one bad line does not stop the others.

    Sending a feed again changes nothing, as long as no two changes of one person are of one time:
    of these the last holds.

    Args:
        store: Where to.
        body: A JSON list, or lines of JSON.
        by: Who says so, for the record.

    Raises:
        InvalidInputError: It is no feed, or has more changes than are taken; nothing changes.
    """
    now = store.clock()
    heard: dict[int, Heard] = {}
    refused: dict[int, str] = {}
    for number, value in enumerate(feed_lines(body), start=1):
        try:
            heard[number] = read_feed_line(value, now=now, normalise=normalise)
        except (InvalidInputError, PersonalDataError) as error:
            refused[number] = str(error)
    made = record_changes(store, [one.row for one in heard.values()], source=by)
    told = {
        number: _line(number, _answer(one, change))
        for (number, one), change in zip(heard.items(), made, strict=True)
    }
    told |= {
        number: LineAnswer(number, REFUSED, why, (), None, ()) for number, why in refused.items()
    }
    changes = tuple(told[number] for number in sorted(told))
    return FeedAnswer(dict(Counter(one.outcome for one in changes)), changes)


def _change(store: Store, kind: Kind, said: Mapping[str, Any], by: str) -> ChangeAnswer:
    heard = read_change(kind, said, now=store.clock(), normalise=normalise)
    (change,) = record_changes(store, [heard.row], source=by)
    return _answer(heard, change)


def _answer(heard: Heard, change: Change) -> ChangeAnswer:
    after = change.after
    not_had = sorted(heard.row.withdraws_from - _named_before(change.before))
    has = sorted(after.content.offers()) if after and not_had else []
    return ChangeAnswer(
        change.decision.value,
        tuple(LeftOut(*one) for one in heard.left_out),
        was_known=change.before is not None,
        not_had=tuple(not_had),
        has=tuple(has),
        lacks=_lacks(after),
    )


def _named_before(known: Known | None) -> frozenset[str]:
    return known.content.offers() | known.opted_out.keys() if known else frozenset()


def _lacks(known: Known | None) -> tuple[str, ...]:
    if known is None or not known.is_active:
        return ()
    return tuple(name for name in NEEDED if not getattr(known.content, name))


def _line(number: int, answer: ChangeAnswer) -> LineAnswer:
    return LineAnswer(
        number, answer.outcome, None, answer.left_out, answer.was_known, answer.not_had
    )
