"""The worker of this server: one thread that does jobs, woken when there may be some."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from geo_alerts.acts.jobs import Worker


async def worker_of_request(request: Request) -> Worker:
    """The one worker of the process."""
    worker: Worker = request.app.state.worker
    return worker


JobWorker = Annotated[Worker, Depends(worker_of_request)]
