"""The page of long work: imports, layers, back-tests; how far each is, told as it goes on."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path
from fastapi.sse import EventSourceResponse
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.dependencies import AskerSignedIn, LiveIndex
from api.events import MOST_JOBS, events_of
from api.forms import Form
from api.pages import Pages, render
from api.patterns import AN_ID
from api.routing import SignedInRoute
from api.security import SignedIn, check_csrf, csrf_of, session_of
from geo_alerts.acts import jobs as acts
from geo_alerts.acts.asker import Asker
from geo_alerts.acts.hotspots.described import question_words
from geo_alerts.acts.hotspots.works import BACKTEST, RUN
from geo_alerts.acts.import_jobs import BOUNDARIES, kind_of
from geo_alerts.audiences.disclosure import Role
from geo_alerts.store.jobs import Job

SEE_OTHER: Final = 303
PAGE: Final = "progress/progress.html"
SESSION: Final = "session:"
# What an event tells as values, beside the item of the list.
FACTS: Final = ("id", "kind", "status", "done", "total", "is_mine")
# The page on which what a kind of job made is seen.
RESULT_PAGES: Final = {
    RUN: "/hotspots/",
    BACKTEST: "/hotspots/backtests/",
    kind_of(BOUNDARIES): "/boundaries/",
}

router = APIRouter(
    include_in_schema=False, default_response_class=HTMLResponse, route_class=SignedInRoute
)


@router.get("/progress")
def show_progress(
    request: Request, live: LiveIndex, asker: AskerSignedIn, done: Literal["cancelled", ""] = ""
) -> HTMLResponse:
    """Show the newest jobs, how far they are and what became of them."""
    found, more = acts.jobs(live, asker.role, size=MOST_JOBS)
    shown = [_told(job, asker) for job in found]
    return render(
        request,
        PAGE,
        jobs=shown,
        has_more=more is not None,
        most=MOST_JOBS,
        done=done,
        inputs=live.inputs(),
    )


async def place_of_stream(request: Request, caller: SignedIn) -> AsyncIterator[None]:
    """A place for one more stream of this caller, held until it ends."""
    with events_of(request).place(caller.recorded_as):
        yield


@router.get("/progress/events", dependencies=[Depends(place_of_stream)])
async def watch(request: Request, asker: AskerSignedIn) -> EventSourceResponse:
    """Tell of jobs as they change, as server-sent events named `job`."""
    pages: Pages = request.app.state.pages
    item = pages.environments[pages.language_for(request, PAGE).code].get_template(
        "progress/job.html"
    )
    csrf = csrf_of(session_of(request))

    def written(job: Job) -> str:
        told = _told(job, asker)
        facts = {name: told[name] for name in FACTS}
        return json.dumps({**facts, "html": item.render(job=told, csrf=csrf)}, sort_keys=True)

    return events_of(request).stream(request, asker.role, written)


@router.post("/progress/{job_id:token}/cancel")
def cancel(
    request: Request,
    job_id: Annotated[str, Path(pattern=AN_ID)],
    live: LiveIndex,
    asker: AskerSignedIn,
    form: Form,
) -> Response:
    """Ask to stop a job."""
    check_csrf(request, form.get("csrf", ""))
    acts.cancel_for(live, job_id, asker)
    return RedirectResponse("/progress?done=cancelled", SEE_OTHER)


def _told(job: Job, asker: Asker) -> dict[str, Any]:
    is_mine = job.created_by == asker.who
    page = RESULT_PAGES.get(job.kind)
    return {
        **{name: getattr(job, name) for name in ("id", "kind", "status", "done", "total", "words")},
        "name": job.question.get("name", ""),
        "file": job.question.get("file", ""),
        "asked": question_words(job.question["question"]) if job.kind == RUN else "",
        "error": job.error or "",
        "cancel_asked": job.cancel_asked,
        "at": (job.ended_at or job.started_at or job.created_at).isoformat(timespec="seconds"),
        "is_mine": is_mine,
        "by": job.created_by.removeprefix(SESSION) if job.created_by.startswith(SESSION) else "",
        "may_cancel": not job.has_ended
        and not job.cancel_asked
        and (is_mine or asker.role is Role.ADMIN),
        "result": f"{page}{job.result_id}" if page and job.result_id else None,
    }
