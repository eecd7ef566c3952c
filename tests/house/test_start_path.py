"""The way to the first answer loads nothing slow: pandas alone costs more than all the rest."""

import json
import subprocess
import sys

SLOW = {"pandas", "geopandas", "folium", "branca", "scipy", "pyarrow", "pyogrio", "matplotlib"}
ASK = """
import json, sys
from starlette.testclient import TestClient
from api.app import create_app
from geo_alerts.store.database import Store

with Store.open(sys.argv[1], create=True) as store:
    with TestClient(create_app(store=store), base_url="http://127.0.0.1") as client:
        status = client.get("/v1/health").status_code
print(json.dumps([status, sorted(name for name in sys.modules if "." not in name)]))
"""


def run(code, *arguments):
    command = [sys.executable, "-W", "error", "-c", code, *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_first_answer_needs_no_slow_package(tmp_path):
    status, loaded = run(ASK, f"sqlite:///{tmp_path}/store.db")
    assert status == 200
    assert not SLOW & set(loaded)


def test_the_command_line_starts_without_slow_packages():
    code = "import geo_alerts.cli.main, json, sys; print(json.dumps(sorted(sys.modules)))"
    assert not SLOW & set(run(code))
