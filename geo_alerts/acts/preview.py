"""Whom a selection would reach: counted as the role may see it; nothing is kept."""

from collections.abc import Mapping
from dataclasses import dataclass

from geo_alerts.acts.choosing import choose
from geo_alerts.acts.labels import require_open
from geo_alerts.acts.live import NOW, Inputs, Live, Snapshot, View, When
from geo_alerts.acts.protection import Protected, protected
from geo_alerts.acts.resolving import Resolved, resolved
from geo_alerts.acts.sentences import StoredNames
from geo_alerts.audiences.disclosure import Figures, Role, exact_figures
from geo_alerts.audiences.people.unknown_labels import UnknownLabel
from geo_alerts.audiences.selection import Selection
from geo_alerts.audiences.sentence import sentence
from geo_alerts.audiences.targets.named import Rehomed, rehomed
from geo_alerts.audiences.units.on_grid import on_grid


@dataclass(frozen=True, slots=True)
class PreviewAnswer:
    """The figures of a selection.

    Attributes:
        figures: What the role may see.
        resolved: What was asked in place of the selection.
        rehomed: Codes of the area that are gone, and what each stands for now.
        inputs: What the figures were made from.
        sentence: The selection in plain words.
        unknown_labels: Groups and topics of the selection that nobody has; none of estimates, which
            are refused where the label is not one that they may be filtered by.
    """

    figures: Figures
    resolved: Resolved
    rehomed: tuple[Rehomed, ...]
    inputs: Inputs
    sentence: str
    unknown_labels: tuple[UnknownLabel, ...] = ()


def preview(live: Live, selection: Selection, role: Role, when: When = NOW) -> PreviewAnswer:
    """Count whom a selection reaches, as the role may see it; nothing is kept.

    A role that may not see exact counts gets estimates from the latest release of protected ones,
    and nothing of its answer depends on anything else that is known of subscribers.

    Args:
        live: What the answer is made from.
        selection: Area and filters.
        role: Who asks.
        when: Whose teams the people are counted by.

    Raises:
        WithheldError: The role may not filter by this.
        InvalidInputError: The area cannot be resolved.
        NotFoundError: It names a team, a postcode, a saved area or an audience that is not known.
        NotReadyError: No directory is imported.
    """
    if live.policy.sees_exact(role):
        with live.courtesy.first():
            return _counted(live, selection, role, when)
    return estimated(live, selection, role, when)


def _counted(live: Live, selection: Selection, role: Role, when: When) -> PreviewAnswer:
    choice = choose(live, selection, role, when)
    snapshot, asked = choice.snapshot, choice.resolved
    figures = exact_figures(choice.chosen.counts, team_names(snapshot))
    gone = snapshot.rehomed(asked.selection)
    said = sentence(selection, StoredNames(live.store, snapshot.geography, role), asked.selection)
    return PreviewAnswer(figures, asked, gone, snapshot.inputs, said, choice.unknown_labels)


def estimated(live: Live, selection: Selection, role: Role, when: When = NOW) -> PreviewAnswer:
    """Estimate whom a selection reaches, from the latest release of protected counts.

    Args:
        live: What the answer is made from.
        selection: Area and filters.
        role: Who asks, by which layers of hotspots it is known which may be named.
        when: Whose teams the people are counted by.

    Raises:
        WithheldError: Nobody who is told estimates may filter by this.
        InvalidInputError: The area cannot be resolved.
        NotFoundError: It names a team, a postcode, a saved area or an audience that is not known.
        NotReadyError: No directory is imported.
    """
    view = live.view(when)
    require_open(live, selection)
    published = protected(live, view)
    with live.courtesy.first():
        return _estimated(live, view, published, selection, role)


def _estimated(
    live: Live, view: View, published: Protected, selection: Selection, role: Role
) -> PreviewAnswer:
    asked = resolved(live.store, view, selection, published.table.metres_holding, role)
    geography, area = view.geography, asked.selection.area
    layers = geography.layers_of(area)
    placed = on_grid(area, geography.directory, geography.layer, layers)
    figures = published.table.figures(placed, asked.selection)
    said = sentence(selection, StoredNames(live.store, geography, role), asked.selection)
    return PreviewAnswer(figures, asked, rehomed(area, layers), published.told(view.inputs), said)


def team_names(snapshot: Snapshot) -> Mapping[str, str]:
    """Team code -> name, of the teams asked about."""
    layer = snapshot.geography.layer
    return dict(zip(layer.code.tolist(), layer.name.tolist(), strict=True))
