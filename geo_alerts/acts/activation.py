"""Putting an edition of boundaries in force from a day on, with all that follows from it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

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
from geo_alerts.places.layer import TEAM, Layer
from geo_alerts.store import activations as stored
from geo_alerts.store.activations import (
    Consequences,
    Review,
    in_force,
    periods,
)
from geo_alerts.store.boundary_links import BoundaryLink
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
            change: it is in force already, or merely stays so because what was to come is not.
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
    place.chosen.require_checked()
    if place.is_in_force or place.is_return:
        return ActivationPreview(place.day, changed=place.is_return, compared=None)
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
    day = place.day
    if place.is_in_force:
        return ActivationAnswer(edition(live, number), day, changed=False)
    # What is worked out here is no newer than the look, whatever was seen.
    seq = place.seq if seen_seq is None else min(place.seq, seen_seq)
    consequences, to_review = _consequences(live, place)
    stored.activate(live.store, number, day, by=by, expected_seq=seq, consequences=consequences)
    return ActivationAnswer(edition(live, number), day, changed=True, to_review=to_review)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in time an edition would go: between which others, as of a change of the store.

    It returns where it is in force on the eve of a day to come on which another would have begun.
    """

    seq: int
    chosen: Edition
    day: date
    is_in_force: bool
    is_return: bool
    previous: Edition | None
    following: Edition | None
    following_is_to_come: bool


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
        previous = before(connection, chosen, day, live.today())
        on_the_eve = in_force(connection, day - timedelta(days=1)).get(chosen.layer)
    is_return = (
        day > live.today()
        and not is_in_force
        and on_the_eve is not None
        and on_the_eve.id == number
    )
    following = next((one.edition for one in held if one.valid_from > day), None)
    to_come = following is not None and not any(
        one.edition.id == following.id and one.valid_from <= live.today() for one in held
    )
    return _Place(seq, chosen, day, is_in_force, is_return, previous, following, to_come)


def _consequences(live: Live, place: _Place) -> tuple[Consequences, tuple[AffectedArea, ...]]:
    after = _after(live, place)
    if place.is_return:
        # Nothing changes on the day; but what follows has another edition before it now.
        new = _loaded(live, place.chosen)
        return Consequences(after.links, identities_after=after.identities_from(new)), ()
    from boundaries.comparing.links import identities  # noqa: PLC0415

    comparison = comparison_of(live, place.previous, place.chosen)
    new, given = comparison.new, dict[str, str]()
    # What has lasting identities keeps them, whenever it is activated again.
    if not all(new.identity):
        given = identities(comparison.old, new, comparison.links, after.layer, after.found)
        new = replace(new, identity=np.array([given[code] for code in new.code.tolist()]))
    with live.store.reading() as connection:
        saved = saved_areas(connection)
    to_review = affected_areas(live.store, saved, comparison)
    reviews = [
        Review(saved_id, version, {"changes": [told(one) for one in whats]})
        for (saved_id, version), whats in _by_area(to_review).items()
    ]
    links = _links(comparison.links, place.previous, place.chosen)
    links += after.links
    return Consequences(links, given, reviews, after.identities_from(new)), to_review


@dataclass(frozen=True, eq=False)
class _After:
    """The edition that follows, and what its areas have to do with those of the one before it.

    `is_to_come` where it has never held: nobody has relied on its identities yet.
    """

    edition: Edition | None
    layer: Layer | None
    found: tuple["Link", ...]
    links: list[BoundaryLink]
    is_to_come: bool

    def identities_from(self, new: Layer) -> dict[int, dict[str, str]]:
        """Its identities when it comes after these areas, by its number; none where they stay."""
        from boundaries.comparing.links import identities  # noqa: PLC0415

        if self.edition is None or self.layer is None or not self.is_to_come:
            return {}
        return {self.edition.id: identities(new, self.layer, self.found)}


def _after(live: Live, place: _Place) -> _After:
    from boundaries.comparing.links import links  # noqa: PLC0415

    following = place.following
    if following is None or following.id == place.chosen.id:
        return _After(None, None, (), [], is_to_come=False)
    later = _loaded(live, following)
    found = links(_loaded(live, place.chosen), later)
    recorded = _links(found, place.chosen, following)
    return _After(following, later, found, recorded, is_to_come=place.following_is_to_come)


def _loaded(live: Live, chosen: Edition) -> Layer:
    with live.store.reading() as connection:
        return load_layer(connection, chosen)


def _by_area(found: Sequence[AffectedArea]) -> dict[tuple[str, int], list["Affected"]]:
    by_area: dict[tuple[str, int], list[Affected]] = defaultdict(list)
    for one in found:
        by_area[one.saved.id, one.saved.version].append(one.what)
    return by_area


def _links(
    found: Sequence["Link"], previous: Edition | None, chosen: Edition
) -> list[BoundaryLink]:
    return (
        []
        if previous is None
        else [
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
    )
