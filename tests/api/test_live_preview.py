"""Previews while somebody draws: numbered, the latest wins, and nobody else waits for them."""

import asyncio
import json
import math
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import httpx2
import pytest

from api.desk import AT_ONCE
from api.errors import OvertakenError
from geo_alerts.audiences.disclosure import Role
from tests.serving import served

PATH = "/v1/audiences:preview"
T1 = {"area": {"type": "team", "codes": ["T1"]}}
NOWHERE = {"area": {"type": "team", "codes": ["none"]}}
SOON_S = 30


@contextmanager
def all_places_taken(desk) -> Iterator[None]:
    """The desk works for others, until the block ends."""
    may_end = threading.Event()
    with ExitStack() as stack:
        stack.callback(may_end.set)
        begun = [threading.Event() for _ in range(AT_ONCE)]
        for event in begun:
            desk.ask(lambda event=event: event.set() or may_end.wait(SOON_S))
        assert all(event.wait(SOON_S) for event in begun)
        yield


@pytest.fixture
def admin(client_of):
    return client_of(Role.ADMIN)


@pytest.fixture
def page(client_of):
    """What the desk calls the page "p" of the admin's key."""
    client = client_of(Role.ADMIN)
    key_id = client.headers["authorization"].split("_")[1]
    return f"key:{key_id}", "p"


# --- numbers --------------------------------------------------------------------------------------


def test_an_answer_repeats_the_number_of_its_question(admin):
    assert admin.post(f"{PATH}?page=p&question=17", json=T1).json()["question"] == 17
    assert admin.post(PATH, json=T1).json()["question"] is None


@pytest.mark.parametrize("body", [NOWHERE, {"area": 1}])
def test_a_problem_repeats_it_too(admin, body):
    answer = admin.post(f"{PATH}?page=p&question=17", json=body)
    assert answer.status_code in {404, 422}
    assert answer.json()["question"] == 17


@pytest.mark.parametrize("query", ["page=", "page=a%20b", "question=-1", "question=x", "number=1"])
def test_a_page_or_a_number_that_is_none_is_refused(admin, query):
    assert admin.post(f"{PATH}?{query}", json=T1).status_code in {400, 422}


# --- the latest wins ------------------------------------------------------------------------------


def test_what_is_older_than_the_question_that_waits_is_overtaken_at_once(app, admin, page):
    with all_places_taken(app.state.previews):
        app.state.previews.ask(lambda: None, page=page, number=5)
        problem = assert_overtaken(admin.post(f"{PATH}?page=p&question=4", json=T1))
        assert problem["question"] == 4


def test_a_newer_question_takes_the_place_of_the_one_that_waits(app, admin, page):
    desk = app.state.previews
    with ThreadPoolExecutor(1) as thread, all_places_taken(desk):
        waits = desk.ask(lambda: None, page=page, number=5)
        newer = thread.submit(admin.post, f"{PATH}?page=p&question=6", json=T1)
        assert isinstance(waits.exception(SOON_S), OvertakenError)
        assert not newer.done()
    assert newer.result().json()["people"] == 60


def test_nobody_overtakes_the_page_of_somebody_else(app, analyst, page):
    desk = app.state.previews
    with ThreadPoolExecutor(1) as thread, all_places_taken(desk):
        waits = desk.ask(lambda: None, page=page, number=5)
        other = thread.submit(analyst.post, f"{PATH}?page=p&question=6", json=T1)
    assert waits.exception(SOON_S) is None
    assert other.result().json()["question"] == 6


def test_who_has_gone_is_not_waited_for(app, admin):
    sent = []
    messages = iter(
        [
            {"type": "http.request", "body": json.dumps(T1).encode(), "more_body": False},
            {"type": "http.disconnect"},
        ]
    )

    async def receive():
        return next(messages)

    async def send(message):
        sent.append(message)

    headers = {**admin.headers, "content-type": "application/json", "host": "127.0.0.1:8000"}
    scope = {
        "type": "http",
        "method": "POST",
        "path": PATH,
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    with all_places_taken(app.state.previews):
        asyncio.run(app(scope, receive, send))
    assert sent == []


def assert_overtaken(answer):
    assert answer.status_code == 409, answer.text
    assert answer.json()["code"] == "overtaken"
    return answer.json()


# --- the real server ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def address(world, tmp_path_factory):
    """The real server on a copy of the made world."""
    file = shutil.copy(world.file, tmp_path_factory.mktemp("served") / "world.db")
    with served(f"sqlite:///{file}") as link:
        parts = urlsplit(link)
        yield f"{parts.scheme}://{parts.netloc}"


@pytest.fixture
def caller(world, address):
    """Asks the real server as the alert system; threads may share it."""
    headers = {"Authorization": f"Bearer {world.tokens[Role.ALERT_SYSTEM]}"}
    limits = httpx2.Limits(max_connections=None)
    with httpx2.Client(base_url=address, headers=headers, timeout=120, limits=limits) as client:
        yield client


def ring_of(vertices):
    """A circle drawn in so many corners, about all teams: slow to read and to check."""
    turns = [2 * math.pi * number / (vertices - 1) for number in range(vertices - 1)]
    ring = [[-2.86 + 0.05 * math.cos(turn), 52.7 + 0.03 * math.sin(turn)] for turn in turns]
    shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    return json.dumps({"area": {"type": "polygon", "geometry": shape}}).encode()


def ask(client, body, query=""):
    return client.post(f"{PATH}{query}", content=body, headers={"Content-Type": "application/json"})


def test_a_hundred_slow_previews_at_once_hold_up_no_list(caller):
    frozen = caller.post(
        "/v1/audiences", json={"selection": T1, "purpose": "Sheds", "lawful_basis": "public_task"}
    ).json()
    body, answered = ring_of(20_000), threading.Semaphore(0)

    def preview():
        answer = ask(caller, body)
        answered.release()
        return answer

    with ThreadPoolExecutor(100) as threads:
        asked = [threads.submit(preview) for _ in range(100)]
        assert answered.acquire(timeout=SOON_S)
        for _ in range(10):
            page = caller.get(f"/v1/audiences/{frozen['id']}/recipients")
            assert len(page.json()["recipients"]) == 60
        done_before = sum(one.done() for one in asked)
    assert {one.result().status_code for one in asked} == {200}
    # Ten lists, one after the other, took less than half the time of the previews.
    assert done_before < 50


def test_of_a_page_that_asks_thirty_times_at_once_the_last_is_answered(caller):
    body = ring_of(20_000)
    with ThreadPoolExecutor(30) as threads:
        queries = [f"?page=busy&question={number}" for number in range(30)]
        answers = list(threads.map(lambda query: ask(caller, body, query), queries))
    assert [answer.json()["question"] for answer in answers] == list(range(30))
    assert answers[-1].status_code == 200
    assert {answer.status_code for answer in answers} == {200, 409}
    for answer in answers:
        if answer.status_code == 409:
            assert_overtaken(answer)
