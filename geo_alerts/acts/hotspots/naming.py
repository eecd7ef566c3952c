"""What areas are called, and whose they are: streets and teams of the snap points in them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import Connection

from geo_alerts.acts.hotspots.asked import Asked
from geo_alerts.acts.live import Live
from geo_alerts.hotspots.crimes import Crimes
from geo_alerts.hotspots.layers import HotArea
from geo_alerts.hotspots.repeats.grouped import NONE, most_of
from geo_alerts.hotspots.repeats.streets import names_of
from geo_alerts.places.assignment import assign
from geo_alerts.places.layer import TEAM, Layer
from geo_alerts.places.point_index import PointIndex
from geo_alerts.store.activations import in_force
from geo_alerts.store.crimes import SnapPoints, snap_points
from geo_alerts.store.layers import load_layer

Integers = npt.NDArray[np.int64]
Shapes = npt.NDArray[np.object_]

# Cells are half-open and polygons are closed: a crime on a line between two cells is of the one
# north or east of it, and so is this little beyond.
JUST_BEYOND_M: Final = 1e-4


@dataclass(frozen=True, eq=False)
class Surroundings:
    """The snap points of some crimes, and the teams of today.

    Attributes:
        points: p snap points by their numbers, which are made of their positions.
        layer: The teams; None where none are imported.
        team: p places in the layer, NONE outside all teams; None without teams.
    """

    points: SnapPoints
    layer: Layer | None
    team: Integers | None

    @classmethod
    def of(cls, connection: Connection, live: Live, points: Integers) -> "Surroundings":
        """The snap points of some numbers, which may be repeated, with the teams they are in."""
        found = snap_points(connection, np.unique(points))
        edition = in_force(connection, live.today()).get(TEAM)
        if edition is None:
            return cls(found, None, None)
        layer = load_layer(connection, edition)
        first = assign(found.easting, found.northing, layer).first
        return cls(found, layer, first.astype(np.int64))

    def at(self, numbers: Integers) -> Integers:
        """The place among the points of each number."""
        return np.searchsorted(self.points.id, numbers).astype(np.int64)

    def team_facts(self, team: int | None) -> dict[str, Any]:
        """A team as facts, by its place in the layer; None and NONE for none."""
        if self.layer is None or team is None or team == NONE:
            return {"team": None, "team_name": None}
        return {"team": str(self.layer.code[team]), "team_name": str(self.layer.name[team])}

    def teams_touched(self, shapes: Shapes) -> list[list[str]]:
        """Of each of k grounds (EPSG:27700) the codes of the teams that it shares ground with."""
        touched: list[list[str]] = [[] for _ in shapes]
        if self.layer is None:
            return touched
        tree = shapely.STRtree(self.layer.geometry)
        shape, team = tree.query(shapes, predicate="intersects")
        # Two that only share a line share no ground; alone, a team has all that there is.
        several = np.bincount(shape, minlength=len(shapes))[shape] > 1
        is_shared = np.ones(len(shape), dtype=bool)
        is_shared[several] = ~shapely.touches(
            shapes[shape[several]], self.layer.geometry[team[several]]
        )
        for one, code in sorted(zip(shape[is_shared], team[is_shared], strict=True)):
            touched[one].append(str(self.layer.code[code]))
        return touched


def named(asked: Asked, areas: Sequence[HotArea]) -> tuple[HotArea, ...]:
    """Areas of cells with the facts `place`, `team`, `team_name` and `teams` before their own.

    The place is called by the streets with most of its crimes, of before as well where two periods
    are compared; the team is the one with most of them, by snap points. An area without a crime is
    called by the nearest street; where no crime lies in a team, it is that of a point within.
    """
    if not areas:
        return ()
    shapes = np.array([area.geometry for area in areas], dtype=object)
    before = () if asked.before is None else (asked.before.crimes,)
    every = Crimes.joined([asked.now.crimes, *before])
    with asked.live.store.reading() as connection:
        around = Surroundings.of(connection, asked.live, every.point)
    area, point, crimes = _crimes_in(shapes, every, around)
    middles = shapely.point_on_surface(shapes)
    places = _places(around.points, middles, _members(area, point, crimes, len(shapes)))
    teams = _teams(around, middles, (area, point, crimes))
    told = zip(areas, places, teams, around.teams_touched(shapes), strict=True)
    return tuple(
        replace(
            one,
            facts={"place": place, **around.team_facts(team), "teams": touched, **one.facts},
        )
        for one, place, team, touched in told
    )


def _crimes_in(
    shapes: Shapes, crimes: Crimes, around: Surroundings
) -> tuple[Integers, Integers, Integers]:
    # How many crimes each area has at each snap point, where there are some. Published crimes lie
    # at their snap point, a force's own beside it.
    easting, northing, at = crimes.positions()
    both, counts = np.unique(around.at(crimes.point) * len(easting) + at, return_counts=True)
    point, position = np.divmod(both, len(easting))
    index = PointIndex(easting[position] + JUST_BEYOND_M, northing[position] + JUST_BEYOND_M)
    area, place = index.covered_by_each(shapes)
    points = len(around.points.id)
    pairs, at = np.unique(area * points + point[place], return_inverse=True)
    summed = np.zeros(len(pairs), dtype=np.int64)
    np.add.at(summed, at, counts[place])
    return pairs // points, pairs % points, summed


def _members(area: Integers, point: Integers, crimes: Integers, areas: int) -> list[Integers]:
    # The points of each area, those with most crimes first.
    order = np.lexsort((point, -crimes, area))
    return np.split(point[order], np.searchsorted(area[order], np.arange(1, areas)))


def _places(points: SnapPoints, middles: Shapes, members: Sequence[Integers]) -> list[str]:
    # The middle of an area without a crime stands for a point that has no street.
    count = len(points.id)
    return names_of(
        np.append(points.easting, shapely.get_x(middles)),
        np.append(points.northing, shapely.get_y(middles)),
        np.append(points.street, np.full(len(middles), "", dtype=object)),
        [at if len(at) else np.array([count + one]) for one, at in enumerate(members)],
    )


def _teams(
    around: Surroundings, middles: Shapes, crimes_at: tuple[Integers, Integers, Integers]
) -> Integers:
    if around.layer is None or around.team is None:
        return np.full(len(middles), NONE, dtype=np.int64)
    area, point, crimes = crimes_at
    within = assign(shapely.get_x(middles), shapely.get_y(middles), around.layer).first
    teams = within.astype(np.int64)
    in_team = around.team[point] != NONE
    found, best, _ = most_of(area[in_team], around.team[point][in_team], crimes[in_team])
    teams[found] = best
    return teams
