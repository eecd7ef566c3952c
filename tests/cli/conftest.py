"""The command line and stores to run it on."""

import contextlib
import io
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from geo_alerts.cli.main import main
from tests.api.world import build, squares
from tests.teams_redrawn import Squares


@dataclass(frozen=True)
class Done:
    """What a command ended with."""

    returncode: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class CommandLine:
    """geo-alerts on one store, in a folder of its own; run in this process, for speed."""

    store: str
    folder: Path

    def run(self, *words: str | Path, given: str = "", columns: int = 200) -> Done:
        out, err = io.StringIO(), io.StringIO()
        with (
            pytest.MonkeyPatch.context() as patched,
            contextlib.chdir(self.folder),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            patched.setattr("sys.argv", ["geo-alerts", *map(str, words)])
            patched.setattr("sys.stdin", io.StringIO(given))
            patched.setenv("GEO_ALERTS_STORE", self.store)
            patched.setenv("COLUMNS", str(columns))
            with pytest.raises(SystemExit) as ended:
                main()
        return Done(int(ended.value.code or 0), out.getvalue(), err.getvalue())

    def ask(self, *words: str | Path, given: str = "", columns: int = 200) -> str:
        """What a command prints that must succeed."""
        done = self.run(*words, given=given, columns=columns)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ask_json(self, *words: str | Path, given: str = "") -> Any:
        return json.loads(self.ask(*words, "--json", given=given))

    def copied(self, folder: Path) -> "CommandLine":
        """The same store and files in another folder."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return CommandLine(f"sqlite:///{folder / 'world.db'}", folder)

    def imported(self, areas: Squares, name: str = "redrawn.geojson", *words: str) -> int:
        """Bring boundaries in as a checked draft; its number."""
        squares(self.folder / name, areas)
        number = self.ask_json("boundaries", "import", name, *words)["edition_id"]
        self.ask("boundaries", "check", str(number))
        return int(number)


@pytest.fixture(scope="session")
def made_world(tmp_path_factory) -> CommandLine:
    """The made world of tests/api/world.py; not to be changed."""
    folder = tmp_path_factory.mktemp("command_line")
    url = f"sqlite:///{folder / 'world.db'}"
    build(folder, url)
    return CommandLine(url, folder)


@pytest.fixture
def world(made_world, tmp_path) -> CommandLine:
    """A copy of the made world, to be changed."""
    return made_world.copied(tmp_path)


@pytest.fixture
def empty(tmp_path) -> CommandLine:
    """No store yet."""
    return CommandLine(f"sqlite:///{tmp_path / 'store.db'}", tmp_path)
