"""Subscribers' changes over HTTP: upsert, withdraw, erase, feeds; who may, and what is refused."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from geo_alerts.audiences.disclosure import Role
from geo_alerts.store.audience_tables import audit_entry
from geo_alerts.store.sequence import latest_seq
from geo_alerts.store.subscriber_log import states_of
from geo_alerts.store.tables import subscriber_reference
from tests.api.asking import assert_problem
from tests.subscriber_world import withdrawn_since

T1 = {"area": {"type": "team", "codes": ["T1"]}}
CALLS = ("upsert", "withdraw", "erase")


def send(client, call, **said):
    return client.post(f"/v1/subscribers:{call}", json=said)


def outcome(client, call, **said):
    answer = send(client, call, **said)
    assert answer.status_code == 200, answer.text
    return answer.json()["outcome"]


def state(store, reference):
    with store.reading() as connection:
        return states_of(connection, [reference]).get(reference)


def known(store, reference):
    return state(store, reference).known


def seq(store):
    with store.reading() as connection:
        return latest_seq(connection)


def people(client):
    return client.post("/v1/audiences:preview", json=T1).json()["people"]


def feed(client, changes, media_type="application/x-ndjson"):
    lines = (one if isinstance(one, str) else json.dumps(one) for one in changes)
    body = "\n".join(lines) if media_type.endswith("ndjson") else json.dumps(changes)
    return client.post(
        "/v1/subscribers:changes", content=body, headers={"Content-Type": media_type}
    )


# --- one at a time --------------------------------------------------------------------------------


def test_somebody_new_is_counted_at_once_and_gone_at_once(alert_system, store):
    before = people(alert_system)
    said = {"reference": "N-1", "postcodes": ["sy11aa"], "channels": ["text"]}
    assert outcome(alert_system, "upsert", **said) == "added"
    assert people(alert_system) == before + 1
    assert known(store, "N-1").content.postcodes == ("SY1 1AA",)
    assert outcome(alert_system, "withdraw", reference="N-1") == "withdrawn"
    assert people(alert_system) == before
    assert outcome(alert_system, "withdraw", reference="N-1") == "still_withdrawn"


def test_what_is_left_out_says_nothing_and_an_empty_list_says_none(alert_system, store):
    answer = outcome(alert_system, "upsert", reference="R-0001", topics=[], channels=["text"])
    assert answer == "changed"
    content = known(store, "R-0001").content
    assert (content.postcodes, content.groups) == (("SY1 1AA",), ("Farm Watch",))
    assert (content.channels, content.topics) == (2, ())


def test_withdrawing_from_a_channel_leaves_the_rest_and_consent_later_stands(alert_system, store):
    before = seq(store)
    said = {"reference": "R-0001", "from": ["channel:text", "topic:burglary"]}
    assert outcome(alert_system, "withdraw", **said) == "partly_withdrawn"
    assert known(store, "R-0001").content.channels == 1
    assert known(store, "R-0001").content.topics == ()
    assert known(store, "R-0001").is_active
    assert withdrawn_since(store, "R-0001", before) == ["channel:text", "topic:burglary"]
    assert outcome(alert_system, "upsert", reference="R-0001", channels=["text"]) == "changed"
    assert known(store, "R-0001").content.channels == 2
    # Lists that were made before do not get the channel back.
    assert "channel:text" in withdrawn_since(store, "R-0001", before)


def test_a_withdrawal_without_a_time_stands_against_a_clock_that_is_ahead(
    alert_system, store, monkeypatch
):
    ahead = store.clock() + timedelta(minutes=5)
    with monkeypatch.context() as patched:
        patched.setattr(store, "clock", lambda: ahead)
        assert outcome(alert_system, "upsert", reference="R-0001", channels=["text"]) == "changed"
    assert outcome(alert_system, "withdraw", reference="R-0001") == "withdrawn"
    assert not known(store, "R-0001").is_active


def test_a_withdrawal_of_a_time_yet_to_come_holds_at_once(alert_system, store):
    answer = outcome(alert_system, "withdraw", reference="R-0001", at="2099-01-01T00:00:00Z")
    assert answer == "withdrawn"
    assert known(store, "R-0001").known_at <= store.clock()


def test_other_words_of_a_time_yet_to_come_are_refused(alert_system):
    answer = send(alert_system, "upsert", reference="R-0001", at="2099-01-01T00:00:00Z")
    assert "yet to come" in assert_problem(answer, 422, "invalid_input")["detail"]


def test_an_older_word_is_told_to_be_older(alert_system):
    said = {"reference": "R-0001", "at": "2024-01-01T00:00:00Z"}
    assert outcome(alert_system, "upsert", **said, channels=["text"]) == "older_than_known"


def test_a_value_that_cannot_be_used_is_left_out_and_told_without_it(alert_system, store):
    answer = send(
        alert_system, "upsert", reference="R-0001", postcodes=["SY1 1AA", "nowhere"], channels=["x"]
    )
    assert answer.json()["left_out"] == [
        {"field": "postcodes", "reason": "value 2 is no postcode"},
        {"field": "channels", "reason": "value 1 is none of email, text, voice"},
    ]
    # Consent that nobody can read is none.
    assert known(store, "R-0001").content.channels == 0
    assert "nowhere" not in answer.text


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"reference": "someone@example.org"}, "personal_data"),
        ({"reference": "Jane Roe"}, "personal_data"),
        ({"reference": "N-1", "groups": ["01632 960001"]}, "personal_data"),
        ({"reference": "N 1"}, "invalid_input"),
        ({"reference": "N-1", "at": "2025-06-01T09:00:00"}, "validation_failed"),
        ({"reference": "N-1", "at": 0}, "validation_failed"),
        ({"reference": "N-1", "name": "x"}, "validation_failed"),
    ],
)
def test_what_cannot_be_taken_is_refused_and_changes_nothing(alert_system, store, said, code):
    before = seq(store)
    answer = send(alert_system, "upsert", **said)
    problem = assert_problem(answer, 422, code)
    assert said["reference"] not in problem["detail"]
    assert seq(store) == before


@pytest.mark.parametrize("left", [[], ["text"], ["channel:pigeon"], ["topic:"], "channel:text"])
def test_a_withdrawal_that_names_nothing_known_is_refused(alert_system, store, left):
    before = seq(store)
    answer = send(alert_system, "withdraw", **{"reference": "R-0001", "from": left})
    assert answer.status_code == 422, answer.text
    assert seq(store) == before


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("role", [Role.ANALYST, Role.COMMANDER])
def test_limited_roles_change_nobody(client_of, call, role):
    assert_problem(send(client_of(role), call, reference="R-0001"), 403, "forbidden")
    assert_problem(feed(client_of(role), []), 403, "forbidden")


# --- erasure --------------------------------------------------------------------------------------


def test_an_erased_person_leaves_nothing_but_a_random_number(alert_system, store):
    asked = {"selection": T1, "purpose": "a test", "lawful_basis": "public_task"}
    audience = alert_system.post("/v1/audiences", json=asked).json()
    number = state(store, "R-0001").number
    before = people(alert_system)
    assert send(alert_system, "erase", reference="R-0001").json() == {"erased": True}
    assert send(alert_system, "erase", reference="R-0001").json() == {"erased": False}
    assert people(alert_system) == before - 1
    page = alert_system.get(f"/v1/audiences/{audience['id']}/recipients").json()
    assert "R-0001" not in str(page)
    assert page["withdrawn_since"] == 1
    again = alert_system.get(f"/v1/audiences/{audience['id']}").json()
    assert again["recipients_sha256"] == audience["recipients_sha256"]
    with store.reading() as connection:
        named = select(func.count()).where(subscriber_reference.c.reference == "R-0001")
        assert connection.execute(named).scalar_one() == 0
        entries = select(audit_entry.c.document).where(audit_entry.c.act == "subscriber.erase")
        entry = json.loads(connection.execute(entries).scalar_one())
    assert entry["details"] == {"number": str(number)}
    outcome(alert_system, "upsert", reference="R-0001", postcodes=["SY1 1AA"])
    assert state(store, "R-0001").number != number
    assert "R-0001" not in alert_system.get(f"/v1/audiences/{audience['id']}/recipients").text


def test_the_file_of_the_store_does_not_hold_an_erased_reference(alert_system, tmp_path):
    outcome(alert_system, "upsert", reference="ERASE-ME-7731", postcodes=["SY1 1AA"])
    files = list(tmp_path.glob("store.db*"))
    assert any(b"ERASE-ME-7731" in file.read_bytes() for file in files)
    assert send(alert_system, "erase", reference="ERASE-ME-7731").json() == {"erased": True}
    assert not any(b"ERASE-ME-7731" in file.read_bytes() for file in tmp_path.glob("store.db*"))


# --- feeds ----------------------------------------------------------------------------------------

FEED = [
    {
        "change": "upsert",
        "reference": "N-1",
        "at": "2025-06-02T09:00:00Z",
        "postcodes": ["SY1 1AA", "SY1"],
        "channels": ["text"],
    },
    {
        "change": "withdraw",
        "reference": "N-1",
        "at": "2025-06-02T10:00:00Z",
        "from": ["channel:text"],
    },
    {"change": "withdraw", "reference": "R-0001", "at": "2025-06-02T09:00:00+01:00"},
    {"change": "upsert", "reference": "N-1", "at": "2025-06-02T11:00:00Z", "channels": ["voice"]},
]


@pytest.mark.parametrize("media_type", ["application/x-ndjson", "application/json"])
def test_a_feed_is_answered_in_order_and_sending_it_again_changes_nothing(
    alert_system, store, media_type
):
    answer = feed(alert_system, FEED, media_type).json()
    outcomes = [one["outcome"] for one in answer["changes"]]
    assert outcomes == ["added", "partly_withdrawn", "withdrawn", "changed"]
    assert answer["changes"][0]["left_out"] == [
        {"field": "postcodes", "reason": "value 2 is no postcode"}
    ]
    assert known(store, "N-1").content.channels == 4
    before = seq(store)
    again = feed(alert_system, FEED, media_type).json()
    assert seq(store) == before
    assert {one["outcome"] for one in again["changes"]} <= {
        "older_than_known",
        "still_withdrawn",
        "unchanged",
    }


def test_one_bad_line_is_told_and_does_not_stop_the_others(alert_system, store):
    at = "2025-06-02T09:00:00Z"
    answer = feed(
        alert_system,
        [
            "no json",
            "[1]",
            {"change": "upsert", "reference": "N-1"},
            {"change": "erase", "reference": "N-1", "at": at},
            {"change": "upsert", "reference": "a@b.example", "at": at},
            {"change": "upsert", "reference": "N-1", "at": at, "channels": "text"},
            {"change": "upsert", "reference": "N-1", "at": "2099-01-01T00:00:00Z"},
            {"change": "upsert", "reference": "N-1", "at": at, "nome": "x"},
            "",
            {"change": "upsert", "reference": "N-1", "at": "", "channels": ["text"]},
            {"change": "withdraw", "reference": "R-0002", "at": at},
        ],
    ).json()
    assert answer["counts"] == {"refused": 9, "withdrawn": 1}
    reasons = [one["reason"] for one in answer["changes"]]
    assert reasons[0] == reasons[1] == "is no JSON object"
    assert reasons[2] == "at: is missing"
    assert reasons[3] == "change: is none of upsert, withdraw"
    assert reasons[4].startswith("reference: holds what looks like an e-mail address")
    assert reasons[5] == "channels: is no list of text"
    assert reasons[6] == "at: is yet to come"
    assert reasons[7].startswith("has members that are not known: 'nome'; known are at, channels")
    assert reasons[8].startswith("at: must be a time such as ")
    assert not known(store, "R-0002").is_active


def test_a_feed_of_many_people_is_taken_a_few_hundred_at_once(alert_system, store):
    lines = [
        {"change": "upsert", "reference": f"N-{number}", "at": "2025-06-02T09:00:00Z"}
        for number in range(450)
    ]
    before = seq(store)
    assert feed(alert_system, lines).json()["counts"] == {"added": 450}
    assert seq(store) - before == 3


@pytest.mark.parametrize(
    ("body", "media_type", "status", "code"),
    [
        (b"[1", "application/json", 422, "invalid_input"),
        (b"[" * 100_000, "application/json", 422, "invalid_input"),
        (b"1\n" * 10_001, "application/x-ndjson", 422, "invalid_input"),
        (b"", "text/csv", 415, "unsupported_media_type"),
    ],
)
def test_what_is_no_feed_is_refused(alert_system, body, media_type, status, code):
    headers = {"Content-Type": media_type}
    answer = alert_system.post("/v1/subscribers:changes", content=body, headers=headers)
    assert_problem(answer, status, code)
