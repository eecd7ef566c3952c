"""Before there are any counts to estimate from: those who get estimates wait, and nobody else."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from geo_alerts.audiences.disclosure import Role
from geo_alerts.store.sequence import lock_seq
from tests.api.asking import assert_problem

T1 = {"area": {"type": "team", "codes": ["T1"]}}
FROZEN = {"selection": T1, "purpose": "Sheds", "lawful_basis": "public_task"}
PREVIEW = ("POST", "/v1/audiences:preview", T1)
ASKED = (
    PREVIEW,
    ("POST", "/v1/audiences", FROZEN),
    ("GET", "/v1/labels", None),
    ("GET", "/v1/maps/coverage", None),
    ("GET", "/coverage", None),
    ("GET", "/coverage/map", None),
)
CROWD = 50


@contextmanager
def no_release_can_be_kept(store) -> Iterator[None]:
    """Somebody writes to the store, and others who want to wait."""
    with store.writing() as connection:
        lock_seq(connection)
        yield


@pytest.fixture(autouse=True)
def seen_before(analyst, admin):
    """The first use of a key is noted in the store, which these tests keep busy."""
    assert analyst.get("/v1/teams").status_code == admin.get("/v1/teams").status_code == 200


@pytest.fixture
def admin(client_of):
    return client_of(Role.ADMIN)


def _ask(client, asked):
    method, path, body = asked
    return client.request(method, path, json=body)


def test_a_crowd_that_waits_for_the_first_counts_holds_up_nobody(store, admin, analyst):
    with ThreadPoolExecutor(2 * CROWD) as threads:
        with no_release_can_be_kept(store):
            asked = [PREVIEW] * CROWD + list(ASKED)
            waiting = [threads.submit(_ask, analyst, one) for one in asked]
            # All threads of the server are free for these, and both of the desk.
            exact = list(threads.map(lambda _: _ask(admin, PREVIEW).json()["people"], range(10)))
            assert exact == [60] * 10
            assert analyst.get("/v1/postcodes/SY1 1AA").json()["team"]["code"] == "T1"
            assert not any(one.done() for one in waiting)
        assert {one.result().status_code for one in waiting} <= {200, 201}
    estimates = {one.result().json()["people"] for one in waiting[:CROWD]}
    assert len(estimates) == 1


@pytest.mark.parametrize("asked", ASKED, ids=lambda one: f"{one[0]} {one[1]}")
def test_who_has_waited_long_is_told_when_to_come_again(store, analyst, asked, monkeypatch):
    monkeypatch.setattr("api.dependencies.LONGEST_WAIT_S", 0.01)
    with no_release_can_be_kept(store):
        answer = _ask(analyst, asked)
    assert_problem(answer, 503, "not_ready")
    assert int(answer.headers["retry-after"]) > 0
