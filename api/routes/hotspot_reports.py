"""What crime does over time and how well methods foretell it: back-tests and reports."""

from typing import Annotated

from fastapi import APIRouter, Body, Path
from starlette.responses import Response

from api.dependencies import AskerSignedIn, LiveIndex
from api.errors import ValidationFailedError
from api.examples import hotspot_reports as report_examples
from api.examples import hotspots as examples
from api.examples import jobs as job_examples
from api.jobs import JobWorker
from api.openapi import ROLE, SIGNED_IN, WITH_BODY, accepted, answers, request_examples
from api.patterns import AN_ID
from api.routes.hotspots import UNANSWERABLE
from api.routing import SignedInRoute
from api.schemas.hotspot_reports import (
    ConcentrationOut,
    EvaluationOut,
    NearRepeatsOut,
    TrendsOut,
)
from api.schemas.hotspots import BacktestOut
from api.schemas.jobs import JobOut
from api.security import DESCRIBED, SignedIn
from api.shapes import hotspots as shapes
from api.shapes import jobs as job_shapes
from geo_alerts.acts import jobs as job_acts
from geo_alerts.acts.hotspots import keeping, works
from geo_alerts.acts.hotspots.backtesting import BacktestQuestion
from geo_alerts.acts.hotspots.reports.concentration import ConcentrationQuestion, concentrated
from geo_alerts.acts.hotspots.reports.evaluation import evaluate
from geo_alerts.acts.hotspots.reports.evaluation_question import EvaluationQuestion
from geo_alerts.acts.hotspots.reports.near_repeats import NearRepeatsQuestion, near_repeats
from geo_alerts.acts.hotspots.reports.trends import TrendsQuestion, trends
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
REPORT = (*SIGNED_IN, *WITH_BODY, *UNANSWERABLE)


@router.post(
    "/hotspots:concentration",
    summary="Tell how concentrated crimes are",
    responses=answers(*REPORT, example=report_examples.CONCENTRATION),
)
def tell_concentration(
    asked: Annotated[
        ConcentrationQuestion,
        Body(openapi_examples=request_examples(report_examples.CONCENTRATION_ASKED)),
    ],
    live: LiveIndex,
    caller: SignedIn,
) -> ConcentrationOut:
    """Tell on how few points, cells, census areas or teams most of the crimes are."""
    with live.looks.one():
        return ConcentrationOut.model_validate(concentrated(live, asked, caller.role).as_dict())


@router.post(
    "/hotspots:trends",
    summary="Tell what is out of the ordinary",
    responses=answers(*REPORT, example=report_examples.TRENDS),
)
def tell_trends(
    asked: Annotated[
        TrendsQuestion, Body(openapi_examples=request_examples(report_examples.TRENDS_ASKED))
    ],
    live: LiveIndex,
    _caller: SignedIn,
) -> TrendsOut:
    """Tell which teams and categories had more or less in the latest months than is to be expected.

    A month is flagged only where it is outside the range that the months before make likely.
    """
    with live.looks.one():
        return TrendsOut.model_validate(trends(live, asked).as_dict())


@router.post(
    "/hotspots:evaluate",
    summary="Tell whether something that was done did anything",
    responses=answers(*REPORT, example=report_examples.EVALUATION),
)
def tell_evaluation(
    asked: Annotated[
        EvaluationQuestion,
        Body(openapi_examples=request_examples(report_examples.EVALUATION_ASKED)),
    ],
    live: LiveIndex,
    caller: SignedIn,
) -> EvaluationOut:
    """Compare crimes before and after in a target, a control and the ground around each."""
    return EvaluationOut.model_validate(evaluate(live, asked, caller.role).as_dict())


@router.post(
    "/hotspots:near-repeats",
    summary="Tell whether crimes follow each other nearby",
    responses=answers(*REPORT, *ROLE, example=report_examples.NEAR_REPEATS),
)
def tell_near_repeats(
    asked: Annotated[
        NearRepeatsQuestion,
        Body(openapi_examples=request_examples(report_examples.NEAR_REPEATS_ASKED)),
    ],
    live: LiveIndex,
    caller: SignedIn,
) -> NearRepeatsOut:
    """Count pairs of crimes by distance and days, against what chance would give.

    It needs the days and exact positions of a force's own data, which are for analysts and
    administrators; crimes as they are published have months alone, and are refused.
    """
    return NearRepeatsOut.model_validate(near_repeats(live, asked, caller.role).as_dict())


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
