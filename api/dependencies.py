"""What handlers are given."""

from typing import Annotated

from fastapi import Depends, Query
from starlette.requests import Request

from api.schemas.values import AsOf, EditionAsked
from api.security import MayList, SignedIn
from geo_alerts.acts.asker import Asker
from geo_alerts.acts.live import Live, When


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
