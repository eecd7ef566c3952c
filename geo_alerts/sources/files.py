"""The files that a source is made of: a file by itself, or the members of a zip or a folder."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from geo_alerts.errors import SourceError

# Told while reading: how many rows are done, and of how many where that is known.
Advance = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a source.

    Attributes:
        name: Its path inside the source, with `/`.
        size: Its bytes, unpacked where that is known.
        open: Opens it for reading bytes.
    """

    name: str
    size: int
    open: Callable[[], IO[bytes]]


@contextmanager
def open_members(path: Path) -> Iterator[list[Member]]:
    """The files that a path stands for: itself (unpacked where it ends in .gz), or its members.

    Raises:
        SourceError: It is not there, is empty, or is damaged, whenever that is noticed.
    """
    if not path.exists():
        raise SourceError(f"{path.name}: there is no such file or folder")
    try:
        if path.is_dir():
            yield _of_folder(path)
        elif path.suffix.lower() == ".zip":
            with zipfile.ZipFile(path) as archive:
                yield _of_zip(archive)
        else:
            yield [_of_file(path)]
    except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise SourceError(
            f"{path.name} is damaged, or is not what its name says; fetch it again ({error})"
        ) from error
    except (NotImplementedError, RuntimeError) as error:
        raise SourceError(f"{path.name} cannot be unpacked: {error}") from error


def first_line(member: Member) -> str:
    """The first line of a file, without its end; bytes that are not UTF-8 are replaced.

    Raises:
        SourceError: The file is empty, or is UTF-16.
    """
    with member.open() as stream:
        line = stream.readline(1 << 16)
    if line.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SourceError(f"{member.name} is UTF-16 text; save it as CSV UTF-8")
    if not line:
        raise SourceError(f"{member.name} is empty")
    return line.decode("utf-8-sig", "replace").rstrip("\r\n")


def _of_folder(path: Path) -> list[Member]:
    return [
        Member(file.relative_to(path).as_posix(), file.stat().st_size, _opener(file))
        for file in sorted(path.rglob("*"))
        if file.is_file()
    ]


def _of_zip(archive: zipfile.ZipFile) -> list[Member]:
    def opener(entry: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
        return lambda: archive.open(entry)

    return [
        Member(entry.filename, entry.file_size, opener(entry))
        for entry in sorted(archive.infolist(), key=lambda entry: entry.filename)
        if not entry.is_dir() and not entry.filename.startswith("__MACOSX/")
    ]


def _of_file(path: Path) -> Member:
    return Member(path.name, path.stat().st_size, _opener(path))


def _opener(path: Path) -> Callable[[], IO[bytes]]:
    if path.suffix.lower() == ".gz":
        return lambda: io.BufferedReader(gzip.open(path, "rb"))
    return lambda: path.open("rb")
