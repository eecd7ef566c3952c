"""The pages of two reports: whether something did anything, and whether crimes come in series.

Their forms are sent by GET, so that an address holds what was asked and can be sent on.
"""

from collections.abc import Callable
from typing import Annotated, Any, Final, TypeVar

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api import charts
from api.dependencies import AskerSignedIn, LiveIndex
from api.errors import problem_of
from api.negotiation import CSV
from api.pages import render
from api.routing import SignedInRoute
from geo_alerts.acts.hotspots.reports.evaluation import evaluate
from geo_alerts.acts.hotspots.reports.near_repeats import near_repeats
from geo_alerts.acts.live import Live
from geo_alerts.acts.report_forms.alerted import Fault
from geo_alerts.acts.report_forms.evaluation import (
    EvaluationFields,
    EvaluationForm,
    evaluation_form,
)
from geo_alerts.acts.report_forms.evaluation_told import COLUMNS, differences, rows_of, whole
from geo_alerts.acts.report_forms.fields import Filled
from geo_alerts.acts.report_forms.near_repeats import (
    NearRepeatsFields,
    NearRepeatsForm,
    near_repeats_form,
)
from geo_alerts.acts.report_forms.near_repeats_told import table_of
from geo_alerts.acts.spreadsheets import csv_text
from geo_alerts.audiences.targets.shapes import Value
from geo_alerts.errors import InvalidAreaError, InvalidInputError, NotFoundError, NotReadyError

WIDTH_OF_SPANS: Final = 240.0
FAULTY: Final = 422
# What the person who sent the form can mend.
REFUSED: Final = (InvalidInputError, NotFoundError)

router = APIRouter(
    include_in_schema=False, default_response_class=HTMLResponse, route_class=SignedInRoute
)

EvaluationAsked = Annotated[EvaluationFields, Query()]
NearRepeatsAsked = Annotated[NearRepeatsFields, Query()]

Q = TypeVar("Q", bound=Value)
A = TypeVar("A")


@router.get("/hotspots/evaluate")
def show_evaluation(
    request: Request, live: LiveIndex, asker: AskerSignedIn, fields: EvaluationAsked
) -> HTMLResponse:
    """Show the form that asks whether something did anything, and the answer where it was sent."""
    try:
        form = evaluation_form(live, fields, asker)
    except NotReadyError as error:
        return _not_ready(request, live, error)
    answer, refused = _answered(
        request, form.filled, lambda question: evaluate(live, question, asker.role), "control"
    )
    told = () if answer is None else differences(answer)
    spans = charts.spans([(one.low, one.estimate, one.high) for one in told], width=WIDTH_OF_SPANS)
    return render(
        request,
        "hotspots/evaluate.html",
        **_shared(request, form, refused),
        answer=answer,
        names={name: one.choice for name, one in form.chosen.items()},
        metres=form.metres,
        alerted=form.alerted,
        beside_alert=_beside_alert(form),
        differences=list(zip(told, spans, strict=True)),
        harm=None if answer is None or answer.harm is None else whole("harm", answer.harm),
        width=WIDTH_OF_SPANS,
        inputs=live.inputs(),
    )


@router.get("/hotspots/evaluate.csv")
def send_evaluation(live: LiveIndex, asker: AskerSignedIn, fields: EvaluationAsked) -> Response:
    """Send the counts and the differences of an evaluation."""
    form = evaluation_form(live, fields, asker)
    answer = evaluate(live, _required(form.filled), asker.role)
    return Response(csv_text(COLUMNS, rows_of(answer, form)), media_type=CSV)


@router.get("/hotspots/near-repeats")
def show_near_repeats(
    request: Request, live: LiveIndex, asker: AskerSignedIn, fields: NearRepeatsAsked
) -> HTMLResponse:
    """Show the form that asks whether crimes come in series, and the table where it was sent."""
    try:
        form = near_repeats_form(live, fields, asker)
    except NotReadyError as error:
        return _not_ready(request, live, error)
    answer, refused = _answered(
        request, form.filled, lambda question: near_repeats(live, question, asker.role), "area"
    )
    return render(
        request,
        "hotspots/near_repeats.html",
        **_shared(request, form, refused),
        answer=answer,
        table=None if answer is None else table_of(answer),
        months_with_days=form.months_with_days,
        inputs=live.inputs(),
    )


@router.get("/hotspots/near-repeats.csv")
def send_near_repeats(live: LiveIndex, asker: AskerSignedIn, fields: NearRepeatsAsked) -> Response:
    """Send the pairs by distance and days."""
    question = _required(near_repeats_form(live, fields, asker).filled)
    rows = near_repeats(live, question, asker.role).rows()
    return Response(csv_text(list(rows[0]), rows), media_type=CSV)


def _beside_alert(form: EvaluationForm) -> Fault | None:
    question = form.filled.question
    if question is None or form.alerted is None:
        return None
    return form.alerted.fault_of(question.before, question.after)


Refused = tuple[dict[str, str], dict[str, Any] | None]


def _answered(
    request: Request, filled: Filled[Q], work: Callable[[Q], A], area: str
) -> tuple[A | None, Refused]:
    # The answer; or what is wrong by field (`area` is that of what overlaps), or with the whole.
    if filled.question is None:
        return None, (dict(filled.faults), None)
    try:
        return work(filled.question), ({}, None)
    except InvalidAreaError as error:
        return None, ({area: str(error)}, None)
    except REFUSED as error:
        return None, ({}, problem_of(error, request.state.request_id))


def _shared(
    request: Request, form: EvaluationForm | NearRepeatsForm, refused: Refused
) -> dict[str, Any]:
    faults, problem = refused
    return {
        "status": FAULTY if faults or problem else 200,
        "at": form.settled,
        "sent": form.sent,
        "offered": form.offered,
        "faults": faults,
        "problem": problem,
        "query": request.url.query,
    }


def _required(filled: Filled[Q]) -> Q:
    if filled.question is None:
        told = (f"{field.replace('_', ' ')}: {words}" for field, words in filled.faults.items())
        raise InvalidInputError("; ".join(told) or "fill in the form first, and send it")
    return filled.question


def _not_ready(request: Request, live: Live, error: NotReadyError) -> HTMLResponse:
    return render(request, "hotspots/report_empty.html", reason=str(error), inputs=live.inputs())
