"""Files that are whole or not there."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_IMODE

from geo_alerts.errors import InvalidInputError

OWNER_ONLY = 0o600


@contextmanager
def replacing(path: Path, *, private: bool = False) -> Iterator[Path]:
    """A file to write, which takes the place of `path` when the block ends without an error.

    A link is followed. What is there keeps its permissions; a new file gets the usual ones. A
    device or a pipe is written to, never replaced.

    Args:
        path: Where the content should be.
        private: Whether a new file is for its owner only.

    Raises:
        InvalidInputError: It is a folder, or it cannot be written.
    """
    target = path.resolve()
    with _told(path):
        if target.is_dir():
            raise InvalidInputError(f"{path} is a folder; wanted the name of a file")
        is_special = target.exists() and not target.is_file()
        mode = _mode_of(target, private=private)
        folder = None if is_special else target.parent
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=folder)
        os.close(handle)
    unfinished = Path(name)
    try:
        yield unfinished
        with _told(path):
            if is_special:
                with unfinished.open("rb") as content, target.open("wb") as out:
                    shutil.copyfileobj(content, out)
            else:
                unfinished.chmod(mode)
                unfinished.replace(target)
    finally:
        with contextlib.suppress(FileNotFoundError):
            unfinished.unlink()


def _mode_of(target: Path, *, private: bool) -> int:
    if target.exists():
        return S_IMODE(target.stat().st_mode)
    umask = os.umask(0)
    os.umask(umask)
    return OWNER_ONLY if private else 0o666 & ~umask


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be written: {error.strerror}") from error
