"""The sample's contact details: one for each demonstration team, and nobody's."""

import gzip
import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from geo_alerts.sources.contacts import ContactsSource
from tests.contact_files import read, told

DATA = Path(__file__).parents[2] / "data"
# Ofcom: numbers for drama of no area, and names that are for documents (RFC 2606).
DRAMA = re.compile(r"01632 960\d{3}")
NOBODYS = re.compile(r"https://([a-z]+\.)?example\.org/demo-team-\d{3}")


@pytest.fixture(scope="module")
def source() -> ContactsSource:
    return read(DATA / "contacts.json")


@pytest.fixture(scope="module")
def teams() -> dict[str, str]:
    features = json.loads(gzip.decompress((DATA / "teams.geojson.gz").read_bytes()))["features"]
    return {one["properties"]["code"]: one["properties"]["name"] for one in features}


def test_every_team_has_contact_details_and_nothing_is_left_out(
    source: ContactsSource, teams: dict[str, str]
):
    assert source.names == teams
    assert list(source.contacts) == sorted(teams)
    assert told(source) == []


def test_they_say_that_they_are_a_demonstration(source: ContactsSource):
    assert source.demonstration
    assert source.label.startswith("Demonstration")
    assert {one.as_of for one in source.contacts.values()} == {"2025-04-30"}


def test_no_number_and_no_address_is_anybodys(source: ContactsSource):
    for contact in source.contacts.values():
        assert contact.telephone is not None
        assert DRAMA.fullmatch(contact.telephone)
        assert str(contact.email).endswith("@example.org")
        assert all(NOBODYS.fullmatch(str(page)) for page in (contact.web, *contact.social.values()))


def test_officers_have_surnames_that_are_none(source: ContactsSource):
    names = [officer.name for one in source.contacts.values() for officer in one.officers]
    made_up = {"Example", "Sample", "Specimen", "Placeholder", "Madeup"}
    assert {name.split()[1] for name in names} == made_up
    assert {len(one.officers) for one in source.contacts.values()} == {3, 4, 5}


def test_one_event_of_each_team_is_over_and_one_is_to_come(source: ContactsSource):
    now = datetime(2025, 11, 1, tzinfo=UTC)
    for contact in source.contacts.values():
        assert len(contact.events) == 2
        (event,) = contact.events_to_come(now)
        assert event.starts_at.startswith("2035-")
        assert event.starts_at.endswith("T18:00:00+01:00")


def test_texts_are_words(source: ContactsSource):
    for contact in source.contacts.values():
        texts = [contact.description, *(one.issue for one in contact.priorities)]
        texts += [one.action for one in contact.priorities if one.action]
        texts += [event.description for event in contact.events]
        assert not [text for text in texts if text is None or "<" in text]


def test_they_come_out_the_same_from_the_teams():
    code = """
import gzip, sys, sample_contacts
sys.stdout.write(sample_contacts.contacts_json(gzip.open("teams.geojson.gz", "rt").read()))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=DATA, check=True, capture_output=True)
    assert done.stdout == (DATA / "contacts.json").read_bytes()
