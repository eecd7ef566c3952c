"""The worked example of the README does what the README says, on the sample."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import CommandLine
from tests.conftest import ROOT

EXAMPLE = "## Boundaries that change"


def shell_of(section: str) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", section, re.MULTILINE | re.DOTALL)


def in_one_line(text: str) -> str:
    return " ".join(text.replace("\n>", "\n").split())


def run(script: str, folder: Path, store: str) -> str:
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script.replace("/tmp/", f"{folder}/")],  # noqa: S108 - of the README
        env={**os.environ, "PATH": programs, "GEO_ALERTS_STORE": store, "COLUMNS": "200"},
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return in_one_line(done.stdout)


def test_the_example_of_boundaries_that_change(empty: CommandLine):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.partition(EXAMPLE)[2].partition("\n## ")[0]
    before, after = shell_of(section)
    (quoted,) = re.findall(r"^> .*?(?=\n\n)", section, re.MULTILINE | re.DOTALL)
    empty.run("import", "sample", ROOT / "data")

    compared = run(before, empty.folder, empty.store)
    activated = run(after, empty.folder, empty.store)

    assert in_one_line(quoted.removeprefix(">")) in compared
    assert "7 postcodes are not on an edge any more" in compared
    assert "Shrewsbury market SNT-034 Demo Team 034, Shropshire Central merged" in compared
    today, then = activated.partition("asked as of 2035-04-01")[::2]
    assert "(team, 81 areas, scheduled) holds from 2035-04-01." in today
    assert "SY1 1JT: on an edge" in today
    assert "SY1 1JT: of the ground around it 100% is in SNT-101" in today
    assert "5 scheduled from 2035-04-01" in then
    assert "Shrewsbury market since 2035-04-01 (edition 5, change" in then
