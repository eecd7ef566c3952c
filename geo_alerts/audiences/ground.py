"""What a target area covers: its leaves on the National Grid, and the postcode units in it.

Membership is set algebra on units: a team leaf is the units assigned to the team (those that its
polygon covers, as with areas of any layer and edition), a shape covers as `ST_Covers` does, a
circle reaches as `ST_DWithin` does, a list is compared by the postcode itself. Geometries are never
overlaid.
"""

from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import shapely

from geo_alerts.audiences.areas import (
    AnyArea,
    BoundaryArea,
    PolygonArea,
    PositionCentre,
    PostcodeCentre,
    PostcodesArea,
    RadiusArea,
    TeamArea,
    parts_of,
)
from geo_alerts.audiences.named import Layers, grounds_of, indexes_of, layer_of
from geo_alerts.audiences.rows import Rows, each_once, expand, is_among, union_of
from geo_alerts.crs import drawn_to_epsg_27700, points_to_epsg_27700
from geo_alerts.errors import InvalidAreaError, UnknownPostcodeError
from geo_alerts.places.assignment import Assignment, assign
from geo_alerts.places.directory import Directory, Status
from geo_alerts.places.layer import Layer
from geo_alerts.places.point_index import PointIndex
from geo_alerts.places.postcode_keys import Keys, keys_of, run_of
from geo_alerts.places.postcodes import parse_part

Floats = npt.NDArray[np.float64]

NO_LAYERS: Final[Layers] = {}


@dataclass(frozen=True, eq=False)
class Units:
    """Postcode units, in the order of their postcodes.

    Attributes:
        postcode: n normalised postcodes, ascending, each once.
        easting: n metres, EPSG:27700; NaN for a unit without a location, which only a list of
            postcodes can name.
        northing: n metres.
    """

    postcode: npt.NDArray[np.str_]
    easting: Floats
    northing: Floats


class Ground:
    """Units with what is needed to answer which of them an area covers."""

    def __init__(self, units: Units, directory: Directory, layer: Layer) -> None:
        """Index the units and assign them to teams.

        Args:
            units: The units that answers are made of.
            directory: Where the postcode at the centre of a circle is looked up.
            layer: The teams.
        """
        self.units = units
        self.directory = directory
        self.layer = layer
        self.keys = keys_of(units.postcode)
        self.points = PointIndex(units.easting, units.northing)
        self.assignment: Assignment = assign(
            units.easting, units.northing, layer, index=self.points
        )

    def in_teams(self, areas: Rows) -> Rows:
        """The units assigned to any of some teams; where teams overlap, to all of them.

        Args:
            areas: Indexes of teams in the layer.

        Returns:
            Unit rows, ascending.
        """
        offset, unit = self._units_by_team
        start = offset[areas]
        return each_once(unit[expand(start, offset[areas + 1] - start)])

    @cached_property
    def _units_by_team(self) -> tuple[Rows, Rows]:
        # The assignment the other way round: for each team the run of its units.
        area = self.assignment.area
        unit = np.repeat(np.arange(len(self.units.postcode)), np.diff(self.assignment.offset))
        order = np.argsort(area, kind="stable")
        offset = np.zeros(len(self.layer) + 1, dtype=np.int64)
        np.cumsum(np.bincount(area, minlength=len(self.layer)), out=offset[1:])
        return offset, unit[order]


# --- areas on the National Grid -------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class TeamsOnGrid:
    """Teams by their indexes in the layer, ascending."""

    areas: Rows


@dataclass(frozen=True, eq=False)
class ShapesOnGrid:
    """Polygons and MultiPolygons, EPSG:27700; what any of them covers."""

    geometries: npt.NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class CircleOnGrid:
    """A centre and a radius, metres, EPSG:27700."""

    easting: float
    northing: float
    metres: float


@dataclass(frozen=True, eq=False)
class PostcodesOnGrid:
    """Runs of postcode keys: from the first of each pair, up to but without the second."""

    first: Keys
    after: Keys


@dataclass(frozen=True, eq=False)
class CombinationOnGrid:
    """Areas combined; of a difference the first is the one to take from."""

    kind: Literal["union", "intersection", "difference"]
    parts: tuple["AreaOnGrid", ...]


LeafOnGrid = TeamsOnGrid | ShapesOnGrid | CircleOnGrid | PostcodesOnGrid
AreaOnGrid = LeafOnGrid | CombinationOnGrid


def on_grid(
    area: AnyArea, directory: Directory, layer: Layer, layers: Layers = NO_LAYERS
) -> AreaOnGrid:
    """A target area with its leaves on the National Grid, to be asked of any units.

    Args:
        area: The area.
        directory: Where the postcode at the centre of a circle is looked up.
        layer: The teams of the units that are asked.
        layers: The other layers and editions that the area names.

    Raises:
        InvalidAreaError: A circle's centre has no location.
        UnknownPostcodeError: A circle's centre is in no directory.
        UnknownAreaError: No area of a layer has a code, or the layer is not known.
        OutsideNationalGridError: A position lies outside the National Grid.
    """
    parts = tuple(on_grid(part, directory, layer, layers) for part in parts_of(area))
    match area:
        case TeamArea(edition=None):
            return _teams(area, layer)
        case TeamArea() | BoundaryArea():
            return ShapesOnGrid(grounds_of(area.codes, layer_of(area, layers)))
        case PolygonArea():
            return ShapesOnGrid(np.array([_drawn(area)], dtype=object))
        case RadiusArea():
            return CircleOnGrid(*_centre(area.centre, directory), area.metres)
        case PostcodesArea():
            return _runs(area)
        case _:
            return CombinationOnGrid(area.type, parts)


def _teams(area: TeamArea, layer: Layer) -> LeafOnGrid:
    indexes = indexes_of(area.codes, layer)
    return ShapesOnGrid(grounds_of(area.codes, layer)) if indexes is None else TeamsOnGrid(indexes)


def _drawn(area: PolygonArea) -> shapely.Geometry:
    drawn = drawn_to_epsg_27700(area.geometry.shape())
    if shapely.is_valid(drawn):
        return drawn
    # Valid in degrees, as the model has checked, but bent by centimetres on the grid: a vertex that
    # touched a long line may now lie just across it.
    return shapely.make_valid(drawn, method="structure", keep_collapsed=False)


def _centre(centre: PostcodeCentre | PositionCentre, directory: Directory) -> tuple[float, float]:
    if isinstance(centre, PositionCentre):
        easting, northing = points_to_epsg_27700(centre.longitude, centre.latitude)
        return float(easting[0]), float(northing[0])
    found = directory.look_up(centre.postcode)
    if found.easting is not None and found.northing is not None:
        return found.easting, found.northing
    error = UnknownPostcodeError if found.status == Status.UNKNOWN else InvalidAreaError
    raise error(f"no circle can be drawn round {found.postcode}: {found.reason}")


def _runs(area: PostcodesArea) -> PostcodesOnGrid:
    runs = np.array([run_of(parse_part(text)) for text in area.postcodes], dtype=np.uint64)
    return PostcodesOnGrid(runs[:, 0], runs[:, 1])


# --- the units in them ----------------------------------------------------------------------------


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
