"""Who the team is: of a postcode, of a position, and the teams themselves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from geo_alerts.acts.geography import Geography
from geo_alerts.acts.live import View
from geo_alerts.crs import geometries_to_epsg_4326
from geo_alerts.places.assignment import Indexes, assign, margin_m, nearest_area
from geo_alerts.places.directory import Found
from geo_alerts.places.layer import Layer
from geo_alerts.places.shares import is_edge, shares
from geo_alerts.sources.contact import Contact
from geo_alerts.store.editions import PARENT_EDITION, Edition

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

# How many layers up a parent is looked for: team, local policing area, force, and some room.
MOST_PARENTS: Final = 5


@dataclass(frozen=True, slots=True)
class TeamRef:
    """A team by its code and name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Candidate(TeamRef):
    """A team that a postcode may belong to.

    Attributes:
        share: Of the postcode's cell that lies in the team, 0 to 1; None where there is no cell.
    """

    share: float | None


@dataclass(frozen=True, slots=True)
class PointAnswer:
    """The team that covers a position, and the others that it may belong to.

    Distances are metres. Where no team covers the position, `team` and `margin_m` are None.

    Attributes:
        team: The team.
        margin_m: To the team's boundary.
        also_in: Other teams whose polygons cover the position (a shared edge, an overlap).
        nearest_team: The nearest team but `team`.
        nearest_team_m: To it; 0 where it covers the position as well.
        candidates: The teams that hold a part of the cell or cover the position, the one with the
            largest share first.
        share_in_none: Of the cell that lies in no team; None where there is no cell.
        is_on_edge: Whether so much of the cell lies outside `team` that the addresses may be
            another's; None where there is no cell.
    """

    team: TeamRef | None
    margin_m: float | None
    also_in: tuple[TeamRef, ...]
    nearest_team: TeamRef | None
    nearest_team_m: float | None
    candidates: tuple[Candidate, ...] = ()
    share_in_none: float | None = None
    is_on_edge: bool | None = None


@dataclass(frozen=True, slots=True)
class UnitAnswer:
    """What the directory knows of a postcode, and the team of its point."""

    found: Found
    at: PointAnswer


@dataclass(frozen=True, slots=True)
class Parent(TeamRef):
    """An area of another layer that a team is part of."""

    layer: str


@dataclass(frozen=True, slots=True)
class TeamAnswer:
    """A team with its polygon (EPSG:27700), its box in degrees and its number of live units.

    `identity` stays the same while the team is renamed, re-coded or re-drawn; `parents` are the
    areas that it is part of, the smallest first; `contact` is None where none is imported.
    """

    code: str
    name: str
    identity: str
    parents: tuple[Parent, ...]
    area_m2: float
    units: int
    bounds: tuple[float, float, float, float]
    geometry: shapely.Geometry
    contact: Contact | None


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
    names = np.array([found[number].postcode for number in placed], dtype="<U8")
    rows = geography.directory.find(names)
    answers = dict(zip(placed, _at(geography, easting, northing, rows), strict=True))
    return [UnitAnswer(one, answers.get(number, NOWHERE)) for number, one in enumerate(found)]


def team_at(view: View, easting: float, northing: float) -> PointAnswer:
    """Answer for a position in metres, EPSG:27700; its cell is that of the nearest live postcode.

    Raises:
        NotReadyError: No teams are imported.
    """
    geography = view.geography
    geography.require_teams()
    east, north = np.array([easting]), np.array([northing])
    return _at(geography, east, north, _unit_around(geography, easting, northing))[0]


def teams(view: View) -> list[TeamAnswer]:
    """Every team of the edition asked about, by code.

    Raises:
        NotReadyError: No teams are imported.
    """
    layer = view.geography.require_teams()
    return _team_answers(view.geography, np.arange(len(layer)))


def team(view: View, code: str) -> TeamAnswer:
    """The team of this code.

    Raises:
        UnknownTeamError: The edition has no such team; of one that is gone it says where its
            ground is now.
        NotReadyError: No teams are imported.
    """
    row = view.geography.require_teams().index_of(code)
    return _team_answers(view.geography, np.array([row]))[0]


def contact_of(view: View, at: TeamRef | None, now: datetime) -> Contact | None:
    """How to reach a team, with its events that are still to come; None where nothing is known."""
    found = None if at is None else view.geography.contacts.get(at.code)
    return None if found is None else replace(found, events=found.events_to_come(now))


def parents_of(geography: Geography, code: str) -> tuple[Parent, ...]:
    """The areas that a team is part of, the smallest first.

    Where the parents have another edition on the day than at the import of their parts, each is
    followed by its lasting identity; one that is gone is left out, and what it is part of.
    """
    layer, parents = geography.layer, []
    for _ in range(MOST_PARENTS):
        edition = geography.editions.get(layer.kind)
        at = layer.find(code)
        parent_layer = edition.parent_layer if edition else None
        above = geography.other_layer(parent_layer) if parent_layer else None
        if at is None or edition is None or above is None or not layer.parent[at]:
            break
        parent = _followed(geography, edition, above, str(layer.parent[at]))
        if parent is None:
            break
        code, layer = str(above.code[parent]), above
        parents.append(Parent(code, str(layer.name[parent]), layer.kind))
    return tuple(parents)


def _followed(geography: Geography, edition: Edition, above: Layer, code: str) -> int | None:
    # Where the area is now that had a code in the edition of parents at the import.
    recorded = edition.notes.get(PARENT_EDITION)
    if recorded in (None, geography.editions[above.kind].id):
        return above.find(code)
    then = geography.numbered_layer(above.kind, recorded)
    at = then.find(code)
    if at is None or not then.identity[at]:
        # The file named an area of an edition to come, or that one is of before identities.
        return above.find(code)
    (rows,) = np.nonzero(above.identity == then.identity[at])
    return int(rows[0]) if len(rows) else None


def _team_answers(geography: Geography, rows: Rows) -> list[TeamAnswer]:
    layer, units = geography.layer, _live_units(geography)
    bounds = shapely.bounds(geometries_to_epsg_4326(layer.geometry[rows])).tolist()
    return [
        TeamAnswer(
            str(layer.code[row]),
            str(layer.name[row]),
            str(layer.identity[row]),
            parents_of(geography, str(layer.code[row])),
            float(shapely.area(layer.geometry[row])),
            int(units[row]),
            (west, south, east, north),
            layer.geometry[row],
            geography.contacts.get(str(layer.code[row])),
        )
        for row, (west, south, east, north) in zip(rows, bounds, strict=True)
    ]


def _live_units(geography: Geography) -> npt.NDArray[np.int64]:
    # A unit in several teams counts in each, as it is found when either is asked.
    assignment = geography.assignment
    is_live = np.repeat(geography.directory.is_live, np.diff(assignment.offset))
    return np.bincount(assignment.area[is_live], minlength=len(geography.layer))


def _unit_around(geography: Geography, easting: float, northing: float) -> Rows:
    # The row of the unit whose cell holds the position; -1 where it lies in none.
    cells = geography.cells
    for row, distance_m in geography.directory.nearest(easting, northing):
        if cells is not None and distance_m <= cells.clip_m:
            return np.array([row])
    return np.array([-1])


def _at(geography: Geography, easting: Floats, northing: Floats, rows: Rows) -> list[PointAnswer]:
    layer = geography.layer
    if not len(layer):
        return [NOWHERE] * len(easting)
    assignment = assign(easting, northing, layer)
    margins = margin_m(easting, northing, layer, assignment.first)
    near, near_m = nearest_area(easting, northing, layer, excluding=assignment.first)
    shared = _shared_out(geography, rows, assignment.first)
    answers = []
    for row, first in enumerate(assignment.first.tolist()):
        covering = assignment.area[assignment.offset[row] : assignment.offset[row + 1]].tolist()
        also = [area for area in covering if area != first]
        answers.append(
            PointAnswer(
                team=_team(layer, first),
                margin_m=None if first < 0 else float(margins[row]),
                also_in=tuple(_named(layer, area) for area in also),
                nearest_team=_team(layer, int(near[row])),
                nearest_team_m=None if near[row] < 0 else float(near_m[row]),
                candidates=_candidates(layer, covering, shared.get(row)),
                share_in_none=shared[row].none if row in shared else None,
                is_on_edge=shared[row].is_on_edge if row in shared else None,
            )
        )
    return answers


@dataclass(frozen=True, slots=True)
class _Shared:
    """The parts that teams (indexes, the largest first) and no team have in a cell."""

    by_team: dict[int, float]
    none: float
    is_on_edge: bool


def _shared_out(geography: Geography, rows: Rows, first: Indexes) -> dict[int, _Shared]:
    # By place among the rows; without those that are no unit, or whose unit has no cell.
    cells, known = geography.cells, np.flatnonzero(rows >= 0)
    if cells is None or not len(known):
        return {}
    found = shares(cells, rows[known], geography.layer, geography.assignment)
    on_edge = is_edge(found, first[known])
    shared = {}
    for at, place in enumerate(known.tolist()):
        if not np.isnan(found.none[at]):
            held = slice(found.offset[at], found.offset[at + 1])
            pairs = zip(found.area[held].tolist(), found.share[held].tolist(), strict=True)
            shared[place] = _Shared(dict(pairs), float(found.none[at]), bool(on_edge[at]))
    return shared


def _candidates(layer: Layer, covering: list[int], shared: _Shared | None) -> tuple[Candidate, ...]:
    # The teams of the cell, then those that cover the position and hold nothing of it.
    held: dict[int, float] = {} if shared is None else shared.by_team
    without = None if shared is None else 0.0
    pairs = [*held.items(), *((area, without) for area in covering if area not in held)]
    return tuple(
        Candidate(str(layer.code[area]), str(layer.name[area]), share) for area, share in pairs
    )


def _team(layer: Layer, area: int) -> TeamRef | None:
    return None if area < 0 else _named(layer, area)


def _named(layer: Layer, area: int) -> TeamRef:
    return TeamRef(str(layer.code[area]), str(layer.name[area]))
