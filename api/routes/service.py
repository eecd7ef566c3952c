"""The service itself: open to everybody."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse

from api.dependencies import LiveIndex
from api.errors import every_kind, status_of, title_of
from api.examples import service as examples
from api.openapi import answers
from api.pages import render
from api.reference import operations_of
from api.routing import StrictRoute
from api.schemas.service import Health
from api.security import Visitor
from geo_alerts.acts.info import waiting_for
from geo_alerts.audiences.targets.areas import area_schema

router = APIRouter(tags=["service"], route_class=StrictRoute)

SCHEMA_JSON = "application/schema+json"


class SchemaResponse(JSONResponse):
    """A JSON Schema."""

    media_type = SCHEMA_JSON


@router.get(
    "/v1/health",
    summary="Tell whether the service lives and is ready",
    responses=answers(example=examples.HEALTH),
)
def show_health(live: LiveIndex) -> Health:
    """Tell whether the server lives, and what must be imported before it can answer."""
    missing = waiting_for(live)
    return Health(alive=True, ready=missing is None, waiting_for=missing)


@router.get(
    "/v1/areas/schema",
    summary="Show the schema of target areas",
    response_class=SchemaResponse,
    responses=answers(example=examples.AREA_SCHEMA, media_type=SCHEMA_JSON),
)
def show_area_schema() -> dict[str, Any]:
    """Show the JSON Schema of a target area, with examples."""
    return area_schema()


@router.get(
    "/v1/openapi.json",
    summary="Show this description",
    responses=answers(example={"openapi": "3.1.0"}),
)
def show_description(request: Request) -> dict[str, Any]:
    """Show the description of the API (OpenAPI 3.1)."""
    described: dict[str, Any] = request.app.openapi()
    return described


@router.get("/docs", include_in_schema=False, response_class=HTMLResponse)
def show_reference(request: Request, _visitor: Visitor) -> HTMLResponse:
    """Show the calls and the problems as a page."""
    return render(
        request,
        "reference.html",
        operations=operations_of(request.app.openapi()),
        problems=[
            {"code": kind.code, "status": status_of(kind), "title": title_of(kind)}
            for kind in every_kind()[1:]
        ],
    )
