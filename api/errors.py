"""Errors as HTTP answers: RFC 9457 problem details, or a page for a browser.

The only place that knows which status belongs to which class of error. A new class inherits the
status of its parent. Errors of the request as such, which exist in HTTP alone, are defined here;
every other one in `geo_alerts.errors`.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from geo_alerts.errors import (
    ConflictError,
    FaultsError,
    ForbiddenError,
    GeoAlertsError,
    InvalidInputError,
    NotFoundError,
    NotReadyError,
    NotSignedInError,
    SourceError,
    StoreError,
    TooManyRequestsError,
)

MEDIA_TYPE = "application/problem+json"
LARGEST_LIST = 50
LONGEST_DETAIL = 300


class RequestError(GeoAlertsError):
    """The request is not one that HTTP or this service understands."""

    code = "bad_request"


class UnknownParameterError(RequestError):
    """The query holds a parameter that this call does not have."""

    code = "unknown_parameter"


class RepeatedParameterError(RequestError):
    """The query gives a parameter twice that may be given once."""

    code = "repeated_parameter"


class UnusableCharacterError(RequestError):
    """A value holds a character that no value of this service can hold."""

    code = "unusable_character"


class MalformedJsonError(RequestError):
    """The body is not JSON as RFC 8259 defines it, or holds what no field can take."""

    code = "malformed_json"


class MalformedFormError(RequestError):
    """The body is not a form."""

    code = "malformed_form"


class UnknownHostError(RequestError):
    """The request names a host that this server does not answer for."""

    code = "unknown_host"


class UnsupportedMediaTypeError(RequestError):
    """The body is of a media type that this call does not read."""

    code = "unsupported_media_type"


class BodyTooLargeError(RequestError):
    """The body is larger than is allowed."""

    code = "body_too_large"


class UnknownRouteError(NotFoundError):
    """Nothing is at this address."""

    code = "unknown_route"


class MethodNotAllowedError(RequestError):
    """The address is right, the method is not one that it has."""

    code = "method_not_allowed"


class CrossSiteRequestError(ForbiddenError):
    """A signed-in browser sent a change that another site may have asked it for."""

    code = "cross_site_request"


class OutlivedFormError(CrossSiteRequestError):
    """The form was opened in a session that has ended since; nothing of it was done."""

    code = "outlived_form"


class OvertakenError(ConflictError):
    """A newer question of the same page came before this one was begun; only that is answered."""

    code = "overtaken"


class ValidationFailedError(InvalidInputError):
    """Fields of the request are missing or are not as documented; `errors` names each."""

    code = "validation_failed"

    def __init__(self, errors: Sequence[Mapping[str, Any]]) -> None:
        """Keep every fault: `detail` with `pointer` (in the body) or `parameter` (elsewhere)."""
        self.errors = tuple(errors)
        super().__init__(f"{len(self.errors)} of the values given cannot be used; see errors")


class InternalError(GeoAlertsError):
    """Something went wrong here; what it was is in the server's log, under the request's id."""

    code = "internal_error"


# Looked up along the method resolution order, so that a new leaf needs no line here.
STATUS_OF: Mapping[type[GeoAlertsError], int] = {
    InternalError: 500,
    RequestError: 400,
    NotSignedInError: 401,
    ForbiddenError: 403,
    NotFoundError: 404,
    MethodNotAllowedError: 405,
    ConflictError: 409,
    BodyTooLargeError: 413,
    UnsupportedMediaTypeError: 415,
    InvalidInputError: 422,
    SourceError: 422,
    TooManyRequestsError: 429,
    NotReadyError: 503,
    StoreError: 503,
}


def status_of(error: type[GeoAlertsError]) -> int:
    """The HTTP status of a class of errors: its own, or that of its nearest ancestor with one."""
    return next(STATUS_OF[ancestor] for ancestor in error.__mro__ if ancestor in STATUS_OF)


def title_of(error: type[GeoAlertsError]) -> str:
    """What a class of errors means, in a sentence: the first line of its docstring."""
    return (error.__doc__ or error.__name__).partition("\n")[0]


def problem_type(code: str) -> str:
    """URI reference of a kind of problem: where the reference page explains it."""
    return f"/docs#problem-{code}"


def problem_of(error: GeoAlertsError, request_id: str) -> dict[str, Any]:
    """Members of the problem details (RFC 9457, section 3) of an error."""
    kind = type(error)
    problem: dict[str, Any] = {
        "type": problem_type(kind.code),
        "title": title_of(kind),
        "status": status_of(kind),
        "detail": _detail_of(error),
        "code": kind.code,
        "request_id": request_id,
    }
    faults = list(_faults_of(error))
    return {**problem, "errors": faults[:LARGEST_LIST]} if faults else problem


def headers_of(error: GeoAlertsError) -> dict[str, str]:
    """Headers that HTTP wants beside the status of an error."""
    if isinstance(error, NotSignedInError):
        return {"WWW-Authenticate": 'Bearer realm="geo-alerts"'}
    if isinstance(error, TooManyRequestsError | NotReadyError) and error.retry_after_s is not None:
        return {"Retry-After": str(max(1, math.ceil(error.retry_after_s)))}
    return {}


def every_kind() -> list[type[GeoAlertsError]]:
    """Every class of errors there is, the root first; what the reference page lists."""
    kinds: dict[type[GeoAlertsError], None] = {}
    waiting = [GeoAlertsError]
    while waiting:
        kind = waiting.pop(0)
        kinds[kind] = None
        waiting.extend(kind.__subclasses__())
    return list(kinds)


def _detail_of(error: GeoAlertsError) -> str:
    # Messages about the store name its address, which is for the log.
    told = "" if isinstance(error, StoreError) else str(error)
    return _shortened(told or title_of(type(error)), LONGEST_DETAIL)


def _faults_of(error: GeoAlertsError) -> Iterator[dict[str, Any]]:
    if isinstance(error, ValidationFailedError):
        for fault in error.errors:
            yield {**fault, "detail": _shortened(fault["detail"], LONGEST_DETAIL)}
    elif isinstance(error, FaultsError):
        for row_fault in error.faults:
            yield {"detail": _shortened(str(row_fault), LONGEST_DETAIL)}


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
