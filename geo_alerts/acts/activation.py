"""Putting an edition of boundaries in force from a day on, with all that follows from it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from geo_alerts.acts.changes import (
    AffectedArea,
    CompareAnswer,
    affected_areas,
    compare,
    comparison_of,
    told,
)
from geo_alerts.acts.editions import EditionAnswer, before, boundary_edition, edition, usual_day
from geo_alerts.acts.live import Live
from geo_alerts.acts.words import counted
from geo_alerts.errors import ConflictError
from geo_alerts.places.layer import TEAM
from geo_alerts.store import activations as stored
from geo_alerts.store.activations import BoundaryLink, Consequences, Review, periods
from geo_alerts.store.editions import Edition
from geo_alerts.store.layers import load_layer
from geo_alerts.store.saved_areas import saved_areas
from geo_alerts.store.sequence import latest_seq

if TYPE_CHECKING:
    from boundaries.comparing.affected import Affected
    from boundaries.comparing.links import Link

# When a larger part of the people would have another team, somebody is asked first.
MOST_MOVED: Final = 0.02


@dataclass(frozen=True, slots=True)
class ActivationAnswer:
    """What an activation did.

    Attributes:
        edition: The edition, as it stands now.
        valid_from: The first day on which it is in force.
        changed: False where it was in force on that day already, and nothing was recorded.
        to_review: Saved areas that were listed for review.
    """

    edition: EditionAnswer
    valid_from: date
    changed: bool
    to_review: tuple[AffectedArea, ...] = ()


@dataclass(frozen=True, slots=True)
class ActivationPreview:
    """What an activation would do.

    Attributes:
        valid_from: The first day on which the edition would be in force.
        changed: False where it is in force on that day already, and nothing would be recorded.
        compared: With the edition whose place it would take on that day; None where nothing would
            be recorded.
    """

    valid_from: date
    changed: bool
    compared: CompareAnswer | None

    @property
    def why_ask(self) -> tuple[str, ...]:
        """Why a person should say yes first, in words; nothing of a layer's first edition."""
        if self.compared is None or self.compared.old is None:
            return ()
        saved = {one.saved.id for one in self.compared.saved}
        reasons = (
            [f"{counted(len(saved), 'saved area', 'saved areas')} to be reviewed"] if saved else []
        )
        comparison = self.compared.comparison
        moved, people = comparison.people_moved or 0, comparison.people_asked or 0
        if moved > MOST_MOVED * people:
            who = counted(moved, "person", "people")
            other = "team" if self.compared.new.layer == TEAM else "area"
            reasons.append(f"{who} in another {other} or none, {moved / people:.1%} of all")
        return tuple(reasons)


def preview(live: Live, number: int, valid_from: date | None) -> ActivationPreview:
    """What `activate` would do; nothing is recorded.

    Raises:
        UnknownEditionError: No edition of boundaries has this number.
        ConflictError: It was not checked.
    """
    place = _place(live, number, valid_from)
    if place.chosen.status != "checked":
        raise ConflictError(
            f"edition {number} is a {place.chosen.status}: it must pass a check first "
            f"(geo-alerts boundaries check {number})"
        )
    if place.is_in_force:
        return ActivationPreview(place.day, changed=False, compared=None)
    answer = compare(live, None, number, day=place.day)
    return ActivationPreview(place.day, changed=True, compared=answer)


def activate(
    live: Live, number: int, valid_from: date | None, *, by: str, seen_seq: int | None = None
) -> ActivationAnswer:
    """Let a checked edition hold from a day on.

    Teams that go on keep their identity, what became of the others is recorded, and saved areas
    that are concerned are listed for review, all in one transaction with the activation.

    Args:
        live: Where.
        number: Of the edition.
        valid_from: The first day; when None the day that the edition's file names, if it is the
            first of its layer or the day is to come, else today.
        by: Who does it.
        seen_seq: The number of the latest change in the comparison that whoever decides has seen.

    Raises:
        UnknownEditionError: No edition of boundaries has this number.
        ConflictError: It was not checked, or since `seen_seq` or meanwhile another one of the layer
            was activated or a target area was saved.
    """
    place = _place(live, number, valid_from)
    chosen, day = place.chosen, place.day
    if place.is_in_force:
        return ActivationAnswer(edition(live, number), day, changed=False)
    seq = place.seq if seen_seq is None else seen_seq
    consequences, to_review = _consequences(live, place.previous, chosen, place.following)
    stored.activate(live.store, number, day, by=by, expected_seq=seq, consequences=consequences)
    return ActivationAnswer(edition(live, number), day, changed=True, to_review=to_review)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in time an edition would go: between which others, as of a change of the store."""

    seq: int
    chosen: Edition
    day: date
    is_in_force: bool
    previous: Edition | None
    following: Edition | None


def _place(live: Live, number: int, valid_from: date | None) -> _Place:
    with live.store.reading() as connection:
        seq = latest_seq(connection)
        chosen = boundary_edition(connection, number)
        day = valid_from or usual_day(connection, chosen, live.today())
        held = periods(connection, chosen.layer)
        is_in_force = any(
            one.edition.id == number
            and one.valid_from <= day
            and (one.until is None or day < one.until)
            for one in held
        )
        previous = before(connection, chosen, day)
    following = next((one.edition for one in held if one.valid_from > day), None)
    return _Place(seq, chosen, day, is_in_force, previous, following)


def _consequences(
    live: Live, previous: Edition | None, chosen: Edition, following: Edition | None
) -> tuple[Consequences, tuple[AffectedArea, ...]]:
    # The links to the edition before, and where the new one comes between two, to the one after.
    from boundaries.comparing.links import identities, links  # noqa: PLC0415

    comparison = comparison_of(live, previous, chosen)
    old, new = comparison.old, comparison.new
    links_of = [] if previous is None else _links(comparison.links, previous, chosen)
    if following is not None and following.id != chosen.id:
        with live.store.reading() as connection:
            later = load_layer(connection, following)
        links_of += _links(links(new, later), chosen, following)
    with live.store.reading() as connection:
        to_review = affected_areas(saved_areas(connection), comparison)
    reviews = [
        Review(saved_id, version, {"changes": [told(one) for one in whats]})
        for (saved_id, version), whats in _by_area(to_review).items()
    ]
    given = identities(old, new, comparison.links)
    return Consequences(links=links_of, identities=given, reviews=reviews), to_review


def _by_area(found: Sequence[AffectedArea]) -> dict[tuple[str, int], list["Affected"]]:
    by_area: dict[tuple[str, int], list[Affected]] = defaultdict(list)
    for one in found:
        by_area[one.saved.id, one.saved.version].append(one.what)
    return by_area


def _links(found: Sequence["Link"], previous: Edition, chosen: Edition) -> list[BoundaryLink]:
    return [
        BoundaryLink(
            edition_id=chosen.id,
            code=link.new_code or "",
            previous_edition_id=previous.id,
            previous_code=link.old_code or "",
            kind=link.kind,
            share_of_previous=link.share_of_old,
            share_of_this=link.share_of_new,
        )
        for link in found
    ]
