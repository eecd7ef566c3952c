"""A second person's word on an audience that is large."""

from enum import StrEnum
from typing import Final

from sqlalchemy import Connection

from geo_alerts.acts.asker import Asker
from geo_alerts.acts.audience_answers import approval_of, require_seen
from geo_alerts.acts.live import Live
from geo_alerts.audiences.disclosure import may_approve
from geo_alerts.errors import (
    ApprovalNeededError,
    ConflictError,
    ForbiddenError,
    InvalidInputError,
)
from geo_alerts.sources.personal_data import refuse_contact_details
from geo_alerts.store import audiences as stored
from geo_alerts.store import audit
from geo_alerts.store.audiences import Approval, Decision, Frozen, Kept
from geo_alerts.store.keys import name_of

LONGEST_NOTE: Final = 1_000


class Hindrance(StrEnum):
    """Why somebody may not say a second person's word on an audience."""

    NOT_AWAITED = "not_awaited"
    ROLE = "role"
    OWN = "own"


def decide(
    live: Live, audience_id: str, asker: Asker, *, is_approved: bool, note: str = ""
) -> None:
    """Approve or refuse an audience, as a second person; saying the same again changes nothing.

    Raises:
        UnknownAudienceError: There is none of this id that the asker may see.
        ForbiddenError: The role may not decide, or the asker asked for the audience.
        ConflictError: The audience needs nobody's word, or somebody said otherwise before.
        InvalidInputError: The note is too long.
        PersonalDataError: The note holds contact details.
    """
    if not may_approve(asker.role):
        raise ForbiddenError("only the roles commander and admin may approve an audience")
    if len(note) > LONGEST_NOTE:
        raise InvalidInputError(f"a note has at most {LONGEST_NOTE:,} characters")
    refuse_contact_details("a note", note)
    said = Decision(is_approved, live.store.clock(), asker.who, note.strip())
    with live.store.writing() as connection:
        frozen = stored.load(connection, audience_id).frozen
        require_seen(frozen, asker)
        if not frozen.needs_approval:
            raise ConflictError("this audience needs nobody's approval")
        if _asked_for_it(connection, frozen, asker):
            raise ForbiddenError("a second person must decide: whoever asked for it may not")
        kept, is_new = stored.decide(connection, audience_id, said)
        if kept.is_approved != is_approved:
            was = "approved" if kept.is_approved else "refused"
            raise ConflictError(f"{kept.decided_by} {was} this audience before")
        if is_new:
            _note(connection, said, frozen, asker)


def hindrance(live: Live, audience_id: str, asker: Asker) -> Hindrance | None:
    """Why the asker may not approve or refuse an audience; None where they may.

    It is for showing what can be done: `decide` looks for itself.

    Raises:
        UnknownAudienceError: There is none of this id that the asker may see.
    """
    with live.store.reading() as connection:
        kept = stored.load(connection, audience_id)
        require_seen(kept.frozen, asker)
        is_own = _asked_for_it(connection, kept.frozen, asker)
    if approval_of(kept) != Approval.AWAITED:
        return Hindrance.NOT_AWAITED
    if is_own:
        return Hindrance.OWN
    return None if may_approve(asker.role) else Hindrance.ROLE


def require_approved(kept: Kept) -> None:
    """Refuse what may be done only with audiences that a second person approved.

    Raises:
        ApprovalNeededError: Nobody has approved this one, or somebody refused it.
    """
    state = approval_of(kept)
    if state == Approval.REFUSED:
        raise ApprovalNeededError("a second person refused this audience")
    if state == Approval.AWAITED:
        raise ApprovalNeededError("a second person must approve this audience first")


def _asked_for_it(connection: Connection, frozen: Frozen, asker: Asker) -> bool:
    # Neither by another key nor by another session may somebody be their own second person.
    kind, _, known_as = frozen.created_by.partition(":")
    name = name_of(connection, known_as) if kind == "key" else known_as
    return frozen.created_by == asker.who or _folded(name) == _folded(asker.name)


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _note(connection: Connection, said: Decision, frozen: Frozen, asker: Asker) -> None:
    audit.append(
        connection,
        act="audience.approve" if said.is_approved else "audience.refuse",
        who=asker.who,
        role=asker.role.value,
        at=said.decided_at,
        details={
            "audience": frozen.id,
            "recipients_sha256": frozen.recipients_sha256,
            "note": said.note,
        },
    )
