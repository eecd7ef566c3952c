"""The postcode units that a target area covers.

Membership is set algebra on units: a team leaf is the units assigned to the team (those that its
polygon covers, as with areas of any layer and edition), a shape covers as `ST_Covers` does, a
circle reaches as `ST_DWithin` does, a list is compared by the postcode itself. Geometries are never
overlaid.
"""

from functools import reduce

import numpy as np

from geo_alerts.audiences.areas import AnyArea
from geo_alerts.audiences.ground import Ground
from geo_alerts.audiences.named import Layers
from geo_alerts.audiences.on_grid import (
    NO_LAYERS,
    AreaOnGrid,
    CircleOnGrid,
    CombinationOnGrid,
    LeafOnGrid,
    PostcodesOnGrid,
    ShapesOnGrid,
    TeamsOnGrid,
    on_grid,
)
from geo_alerts.audiences.rows import Rows, each_once, expand, is_among, union_of
from geo_alerts.places.postcode_keys import Keys


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


def units_in(area: AreaOnGrid, ground: Ground) -> Rows:
    """The units that an area covers, as rows of the ground's units, ascending.

    Args:
        area: The area; its teams are those of the ground's layer.
        ground: The units asked about.
    """
    if not isinstance(area, CombinationOnGrid):
        return _units_in_leaf(area, ground)
    parts = [units_in(part, ground) for part in area.parts]
    match area.kind:
        case "union":
            return union_of(parts)
        case "intersection":
            return reduce(lambda some, others: some[is_among(some, others)], parts)
        case "difference":
            return parts[0][~is_among(parts[0], union_of(parts[1:]))]


def _units_in_leaf(leaf: LeafOnGrid, ground: Ground) -> Rows:
    match leaf:
        case TeamsOnGrid():
            return ground.in_teams(leaf.areas)
        case ShapesOnGrid():
            return each_once(ground.points.covered_by_each(leaf.geometries)[1])
        case CircleOnGrid():
            return ground.points.within(leaf.easting, leaf.northing, leaf.metres)
        case PostcodesOnGrid():
            return _in_runs(leaf, ground.keys)


def _in_runs(runs: PostcodesOnGrid, keys: Keys) -> Rows:
    start = np.searchsorted(keys, runs.first)
    return each_once(expand(start, np.searchsorted(keys, runs.after) - start))
