"""What was wrong with a request, told by JSON pointer (RFC 6901) or by parameter name."""

from collections.abc import Iterable
from typing import Any, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from api.patterns import WORDS
from api.strict import parse_json
from geo_alerts.audiences.reading import json_pointer, plain_words
from geo_alerts.audiences.targets.repairing import repaired
from geo_alerts.audiences.targets.shapes import FAULTY

LOCATIONS_OUTSIDE_THE_BODY = ("path", "query", "header", "cookie")
# A repair may take half a second, and a body has room for hundreds of shapes.
MOST_OFFERS = 3

M = TypeVar("M", bound=BaseModel)


def faults_of(errors: Iterable[dict[str, Any]], body: object) -> list[dict[str, Any]]:
    """The faults that pydantic found, without the values that were given.

    Args:
        errors: As `RequestValidationError.errors()` gives them.
        body: The body as it was read, which tells members of the JSON from names of models.

    Returns:
        For each, `detail` and `pointer` into the body, or `parameter` and where it stands (`in`);
        of the first shapes whose lines cross with `repaired`, a GeoJSON geometry, where there is
        one on offer.
    """
    faults, looked_at = [], 0
    for error in errors:
        faulty = error.get("ctx", {}).get(FAULTY)
        offer = None if faulty is None or looked_at >= MOST_OFFERS else repaired(faulty)
        looked_at += faulty is not None
        told = _fault(error, body)
        faults.append(told if offer is None else {**told, "repaired": offer})
    return faults


def read_body(model: type[M], body: bytes) -> M:
    """The value of a body that a route was told to leave unread.

    Raises:
        MalformedJsonError: It is not JSON.
        RequestValidationError: It is not as documented.
    """
    value = parse_json(body)
    try:
        return model.model_validate(value)
    except ValidationError as error:
        faults = [
            {**fault, "loc": ("body", *fault["loc"])} for fault in error.errors(include_url=False)
        ]
        raise RequestValidationError(faults, body=value) from error


def _fault(error: dict[str, Any], body: object) -> dict[str, Any]:
    where, *path = error["loc"]
    detail = plain_words(error, WORDS)
    if where in LOCATIONS_OUTSIDE_THE_BODY:
        return {"parameter": ".".join(map(str, path)), "in": where, "detail": detail}
    return {"pointer": json_pointer(path, body), "detail": detail}
