"""The project's own files, as the house rules look at them."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("geo_alerts", "boundaries", "api")
PURE = ("geo_alerts/places", "geo_alerts/audiences", "geo_alerts/hotspots")


def modules(*folders: str) -> Iterator[Path]:
    """Every Python file under the folders, which need not exist; front-end packages left out."""
    for folder in folders:
        found = sorted((ROOT / folder).rglob("*.py"))
        yield from (path for path in found if "node_modules" not in path.parts)


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tracked() -> list[Path]:
    """What is in the repository, without what was built or installed beside it."""
    # A checkout that belongs to somebody else, as in a container, is read all the same.
    command = ["git", "-c", "safe.directory=*", "-C", ROOT, "ls-files", "-z"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def text_of(path: Path) -> str | None:
    """What a file says; None where it is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None
