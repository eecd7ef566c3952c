"""Read polygons of teams or other areas from published formats into one checked layer.

GeoJSON, GeoPackage, Shapefile and KML, plain, in a zip (also one file a district) or in a gz. The
CRS is the file's own. GeoJSON without a `crs` member is in longitude and latitude (RFC 7946) unless
the user says otherwise; a Shapefile without .prj needs to be told. Third ordinates are dropped.
Nothing else is changed: a layer with a fault is refused, every fault named.

geopandas and pyogrio are imported inside functions: the server starts without them.
"""

import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS

from boundaries.check import Finding, code_findings, shape_findings, told
from boundaries.fields import FILE_NAME, Fields, find_fields, is_blank
from boundaries.files import BoundaryFile, unpacked
from boundaries.options import ReadOptions
from geo_alerts.crs import EPSG_4326, frame_to_epsg_27700, read_crs
from geo_alerts.errors import CrsError, OutsideNationalGridError, SourceError, SourceFaultsError
from geo_alerts.places.layer import POLYGONAL

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

DRIVERS: Final = {
    "GeoJSON": ("GeoJSON",),
    "GeoPackage": ("GPKG",),
    "Shapefile": ("ESRI Shapefile",),
    "KML": ("LIBKML", "KML"),
}

AS_THE_FILE_SAYS: Final = ReadOptions()

# Longitudes and latitudes of Great Britain, generously.
BRITAIN: Final = (-9.5, 49.0, 2.5, 61.5)


@dataclass(frozen=True, eq=False)
class BoundarySource:
    """A checked layer, and what its file says of itself.

    Attributes:
        frame: m rows with `code`, `name` and polygons, EPSG:27700, in the order of the file.
        label: GeoJSON's `name`, else the file's name.
        demonstration: Whether the file calls its areas made up.
        licence: As the file tells it; empty where it does not.
        valid_from: The day from which the areas hold, ISO 8601, as the file tells it.
        fields: Where codes and names were taken from.
        crs: The CRS that the file is in.
        notes: What GDAL complained of in reading and went over.
    """

    frame: "gpd.GeoDataFrame"
    label: str
    demonstration: bool
    licence: str
    valid_from: str | None
    fields: Fields
    crs: str
    notes: tuple[str, ...]


def read_boundaries(
    path: Path, *, options: ReadOptions = AS_THE_FILE_SAYS, keep_faults: bool = False
) -> BoundarySource:
    """Read one layer of areas, whole and without a fault, or not at all.

    Args:
        path: A GeoJSON, GeoPackage, Shapefile or KML; one in a gz; a zip of files of one of these
            formats, which are taken together.
        options: What the user says of it.
        keep_faults: Whether polygons that are invalid by the rules of OGC Simple Features are kept
            as they are, for a draft that is checked and repaired later. What cannot be built at
            all, is missing, empty or no polygon is a fault in any case.

    Returns:
        The layer with what its file says of itself.

    Raises:
        CrsError: The CRS is missing, unknown, contradicts the file, or cannot be that of the
            coordinates.
        UnknownFormatError: It is no format that is read here.
        SourceError: The file cannot be read, holds no features, or several layers.
        SourceFaultsError: Features are not as they must be; holds every fault.
    """
    with unpacked(path) as files, warnings.catch_warnings(record=True) as complaints:
        warnings.simplefilter("always")
        parts = [_read(file, options.layer) for file in files]
    if not sum(map(len, parts)):
        raise SourceError(f"{path.name} holds no features")
    source_crs = _agreed_crs(files, parts, options.crs)
    fields = find_fields(
        _attributes(parts), code=options.code_field, name=options.name_field, files=len(files)
    )
    members = files[0].members if len(files) == 1 else {}
    return BoundarySource(
        frame=_checked(
            _areas(files, parts, fields, source_crs), path.name, keep_faults=keep_faults
        ),
        label=str(members.get("name") or path.name),
        demonstration=members.get("demonstration") is True,
        licence="; ".join(
            str(members[key]) for key in ("licence", "attribution") if key in members
        ),
        valid_from=_day(members.get("valid_from"), path.name),
        fields=fields,
        crs=source_crs.to_string(),
        notes=tuple(dict.fromkeys(str(complaint.message) for complaint in complaints)),
    )


def _read(file: BoundaryFile, layer: str | None) -> "gpd.GeoDataFrame":
    import pyogrio  # noqa: PLC0415

    try:
        wanted = _layer(file, pyogrio.list_layers(file.path), layer)
        driver = pyogrio.read_info(file.path, layer=wanted)["driver"]
        if driver not in DRIVERS[file.kind]:
            raise SourceError(f"{file.name} is {driver}, not {file.kind}")
        # A geometry that cannot be built comes as a missing one and is told with the other faults.
        frame: gpd.GeoDataFrame = pyogrio.read_dataframe(
            file.path, layer=wanted, on_invalid="ignore"
        )
    except (RuntimeError, UnicodeDecodeError) as error:  # pyogrio's own errors are RuntimeErrors
        reason = str(error).replace(f"{file.path.parent}{os.sep}", "")
        raise SourceError(f"{file.name} cannot be read as {file.kind}: {reason}") from error
    return frame


def _layer(file: BoundaryFile, layers: Sequence[Any], asked: str | None) -> str:
    # Tables without geometry are layers to GDAL; their kind is None.
    names = [str(name) for name, kind in layers if kind is not None]
    has = ", ".join(names) if names else "none with geometry"
    if asked is not None and asked not in names:
        raise SourceError(f"{file.name} has no layer {asked!r}; its layers: {has}")
    if asked is None and len(names) != 1:
        raise SourceError(f"{file.name} has not one layer; name the one to read; its layers: {has}")
    return names[0] if asked is None else asked


def _agreed_crs(
    files: list[BoundaryFile], parts: list["gpd.GeoDataFrame"], asked: str | None
) -> CRS:
    given = None if asked is None else read_crs(asked)
    stated = {file.name: _stated_crs(file, part) for file, part in zip(files, parts, strict=True)}
    first_name, first = next(iter(stated.items()))
    for name, crs in stated.items():
        if not _same(crs, first):
            raise CrsError(f"{first_name} is in {_told(first)}, but {name} in {_told(crs)}")
    if first is not None and given is not None and not _same(first, given):
        raise CrsError(f"{first_name} says that it is in {_told(first)}, not in {_told(given)}")
    if first is None and given is None and files[0].kind != "GeoJSON":
        raise CrsError(f"{first_name} does not tell its CRS; name it, for example EPSG:27700")
    return first or given or read_crs(EPSG_4326)


def _stated_crs(file: BoundaryFile, part: "gpd.GeoDataFrame") -> CRS | None:
    if file.kind != "GeoJSON":
        # GDAL's stand-ins for "not known" are neither geographic nor projected.
        stated = part.crs
        return (
            stated if stated is not None and (stated.is_geographic or stated.is_projected) else None
        )
    # The form of 2008, which RFC 7946 dropped and many programs write.
    member = file.members.get("crs")
    if member is None:
        return None
    properties = member.get("properties") if isinstance(member, dict) else None
    return read_crs(properties.get("name") if isinstance(properties, dict) else None)


def _same(one: CRS | None, other: CRS | None) -> bool:
    if one is None or other is None:
        return one is other
    return bool(one.equals(other, ignore_axis_order=True))


def _told(crs: CRS | None) -> str:
    return "no CRS that it tells" if crs is None else str(crs.to_string())


def _attributes(parts: list["gpd.GeoDataFrame"]) -> "pd.DataFrame":
    import pandas as pd  # noqa: PLC0415

    tables = [pd.DataFrame(part.drop(columns=part.geometry.name)) for part in parts]
    return pd.concat(tables, ignore_index=True)


def _areas(
    files: list[BoundaryFile], parts: list["gpd.GeoDataFrame"], fields: Fields, crs: CRS
) -> "gpd.GeoDataFrame":
    import geopandas as gpd  # noqa: PLC0415

    attributes = _attributes(parts)
    counts = [len(part) for part in parts]
    origin = {
        "feature": np.concatenate([np.arange(1, count + 1) for count in counts]),
        "file": np.repeat([file.name for file in files], counts),
    }
    stems = np.repeat([file.path.stem for file in files], counts)
    code, name = (
        _texts(attributes[field]) if field != FILE_NAME else stems.tolist()
        for field in (fields.code, fields.name)
    )
    shapes = np.concatenate([np.asarray(part.geometry.to_numpy(), dtype=object) for part in parts])
    columns = {"code": code, "name": name, **origin}
    if len(files) == 1:
        del columns["file"]
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(shapes, crs=crs))


def _texts(values: "pd.Series[Any]") -> list[str]:
    # GDAL gives whole numbers as floats where one of them is missing.
    whole = [
        int(value) if isinstance(value, float) and value.is_integer() else value
        for value in values.tolist()
    ]
    return [
        "" if blank else str(value).strip()
        for value, blank in zip(whole, is_blank(values), strict=True)
    ]


def _checked(areas: "gpd.GeoDataFrame", name: str, *, keep_faults: bool) -> "gpd.GeoDataFrame":
    _require_likely_crs(areas, name)
    on_grid, inside, outside = _to_grid(areas)
    bearable = _is_ground(np.asarray(on_grid.geometry.to_numpy(), dtype=object)) & keep_faults
    shapes = [
        finding._replace(row=int(inside[finding.row]))
        for finding in shape_findings(on_grid)
        if not bearable[finding.row]
    ]
    findings = [*code_findings(areas), *outside, *shapes]
    if findings:
        raise SourceFaultsError(name, told(areas, findings))
    return on_grid[["code", "name", "geometry"]]


def _is_ground(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    # Polygons that are not empty, valid or not.
    return np.isin(shapely.get_type_id(shapes), POLYGONAL) & ~shapely.is_empty(shapes)


def _to_grid(
    areas: "gpd.GeoDataFrame",
) -> tuple["gpd.GeoDataFrame", npt.NDArray[np.int64], list[Finding]]:
    # The areas that can be brought to the National Grid, their rows, and what is said of the rest.
    rows = np.arange(len(areas))
    try:
        return frame_to_epsg_27700(areas), rows, []
    except OutsideNationalGridError:
        outside = [finding for row in rows.tolist() for finding in _outside_one(areas, row)]
    inside = np.setdiff1d(rows, [finding.row for finding in outside])
    return frame_to_epsg_27700(areas.iloc[inside]), inside, outside


def _outside_one(areas: "gpd.GeoDataFrame", row: int) -> list[Finding]:
    try:
        frame_to_epsg_27700(areas.iloc[[row]])
    except OutsideNationalGridError as error:
        return [Finding(row, "geometry", str(error))]
    return []


def _require_likely_crs(areas: "gpd.GeoDataFrame", name: str) -> None:
    bounds = areas.geometry.bounds.dropna().to_numpy()
    if not len(bounds):
        return
    crs = read_crs(areas.crs)
    are_degrees = (np.abs(bounds) <= (180, 90, 180, 90)).all(axis=1)
    west, south = bounds[0, :2]
    if crs.is_geographic and not are_degrees.any():
        raise CrsError(
            f"{name}: {west:.9g}, {south:.9g} are no degrees, but the CRS is {crs.to_string()}; "
            "name the right one, for example EPSG:27700"
        )
    if crs.is_geographic and _are_british(bounds[:, [1, 0, 3, 2]]):
        raise CrsError(
            f"{name}: latitude seems to stand before longitude ({west:.9g}, {south:.9g})"
        )
    if not crs.is_geographic and are_degrees.all():
        raise CrsError(
            f"{name}: {west:.9g}, {south:.9g} look like degrees, but the CRS is {crs.to_string()}; "
            "name the right one, for example EPSG:4326"
        )


def _are_british(bounds: npt.NDArray[np.float64]) -> bool:
    # All within a generous box of longitudes and latitudes.
    west, south, east, north = BRITAIN
    inside = (bounds >= (west, south, west, south)) & (bounds <= (east, north, east, north))
    return bool(inside.all())


def _day(value: object, name: str) -> str | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError as error:
        raise SourceError(f"{name}: valid_from {value!r} is no day; wanted YYYY-MM-DD") from error
