"""Jobs over HTTP: listed, shown, cancelled; done by a server, and by the next one."""

import time

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from geo_alerts.acts.hotspots.works import RUN
from geo_alerts.audiences.disclosure import Role
from geo_alerts.store import jobs as stored
from geo_alerts.store.jobs import Task
from tests.api.asking import ADDRESS, assert_problem

WAIT_S = 20
# Refused by whoever does it: the made world has no crimes of such a force.
ASKED = {
    "question": {
        "method": "counts",
        "forces": ["made-up"],
        "months": {"first": "2024-01", "last": "2024-02"},
    },
    "name": "",
    "role": "analyst",
}


def add(store, by="session:Somebody", *, is_restricted=False):
    return stored.add(store, Task(RUN, ASKED, is_restricted=is_restricted), by=by)


def test_jobs_are_listed_the_newest_first_page_by_page(analyst, store):
    made = [add(store).id for _ in range(5)]
    seen, token = [], ""
    while token is not None:
        page = analyst.get("/v1/jobs", params={"page_size": 2, "page_token": token}).json()
        seen += [one["id"] for one in page["jobs"]]
        token = page["next_page_token"]
    assert seen == made[::-1]
    assert_problem(analyst.get("/v1/jobs?page_token=bm8="), 422, "invalid_page_token")


def test_a_job_that_waits_is_cancelled_at_once_by_who_asked_or_an_admin(
    analyst, alert_system, client_of, store
):
    waiting = add(store)
    path = f"/v1/jobs/{waiting.id}"
    shown = analyst.get(path).json()
    assert (shown["status"], shown["result"], shown["question"]) == ("waiting", None, ASKED)
    assert_problem(alert_system.post(f"{path}:cancel"), 403, "forbidden")
    assert analyst.get(path).json()["status"] == "waiting"
    cancelled = client_of(Role.ADMIN).post(f"{path}:cancel").json()
    assert (cancelled["status"], cancelled["cancel_asked"]) == ("cancelled", True)
    again = client_of(Role.ADMIN).post(f"{path}:cancel")
    assert again.json() == cancelled


def test_whoever_asked_may_cancel(analyst, store):
    me = analyst.post(
        "/v1/saved-areas", json={"name": "a", "area": {"type": "team", "codes": ["T1"]}}
    )
    mine = add(store, by=me.json()["saved_by"])
    assert analyst.post(f"/v1/jobs/{mine.id}:cancel").json()["status"] == "cancelled"


def test_a_job_about_exact_positions_is_not_there_for_those_who_may_not_see_them(
    analyst, alert_system, client_of, store
):
    restricted, other = add(store, is_restricted=True), add(store)
    path = f"/v1/jobs/{restricted.id}"
    for limited in (alert_system, client_of(Role.COMMANDER)):
        assert_problem(limited.get(path), 404, "unknown_job")
        assert_problem(limited.post(f"{path}:cancel"), 404, "unknown_job")
        listed = limited.get("/v1/jobs").json()["jobs"]
        assert [one["id"] for one in listed] == [other.id]
    assert analyst.get(path).json()["id"] == restricted.id
    assert len(analyst.get("/v1/jobs").json()["jobs"]) == 2


@pytest.mark.parametrize("path", ["/v1/jobs/abc", "/v1/jobs/abc:cancel"])
def test_a_job_that_is_none_is_told(path, analyst):
    answer = analyst.post(path) if path.endswith("cancel") else analyst.get(path)
    assert_problem(answer, 404, "unknown_job")


def test_a_layer_is_worked_out_by_another_process_and_signed_by_who_asked(world, store):
    app = create_app(Settings(), store=store)
    headers = {"Authorization": f"Bearer {world.tokens[Role.ANALYST]}"}
    question = {**ASKED["question"], "forces": ["west-mercia"]}
    with TestClient(app, base_url=ADDRESS, headers=headers) as client:
        accepted = client.post("/v1/hotspots", json={"question": question, "name": "Apart"})
        app.state.worker.wait(WAIT_S)
        done = client.get(accepted.headers["location"]).json()
        layer = client.get(done["result"]).json()
    assert (done["status"], done["done"], done["total"], done["words"]) == ("done", 3, 3, "done")
    assert (layer["name"], layer["created_by"]) == ("Apart", done["created_by"])
    assert layer["cell_count"] > 0


def test_what_waits_is_done_by_the_next_server_that_starts(world, store):
    waiting = add(store)
    headers = {"Authorization": f"Bearer {world.tokens[Role.ANALYST]}"}
    app = create_app(Settings(), store=store)
    with TestClient(app, base_url=ADDRESS, headers=headers) as client:
        until = time.monotonic() + WAIT_S
        app.state.worker.wait(WAIT_S)
        shown = client.get(f"/v1/jobs/{waiting.id}").json()
    assert time.monotonic() < until
    assert shown["status"] == "failed"
    assert shown["error"]["code"] == "invalid_input"
    assert "made-up" in shown["error"]["detail"]
    assert shown["started_at"] is not None
    assert shown["ended_at"] is not None
