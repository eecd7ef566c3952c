"""What handlers are given, and what they have to wait for."""

import asyncio
from typing import Annotated, Final

from fastapi import Depends, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.schemas.values import AsOf, EditionAsked
from api.security import MayList, SignedIn
from geo_alerts.acts.asker import Asker
from geo_alerts.acts.live import Live, When
from geo_alerts.acts.protection import counts_to_come
from geo_alerts.errors import NotReadyError

# How long a question waits for the first counts that it can be answered from, and how long after
# that it may come again.
LONGEST_WAIT_S: Final = 20.0
RETRY_AFTER_S: Final = 5.0


async def live_of_request(request: Request) -> Live:
    """What answers are made from, one for the whole process."""
    live: Live = request.app.state.live
    return live


LiveIndex = Annotated[Live, Depends(live_of_request)]


async def asker_of_request(caller: SignedIn) -> Asker:
    """Who asks, as acts know them."""
    return Asker(caller.recorded_as, caller.name, caller.role)


async def lister_of_request(caller: MayList) -> Asker:
    """Who asks, whose role may list people."""
    return await asker_of_request(caller)


AskerSignedIn = Annotated[Asker, Depends(asker_of_request)]
AskerMayList = Annotated[Asker, Depends(lister_of_request)]


async def when_of_query(
    as_of: Annotated[AsOf, Query()] = None, edition: Annotated[EditionAsked, Query()] = None
) -> When:
    """Which edition of the teams is asked about."""
    return When(as_of, edition)


WhenAskedInQuery = Annotated[When, Depends(when_of_query)]


async def estimable(live: LiveIndex, caller: SignedIn) -> None:
    """Wait until there are counts to estimate from, where the caller's role is shown estimates.

    It waits without any thread, so that however many wait, everybody else is answered.

    Raises:
        NotReadyError: It takes long; says when to ask again. Or no directory is imported.
    """
    if live.policy.sees_exact(caller.role):
        return
    coming = await run_in_threadpool(counts_to_come, live)
    if coming is None:
        return
    waiting = asyncio.wrap_future(coming)
    done, _ = await asyncio.wait((waiting,), timeout=LONGEST_WAIT_S)
    if not done:
        raise NotReadyError(
            "the counts that estimates are made from are being made for the first time: ask again "
            "in a moment",
            retry_after_s=RETRY_AFTER_S,
        )
    waiting.result()


async def estimable_if_there(live: LiveIndex, caller: SignedIn) -> None:
    """Wait for counts to estimate from; where there can be none yet, the page says so itself.

    Raises:
        NotReadyError: They are being made; says when to ask again.
    """
    try:
        await estimable(live, caller)
    except NotReadyError as error:
        if error.retry_after_s is not None:
            raise


MayBeEstimated = Depends(estimable)
MayBeEstimatedIfThere = Depends(estimable_if_there)
