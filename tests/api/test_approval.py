"""Audiences that a second person must approve, and what limited roles see of audiences."""

import json

import pytest

from api.settings import Settings
from geo_alerts.acts.keys import create_key, sign_in_link_token
from geo_alerts.audiences.disclosure import Role
from geo_alerts.store.audit import chain
from tests.api.asking import OURS, assert_problem
from tests.api.test_frozen import T1, T1_AND_T2, frozen, pages_of

ABOVE = 70


@pytest.fixture
def settings() -> Settings:
    return Settings(approval_above=ABOVE)


@pytest.fixture
def large(alert_system):
    """The path of an audience of 90 people, which waits for a second person."""
    audience = frozen(alert_system, T1_AND_T2)
    assert audience["approval"] == "awaited"
    return f"/v1/audiences/{audience['id']}"


@pytest.fixture
def commander(client_of):
    return client_of(Role.COMMANDER)


def acts_in(store):
    with store.reading() as connection:
        return [json.loads(link.document) for link in chain(connection)]


def test_recipients_of_a_large_audience_are_read_after_a_second_person_approved(
    large, alert_system, commander
):
    assert_problem(alert_system.get(f"{large}/recipients"), 403, "approval_needed")
    lines = {"Accept": "application/x-ndjson"}
    assert_problem(alert_system.get(f"{large}/recipients", headers=lines), 403, "approval_needed")
    sent = alert_system.post(f"{large}/alerts", json={"key": "one"})
    assert_problem(sent, 403, "approval_needed")
    answer = commander.post(f"{large}:approve", json={"note": "agreed"})
    assert answer.status_code == 200
    assert answer.json()["approval"] == "approved"
    assert answer.json()["decision"]["note"] == "agreed"
    assert len(pages_of(alert_system, large.rpartition("/")[2])) == 90


def test_a_smaller_audience_needs_nobody(alert_system, commander):
    audience = frozen(alert_system, T1)
    assert audience["approval"] == "not_needed"
    path = f"/v1/audiences/{audience['id']}"
    assert_problem(commander.post(f"{path}:approve", json={}), 404, "unknown_audience")


def test_an_audience_that_was_refused_stays_closed(large, alert_system, commander, client_of):
    assert commander.post(f"{large}:refuse", json={}).json()["approval"] == "refused"
    assert_problem(alert_system.get(f"{large}/recipients"), 403, "approval_needed")
    # The first word stands, and may be said again.
    assert (
        commander.post(f"{large}:refuse", json={"note": "again"}).json()["decision"]["note"] == ""
    )
    assert_problem(client_of(Role.ADMIN).post(f"{large}:approve", json={}), 409, "conflict")


@pytest.mark.parametrize("role", [Role.ANALYST, Role.ALERT_SYSTEM])
def test_only_commanders_and_administrators_approve(role, large, client_of):
    assert_problem(client_of(role).post(f"{large}:approve", json={}), 403, "forbidden")


def test_nobody_approves_what_they_asked_for(client_of):
    admin = client_of(Role.ADMIN)
    path = f"/v1/audiences/{frozen(admin, T1_AND_T2)['id']}"
    assert_problem(admin.post(f"{path}:approve", json={}), 403, "forbidden")
    assert_problem(admin.get(f"{path}/recipients"), 403, "approval_needed")


@pytest.mark.parametrize("name", ["Sgt A. Jones", "sgt  a. JONES "])
def test_nobody_approves_under_another_key_or_session_of_the_same_name(
    name, client, client_of, store
):
    token = sign_in_link_token(store, name="Sgt A. Jones", role=Role.ADMIN)
    client.headers.update(OURS)
    assert client.post("/sign-in", data={"token": token}).status_code == 200
    path = f"/v1/audiences/{frozen(client, T1_AND_T2)['id']}"
    _, key = create_key(store, name, Role.ADMIN)
    other = client_of(Role.ADMIN)
    other.headers["Authorization"] = f"Bearer {key}"
    assert_problem(other.post(f"{path}:approve", json={}), 403, "forbidden")
    assert client_of(Role.COMMANDER).post(f"{path}:approve", json={}).status_code == 200


def test_audiences_are_listed_by_who_may_see_them(large, alert_system, commander, client_of):
    own = frozen(commander, T1)
    analyst = client_of(Role.ANALYST)

    def listed(client, **query):
        answer = client.get("/v1/audiences", params=query).json()
        return [one["id"] for one in answer["audiences"]]

    large_id = large.rpartition("/")[2]
    assert listed(alert_system) == [own["id"], large_id]
    assert listed(commander) == [own["id"], large_id]
    assert listed(commander, awaited=True) == [large_id]
    assert listed(analyst) == []
    assert_problem(analyst.get(f"/v1/audiences/{own['id']}"), 404, "unknown_audience")
    first = alert_system.get("/v1/audiences?page_size=1").json()
    rest = alert_system.get("/v1/audiences", params={"page_token": first["next_page_token"]}).json()
    assert [one["id"] for one in rest["audiences"]] == [large_id]
    assert rest["next_page_token"] is None
    commander.post(f"{large}:approve", json={})
    assert listed(commander, awaited=True) == []


def test_limited_roles_see_estimates_of_an_audience_and_no_hash(large, commander, alert_system):
    for shown in (commander.get(large).json(), frozen(commander, T1)):
        assert shown["figures"]["error"] is not None
        assert shown["figures"]["left_out"] == {}
        assert shown["recipients_sha256"] is None
        assert shown["withdrawn_since"] is None
    exact = alert_system.get(large).json()
    assert (exact["figures"]["error"], exact["figures"]["people"]) == (None, 90)


def test_what_a_limited_role_asked_for_is_read_by_the_alert_system(commander, alert_system):
    asked = frozen(commander, T1)
    assert len(pages_of(alert_system, asked["id"])) == 60
    shown = alert_system.get(f"/v1/audiences/{asked['id']}").json()
    assert shown["figures"]["people"] == 60
    refused = commander.get(f"/v1/audiences/{asked['id']}/recipients")
    assert_problem(refused, 403, "forbidden")


def test_who_did_what_is_in_the_audit_trail_without_a_reference(
    large, alert_system, commander, store
):
    commander.post(f"{large}:approve", json={"note": "agreed"})
    audience_id = large.rpartition("/")[2]
    pages_of(alert_system, audience_id, page_size=50)
    alert_system.get(f"{large}/recipients", headers={"Accept": "text/csv"})
    alert_system.post(f"{large}/alerts", json={"key": "one"})
    kept = [one for one in acts_in(store) if one["details"].get("audience") == audience_id]
    assert [one["act"] for one in kept] == [
        "audience.freeze",
        "audience.approve",
        *["audience.read"] * 4,
        "alert.sent",
    ]
    assert kept[0]["details"]["recipients"] == 90
    assert kept[0]["details"]["lawful_basis"] == "public_task"
    reads = [one["details"] for one in kept[2:6]]
    assert [(one["after"], one.get("until"), one.get("recipients")) for one in reads] == [
        (-1, 49, 50),
        (49, 89, 40),
        (-1, None, None),
        (-1, 89, 90),
    ]
    assert "R-0" not in json.dumps(kept)
