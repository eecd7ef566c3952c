"""What the server needs to start: little, and nothing at import."""

import subprocess
import sys

import pytest
from pydantic import ValidationError

from api.app import create_app
from api.settings import Settings
from geo_alerts.errors import NotReadyError

SLOW = ("pandas", "geopandas", "folium", "scipy", "pyarrow", "pyogrio", "alembic")
ASK = """
import sys
from starlette.testclient import TestClient
from api.app import create_app
from geo_alerts.store.database import Store
with Store.open(sys.argv[1]) as store:
    client = TestClient(create_app(store=store), base_url="http://127.0.0.1:8000")
    headers = {"Authorization": f"Bearer {sys.argv[2]}"}
    for path in ("/", "/v1/health", "/v1/postcodes/SY1 1AA", "/v1/teams?format=geojson", "/docs"):
        assert client.get(path, headers=headers).status_code == 200, path
    team = {"area": {"type": "team", "codes": ["T1"]}}
    assert client.post("/v1/audiences:preview", json=team, headers=headers).json()["people"] == 60
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_the_way_to_the_first_answers_loads_nothing_slow(world):
    url, token = f"sqlite:///{world.file}", next(iter(world.tokens.values()))
    done = subprocess.run(
        [sys.executable, "-c", ASK, url, token], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not set(SLOW) & set(done.stdout.split())


def test_nothing_is_read_from_the_environment_at_import(monkeypatch):
    monkeypatch.setenv("GEO_ALERTS_MAX_BODY_BYTES", "123")
    assert Settings().max_body_bytes == 123


def test_settings_never_change_and_wrong_ones_are_refused(monkeypatch):
    with pytest.raises(ValidationError):
        Settings().max_body_bytes = 1
    monkeypatch.setenv("GEO_ALERTS_ANONYMOUS_REQUESTS_PER_MINUTE", "0")
    with pytest.raises(ValidationError):
        Settings()


def test_every_setting_is_described():
    assert all(field.description for field in Settings.model_fields.values())


def test_without_a_store_the_reason_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("GEO_ALERTS_STORE", f"sqlite:///{tmp_path / 'none.db'}")
    with pytest.raises(NotReadyError, match="geo-alerts import"):
        create_app()
