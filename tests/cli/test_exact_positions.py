"""`geo-alerts hotspots run --exact`: whoever owns the store may ask; others' roles see nothing."""

import json

import pytest

from geo_alerts.store.database import Store
from tests.hotspot_world import LAST, import_months
from tests.own_world import found_in, import_own, traces

RUN = ("hotspots", "run", "--method", "counts", "--force", "west-mercia", "--category", "burglary")
SMALL = ("--from", LAST, "--cell", "10", "--share", "0.01")


@pytest.fixture
def town(world):
    """The made world with the force's own burglaries."""
    with Store.open(world.store) as store:
        import_months(store, world.folder / "crimes")
        import_own(store, world.folder / "own")
    return world


def exported(town, run_id):
    town.run("hotspots", "export", run_id, path := town.folder / "areas.geojson")
    return path.read_bytes()


def test_exact_positions_are_told_only_when_they_are_asked_for(town):
    shown = town.ask(*RUN, *SMALL).strip()
    exact = town.ask(*RUN, *SMALL, "--exact").strip()
    assert not found_in(exported(town, shown), traces())
    assert found_in(exported(town, exact), traces())
    listed = json.loads(town.ask("hotspots", "list", "--json"))
    assert {one["id"]: one["is_restricted"] for one in listed} == {shown: False, exact: True}


def test_a_role_that_may_not_see_a_layer_cannot_match_it(town):
    exact = town.ask(*RUN, *SMALL, "--exact").strip()
    assert town.run("hotspots", "match", exact, "--as", "analyst").returncode == 0
    refused = town.run("hotspots", "match", exact, "--as", "commander")
    assert refused.returncode != 0
    assert f"there is no layer of hotspots '{exact}'" in refused.stderr
