"""Who the team is: of a postcode, of a position, and the teams themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geo_alerts.acts.live import Geography, View
from geo_alerts.crs import geometries_to_epsg_4326
from geo_alerts.places.assignment import assign, margin_m, nearest_area
from geo_alerts.places.directory import Found
from geo_alerts.places.layer import Layer

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TeamRef:
    """A team by its code and name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class PointAnswer:
    """The team that covers a position.

    `also_in` are the other teams whose polygons cover it (a shared edge, an overlap). Where no team
    covers it, `team` and `margin_m` are None and the nearest team is named. Distances in metres.
    """

    team: TeamRef | None
    margin_m: float | None
    also_in: tuple[TeamRef, ...]
    nearest_team: TeamRef | None
    nearest_team_m: float | None


@dataclass(frozen=True, slots=True)
class UnitAnswer:
    """What the directory knows of a postcode, and the team of its point."""

    found: Found
    at: PointAnswer


@dataclass(frozen=True, slots=True)
class TeamAnswer:
    """A team with its polygon (EPSG:27700), its box in degrees and its number of live units."""

    code: str
    name: str
    area_m2: float
    units: int
    bounds: tuple[float, float, float, float]
    geometry: shapely.Geometry


NOWHERE = PointAnswer(None, None, (), None, None)


def look_up(view: View, postcodes: Sequence[str]) -> list[UnitAnswer]:
    """Answer for each postcode, in the order asked.

    Args:
        view: What the answers are made from.
        postcodes: n texts, as people type them.

    Returns:
        n answers; one that is malformed, unknown or without a location has no team.
    """
    geography = view.geography
    found = geography.directory.look_up_many(postcodes)
    placed = [number for number, one in enumerate(found) if one.easting is not None]
    easting = np.array([found[number].easting for number in placed], dtype=float)
    northing = np.array([found[number].northing for number in placed], dtype=float)
    answers = dict(zip(placed, _at(geography.layer, easting, northing), strict=True))
    return [UnitAnswer(one, answers.get(number, NOWHERE)) for number, one in enumerate(found)]


def team_at(view: View, easting: float, northing: float) -> PointAnswer:
    """Answer for a position in metres, EPSG:27700.

    Raises:
        NotReadyError: No teams are imported.
    """
    return _at(view.geography.require_teams(), np.array([easting]), np.array([northing]))[0]


def teams(view: View) -> list[TeamAnswer]:
    """Every team of the active edition, by code.

    Raises:
        NotReadyError: No teams are imported.
    """
    layer = view.geography.require_teams()
    return _team_answers(view.geography, np.arange(len(layer)))


def team(view: View, code: str) -> TeamAnswer:
    """The team of this code.

    Raises:
        UnknownTeamError: The active edition has no such team.
        NotReadyError: No teams are imported.
    """
    row = view.geography.require_teams().index_of(code)
    return _team_answers(view.geography, np.array([row]))[0]


def _team_answers(geography: Geography, rows: npt.NDArray[np.int64]) -> list[TeamAnswer]:
    layer, units = geography.layer, _live_units(geography)
    bounds = shapely.bounds(geometries_to_epsg_4326(layer.geometry[rows])).tolist()
    return [
        TeamAnswer(
            str(layer.code[row]),
            str(layer.name[row]),
            float(shapely.area(layer.geometry[row])),
            int(units[row]),
            (west, south, east, north),
            layer.geometry[row],
        )
        for row, (west, south, east, north) in zip(rows, bounds, strict=True)
    ]


def _live_units(geography: Geography) -> npt.NDArray[np.int64]:
    # A unit in several teams counts in each, as it is found when either is asked.
    assignment = geography.assignment
    is_live = np.repeat(geography.directory.is_live, np.diff(assignment.offset))
    return np.bincount(assignment.area[is_live], minlength=len(geography.layer))


def _at(layer: Layer, easting: Floats, northing: Floats) -> list[PointAnswer]:
    if not len(layer):
        return [NOWHERE] * len(easting)
    assignment = assign(easting, northing, layer)
    margins = margin_m(easting, northing, layer, assignment.first)
    outside = np.flatnonzero(assignment.first < 0)
    nearest, distance_m = nearest_area(easting[outside], northing[outside], layer)
    gaps = dict(zip(outside.tolist(), zip(nearest, distance_m, strict=True), strict=True))
    references = [TeamRef(str(c), str(n)) for c, n in zip(layer.code, layer.name, strict=True)]
    answers = []
    for row, first in enumerate(assignment.first):
        inside = assignment.area[assignment.offset[row] : assignment.offset[row + 1]]
        if first < 0:
            near, gap_m = gaps[row]
            answers.append(PointAnswer(None, None, (), references[near], float(gap_m)))
        else:
            also = tuple(references[area] for area in inside if area != first)
            answers.append(PointAnswer(references[first], float(margins[row]), also, None, None))
    return answers
