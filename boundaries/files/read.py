"""Read polygons of teams or other areas from published formats into one checked layer.

GeoJSON, GeoPackage, Shapefile, KML, FlatGeobuf, GeoParquet, TopoJSON and data.police.uk's own
layouts, plain, in a gz, or several in a zip or a folder. The CRS is the file's own. GeoJSON and
TopoJSON that do not tell it are in longitude and latitude (RFC 7946) unless the user says
otherwise; a Shapefile without .prj needs to be told. Third ordinates and empty parts are left out,
with a note. Nothing else is changed: a layer with a fault is refused, every fault named; only
polygons that cross themselves may be kept for a draft.

What GDAL, pyarrow and pandas do is imported inside functions: the server starts without them.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from boundaries.files.check import Finding, code_findings, shape_findings, told
from boundaries.files.contents import Contents
from boundaries.files.fields import FILE_NAME, FOLDER_NAME, Fields, find_fields, is_blank
from boundaries.files.formats import BoundaryFile, Kind
from boundaries.files.grid import Shapes, agreed_crs, require_likely, to_grid
from boundaries.files.limits import (
    require_few_vertices,
    require_small_table,
    require_untangled,
)
from boundaries.files.options import AS_THE_FILE_SAYS, ReadOptions
from boundaries.files.police import are_neighbourhoods, force_of, neighbourhood_of, require_distinct
from boundaries.files.readers import read_contents
from boundaries.files.tidy import tidied
from boundaries.files.unpacking import unpacked
from geo_alerts.crs import EPSG_27700
from geo_alerts.errors import SourceError, SourceFaultsError
from geo_alerts.places.layer import POLYGONAL

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

# In longitude and latitude where nobody says otherwise.
IN_DEGREES: Final = frozenset({Kind.GEOJSON, Kind.TOPOJSON, Kind.POSITIONS})

_LEAVE_OUT: Final = "a file with a fault can be left out of the zip or folder"


@dataclass(frozen=True, eq=False)
class BoundarySource:
    """A checked layer, and what its file says of itself.

    Attributes:
        frame: m rows with `code`, `name` and polygons, EPSG:27700, in the order of the file; with
            `parent_code` (empty for none) where `fields` has parents.
        label: The `name` that the file bears, else the file's name.
        demonstration: Whether the file calls its areas made up.
        licence: As the file tells it; empty where it does not.
        valid_from: The day from which the areas hold, ISO 8601, as the file tells it.
        fields: Where codes, names and parents were taken from.
        crs: The CRS that the file is in.
        notes: What was left out or taken otherwise than the file has it, in plain words.
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
        path: A file of one of the formats; one in a gz; a zip or a folder of files of one of them,
            which are taken together.
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
        SourceError: The file cannot be read, holds no features, several layers or forces, or more
            than is allowed.
        SourceFaultsError: Features are not as they must be; holds every fault.
    """
    with (
        unpacked(path, force=options.force) as files,
        warnings.catch_warnings(record=True) as complaints,
    ):
        warnings.simplefilter("always")
        in_forces = are_neighbourhoods(files)
        if in_forces and options.code_field is None:
            require_distinct(files, path.name)
        contents = [read_contents(file, options.layer) for file in files]
    shapes, shape_notes = tidied(_shapes(contents, path.name))
    crs, crs_notes = agreed_crs(
        {file.name: each.crs for file, each in zip(files, contents, strict=True)},
        options.crs,
        in_degrees=files[0].kind in IN_DEGREES,
    )
    require_likely(shapes, crs, path.name)
    attributes = _attributes(contents, path.name)
    fields = find_fields(attributes, options, files=len(files), in_forces=in_forces)
    areas = _areas(files, contents, attributes, fields)
    members = contents[0].members if len(contents) == 1 else {}
    return BoundarySource(
        frame=_checked(areas, to_grid(shapes, crs), path.name, keep_faults=keep_faults),
        label=str(members.get("name") or path.name),
        demonstration=members.get("demonstration") in {True, "true"},
        licence="; ".join(
            str(members[key]) for key in ("licence", "attribution") if key in members
        ),
        valid_from=_day(members.get("valid_from"), path.name),
        fields=fields,
        crs=crs.to_string(),
        notes=(*_complained(contents, complaints), *crs_notes, *shape_notes),
    )


def _shapes(contents: Sequence[Contents], name: str) -> Shapes:
    shapes = np.concatenate([each.shapes for each in contents])
    if not len(shapes):
        raise SourceError(f"{name} holds no features")
    require_few_vertices(name, int(shapely.get_num_coordinates(shapes).sum()))
    require_untangled(name, shapes)
    return shapes


def _attributes(contents: Sequence[Contents], name: str) -> "pd.DataFrame":
    import pandas as pd  # noqa: PLC0415

    # Small files that are taken together may have a field each.
    fields = {field for each in contents for field in each.attributes}
    require_small_table(name, sum(len(each.shapes) for each in contents), len(fields))
    return pd.concat([each.attributes for each in contents], ignore_index=True)


def _areas(
    files: Sequence[BoundaryFile],
    contents: Sequence[Contents],
    attributes: "pd.DataFrame",
    fields: Fields,
) -> "pd.DataFrame":
    import pandas as pd  # noqa: PLC0415

    counts = [len(each.shapes) for each in contents]
    places = {
        FILE_NAME: np.repeat([neighbourhood_of(file.inside) for file in files], counts),
        FOLDER_NAME: np.repeat([force_of(file.inside) for file in files], counts),
    }
    wanted = {"code": fields.code, "name": fields.name, "parent_code": fields.parent}
    columns: dict[str, Any] = {
        column: places[field].tolist() if field in places else _texts(attributes[field])
        for column, field in wanted.items()
        if field is not None
    }
    columns["feature"] = np.concatenate([np.arange(1, count + 1) for count in counts])
    if len(files) > 1:
        columns["file"] = np.repeat([file.name for file in files], counts)
    return pd.DataFrame(columns)


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


def _checked(
    areas: "pd.DataFrame",
    moved: tuple[Shapes, Mapping[int, str]],
    name: str,
    *,
    keep_faults: bool,
) -> "gpd.GeoDataFrame":
    import geopandas as gpd  # noqa: PLC0415

    shapes, outside = moved
    on_grid = gpd.GeoDataFrame(areas, geometry=gpd.GeoSeries(shapes, crs=EPSG_27700))
    is_bearable = _is_ground(shapes) & keep_faults
    faulty = [
        finding
        for finding in shape_findings(on_grid)
        if finding.row not in outside and not is_bearable[finding.row]
    ]
    far = [Finding(row, "geometry", reason) for row, reason in outside.items()]
    findings = [*code_findings(on_grid), *far, *faulty]
    if findings:
        remedy = _LEAVE_OUT if "file" in areas else ""
        raise SourceFaultsError(name, told(on_grid, findings), remedy=remedy)
    columns = ["code", "name", *(["parent_code"] if "parent_code" in areas else []), "geometry"]
    return on_grid[columns]


def _is_ground(shapes: Shapes) -> npt.NDArray[np.bool_]:
    # Polygons that are not empty, valid or not.
    return np.isin(shapely.get_type_id(shapes), POLYGONAL) & ~shapely.is_empty(shapes)


def _complained(
    contents: Sequence[Contents], complaints: Sequence[warnings.WarningMessage]
) -> tuple[str, ...]:
    # Once each; of a zip of thousands of files, one that says it for all.
    ours = (note for each in contents for note in each.notes)
    return tuple(dict.fromkeys((*ours, *(str(each.message) for each in complaints))))


def _day(value: object, name: str) -> str | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError as error:
        raise SourceError(f"{name}: valid_from {value!r} is no day; wanted YYYY-MM-DD") from error
