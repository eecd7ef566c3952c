"""What a row about a subscriber changes, given what is known: opt-out wins.

Everything known of a person carries the time at which it was true. The newest knowledge holds; of
two of one time a withdrawal holds, and of two others the one that came last. So in whatever order
files and single changes arrive, a person whose newest knowledge is a withdrawal is not active.
"""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class SubscriberRow:
    """What a file or a caller says of one subscriber.

    Attributes:
        reference: The alert system's own.
        known_at: When it was true; of a withdrawal on a day, the end of that day.
        withdraws: Whether it is a withdrawal; then `content` is empty, for nothing of it is kept.
        left_on: ISO 8601 date or time of the withdrawal, or empty.
        content: What is kept otherwise.
    """

    reference: str
    known_at: datetime
    withdraws: bool = False
    left_on: str = ""
    content: Content = Content()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one subscriber so far."""

    is_active: bool
    known_at: datetime
    content: Content


class Decision(StrEnum):
    """What becomes of a row."""

    ADDED = "added"
    CHANGED = "changed"
    CONFIRMED = "unchanged"
    WITHDRAWN = "withdrawn"
    STILL_WITHDRAWN = "still_withdrawn"
    REJOINED = "rejoined"
    OLDER = "older_than_known"


def decide(known: Known | None, row: SubscriberRow) -> Decision:
    """Decide what a row changes.

    Args:
        known: What is known of the person; None for nobody known.
        row: What is said now.
    """
    if known is None:
        return Decision.WITHDRAWN if row.withdraws else Decision.ADDED
    if row.known_at < known.known_at:
        return Decision.OLDER
    if row.withdraws:
        return Decision.WITHDRAWN if known.is_active else Decision.STILL_WITHDRAWN
    if known.is_active:
        return Decision.CONFIRMED if row.content == known.content else Decision.CHANGED
    return Decision.REJOINED if row.known_at > known.known_at else Decision.OLDER


def is_news(known: Known | None, row: SubscriberRow, decision: Decision) -> bool:
    """Tell whether anything must be written: at least that the same is known at a later time."""
    if decision == Decision.OLDER:
        return False
    return (
        known is None
        or known.content != row.content
        or known.known_at < row.known_at
        or (known.is_active == row.withdraws)
    )
