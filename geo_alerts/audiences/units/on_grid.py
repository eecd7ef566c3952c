"""Target areas on the National Grid: each leaf as a shape, a circle or a run of postcodes."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo_alerts.audiences.rows import Rows
from geo_alerts.audiences.targets.areas import (
    AnyArea,
    DifferenceArea,
    IntersectionArea,
    UnionArea,
    parts_of,
)
from geo_alerts.audiences.targets.leaves import (
    BoundaryArea,
    CorridorArea,
    HotspotsArea,
    PolygonArea,
    PositionCentre,
    PostcodeCentre,
    PostcodesArea,
    RadiusArea,
    RectangleArea,
    TeamArea,
)
from geo_alerts.audiences.targets.named import Layers, grounds_of, indexes_of, layer_of
from geo_alerts.crs import drawn_to_epsg_27700, points_to_epsg_27700
from geo_alerts.errors import InvalidAreaError, UnknownPostcodeError
from geo_alerts.places.directory import Directory, Status
from geo_alerts.places.layer import Layer
from geo_alerts.places.postcode_keys import Keys, run_of
from geo_alerts.places.postcodes import parse_part

NO_LAYERS: Final[Layers] = {}


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
class CorridorOnGrid:
    """A LineString or MultiLineString, EPSG:27700, and the metres to each side and beyond."""

    line: shapely.Geometry
    metres: float


@dataclass(frozen=True, eq=False)
class SurroundingsOnGrid:
    """A Polygon or MultiPolygon, EPSG:27700, and the metres beyond it, more than 0."""

    geometry: shapely.Geometry
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


LeafOnGrid = (
    TeamsOnGrid
    | ShapesOnGrid
    | CircleOnGrid
    | CorridorOnGrid
    | SurroundingsOnGrid
    | PostcodesOnGrid
)
AreaOnGrid = LeafOnGrid | CombinationOnGrid


def on_grid(
    area: AnyArea, directory: Directory, layer: Layer, layers: Layers = NO_LAYERS
) -> AreaOnGrid:
    """A target area with its leaves on the National Grid, to be asked of any units.

    Args:
        area: The area, its saved areas and the radii that hold people resolved; see
            `resolving.py`.
        directory: Where the postcode at the centre of a circle is looked up.
        layer: The teams of the units that are asked.
        layers: The other layers and editions that the area names.

    Raises:
        InvalidAreaError: A circle's centre has no location; a leaf is not resolved.
        UnknownPostcodeError: A circle's centre is in no directory.
        UnknownAreaError: No area of a layer has a code, or the layer is not known.
        OutsideNationalGridError: A position lies outside the National Grid.
    """
    parts = tuple(on_grid(part, directory, layer, layers) for part in parts_of(area))
    match area:
        case UnionArea() | IntersectionArea() | DifferenceArea():
            return CombinationOnGrid(area.type, parts)
        case TeamArea(edition=None):
            return _teams(area, layer)
        case TeamArea() | BoundaryArea():
            return ShapesOnGrid(grounds_of(area.codes, layer_of(area, layers)))
        case HotspotsArea():
            return around(layer_of(area, layers).geometry, area.metres)
        case RadiusArea(metres=float(metres)):
            return CircleOnGrid(*position_of(area.centre, directory), metres)
        case _:
            return _as_it_stands(area)


def around(geometries: npt.NDArray[np.object_], metres: float) -> LeafOnGrid:
    """What lies in some areas, or at most so many metres from them.

    Args:
        geometries: k Polygons or MultiPolygons, EPSG:27700.
        metres: 0 or more.
    """
    if metres == 0 or not len(geometries):
        return ShapesOnGrid(geometries)
    return SurroundingsOnGrid(shapely.union_all(geometries), metres)


def _as_it_stands(area: AnyArea) -> LeafOnGrid:
    # What needs neither directory nor layers.
    match area:
        case PolygonArea():
            return _shape(area.geometry.shape())
        case RectangleArea():
            return _shape(shapely.box(area.west, area.south, area.east, area.north))
        case CorridorArea():
            return CorridorOnGrid(drawn_to_epsg_27700(area.line.shape()), area.metres)
        case PostcodesArea():
            return _runs(area)
        case _:
            raise InvalidAreaError(f"an area of the kind {area.type} has to be resolved first")


def _teams(area: TeamArea, layer: Layer) -> LeafOnGrid:
    indexes = indexes_of(area.codes, layer)
    return ShapesOnGrid(grounds_of(area.codes, layer)) if indexes is None else TeamsOnGrid(indexes)


def _shape(lon_lat: BaseGeometry) -> ShapesOnGrid:
    drawn = drawn_to_epsg_27700(lon_lat)
    if not shapely.is_valid(drawn):
        # Valid in degrees, as the model has checked, but bent by centimetres on the grid: a vertex
        # that touched a long line may now lie just across it.
        drawn = shapely.make_valid(drawn, method="structure", keep_collapsed=False)
    return ShapesOnGrid(np.array([drawn], dtype=object))


def position_of(
    centre: PostcodeCentre | PositionCentre, directory: Directory
) -> tuple[float, float]:
    """The easting and northing of a circle's centre.

    Raises:
        InvalidAreaError: It has no location.
        UnknownPostcodeError: It is in no directory.
        OutsideNationalGridError: It lies outside the National Grid.
    """
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
