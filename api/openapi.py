"""The description of the API: an example for every call and every answer, problems included."""

from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts

from api.errors import (
    MEDIA_TYPE,
    BodyTooLargeError,
    MalformedJsonError,
    RepeatedParameterError,
    UnknownHostError,
    UnknownParameterError,
    UnsupportedMediaTypeError,
    ValidationFailedError,
    problem_of,
    title_of,
)
from api.schemas.service import Problem
from geo_alerts.errors import (
    Fault,
    FaultsError,
    ForbiddenError,
    GeoAlertsError,
    NotReadyError,
    NotSignedInError,
    TooManyRequestsError,
)

Kinds = tuple[type[GeoAlertsError], ...]
Responses = dict[int | str, dict[str, Any]]

REQUEST_ID = "5f2b9c1d7a3e4860"
ABOUT = """Who would be reached by an alert for an area of ground, and which team a postcode is in.

Send an API key as `Authorization: Bearer ga_…`, or use the session of a browser that signed in.
Errors are problem details (RFC 9457) with a stable `code`. Answers name the editions that they were
made from. Positions are longitude and latitude (EPSG:4326), distances are metres."""

TAGS = [
    {"name": "postcodes", "description": "Where a postcode is, and its team."},
    {"name": "teams", "description": "Safer Neighbourhood Teams and their ground."},
    {"name": "audiences", "description": "Whom an alert would reach, counted or listed."},
    {
        "name": "boundaries",
        "description": "Editions of teams and other areas: uploaded, checked, compared, put in "
        "force from a day on.",
    },
    {
        "name": "saved areas",
        "description": "Target areas that are kept by version, and looked at again when what they "
        "name changes.",
    },
    {
        "name": "subscribers",
        "description": "What the alert system knows of subscribers: one change at a time, or many.",
    },
    {
        "name": "hotspots",
        "description": "Layers of hotspots: asked for, looked at, exported; what crime does over "
        "time, and how well methods foretell it.",
    },
    {"name": "jobs", "description": "Long work: how far it is, and stopping it."},
    {"name": "crimes", "description": "Crimes by month, force and category."},
    {"name": "maps", "description": "Maps that stand alone."},
    {"name": "labels", "description": "Groups and topics, and which of them are sensitive."},
    {"name": "audit", "description": "Who did what, when and why."},
    {"name": "service", "description": "The service itself; open to everybody."},
]

# What any call may answer, and what those may that need a sign-in or read a body.
ANYWHERE: Kinds = (
    UnknownParameterError,
    RepeatedParameterError,
    UnknownHostError,
    TooManyRequestsError,
)
SIGNED_IN: Kinds = (NotSignedInError, NotReadyError)
WITH_BODY: Kinds = (
    MalformedJsonError,
    BodyTooLargeError,
    UnsupportedMediaTypeError,
    ValidationFailedError,
)
ROLE: Kinds = (ForbiddenError,)


def answers(
    *kinds: type[GeoAlertsError], example: object = None, media_type: str = "application/json"
) -> Responses:
    """What a call answers: an example of its success, and a problem of each kind of error.

    Args:
        kinds: The errors that it may answer with beside those of any call.
        example: Its success; None leaves the success to the caller.
        media_type: Of the success.
    """
    by_status: Responses = {}
    for kind in (*ANYWHERE, *kinds):
        problem = _example_of(kind)
        content = by_status.setdefault(problem["status"], _empty())["content"][MEDIA_TYPE]
        content["examples"][kind.code] = {"summary": problem["title"], "value": problem}
    for response in by_status.values():
        shown = response["content"][MEDIA_TYPE]["examples"].values()
        response["description"] = " Or: ".join(one["summary"] for one in shown)
    if example is not None:
        content = {media_type: {"example": example}}
        by_status[200] = {"description": "The answer.", "content": content}
    return dict(sorted(by_status.items(), key=lambda item: str(item[0])))


def created(*kinds: type[GeoAlertsError], example: object, description: str, of: str) -> Responses:
    """What a call answers that makes something: 201 with its address.

    Args:
        kinds: The errors that it may answer with beside those of any call.
        example: Its success.
        description: What then is.
        of: Whose address `Location` holds.
    """
    responses = answers(*kinds)
    location = {"description": f"Address of {of}", "schema": {"type": "string"}}
    responses[201] = {
        "description": description,
        "headers": {"Location": location},
        "content": {"application/json": {"example": example}},
    }
    return responses


def accepted(*kinds: type[GeoAlertsError], example: object) -> Responses:
    """What a call answers that begins long work: 202 with the address of the job.

    Args:
        kinds: The errors that it may answer with beside those of any call.
        example: The job.
    """
    responses = answers(*kinds)
    responses[202] = {
        "description": "It is being worked out; ask the job until it is done.",
        "headers": {
            "Location": {"description": "Address of the job", "schema": {"type": "string"}}
        },
        "content": {"application/json": {"example": example}},
    }
    return responses


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=ABOUT,
            tags=TAGS,
            routes=app.routes,
        )
        schemas = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        parts = schemas.pop("$defs", {})
        document["components"]["schemas"].update({"Problem": schemas, **parts})
        _restore_examples(app, document)
        app.openapi_schema = document
    return app.openapi_schema


def request_examples(examples: Iterable[tuple[str, object]]) -> dict[str, Any]:
    """Named examples of a request body, as FastAPI's `openapi_examples` wants them."""
    return {name: {"summary": name, "value": value} for name, value in examples}


def _restore_examples(app: FastAPI, document: dict[str, Any]) -> None:
    """Put examples of answers back as they are: FastAPI drops their members that are null."""
    for found in iter_route_contexts(app.routes):
        route = found.original_route
        if not isinstance(route, APIRoute) or not found.include_in_schema:
            continue
        for method in route.methods or ():
            described = document["paths"][route.path_format][method.lower()]["responses"]
            for status, response in route.responses.items():
                for media_type, media in response["content"].items():
                    described[str(status)]["content"][media_type].update(media)


def _empty() -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"content": {MEDIA_TYPE: {"schema": schema, "examples": {}}}}


def _example_of(kind: type[GeoAlertsError]) -> dict[str, Any]:
    if issubclass(kind, ValidationFailedError):
        words = "must be more than 0 and at most 200000 metres"
        fault = {"pointer": "/area/metres", "detail": words}
        return problem_of(kind([fault]), REQUEST_ID)
    if issubclass(kind, FaultsError):
        reason = "self-intersection at easting 349381.000, northing 312241.000"
        return problem_of(kind("teams.geojson", [Fault(7, "geometry", reason)]), REQUEST_ID)
    return problem_of(kind(title_of(kind)), REQUEST_ID)
