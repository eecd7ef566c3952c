"""Whom a selection reaches, person by person: for exact counts, and for lists that are frozen."""

from dataclasses import dataclass

from geo_alerts.acts.conditions import left_out_numbers
from geo_alerts.acts.live import NOW, Live, Snapshot, When
from geo_alerts.acts.resolving import Resolved, resolved
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.people.chosen import Chosen
from geo_alerts.audiences.people.unknown_labels import UnknownLabel, unknown_labels
from geo_alerts.audiences.selection import Selection


@dataclass(frozen=True, slots=True)
class Choice:
    """The recipients of a selection.

    Attributes:
        snapshot: What they were chosen from.
        resolved: What was asked in place of the selection.
        chosen: Who they are.
        unknown_labels: Groups and topics of the selection that nobody has.
    """

    snapshot: Snapshot
    resolved: Resolved
    chosen: Chosen
    unknown_labels: tuple[UnknownLabel, ...]


def choose(live: Live, selection: Selection, role: Role, when: When = NOW) -> Choice:
    """Choose the recipients of a selection, by exact counts.

    Args:
        live: What they are chosen from.
        selection: As it was asked.
        role: Who asks.
        when: Whose teams the people are counted by.

    Raises:
        InvalidInputError: The area cannot be resolved.
        NotFoundError: It names a team, a postcode, a saved area or an audience that is not known.
        NotReadyError: No directory is imported.
    """
    snapshot = live.snapshot(when)
    asked = resolved(live.store, snapshot, selection, snapshot.index.metres_holding, role)
    without = left_out_numbers(live, asked.selection)
    chosen = snapshot.choose(asked.selection, without=without, edges=True)
    unknown = unknown_labels(selection, lambda: snapshot.index.labels)
    return Choice(snapshot, asked, chosen, unknown)
