"""What crime does over time and how well methods foretell it: back-tests and reports."""

from typing import Annotated

from fastapi import APIRouter, Body, Path
from starlette.responses import Response

from api.dependencies import AskerSignedIn, LiveIndex
from api.errors import ValidationFailedError
from api.examples import hotspots as examples
from api.examples import jobs as job_examples
from api.jobs import JobWorker
from api.openapi import SIGNED_IN, WITH_BODY, accepted, answers, request_examples
from api.patterns import AN_ID
from api.routing import SignedInRoute
from api.schemas.hotspots import BacktestOut
from api.schemas.jobs import JobOut
from api.security import DESCRIBED, SignedIn
from api.shapes import hotspots as shapes
from api.shapes import jobs as job_shapes
from geo_alerts.acts import jobs as job_acts
from geo_alerts.acts.hotspots import keeping, works
from geo_alerts.acts.hotspots.backtesting import BacktestQuestion
from geo_alerts.errors import UnknownRunError
from geo_alerts.store.hotspot_runs import Who

router = APIRouter(
    prefix="/v1", tags=["hotspots"], route_class=SignedInRoute, dependencies=DESCRIBED
)

BacktestId = Annotated[
    str,
    Path(
        max_length=64,
        pattern=AN_ID,
        description="The `id` of the back-test",
        examples=[examples.BACKTEST["id"]],
    ),
]


@router.post(
    "/hotspots:backtest",
    status_code=202,
    summary="Test methods of foretelling",
    responses=accepted(*SIGNED_IN, *WITH_BODY, example=job_examples.WAITING),
)
def backtest_hotspots(
    asked: Annotated[
        BacktestQuestion, Body(openapi_examples=request_examples(examples.BACKTEST_ASKED))
    ],
    live: LiveIndex,
    worker: JobWorker,
    asker: AskerSignedIn,
    response: Response,
) -> JobOut:
    """Test methods of foretelling on months that they did not see; it is a job.

    Its `result` is the back-test. `method: auto` uses what the latest one found best.
    """
    task = works.backtest_task(live, asked, Who(asker.who, asker.role))
    job = job_acts.ask(live, task, by=asker.who)
    worker.wake()
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return job_shapes.job(job)


@router.get(
    "/hotspot-backtests/{backtest_id:token}",
    summary="Show a back-test",
    responses=answers(
        *SIGNED_IN, ValidationFailedError, UnknownRunError, example=examples.BACKTEST
    ),
)
def show_backtest(backtest_id: BacktestId, live: LiveIndex, _caller: SignedIn) -> BacktestOut:
    """Show how well each method did, against the naive ones, and which was chosen and why."""
    return shapes.backtest(keeping.backtest(live, backtest_id))
