"""Questions from JSON text; every fault is told, by where it stands."""

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from pydantic import ValidationError
from pydantic_core import from_json

from geo_alerts.acts.hotspots.questions import WORDS_OF_FORMS
from geo_alerts.audiences.reading import WORDS_OF_FORMS as WORDS_OF_AREAS
from geo_alerts.audiences.reading import json_pointer, plain_words
from geo_alerts.audiences.targets.shapes import Value
from geo_alerts.errors import InvalidInputError

MAX_FAULTS_SHOWN: Final = 10

Asked = TypeVar("Asked", bound=Value)


def read(kind: type[Asked], text: str | bytes) -> Asked:
    """The question of a kind that a JSON text holds.

    Raises:
        InvalidInputError: The text is no JSON, or no such question; the message tells every fault
            with its JSON pointer.
    """
    try:
        value = from_json(text)
    except ValueError as error:
        raise InvalidInputError(f"the question is no JSON: {error}") from error
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        raise told(error, value) from error


def told(error: ValidationError, value: object) -> InvalidInputError:
    """Every fault of a value that is no question, in words.

    Args:
        error: What pydantic found.
        value: What was given.
    """
    faults = error.errors(include_url=False, include_input=False)
    words = [f"{_pointer(one, value)}: {words_of_fault(one)}".removeprefix(": ") for one in faults]
    more = len(words) - MAX_FAULTS_SHOWN
    shown = "; ".join(words[:MAX_FAULTS_SHOWN])
    return InvalidInputError(f"{shown}; and {more} more" if more > 0 else shown)


def _pointer(fault: Mapping[str, Any], value: object) -> str:
    # A fault of the whole may name the part that it is about.
    return f"{json_pointer(fault['loc'], value)}{fault.get('ctx', {}).get('pointer', '')}"


def words_of_fault(fault: Mapping[str, Any]) -> str:
    """What one fault that pydantic found in a question says."""
    return plain_words(fault, {**WORDS_OF_AREAS, **WORDS_OF_FORMS})
