"""Read one boundary file by the reader of its kind.

GDAL reads most kinds; GeoParquet, TopoJSON and lists of positions are read here. Whoever reads,
nothing is lost without a word: features are counted against what the file says it has.

pandas and pyogrio are imported inside functions: the server starts without them.
"""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from boundaries.files import topojson
from boundaries.files.contents import Contents
from boundaries.files.formats import BoundaryFile, Kind
from boundaries.files.geoparquet import read_geoparquet
from boundaries.files.limits import require_small_table
from boundaries.files.plain_paths import is_plain
from boundaries.files.police import ring_of
from boundaries.files.shapefile import WINDOWS_1252, encoding_of
from geo_alerts.crs import EPSG_4326, read_crs
from geo_alerts.errors import SourceError

if TYPE_CHECKING:
    from pyproj import CRS

DRIVERS: Final = {
    Kind.GEOJSON: ("GeoJSON",),
    Kind.GEOPACKAGE: ("GPKG",),
    Kind.SHAPEFILE: ("ESRI Shapefile",),
    Kind.KML: ("LIBKML", "KML"),
    Kind.FLATGEOBUF: ("FlatGeobuf",),
}
# Kinds of fields whose values can be codes or names; lists and bytes cannot.
SCALARS: Final = frozenset(
    {"OFTString", "OFTInteger", "OFTInteger64", "OFTReal", "OFTDate", "OFTTime", "OFTDateTime"}
)
_ENCODED: Final = (
    "{} does not tell the encoding of its texts, which are not UTF-8; they are read as Windows-1252"
)


def read_contents(file: BoundaryFile, layer: str | None) -> Contents:
    """What a file holds, as it is.

    Args:
        file: One that was recognised.
        layer: Which of several layers.

    Raises:
        SourceError: It cannot be read, not all of it can, or it has several layers.
        CrsError: It tells a CRS that cannot be read.
    """
    if file.kind == Kind.GEOPARQUET:
        return read_geoparquet(file)
    if file.kind == Kind.TOPOJSON:
        return _of_topojson(file, layer)
    if file.kind == Kind.POSITIONS:
        return _of_positions(file)
    return _by_gdal(file, layer)


def _of_positions(file: BoundaryFile) -> Contents:
    import pandas as pd  # noqa: PLC0415

    shapes = np.array([ring_of(file), None], dtype=object)[:1]
    return Contents(pd.DataFrame(index=range(1)), shapes, read_crs(EPSG_4326))


def _of_topojson(file: BoundaryFile, layer: str | None) -> Contents:
    import pandas as pd  # noqa: PLC0415

    objects, arcs = topojson.layers_of(file)
    chosen = objects[_chosen(file, list(objects), layer)]
    properties, shapes = topojson.features_of(file, chosen, arcs)
    attributes = pd.DataFrame(properties, index=range(len(shapes)))
    return Contents(attributes, shapes, None, file.members)


def _by_gdal(file: BoundaryFile, layer: str | None) -> Contents:
    import pyogrio  # noqa: PLC0415

    if not is_plain(file.path):
        raise SourceError(
            f"{file.name} or its folder has a name that GDAL cannot open, with ! or ; or the like; "
            "rename it"
        )
    try:
        # Tables without geometry are layers to GDAL; their kind is None.
        found = [str(name) for name, kind in pyogrio.list_layers(file.path) if kind is not None]
        wanted = _chosen(file, found, layer)
        about = pyogrio.read_info(file.path, layer=wanted, force_feature_count=True)
        if about["driver"] not in DRIVERS[file.kind]:
            raise SourceError(f"{file.name} is {about['driver']}, not {file.kind}")
        require_small_table(file.name, about["features"], len(about["fields"]))
        held = _features(file, wanted)
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{file.name} holds a text that is not in {error.encoding}, the encoding that it tells"
        ) from error
    except UnboundLocalError as error:  # pyogrio 0.13, of a CRS that GDAL cannot write down
        raise SourceError(f"{file.name} tells a CRS that cannot be read") from error
    except RuntimeError as error:  # pyogrio's own are of this kind
        reason = str(error).replace(f"{file.path.parent}{os.sep}", "")
        raise SourceError(f"{file.name} cannot be read as {file.kind}: {reason}") from error
    if file.kind != Kind.GEOPACKAGE:  # whose count other programs do not keep; SQLite tells damage
        stated = about["features"] if file.items is None else file.items
        _require_all(file, len(held.shapes), stated)
    held.members.update(file.members or about["layer_metadata"] or {})
    return held


def _features(file: BoundaryFile, layer: str) -> Contents:
    import pandas as pd  # noqa: PLC0415
    from pyogrio import raw  # noqa: PLC0415

    encoding = encoding_of(file.path) if file.kind == Kind.SHAPEFILE else None
    about, _, shapes, values = raw.read(file.path, layer=layer, encoding=encoding)
    kinds = about["ogr_types"]
    columns = {
        name: column
        for name, column, kind in zip(about["fields"].tolist(), values, kinds, strict=True)
        if kind in SCALARS
    }
    return Contents(
        attributes=pd.DataFrame(columns, index=range(len(shapes))),
        # One that cannot be built comes as a missing one, and is told with the other faults.
        shapes=np.asarray(shapely.from_wkb(shapes, on_invalid="ignore")),
        crs=_stated_crs(file, about["crs"]),
        notes=(_ENCODED.format(file.name),) if encoding == WINDOWS_1252 else (),
    )


def _stated_crs(file: BoundaryFile, told: str | None) -> "CRS | None":
    if file.kind != Kind.GEOJSON:
        crs = None if told is None else read_crs(told)
        # GDAL's stand-ins for "not known" are neither geographic nor projected.
        return crs if crs is not None and (crs.is_geographic or crs.is_projected) else None
    # The form of 2008, which RFC 7946 dropped and many programs write.
    member = file.members.get("crs")
    if member is None:
        return None
    properties = member.get("properties") if isinstance(member, dict) else None
    return read_crs(properties.get("name") if isinstance(properties, dict) else None)


def _chosen(file: BoundaryFile, names: Sequence[str], asked: str | None) -> str:
    has = ", ".join(names) if names else "none with geometry"
    if asked is not None and asked not in names:
        raise SourceError(f"{file.name} has no layer {asked!r}; its layers: {has}")
    if asked is None and len(names) != 1:
        raise SourceError(f"{file.name} has not one layer; name the one to read; its layers: {has}")
    return names[0] if asked is None else asked


def _require_all(file: BoundaryFile, read: int, stated: int) -> None:
    if read != stated:
        raise SourceError(
            f"{file.name} says that it has {stated:,} features, of which {read:,} can be read; "
            f"it is damaged, or the others are none by the rules of {file.kind}"
        )
