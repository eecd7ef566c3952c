"""What a row about a subscriber changes, given what is known: opt-out wins.

Everything known of a person carries the time at which it was true. The newest knowledge holds; of
two of one time a withdrawal holds, and of two others the one that came last. So in whatever order
files and single changes arrive, a person whose newest knowledge is a withdrawal is not active.

A row may say nothing of some fields: a file without the column. What is known of them stays, with
the time at which it was said. But nothing outlasts a withdrawal: after it nobody's channels are
known until they are said anew, also where the withdrawal is heard of last. For the same reason a
row that is older than the newest word still holds for each field that was last said before it.

A withdrawal from a channel or a topic leaves the rest as it is. It is remembered with its time,
also of a person of whom nothing else is known, and takes away what was said no later than that,
whenever that is heard of. What is said later stands.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

CHANNEL_BITS: Final = {"email": 1, "text": 2, "voice": 4}

# What a withdrawal names: all, or a channel or topic with its name behind.
ALL: Final = "all"
CHANNEL: Final = "channel:"
TOPIC: Final = "topic:"

# Before anything was said: of a person of whom only withdrawals from channels or topics are known.
NEVER: Final = datetime(1900, 1, 1, tzinfo=UTC)
# Of a withdrawal that gives no time: when it is heard of, and after all that is known.
AT_ONCE: Final = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Content:
    """What is known of a subscriber who may be reached.

    Attributes:
        postcodes: Normalised, each once, in the order given.
        channels: Sum of 1 email, 2 text, 4 voice.
        groups: Sorted, each once.
        topics: Sorted, each once.
        joined_on: ISO 8601 date, or empty.
    """

    postcodes: tuple[str, ...] = ()
    channels: int = 0
    groups: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    joined_on: str = ""

    def with_fields_of(self, other: "Content", names: frozenset[str]) -> "Content":
        """This content with some fields of another."""
        return Content(*(getattr(other if name in names else self, name) for name in FIELDS))

    def offers(self) -> frozenset[str]:
        """The channels and topics that are consented to: `channel:text`, `topic:burglary`."""
        channels = (CHANNEL + name for name, bit in CHANNEL_BITS.items() if self.channels & bit)
        return frozenset((*channels, *(TOPIC + name for name in self.topics)))

    def without(self, offers: Collection[str]) -> "Content":
        """This content without some channels and topics, which need not be in it."""
        left = (bit for name, bit in CHANNEL_BITS.items() if CHANNEL + name in offers)
        topics = tuple(name for name in self.topics if TOPIC + name not in offers)
        return replace(self, channels=self.channels & ~sum(left), topics=topics)


FIELDS = tuple(one.name for one in fields(Content))
EMPTY = Content()


@dataclass(frozen=True, slots=True)
class SubscriberRow:
    """What a file or a caller says of one subscriber.

    Attributes:
        reference: The alert system's own.
        known_at: When it was true; of a withdrawal on a day, the end of that day.
        withdraws: Whether it is a withdrawal; then `content` is empty, for nothing of it is kept.
        left_on: ISO 8601 date or time of the withdrawal, or empty.
        content: What is kept otherwise.
        unsaid: The fields of `content` of which nothing is said; what they hold means nothing.
        withdraws_from: `channel:text`, `topic:burglary`: what the person withdraws from; then
            nothing else is said.
    """

    reference: str
    known_at: datetime
    withdraws: bool = False
    left_on: str = ""
    content: Content = EMPTY
    unsaid: frozenset[str] = frozenset()
    withdraws_from: frozenset[str] = frozenset()

    @property
    def is_withdrawal(self) -> bool:
        """Whether the person withdraws from anything."""
        return self.withdraws or bool(self.withdraws_from)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one subscriber.

    Attributes:
        is_active: Whether the person may be reached.
        known_at: When the newest of it was true; withdrawals from a channel or topic aside.
        content: What is known; empty of a person who left.
        carried: Field -> when it was last said, for fields that the newest word is silent on.
        opted_out: Channel or topic -> when the person last withdrew from it; none that is consented
            to.
    """

    is_active: bool
    known_at: datetime
    content: Content
    carried: Mapping[str, datetime] = field(default_factory=dict)
    opted_out: Mapping[str, datetime] = field(default_factory=dict)

    def said_at(self, offer: str) -> datetime:
        """When it was last said which channels, or which topics, are consented to."""
        return self.carried.get(_field_of(offer), self.known_at)


UNHEARD: Final = Known(is_active=False, known_at=NEVER, content=EMPTY)


@dataclass(frozen=True, slots=True)
class Leaving:
    """What takes a person out of lists that were made before, for good.

    Attributes:
        what: `all`, `channel:text` or `topic:burglary`.
        at: When it was true.
        is_late: Whether newer consent is known already: lists that were made since then stand.
    """

    what: str
    at: datetime
    is_late: bool = False


class Decision(StrEnum):
    """What becomes of a row."""

    ADDED = "added"
    CHANGED = "changed"
    CONFIRMED = "unchanged"
    WITHDRAWN = "withdrawn"
    STILL_WITHDRAWN = "still_withdrawn"
    PARTLY_WITHDRAWN = "partly_withdrawn"
    REJOINED = "rejoined"
    OLDER = "older_than_known"
    # A withdrawal heard of late, of a person who is known to be back: what was said before is void.
    LEFT_BEFORE = "left_and_came_back"


def decide(known: Known | None, row: SubscriberRow) -> Decision:
    """Decide what a row changes.

    Args:
        known: What is known of the person; None for nobody known.
        row: What is said now.
    """
    if row.withdraws_from:
        return _decide_partly(known, row)
    if known is None or known.known_at == NEVER:
        return Decision.WITHDRAWN if row.withdraws else Decision.ADDED
    if row.known_at < known.known_at:
        return _decide_late(known, row)
    if row.withdraws:
        return Decision.WITHDRAWN if known.is_active else Decision.STILL_WITHDRAWN
    if known.is_active:
        is_same = _heard(known, row).content == known.content
        return Decision.CONFIRMED if is_same else Decision.CHANGED
    return Decision.REJOINED if row.known_at > known.known_at else Decision.OLDER


def known_after(known: Known | None, row: SubscriberRow, decision: Decision) -> Known | None:
    """What is known once a row was decided about; None where the row changes nothing.

    Args:
        known: What was known before.
        row: What is said now.
        decision: Of `decide` for the two.
    """
    if decision == Decision.OLDER:
        return None
    if row.withdraws_from:
        return _partly_left(known, row)
    if known is not None and decision == Decision.LEFT_BEFORE:
        voided = _voided(known, row)
        kept = {name: at for name, at in known.carried.items() if name not in voided}
        return replace(known, content=known.content.with_fields_of(EMPTY, voided), carried=kept)
    if known is not None and _is_late(known, row):
        return _heard_late(known, row)
    if row.withdraws:
        later = known.opted_out.items() if known else ()
        opted_out = {offer: at for offer, at in later if at > row.known_at}
        return Known(is_active=False, known_at=row.known_at, content=EMPTY, opted_out=opted_out)
    return _heard(known, row)


def leavings(known: Known | None, row: SubscriberRow, after: Known | None) -> list[Leaving]:
    """What a row takes the person out of.

    A channel or topic that is said no more counts as withdrawn from: a list that was made before
    does not get it back when it is said again.

    Args:
        known: What was known before; nobody known is on no list.
        row: What is said now.
        after: Of `known_after`.
    """
    if known is None:
        return []
    now = after or known
    if row.withdraws and not now.is_active:
        return [Leaving(ALL, row.known_at)] if known.is_active else []
    gone = known.content.offers() - now.content.offers()
    gone |= now.opted_out.keys() - known.opted_out.keys()
    at_once = [Leaving(what, row.known_at) for what in sorted(gone)]
    return [*at_once, *(_late(known, row, now) if known.is_active else _forgotten(known, now))]


def _late(known: Known, row: SubscriberRow, now: Known) -> list[Leaving]:
    if row.withdraws:
        return [Leaving(ALL, row.known_at, is_late=True)]
    late = sorted(row.withdraws_from - now.opted_out.keys())
    return [Leaving(what, row.known_at, is_late=True) for what in late] + _forgotten(known, now)


def _forgotten(known: Known, now: Known) -> list[Leaving]:
    # What newer consent ends is written down with its time, so that it is no news when it is heard
    # of once more; nobody was put on a list meanwhile.
    ended = [(one, at) for one, at in known.opted_out.items() if one not in now.opted_out]
    if now.is_active and not known.is_active and known.known_at != NEVER:
        ended.append((ALL, known.known_at))
    return [Leaving(what, at, is_late=True) for what, at in sorted(ended)]


# --- withdrawals from a channel or topic ----------------------------------------------------------


def _field_of(offer: str) -> str:
    return "channels" if offer.startswith(CHANNEL) else "topics"


def _decide_partly(known: Known | None, row: SubscriberRow) -> Decision:
    if known is None or _partly_left(known, row) != known:
        return Decision.PARTLY_WITHDRAWN
    has_left = not known.is_active or row.withdraws_from <= known.opted_out.keys()
    return Decision.STILL_WITHDRAWN if has_left else Decision.OLDER


def _partly_left(known: Known | None, row: SubscriberRow) -> Known:
    before = known or UNHEARD
    at = row.known_at
    # Who left altogether left this as well.
    first = {offer for offer in row.withdraws_from if at >= before.said_at(offer)}
    stands = first if before.is_active or at > before.known_at else set()
    latest = {offer: max(at, before.opted_out.get(offer, at)) for offer in stands}
    content = before.content.without(stands)
    return replace(before, content=content, opted_out={**before.opted_out, **latest})


# --- words ----------------------------------------------------------------------------------------


def _heard(known: Known | None, row: SubscriberRow) -> Known:
    before = known.content if known else EMPTY
    merged = row.content.with_fields_of(before, row.unsaid) if row.unsaid else row.content
    opted_out = known.opted_out if known else {}
    left = {
        offer
        for offer, at in opted_out.items()
        if at >= row.known_at and _field_of(offer) not in row.unsaid
    }
    content = merged.without(left) if left else merged
    # What is said later than the person withdrew from it stands again.
    still = {offer: at for offer, at in opted_out.items() if offer not in content.offers()}
    carried = _carried(known, row) if known and known.is_active else {}
    return Known(
        is_active=True, known_at=row.known_at, content=content, carried=carried, opted_out=still
    )


def _is_late(known: Known, row: SubscriberRow) -> bool:
    return known.known_at != NEVER and row.known_at < known.known_at


def _decide_late(known: Known, row: SubscriberRow) -> Decision:
    if _voided(known, row):
        return Decision.LEFT_BEFORE
    after = _heard_late(known, row)
    if after == known:
        return Decision.OLDER
    return Decision.CONFIRMED if after.content == known.content else Decision.CHANGED


def _heard_late(known: Known, row: SubscriberRow) -> Known:
    # A field that is carried was not withdrawn since it was said: a withdrawal since then, in
    # whatever order it is heard of, ends the carrying. So the row may add to it as well.
    if row.withdraws or not known.is_active:
        return known
    names = frozenset(
        name for name, at in known.carried.items() if name not in row.unsaid and at <= row.known_at
    )
    left = {
        offer
        for offer, at in known.opted_out.items()
        if at >= row.known_at and _field_of(offer) in names
    }
    content = known.content.with_fields_of(row.content, names).without(left)
    still = {offer: at for offer, at in known.opted_out.items() if offer not in content.offers()}
    carried = {**known.carried, **dict.fromkeys(names, row.known_at)}
    return replace(known, content=content, carried=carried, opted_out=still)


def _voided(known: Known, row: SubscriberRow) -> frozenset[str]:
    # What is kept only because nothing newer was said, and was said no later than the person left.
    if not row.withdraws:
        return frozenset()
    return frozenset(name for name, at in known.carried.items() if at <= row.known_at)


def _carried(known: Known, row: SubscriberRow) -> dict[str, datetime]:
    said_at = {
        name: known.carried.get(name, known.known_at)
        for name in FIELDS
        if name in row.unsaid and (name in known.carried or getattr(known.content, name))
    }
    return {name: at for name, at in said_at.items() if at < row.known_at}
