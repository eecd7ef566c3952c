"""When a start loads the sample: where nothing is, or half of it; never over what is one's own."""

import json
from datetime import UTC, datetime

import pytest

from geo_alerts.acts import imports
from geo_alerts.acts.boundaries import DraftOptions, import_boundaries
from geo_alerts.acts.contacts import import_contacts
from geo_alerts.acts.sample import HOUSEHOLDS_LABEL, POSTCODES_LABEL, is_wanted
from geo_alerts.store.database import Store
from tests.api.world import TEAMS, squares
from tests.crime_world import bring, file_of, usual

FILES = {
    "postcodes.csv": (
        "postcode,easting,northing,pqi,status,introduced,terminated,large_user,oa,lsoa,ward,"
        "district\nSY1 1AA,340200,310200,10,live,1980-01,,0,,E01000001,,\n"
    ),
    "households.csv": "lsoa,households\nE01000001,100\n",
    "people.csv": "reference,postcodes,channels\nR-1,SY1 1AA,email\n",
}


def ignore(_done, _total=None):
    """Progress that nobody watches."""


@pytest.fixture
def store(tmp_path):
    """The sample's labels on a postcode, demonstration teams, households and one person."""
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)
    teams = squares(tmp_path / "teams.geojson", TEAMS)
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}", create=True) as opened:
        imports.import_postcodes(opened, tmp_path / "postcodes.csv", ignore, label=POSTCODES_LABEL)
        import_boundaries(opened, teams, ignore, DraftOptions())
        imports.import_households(
            opened, tmp_path / "households.csv", ignore, label=HOUSEHOLDS_LABEL
        )
        assert is_wanted(opened)
        rules = imports.SubscriberRules(as_of=datetime(2025, 6, 1, tzinfo=UTC))
        imports.import_subscribers(opened, tmp_path / "people.csv", ignore, rules)
        yield opened


def test_an_empty_store_gets_it(tmp_path):
    with Store.open(f"sqlite:///{tmp_path / 'new.db'}", create=True) as opened:
        assert is_wanted(opened)


def test_a_sample_from_before_there_were_contacts_or_crimes_gets_them(store, tmp_path):
    assert is_wanted(store)
    (tmp_path / "contacts.json").write_text('{"T1": {}}')
    import_contacts(store, tmp_path / "contacts.json", ignore)
    assert is_wanted(store)
    bring(store, file_of(tmp_path, *usual()))
    assert not is_wanted(store)


def test_a_directory_of_somebodys_own_stays(store, tmp_path):
    imports.import_postcodes(store, tmp_path / "postcodes.csv", ignore, label="own")
    assert not is_wanted(store)


def test_teams_of_somebodys_own_stay(store, tmp_path):
    teams = json.loads((tmp_path / "teams.geojson").read_text())
    (tmp_path / "own.geojson").write_text(json.dumps({**teams, "demonstration": False}))
    import_boundaries(store, tmp_path / "own.geojson", ignore, DraftOptions())
    assert not is_wanted(store)


def test_households_of_somebodys_own_stay(store, tmp_path):
    imports.import_households(store, tmp_path / "households.csv", ignore, label="own")
    assert not is_wanted(store)
