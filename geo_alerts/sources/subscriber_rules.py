"""What a row about a subscriber changes, given what is known: opt-out wins.

Everything known of a person carries the time at which it was true. The newest knowledge holds; of
two of one time a withdrawal holds, and of two others the one that came last. So in whatever order
files and single changes arrive, a person whose newest knowledge is a withdrawal is not active.

A row may say nothing of some fields: a file without the column. What is known of them stays, with
the time at which it was said. But nothing outlasts a withdrawal: after it nobody's channels are
known until they are said anew, also where the withdrawal is heard of last.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum


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
    """

    reference: str
    known_at: datetime
    withdraws: bool = False
    left_on: str = ""
    content: Content = EMPTY
    unsaid: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one subscriber.

    Attributes:
        is_active: Whether the person may be reached.
        known_at: When the newest of it was true.
        content: What is known; empty of a person who left.
        carried: Field -> when it was last said, for fields that the newest word is silent on.
    """

    is_active: bool
    known_at: datetime
    content: Content
    carried: Mapping[str, datetime] = field(default_factory=dict)


class Decision(StrEnum):
    """What becomes of a row."""

    ADDED = "added"
    CHANGED = "changed"
    CONFIRMED = "unchanged"
    WITHDRAWN = "withdrawn"
    STILL_WITHDRAWN = "still_withdrawn"
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
    if known is None:
        return Decision.WITHDRAWN if row.withdraws else Decision.ADDED
    if row.known_at < known.known_at:
        return Decision.LEFT_BEFORE if _voided(known, row) else Decision.OLDER
    if row.withdraws:
        return Decision.WITHDRAWN if known.is_active else Decision.STILL_WITHDRAWN
    if known.is_active:
        is_same = _merged(known.content, row) == known.content
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
    if known is not None and decision == Decision.LEFT_BEFORE:
        voided = _voided(known, row)
        kept = {name: at for name, at in known.carried.items() if name not in voided}
        content = known.content.with_fields_of(EMPTY, voided)
        return Known(known.is_active, known.known_at, content, kept)
    if row.withdraws:
        return Known(is_active=False, known_at=row.known_at, content=EMPTY)
    if known is None or not known.is_active:
        return Known(is_active=True, known_at=row.known_at, content=_merged(EMPTY, row))
    return Known(
        is_active=True,
        known_at=row.known_at,
        content=_merged(known.content, row),
        carried=_carried(known, row),
    )


def _voided(known: Known, row: SubscriberRow) -> frozenset[str]:
    # What is kept only because nothing newer was said, and was said no later than the person left.
    if not row.withdraws:
        return frozenset()
    return frozenset(name for name, at in known.carried.items() if at <= row.known_at)


def _merged(known: Content, row: SubscriberRow) -> Content:
    return row.content.with_fields_of(known, row.unsaid) if row.unsaid else row.content


def _carried(known: Known, row: SubscriberRow) -> dict[str, datetime]:
    said_at = {
        name: known.carried.get(name, known.known_at)
        for name in FIELDS
        if name in row.unsaid and getattr(known.content, name)
    }
    return {name: at for name, at in said_at.items() if at < row.known_at}
