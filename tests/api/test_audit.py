"""The audit trail over HTTP: for administrators, the newest first, page after page."""

import pytest

from geo_alerts.acts.audit import verify
from geo_alerts.acts.keys import create_key, sign_in, sign_in_link_token
from geo_alerts.audiences.disclosure import Role
from tests.api.asking import assert_problem


@pytest.fixture
def admin(client_of):
    return client_of(Role.ADMIN)


def test_what_was_done_is_listed_from_the_newest(admin, store):
    key_id, _ = create_key(store, "alerts", Role.ALERT_SYSTEM, by="cli:op")
    token = sign_in_link_token(store, name="A. Person", role=Role.ANALYST, by="cli:op")
    sign_in(store, token)

    newest = admin.get("/v1/audit?page_size=3").json()["entries"]

    assert [(entry["act"], entry["who"], entry["role"]) for entry in newest] == [
        ("session.begin", "session:A. Person", "analyst"),
        ("sign_in.link", "cli:op", "admin"),
        ("key.create", "cli:op", "admin"),
    ]
    assert newest[2]["details"] == {"id": key_id, "name": "alerts", "role": "alert_system"}
    assert newest[0]["sha256"] == verify(store).sha256


def test_the_pages_hold_every_entry_once(admin, store):
    seen, token = [], ""
    while token is not None:
        page = admin.get("/v1/audit", params={"page_size": 3, "page_token": token}).json()
        seen += [entry["seq"] for entry in page["entries"]]
        token = page["next_page_token"]

    # Made with the world: its editions and its keys.
    assert seen == list(range(len(seen), 0, -1))
    assert len(seen) == verify(store).entries > 6


def test_the_list_may_be_of_one_act_and_from_a_time_on(admin, store):
    create_key(store, "alerts", Role.ALERT_SYSTEM)
    newest = admin.get("/v1/audit?page_size=1").json()["entries"][0]

    found = admin.get("/v1/audit", params={"act": "key.create", "since": newest["at"]}).json()
    assert found == {"entries": [newest], "next_page_token": None}
    assert admin.get("/v1/audit?act=alert.sent").json()["entries"] == []


def test_an_act_that_there_is_not_is_refused_with_those_that_there_are(admin):
    problem = assert_problem(admin.get("/v1/audit?act=bogus"), 422, "invalid_input")
    assert "audience.freeze, audience.list" in problem["detail"]
    assert "bogus" not in problem["detail"]


@pytest.mark.parametrize(
    "query",
    [
        {"since": "2025-07-01"},
        {"since": "1700000000"},
        {"since": "2025-07-01T09:00:00"},
        {"since": "0001-01-01T00:00:00+14:00"},
        {"act": "x" * 41},
        {"page_size": "0"},
        {"page_size": "1001"},
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_place(admin, query):
    problem = assert_problem(admin.get("/v1/audit", params=query), 422, "validation_failed")
    assert next(iter(query)) in str(problem["errors"])


def test_a_token_of_another_list_is_refused(admin):
    answer = admin.get("/v1/audit", params={"page_token": "MTAwMA"})
    assert_problem(answer, 422, "invalid_page_token")
