"""Selections and areas as sentences, with the names of what they name looked up.

A sentence is not stored: it follows from the stored selection. Of an audience that was frozen,
teams are called as they were in the edition that it was frozen by; layers of hotspots and versions
of saved areas never change.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from geo_alerts.acts.geography import Geography
from geo_alerts.acts.hotspots.described import months_of
from geo_alerts.acts.live import Live
from geo_alerts.acts.resolving import area_of
from geo_alerts.acts.restricted import seen_run
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.selection import Selection
from geo_alerts.audiences.sentence import area_sentence, sentence
from geo_alerts.audiences.targets.areas import AnyArea
from geo_alerts.audiences.targets.leaves import BoundaryArea, HotspotsArea, SavedLeaf, TeamArea
from geo_alerts.audiences.targets.named import layer_of
from geo_alerts.errors import InvalidInputError, NotFoundError, NotReadyError
from geo_alerts.hotspots.categories import category
from geo_alerts.places.layer import Layer
from geo_alerts.store.database import Store
from geo_alerts.store.hotspot_runs import Run
from geo_alerts.store.saved_areas import SavedArea, saved_area


@dataclass(frozen=True, slots=True)
class StoredNames:
    """What a store calls the parts of areas; a part that is gone is called by its code.

    Attributes:
        store: Where saved areas and layers of hotspots are.
        geography: Whose layers are in force; None while no directory is imported.
        role: Who reads: by which layers of hotspots it is known which may be named.
        teams: The number of the edition whose teams are meant where an area names none.
    """

    store: Store
    geography: Geography | None
    role: Role
    teams: int | None = None

    def areas(self, leaf: TeamArea | BoundaryArea) -> Sequence[str]:
        """The names of areas of a layer, in the order of their codes."""
        if isinstance(leaf, TeamArea) and leaf.edition is None and self.teams is not None:
            leaf = leaf.model_copy(update={"edition": self.teams})
        if self.geography is None:
            return leaf.codes
        try:
            layer = layer_of(leaf, self.geography.layers_of(leaf))
        except (InvalidInputError, NotFoundError):
            return leaf.codes
        return [_name(layer, code) for code in leaf.codes]

    def saved_area(self, leaf: SavedLeaf) -> str:
        """The name of a saved area."""
        try:
            with self.store.reading() as connection:
                return saved_area(connection, leaf.id, leaf.version).name
        except NotFoundError:
            return leaf.id

    def hotspots(self, leaf: HotspotsArea) -> str:
        """What a layer of hotspots is called."""
        try:
            with self.store.reading() as connection:
                return _layer_words(seen_run(connection, leaf.layer, self.role))
        except NotFoundError:
            return "hotspots that are not kept, or not shown to your role"


def sentence_of(
    live: Live,
    asked: Selection,
    role: Role,
    *,
    answered: Selection | None = None,
    teams: int | None = None,
) -> str:
    """A selection in words, for who reads it.

    Args:
        live: Where names are looked up.
        asked: As it was asked.
        role: Who reads.
        answered: The same with distances worked out.
        teams: The number of the edition of teams that it was answered by; those in force when None.
    """
    return sentence(asked, StoredNames(live.store, _geography(live), role, teams), answered)


def sentence_of_area(live: Live, area: AnyArea, role: Role) -> str:
    """An area in words, for who reads it."""
    return area_sentence(area, StoredNames(live.store, _geography(live), role))


def saved_in_words(live: Live, role: Role) -> Callable[[SavedArea], str]:
    """What tells versions of saved areas in words, for who reads them."""
    names = StoredNames(live.store, _geography(live), role)
    return lambda saved: area_sentence(area_of(saved), names)


def _geography(live: Live) -> Geography | None:
    try:
        return live.view().geography
    except NotReadyError:
        return None


def _name(layer: Layer, code: str) -> str:
    at = layer.find(code)
    if at is not None:
        return str(layer.name[at])
    gone = layer.successions.get(code)
    return code if gone is None else gone.name


def _layer_words(run: Run) -> str:
    if run.name:
        return f"the hotspots “{run.name}”"
    named = [category(slug).name for slug in run.question.get("categories", ())]
    of = ", ".join(name.lower() for name in named) or "all crime"
    return f"the hotspots of {of}, {months_of(run)}"
