"""What a boundary file truly is, whatever its name says.

GDAL finds a file's format by its content, and some of its formats name other files and addresses
for it to read. So a file goes to GDAL only if its content is what its ending promises: JSON with
the members of its kind, KML that is one `kml` element without a document type, the others by how
they begin.
"""

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final
from xml.parsers import expat

from boundaries.files.json_outline import outline
from geo_alerts.errors import SourceError, UnknownFormatError


class Kind(StrEnum):
    """What the formats are called."""

    GEOJSON = "GeoJSON"
    TOPOJSON = "TopoJSON"
    POSITIONS = "a list of positions"
    GEOPACKAGE = "GeoPackage"
    SHAPEFILE = "Shapefile"
    KML = "KML"
    FLATGEOBUF = "FlatGeobuf"
    GEOPARQUET = "GeoParquet"


_BRACE: Final = re.compile(rb"(\xef\xbb\xbf)?\s*\{")
_BRACKET: Final = re.compile(rb"(\xef\xbb\xbf)?\s*\[")
_KML: Final = re.compile(
    rb"(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!DOCTYPE|<(\w+:)?kml[\s>])", re.DOTALL
)
# Ending -> the kinds that bear it, each with how it begins.
ENDINGS: Final = {
    ".geojson": {Kind.GEOJSON: _BRACE},
    ".json": {Kind.GEOJSON: _BRACE, Kind.POSITIONS: _BRACKET},
    ".topojson": {Kind.TOPOJSON: _BRACE},
    ".gpkg": {Kind.GEOPACKAGE: re.compile(rb"SQLite format 3\0")},
    ".shp": {Kind.SHAPEFILE: re.compile(rb"\x00\x00\x27\x0a")},
    ".kml": {Kind.KML: _KML},
    ".fgb": {Kind.FLATGEOBUF: re.compile(rb"fgb\x03fgb")},
    ".parquet": {Kind.GEOPARQUET: re.compile(rb"PAR1")},
    ".geoparquet": {Kind.GEOPARQUET: re.compile(rb"PAR1")},
}
WANTED: Final = (
    "GeoJSON (.geojson, .json), GeoPackage (.gpkg), Shapefile (.shp), KML (.kml), "
    "FlatGeobuf (.fgb), GeoParquet (.parquet), TopoJSON (.topojson, .json), "
    "or data.police.uk's lists of positions (.json)"
)
HEAD_BYTES: Final = 4096
DEEPEST_ELEMENTS: Final = 256
# JSON that is read whole takes some ten times as much memory.
MOST_TREE_BYTES: Final = 2**26
CATALOGUE: Final = ("gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys")
_TABLE: Final = re.compile(r"CREATE\s+TABLE\b", re.IGNORECASE)
_COMPUTED: Final = re.compile(r"\bAS\s*\(", re.IGNORECASE)
# What JSON says of itself at the top.
JSON_KINDS: Final = {"FeatureCollection": Kind.GEOJSON, "Topology": Kind.TOPOJSON}


@dataclass(frozen=True)
class BoundaryFile:
    """One readable file.

    Attributes:
        path: Where it is now.
        inside: Its path within its zip or folder, or its name alone.
        name: Its name to the user: shorter than `inside`, where that is clear.
        kind: Its format.
        members: Of GeoJSON and TopoJSON the top-level members, long ones empty.
        items: How many features GeoJSON has, of whatever kind; None for the others.
    """

    path: Path
    inside: PurePosixPath
    name: str
    kind: Kind
    members: dict[str, Any] = field(default_factory=dict)
    items: int | None = None


def recognised(path: Path, inside: PurePosixPath, name: str) -> BoundaryFile:
    """Tell what a file is, by its ending and its content together.

    Args:
        path: A file with one of the `ENDINGS`.
        inside: Its path within its zip or folder.
        name: What it is called to the user.

    Raises:
        SourceError: It is empty, damaged, or holds what may reach beyond it.
        UnknownFormatError: Its content is not what its ending says.
    """
    with path.open("rb") as content:
        head = content.read(HEAD_BYTES)
    if not head:
        raise SourceError(f"{name} is empty")
    kinds = ENDINGS[path.suffix.lower()]
    kind = next((kind for kind, beginning in kinds.items() if beginning.match(head)), None)
    if kind is None:
        raise UnknownFormatError(f"{name} is not {' or '.join(kinds)}, as its ending says")
    if kind in JSON_KINDS.values():
        return _json_object(path, inside, name)
    if kind == Kind.POSITIONS:
        _require_small(path, name)
    if kind == Kind.KML:
        with path.open("rb") as content:
            _require_plain_kml(content, name)
    if kind == Kind.GEOPACKAGE:
        _require_tables(path, name)
    return BoundaryFile(path, inside, name, kind)


def _json_object(path: Path, inside: PurePosixPath, name: str) -> BoundaryFile:
    members, items = outline(path, name)
    kind = JSON_KINDS.get(str(members.get("type")))
    if kind is None:
        raise UnknownFormatError(
            f"{name} is JSON, but neither a FeatureCollection of GeoJSON nor a TopoJSON"
        )
    if kind == Kind.TOPOJSON:
        _require_small(path, name)
        return BoundaryFile(path, inside, name, kind, members)
    return BoundaryFile(path, inside, name, kind, members, items)


def _require_small(path: Path, name: str) -> None:
    size = path.stat().st_size
    if size > MOST_TREE_BYTES:
        raise SourceError(f"{name} has {size:,} bytes; of this kind at most {MOST_TREE_BYTES:,}")


def _require_plain_kml(content: IO[bytes], name: str) -> None:
    # One pass by a parser that knows no entities: what comes after is what GDAL will see.
    def refuse_doctype(*_: object) -> None:
        raise SourceError(f"{name} declares a document type, in which entities could grow; refused")

    depth = 0

    def deeper(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST_ELEMENTS:
            raise SourceError(f"{name} nests elements deeper than {DEEPEST_ELEMENTS}")

    def back(*_: object) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.StartElementHandler, parser.EndElementHandler = deeper, back
    try:
        parser.ParseFile(content)
    except (expat.ExpatError, LookupError, ValueError) as error:
        # LookupError and ValueError of encodings that are unknown, or not of single bytes.
        raise SourceError(f"{name} cannot be read as KML: {error}") from error


def _require_tables(path: Path, name: str) -> None:
    # A view, a virtual table or a column that is computed may go on without end.
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            made = {
                str(table).lower(): str(sql)
                for table, sql in connection.execute("SELECT name, sql FROM sqlite_master")
            }
            _require_plain(made, CATALOGUE, name)
            layers = connection.execute(
                "SELECT table_name FROM gpkg_contents WHERE data_type = 'features'"
            )
            _require_plain(made, [str(row[0]) for row in layers], name)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise SourceError(f"{name} cannot be read as GeoPackage: {error}") from error


def _require_plain(made: dict[str, str], tables: Iterable[str], name: str) -> None:
    for table in tables:
        sql = made.get(table.lower())
        if sql is None:
            raise SourceError(f"{name} cannot be read as GeoPackage: it has no {table[:40]!r}")
        if not _TABLE.match(sql) or _COMPUTED.search(sql):
            raise SourceError(f"{name}: {table[:40]!r} is a query, not a plain table; refused")
