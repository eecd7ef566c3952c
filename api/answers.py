"""How an error is answered: a page to a browser, problem details to everybody else."""

import json
from typing import Any, Final
from urllib.parse import quote

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.errors import (
    MEDIA_TYPE,
    MethodNotAllowedError,
    RequestError,
    UnknownRouteError,
    ValidationFailedError,
    headers_of,
    problem_of,
    title_of,
)
from api.forms import page_of_form
from api.logs import log_fault
from api.negotiation import HTML, preferred
from api.pages import render
from api.security import visitor_of_request
from api.validation import faults_of
from geo_alerts.errors import GeoAlertsError, StoreError

FOR_RESIDENTS: Final = "/your-team"


def answer_error(request: Request, error: GeoAlertsError) -> Response:
    """The answer to a request that failed with this error."""
    problem = problem_of(error, request.state.request_id)
    question = getattr(request.state, "question", None)
    if question is not None:
        problem["question"] = question
    if wants_page(request):
        told = {
            "problem": problem,
            "is_form": request.method == "POST",
            "bare": _without_query(request, problem),
        }
        back = page_of_form(request.url.path)
        template = "residents/error.html" if _is_for_residents(request) else "error.html"
        answer: Response = render(request, template, status=problem["status"], back=back, **told)
    else:
        text = json.dumps(problem, ensure_ascii=False).encode("utf-8", "replace")
        answer = Response(text, problem["status"], media_type=MEDIA_TYPE)
    answer.headers.update(headers_of(error))
    return answer


def wants_page(request: Request) -> bool:
    """Whether a browser asks, for a person to read the answer."""
    return preferred(request.headers.get("accept", ""), [MEDIA_TYPE, HTML]) == HTML


def _is_for_residents(request: Request) -> bool:
    """Whether the page is one of those for everybody."""
    path = request.url.path
    return path == FOR_RESIDENTS or path.startswith(f"{FOR_RESIDENTS}/")


def _without_query(request: Request, problem: dict[str, Any]) -> str:
    """The address of the page without its query, where a query is what cannot be used."""
    path = request.url.path
    is_of_query = request.method == "GET" and request.url.query and problem["status"] in (400, 422)
    return quote(path) if is_of_query and not path.startswith("//") else ""


async def on_domain_error(request: Request, error: GeoAlertsError) -> Response:
    """Answer an error that was raised on purpose."""
    if isinstance(error, StoreError):
        log_fault(error, request.state.request_id)
    return answer_error(request, error)


async def on_validation_error(request: Request, error: RequestValidationError) -> Response:
    """Answer fields that are not as documented, each named."""
    return answer_error(request, ValidationFailedError(faults_of(error.errors(), error.body)))


async def on_http_exception(request: Request, error: HTTPException) -> Response:
    """Answer what the router itself refuses: unknown addresses and methods."""
    if wants_page(request):
        # No route has looked who asks, and the page's head should say.
        await visitor_of_request(request)
    kind = {404: UnknownRouteError, 405: MethodNotAllowedError}.get(error.status_code, RequestError)
    answer = answer_error(request, kind(title_of(kind)))
    answer.headers.update(error.headers or {})  # Allow, with a 405
    return answer
