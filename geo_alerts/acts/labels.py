"""Groups and topics by name, and which of them are sensitive.

By a sensitive one limited roles may not filter, from the moment it is marked; the next release of
protected counts holds no counts of it.
"""

from dataclasses import dataclass
from typing import Final

from geo_alerts.acts.live import Live
from geo_alerts.acts.protection import protected
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.people.unknown_labels import UnknownLabel, nearest_name
from geo_alerts.audiences.protection.protected import NOT_OPEN, label_of
from geo_alerts.audiences.selection import Selection
from geo_alerts.errors import InvalidInputError, WithheldError
from geo_alerts.store.audit import append_by_admin
from geo_alerts.store.labels import (
    LabelKind,
    mark_sensitive,
    sensitive_labels,
    unmark_sensitive,
)
from geo_alerts.store.protection import people_of_labels

LONGEST_LABEL: Final = 100


@dataclass(frozen=True, slots=True)
class Label:
    """A group or a topic.

    Attributes:
        kind: Which of the two.
        name: What it is called.
        is_sensitive: Whether limited roles may not filter by it.
    """

    kind: LabelKind
    name: str
    is_sensitive: bool


@dataclass(frozen=True, slots=True)
class Marked:
    """What marking a label came to.

    Attributes:
        is_new: Whether it changed anything.
        unknown: The label, where it was marked though nobody has it; None else.
    """

    is_new: bool
    unknown: UnknownLabel | None


def labels(live: Live, role: Role) -> tuple[Label, ...]:
    """Groups and topics by name: all of them, or of limited roles those they may filter by.

    Raises:
        NotReadyError: No directory is imported.
    """
    with live.store.reading() as connection:
        sensitive = sensitive_labels(connection)
        known = frozenset(people_of_labels(connection)) if live.policy.sees_exact(role) else None
    if known is None:
        known = frozenset(protected(live, live.view()).table.labels) - sensitive
        sensitive = frozenset()
    found = (_label(label, label in sensitive) for label in known | sensitive)
    return tuple(sorted(found, key=lambda one: (one.kind, one.name)))


def set_sensitive(live: Live, kind: LabelKind, name: str, *, sensitive: bool, by: str) -> Marked:
    """Mark a label as sensitive, or take the mark off; it need not be known yet.

    Raises:
        InvalidInputError: The name is empty or too long.
    """
    if not 0 < len(name) <= LONGEST_LABEL:
        raise InvalidInputError(f"a group or topic has a name of 1 to {LONGEST_LABEL} characters")
    at = live.store.clock()
    with live.store.writing() as connection:
        if sensitive:
            is_new = mark_sensitive(connection, kind, name, at=at, by=by)
        else:
            is_new = unmark_sensitive(connection, kind, name)
        known = people_of_labels(connection) if sensitive else {}
        if is_new:
            details = {"kind": kind, "name": name, "sensitive": sensitive}
            append_by_admin(connection, "label.sensitive", by, at, details)
    if not sensitive or f"{kind}:{name}" in known:
        return Marked(is_new, None)
    names = [one.partition(":")[2] for one in known if one.startswith(f"{kind}:")]
    return Marked(is_new, UnknownLabel(kind, name, nearest_name(name, names)))


def require_open(live: Live, selection: Selection) -> None:
    """Refuse a selection that filters by more than one label, or by a sensitive one.

    What is refused is told in the same words, whether a label is sensitive, rare or unknown.

    Raises:
        WithheldError: It does.
    """
    label = label_of(selection)
    with live.store.reading() as connection:
        if label is None or label in sensitive_labels(connection):
            raise WithheldError(NOT_OPEN)


def _label(label: str, is_sensitive: bool) -> Label:  # noqa: FBT001 - a fact of the label
    kind, _, name = label.partition(":")
    return Label("group" if kind == "group" else "topic", name, is_sensitive)
