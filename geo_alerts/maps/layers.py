"""From geometry on the National Grid to what Leaflet draws: the one place that swaps the axes.

GeoJSON holds longitude before latitude; Leaflet's own calls take latitude first. Outlines are
simplified as one coverage, so that neighbours keep a common edge and no crack opens between them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geo_alerts.crs import geometries_to_epsg_4326, points_to_epsg_4326
from geo_alerts.places.layer import POLYGONAL

# Visvalingam and Whyatt: a vertex goes when it makes a triangle smaller than this squared. At the
# scale of a force on a screen a pixel is over 100 m.
TOLERANCE_M = 30.0
# Five decimal places are 1.1 m of latitude: far below the tolerance.
DECIMALS = 5
# Seven are a centimetre, for what is to be looked at closely.
FINE_DECIMALS = 7
LABEL_PRECISION_M = 25.0
# A hair of the same colour closes the seams that browsers leave between neighbours.
SEAM_PX = 0.5

# South-west and north-east corner, each latitude, longitude: Leaflet's order.
Bounds = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Outlines:
    """Areas ready to draw.

    Attributes:
        collection: A GeoJSON FeatureCollection (RFC 7946); each feature's `id` is its index, its
            properties are those that were given, and `label` (longitude, latitude of the middle of
            the largest circle inside) and `room` (that circle's radius in metres).
        bounds: South-west and north-east corner, each latitude, longitude: Leaflet's order.
    """

    collection: dict[str, Any]
    bounds: Bounds

    @classmethod
    def none(cls, lines: "Lines") -> "Outlines":
        """No areas, where the lines beneath are all there is to see."""
        return cls({"type": "FeatureCollection", "features": []}, lines.bounds)

    @property
    def centre(self) -> tuple[float, float]:
        """The middle of the bounds: latitude, longitude."""
        (south, west), (north, east) = self.bounds
        return (south + north) / 2, (west + east) / 2


@dataclass(frozen=True)
class Lines:
    """Lines for orientation: nobody can point at them.

    Attributes:
        feature: A GeoJSON Feature (RFC 7946) with a MultiLineString.
        bounds: South-west and north-east corner, each latitude, longitude: Leaflet's order.
        colour: Of the lines.
        weight: Their width in pixels.
        dashes: Lengths of dashes and of the gaps between them, in pixels; empty for none.
    """

    feature: dict[str, Any]
    bounds: Bounds
    colour: str
    weight: float
    dashes: str = ""


@dataclass(frozen=True)
class Ground:
    """Shaded ground that nobody can point at: all that is of one class.

    Attributes:
        feature: A GeoJSON Feature (RFC 7946) with a Polygon or MultiPolygon.
        bounds: South-west and north-east corner, each latitude, longitude: Leaflet's order.
        fill: A colour, or `url(#pattern)` of the document.
        edge: The colour of its edge.
        weight: The width of its edge in pixels.
    """

    feature: dict[str, Any]
    bounds: Bounds
    fill: str
    edge: str
    weight: float


@dataclass(frozen=True)
class Spot:
    """How one spot is drawn.

    Attributes:
        fill: A colour.
        radius: In pixels, to the middle of the line round it.
        colour: Of that line.
        weight: Its width in pixels.
        dashes: Lengths of dashes and of the gaps between them, in pixels; empty for none.
    """

    fill: str
    radius: float
    colour: str
    weight: float
    dashes: str = ""


@dataclass(frozen=True)
class Dots:
    """Places that are marked, however many: nobody can point at one.

    Attributes:
        feature: A GeoJSON Feature (RFC 7946) with a MultiPoint.
        colour: Of the line round each dot.
        fill: A colour, or `none`, which leaves the dots hollow.
        radius: Of a dot, in pixels.
    """

    feature: dict[str, Any]
    colour: str
    fill: str
    radius: float


def outlines(
    geometries: Sequence[shapely.Geometry] | npt.NDArray[np.object_],
    properties: Sequence[Mapping[str, Any]],
    *,
    tolerance_m: float = TOLERANCE_M,
    named_within: shapely.Geometry | None = None,
) -> Outlines:
    """Areas as GeoJSON for a map, simplified without cracks.

    Args:
        geometries: n Polygons or MultiPolygons, EPSG:27700, at least one; they should not overlap.
        properties: n mappings, for the features.
        tolerance_m: How coarse; 0 keeps every vertex.
        named_within: Where the names of areas are to stand, EPSG:27700, for a map of a part of
            them; an area that shares no ground with it is named where it is.

    Returns:
        n features in the order given.

    Raises:
        OutsideNationalGridError: A vertex lies outside the National Grid.
    """
    areas = np.asarray(geometries, dtype=object)
    if tolerance_m > 0:
        areas = shapely.coverage_simplify(areas, tolerance_m)
    in_degrees = geometries_to_epsg_4326(areas)
    west, south, east, north = (float(value) for value in shapely.total_bounds(in_degrees))
    named = areas if named_within is None else _cut(areas, named_within)
    features = [
        {"type": "Feature", "id": index, "properties": {**given, **label}, "geometry": geometry}
        for index, (given, label, geometry) in enumerate(
            zip(properties, _labels(named), map(_geojson, in_degrees), strict=True)
        )
    ]
    return Outlines(
        {"type": "FeatureCollection", "features": features}, ((south, west), (north, east))
    )


def spots(
    easting: npt.ArrayLike,
    northing: npt.ArrayLike,
    extent_m: Sequence[float],
    bounds: Bounds,
    marks: Sequence[str] = (),
) -> Outlines:
    """Places that are too small to be drawn as areas: each a spot of one size at any scale.

    Args:
        easting: n metres, EPSG:27700.
        northing: n metres.
        extent_m: How far across each thing is that a spot stands for.
        bounds: What is to be in view.
        marks: What is written on each spot, such as its rank; nothing by default.

    Returns:
        n Points in the order given, with `extent` (metres) and `mark` among the properties.

    Raises:
        OutsideNationalGridError: A place lies outside the National Grid.
    """
    longitude, latitude = points_to_epsg_4326(easting, northing)
    positions = np.column_stack((longitude, latitude)).round(FINE_DECIMALS).tolist()
    features = [
        {
            "type": "Feature",
            "id": index,
            "properties": {
                "label": position,
                "room": 0,
                "extent": round(extent, 1),
                "mark": mark,
            },
            "geometry": {"type": "Point", "coordinates": position},
        }
        for index, (position, extent, mark) in enumerate(
            zip(positions, extent_m, marks or [""] * len(positions), strict=True)
        )
    ]
    return Outlines({"type": "FeatureCollection", "features": features}, bounds)


def dots(
    easting: npt.ArrayLike, northing: npt.ArrayLike, *, colour: str, fill: str, radius: float
) -> Dots:
    """Places as dots.

    Args:
        easting: n metres, EPSG:27700, at least one.
        northing: n metres.
        colour: Of the line round each dot.
        fill: A colour, or `none`.
        radius: In pixels.

    Raises:
        OutsideNationalGridError: A place lies outside the National Grid.
    """
    longitude, latitude = points_to_epsg_4326(easting, northing)
    positions = np.column_stack((longitude, latitude)).round(DECIMALS).tolist()
    geometry = {"type": "MultiPoint", "coordinates": positions}
    return Dots({"type": "Feature", "properties": {}, "geometry": geometry}, colour, fill, radius)


def lines(
    geometries: Sequence[shapely.Geometry] | npt.NDArray[np.object_],
    *,
    colour: str,
    weight: float,
    dashes: str = "",
    tolerance_m: float = TOLERANCE_M,
    decimals: int = DECIMALS,
) -> Lines:
    """The outlines of areas as lines, a common edge of neighbours once; lines as they are.

    Args:
        geometries: n Polygons or MultiPolygons, EPSG:27700, at least one; or lines, where they are
            not to be simplified.
        colour: Of the lines.
        weight: Their width in pixels.
        dashes: Lengths of dashes and gaps in pixels, such as `4 3`.
        tolerance_m: How coarse; 0 keeps every vertex.
        decimals: To how many decimal places of a degree.

    Raises:
        OutsideNationalGridError: A vertex lies outside the National Grid.
    """
    areas = np.asarray(geometries, dtype=object)
    if tolerance_m > 0:
        areas = shapely.coverage_simplify(areas, tolerance_m)
    is_area = np.isin(shapely.get_type_id(areas), POLYGONAL)
    drawn = np.where(is_area, shapely.boundary(areas), areas)
    once = shapely.line_merge(shapely.union_all(drawn))
    in_degrees = geometries_to_epsg_4326(np.array([once], dtype=object))
    west, south, east, north = (float(value) for value in shapely.total_bounds(in_degrees))
    strings = [
        shapely.get_coordinates(part).round(decimals).tolist()
        for part in shapely.get_parts(in_degrees[0])
    ]
    geometry = {"type": "MultiLineString", "coordinates": strings}
    feature = {"type": "Feature", "properties": {}, "geometry": geometry}
    return Lines(feature, ((south, west), (north, east)), colour, weight, dashes)


def ground(
    geometry: shapely.Geometry,
    *,
    fill: str,
    edge: str,
    weight: float = SEAM_PX,
    decimals: int = DECIMALS,
) -> Ground:
    """Ground of one class, to the vertex.

    Args:
        geometry: A Polygon or MultiPolygon, EPSG:27700, not empty.
        fill: A colour, or `url(#pattern)` of the document.
        edge: The colour of its edge.
        weight: The width of its edge in pixels.
        decimals: To how many decimal places of a degree.

    Raises:
        OutsideNationalGridError: A vertex lies outside the National Grid.
    """
    in_degrees = geometries_to_epsg_4326(np.array([geometry], dtype=object))
    west, south, east, north = (float(value) for value in shapely.total_bounds(in_degrees))
    shape = _geojson(in_degrees[0], decimals)
    feature = {"type": "Feature", "properties": {}, "geometry": shape}
    return Ground(feature, ((south, west), (north, east)), fill, edge, weight)


def _cut(areas: npt.NDArray[np.object_], within: shapely.Geometry) -> npt.NDArray[np.object_]:
    # Buffered by nothing, what touches in a line or a point alone is gone.
    cut = np.asarray(shapely.buffer(shapely.intersection(areas, within), 0))
    return np.where(shapely.area(cut) > 0, cut, areas)


def _labels(areas: npt.NDArray[np.object_]) -> list[dict[str, Any]]:
    """Where a name fits best: the middle of the largest circle inside, and its radius in metres."""
    radii = shapely.maximum_inscribed_circle(areas, tolerance=LABEL_PRECISION_M)
    middles = shapely.get_coordinates(shapely.get_point(radii, 0))
    longitude, latitude = points_to_epsg_4326(middles[:, 0], middles[:, 1])
    positions = np.column_stack((longitude, latitude)).round(DECIMALS).tolist()
    return [
        {"label": position, "room": round(float(room))}
        for position, room in zip(positions, shapely.length(radii), strict=True)
    ]


def _geojson(geometry: shapely.Geometry, decimals: int = DECIMALS) -> dict[str, Any]:
    parts = shapely.get_parts(shapely.orient_polygons(geometry))
    polygons = [_rings(part, decimals) for part in parts]
    if len(polygons) == 1:
        return {"type": "Polygon", "coordinates": polygons[0]}
    return {"type": "MultiPolygon", "coordinates": polygons}


def _rings(polygon: shapely.Polygon, decimals: int) -> list[list[list[float]]]:
    rings = [polygon.exterior, *polygon.interiors]
    return [shapely.get_coordinates(ring).round(decimals).tolist() for ring in rings]
