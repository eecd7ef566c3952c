"""Where questions wait that come as fast as a hand moves: few are worked on at once.

They have threads of their own, so that a crowd of them takes none from other calls. Of one page one
question is under way and one waits, always the latest: whatever that one makes old is answered at
once, without work. Who has gone is not worked for.

Plain threads and futures inside; only `wait_for` knows the event loop.
"""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeVar

from starlette.requests import ClientDisconnect, Request

from api.errors import OvertakenError
from geo_alerts.errors import TooManyRequestsError

# More would not answer more on few processors, and lists would have to share with them.
AT_ONCE: Final = 2
MOST_WAITING: Final = 256
RETRY_AFTER_S: Final = 1.0

T = TypeVar("T")


@dataclass(eq=False)
class _Question:
    page: Hashable
    number: int | None
    work: Callable[[], Any]
    answer: Future[Any] = field(default_factory=Future)

    def is_older_than(self, number: int | None) -> bool:
        """Without numbers, what comes later is newer."""
        return self.number is not None and number is not None and self.number < number


class Desk:
    """The questions of all pages; threads may share it."""

    def __init__(self, at_once: int = AT_ONCE, most_waiting: int = MOST_WAITING) -> None:
        """Leave all places free.

        Args:
            at_once: How many questions are worked on at the same time.
            most_waiting: How many wait at most, those of one page counted once.
        """
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="desk")
        self._free = at_once
        self._most_waiting = most_waiting
        self._lock = threading.Lock()
        self._waiting: OrderedDict[Hashable, _Question] = OrderedDict()
        self._under_way: dict[Hashable, _Question] = {}

    def ask(
        self, work: Callable[[], T], *, page: Hashable | None = None, number: int | None = None
    ) -> Future[T]:
        """Put a question; its answer comes when its turn does.

        Args:
            work: Gives the answer, in a thread.
            page: Whose question it is; None is a page that asks only this.
            number: The page's number of the question; of two the higher is the newer.

        Returns:
            The answer, or the error that `work` raised, or OvertakenError. Cancelled before its
            turn it costs nothing.

        Raises:
            TooManyRequestsError: Too many wait.
        """
        question = _Question(object() if page is None else page, number, work)
        with self._lock:
            old = self._put(question)
            begun = self._begin()
        # Whoever is told may act on it at once, so not under the lock.
        self._start(begun)
        if old is not None and old.answer.set_running_or_notify_cancel():
            old.answer.set_exception(OvertakenError("a newer question of this page came first"))
        return question.answer

    def _put(self, question: _Question) -> _Question | None:
        """Let a question wait; the one that is old by it, or by which it is old itself."""
        current, waiting = (held.get(question.page) for held in (self._under_way, self._waiting))
        if any(other and question.is_older_than(other.number) for other in (current, waiting)):
            return question
        if waiting is None and len(self._waiting) >= self._most_waiting:
            raise TooManyRequestsError(
                f"{self._most_waiting} questions wait already: ask again in a moment",
                retry_after_s=RETRY_AFTER_S,
            )
        # In the place of the one before it: a page that asks often neither gains nor loses by it.
        self._waiting[question.page] = question
        return waiting

    def _begin(self) -> list[_Question]:
        """Give free places to those who wait longest and have none yet."""
        begun: list[_Question] = []
        for page in [page for page in self._waiting if page not in self._under_way]:
            if len(begun) == self._free:
                break
            question = self._waiting.pop(page)
            if question.answer.set_running_or_notify_cancel():
                self._under_way[page] = question
                begun.append(question)
        self._free -= len(begun)
        return begun

    def _start(self, begun: list[_Question]) -> None:
        for question in begun:
            self._threads.submit(question.work).add_done_callback(partial(self._end, question))

    def _end(self, question: _Question, done: Future[Any]) -> None:
        with self._lock:
            del self._under_way[question.page]
            self._free += 1
            begun = self._begin()
        self._start(begun)
        error = done.exception()
        if error is None:
            question.answer.set_result(done.result())
        else:
            question.answer.set_exception(error)


async def wait_for(answer: Future[T], request: Request) -> T:
    """An answer, waited for as long as the caller does; the body has been read.

    Raises:
        ClientDisconnect: The caller has gone. What had not begun is given up.
    """
    asked = asyncio.wrap_future(answer)
    gone = asyncio.ensure_future(_until_gone(request))
    try:
        await asyncio.wait((asked, gone), return_when=asyncio.FIRST_COMPLETED)
        if not asked.done():
            raise ClientDisconnect
        return await asked
    finally:
        gone.cancel()
        asked.cancel()


async def _until_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
