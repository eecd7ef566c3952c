"""Scripts, styles and images of the pages, as the front-end build left them in api/static."""

import json
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "static"
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Assets:
    """The built files.

    Attributes:
        hashed: What a page calls a file -> its name with the hash of its content.
        files: Name -> file, of everything that may be sent.
    """

    hashed: dict[str, str]
    files: dict[str, Path]

    @classmethod
    def read(cls, folder: Path = FOLDER) -> "Assets":
        """The files of a folder; none where nothing was built."""
        manifest = folder / MANIFEST
        hashed = json.loads(manifest.read_text(encoding="utf-8")) if manifest.is_file() else {}
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        return cls(hashed, {path.relative_to(folder).as_posix(): path for path in files})

    def address(self, name: str) -> str:
        """Path of the file that a page calls `name`."""
        return f"/static/{self.hashed.get(name, name)}"

    def is_hashed(self, name: str) -> bool:
        """Whether the name changes with the content, so that it may be kept for ever."""
        return name in self.hashed.values()
