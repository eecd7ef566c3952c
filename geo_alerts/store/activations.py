"""Boundaries in time: which edition of a layer is in force on which day.

An activation says that an edition holds from a day on. Activations are only ever added. That
edition is in force on a day whose activation has the greatest `valid_from` up to that day, of equal
days the one that was recorded last: so there are never two, and none only before the first day.
Days are British local dates.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from geo_alerts.errors import ConflictError, UnknownEditionError
from geo_alerts.sources.moments import LONDON
from geo_alerts.store.audit import append_by_admin
from geo_alerts.store.boundary_links import BoundaryLink, replace_links
from geo_alerts.store.columns import can_number_a_row
from geo_alerts.store.database import Store
from geo_alerts.store.editions import READABLE, Edition, active_editions, edition_of_row
from geo_alerts.store.sequence import lock_seq, next_seq
from geo_alerts.store.tables import (
    activation,
    boundary,
    edition,
    saved_area_review,
    saved_area_version,
)


class State(StrEnum):
    """Where an edition stands on a day."""

    DRAFT = "draft"
    CHECKED = "checked"
    SCHEDULED = "scheduled"
    ACTIVE = "active"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Activation:
    """That an edition holds from a day on.

    Attributes:
        seq: Number of the change; a later one has a greater number.
        layer: Of the edition.
        edition_id: Of the edition.
        valid_from: The first day.
        recorded_at: When it was recorded.
        recorded_by: Who did.
    """

    seq: int
    layer: str
    edition_id: int
    valid_from: date
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Review:
    """That somebody should look at a saved area after an activation.

    Attributes:
        saved_area_id: Of the area.
        version: Of the area, the one looked at.
        reason: What happened to it, as JSON.
    """

    saved_area_id: str
    version: int
    reason: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Consequences:
    """What is recorded together with an activation, or not at all.

    Attributes:
        links: To the areas of the editions before; also of the edition after, where the activation
            comes between two. They take the place of those of the same two editions.
        identities: Code -> identity, of the areas of the edition that is activated.
        reviews: To open.
        identities_after: As `identities`, of the edition after, by its number.
    """

    links: Sequence[BoundaryLink] = ()
    identities: Mapping[str, str] = field(default_factory=dict)
    reviews: Sequence[Review] = ()
    identities_after: Mapping[int, Mapping[str, str]] = field(default_factory=dict)


NO_CONSEQUENCES = Consequences()


class Period(NamedTuple):
    """Days on which one edition is in force.

    Attributes:
        edition: Which.
        valid_from: The first day.
        until: The first day on which it no longer is; None when none is known.
    """

    edition: Edition
    valid_from: date
    until: date | None


# --- looking --------------------------------------------------------------------------------------


def list_editions(connection: Connection, layer: str | None = None) -> list[Edition]:
    """Every edition that can be read, drafts too, in the order in which their imports began.

    Args:
        connection: A look at the store.
        layer: Of this layer alone; of all, also the simple ones, when None.
    """
    query = select(edition).where(edition.c.status.in_(READABLE)).order_by(edition.c.id)
    chosen = query if layer is None else query.where(edition.c.layer == layer)
    return [edition_of_row(row) for row in connection.execute(chosen)]


def edition_by_id(connection: Connection, edition_id: int) -> Edition:
    """The edition with this number.

    Raises:
        UnknownEditionError: None has it, or its rows were removed.
    """
    is_it = (edition.c.id == edition_id) & edition.c.status.in_(READABLE)
    row = None
    if can_number_a_row(edition_id):
        row = connection.execute(select(edition).where(is_it)).one_or_none()
    if row is None:
        raise UnknownEditionError(f"there is no edition {edition_id}")
    return edition_of_row(row)


def activations(connection: Connection, layer: str | None = None) -> list[Activation]:
    """Every activation in the order in which they were recorded.

    Args:
        connection: A look at the store.
        layer: Of this layer alone; of all when None.
    """
    query = select(activation).order_by(activation.c.seq)
    chosen = query if layer is None else query.where(activation.c.layer == layer)
    return [_activation(row) for row in connection.execute(chosen)]


def in_force(connection: Connection, day: date) -> dict[str, Edition]:
    """The edition of each layer that is in force on a day.

    Of postcodes, households and contacts the active edition, whatever the day.
    """
    latest: dict[str, int] = {}
    for one in effective(activations(connection)):
        if one.valid_from <= day:
            latest[one.layer] = one.edition_id
    editions = connection.execute(select(edition).where(edition.c.id.in_(latest.values())))
    found = [edition_of_row(row) for row in editions]
    return active_editions(connection) | {one.layer: one for one in found}


def effective(recorded: Iterable[Activation]) -> list[Activation]:
    """The activations that count, by layer and day: of one layer and day the one recorded last."""
    of_day: dict[tuple[str, date], Activation] = {}
    for one in sorted(recorded, key=lambda one: one.seq):
        of_day[one.layer, one.valid_from] = one
    return [of_day[key] for key in sorted(of_day)]


def day_of(moment: datetime) -> date:
    """The day of a moment in British time."""
    return moment.astimezone(LONDON).date()


def periods(connection: Connection, layer: str) -> list[Period]:
    """When which edition of a layer of boundaries is in force, in order and without a hole.

    Periods of one edition that meet are one.
    """
    editions = {one.id: one for one in list_editions(connection, layer)}
    counting = effective(activations(connection, layer))
    begun = [next(same) for _, same in groupby(counting, key=lambda one: one.edition_id)]
    ends: dict[int, date] = {one.seq: after.valid_from for one, after in pairwise(begun)}
    return [Period(editions[one.edition_id], one.valid_from, ends.get(one.seq)) for one in begun]


def states(connection: Connection, today: date) -> dict[int, State]:
    """Where every edition that can be read stands, by its number.

    Args:
        connection: A look at the store.
        today: The day to tell it for. An edition that is in force on it is active, also when it is
            activated again for later; one that was activated for days that passed or that others
            took is superseded.
    """
    recorded = activations(connection)
    current = {one.id for one in in_force(connection, today).values()}
    later = {one.edition_id for one in effective(recorded) if one.valid_from > today}
    once = {one.edition_id for one in recorded}

    def state_of(one: Edition) -> State:
        if one.id in current:
            return State.ACTIVE
        if one.id in later:
            return State.SCHEDULED
        return State.SUPERSEDED if one.id in once else State(one.status)

    return {one.id: state_of(one) for one in list_editions(connection)}


# --- changing -------------------------------------------------------------------------------------


def mark_checked(
    store: Store, edition_id: int, report: Mapping[str, Any], *, passed: bool
) -> Edition:
    """Keep what a check of boundaries found; a draft that passed is checked.

    A checked edition that did not pass this time is a draft again, unless it was ever activated.

    Args:
        store: Where.
        edition_id: Which edition.
        report: What was found, as JSON.
        passed: Whether it may be activated.

    Raises:
        UnknownEditionError: There is no such edition.
        ConflictError: It is not one of boundaries.
    """
    with store.writing() as connection:
        lock_seq(connection)
        found = _boundaries_by_id(connection, edition_id)
        status = "checked" if passed else "draft"
        if found.status == "checked" and _was_activated(connection, edition_id):
            status = "checked"
        values = {"status": status, "checked_at": store.clock(), "check_report": dict(report)}
        marked = update(edition).where(edition.c.id == edition_id).values(values)
        return edition_of_row(connection.execute(marked.returning(edition)).one())


def activate(
    store: Store,
    edition_id: int,
    valid_from: date,
    *,
    by: str,
    expected_seq: int,
    consequences: Consequences = NO_CONSEQUENCES,
) -> Activation:
    """Let a checked edition hold from a day on, and record what follows from that.

    Args:
        store: Where.
        edition_id: Of boundaries that were checked; it may have been activated before.
        valid_from: The first day; may be past.
        by: Who does it.
        expected_seq: The number of the latest change that the consequences were worked out from.
        consequences: What to record with it.

    Returns:
        What was recorded.

    Raises:
        UnknownEditionError: There is no such edition.
        ConflictError: It was not checked, or since `expected_seq` an edition of the layer was
            activated or a target area was saved, which may be one to review; nothing is recorded.
    """
    with store.writing() as connection:
        seq = next_seq(connection)
        chosen = _boundaries_by_id(connection, edition_id)
        chosen.require_checked()
        _require_unchanged(connection, chosen.layer, expected_seq)
        made = Activation(seq, chosen.layer, edition_id, valid_from, store.clock(), by)
        _record(connection, made, consequences)
        about = {"edition": edition_id, "label": chosen.label, "layer": chosen.layer}
        about["valid_from"] = valid_from.isoformat()
        append_by_admin(connection, "boundary.activate", by, made.recorded_at, about)
        return made


def _require_unchanged(connection: Connection, layer: str, expected_seq: int) -> None:
    of_layer = select(func.max(activation.c.seq)).where(activation.c.layer == layer)
    if (connection.execute(of_layer).scalar() or 0) > expected_seq:
        raise ConflictError(f"{layer} boundaries were activated meanwhile; look again")
    saved = connection.execute(select(func.max(saved_area_version.c.seq))).scalar()
    if (saved or 0) > expected_seq:
        raise ConflictError("somebody saved a target area meanwhile; look again")


def _record(connection: Connection, made: Activation, consequences: Consequences) -> None:
    values = {name: getattr(made, name) for name in activation.c.keys()}  # noqa: SIM118 - columns
    connection.execute(insert(activation).values(values))
    switched = update(edition).where(edition.c.id == made.edition_id)
    connection.execute(switched.values(switched_at=made.recorded_at, switched_seq=made.seq))
    _close_reviews_of_what_never_held(connection, made)
    replace_links(connection, consequences.links)
    given = {made.edition_id: consequences.identities, **consequences.identities_after}
    for edition_id, identities in given.items():
        _give_identities(connection, edition_id, identities)
    if consequences.reviews:
        opened = [
            {
                "saved_area_id": review.saved_area_id,
                "version": review.version,
                "activation_seq": made.seq,
                "reason": dict(review.reason),
                "opened_at": made.recorded_at,
            }
            for review in consequences.reviews
        ]
        connection.execute(insert(saved_area_review), opened)


def _give_identities(
    connection: Connection, edition_id: int, identities: Mapping[str, str]
) -> None:
    named = (boundary.c.edition_id == edition_id) & (boundary.c.code == bindparam("of"))
    given = [{"of": code, "given": to} for code, to in identities.items()]
    if given:
        connection.execute(update(boundary).where(named).values(identity=bindparam("given")), given)


def _close_reviews_of_what_never_held(connection: Connection, made: Activation) -> None:
    # Another edition was to begin on the day, which is still to come: nobody need review it.
    if day_of(made.recorded_at) >= made.valid_from:
        return
    others = select(activation.c.seq).where(
        activation.c.layer == made.layer,
        activation.c.valid_from == made.valid_from,
        activation.c.seq != made.seq,
    )
    is_open = saved_area_review.c.closed_at.is_(None) & saved_area_review.c.activation_seq.in_(
        others
    )
    closed = {"closed_at": made.recorded_at, "closed_by": made.recorded_by}
    connection.execute(update(saved_area_review).where(is_open).values(closed))


def _boundaries_by_id(connection: Connection, edition_id: int) -> Edition:
    found = edition_by_id(connection, edition_id)
    if not found.is_boundaries:
        raise ConflictError(f"edition {edition_id} is one of {found.layer}, not of boundaries")
    return found


def _was_activated(connection: Connection, edition_id: int) -> bool:
    query = select(activation.c.seq).where(activation.c.edition_id == edition_id).limit(1)
    return connection.execute(query).first() is not None


def _activation(row: Row[Any]) -> Activation:
    return Activation(**row._mapping)  # noqa: SLF001 - SQLAlchemy's way to a row's names
