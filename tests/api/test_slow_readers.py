"""A slow reader of a list holds no thread, gets no stale batch and keeps nobody waiting."""

import asyncio
import json

import pytest

from geo_alerts.acts import recipients
from geo_alerts.audiences.disclosure import Role
from geo_alerts.sources.subscriber_rules import SubscriberRow
from geo_alerts.store.subscriber_changes import record_change
from tests.api.test_frozen import PEOPLE_OF_T1, T1, frozen, pages_of

AT_ONCE = 7
READERS = 60


@pytest.fixture(autouse=True)
def _batches_of_a_few(monkeypatch):
    monkeypatch.setattr(recipients, "STREAMED_AT_ONCE", AT_ONCE)


class Reader:
    """A client that takes a piece of an answer when it is told to, and no sooner."""

    def __init__(self, path, token):
        headers = {"host": "127.0.0.1", "accept": "application/x-ndjson"}
        headers["authorization"] = f"Bearer {token}"
        self.scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 50_000),
            "server": ("127.0.0.1", 8_000),
        }
        self.allowed = asyncio.Semaphore(0)
        self.offered = asyncio.Semaphore(0)
        self.body = b""

    async def run(self, app):
        await app(self.scope, self._receive, self._send)

    async def _receive(self):
        return await asyncio.Future()

    async def _send(self, message):
        if message["type"] != "http.response.body":
            assert message.get("status") == 200, message
            return
        self.offered.release()
        await self.allowed.acquire()
        self.body += message.get("body", b"")

    def references(self):
        return [json.loads(line)["reference"] for line in self.body.splitlines()]


def test_a_batch_is_read_when_the_one_before_was_taken(app, store, world, alert_system):
    audience_id = frozen(alert_system)["id"]
    in_order = [one["reference"] for one in pages_of(alert_system, audience_id)]

    async def read() -> list[str]:
        path = f"/v1/audiences/{audience_id}/recipients"
        reader = Reader(path, world.tokens[Role.ALERT_SYSTEM])
        task = asyncio.create_task(reader.run(app))
        await reader.offered.acquire()
        # The first batch is offered and not taken: whoever leaves now is in none of the others.
        for reference in (in_order[3], in_order[20], in_order[-1]):
            withdrawn = SubscriberRow(reference, store.clock(), withdraws=True)
            await asyncio.to_thread(record_change, store, withdrawn, source="a test")
        for _ in range(100):
            reader.allowed.release()
        await task
        return reader.references()

    left = {in_order[20], in_order[-1]}
    assert asyncio.run(read()) == [one for one in in_order if one not in left]


def test_readers_who_stall_keep_nobody_waiting(app, world, alert_system):
    audience_id = frozen(alert_system, T1)["id"]
    path = f"/v1/audiences/{audience_id}/recipients"

    async def stall() -> list[list[str]]:
        stalled = [Reader(path, world.tokens[Role.ALERT_SYSTEM]) for _ in range(READERS)]
        tasks = [asyncio.create_task(one.run(app)) for one in stalled]
        for one in stalled:
            await one.offered.acquire()
        # More of them than there are threads, and all stand; another reads the whole list.
        quick = Reader(path, world.tokens[Role.ALERT_SYSTEM])
        for _ in range(100):
            quick.allowed.release()
        await asyncio.wait_for(quick.run(app), timeout=60)
        for one in stalled:
            for _ in range(100):
                one.allowed.release()
        await asyncio.gather(*tasks)
        return [one.references() for one in (quick, *stalled)]

    for read in asyncio.run(stall()):
        assert sorted(read) == PEOPLE_OF_T1
