"""The pages of hotspots: layers that are kept, asking for one, looking at one.

Every form works without a script. What is refused is told on the page that the form stands on.
"""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.dependencies import AskerSignedIn, LiveIndex
from api.errors import problem_of
from api.forms import Form
from api.jobs import JobWorker
from api.negotiation import CSV
from api.pages import render
from api.routes.audiences import PageToken
from api.routing import SignedInRoute
from api.security import SignedIn, check_csrf
from geo_alerts.acts import jobs as job_acts
from geo_alerts.acts import saved_areas
from geo_alerts.acts.asker import Asker
from geo_alerts.acts.crimes.months import present_months
from geo_alerts.acts.hotspots import keeping, works
from geo_alerts.acts.hotspots.calibrated import beyond_chance, calibration_of, rows_of
from geo_alerts.acts.hotspots.described import months_of, place_of
from geo_alerts.acts.hotspots.form_faults import faults_of, in_form_words
from geo_alerts.acts.hotspots.forms import name_of, question_of
from geo_alerts.acts.hotspots.mapping import TITLES, title_of
from geo_alerts.acts.hotspots.owning import team_names
from geo_alerts.acts.hotspots.questions import Method
from geo_alerts.acts.hotspots.telling import words_of
from geo_alerts.acts.hotspots.watching import note_look
from geo_alerts.acts.live import Live
from geo_alerts.acts.spreadsheets import csv_text
from geo_alerts.audiences.disclosure import Role, may_see_exact_points
from geo_alerts.errors import (
    ConflictError,
    ForbiddenError,
    GeoAlertsError,
    InvalidInputError,
    NotFoundError,
    NotReadyError,
    PersonalDataError,
)
from geo_alerts.hotspots.categories import CATEGORIES
from geo_alerts.hotspots.months import month_text
from geo_alerts.store.crime_months import OF_CRIMES
from geo_alerts.store.hotspot_runs import Run, Who

SEE_OTHER: Final = 303
ON_A_PAGE: Final = 25
# What the person who sent the form can mend.
REFUSED: Final = (
    InvalidInputError,
    NotFoundError,
    NotReadyError,
    ConflictError,
    ForbiddenError,
    PersonalDataError,
)
LayerId = Annotated[str, Path()]
Done = Literal["kept", ""]

router = APIRouter(
    include_in_schema=False, default_response_class=HTMLResponse, route_class=SignedInRoute
)


@router.get("/hotspots")
def show_layers(
    request: Request,
    live: LiveIndex,
    caller: SignedIn,
    method: Annotated[Method | None, Query()] = None,
    page_token: PageToken = None,
    done: Literal["removed", ""] = "",
) -> HTMLResponse:
    """Show the layers that are kept, the newest first."""
    found, following = keeping.layers(
        live, caller.role, size=ON_A_PAGE, token=page_token or None, method=method
    )
    return render(
        request,
        "hotspots/hotspots.html",
        layers=[_listed(one) for one in found],
        following=following,
        method=method,
        methods=TITLES,
        has_crimes=bool(_months(live)),
        may_see_exact=may_see_exact_points(caller.role),
        done=done,
        inputs=live.inputs(),
    )


@router.get("/hotspots/new")
def ask_for_layer(request: Request, live: LiveIndex, asker: AskerSignedIn) -> HTMLResponse:
    """Show the form by which a layer is asked for."""
    return _form(request, live, asker)


@router.post("/hotspots")
def make_layer(
    request: Request, live: LiveIndex, asker: AskerSignedIn, worker: JobWorker, form: Form
) -> Response:
    """Ask for a layer: it is there already, or becomes a job."""
    check_csrf(request, form.get("csrf", ""))
    try:
        question = question_of(form)
        who = Who(asker.who, asker.role)
        task = works.run_task(live, question, who, name_of(form))
    except REFUSED as error:
        return _form(request, live, asker, error=error, sent=form)
    if isinstance(task, Run):
        return RedirectResponse(f"/hotspots/{task.id}?done=kept", SEE_OTHER)
    job_acts.ask(live, task, by=asker.who)
    worker.wake()
    return RedirectResponse("/progress", SEE_OTHER)


@router.get("/hotspots/backtests/{backtest_id:token}")
def show_backtest(
    request: Request, backtest_id: Annotated[str, Path()], live: LiveIndex, _caller: SignedIn
) -> HTMLResponse:
    """Show how well each method of foretelling did."""
    kept = keeping.backtest(live, backtest_id)
    return render(
        request,
        "hotspots/backtest.html",
        kept=kept,
        calibration=calibration_of(kept.result),
        beyond_chance=beyond_chance,
        inputs=live.inputs(),
    )


@router.get("/hotspots/backtests/{backtest_id:token}/calibration.csv")
def send_calibration(
    backtest_id: Annotated[str, Path()], live: LiveIndex, _caller: SignedIn
) -> Response:
    """Send crimes foretold beside crimes seen, as a spreadsheet takes them."""
    found = calibration_of(keeping.backtest(live, backtest_id).result)
    return Response(csv_text(*rows_of(found)), media_type=CSV)


@router.get("/hotspots/{layer_id:token}")
def show_layer(
    request: Request, layer_id: LayerId, live: LiveIndex, asker: AskerSignedIn, done: Done = ""
) -> HTMLResponse:
    """Show a layer: its finding, its map, the same facts as a table, and what can be done next."""
    return _layer(request, live, asker, layer_id, done=done)


@router.post("/hotspots/{layer_id:token}/remove")
def remove_layer(
    request: Request, layer_id: LayerId, live: LiveIndex, asker: AskerSignedIn, form: Form
) -> Response:
    """Remove a layer."""
    check_csrf(request, form.get("csrf", ""))
    try:
        keeping.remove(live, layer_id, asker)
    except (ConflictError, ForbiddenError) as error:
        return _layer(request, live, asker, layer_id, error=error)
    return RedirectResponse("/hotspots?done=removed", SEE_OTHER)


def _listed(run: Run) -> dict[str, Any]:
    return {
        "run": run,
        "title": title_of(run),
        "method": TITLES.get(run.method, run.method),
        "where": place_of(run),
        "months": months_of(run),
        "forces": ", ".join(run.question["forces"]),
    }


def _layer(
    request: Request,
    live: Live,
    asker: Asker,
    layer_id: str,
    *,
    done: str = "",
    error: GeoAlertsError | None = None,
) -> HTMLResponse:
    run, areas = keeping.areas(live, layer_id, asker.role)
    note_look(live, layer_id, asker)
    return render(
        request,
        "hotspots/hotspot.html",
        status=_status(error),
        run=run,
        told=words_of(run, areas),
        keys={place: area.key for place, area in enumerate(areas) if area.key},
        method=TITLES.get(run.method, run.method),
        may_remove=asker.role is Role.ADMIN or run.created_by == asker.who,
        done=done,
        problem=_problem(request, error),
        inputs=live.inputs(),
    )


def _form(
    request: Request,
    live: Live,
    asker: Asker,
    *,
    error: GeoAlertsError | None = None,
    sent: dict[str, str] | None = None,
) -> HTMLResponse:
    months = _months(live)
    problem, faults = _problem(request, error), faults_of(str(error or ""), sent)
    if problem:
        problem["detail"] = in_form_words(problem["detail"])
    every = sorted({month for there in months.values() for month in there})
    return render(
        request,
        "hotspots/new.html",
        status=_status(error),
        forces=sorted(months),
        months=every,
        first=every[-12:][0] if every else "",
        categories=CATEGORIES,
        teams=team_names(live),
        saved=saved_areas.saved_areas(live),
        may_see_exact=may_see_exact_points(asker.role),
        problem=problem,
        faults=faults,
        sent=sent or {},
        inputs=live.inputs(),
    )


def _months(live: Live) -> dict[str, list[str]]:
    # The months that are there, by force; nothing where no crimes are imported.
    with live.store.reading() as connection:
        found = present_months(connection)
    there: dict[str, list[str]] = {}
    for one in found:
        if one.kind in OF_CRIMES:
            there.setdefault(one.force, []).append(month_text(one.month))
    return there


def _problem(request: Request, error: GeoAlertsError | None) -> dict[str, Any] | None:
    return None if error is None else problem_of(error, request.state.request_id)


def _status(error: GeoAlertsError | None) -> int:
    return 200 if error is None else int(problem_of(error, "")["status"])
