"""Whom a selection would reach: counted as the role may see it; nothing is kept."""

from collections.abc import Mapping

from geo_alerts.acts.live import Snapshot
from geo_alerts.audiences.disclosure import (
    Figures,
    Role,
    figures_for,
    may_see_exact,
    require_allowed,
)
from geo_alerts.audiences.selection import Selection
from geo_alerts.errors import WithheldError


def preview(snapshot: Snapshot, selection: Selection, role: Role) -> Figures:
    """Count whom a selection reaches, as the role may see it; nothing is kept.

    Raises:
        WithheldError: The role may not ask this.
        InvalidInputError: The area cannot be resolved.
        NotFoundError: It names a team or a postcode that is not known.
    """
    require_allowed(selection, role)
    if snapshot.rehomed(selection) and not may_see_exact(role):
        # The ground of another day, less that of today, would tell of the few between them.
        raise WithheldError(f"the role {role} may ask for teams in force only")
    return figures_for(snapshot.choose(selection).counts, role, team_names(snapshot))


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
