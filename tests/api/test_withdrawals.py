"""A withdrawal that was committed before a request is never in its answer, whoever committed it."""

import json
import subprocess
import sys

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from geo_alerts.audiences.disclosure import Role
from geo_alerts.sources.subscriber_rules import Content, SubscriberRow
from geo_alerts.store.database import Store
from geo_alerts.store.subscriber_changes import record_change
from tests.api.asking import ADDRESS
from tests.api.world import EVERYBODY, build

T1 = {"area": {"type": "team", "codes": ["T1"]}}
PEOPLE_OF_T1 = EVERYBODY[:60]
BESIDE = """
import sys
from geo_alerts.sources.subscriber_rules import SubscriberRow
from geo_alerts.store.database import Store
from geo_alerts.store.subscriber_changes import record_change
with Store.open(sys.argv[1]) as store:
    for reference in sys.argv[2:]:
        row = SubscriberRow(reference, store.clock(), withdraws=True)
        record_change(store, row, source="beside")
"""


def withdraw(store, reference):
    row = SubscriberRow(reference, store.clock(), withdraws=True)
    record_change(store, row, source="a test")


def rejoin(store, reference):
    content = Content(postcodes=("SY1 1AA",), channels=1)
    row = SubscriberRow(reference, store.clock(), content=content)
    record_change(store, row, source="a test")


def withdraw_beside(store_url, *references):
    """Withdraw people in a process of its own."""
    subprocess.run([sys.executable, "-c", BESIDE, store_url, *references], check=True)


@pytest.fixture
def store_url(store):
    return store.name


@pytest.fixture
def audience_id(alert_system):
    asked = {"selection": T1, "purpose": "a test", "lawful_basis": "public_task"}
    return alert_system.post("/v1/audiences", json=asked).json()["id"]


def people(client):
    return client.post("/v1/audiences:preview", json=T1).json()["people"]


def page(client, audience_id, **query):
    answer = client.get(f"/v1/audiences/{audience_id}/recipients", params=query).json()
    return sorted(one["reference"] for one in answer["recipients"]), answer


def lines(client, audience_id):
    headers = {"Accept": "application/x-ndjson"}
    text = client.get(f"/v1/audiences/{audience_id}/recipients", headers=headers).text
    return sorted(json.loads(line)["reference"] for line in text.splitlines())


def test_who_withdraws_between_two_requests_is_not_in_the_second(alert_system, store, audience_id):
    assert people(alert_system) == 60
    assert page(alert_system, audience_id)[0] == PEOPLE_OF_T1
    withdraw(store, "R-0007")
    assert people(alert_system) == 59
    references, answer = page(alert_system, audience_id)
    assert references == [one for one in PEOPLE_OF_T1 if one != "R-0007"]
    assert answer["withdrawn_since"] == 1
    assert lines(alert_system, audience_id) == references


def test_who_withdraws_in_another_process_is_not_there_either(alert_system, store_url, audience_id):
    assert people(alert_system) == 60
    withdraw_beside(store_url, "R-0001", "R-0060")
    assert people(alert_system) == 58
    assert page(alert_system, audience_id)[0] == PEOPLE_OF_T1[1:-1]
    assert lines(alert_system, audience_id) == PEOPLE_OF_T1[1:-1]


def test_who_withdraws_between_two_pages_is_not_on_the_second(alert_system, store, audience_id):
    everybody = alert_system.get(f"/v1/audiences/{audience_id}/recipients").json()["recipients"]
    in_order = [one["reference"] for one in everybody]
    first, answer = page(alert_system, audience_id, page_size=10)
    withdraw(store, in_order[10])
    withdraw(store, in_order[3])
    query = {"page_size": 10, "page_token": answer["next_page_token"]}
    second, _ = page(alert_system, audience_id, **query)
    assert first == sorted(in_order[:10])
    assert second == sorted(in_order[11:21])


def test_another_server_on_the_same_store_sees_it_too(
    alert_system, store, store_url, world, audience_id
):
    headers = {"Authorization": f"Bearer {world.tokens[Role.ALERT_SYSTEM]}"}
    with Store.open(store_url) as other_store:
        other = TestClient(
            create_app(Settings(), store=other_store), base_url=ADDRESS, headers=headers
        )
        assert people(other) == people(alert_system) == 60
        withdraw(store, "R-0020")
        assert people(other) == people(alert_system) == 59
        assert page(other, audience_id)[0] == page(alert_system, audience_id)[0]


def test_who_withdrew_and_joined_again_is_counted_but_not_on_the_old_list(
    alert_system, store, audience_id
):
    withdraw(store, "R-0005")
    rejoin(store, "R-0005")
    assert people(alert_system) == 60
    assert "R-0005" not in page(alert_system, audience_id)[0]
    assert "R-0005" not in lines(alert_system, audience_id)


def test_everybody_may_withdraw(alert_system, store, audience_id):
    for reference in PEOPLE_OF_T1:
        withdraw(store, reference)
    assert people(alert_system) == 0
    assert page(alert_system, audience_id)[0] == []
    assert lines(alert_system, audience_id) == []


@pytest.mark.postgis
def test_all_this_holds_on_postgis(postgis_database, tmp_path):
    tokens = build(tmp_path, postgis_database)
    headers = {"Authorization": f"Bearer {tokens[Role.ALERT_SYSTEM]}"}
    with Store.open(postgis_database) as store:
        client = TestClient(create_app(Settings(), store=store), base_url=ADDRESS, headers=headers)
        asked = {"selection": T1, "purpose": "a test", "lawful_basis": "public_task"}
        audience_id = client.post("/v1/audiences", json=asked).json()["id"]
        assert page(client, audience_id)[0] == PEOPLE_OF_T1
        withdraw(store, "R-0007")
        withdraw_beside(postgis_database, "R-0001", "R-0060")
        left = [one for one in PEOPLE_OF_T1 if one not in ("R-0001", "R-0007", "R-0060")]
        assert people(client) == 57
        assert page(client, audience_id)[0] == lines(client, audience_id) == left


def test_the_audience_itself_stays_as_it_was_frozen_and_tells_how_many_left(
    alert_system, store, audience_id
):
    before = alert_system.get(f"/v1/audiences/{audience_id}").json()
    assert before["withdrawn_since"] == 0
    withdraw(store, "R-0001")
    withdraw(store, "R-0002")
    rejoin(store, "R-0002")
    after = alert_system.get(f"/v1/audiences/{audience_id}").json()
    assert after == {**before, "withdrawn_since": 2}
