"""Jobs as server-sent events: how far each is, told as it changes, without holding any thread.

A stream is a coroutine that looks about once a second; all streams of a role share one look at the
store. An event is the whole of a job, so that one that is missed is made good by the next; its id
stands for the state of all jobs, so that who comes back having missed nothing is told nothing.
"""

import asyncio
import hashlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.security import authenticate
from geo_alerts.acts.jobs import jobs
from geo_alerts.acts.live import Live
from geo_alerts.audiences.disclosure import Role
from geo_alerts.errors import NotSignedInError, TooManyRequestsError
from geo_alerts.store.jobs import Job

# How many jobs a stream tells of, and the page shows: the newest.
MOST_JOBS: Final = 20
LOOK_S: Final = 1.0
# After so many looks, with news or without, whoever reads is asked for again. A comment goes with
# it, by which proxies keep the connection and we learn that the reader has gone.
LOOKS_TRUSTED: Final = 10
MOST_STREAMS: Final = 100
# A browser has six connections to a server for all its tabs.
MOST_STREAMS_EACH: Final = 4
RETRY_AFTER_S: Final = 30.0
RETRY_MS: Final = 3000

# Writes what is told of a job.
Written = Callable[[Job], str]


@dataclass
class Events:
    """All streams of this process; used by its event loop alone."""

    live: Live
    _is_closed: bool = False
    _of_callers: Counter[str] = field(default_factory=Counter)
    _looks: dict[Role, tuple[float, asyncio.Future[Sequence[Job]]]] = field(default_factory=dict)

    @contextmanager
    def place(self, who: str) -> Iterator[None]:
        """One of the places of streams, for somebody.

        Raises:
            TooManyRequestsError: They have too many, or all are taken.
        """
        if self._of_callers[who] >= MOST_STREAMS_EACH or self._of_callers.total() >= MOST_STREAMS:
            raise TooManyRequestsError(
                "progress is being watched in too many windows; close one",
                retry_after_s=RETRY_AFTER_S,
            )
        self._of_callers[who] += 1
        try:
            yield
        finally:
            self._of_callers[who] -= 1
            self._of_callers += Counter()  # without those who have none

    def close(self) -> None:
        """Let all streams end by themselves: the server stops, and would wait for them."""
        self._is_closed = True

    def stream(self, request: Request, role: Role, written: Written) -> EventSourceResponse:
        """Tell of jobs from now on, until the reader leaves or is signed out.

        Args:
            request: Of who reads; `Last-Event-ID` says what they know.
            role: Theirs.
            written: What is told of a job, as JSON.
        """
        return EventSourceResponse(
            self._told(request, role, written), headers={"X-Accel-Buffering": "no"}
        )

    async def _told(self, request: Request, role: Role, written: Written) -> AsyncIterator[bytes]:
        known: Mapping[str, str] = {}
        seen: Mapping[str, Job] = {}
        state = request.headers.get("last-event-id", "")
        looks = 0
        yield format_sse_event(retry=RETRY_MS)
        while True:
            found = await self._look(role)
            # What has not changed is not written again: there may be many streams.
            told = {
                job.id: known[job.id] if seen.get(job.id) == job else written(job)
                for job in reversed(found)
            }
            seen = {job.id: job for job in found}
            now = _state_of(told)
            news = {} if now == state else dict(told.items() - known.items())
            for job_id in (one for one in told if one in news):
                yield format_sse_event(event="job", id=now, data_str=told[job_id])
            known, state, looks = told, now, looks + 1
            if looks >= LOOKS_TRUSTED:
                looks = 0
                if not await _is_signed_in(request):
                    yield format_sse_event(event="signed-out", data_str="{}")
                    return
                yield KEEPALIVE_COMMENT
            if self._is_closed:
                return
            await asyncio.sleep(LOOK_S)

    async def _look(self, role: Role) -> Sequence[Job]:
        at, look = self._looks.get(role, (0.0, None))
        loop = asyncio.get_running_loop()
        if look is None or time.monotonic() - at > LOOK_S / 2 or look.get_loop() is not loop:
            look = asyncio.ensure_future(run_in_threadpool(_newest, self.live, role))
            self._looks[role] = time.monotonic(), look
        return await asyncio.shield(look)


def _newest(live: Live, role: Role) -> Sequence[Job]:
    found, _ = jobs(live, role, size=MOST_JOBS)
    return found


def _state_of(told: Mapping[str, str]) -> str:
    return hashlib.sha256("\n".join(told.values()).encode()).hexdigest()[:16]


async def _is_signed_in(request: Request) -> bool:
    try:
        await authenticate(request)
    except NotSignedInError:
        return False
    return True


def events_of(request: Request) -> Events:
    """The streams of the process that got this request."""
    events: Events = request.app.state.events
    return events
