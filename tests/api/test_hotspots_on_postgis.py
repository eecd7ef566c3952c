"""The same question on the same crimes gives the same layer on PostgreSQL, byte for byte."""

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from geo_alerts.audiences.disclosure import Role
from geo_alerts.store.database import Store
from tests.api.asking import ADDRESS
from tests.api.world import build
from tests.hotspot_world import import_months

pytestmark = pytest.mark.postgis

CRIMES = {"forces": ["west-mercia"], "months": {"first": "2024-01", "last": "2024-11"}}
QUESTIONS = [
    {"method": "counts", **CRIMES, "share_percent": 1.0},
    {"method": "gi_star", **CRIMES},
    {"method": "repeats", **CRIMES},
]


def layer_of(client, question):
    """The layer that a question gives, its areas, and who lives near them."""
    accepted = client.post("/v1/hotspots", json={"question": question})
    client.app.state.worker.wait()
    job = client.get(accepted.headers["location"]).json()
    assert job["status"] == "done", job
    layer = client.get(job["result"]).json()
    again = client.post("/v1/hotspots", json={"question": question})
    assert (again.status_code, again.json()["id"]) == (200, layer["id"])
    areas = client.get(f"{job['result']}/areas").json()["features"]
    matched = client.get(f"{job['result']}/match?metres=300").json()["areas"]
    assert client.get(f"{job['result']}/map.html").status_code == 200
    return layer, areas, matched


def test_layers_are_the_same_on_both_stores(client_of, postgis_url, tmp_path):
    tokens = build(tmp_path, postgis_url)
    here = client_of(Role.ADMIN)
    with Store.open(postgis_url) as store:
        import_months(store, tmp_path / "crimes")
        app = create_app(Settings(), store=store)
        headers = {"Authorization": f"Bearer {tokens[Role.ADMIN]}"}
        there = TestClient(app, base_url=ADDRESS, headers=headers)
        for question in QUESTIONS:
            ours, our_areas, our_people = layer_of(here, question)
            theirs, their_areas, their_people = layer_of(there, question)
            assert theirs["sha256"] == ours["sha256"], question["method"]
            assert (their_areas, their_people) == (our_areas, our_people)
            assert len(our_areas) > 0
        removed = there.delete(f"/v1/hotspots/{theirs['id']}")
        assert removed.json()["id"] == theirs["id"]
        assert there.get(f"/v1/hotspots/{theirs['id']}").status_code == 404
