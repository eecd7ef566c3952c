"""Files of boundaries as they come: plain, in a gz, in a zip, in a folder; all of them bounded.

What a zip or a gz says of its sizes may be a lie, so that what comes out is counted, in all and
against what it was packed in. A zip that holds another, a link, a name twice or a name outside of
itself is refused.
"""

import gzip
import os
import stat
import struct
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import IO, Final, cast

from boundaries.files.formats import ENDINGS, WANTED, BoundaryFile, recognised
from boundaries.files.police import force_of, is_of
from geo_alerts.errors import SourceError, UnknownFormatError

# All wards of Great Britain in full detail are some 300 MB of GeoJSON.
MOST_BYTES: Final = 2**30
CHUNK_BYTES: Final = 2**20
# Deflate packs a run of one byte 1,032 times; boundaries are packed 3 to 40 times.
MOST_RATIO: Final = 300
# Boundaries of that size and less may be packed as they like: DBF is mostly blanks.
SMALL_BYTES: Final = 2**24
# All neighbourhoods of England and Wales are some 5,000 files.
MOST_FILES: Final = 20_000
MOST_DIRECTORY_BYTES: Final = 2**24

UNPACKED: Final = frozenset(ENDINGS) | {".shx", ".dbf", ".prj", ".cpg"}
ZIPS: Final = frozenset({".zip", ".kmz"})
PACKED: Final = ZIPS | {".gz", ".tgz", ".tar", ".bz2", ".xz", ".7z", ".rar"}
_UTF_8_FLAG: Final = 0x800
_ENCRYPTED_FLAG: Final = 0x1


@contextmanager
def unpacked(
    path: Path, *, force: str | None = None, most_bytes: int = MOST_BYTES
) -> Iterator[list[BoundaryFile]]:
    """The boundary files that a path holds; what was unpacked is removed afterwards.

    Args:
        path: A file, a zip or folder of files, or a file in a gz.
        force: Of several folders of forces, the one to take.
        most_bytes: How large the files may be together, unpacked.

    Yields:
        Files of one kind, in the order of their names.

    Raises:
        SourceError: The path names no file, or one that is empty, damaged or too large; or no
            folder of that force is in it.
        UnknownFormatError: It is, or holds, no format that is read here.
    """
    if not path.exists():
        raise SourceError(f"there is no file {path.name}")
    with tempfile.TemporaryDirectory(prefix="geo-alerts-") as scratch:
        yield _of_one_kind(path, _found(path, Path(scratch), force, most_bytes))


def _found(
    path: Path, scratch: Path, force: str | None, most_bytes: int
) -> dict[PurePosixPath, Path]:
    # Paths inside what they came in -> where they are now.
    if path.is_dir():
        return _in_folder(path, force, most_bytes)
    if path.suffix.lower() in PACKED:
        return _unpack(path, scratch, force, most_bytes)
    found = {PurePosixPath(path.name): path.absolute()}
    _require_room(path, [path.stat().st_size], most_bytes)
    return {inside: found[inside] for inside in _of_force(path, list(found), force)}


def _in_folder(path: Path, force: str | None, most_bytes: int) -> dict[PurePosixPath, Path]:
    # The folder's own name counts: it may be that of a force.
    above = path.resolve().parent
    found = {
        PurePosixPath(file.relative_to(above).as_posix()): file
        for file in sorted(path.resolve().rglob("*"))
        if file.is_file()
    }
    wanted = _of_force(path, _wanted(path, list(found)), force)
    _require_room(path, [found[inside].stat().st_size for inside in wanted], most_bytes)
    return {inside: found[inside] for inside in wanted}


def _unpack(
    path: Path, scratch: Path, force: str | None, most_bytes: int
) -> dict[PurePosixPath, Path]:
    try:
        if path.suffix.lower() in ZIPS:
            return _unzip(path, scratch, force, most_bytes)
        if path.suffix.lower() == ".gz":
            return _gunzip(path, scratch, force, most_bytes)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        gzip.BadGzipFile,
        NotImplementedError,
        UnicodeDecodeError,
        struct.error,
    ) as error:
        # zipfile says NotImplementedError of ways to pack that it does not know, and
        # UnicodeDecodeError of names that are not in the encoding that they claim.
        raise SourceError(
            f"{path.name} is damaged, or packed in an unknown way: {error}"
        ) from error
    except OSError as error:
        # Names too long for this machine, or one that is both a file and a folder.
        raise SourceError(f"{path.name} cannot be unpacked: {error.strerror}") from error
    raise UnknownFormatError(f"{path.name} is packed in a way that is not read here; wanted a zip")


def _gunzip(
    path: Path, scratch: Path, force: str | None, most_bytes: int
) -> dict[PurePosixPath, Path]:
    inside = PurePosixPath(path.stem)
    wanted = _of_force(path, [inside], force)
    target = scratch / inside
    with gzip.open(path) as packed:
        _copy(cast("IO[bytes]", packed), target, _most_of(path.stat().st_size, most_bytes))
    return dict.fromkeys(wanted, target)


def _unzip(
    path: Path, scratch: Path, force: str | None, most_bytes: int
) -> dict[PurePosixPath, Path]:
    _require_small_directory(path)
    with zipfile.ZipFile(path) as packed:
        entries = [entry for entry in packed.infolist() if not entry.is_dir()]
        names = [_spelled(entry) for entry in entries]
        wanted = frozenset(_of_force(path, _wanted(path, names), force))
        taken = {
            name: entry
            for name, entry in sorted(zip(names, entries, strict=True), key=lambda each: each[0])
            if name in wanted
        }
        _require_room(path, [entry.file_size for entry in taken.values()], most_bytes)
        for name, entry in taken.items():
            _require_plain(path, name, entry)
            target = scratch / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with packed.open(entry) as content:
                most_bytes -= _copy(content, target, _most_of(entry.compress_size, most_bytes))
    return {name: scratch / name for name in taken}


def _wanted(path: Path, names: list[PurePosixPath]) -> list[PurePosixPath]:
    """The names of boundary files and their parts, in order."""
    nested = [name for name in names if name.suffix.lower() in PACKED and not _is_litter(name)]
    if nested:
        raise SourceError(f"{path.name} holds {str(nested[0])!r}, packed itself; unpack that first")
    wanted = [name for name in names if name.suffix.lower() in UNPACKED and not _is_litter(name)]
    if len(wanted) > MOST_FILES:
        raise SourceError(f"{path.name} holds {len(wanted):,} files; at most {MOST_FILES:,}")
    twice = [name for name, count in Counter(wanted).items() if count > 1]
    if twice:
        raise SourceError(f"{path.name} holds {str(twice[0])!r} twice")
    return sorted(wanted)


def _is_litter(name: PurePosixPath) -> bool:
    # What macOS adds to zips: files that bear the endings of others and hold none of their content.
    return name.parts[0] == "__MACOSX" or name.name.startswith("._")


def _of_force(path: Path, names: list[PurePosixPath], force: str | None) -> list[PurePosixPath]:
    taken = [name for name in names if is_of(name, force)]
    if names and not taken:
        # Of folders, and of files that bear the names themselves.
        forces = sorted({force_of(name.with_suffix("") / name.name) for name in names} - {""})
        has = f"; it has {', '.join(forces)}" if forces else ""
        raise SourceError(f"{path.name} has no folder or file of the force {force!r}{has}")
    return taken


def _spelled(entry: zipfile.ZipInfo) -> PurePosixPath:
    # Without the flag names are in code page 437 (APPNOTE.TXT, appendix D), but many programs write
    # UTF-8; and some of Windows write \ for /.
    name = entry.filename
    if not entry.flag_bits & _UTF_8_FLAG and not name.isascii():
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return PurePosixPath(name.replace("\\", "/"))


def _require_plain(path: Path, name: PurePosixPath, entry: zipfile.ZipInfo) -> None:
    if name.is_absolute() or ".." in name.parts:
        raise SourceError(f"{path.name} holds {str(name)!r}, outside of itself")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise SourceError(f"{path.name} holds {str(name)!r}, a link to another file; refused")
    if entry.flag_bits & _ENCRYPTED_FLAG:
        raise SourceError(f"{path.name} is encrypted")


def _require_small_directory(path: Path) -> None:
    # Python reads the whole list of a zip's entries at once; how long it is stands at the end, in a
    # record of 22 bytes and a comment, before it 56 and 20 bytes where sizes need 64 bits.
    with path.open("rb") as stream:
        stream.seek(-min(path.stat().st_size, 22 + 2**16 + 56 + 20), os.SEEK_END)
        tail = stream.read()
    end, long_end = tail.rfind(b"PK\5\6"), tail.rfind(b"PK\6\6")
    sizes = [struct.unpack_from("<L", tail, end + 12)[0]] if end >= 0 else []
    sizes += struct.unpack_from("<Q", tail, long_end + 40) if long_end >= 0 else ()
    if any(size > MOST_DIRECTORY_BYTES for size in sizes if size != 2**32 - 1):
        raise SourceError(f"{path.name} holds too many files")


def _require_room(path: Path, sizes: list[int], most_bytes: int) -> None:
    if sum(sizes) > most_bytes:
        raise SourceError(
            f"{path.name} holds {sum(sizes):,} bytes of boundaries, more than is allowed "
            f"({most_bytes:,})"
        )


def _most_of(packed_bytes: int, room: int) -> int:
    return min(room, max(SMALL_BYTES, packed_bytes * MOST_RATIO))


def _copy(packed: IO[bytes], target: Path, room: int) -> int:
    done = 0
    with target.open("wb") as plain:
        while chunk := packed.read(CHUNK_BYTES):
            done += len(chunk)
            if done > room:
                raise SourceError(
                    f"{target.name} unpacks to more than is allowed: {room:,} bytes, by its packed "
                    "size or in all"
                )
            plain.write(chunk)
    return done


def _of_one_kind(path: Path, found: dict[PurePosixPath, Path]) -> list[BoundaryFile]:
    readable = [inside for inside in found if inside.suffix.lower() in ENDINGS]
    if not readable:
        raise UnknownFormatError(f"{path.name} is or holds no boundary file; wanted {WANTED}")
    top = os.path.commonpath([inside.parent for inside in readable])
    files = [
        recognised(
            found[inside],
            inside,
            path.name if len(readable) == 1 else inside.relative_to(top).as_posix(),
        )
        for inside in readable
    ]
    kinds = sorted({str(file.kind) for file in files})
    if len(kinds) > 1:
        raise SourceError(f"{path.name} holds files of several formats: {', '.join(kinds)}")
    return files
