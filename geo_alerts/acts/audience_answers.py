"""Frozen audiences as somebody may see them.

Who may not see exact counts is shown what was protected when the audience was frozen: the figures,
the distances that were worked out by them, and the time of the counts that they were made from.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from geo_alerts.acts.asker import Asker
from geo_alerts.acts.live import Inputs, Live
from geo_alerts.acts.preview import PreviewAnswer
from geo_alerts.acts.sentences import sentence_of
from geo_alerts.audiences.counts import Edge, LeftOut
from geo_alerts.audiences.disclosure import (
    FigureErrors,
    Figures,
    Role,
    TeamFigures,
    may_list,
)
from geo_alerts.audiences.people.unknown_labels import UnknownLabel
from geo_alerts.audiences.selection import Selection
from geo_alerts.errors import UnknownAudienceError
from geo_alerts.store.audiences import NO_AUDIENCE, Approval, Decision, Frozen, Kept

# What is kept beside the figures.
NO_FIGURES: Final = frozenset({"protected", "unknown_labels"})


class LawfulBasis(StrEnum):
    """Why it is lawful to reach people: article 6(1) of the UK GDPR, or part 3 of the DPA 2018."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    VITAL_INTERESTS = "vital_interests"
    PUBLIC_TASK = "public_task"
    LEGITIMATE_INTERESTS = "legitimate_interests"
    LAW_ENFORCEMENT = "law_enforcement"


@dataclass(frozen=True, slots=True)
class AudienceAnswer:
    """An audience as somebody may see it.

    Attributes:
        id: Its id.
        created_at: When it was frozen.
        created_by: Who asked for it.
        purpose: What for.
        lawful_basis: Why it is lawful; None of audiences frozen before it was asked.
        asked: The selection as it was asked for.
        selection: The same with distances and saved areas worked out.
        sentence: The selection in plain words, as it is asked for, approved and read.
        inputs: What it was made from.
        figures: How many it was; None where the reader may not see a figure of this selection.
        recipients_sha256: Of the list; None for who may not see exact counts.
        approval: Whether a second person's word is wanted, and what it was.
        decision: That word, where there is one.
        withdrawn_since: How many recipients may not be reached any more; None for who may not see
            exact counts.
        unknown_labels: Groups and topics of the selection that nobody had; none for who may not see
            exact counts.
    """

    id: str
    created_at: datetime
    created_by: str
    purpose: str
    lawful_basis: LawfulBasis | None
    asked: Selection
    selection: Selection
    sentence: str
    inputs: Inputs
    figures: Figures | None
    recipients_sha256: str | None
    approval: Approval
    decision: Decision | None
    withdrawn_since: int | None
    unknown_labels: tuple[UnknownLabel, ...] = ()


def answer_of(live: Live, kept: Kept, role: Role) -> AudienceAnswer:
    """An audience as a role may see it, which sees exact counts or does not.

    How many withdrew since is left open.
    """
    known = _as_seen(kept, sees_exact=live.policy.sees_exact(role))
    said = sentence_of(
        live,
        known.asked,
        role,
        answered=known.selection,
        teams=known.inputs.boundary_edition_id,
    )
    return replace(known, sentence=said)


def _as_seen(kept: Kept, *, sees_exact: bool) -> AudienceAnswer:
    # All but the sentence.
    frozen = kept.frozen
    asked = _selection(frozen.asked or frozen.selection)
    known = AudienceAnswer(
        id=frozen.id,
        created_at=frozen.created_at,
        created_by=frozen.created_by,
        purpose=frozen.purpose,
        lawful_basis=LawfulBasis(frozen.lawful_basis) if frozen.lawful_basis else None,
        asked=asked,
        selection=asked,
        sentence="",
        inputs=replace(Inputs(**frozen.inputs), subscribers_as_of=None),
        figures=None,
        recipients_sha256=None,
        approval=approval_of(kept),
        decision=kept.decision,
        withdrawn_since=None,
    )
    known = replace(known, figures=figures_of(frozen, sees_exact=sees_exact))
    protected = frozen.counts.get("protected")
    if sees_exact:
        return replace(
            known,
            selection=_selection(frozen.selection),
            inputs=Inputs(**frozen.inputs),
            recipients_sha256=frozen.recipients_sha256,
            unknown_labels=_unknown_labels(frozen.counts),
        )
    if protected is None:
        return known
    return replace(
        known,
        selection=_selection(protected["selection"]),
        inputs=Inputs(**protected["inputs"]),
    )


def figures_of(frozen: Frozen, *, sees_exact: bool) -> Figures | None:
    """How many an audience was: exact, or as it was estimated; None where there is no estimate."""
    if sees_exact:
        return _figures(frozen.counts)
    protected = frozen.counts.get("protected")
    return None if protected is None else _figures(protected["figures"])


def counts_json(
    exact: Figures,
    protected: PreviewAnswer | None,
    unknown: Sequence[UnknownLabel],
) -> dict[str, Any]:
    """The counts of an audience as they are kept.

    Args:
        exact: For who may see them.
        protected: For everybody else; None where nobody else may see a figure of the selection.
        unknown: Labels of the selection that nobody has.
    """
    shown = protected and {
        "figures": asdict(protected.figures),
        "inputs": asdict(protected.inputs),
        "selection": protected.resolved.selection.model_dump(mode="json"),
    }
    told = [asdict(one) for one in unknown]
    return {**asdict(exact), "protected": shown, "unknown_labels": told}


def approval_of(kept: Kept) -> Approval:
    """Whether a second person's word is wanted, and what it was."""
    if not kept.frozen.needs_approval:
        return Approval.NOT_NEEDED
    if kept.decision is None:
        return Approval.AWAITED
    return Approval.APPROVED if kept.decision.is_approved else Approval.REFUSED


def require_seen(frozen: Frozen, asker: Asker) -> None:
    """Refuse an audience that is not the asker's to see, as if there were none.

    Who may read recipients sees all audiences, a commander their own and those that need a second
    person, everybody else their own.

    Raises:
        UnknownAudienceError: It is not.
    """
    if not may_see(frozen.created_by, asker, needed_approval=frozen.needs_approval):
        raise UnknownAudienceError(NO_AUDIENCE)


def may_see(asked_by: str, asker: Asker, *, needed_approval: bool) -> bool:
    """Tell whether an audience is the asker's to see; see `require_seen`.

    Args:
        asked_by: Who asked for the audience.
        asker: Who would see it.
        needed_approval: Whether a second person's word on it is or was wanted.
    """
    is_theirs = may_list(asker.role) or asked_by == asker.who
    return is_theirs or (asker.role == Role.COMMANDER and needed_approval)


def _selection(document: Mapping[str, Any]) -> Selection:
    # From JSON, where a list may stand for what is a tuple in memory.
    return Selection.model_validate_json(json.dumps(document))


def _figures(counts: Mapping[str, Any]) -> Figures:
    shown = {name: value for name, value in counts.items() if name not in NO_FIGURES}
    shown["by_team"] = tuple(TeamFigures(**team) for team in shown["by_team"])
    if shown.get("edge"):
        shown["edge"] = Edge(**shown["edge"])
    if shown.get("errors"):
        shown["errors"] = _errors(shown["errors"])
    if "withheld" in shown:  # frozen by an earlier version
        del shown["withheld"]
        without_channel = shown.pop("without_channel")
        shown |= {"left_out": {LeftOut.NO_CHANNEL.value: without_channel}, "edge": None}
    return Figures(**shown)


def _errors(kept: Mapping[str, Any]) -> FigureErrors:
    edge = kept["edge"]
    return FigureErrors(kept["places"], kept["deliveries"], edge and Edge(**edge))


def _unknown_labels(counts: Mapping[str, Any]) -> tuple[UnknownLabel, ...]:
    # Audiences that were frozen before they were told have none.
    return tuple(UnknownLabel(**one) for one in counts.get("unknown_labels", ()))
