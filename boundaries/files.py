"""Files of boundaries as they come: plain, in a zip, in a gz; and what they truly are.

GDAL finds a file's format by its content, whatever its name says, and some of its formats name
other files and addresses for it to read. So a file goes to GDAL only if its content begins as its
ending promises.
"""

import gzip
import json
import os
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from geo_alerts.errors import SourceError, UnknownFormatError

# All wards of Great Britain in full detail are some 300 MB of GeoJSON.
MOST_UNPACKED_BYTES: Final = 2**30
CHUNK_BYTES: Final = 2**20

# Ending -> what the format is called, and how a file of it begins.
FORMATS: Final = {
    ".geojson": ("GeoJSON", re.compile(rb"(\xef\xbb\xbf)?\s*\{")),
    ".json": ("GeoJSON", re.compile(rb"(\xef\xbb\xbf)?\s*\{")),
    ".gpkg": ("GeoPackage", re.compile(rb"SQLite format 3\0")),
    ".shp": ("Shapefile", re.compile(rb"\x00\x00\x27\x0a")),
    ".kml": (
        "KML",
        re.compile(
            rb"(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(\w+:)?kml[\s>]", re.DOTALL
        ),
    ),
}
WANTED: Final = "GeoJSON (.geojson, .json), GeoPackage (.gpkg), Shapefile (.shp), KML (.kml)"
HEAD_BYTES: Final = 4096
UNPACKED: Final = frozenset(FORMATS) | {".shx", ".dbf", ".prj", ".cpg"}

# Kinds of GeoJSON whose content is not wanted when only the top-level members are.
INNER: Final = frozenset(
    {"Feature", "Polygon", "MultiPolygon", "GeometryCollection", "LineString", "MultiLineString"}
    | {"Point", "MultiPoint"}
)


@dataclass(frozen=True)
class BoundaryFile:
    """One readable file.

    Attributes:
        path: Where it is now.
        name: Its name to the user, within its zip or folder where it came in one.
        kind: GeoJSON, GeoPackage, Shapefile or KML.
        members: Of GeoJSON the top-level members but the features; empty for the others.
    """

    path: Path
    name: str
    kind: str
    members: dict[str, Any]


@contextmanager
def unpacked(path: Path, *, most_bytes: int = MOST_UNPACKED_BYTES) -> Iterator[list[BoundaryFile]]:
    """The boundary files that a path holds; what was unpacked is removed afterwards.

    Args:
        path: A file, a zip of files, or a file in a gz.
        most_bytes: How much a zip or gz may unpack to.

    Yields:
        Files of one kind, in the order of their names.

    Raises:
        SourceError: The path names no file, or one that is empty, damaged or too large.
        UnknownFormatError: It is, or holds, no format that is read here.
    """
    if not path.is_file():
        raise SourceError(f"there is no file {path.name}")
    with tempfile.TemporaryDirectory(prefix="geo-alerts-") as scratch:
        yield _of_one_kind(path, _unpack(path, Path(scratch), most_bytes))


def _unpack(path: Path, scratch: Path, most_bytes: int) -> list[Path]:
    try:
        if path.suffix.lower() == ".zip":
            return _unzip(path, scratch, most_bytes)
        if path.suffix.lower() == ".gz":
            with gzip.open(path) as packed:
                return [_copy(packed, scratch / path.stem, most_bytes)]
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        gzip.BadGzipFile,
        NotImplementedError,
        UnicodeDecodeError,
    ) as error:
        # zipfile says NotImplementedError of ways to pack that it does not know, and
        # UnicodeDecodeError of names that are not in the encoding that they claim.
        raise SourceError(
            f"{path.name} is damaged, or packed in an unknown way: {error}"
        ) from error
    except OSError as error:
        # Names too long for this machine, or one that is both a file and a folder.
        raise SourceError(f"{path.name} cannot be unpacked: {error.strerror}") from error
    return [path]


def _unzip(path: Path, scratch: Path, room: int) -> list[Path]:
    found = []
    with zipfile.ZipFile(path) as packed:
        for entry in sorted(packed.infolist(), key=lambda each: each.filename):
            if not _is_wanted(entry):
                continue
            target = (scratch / entry.filename).resolve()
            if not target.is_relative_to(scratch.resolve()):
                raise SourceError(f"{path.name} holds {entry.filename!r}, outside of itself")
            if entry.flag_bits & 1:
                raise SourceError(f"{path.name} is encrypted")
            target.parent.mkdir(parents=True, exist_ok=True)
            with packed.open(entry) as member:
                found.append(_copy(member, target, room))
            room -= target.stat().st_size
    return found


def _is_wanted(entry: zipfile.ZipInfo) -> bool:
    name = Path(entry.filename)
    # What macOS adds to zips: files that bear the endings of others and hold none of their content.
    is_litter = entry.filename.startswith("__MACOSX/") or name.name.startswith("._")
    return name.suffix.lower() in UNPACKED and not entry.is_dir() and not is_litter


def _copy(packed: IO[bytes] | gzip.GzipFile, target: Path, room: int) -> Path:
    # What a zip says of its sizes may be a lie: what comes out is counted.
    with target.open("wb") as plain:
        while chunk := packed.read(CHUNK_BYTES):
            room -= len(chunk)
            if room < 0:
                raise SourceError("the file unpacks to more than is allowed")
            plain.write(chunk)
    return target


def _of_one_kind(path: Path, found: list[Path]) -> list[BoundaryFile]:
    readable = [file for file in found if file.suffix.lower() in FORMATS]
    if not readable:
        raise UnknownFormatError(f"{path.name} is or holds no boundary file; wanted {WANTED}")
    top = Path(os.path.commonpath([file.parent for file in readable]))
    files = [
        _checked(file, path.name if len(readable) == 1 else file.relative_to(top).as_posix())
        for file in readable
    ]
    kinds = sorted({file.kind for file in files})
    if len(kinds) > 1:
        raise SourceError(f"{path.name} holds files of several formats: {', '.join(kinds)}")
    return files


def _checked(file: Path, name: str) -> BoundaryFile:
    kind, beginning = FORMATS[file.suffix.lower()]
    with file.open("rb") as content:
        head = content.read(HEAD_BYTES)
    if not head:
        raise SourceError(f"{name} is empty")
    if not beginning.match(head):
        raise UnknownFormatError(f"{name} is not {kind}, as its ending says")
    return BoundaryFile(file, name, kind, _members(file, name) if kind == "GeoJSON" else {})


def _members(file: Path, name: str) -> dict[str, Any]:
    try:
        root = json.loads(file.read_text(encoding="utf-8-sig"), object_hook=_without_features)
    except UnicodeDecodeError as error:
        raise SourceError(f"{name} is not UTF-8, which GeoJSON must be: {error.reason}") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise SourceError(f"{name} is no whole JSON: {error}") from error
    kind = root.get("type") if isinstance(root, dict) else None
    if kind != "FeatureCollection":
        raise UnknownFormatError(f"{name} is JSON, but no FeatureCollection of GeoJSON")
    return {key: value for key, value in root.items() if key != "features"}


def _without_features(value: dict[str, Any]) -> dict[str, Any] | None:
    # Features are dropped as soon as they are read, so that never more than one is held twice.
    return None if value.get("type") in INNER else value
