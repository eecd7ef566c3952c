"""What somebody may set, type or meet is written down: each name stands in the documents."""

import itertools

import pytest
import typer

from api.settings import Settings
from geo_alerts.cli.main import app
from tests.house.test_errors import CLASSES
from tests.house.tree import ROOT

DOCUMENTS = "\n".join(
    (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "ARCHITECTURE.md")
)


def commands(command, path=("geo-alerts",)):
    inner = getattr(command, "commands", {})
    if not inner:
        yield " ".join(path)
    yield from itertools.chain(*(commands(inner[name], (*path, name)) for name in inner))


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name):
    assert f"GEO_ALERTS_{name.upper()}" in DOCUMENTS


@pytest.mark.parametrize("code", sorted(error.code for error in CLASSES))
def test_every_error_code_is_documented(code):
    assert f"`{code}`" in DOCUMENTS


@pytest.mark.parametrize("command", commands(typer.main.get_command(app)))
def test_every_command_is_documented(command):
    assert command in DOCUMENTS


def test_every_make_target_is_documented():
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    targets = [line.split(":")[0] for line in lines if ": " in line and "## " in line]
    assert len(targets) > 5
    assert not [target for target in targets if f"make {target}" not in DOCUMENTS]
