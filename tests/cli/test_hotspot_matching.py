"""`geo-alerts hotspots match`: units, households and people in a layer's areas."""

import csv

import pytest

from geo_alerts.store.database import Store
from tests.hotspot_world import import_months

RUN = (
    *("hotspots", "run", "--method", "counts", "--force", "west-mercia"),
    *("--category", "burglary", "--from", "2024-01", "--to", "2024-11"),
)


@pytest.fixture
def run_id(world):
    """A layer of the made world's one hotspot."""
    with Store.open(world.store) as store:
        import_months(store, world.folder / "crimes")
    return world.ask(*RUN).strip().splitlines()[-1]


def test_units_and_people_are_told_area_by_area_and_units_are_written(run_id, world):
    path = world.folder / "units.csv"
    words = ("hotspots", "match", run_id, "--metres", "300")
    told = world.ask_json(*words, "-o", str(path))
    (area,) = told["areas"]
    assert (told["layer"], told["metres"], area["rank"], area["error"]) == (run_id, 300, 1, None)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == area["units"] > 0
    assert all(float(row["distance_m"]) <= 300 for row in rows)
    assert "households" in world.ask(*words)


def test_a_limited_role_is_told_how_far_the_estimate_may_be_off(run_id, world):
    words = ("hotspots", "match", run_id, "--metres", "1000", "--as", "analyst")
    (area,) = world.ask_json(*words)["areas"]
    assert area["error"] > 0
    assert "±" in world.ask(*words)
