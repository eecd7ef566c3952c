"""The files that a source is made of: a file by itself, or the members of a zip or a folder.

What a zip or a gz says of its sizes may be a lie, so that what comes out is counted.
"""

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, cast

from geo_alerts.errors import SourceError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

# The ONS Postcode Directory of Great Britain is about 1.5 GB of CSV, and its zip holds it twice.
MOST_UNPACKED_BYTES: Final = 1 << 32
_LINE_END: Final = re.compile(r"[\r\n]")

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
def open_members(path: Path, *, most_bytes: int = MOST_UNPACKED_BYTES) -> Iterator[list[Member]]:
    """The files that a path stands for: itself (unpacked where it ends in .gz), or its members.

    Args:
        path: A file, or a folder or zip of files.
        most_bytes: How much may be unpacked of it, all that is read of it together.

    Raises:
        SourceError: It is not there, is empty, is damaged, or unpacks to too much, whenever that is
            noticed.
    """
    room = _Room(path.name, most_bytes)
    if not path.exists():
        raise SourceError(f"{path.name}: there is no such file or folder")
    with damage_told(path.name):
        if path.is_dir():
            yield _of_folder(path, room)
        elif path.suffix.lower() == ".zip":
            with zipfile.ZipFile(path) as archive:
                yield _of_zip(archive, room)
        else:
            yield [_of_file(path, room)]


@contextmanager
def damage_told(name: str) -> Iterator[None]:
    """Tell what unpacking cannot make sense of as a fault of the file of this name.

    Raises:
        SourceError: The file is damaged, or cannot be unpacked.
    """
    try:
        yield
    except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise SourceError(
            f"{name} is damaged, or is not what its name says; fetch it again ({error})"
        ) from error
    except (NotImplementedError, RuntimeError, UnicodeDecodeError) as error:
        # The last of a zip's names that are not in the encoding that they claim.
        raise SourceError(f"{name} cannot be unpacked: {error}") from error


def first_line(member: Member) -> str:
    """The first line of a file, without its end; bytes that are not UTF-8 are replaced.

    Lines end with LF, CR LF, or with CR alone, as old spreadsheets of the Macintosh write them.

    Raises:
        SourceError: The file is empty, or is UTF-16.
    """
    with member.open() as stream:
        line = stream.readline(1 << 16)
    if line.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SourceError(f"{member.name} is UTF-16 text; save it as CSV UTF-8")
    if not line:
        raise SourceError(f"{member.name} is empty")
    return _LINE_END.split(line.decode("utf-8-sig", "replace"), maxsplit=1)[0]


class _Room:
    """How many bytes may still be unpacked of one source."""

    def __init__(self, name: str, most_bytes: int) -> None:
        self._name = name
        self._most_bytes = self._left = most_bytes

    def take(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise SourceError(
                f"{self._name} unpacks to more than {self._most_bytes:,} bytes, which is more than "
                "any such source holds"
            )


class _Unpacking(io.RawIOBase):
    """A packed stream whose bytes are counted as they come out."""

    def __init__(self, stream: IO[bytes], room: _Room) -> None:
        self._stream = stream
        self._room = room

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer)
        content = self._stream.read(len(view))
        self._room.take(len(content))
        view[: len(content)] = content
        return len(content)

    def close(self) -> None:
        self._stream.close()
        super().close()


def _of_folder(path: Path, room: _Room) -> list[Member]:
    return [
        Member(file.relative_to(path).as_posix(), file.stat().st_size, _opener(file, room))
        for file in sorted(path.rglob("*"))
        if file.is_file()
    ]


def _of_zip(archive: zipfile.ZipFile, room: _Room) -> list[Member]:
    def opener(entry: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
        return lambda: io.BufferedReader(_Unpacking(archive.open(entry), room))

    return [
        Member(entry.filename, entry.file_size, opener(entry))
        for entry in sorted(archive.infolist(), key=lambda entry: entry.filename)
        if not entry.is_dir() and not entry.filename.startswith("__MACOSX/")
    ]


def _of_file(path: Path, room: _Room) -> Member:
    return Member(path.name, path.stat().st_size, _opener(path, room))


def _opener(path: Path, room: _Room) -> Callable[[], IO[bytes]]:
    if path.suffix.lower() == ".gz":
        return lambda: io.BufferedReader(_Unpacking(cast("IO[bytes]", gzip.open(path)), room))
    return lambda: path.open("rb")
