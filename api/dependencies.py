"""What handlers are given."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from geo_alerts.acts.live import Live


async def live_of_request(request: Request) -> Live:
    """What answers are made from, one for the whole process."""
    live: Live = request.app.state.live
    return live


LiveIndex = Annotated[Live, Depends(live_of_request)]
