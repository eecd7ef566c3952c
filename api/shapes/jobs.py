"""Jobs in the shapes that go out over HTTP."""

from collections.abc import Sequence
from typing import Final

from api.schemas.jobs import JobErrorOut, JobOut, JobsOut
from geo_alerts.acts.hotspots.works import BACKTEST, RUN
from geo_alerts.store.jobs import Job

# Where what a kind of job makes is found.
RESULTS: Final = {RUN: "/v1/hotspots", BACKTEST: "/v1/hotspot-backtests"}


def job(answer: Job) -> JobOut:
    """A job as it stands."""
    made = answer.result_id
    failed = answer.error_code
    error = None if failed is None else JobErrorOut(code=failed, detail=answer.error or "")
    told = {name: getattr(answer, name) for name in JobOut.model_fields if hasattr(answer, name)}
    return JobOut.model_validate(
        {
            **told,
            "question": dict(answer.question),
            "result": None if made is None else f"{RESULTS[answer.kind]}/{made}",
            "error": error,
        }
    )


def jobs(answers: Sequence[Job], next_page_token: str | None) -> JobsOut:
    """A page of jobs."""
    return JobsOut(jobs=tuple(map(job, answers)), next_page_token=next_page_token)
