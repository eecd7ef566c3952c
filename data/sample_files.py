"""Writing files that come out the same, byte for byte, every time."""

import hashlib
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa

# Of RFC 1952 around the deflated bytes, where neither a name nor a comment is given.
GZIP_HEADER_BYTES = 10
GZIP_TRAILER_BYTES = 8


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame as CSV in UTF-8 with line feeds, compressed."""
    write_compressed(frame.to_csv(index=False, lineterminator="\n"), path)


def write_text(text: str, path: Path) -> None:
    """Write text in UTF-8 with line feeds."""
    path.write_text(text, encoding="utf-8", newline="\n")


def write_compressed(text: str, path: Path) -> None:
    """Write text as gzip without a time or a file name.

    pyarrow brings its own zlib, so the bytes depend on the locked version alone; Python's comes
    from the machine, and zlib-ng, which some systems have in its place, packs differently.
    """
    path.write_bytes(_gzipped(text.encode()))


def write_zip(files: Mapping[str, str], path: Path) -> None:
    """Write texts as the members of a zip, all dated 1 January 1980.

    Python's own zipfile would pack with the machine's zlib; see `write_compressed`. The layout is
    that of PKWARE's APPNOTE, sections 4.3.7, 4.3.12 and 4.3.16.
    """
    members = bytearray()
    directory = bytearray()
    for name, text in files.items():
        content = text.encode()
        packed = _gzipped(content)[GZIP_HEADER_BYTES:-GZIP_TRAILER_BYTES]
        # Version 2.0, deflated, no flags but UTF-8 names; the time of day, then the first of days.
        facts = struct.pack(
            "<HHHHHIIIHH",
            *(20, 0x800, 8, 0, 0x21, zlib.crc32(content)),
            *(len(packed), len(content), len(name.encode()), 0),
        )
        place = struct.pack("<HHHII", 0, 0, 0, 0o644 << 16, len(members))
        directory += b"PK\x01\x02" + struct.pack("<H", 0x314) + facts + place + name.encode()
        members += b"PK\x03\x04" + facts + name.encode() + packed
    sizes = (0, 0, len(files), len(files), len(directory), len(members), 0)
    path.write_bytes(bytes(members + directory) + b"PK\x05\x06" + struct.pack("<HHHHIIH", *sizes))


def _gzipped(content: bytes) -> bytes:
    codec = pa.Codec("gzip", compression_level=9)
    packed: bytes = codec.compress(content, asbytes=True)
    return packed


def write_checksums(names: list[str], folder: Path) -> None:
    """Write SHA256SUMS of the named files of a folder, as `sha256sum --check` reads it."""
    lines = [
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names
    ]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="ascii", newline="\n")
