"""Coordinate reference systems: the only place that reprojects.

Inside, all geometry is EPSG:27700 (British National Grid, metres). EPSG:4326 exists in what is read
and in what is written. Between the two stands OSTN15, the definitive transformation of Ordnance
Survey, through convertbng: pyproj's wheel lacks that grid and is then up to 3.5 m off. WGS 84
(EPSG:4326) is taken as ETRS89 (EPSG:4258), as Ordnance Survey does. Every other CRS goes through
pyproj, by way of EPSG:4326 where that is not itself a National Grid system.

One publisher went another way: data.police.uk sent whole metres of the National Grid through the
plain Helmert transformation (EPSG:1314) and cut the degrees to six decimals. OSTN15 would put its
points 1.75 m off; `published_points_to_epsg_27700` goes back as they came.

Sources: Ordnance Survey, "Transformations and OSGM15 user guide" (2020), OSTN15; EPSG Geodetic
Parameter Dataset, operation 1314.
"""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely
from convertbng import cutil
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError as ProjCrsError
from pyproj.exceptions import ProjError
from shapely.geometry.base import BaseGeometry

from geo_alerts.errors import CrsError, OutsideNationalGridError

if TYPE_CHECKING:
    import geopandas as gpd

EPSG_27700 = "EPSG:27700"
EPSG_4326 = "EPSG:4326"

# The National Grid's lettered squares that hold Great Britain: SV in the south-west, JM in the
# north-east. convertbng gives finite values for points west of them that are tens of metres off.
EASTING_LIMIT_M = 700_000
NORTHING_LIMIT_M = 1_300_000

# convertbng refuses latitudes under 49.922, and with them the south of the Isles of Scilly, which
# OSTN15 covers; southernmost of all rocks is Pednathise Head, at 49.86.
SCILLY_LONGITUDES = (-7.0, -5.0)
SCILLY_LATITUDES = (49.85, 49.93)

# A vertex at least every 0.01 degrees (about 0.7 by 1.1 km): a straight line between two positions
# of GeoJSON (RFC 7946, section 3.1.1) bends on the grid, here by less than 0.03 m between vertices.
DENSIFY_DEG = 0.01

# Six decimals of a degree are up to 0.056 m of northing and 0.036 m of easting to either side.
SNAP_M = 0.07
PUBLISHED_DECIMALS = 6

# EPSG:1314 backwards, written out: a name would let PROJ choose, by the grids that it finds.
_BY_HELMERT = (
    "proj=pipeline step proj=unitconvert xy_in=deg xy_out=rad step proj=push v_3 "
    "step proj=cart ellps=WGS84 step inv proj=helmert x=446.448 y=-125.157 z=542.06 "
    "rx=0.15 ry=0.247 rz=0.842 s=-20.489 convention=position_vector "
    "step inv proj=cart ellps=airy step proj=pop v_3 step proj=tmerc lat_0=49 lon_0=-2 "
    "k=0.9996012717 x_0=400000 y_0=-100000 ellps=airy"
)

Floats = npt.NDArray[np.float64]


def points_to_epsg_27700(
    longitude: npt.ArrayLike, latitude: npt.ArrayLike
) -> tuple[Floats, Floats]:
    """Easting and northing of positions, by OSTN15, to the millimetre.

    Args:
        longitude: n degrees east, EPSG:4326 or EPSG:4258.
        latitude: n degrees north.

    Returns:
        Two arrays of n, metres, EPSG:27700.

    Raises:
        OutsideNationalGridError: A position is not finite, or outside the National Grid; the first
            one is named.
    """
    lon, lat = _pair(longitude, latitude)
    easting, northing = _by_ostn15(lon, lat)
    outside = ~on_national_grid(easting, northing)
    if outside.any():
        _refuse(outside, lon, lat, "longitude", "latitude")
    return easting, northing


def points_on_national_grid(
    longitude: npt.ArrayLike, latitude: npt.ArrayLike
) -> npt.NDArray[np.bool_]:
    """Tell which positions (degrees, EPSG:4326) OSTN15 puts on the National Grid; NaN: none."""
    return on_national_grid(*_by_ostn15(*_pair(longitude, latitude)))


def points_to_epsg_4326(easting: npt.ArrayLike, northing: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Longitude and latitude of National Grid positions, by OSTN15.

    Args:
        easting: n metres, EPSG:27700.
        northing: n metres.

    Returns:
        Two arrays of n, degrees, EPSG:4326 (longitude first).

    Raises:
        OutsideNationalGridError: A position is not finite, or outside the grid that OSTN15 covers;
            the first one is named.
    """
    east, north = _pair(easting, northing)
    outside = ~on_national_grid(east, north)
    if outside.any():
        _refuse(outside, east, north, "easting", "northing")
    longitude, latitude = (
        cutil.convert_lonlat(east, north) if east.size else (east.copy(), north.copy())
    )
    outside = ~np.isfinite(longitude)
    if outside.any():
        _refuse(outside, east, north, "easting", "northing")
    return longitude, latitude


def published_points_to_epsg_27700(
    longitude: npt.ArrayLike, latitude: npt.ArrayLike
) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Easting and northing of positions as data.police.uk publishes them, by EPSG:1314.

    Those that come within 0.07 m of whole metres on both axes are these whole metres: the same on
    every machine, whatever grids PROJ finds. The others stay where they fall: points of the British
    Transport Police, and of Northern Ireland, which are whole metres of the Irish Grid
    (EPSG:29901).

    Args:
        longitude: n degrees east, EPSG:4326, of six decimals.
        latitude: n degrees north.

    Returns:
        n eastings and n northings, metres, EPSG:27700; and n flags, which of them are whole metres.

    Raises:
        OutsideNationalGridError: A position is not finite, or outside the National Grid; the first
            one is named.
    """
    lon, lat = _pair(longitude, latitude)
    easting, northing = _helmert().transform(lon, lat)
    east, north = np.round(easting), np.round(northing)
    with np.errstate(invalid="ignore"):
        is_snapped = (np.abs(easting - east) <= SNAP_M) & (np.abs(northing - north) <= SNAP_M)
    easting, northing = np.where(is_snapped, east, easting), np.where(is_snapped, north, northing)
    outside = ~on_national_grid(easting, northing)
    if outside.any():
        _refuse(outside, lon, lat, "longitude", "latitude")
    return easting, northing, is_snapped


def published_points_on_national_grid(
    longitude: npt.ArrayLike, latitude: npt.ArrayLike
) -> npt.NDArray[np.bool_]:
    """Tell which positions (degrees, EPSG:4326) EPSG:1314 puts on the National Grid; NaN: none."""
    return on_national_grid(*_helmert().transform(*_pair(longitude, latitude)))


def published_points_to_epsg_4326(
    easting: npt.ArrayLike, northing: npt.ArrayLike
) -> tuple[Floats, Floats]:
    """Longitude and latitude of National Grid positions, as data.police.uk would publish them.

    Args:
        easting: n metres, EPSG:27700.
        northing: n metres.

    Returns:
        Two arrays of n, degrees of six decimals, EPSG:4326 (longitude first).

    Raises:
        OutsideNationalGridError: A position is not finite, or outside the National Grid; the first
            one is named.
    """
    east, north = _pair(easting, northing)
    outside = ~on_national_grid(east, north)
    if outside.any():
        _refuse(outside, east, north, "easting", "northing")
    longitude, latitude = _helmert().transform(east, north, direction="INVERSE")
    return np.round(longitude, PUBLISHED_DECIMALS), np.round(latitude, PUBLISHED_DECIMALS)


def on_national_grid(easting: npt.ArrayLike, northing: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Tell which positions (metres, EPSG:27700) lie on the National Grid; not finite is False."""
    east, north = np.asarray(easting, dtype=float), np.asarray(northing, dtype=float)
    return (east >= 0) & (east < EASTING_LIMIT_M) & (north >= 0) & (north < NORTHING_LIMIT_M)


def geometries_to_epsg_27700(geometries: npt.ArrayLike, crs: Any) -> npt.NDArray[np.object_]:  # noqa: ANN401
    """Geometries of any CRS on the National Grid, vertex by vertex; third ordinates are dropped.

    Args:
        geometries: n shapely geometries; missing ones stay missing.
        crs: What pyproj can read as their CRS.

    Returns:
        n geometries, EPSG:27700.

    Raises:
        CrsError: The CRS is missing, cannot be read, or is none of places on a map.
        OutsideNationalGridError: A vertex lies outside the National Grid.
    """
    flat = shapely.force_2d(np.asarray(geometries, dtype=object))
    source = _horizontal(read_crs(crs))
    if _same(source, EPSG_27700):
        return _checked_on_grid(flat)
    if not (_same(source, EPSG_4326) or _same(source, "EPSG:4258")):
        transformer = _to_epsg_4326(source)
        flat = shapely.transform(
            flat, lambda c: np.column_stack(transformer.transform(c[:, 0], c[:, 1]))
        )
    return np.asarray(
        shapely.transform(flat, lambda c: np.column_stack(points_to_epsg_27700(c[:, 0], c[:, 1])))
    )


def geometries_to_epsg_4326(geometries: npt.ArrayLike) -> npt.NDArray[np.object_]:
    """National Grid geometries in longitude and latitude, vertex by vertex.

    Args:
        geometries: n shapely geometries, EPSG:27700; missing ones stay missing.

    Returns:
        n geometries, EPSG:4326, longitude first.

    Raises:
        OutsideNationalGridError: A vertex lies outside the grid that OSTN15 covers.
    """
    flat = shapely.force_2d(np.asarray(geometries, dtype=object))
    return np.asarray(
        shapely.transform(flat, lambda c: np.column_stack(points_to_epsg_4326(c[:, 0], c[:, 1])))
    )


def drawn_to_epsg_27700(geometry: BaseGeometry) -> BaseGeometry:
    """A shape drawn in longitude and latitude (RFC 7946) on the National Grid.

    Its lines are straight in degrees, so long ones get vertices in between; those that were given
    stay, so that a vertex on a unit's point falls on that point again.

    Args:
        geometry: EPSG:4326, longitude first.

    Returns:
        The geometry, EPSG:27700.

    Raises:
        OutsideNationalGridError: A vertex lies outside the National Grid.
    """
    dense = shapely.segmentize(geometry, DENSIFY_DEG)
    moved: BaseGeometry = geometries_to_epsg_27700(np.array([dense], dtype=object), EPSG_4326)[0]
    return moved


def bbox_to_epsg_27700(bbox: Sequence[float]) -> tuple[float, float, float, float]:
    """The National Grid box around a box of longitudes and latitudes.

    The four sides bend on the grid, so they are densified: corners alone fall short by hundreds of
    metres.

    Args:
        bbox: West, south, east, north, degrees, EPSG:4326.

    Returns:
        Least easting, least northing, greatest easting, greatest northing, metres.
    """
    west, south, east, north = bbox
    return drawn_to_epsg_27700(shapely.box(west, south, east, north)).bounds


def frame_to_epsg_27700(frame: "gpd.GeoDataFrame") -> "gpd.GeoDataFrame":
    """The frame with its geometry on the National Grid; order, index and other columns are kept.

    Raises:
        CrsError: The frame has no CRS.
        OutsideNationalGridError: A vertex lies outside the National Grid.
    """
    geometries = geometries_to_epsg_27700(frame.geometry.to_numpy(), frame.crs)
    return frame.set_geometry(type(frame.geometry)(geometries, index=frame.index, crs=EPSG_27700))


def read_crs(crs: Any) -> CRS:  # noqa: ANN401
    """The CRS that text, a number or an object means.

    Raises:
        CrsError: It is missing, or means none.
    """
    if crs is None or crs == "":
        raise CrsError("the CRS is missing; name it, for example EPSG:27700 or EPSG:4326")
    try:
        return CRS.from_user_input(crs)
    except ProjCrsError as error:
        raise CrsError(f"{crs!r} is no CRS that is known; wanted for example EPSG:27700") from error


def _to_epsg_4326(source: CRS) -> Transformer:
    # Heights, positions from the centre of the Earth and drawings of a site are no places here.
    if not (source.is_geographic or source.is_projected):
        raise CrsError(f"{source.name} is no CRS of places on a map; wanted for example EPSG:27700")
    try:
        return Transformer.from_crs(source, EPSG_4326, always_xy=True)
    except ProjError as error:
        raise CrsError(f"nothing is known that leads from {source.name} to EPSG:4326") from error


def _horizontal(crs: CRS) -> CRS:
    # EPSG:7405 is the National Grid with heights: taken as a whole it would go the long way round,
    # through pyproj, and come back up to 3.5 m off.
    return crs.sub_crs_list[0] if crs.is_compound else crs


def _same(crs: CRS, other: str) -> bool:
    # Axis order differs between "EPSG:4326" and OGC's CRS84, which is what GeoJSON means.
    return crs.equals(CRS.from_user_input(other), ignore_axis_order=True)


def _checked_on_grid(geometries: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    vertices = shapely.get_coordinates(geometries)
    outside = ~on_national_grid(vertices[:, 0], vertices[:, 1])
    if outside.any():
        _refuse(outside, vertices[:, 0], vertices[:, 1], "easting", "northing")
    return geometries


@cache
def _helmert() -> Transformer:
    return Transformer.from_pipeline(_BY_HELMERT)


def _between(values: Floats, limits: tuple[float, float]) -> npt.NDArray[np.bool_]:
    return (values >= limits[0]) & (values <= limits[1])


def _by_ostn15(longitude: Floats, latitude: Floats) -> tuple[Floats, Floats]:
    # NaN where OSTN15 has nothing to say.
    if not longitude.size:
        return longitude.copy(), latitude.copy()
    easting, northing = cutil.convert_bng(longitude, latitude)
    scilly = (
        np.isnan(easting)
        & _between(longitude, SCILLY_LONGITUDES)
        & _between(latitude, SCILLY_LATITUDES)
    )
    if scilly.any():
        easting[scilly], northing[scilly] = _by_inversion(longitude[scilly], latitude[scilly])
    return easting, northing


def _by_inversion(longitude: Floats, latitude: Floats) -> tuple[Floats, Floats]:
    # The way back knows the whole grid, so a first guess is moved by what the way back says it is
    # off; each round leaves about a ten-thousandth of the error.
    guess = Transformer.from_crs(EPSG_4326, EPSG_27700, always_xy=True).transform
    start = np.array(guess(longitude, latitude))
    found = start.copy()
    for _ in range(3):
        found += start - np.array(guess(*cutil.convert_lonlat(*found)))
    return np.round(found[0], 3), np.round(found[1], 3)


def _pair(first: npt.ArrayLike, second: npt.ArrayLike) -> tuple[Floats, Floats]:
    a = np.atleast_1d(np.asarray(first, dtype=float))
    b = np.atleast_1d(np.asarray(second, dtype=float))
    if a.shape != b.shape or a.ndim != 1:
        raise CrsError(f"two lists of one length are wanted, not of shapes {a.shape} and {b.shape}")
    return a, b


def _refuse(outside: npt.NDArray[np.bool_], first: Floats, second: Floats, *names: str) -> None:
    at = int(np.argmax(outside))
    count = int(outside.sum())
    others = f" ({count} of {outside.size} positions are)" if outside.size > 1 else ""
    raise OutsideNationalGridError(
        f"{names[0]} {first[at]:.9g}, {names[1]} {second[at]:.9g} (position {at + 1}) "
        f"is outside the British National Grid{others}"
    )
