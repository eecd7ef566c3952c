"""Target areas on the National Grid: each leaf as a shape, a circle or a run of postcodes."""

from dataclasses import dataclass
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
from geo_alerts.audiences.rows import Rows
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
