"""The units whose ground the outline of a target area parts: some in the area, some outside.

Any other unit is in the area with all its ground when its point is, and with none when it is not.
What is in the outermost millimetre of a cell does not count (see `Cells.cores`).
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt
import shapely

from geo_alerts.audiences.rows import NO_ROWS, Rows
from geo_alerts.audiences.units.ground import Ground
from geo_alerts.audiences.units.on_grid import (
    CircleOnGrid,
    CorridorOnGrid,
    LeafOnGrid,
    PostcodesOnGrid,
    ShapesOnGrid,
    SurroundingsOnGrid,
    TeamsOnGrid,
)
from geo_alerts.places.cell_index import CellIndex
from geo_alerts.places.stretches import Stretches

Flags = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]

# Gaps between areas that are asked together do not count where they have less ground than a strip
# of this width along the edge of the cell: two files seldom give a common edge alike to the digit.
GAP_M: Final = 0.001
# Of a quarter of a circle.
QUARTER_CHORDS: Final = 32


@dataclass(frozen=True, eq=False)
class Parted:
    """Units on the outline of a leaf, as rows of the ground's units, ascending.

    Attributes:
        met: Some of the unit's ground is in the leaf.
        left: Some of its ground is outside.
    """

    met: Rows
    left: Rows


def parted(leaf: LeafOnGrid, ground: Ground) -> Parted:
    """The units near a leaf's outline, by what of their ground is in it and outside.

    Who is in neither of both sets is in the leaf, or outside, with point and all ground alike. A
    unit may be in `met` alone: its cell is near the outline, but within.

    Args:
        leaf: The leaf; its teams are those of the ground's layer.
        ground: The units; none is parted where no cells are known.
    """
    index = ground.cell_index
    if index is None or isinstance(leaf, PostcodesOnGrid):
        return Parted(NO_ROWS, NO_ROWS)
    asked = _asked(leaf, ground)
    rows = asked.near(index)
    is_met, is_held = asked.settle(index.cells(rows))
    on_line = np.flatnonzero(is_met & ~is_held)
    is_met[on_line], is_held[on_line] = asked.settle(index.cores(rows[on_line]))
    return Parted(rows[is_met], rows[~is_held])


class _Asked(Protocol):
    """Ground that is asked about."""

    def near(self, index: CellIndex) -> Rows:
        """The units whose cells its outline may touch, and perhaps others."""

    def settle(self, polygons: Shapes) -> tuple[Flags, Flags]:
        """Tell of convex polygons which share ground with it, and which lie wholly in it."""


def _asked(
    leaf: TeamsOnGrid | ShapesOnGrid | CircleOnGrid | CorridorOnGrid | SurroundingsOnGrid,
    ground: Ground,
) -> _Asked:
    match leaf:
        case TeamsOnGrid():
            return _Together(ground.layer.geometry[leaf.areas])
        case ShapesOnGrid():
            return _Together(leaf.geometries)
        case CircleOnGrid():
            return _Circle(leaf.easting, leaf.northing, leaf.metres)
        case CorridorOnGrid():
            return _Corridor(leaf.line, leaf.metres)
        case SurroundingsOnGrid():
            return _Surroundings(leaf.geometry, leaf.metres)


class _Together:
    """What areas cover together."""

    def __init__(self, geometries: Shapes) -> None:
        # GEOS indexes a prepared geometry at the first question, which is not safe when two
        # threads ask: the copies are this question's own.
        self._areas = np.asarray(shapely.force_2d(geometries))
        is_bad = ~shapely.is_valid(self._areas)
        self._areas[is_bad] = shapely.make_valid(
            self._areas[is_bad], method="structure", keep_collapsed=False
        )
        shapely.prepare(self._areas)
        self._tree = shapely.STRtree(self._areas)

    def near(self, index: CellIndex) -> Rows:
        return index.near(self._areas)

    def settle(self, polygons: Shapes) -> tuple[Flags, Flags]:
        at, area = self._tree.query(polygons)
        is_met = np.asarray(shapely.intersects(self._areas[area], polygons[at]))
        at, area = at[is_met], area[is_met]
        is_held = np.asarray(shapely.covers(self._areas[area], polygons[at]))
        met, held = np.zeros((2, len(polygons)), dtype=np.bool_)
        met[at], held[at[is_held]] = True, True
        shared = np.flatnonzero((np.bincount(at, minlength=len(polygons)) > 1) & ~held)
        is_shared = np.isin(at, shared)
        held[shared] = self._have_together(polygons, shared, at[is_shared], area[is_shared])
        return met, held

    def _have_together(self, polygons: Shapes, which: Rows, at: Rows, area: Rows) -> Flags:
        # Of polygons that several areas share, whether anything is left. Pairs are by polygon.
        order = np.argsort(at, kind="stable")
        at, area = at[order], area[order]
        parts = shapely.intersection(polygons[at], self._areas[area])
        row = np.searchsorted(which, at)
        column = np.arange(len(at)) - np.searchsorted(at, at)
        table = np.full((len(which), int(column.max(initial=0)) + 1), None, dtype=object)
        table[row, column] = parts
        left = shapely.difference(polygons[which], shapely.union_all(table, axis=1))
        gap_m2 = GAP_M * shapely.length(polygons[which])
        return np.asarray(shapely.area(left) <= gap_m2)


@dataclass(frozen=True, eq=False)
class _Circle:
    """A circle: a polygon lies in it when all corners do."""

    easting: float
    northing: float
    metres: float

    def near(self, index: CellIndex) -> Rows:
        return index.near_circle(self.easting, self.northing, self.metres)

    def settle(self, polygons: Shapes) -> tuple[Flags, Flags]:
        centre = shapely.Point(self.easting, self.northing)
        corner, at = shapely.get_coordinates(polygons, return_index=True)
        away_m = np.hypot(*(corner - (self.easting, self.northing)).T)
        is_held = _all_of_each(away_m <= self.metres, at, len(polygons))
        return np.asarray(shapely.dwithin(polygons, centre, self.metres)), is_held


class _Corridor:
    """What is at most so far from a line.

    What is met is exact. A convex polygon lies in it when all its corners are near one stretch, or
    when it falls into triangles of which that holds (see `Stretches`).
    """

    def __init__(self, line: shapely.Geometry, metres: float) -> None:
        self._line = shapely.force_2d(line)
        shapely.prepare(self._line)
        self._metres = metres

    def near(self, index: CellIndex) -> Rows:
        return index.near_corridor(self._line, self._metres)

    def settle(self, polygons: Shapes) -> tuple[Flags, Flags]:
        corner, at = shapely.get_coordinates(polygons, return_index=True)
        is_near = np.asarray(shapely.dwithin(self._line, shapely.points(corner), self._metres))
        is_held = _all_of_each(is_near, at, len(polygons))
        is_held[is_held] = self._stretches.hold(polygons[is_held], self._metres)
        return np.asarray(shapely.dwithin(self._line, polygons, self._metres)), is_held

    @cached_property
    def _stretches(self) -> Stretches:
        return Stretches(self._line)


class _Surroundings:
    """What is in areas or at most so far from them."""

    def __init__(self, areas: shapely.Geometry, metres: float) -> None:
        self._areas = shapely.force_2d(areas)
        shapely.prepare(self._areas)
        self._metres = metres

    def near(self, index: CellIndex) -> Rows:
        return index.near_corridor(self._areas, self._metres)

    def settle(self, polygons: Shapes) -> tuple[Flags, Flags]:
        held = shapely.covers(self._outline, polygons)
        return np.asarray(shapely.dwithin(self._areas, polygons, self._metres)), np.asarray(held)

    @cached_property
    def _outline(self) -> shapely.Geometry:
        # The chords of its corners lie within the arcs, by less than a thousandth of the metres.
        outline = shapely.buffer(self._areas, self._metres, quad_segs=QUARTER_CHORDS)
        shapely.prepare(outline)
        return outline


def _all_of_each(flags: Flags, at: Rows, count: int) -> Flags:
    return np.asarray(np.bincount(at[~flags], minlength=count) == 0)
