"""Target areas and selections from JSON text; every fault is told, by where it stands."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import from_json

from geo_alerts.audiences.selection import Selection
from geo_alerts.audiences.targets.areas import AREA_ADAPTER, AnyArea
from geo_alerts.audiences.targets.geojson import (
    SHAPE_ADAPTER,
    is_geojson,
    shapes_of,
    union_of_shapes,
    with_shapes_repaired,
)
from geo_alerts.audiences.targets.leaves import (
    CENTRE_BY_POSITION,
    CENTRE_BY_POSTCODE,
    MAX_CORRIDOR_M,
    MAX_RADIUS_M,
    STORED_ID,
)
from geo_alerts.audiences.targets.shapes import FAULTY
from geo_alerts.errors import A_TIME, InvalidAreaError
from geo_alerts.places.layer import LAYER_NAME

MAX_FAULTS_SHOWN: Final = 10
_DAY_WANTED: Final = "must be a day such as 2026-11-22"
_TIME_WANTED: Final = f"must be a time such as {A_TIME}"

# Where pydantic's own words speak of its insides; `{…}` is what its error's context holds.
_PLAIN_WORDS: Final = {
    "missing": "is missing",
    "extra_forbidden": "is not a key that is known here",
    "union_tag_not_found": "lacks the key type, which says what kind it is",
    "recursion_loop": "is nested too deep",
    "greater_than": "must be more than {gt:,.16g}",
    "greater_than_equal": "must be at least {ge:,.16g}",
    "less_than": "must be less than {lt:,.16g}",
    "less_than_equal": "must be at most {le:,.16g}",
    "finite_number": "must be a finite number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "string_type": "must be text",
    "string_too_long": "must have at most {max_length:,} characters",
    "string_too_short": "must have at least {min_length:,} characters",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "too_long": "must have at most {max_length} items",
    "timezone_aware": f"needs a time zone, such as {A_TIME}",
    **dict.fromkeys(("datetime_type", "datetime_parsing"), _TIME_WANTED),
    **dict.fromkeys(("datetime_from_date_parsing", "datetime_object_invalid"), _TIME_WANTED),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing"), _DAY_WANTED),
    "date_from_datetime_inexact": _DAY_WANTED,
}
# What is said of a text that has not the form wanted, by the pattern of the form.
WORDS_OF_FORMS: Final = {
    LAYER_NAME: "must be the name of a layer: small letters, digits and _, and a letter first",
    STORED_ID: "must be an id, of letters and digits",
}
_FORM: Final = "string_pattern_mismatch"

_OUT_OF_RANGE: Final = frozenset(
    {"greater_than", "greater_than_equal", "less_than", "less_than_equal"}
)
# What a number out of its range says, by where it stands: the name before it and its own. The
# bounds of a position are those of a box that nobody has heard of.
_WORDS_OF_RANGES: Final = {
    (CENTRE_BY_POSITION, "longitude"): "is outside Great Britain; longitude comes first",
    (CENTRE_BY_POSITION, "latitude"): "is outside Great Britain; longitude comes first",
    ("radius", "metres"): f"must be more than 0 and at most {MAX_RADIUS_M} metres",
    ("corridor", "metres"): f"must be more than 0 and at most {MAX_CORRIDOR_M} metres",
    **{
        ("rectangle", side): "is outside Great Britain"
        for side in ("west", "south", "east", "north")
    },
}
MAX_KIND_SHOWN: Final = 40
_HOW_TO_REPAIR: Final = ", or let geo-alerts areas repair do so"
_HOW_A_SHAPE_GOES_IN: Final = ' (a GeoJSON shape goes in as {"type": "polygon", "geometry": …})'


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


def read_area_or_geojson(text: str | bytes) -> AnyArea:
    """The target area that a JSON text holds; of a GeoJSON document, what is in its polygons.

    Raises:
        InvalidAreaError: The text is no JSON, no target area, or GeoJSON of anything but polygons;
            the message tells every fault with its JSON pointer.
    """
    value = _json_of(text)
    if not is_geojson(value):
        return read_area(text)
    shapes, told = [], []
    for pointer, shape in shapes_of(value):
        try:
            shapes.append(SHAPE_ADAPTER.validate_python(shape))
        except ValidationError as error:
            faults = error.errors(include_url=False, include_input=False)
            told += [f"{pointer}{_one(fault, shape)}" for fault in faults]
    if told:
        raise InvalidAreaError(_the_first(told))
    return union_of_shapes(shapes)


def repaired_document(text: str | bytes) -> tuple[Any, list[str]]:
    """A JSON text with each polygon that cannot be used in its repaired form.

    Args:
        text: A GeoJSON document or a target area.

    Returns:
        The value, and the JSON pointer of each polygon that was repaired.

    Raises:
        InvalidAreaError: It is no JSON, or a polygon cannot be repaired.
    """
    return with_shapes_repaired(_json_of(text))


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


def plain_words(fault: Mapping[str, Any], forms: Mapping[str, str] = WORDS_OF_FORMS) -> str:
    """What a fault that pydantic found says, in words for whoever gave the value.

    Args:
        fault: One of `ValidationError.errors()`, with its context.
        forms: What is said of a text that has not the form wanted, by the pattern of the form.
    """
    kind, context = fault["type"], fault.get("ctx", {})
    if kind == "union_tag_invalid":
        return _no_such_kind(context["tag"], context["expected_tags"])
    words = forms.get(context["pattern"]) if kind == _FORM else _PLAIN_WORDS.get(kind)
    if kind in _OUT_OF_RANGE:
        words = _WORDS_OF_RANGES.get(tuple(fault["loc"][-2:]), words)
    if words is None:
        return str(fault["msg"]).removeprefix("Value error, ")
    return words.format_map(context)


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


def _json_of(text: str | bytes) -> Any:  # noqa: ANN401
    try:
        return from_json(text)
    except ValueError as error:
        raise InvalidAreaError(f"the area is no JSON: {error}") from error


def _no_such_kind(given: str, expected: str) -> str:
    """That a value is of no known kind; `expected` are the known ones as pydantic lists them."""
    *kinds, last = expected.replace("'", "").split(", ")
    is_area = last == "difference"
    what = "area" if is_area else "shape"
    words = f"{given[:MAX_KIND_SHOWN]!r} is no kind of {what}; wanted {', '.join(kinds)} or {last}"
    return words + (_HOW_A_SHAPE_GOES_IN if is_area else "")


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
    faults = error.errors(include_url=False, include_input=False)
    if faults[0]["type"] == "json_invalid":
        return InvalidAreaError(f"the area is no JSON: {faults[0]['msg']}")
    value = from_json(text)
    return InvalidAreaError(_the_first([_one(fault, value) for fault in faults]))


def _the_first(told: list[str]) -> str:
    more = len(told) - MAX_FAULTS_SHOWN
    return "; ".join(told[:MAX_FAULTS_SHOWN]) + (f"; and {more} more" if more > 0 else "")


def _one(fault: Mapping[str, Any], value: object) -> str:
    where = json_pointer(fault["loc"], value)
    words = plain_words(fault)
    if FAULTY in fault.get("ctx", {}):
        words += _HOW_TO_REPAIR
    return f"{where}: {words}" if where else words
