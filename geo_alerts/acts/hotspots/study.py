"""The study area of a question: what it names, else the force's boundary, else all teams."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from geo_alerts.acts.forces import FORCE, force_in
from geo_alerts.acts.hotspots.questions import Question
from geo_alerts.acts.live import Live
from geo_alerts.acts.resolving import SavedVersion, in_place
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.targets.areas import AnyArea
from geo_alerts.audiences.targets.leaves import SavedLeaf, TeamArea
from geo_alerts.audiences.units.ground_of import ground_of
from geo_alerts.audiences.units.on_grid import on_grid
from geo_alerts.errors import InvalidInputError, NotReadyError
from geo_alerts.hotspots.crimes import Floats
from geo_alerts.places.layer import TEAM, Layer
from geo_alerts.store.activations import in_force
from geo_alerts.store.editions import Edition
from geo_alerts.store.layers import load_layer
from geo_alerts.store.saved_areas import saved_area


@dataclass(frozen=True, eq=False)
class Study:
    """A study area.

    Attributes:
        ground: A polygon or several, EPSG:27700.
        words: What it is.
        editions: The editions of boundaries that it was made from.
        area: The target area with saved areas in their place; None where none was asked.
    """

    ground: BaseGeometry
    words: str
    editions: tuple[Edition, ...]
    area: AnyArea | None = None

    @property
    def km2(self) -> float:
        """Its ground."""
        return float(self.ground.area) / 1e6


def study_of(live: Live, question: Question, role: Role) -> Study:
    """The study area of a question.

    Args:
        live: Where boundaries and stored areas are.
        question: Which area, or whose force.
        role: Who asks.

    Raises:
        InvalidInputError: The area has no outline, or several forces' boundaries are there and none
            is named as the question's.
        NotFoundError: The area names something that is not known, or not to the role.
        NotReadyError: No area is asked, and neither a force's boundary nor teams are imported.
    """
    if question.area is not None:
        return study_of_area(live, question.area, role)
    with live.store.reading() as connection:
        current = in_force(connection, live.today())
        if FORCE in current:
            return _of_force(connection, current[FORCE], question.forces)
        if TEAM in current:
            return _of_teams(live, connection, current[TEAM])
    raise NotReadyError(
        "no study area: name an area, or import the force's boundary (geo-alerts import boundaries "
        "FILE --layer force) or its teams"
    )


def study_of_area(live: Live, area: AnyArea, role: Role) -> Study:
    """A target area as a study area.

    Raises:
        InvalidInputError: It has no outline.
        NotFoundError: It names something that is not known, or not to the role.
        NotReadyError: No directory is imported.
    """
    whole, saved = in_place(live.store, area, role)
    geography = live.view().geography
    layers = geography.layers_of(whole)
    drawn = on_grid(whole, geography.directory, geography.layer, layers)
    editions = tuple(geography.editions[kind] for kind in sorted(geography.editions))
    boundaries = tuple(one for one in editions if one.is_boundaries)
    words = _words_of(live, area, saved, geography.layer)
    return Study(ground_of(drawn, geography.layer), words, boundaries, whole)


def covers(ground: BaseGeometry, easting: Floats, northing: Floats) -> npt.NDArray[np.bool_]:
    """Which of n positions (EPSG:27700) a ground covers, its outline included."""
    # Preparing marks the geometry itself: a copy is asked.
    copy = shapely.from_wkb(shapely.to_wkb(ground))
    shapely.prepare(copy)
    return np.asarray(shapely.intersects_xy(copy, easting, northing))


def _words_of(live: Live, area: AnyArea, saved: Sequence[SavedVersion], teams: Layer | None) -> str:
    match area:
        case SavedLeaf(id=saved_area_id):
            # Its own version comes first: those that it names are put in place within it.
            version = next(one.version for one in saved if one.id == saved_area_id)
            with live.store.reading() as connection:
                name = saved_area(connection, saved_area_id, version).name
            return f"the saved area {name}, version {version}"
        case TeamArea(codes=codes, edition=None):
            names = ", ".join(_team_name(code, teams) for code in codes)
            return f"the {'team' if len(codes) == 1 else 'teams'} {names}"
        case _:
            return "the area asked for"


def _team_name(code: str, teams: Layer | None) -> str:
    at = None if teams is None else teams.find(code)
    return code if teams is None or at is None else str(teams.name[at])


def _of_force(connection: Connection, edition: Edition, forces: Sequence[str]) -> Study:
    layer = load_layer(connection, edition)
    indexes = [_index_of(force, layer) for force in forces]
    ground = shapely.union_all(layer.geometry[sorted(set(indexes))])
    names = ", ".join(str(layer.name[index]) for index in sorted(set(indexes)))
    return Study(ground, f"the boundary of {names}", (edition,))


def _index_of(force: str, layer: Layer) -> int:
    index = force_in(layer, force)
    if index is not None:
        return index
    raise InvalidInputError(
        f"none of the {len(layer)} boundaries of forces in {layer.edition} is called like {force}: "
        "name the study area"
    )


def _of_teams(live: Live, connection: Connection, edition: Edition) -> Study:
    # Put together once for each edition: every look and report asks for it.
    def whole() -> BaseGeometry:
        return shapely.union_all(load_layer(connection, edition).geometry)

    ground = live.held.get("ground of all teams", edition.id, whole)
    return Study(ground, "the ground of all teams", (edition,))
