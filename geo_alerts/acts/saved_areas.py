"""Target areas that people keep: saved once, changed by new versions, looked at after a change.

An area that is saved can be asked: every code that it names is known. Teams change, though; what an
activation of boundaries touches is listed for review until somebody has looked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection

from geo_alerts.acts.asker import Asker
from geo_alerts.acts.live import Live
from geo_alerts.acts.resolving import area_of, in_place
from geo_alerts.acts.upcoming import to_come
from geo_alerts.audiences.disclosure import Role, may_list
from geo_alerts.audiences.targets.areas import AnyArea
from geo_alerts.audiences.targets.named import Rehomed, rehomed
from geo_alerts.audiences.targets.resolving import with_metres
from geo_alerts.audiences.units.on_grid import on_grid
from geo_alerts.errors import ForbiddenError, InvalidInputError, NotFoundError
from geo_alerts.sources.personal_data import refuse_contact_details
from geo_alerts.store import saved_areas as stored
from geo_alerts.store.activations import Activation, activations
from geo_alerts.store.saved_areas import SavedArea, SavedAreaReview

LONGEST_NAME: Final = 100
LONGEST_NOTE: Final = 1_000


@dataclass(frozen=True, slots=True)
class OpenReview:
    """That somebody should look at a saved area.

    Attributes:
        saved: The area, in its latest version.
        seq: The number of the activation that touched it, by which the review is closed.
        version: The version that was looked at then.
        edition: The number of the edition that was activated.
        valid_from: The first day on which that edition holds.
        changes: What became of the codes that the area names, as JSON; see
            `boundaries.comparing.affected.Affected`.
        opened_at: When it was listed.
    """

    saved: SavedArea
    seq: int
    version: int
    edition: int
    valid_from: date
    changes: tuple[dict[str, Any], ...]
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class SavedAreaAnswer:
    """A saved area with all that is known of it.

    Attributes:
        saved: The version asked for.
        versions: All of them, the first one first.
        rehomed: The codes of that version that are gone, and what each stands for now.
        problem: Why that version reaches nobody as it is; None where it can be asked.
        reviews: What nobody has looked at yet, the oldest first.
        named_by: Saved areas whose latest version names this one: they change with it.
        is_unchanged: Whether a new version was wanted and none was made, the area being as it was.
    """

    saved: SavedArea
    versions: tuple[SavedArea, ...]
    rehomed: tuple[Rehomed, ...]
    problem: str | None
    reviews: tuple[OpenReview, ...]
    named_by: tuple[SavedArea, ...]
    is_unchanged: bool = False


def save(
    live: Live, name: str, area: AnyArea, asker: Asker, *, owner: str | None = None
) -> SavedAreaAnswer:
    """Keep a target area under a name; two areas may have the same.

    Args:
        live: Where to.
        name: What people call it.
        area: The area.
        asker: Who saves it.
        owner: Whose it is, as people see it; the asker's when None.

    Returns:
        It, with reviews where boundaries that are to come touch it already.

    Raises:
        InvalidInputError: The name cannot be used, or the area cannot be resolved.
        PersonalDataError: The name holds contact details.
        NotFoundError: The area names something that is not known.
        NotReadyError: No directory is imported.
        ConflictError: Boundaries were activated meanwhile.
        TooManyRequestsError: As much as is done at once is under way.
    """
    called = bounded("a name", name, LONGEST_NAME)
    coming = to_come(live, _known(live, area, asker.role))
    document = area.model_dump(mode="json")
    whose = asker.name if owner is None else owner
    saved = stored.save(live.store, called, whose, document, asker.who, coming)
    return show(live, saved.id, asker.role)


def save_version(
    live: Live,
    saved_area_id: str,
    area: AnyArea,
    asker: Asker,
    *,
    note: str = "",
    from_version: int | None = None,
) -> SavedAreaAnswer:
    """Keep a new version of a saved area; the earlier ones stay.

    Who may list people changes everybody's, the others their own. An area that is as the latest
    version has it makes no new one, whatever the note: so asking again changes nothing.

    Args:
        live: Where to.
        saved_area_id: Of the saved area.
        area: What it is from now on.
        asker: Who saves it.
        note: Why, in words.
        from_version: The latest version that the asker knew of; None to save after any.

    Returns:
        It, with reviews where boundaries that are to come touch it already; or the latest version,
        where nothing has changed since.

    Raises:
        UnknownSavedAreaError: There is no such saved area.
        ForbiddenError: It is somebody else's.
        InvalidInputError: The note is too long, or the area cannot be resolved.
        PersonalDataError: The note holds contact details.
        NotFoundError: The area names something that is not known.
        NotReadyError: No directory is imported.
        ConflictError: A later version was saved, or boundaries were activated, meanwhile.
        TooManyRequestsError: As much as is done at once is under way.
    """
    why = bounded("a note", note, LONGEST_NOTE) if note.strip() else ""
    with live.store.reading() as connection:
        latest = stored.saved_area(connection, saved_area_id)
    if not may_list(asker.role) and latest.owner != asker.name:
        raise ForbiddenError("only its owner and the roles alert_system and admin may change it")
    coming = to_come(live, _known(live, area, asker.role, saved_area_id))
    document = area.model_dump(mode="json")
    change = stored.Change(why, from_version)
    _, is_new = stored.save_version(live.store, saved_area_id, document, asker.who, change, coming)
    return replace(show(live, saved_area_id, asker.role), is_unchanged=not is_new)


def saved_areas(live: Live) -> list[SavedArea]:
    """The latest version of every saved area, by name."""
    with live.store.reading() as connection:
        return stored.saved_areas(connection)


def show(live: Live, saved_area_id: str, role: Role, version: int | None = None) -> SavedAreaAnswer:
    """A saved area, and what its codes stand for today.

    Args:
        live: Where to look.
        saved_area_id: Of the saved area.
        role: Who asks.
        version: Which one; the latest when None.

    Raises:
        UnknownSavedAreaError: There is no such saved area, or no such version.
        NotReadyError: No directory is imported.
    """
    with live.store.reading() as connection:
        saved = stored.saved_area(connection, saved_area_id, version)
        versions = stored.versions_of(connection, saved_area_id)
        open_reviews = _open_reviews(connection)
        every_one = stored.saved_areas(connection)
    gone, problem = _resolved(live, area_of(saved), role)
    return SavedAreaAnswer(
        saved=saved,
        versions=tuple(versions),
        rehomed=gone,
        problem=problem,
        reviews=tuple(one for one in open_reviews if one.saved.id == saved_area_id),
        named_by=tuple(one for one in every_one if _names(one.area, saved_area_id)),
    )


def reviews(live: Live) -> list[OpenReview]:
    """Every saved area that nobody has looked at since teams that it names changed."""
    with live.store.reading() as connection:
        return _open_reviews(connection)


def close_review(live: Live, saved_area_id: str, seq: int, *, by: str) -> bool:
    """Note that somebody looked at a saved area after an activation.

    Args:
        live: Where to.
        saved_area_id: Of the saved area.
        seq: The number of the activation, as the review tells it.
        by: Who looked.

    Returns:
        False when somebody had before, who stays the one.

    Raises:
        UnknownSavedAreaError: The activation opened no review of such an area.
    """
    return stored.close_review(live.store, saved_area_id, seq, by=by)


def bounded(what: str, text: str, longest: int) -> str:
    """A text that people write and others read, without spaces at its ends.

    Args:
        what: What it is, for messages.
        text: As it was written.
        longest: At most so many characters.

    Raises:
        InvalidInputError: It is empty or too long.
        PersonalDataError: It holds contact details.
    """
    if not 0 < len(text.strip()) <= longest:
        raise InvalidInputError(f"{what} has 1 to {longest:,} characters")
    refuse_contact_details(what, text)
    return text.strip()


def _open_reviews(connection: Connection) -> list[OpenReview]:
    found = stored.open_reviews(connection)
    saved = {one.id: one for one in stored.saved_areas(connection)} if found else {}
    made = {one.seq: one for one in activations(connection)} if found else {}
    return [_open_review(one, saved[one.saved_area_id], made[one.activation_seq]) for one in found]


def _open_review(found: SavedAreaReview, saved: SavedArea, made: Activation) -> OpenReview:
    return OpenReview(
        saved=saved,
        seq=found.activation_seq,
        version=found.version,
        edition=made.edition_id,
        valid_from=made.valid_from,
        changes=tuple(found.reason["changes"]),
        opened_at=found.opened_at,
    )


def _resolved(live: Live, area: AnyArea, role: Role) -> tuple[tuple[Rehomed, ...], str | None]:
    # What an area names may be gone since it was saved; then it is shown with the reason.
    try:
        whole = _known(live, area, role)
        gone = rehomed(whole, live.view().geography.layers_of(whole))
    except (InvalidInputError, NotFoundError) as error:
        return (), str(error)
    return gone, None


def _known(live: Live, area: AnyArea, role: Role, saved_area_id: str | None = None) -> AnyArea:
    # The area with what it names in place, once every code and postcode was looked up. Nobody is
    # counted: how wide a circle is that holds so many people is found when it is asked.
    whole, _ = in_place(live.store, area, role, part_of=saved_area_id)
    geography = live.view().geography
    drawn = with_metres(whole, lambda _: 1.0)
    on_grid(drawn, geography.directory, geography.layer, geography.layers_of(whole))
    return whole


def _names(document: Mapping[str, Any], saved_area_id: str) -> bool:
    # A target area as JSON: to make a value of each would cost more than to look.
    if document["type"] == "saved":
        return bool(document["id"] == saved_area_id)
    whole = [document["from"]] if "from" in document else []
    parts = [*whole, *document.get("without", ()), *document.get("areas", ())]
    return any(_names(part, saved_area_id) for part in parts)
