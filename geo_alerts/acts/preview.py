"""Whom a selection would reach: counted as the role may see it; nothing is kept."""

from collections.abc import Mapping
from dataclasses import dataclass

from geo_alerts.acts.live import NOW, Inputs, Live, Snapshot, When
from geo_alerts.audiences.disclosure import (
    WITHHOLD_BELOW,
    Figures,
    Role,
    exact_figures,
    require_allowed,
)
from geo_alerts.audiences.named import Rehomed
from geo_alerts.audiences.selection import Selection
from geo_alerts.errors import WithheldError


@dataclass(frozen=True, slots=True)
class PreviewAnswer:
    """The figures of a selection.

    Attributes:
        figures: What the role may see.
        rehomed: Codes of the area that are gone, and what each stands for now.
        inputs: What the figures were made from.
    """

    figures: Figures
    rehomed: tuple[Rehomed, ...]
    inputs: Inputs


def preview(live: Live, selection: Selection, role: Role, when: When = NOW) -> PreviewAnswer:
    """Count whom a selection reaches, as the role may see it; nothing is kept.

    Args:
        live: What the answer is made from.
        selection: Area and filters.
        role: Who asks.
        when: Whose teams the people are counted by.

    Raises:
        WithheldError: The role may not ask this.
        InvalidInputError: The area cannot be resolved.
        NotFoundError: It names a team or a postcode that is not known.
        NotReadyError: No directory is imported.
    """
    sees_exact = live.policy.sees_exact(role)
    if not sees_exact:
        require_allowed(selection, role)
        if when != NOW:
            raise WithheldError(f"the role {role} may ask for figures of teams in force only")
    snapshot = live.snapshot(when)
    rehomed = snapshot.rehomed(selection)
    figures = exact_figures(snapshot.choose(selection).counts, team_names(snapshot))
    if not sees_exact and (rehomed or figures.people < WITHHOLD_BELOW):
        raise WithheldError(f"the role {role} may not see this figure")
    return PreviewAnswer(figures, rehomed, snapshot.inputs)


def references(snapshot: Snapshot, selection: Selection) -> list[str]:
    """References of whom a selection reaches, in order; for operators of the store.

    Raises:
        InvalidInputError: The area cannot be resolved.
        NotFoundError: It names a team or a postcode that is not known.
    """
    found: list[str] = snapshot.choose(selection).references().tolist()
    return found


def team_names(snapshot: Snapshot) -> Mapping[str, str]:
    """Team code -> name, of the teams asked about."""
    layer = snapshot.geography.layer
    return dict(zip(layer.code.tolist(), layer.name.tolist(), strict=True))
