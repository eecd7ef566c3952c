"""Answers that come at few moments only, so that how long they took tells nothing.

A limited role that freezes an audience has the exact list of it written, and to write a longer one
takes longer: over some questions the time would tell whether there are 0 or 200 people behind an
estimate. So such an answer comes half a second after its question, or 1, 2, 4 … seconds where that
does not do. Waiting takes no thread.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final, TypeVar

from starlette.concurrency import run_in_threadpool

FIRST_S: Final = 0.5

T = TypeVar("T")


async def paced(work: Callable[[], T]) -> T:
    """What the work gives, or the error that it raises, at one of the moments."""
    begun = time.monotonic()
    try:
        return await run_in_threadpool(work)
    finally:
        await asyncio.sleep(rest_s(time.monotonic() - begun))


def rest_s(taken_s: float) -> float:
    """How long an answer that took so many seconds waits."""
    moment = FIRST_S
    while moment < taken_s:
        moment *= 2
    return moment - taken_s
