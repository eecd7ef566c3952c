"""The page of long work, and the stream of events that keeps it up to date."""

import asyncio
import json

import pytest

from api import events as streams
from api.events import LOOKS_TRUSTED, MOST_STREAMS_EACH
from api.routes import progress
from geo_alerts.acts import keys
from geo_alerts.acts.hotspots.works import RUN
from geo_alerts.acts.import_jobs import SUBSCRIBERS, Bringing, kind_of, recorded
from geo_alerts.audiences.disclosure import Role
from geo_alerts.errors import SourceError
from geo_alerts.store import jobs as stored
from geo_alerts.store.jobs import Task
from tests.api.asking import OURS, assert_problem

WAIT_S = 20


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(streams, "LOOK_S", 0.01)


def begin(store, name="Burglary of spring", by="session:A. Analyst", *, is_restricted=False):
    question = {"question": {"method": "gi_star"}, "name": name, "role": "analyst"}
    return stored.begin(store, Task(RUN, question, is_restricted=is_restricted), by=by)


class Reader:
    """A browser that reads the stream, piece by piece."""

    def __init__(self, app, headers):
        self.app = app
        self.status = None
        self.headers = {}
        self.left = asyncio.Event()
        self._pieces = asyncio.Queue()
        sent = {"host": "127.0.0.1", "accept-encoding": "gzip", **headers}
        self.scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": "/progress/events",
            "raw_path": b"/progress/events",
            "query_string": b"",
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
            "client": ("127.0.0.1", 50_000),
            "server": ("127.0.0.1", 8_000),
        }
        self.task = asyncio.create_task(app(self.scope, self._receive, self._send))

    async def _receive(self):
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message):
        if self.left.is_set():
            raise OSError
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self._pieces.put_nowait(message.get("body", b"").decode())

    async def event(self):
        """The next event that is neither a comment nor only says when to come back."""
        while True:
            piece = await asyncio.wait_for(self._pieces.get(), WAIT_S)
            told = dict(line.split(": ", 1) for line in piece.splitlines() if ": " in line[1:])
            if "event" in told:
                return {**told, "data": json.loads(told["data"])}

    async def comment(self):
        while not (await asyncio.wait_for(self._pieces.get(), WAIT_S)).startswith(": "):
            pass

    async def leave(self):
        self.left.set()
        await asyncio.wait_for(self.task, WAIT_S)


def as_role(world, role):
    return {"authorization": f"Bearer {world.tokens[role]}"}


def test_a_job_is_told_as_it_goes_on_and_when_it_is_done(app, world, store):
    begun = begin(store)

    async def read():
        reader = Reader(app, as_role(world, Role.ANALYST))
        first = await reader.event()
        stored.beat(store, begun.id, done=4200, total=12_000, words="Gi*")
        second = await reader.event()
        stored.finish(store, begun.id, "abc")
        third = await reader.event()
        await reader.leave()
        return reader, [first, second, third]

    reader, told = asyncio.run(read())
    assert reader.status == 200
    assert reader.headers["content-type"].startswith("text/event-stream")
    assert "content-encoding" not in reader.headers
    assert [one["event"] for one in told] == ["job"] * 3
    facts = [(one["data"]["status"], one["data"]["done"]) for one in told]
    assert facts == [("running", 0), ("running", 4200), ("done", 4200)]
    assert "4\u202f200 of 12\u202f000" in told[1]["data"]["html"]
    assert 'href="/hotspots/abc"' in told[2]["data"]["html"]


def test_a_job_that_stays_as_it_is_is_written_once_for_each_stream(app, world, store, monkeypatch):
    begin(store)
    written = []

    class Counted(dict):
        """Looked into once whenever a job is written."""

        def get(self, kind):
            written.append(kind)

    monkeypatch.setattr(progress, "RESULT_PAGES", Counted())

    async def read():
        reader = Reader(app, as_role(world, Role.ANALYST))
        await reader.event()
        await reader.comment()
        await reader.leave()

    asyncio.run(read())
    assert len(written) == 1


def test_who_comes_back_is_told_only_what_they_missed(app, world, store):
    begin(store, "one")

    async def read():
        first = Reader(app, as_role(world, Role.ANALYST))
        known = (await first.event())["id"]
        await first.leave()
        nothing_new = Reader(app, as_role(world, Role.ANALYST) | {"last-event-id": known})
        await nothing_new.comment()
        other = begin(store, "two")
        missed = await nothing_new.event()
        await nothing_new.leave()
        return other.id, missed["data"]["id"]

    expected, told = asyncio.run(read())
    assert told == expected


def test_a_stream_ends_with_its_session_and_says_so(app, store, client):
    link = keys.sign_in_link_token(store, name="A. Analyst", role=Role.ANALYST)
    client.post("/sign-in", data={"token": link}, headers=OURS, follow_redirects=False)
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    (session,) = client.cookies.values()

    async def read():
        reader = Reader(app, {"cookie": cookie})
        await reader.comment()
        keys.sign_out(store, session)
        event = await reader.event()
        await asyncio.wait_for(reader.task, WAIT_S)
        return event["event"]

    assert asyncio.run(read()) == "signed-out"


def test_a_stream_full_of_news_ends_with_its_session_too(app, store, client):
    begun = begin(store)
    link = keys.sign_in_link_token(store, name="A. Analyst", role=Role.ANALYST)
    client.post("/sign-in", data={"token": link}, headers=OURS, follow_redirects=False)
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    (session,) = client.cookies.values()

    async def read():
        reader = Reader(app, {"cookie": cookie})
        await reader.event()
        keys.sign_out(store, session)
        for done in range(1, 5 * LOOKS_TRUSTED):
            # What is told is always new: the stream has no quiet moment.
            stored.beat(store, begun.id, done=done, total=None, words="")
            if (await reader.event())["event"] == "signed-out":
                await asyncio.wait_for(reader.task, WAIT_S)
                return True
        await reader.leave()
        return False

    assert asyncio.run(read())


def test_streams_end_when_the_server_stops(app, world):
    async def read():
        reader = Reader(app, as_role(world, Role.ADMIN))
        await reader.comment()
        app.state.events.close()
        await asyncio.wait_for(reader.task, WAIT_S)
        return reader.status

    assert asyncio.run(read()) == 200


def test_nobody_takes_more_than_a_few_streams_and_a_place_is_free_again(app, world):
    async def read():
        readers = [Reader(app, as_role(world, Role.ANALYST)) for _ in range(MOST_STREAMS_EACH)]
        for reader in readers:
            await reader.comment()
        refused = Reader(app, as_role(world, Role.ANALYST))
        await asyncio.wait_for(refused.task, WAIT_S)
        other = Reader(app, as_role(world, Role.COMMANDER))
        await other.comment()
        await readers[0].leave()
        again = Reader(app, as_role(world, Role.ANALYST))
        await again.comment()
        for reader in (*readers[1:], other, again):
            await reader.leave()
        return refused.status, other.status, again.status

    assert asyncio.run(read()) == (429, 200, 200)


def test_limited_roles_see_neither_restricted_jobs_nor_how_many_people_were_brought_in(
    client_of, store
):
    begin(store, "of exact positions", is_restricted=True)
    people = recorded(
        store,
        Bringing(SUBSCRIBERS, "people.csv", "cli:operator"),
        lambda tell: tell(20_000, 20_000),
        lambda *_: None,
    )
    assert people is None
    listed = {role: client_of(role).get("/v1/jobs").json()["jobs"] for role in Role}
    kinds = {role: {job["kind"] for job in jobs} for role, jobs in listed.items()}
    assert kinds == {
        Role.ANALYST: {RUN},
        Role.COMMANDER: set(),
        Role.ALERT_SYSTEM: {kind_of(SUBSCRIBERS)},
        Role.ADMIN: {RUN, kind_of(SUBSCRIBERS)},
    }
    (job,) = listed[Role.ALERT_SYSTEM]
    assert (job["status"], job["done"], job["question"]) == (
        "done",
        20_000,
        {"file": "people.csv"},
    )
    hidden = client_of(Role.ANALYST).get(f"/v1/jobs/{job['id']}")
    assert_problem(hidden, 404, "unknown_job")
    assert "people.csv" not in client_of(Role.ANALYST).get("/progress").text
    assert "people.csv" in client_of(Role.ADMIN).get("/progress").text


def test_an_import_that_fails_leaves_its_reason(client_of, store):
    def refuse(_tell):
        raise SourceError("people.csv has no header")

    with pytest.raises(SourceError):
        recorded(store, Bringing("postcodes", "codes.zip", "cli:a"), refuse, lambda *_: None)
    text = client_of(Role.ANALYST).get("/progress").text
    assert "What went wrong: people.csv has no header." in text


def test_the_page_tells_what_goes_on_and_lets_who_asked_stop_it(store, client):
    link = keys.sign_in_link_token(store, name="A. Analyst", role=Role.ANALYST)
    client.post("/sign-in", data={"token": link}, headers=OURS)
    assert "Nothing has been started yet." in client.get("/progress").text
    mine, other = begin(store, "mine"), begin(store, "another's", by="session:B. Other")
    stored.beat(store, mine.id, done=1, total=4, words="half")
    page = client.get("/progress").text
    assert '<progress aria-label="How far: mine" max="4" value="1">' in page
    assert "asked for by you" in page
    assert "asked for by B. Other" in page
    assert f"/progress/{mine.id}/cancel" in page
    assert f"/progress/{other.id}/cancel" not in page
    csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
    sent = client.post(f"/progress/{mine.id}/cancel", data={"csrf": csrf}, headers=OURS)
    assert "It stops after the step that it is at." in sent.text
    refused = client.post(f"/progress/{other.id}/cancel", data={"csrf": csrf}, headers=OURS)
    assert refused.status_code == 403
    assert (
        client.post(f"/progress/{mine.id}/cancel", data={"csrf": ""}, headers=OURS).status_code
        == 403
    )
