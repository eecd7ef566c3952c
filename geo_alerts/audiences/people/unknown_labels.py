"""Groups and topics of a selection that nobody has: most likely mistyped, and told for that."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Final

from geo_alerts.audiences.selection import LabelFilter, Selection

# Names of one kind for which the nearest is looked up; a selection may name thousands.
LOOKED_UP: Final = 100


@dataclass(frozen=True, slots=True)
class UnknownLabel:
    """A group or topic that nobody has.

    Attributes:
        kind: `group` or `topic`.
        name: As it was asked for.
        nearest: The name most like it among those that somebody has; None where none is like it.
    """

    kind: str
    name: str
    nearest: str | None


def unknown_labels(
    selection: Selection, labels: Callable[[], Mapping[str, Collection[str]]]
) -> tuple[UnknownLabel, ...]:
    """The labels of a selection that nobody has, in the order in which they were asked for.

    Args:
        selection: What is asked.
        labels: Gives kind -> the names that somebody has; not asked where no label is.
    """
    if selection.groups.asks_nothing() and selection.topics.asks_nothing():
        return ()
    known = labels()
    return (
        *_unknown("group", selection.groups, known["group"]),
        *_unknown("topic", selection.topics, known["topic"]),
    )


def nearest_name(name: str, known: Collection[str]) -> str | None:
    """The name most like a given one, upper and lower case alike; None where none is like it."""
    by_folded = {one.casefold(): one for one in sorted(known, reverse=True)}
    found = get_close_matches(name.casefold(), by_folded, n=1)
    return by_folded[found[0]] if found else None


def _unknown(kind: str, asked: LabelFilter, known: Collection[str]) -> Iterator[UnknownLabel]:
    names = dict.fromkeys((*asked.any_of, *asked.all_of, *asked.none_of))
    missing = (name for name in names if name not in known)
    for name in islice(missing, LOOKED_UP):
        yield UnknownLabel(kind, name, nearest_name(name, known))
    for name in missing:
        yield UnknownLabel(kind, name, None)
