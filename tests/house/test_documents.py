"""What somebody may set, type or meet is written down: each name stands in the documents."""

import itertools

import typer

from api.settings import Settings
from geo_alerts.cli.main import app
from geo_alerts.errors import GeoAlertsError
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


def test_every_setting_is_documented():
    names = {f"GEO_ALERTS_{name.upper()}" for name in Settings.model_fields}
    assert not sorted(name for name in names if name not in DOCUMENTS)


def test_every_error_code_is_documented():
    codes = {error.code for error in CLASSES if error is not GeoAlertsError}
    assert not sorted(code for code in codes if f"`{code}`" not in DOCUMENTS)


def test_every_command_is_documented():
    written = set(commands(typer.main.get_command(app)))
    assert not sorted(command for command in written if command not in DOCUMENTS)


def test_every_make_target_is_documented():
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    targets = [line.split(":")[0] for line in lines if ": " in line and "## " in line]
    assert len(targets) > 5
    assert not [target for target in targets if f"make {target}" not in DOCUMENTS]
