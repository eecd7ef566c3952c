"""The postcode units that a target area covers.

Membership is set algebra on units: a team leaf is the units assigned to the team (those that its
polygon covers, as with areas of any layer and edition), a shape covers as `ST_Covers` does, a
circle and a corridor reach as `ST_DWithin` does, a list is compared by the postcode itself.
Geometries are never overlaid.
"""

from dataclasses import dataclass
from functools import reduce
from typing import Final

import numpy as np
import numpy.typing as npt

from geo_alerts.audiences.rows import Rows, each_once, is_among, union_of
from geo_alerts.audiences.selection import Reach
from geo_alerts.audiences.targets.areas import AnyArea
from geo_alerts.audiences.targets.named import Layers
from geo_alerts.audiences.units.ground import Ground
from geo_alerts.audiences.units.on_grid import (
    NO_LAYERS,
    AreaOnGrid,
    CircleOnGrid,
    CombinationOnGrid,
    CorridorOnGrid,
    LeafOnGrid,
    PostcodesOnGrid,
    ShapesOnGrid,
    SurroundingsOnGrid,
    TeamsOnGrid,
    on_grid,
)
from geo_alerts.audiences.units.parted import parted

# What is subtracted counts the other way round: of what any ground of a unit is in, only that is
# taken away which all of its ground is in.
FLIPPED: Final[dict[Reach, Reach]] = {"centre": "centre", "any": "whole", "whole": "any"}


@dataclass(frozen=True, eq=False)
class ByReach:
    """The units of an area by each reach, as rows of the ground's units, ascending.

    Attributes:
        whole: All of the unit's ground is in the area.
        centre: The unit's point is in the area; it has every unit of `whole`.
        any: Any of the unit's ground is in the area; it has every unit of `centre`.
    """

    whole: Rows
    centre: Rows
    any: Rows

    def of(self, reach: Reach) -> Rows:
        """The units of one reach."""
        return {"whole": self.whole, "centre": self.centre, "any": self.any}[reach]

    def is_on_edge(self, reach: Reach) -> npt.NDArray[np.bool_]:
        """Of each unit of a reach, whether some of its ground is outside the area."""
        return ~is_among(self.of(reach), self.whole)


def resolve(area: AnyArea, ground: Ground, layers: Layers = NO_LAYERS) -> Rows:
    """The units that a target area covers, as rows of the ground's units, ascending.

    Args:
        area: The area.
        ground: The units asked about.
        layers: The layers and editions that the area names, but the ground's own.

    Raises:
        InvalidAreaError: A circle's centre has no location.
        UnknownPostcodeError: A circle's centre is in no directory.
        UnknownAreaError: No area of a layer has a code, or the layer is not known.
        OutsideNationalGridError: A position lies outside the National Grid.
    """
    return units_in(on_grid(area, ground.directory, ground.layer, layers), ground)


def units_in(area: AreaOnGrid, ground: Ground, reach: Reach = "centre") -> Rows:
    """The units that an area covers, as rows of the ground's units, ascending.

    Args:
        area: The area; its teams are those of the ground's layer.
        ground: The units asked about.
        reach: How much of a unit's ground has to be in the area; see `units_by_reach`.
    """
    if reach != "centre":
        return units_by_reach(area, ground).of(reach)
    if not isinstance(area, CombinationOnGrid):
        return _units_in_leaf(area, ground)
    first, *others = (units_in(part, ground) for part in area.parts)
    return _combined(area, first, others)


def units_by_reach(area: AreaOnGrid, ground: Ground) -> ByReach:
    """The units that an area covers, by each reach.

    A unit's ground is its cell without the outermost millimetre. Of one leaf the answer is exact:
    of a circle by distances, of several areas in one leaf by what they cover together (gaps of a
    millimetre do not count). Only `whole` of a corridor may lack a unit whose ground reaches to the
    corridor's very edge between two stretches of the line, see `Stretches.hold`, or of the
    surroundings of areas, whose round corners are taken for chords that lie within.

    A combination is worked out on units, and errs to the safe side: every unit with ground in it is
    in `any`, and every unit of `whole` lies wholly in it. So `any` may have a unit that lies on the
    edges of both parts of an intersection and not in what they share, and `whole` may lack one that
    two parts of a union cover only together.

    A unit that has no cell (its position is not its own, it is terminated or unknown, or the
    directory was imported without cells) counts by its point, and a list of postcodes by name, in
    every reach.

    Args:
        area: The area; its teams are those of the ground's layer.
        ground: The units asked about.
    """
    if not isinstance(area, CombinationOnGrid):
        return _leaf_by_reach(area, ground)
    first, *others = (units_by_reach(part, ground) for part in area.parts)

    def combined(reach: Reach) -> Rows:
        others_by = FLIPPED[reach] if area.kind == "difference" else reach
        return _combined(area, first.of(reach), [other.of(others_by) for other in others])

    return ByReach(combined("whole"), combined("centre"), combined("any"))


def _leaf_by_reach(leaf: LeafOnGrid, ground: Ground) -> ByReach:
    centre = _units_in_leaf(leaf, ground)
    on_edge = parted(leaf, ground)
    return ByReach(
        whole=centre[~is_among(centre, on_edge.left)],
        centre=centre,
        any=union_of([centre, on_edge.met]) if len(on_edge.met) else centre,
    )


def _combined(area: CombinationOnGrid, first: Rows, others: list[Rows]) -> Rows:
    match area.kind:
        case "union":
            return union_of([first, *others])
        case "intersection":
            return reduce(lambda some, more: some[is_among(some, more)], others, first)
        case "difference":
            return first[~is_among(first, union_of(others))]


def _units_in_leaf(leaf: LeafOnGrid, ground: Ground) -> Rows:
    match leaf:
        case TeamsOnGrid():
            return ground.in_teams(leaf.areas)
        case ShapesOnGrid():
            return each_once(ground.points.covered_by_each(leaf.geometries)[1])
        case CircleOnGrid():
            return ground.points.within(leaf.easting, leaf.northing, leaf.metres)
        case CorridorOnGrid():
            return ground.points.along(leaf.line, leaf.metres)
        case SurroundingsOnGrid():
            return ground.points.along(leaf.geometry, leaf.metres)
        case PostcodesOnGrid():
            return ground.in_runs(leaf.first, leaf.after)
