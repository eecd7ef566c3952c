"""Paths that pyogrio takes for paths.

pyogrio takes names with `!`, `;` or ends of lines for addresses and for files in archives, and
reads or writes something else than the file of that name.
"""

from pathlib import Path


def is_plain(path: Path) -> bool:
    """Tell whether pyogrio opens just the file of this absolute path."""
    from pyogrio.util import vsi_path  # noqa: PLC0415 - the server starts without pyogrio

    return bool(vsi_path(path) == str(path))
