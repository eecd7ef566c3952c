"""Editions of boundaries: what there is, and where each stands in time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from geo_alerts.acts.live import Live
from geo_alerts.acts.named_by import refuse_while_named
from geo_alerts.errors import ConflictError, UnknownEditionError
from geo_alerts.store.activations import (
    Period,
    State,
    edition_by_id,
    in_force,
    list_editions,
    periods,
    states,
)
from geo_alerts.store.edition_removal import discard as removed
from geo_alerts.store.editions import Edition


@dataclass(frozen=True, slots=True)
class Days:
    """Days on which an edition is in force.

    Attributes:
        valid_from: The first.
        until: The first on which it no longer is; None when none is known.
    """

    valid_from: date
    until: date | None

    def holds(self, day: date) -> bool:
        """Whether a day is one of them."""
        return self.valid_from <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class EditionAnswer:
    """An edition of boundaries.

    Attributes:
        id: Its number, by which it is asked for.
        layer: `team` or another.
        label: What people call it.
        state: Where it stands today.
        days: When it is in force, in order; none of an edition that never is.
        valid_from: The day that its file names, ISO 8601; None where it names none.
        recorded_at: When it was imported.
        recorded_by: By whom.
        source_name: Name of the file.
        sha256: Of the file's content.
        licence: With attribution.
        is_demonstration: Whether the areas are made up.
        areas: How many.
        parent_layer: The layer that its areas are parts of.
        repaired_from: The number of the edition that this one is a repair of.
        checked_at: When it was checked last.
        check: What was found, as JSON.
        notes: Further facts, as JSON.
    """

    id: int
    layer: str
    label: str
    state: State
    days: tuple[Days, ...]
    valid_from: str | None
    recorded_at: datetime
    recorded_by: str
    source_name: str
    sha256: str
    licence: str
    is_demonstration: bool
    areas: int
    parent_layer: str | None
    repaired_from: int | None
    checked_at: datetime | None
    check: Mapping[str, Any] | None
    notes: Mapping[str, Any]


def editions(live: Live, layer: str | None = None) -> list[EditionAnswer]:
    """Every edition of boundaries, by layer, the latest import first.

    Args:
        live: Where to look.
        layer: Of this layer alone; of all when None.
    """
    with live.store.reading() as connection:
        found = [one for one in list_editions(connection, layer) if one.is_boundaries]
        answers = _answers(connection, live.today(), found)
    return sorted(answers, key=lambda one: (one.layer, -one.id))


def edition(live: Live, number: int) -> EditionAnswer:
    """One edition of boundaries.

    Raises:
        UnknownEditionError: No edition of boundaries has this number.
    """
    with live.store.reading() as connection:
        return _answers(connection, live.today(), [boundary_edition(connection, number)])[0]


def discard(live: Live, number: int) -> EditionAnswer:
    """Remove an edition that was never activated.

    Returns:
        What it was.

    Raises:
        UnknownEditionError: No edition of boundaries has this number.
        ConflictError: It was activated, and answers of the past name it; or another edition is a
            repair of it, whose original it is; or a saved area or a frozen audience names it.
    """
    answer = edition(live, number)
    repairs = [str(one.id) for one in editions(live, answer.layer) if one.repaired_from == number]
    if repairs:
        raise ConflictError(f"edition {number} is the original of edition {', '.join(repairs)}")
    with live.store.reading() as connection:
        refuse_while_named(connection, number, f"edition {number}")
    if not removed(live.store, number):
        raise ConflictError(f"edition {number} was activated: what was once in force is kept")
    return answer


def boundary_edition(connection: Connection, number: int) -> Edition:
    """The edition of boundaries of a number.

    Raises:
        UnknownEditionError: None has it.
    """
    found = edition_by_id(connection, number)
    if not found.is_boundaries:
        raise UnknownEditionError(f"edition {number} is one of {found.layer}, not of boundaries")
    return found


def before(connection: Connection, chosen: Edition, day: date, today: date) -> Edition | None:
    """The edition that another would take the place of on a day; None when there is none.

    On a day to come that is the one of its eve: what was to begin on the day itself never held.
    """
    day = day - timedelta(days=1) if day > today else day
    found = in_force(connection, day).get(chosen.layer)
    if found is None or found.id != chosen.id:
        return found
    earlier = [one for one in periods(connection, chosen.layer) if one.valid_from <= day]
    others = [one.edition for one in earlier if one.edition.id != chosen.id]
    return others[-1] if others else None


def usual_day(connection: Connection, chosen: Edition, today: date) -> date:
    """From when an edition is meant to hold, where nobody says otherwise.

    The day that its file names, if it is the first of its layer or the day is to come, else today.
    """
    if chosen.valid_from is None:
        return today
    named = date.fromisoformat(chosen.valid_from)
    return max(named, today) if periods(connection, chosen.layer) else named


def _answers(connection: Connection, today: date, found: list[Edition]) -> list[EditionAnswer]:
    state_of = states(connection, today)
    held: dict[str, list[Period]] = {
        layer: periods(connection, layer) for layer in {one.layer for one in found}
    }
    return [
        EditionAnswer(
            id=one.id,
            layer=one.layer,
            label=one.label,
            state=state_of[one.id],
            days=tuple(
                Days(period.valid_from, period.until)
                for period in held[one.layer]
                if period.edition.id == one.id
            ),
            valid_from=one.valid_from,
            recorded_at=one.recorded_at,
            recorded_by=one.recorded_by,
            source_name=one.source_name,
            sha256=one.sha256,
            licence=one.licence,
            is_demonstration=one.is_demonstration,
            areas=one.row_count,
            parent_layer=one.parent_layer,
            repaired_from=one.repaired_from,
            checked_at=one.checked_at,
            check=one.check_report,
            notes=one.notes,
        )
        for one in found
    ]
