"""Audiences that are frozen: asked for and shown.

Everybody who is signed in may ask for one. Who may not see exact counts sees the protected ones of
the same selection instead, and by these it is decided whether a second person must approve.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Final

from sqlalchemy import Connection

from geo_alerts.acts.asker import Asker
from geo_alerts.acts.audience_answers import (
    AudienceAnswer,
    LawfulBasis,
    answer_of,
    counts_json,
    require_seen,
)
from geo_alerts.acts.choosing import choose
from geo_alerts.acts.live import Live
from geo_alerts.acts.page_tokens import place_of, token_of
from geo_alerts.acts.preview import PreviewAnswer, estimated, preview, team_names
from geo_alerts.audiences.disclosure import Role, exact_figures, may_list
from geo_alerts.audiences.selection import Selection
from geo_alerts.errors import InvalidInputError, WithheldError
from geo_alerts.sources.personal_data import refuse_contact_details
from geo_alerts.store import audiences as stored
from geo_alerts.store import audit
from geo_alerts.store.audiences import Approval, Frozen, FrozenList, Which
from geo_alerts.store.recipients import left_since
from geo_alerts.store.sequence import latest_seq

LONGEST_PURPOSE: Final = 500

# Audiences of which it is held how many left.
COUNTS_HELD: Final = 256

_LIST: Final = "audiences"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an audience is asked for: whom to reach, what for, and why that is lawful."""

    selection: Selection
    purpose: str
    lawful_basis: LawfulBasis


@dataclass(frozen=True, slots=True)
class AudiencesPage:
    """Some audiences, the newest first; the token asks for what follows, None at the end."""

    audiences: tuple[AudienceAnswer, ...]
    next_page_token: str | None


def freeze(live: Live, wanted: Wanted, asker: Asker) -> AudienceAnswer:
    """Keep whom a selection reaches now, with the figures and the inputs.

    Raises:
        InvalidInputError: The area cannot be resolved, or the purpose is blank or too long.
        PersonalDataError: The purpose holds contact details.
        NotFoundError: It names a team, a postcode, a saved area or an audience that is not known.
        WithheldError: A figure of it is not for the asker's role.
        NotReadyError: No directory is imported.
    """
    purpose = purpose_of(wanted.purpose)
    sees_exact = live.policy.sees_exact(asker.role)
    protected = None if sees_exact else preview(live, wanted.selection, asker.role)
    # Distances that were worked out by protected counts stay as they are.
    choice = choose(
        live, protected.resolved.selection if protected else wanted.selection, asker.role
    )
    snapshot, chosen = choice.snapshot, choice.chosen
    figures = exact_figures(chosen.counts, team_names(snapshot))
    counted = protected.figures if protected else figures
    needs_approval = counted.people > live.policy.approval_above
    if sees_exact and needs_approval:
        protected = _for_limited_roles(live, wanted.selection, asker)
    listed = FrozenList.of(chosen.numbers, chosen.channels, chosen.control)
    frozen = Frozen(
        id=stored.new_id(),
        created_at=live.store.clock(),
        created_by=asker.who,
        purpose=purpose,
        lawful_basis=wanted.lawful_basis.value,
        asked=wanted.selection.model_dump(mode="json"),
        selection=choice.resolved.selection.model_dump(mode="json"),
        inputs=asdict(snapshot.inputs),
        counts=counts_json(figures, protected, choice.unknown_labels),
        recipients_sha256=listed.sha256(),
        recipient_count=len(chosen.numbers),
        control_count=len(chosen.control),
        needs_approval=needs_approval,
        subscribers_seq=snapshot.seq,
    )
    stored.save(live.store, frozen, listed, lambda connection: _note(connection, frozen, asker))
    return audience(live, frozen.id, asker)


def audience(live: Live, audience_id: str, asker: Asker) -> AudienceAnswer:
    """An audience as it was frozen, and how many may not be reached any more.

    Raises:
        UnknownAudienceError: There is none of this id that the asker may see.
    """
    sees_exact = live.policy.sees_exact(asker.role)
    with live.store.reading() as connection:
        kept = stored.load(connection, audience_id)
        require_seen(kept.frozen, asker)
        answer = answer_of(live, kept, asker.role)
        if not sees_exact:
            return answer
        # It changes with the subscribers alone, and a long list takes a while to look through.
        left = live.held.get(
            "left since",
            (audience_id, latest_seq(connection)),
            lambda: left_since(connection, audience_id),
            most=COUNTS_HELD,
        )
    return replace(answer, withdrawn_since=left)


def audiences(
    live: Live,
    asker: Asker,
    *,
    page_size: int,
    page_token: str | None,
    approval: Approval | None = None,
) -> AudiencesPage:
    """Audiences that the asker may see, the newest first; `withdrawn_since` is not worked out.

    Args:
        live: Where to look.
        asker: Who asks; see `audience_answers.require_seen`.
        page_size: How many a page has at most.
        page_token: Of the page before.
        approval: Only those of this state; None for any.

    Raises:
        InvalidPageTokenError: The token was not given by a page of this list.
    """
    before = place_of(_LIST, page_token) if page_token else None
    which = Which(
        asked_by=None if may_list(asker.role) else asker.who,
        or_needing_approval=asker.role == Role.COMMANDER,
        approval=approval,
    )
    with live.store.reading() as connection:
        page = stored.latest(connection, which, before=before, limit=page_size)
    shown = tuple(answer_of(live, kept, asker.role) for kept in page.audiences)
    return AudiencesPage(shown, None if page.is_last else token_of(_LIST, page.last))


def every_audience(
    live: Live, asker: Asker, *, approval: Approval | None = None, at_once: int = 100
) -> Iterator[AudienceAnswer]:
    """The same without end, page after page."""
    page = audiences(live, asker, page_size=at_once, page_token=None, approval=approval)
    yield from page.audiences
    while page.next_page_token is not None:
        token = page.next_page_token
        page = audiences(live, asker, page_size=at_once, page_token=token, approval=approval)
        yield from page.audiences


def is_as_frozen(live: Live, audience_id: str) -> bool:
    """Tell whether the list of an audience still has the hash that it was frozen with.

    Raises:
        UnknownAudienceError: There is none of this id.
    """
    with live.store.reading() as connection:
        return stored.is_as_frozen(connection, audience_id)


def _for_limited_roles(live: Live, selection: Selection, asker: Asker) -> PreviewAnswer | None:
    # A commander may have to approve what they would not be shown a figure of; the figures of an
    # area by a restricted layer tell of no place in it.
    if all(live.policy.sees_exact(role) for role in Role):
        return None
    try:
        return estimated(live, selection, asker.role)
    except WithheldError:
        return None


def _note(connection: Connection, frozen: Frozen, asker: Asker) -> None:
    asked = audit.canonical({"selection": frozen.asked})
    audit.append(
        connection,
        act="audience.freeze",
        who=asker.who,
        role=asker.role.value,
        at=frozen.created_at,
        details={
            "audience": frozen.id,
            "purpose": frozen.purpose,
            "lawful_basis": frozen.lawful_basis,
            # It is kept with the audience, and may be as large as a drawn shape.
            "selection_sha256": hashlib.sha256(asked.encode()).hexdigest(),
            "recipients": frozen.recipient_count,
            "control": frozen.control_count,
            "recipients_sha256": frozen.recipients_sha256,
            "needs_approval": frozen.needs_approval,
        },
    )


def purpose_of(text: str) -> str:
    """A purpose as it is kept.

    Raises:
        InvalidInputError: It is blank, too long, or holds what a purpose may not.
    """
    if not 0 < len(text.strip()) <= LONGEST_PURPOSE:
        raise InvalidInputError(f"a purpose has 1 to {LONGEST_PURPOSE:,} characters")
    refuse_contact_details("a purpose", text)
    return text.strip()
