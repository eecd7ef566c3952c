"""Jobs in the shapes that go out over HTTP."""

from collections.abc import Sequence
from typing import Final

from api.schemas.jobs import JobErrorOut, JobOut, JobsOut
from geo_alerts.acts.hotspots.works import BACKTEST, RUN
from geo_alerts.acts.import_jobs import BOUNDARIES, kind_of
from geo_alerts.store.jobs import Job

# Where what a kind of job makes is found.
RESULTS: Final = {
    RUN: "/v1/hotspots",
    BACKTEST: "/v1/hotspot-backtests",
    kind_of(BOUNDARIES): "/v1/boundaries",
}


def job(answer: Job) -> JobOut:
    """A job as it stands."""
    where, made = RESULTS.get(answer.kind), answer.result_id
    failed = answer.error_code
    error = None if failed is None else JobErrorOut(code=failed, detail=answer.error or "")
    told = {name: getattr(answer, name) for name in JobOut.model_fields if hasattr(answer, name)}
    return JobOut.model_validate(
        {
            **told,
            "question": dict(answer.question),
            "result": f"{where}/{made}" if where and made else None,
            "error": error,
        }
    )


def jobs(answers: Sequence[Job], next_page_token: str | None) -> JobsOut:
    """A page of jobs."""
    return JobsOut(jobs=tuple(map(job, answers)), next_page_token=next_page_token)
