"""Long work that was asked for: how far it is, and stopping it."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.dependencies import AskerSignedIn, LiveIndex
from api.errors import ValidationFailedError
from api.examples import jobs as examples
from api.openapi import ROLE, SIGNED_IN, answers
from api.patterns import AN_ID
from api.routes.audiences import PageToken, ShortPageSize
from api.routing import SignedInRoute
from api.schemas.frozen import USUAL_SHORT_PAGE
from api.schemas.jobs import JobOut, JobsOut
from api.security import DESCRIBED, SignedIn
from api.shapes import jobs as shapes
from geo_alerts.acts import jobs as acts
from geo_alerts.errors import InvalidPageTokenError, UnknownJobError

router = APIRouter(prefix="/v1", tags=["jobs"], route_class=SignedInRoute, dependencies=DESCRIBED)

JobId = Annotated[
    str,
    Path(
        max_length=64,
        pattern=AN_ID,
        description="The `id` that asking for the work answered",
        examples=[examples.WAITING["id"]],
    ),
]
OF_JOB = (*SIGNED_IN, ValidationFailedError, UnknownJobError)


@router.get(
    "/jobs",
    summary="List jobs",
    responses=answers(
        *SIGNED_IN, ValidationFailedError, InvalidPageTokenError, example=examples.JOBS
    ),
)
def list_jobs(
    live: LiveIndex,
    caller: SignedIn,
    page_size: ShortPageSize = USUAL_SHORT_PAGE,
    page_token: PageToken = None,
) -> JobsOut:
    """List jobs, the newest first.

    Those of exact positions of forces' own data are for analysts and administrators alone.
    """
    return shapes.jobs(*acts.jobs(live, caller.role, size=page_size, token=page_token or None))


@router.get(
    "/jobs/{job_id:token}", summary="Show a job", responses=answers(*OF_JOB, example=examples.DONE)
)
def show_job(job_id: JobId, live: LiveIndex, caller: SignedIn) -> JobOut:
    """Show how far a job is; once it is done, where its result is."""
    return shapes.job(acts.show(live, job_id, caller.role))


@router.post(
    "/jobs/{job_id:token}:cancel",
    summary="Cancel a job",
    responses=answers(*OF_JOB, *ROLE, example=examples.CANCELLED),
)
def cancel_job(job_id: JobId, live: LiveIndex, asker: AskerSignedIn) -> JobOut:
    """Ask to stop a job: whoever asked for it may, and administrators.

    One that waits is cancelled at once, one that is under way within two seconds; it may still be
    told as `running` here. One that has ended stays as it is.
    """
    return shapes.job(acts.cancel_for(live, job_id, asker))
