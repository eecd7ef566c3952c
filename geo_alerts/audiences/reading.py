"""Target areas and selections from JSON text; every fault is told, by where it stands."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import from_json

from geo_alerts.audiences.areas import (
    AREA_ADAPTER,
    CENTRE_BY_POSITION,
    CENTRE_BY_POSTCODE,
    AnyArea,
)
from geo_alerts.audiences.selection import Selection
from geo_alerts.errors import InvalidAreaError

MAX_FAULTS_SHOWN: Final = 10

# Where pydantic's own words speak of its insides.
_PLAIN_WORDS: Final = {
    "missing": "is missing",
    "extra_forbidden": "is not a key that is known here",
    "union_tag_not_found": "lacks the key type, which says what kind it is",
    "none_required": "must be null: only the edition in use can be asked",
    "recursion_loop": "is nested too deep",
}


def read_area(text: str | bytes) -> AnyArea:
    """The target area that a JSON text holds.

    Raises:
        InvalidAreaError: The text is no JSON, or no target area; the message tells every fault
            with its JSON pointer.
    """
    try:
        return AREA_ADAPTER.validate_json(text)
    except ValidationError as error:
        raise _told(error, text) from error


def read_selection(text: str | bytes) -> Selection:
    """The selection that a JSON text holds.

    Raises:
        InvalidAreaError: The text is no JSON, or no selection; the message tells every fault with
            its JSON pointer.
    """
    try:
        return Selection.model_validate_json(text)
    except ValidationError as error:
        raise _told(error, text) from error


def json_pointer(location: Sequence[int | str], value: object) -> str:
    """The JSON pointer (RFC 6901) of a fault that pydantic located in a value.

    Pydantic puts the kind of each area between the keys that lead to it; no key has that name.

    Args:
        location: The `loc` of the error, from the value down.
        value: The value as it was given.
    """
    tokens: list[str] = []
    at: Any = value
    kind = _kind(at)
    for step in location:
        if step == kind or step in (CENTRE_BY_POSTCODE, CENTRE_BY_POSITION):
            kind = None
            continue
        tokens.append(str(step).replace("~", "~0").replace("/", "~1"))
        at = _below(at, step)
        kind = _kind(at)
    return "".join(f"/{token}" for token in tokens)


def _kind(value: object) -> object:
    return value.get("type") if isinstance(value, Mapping) else None


def _below(value: object, step: int | str) -> object:
    if isinstance(value, Mapping):
        return value.get(step)
    if isinstance(value, Sequence) and isinstance(step, int) and step < len(value):
        below: object = value[step]
        return below
    return None


def _told(error: ValidationError, text: str | bytes) -> InvalidAreaError:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    if faults[0]["type"] == "json_invalid":
        return InvalidAreaError(f"the area is no JSON: {faults[0]['msg']}")
    value = from_json(text)
    told = [_one(fault, value) for fault in faults[:MAX_FAULTS_SHOWN]]
    more = len(faults) - len(told)
    return InvalidAreaError("; ".join(told) + (f"; and {more} more" if more else ""))


def _one(fault: Mapping[str, Any], value: object) -> str:
    where = json_pointer(fault["loc"], value)
    words = _PLAIN_WORDS.get(fault["type"], fault["msg"])
    return f"{where}: {words}" if where else str(words)
