"""Write a layer of areas so that it reads back equal, with what is to be known of it.

GeoJSON is RFC 7946: longitude and latitude with nine decimals (a tenth of a millimetre), outer
rings counter-clockwise, and the facts as top-level members. GeoPackage, FlatGeobuf, GeoParquet and
Shapefile are in EPSG:27700, to the last digit. GeoPackage, FlatGeobuf and GeoParquet hold the facts
as metadata, which `read.py` reads; a Shapefile cannot, and its zip has them as about.txt.

geopandas, pyogrio and pyarrow are imported inside functions: the server starts without them.
"""

import json
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from boundaries.files.geoparquet import ABOUT
from boundaries.files.plain_paths import is_plain
from geo_alerts.contracts import require_columns, require_epsg_27700
from geo_alerts.crs import geometries_to_epsg_4326
from geo_alerts.errors import InvalidInputError, UnknownFormatError

if TYPE_CHECKING:
    import geopandas as gpd

DECIMALS: Final = 9
LAYER: Final = "areas"
# DBF has room for 254 bytes a text, and for ten letters a field's name.
MOST_DBF_BYTES: Final = 254
# GeoJSON's own, which no fact may take.
_OWN_MEMBERS: Final = frozenset({"type", "features", "bbox", "crs"})
_DBF_NAMES: Final = {"parent_code": "parent"}


def write_boundaries(areas: "gpd.GeoDataFrame", path: Path, *, facts: Mapping[str, str]) -> None:
    """Write areas whole, or leave what was there.

    Args:
        areas: m rows with `code`, `name`, perhaps `parent_code`, and geometry, EPSG:27700.
        path: Where to; its ending tells the format: .geojson, .gpkg, .fgb, .parquet, or .zip for a
            zipped Shapefile.
        facts: What is to be known of the areas: `name`, `licence`, `valid_from` (ISO 8601),
            `demonstration` (`true`), and whatever else.

    Raises:
        CrsError: The areas are not in EPSG:27700.
        FrameError: A column is missing or not text.
        UnknownFormatError: The ending is of no format that is written here.
        InvalidInputError: A name is too long for a Shapefile, or the file cannot be written.
        OutsideNationalGridError: An area lies where it has no longitude and latitude.
    """
    require_epsg_27700(areas, what="areas")
    require_columns(areas, {"code": "text", "name": "text"}, what="areas")
    write_frame(_plain(areas), path, facts=facts)


def write_frame(areas: "gpd.GeoDataFrame", path: Path, *, facts: Mapping[str, str]) -> None:
    """Write polygons with whatever columns whole, or leave what was there.

    Args:
        areas: m rows with geometry, EPSG:27700; values that JSON and GDAL know.
        path: As of `write_boundaries`.
        facts: What is to be known of them.

    Raises:
        CrsError: The areas are not in EPSG:27700.
        UnknownFormatError: The ending is of no format that is written here.
        InvalidInputError: A text is too long for a Shapefile, or the file cannot be written.
        OutsideNationalGridError: An area lies where it has no longitude and latitude.
    """
    require_epsg_27700(areas, what="areas")
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        wanted = ", ".join(WRITERS)
        raise UnknownFormatError(f"{path.name} has no ending that is written; wanted {wanted}")
    target = path.resolve()
    try:
        if target.is_dir():
            raise InvalidInputError(f"{path} is a folder; wanted the name of a file")
        with tempfile.TemporaryDirectory(prefix=".geo-alerts-", dir=target.parent) as scratch:
            unfinished = Path(scratch) / f"{LAYER}{target.suffix.lower()}"
            if not is_plain(Path(scratch)):
                raise InvalidInputError(
                    f"{path} lies in a folder whose name GDAL cannot open, with ! or ; or the like"
                )
            write(areas, unfinished, facts)
            unfinished.replace(target)
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be written: {error.strerror}") from error
    except RuntimeError as error:  # pyogrio's own are of this kind
        raise InvalidInputError(f"{path} cannot be written: {error}") from error


def _plain(areas: "gpd.GeoDataFrame") -> "gpd.GeoDataFrame":
    import geopandas as gpd  # noqa: PLC0415

    said = areas[[each for each in ("code", "name", "parent_code") if each in areas]]
    shapes = np.asarray(areas.geometry.to_numpy(), dtype=object)
    return gpd.GeoDataFrame(said, geometry=shapes, crs=areas.crs)


def _geojson(areas: "gpd.GeoDataFrame", path: Path, facts: Mapping[str, str]) -> None:
    moved = geometries_to_epsg_4326(areas.geometry.to_numpy())
    rounded = shapely.transform(moved, lambda positions: np.round(positions, DECIMALS))
    shapes = shapely.to_geojson(shapely.orient_polygons(rounded, exterior_cw=False))
    said = {key: value for key, value in facts.items() if key not in _OWN_MEMBERS}
    members: dict[str, Any] = {"type": "FeatureCollection", **said}
    if "demonstration" in facts:
        members["demonstration"] = facts["demonstration"] == "true"
    properties = areas.drop(columns="geometry").to_dict("records")
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write(json.dumps(members, ensure_ascii=False)[:-1] + ', "features": [')
        for place, (own, shape) in enumerate(zip(properties, shapes, strict=True)):
            out.write(",\n" if place else "\n")
            # JSON has no number that is none.
            known = {name: None if value != value else value for name, value in own.items()}  # noqa: PLR0124
            own_text = json.dumps(known, ensure_ascii=False)
            out.write(f'{{"type": "Feature", "properties": {own_text}, "geometry": {shape}}}')
        out.write("\n]}\n")


def _geopackage(areas: "gpd.GeoDataFrame", path: Path, facts: Mapping[str, str]) -> None:
    _by_gdal(areas, path, "GPKG", layer_metadata=dict(facts))


def _flatgeobuf(areas: "gpd.GeoDataFrame", path: Path, facts: Mapping[str, str]) -> None:
    # With its index the areas would be written in another order.
    _by_gdal(areas, path, "FlatGeobuf", layer_metadata=dict(facts), SPATIAL_INDEX="NO")


def _geoparquet(areas: "gpd.GeoDataFrame", path: Path, facts: Mapping[str, str]) -> None:
    import pyarrow.parquet as pq  # noqa: PLC0415

    areas.to_parquet(path, index=False)
    table = pq.read_table(path)
    about = {ABOUT: json.dumps(dict(facts)).encode()}
    pq.write_table(
        table.replace_schema_metadata({**(table.schema.metadata or {}), **about}),
        path,
        compression="zstd",
    )


def _shapefile(areas: "gpd.GeoDataFrame", path: Path, facts: Mapping[str, str]) -> None:
    for column in areas.columns.drop("geometry"):
        longest = max(areas[column], key=lambda text: len(text.encode()), default="")
        if len(longest.encode()) > MOST_DBF_BYTES:
            raise InvalidInputError(
                f"{longest[:40]!r}… is too long for a Shapefile, which has room for "
                f"{MOST_DBF_BYTES} bytes; choose another format"
            )
    file = path.with_suffix(".shp")
    _by_gdal(areas.rename(columns=_DBF_NAMES), file, "ESRI Shapefile", encoding="UTF-8")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for each in sorted(file.parent.glob(f"{file.stem}.*")):
            if each != path:
                packed.write(each, each.name)
        packed.writestr("about.txt", "".join(f"{key}: {value}\n" for key, value in facts.items()))


def _by_gdal(areas: "gpd.GeoDataFrame", path: Path, driver: str, **options: Any) -> None:  # noqa: ANN401
    import pyogrio  # noqa: PLC0415

    layer = {} if driver == "ESRI Shapefile" else {"layer": LAYER}
    pyogrio.write_dataframe(areas, path, driver=driver, **layer, **options)


WRITERS: Final[Mapping[str, Callable[["gpd.GeoDataFrame", Path, Mapping[str, str]], None]]] = {
    ".geojson": _geojson,
    ".gpkg": _geopackage,
    ".fgb": _flatgeobuf,
    ".parquet": _geoparquet,
    ".zip": _shapefile,
}
