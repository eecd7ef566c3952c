"""Writing files that come out the same, byte for byte, every time."""

import hashlib
from pathlib import Path

import pandas as pd
import pyarrow as pa


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
    codec = pa.Codec("gzip", compression_level=9)
    path.write_bytes(codec.compress(text.encode(), asbytes=True))


def write_checksums(names: list[str], folder: Path) -> None:
    """Write SHA256SUMS of the named files of a folder, as `sha256sum --check` reads it."""
    lines = [
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names
    ]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="ascii", newline="\n")
