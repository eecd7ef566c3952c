"""A question from the fields of a form: what is wrong is told beside the field that holds it."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Generic, TypeVar

from pydantic import Field, ValidationError

from geo_alerts.acts.hotspots.reading import words_of_fault
from geo_alerts.audiences.targets.shapes import Value

# What a browser sends of one field; a list of edges is the longest.
Text = Annotated[str, Field(max_length=300)]
# What is wrong with no field alone.
WHOLE: Final = ""

Asked = TypeVar("Asked", bound=Value)


@dataclass(frozen=True, eq=False)
class Filled(Generic[Asked]):
    """What a form asks.

    Attributes:
        question: None where a field cannot be used.
        faults: Field -> what is wrong with it; `WHOLE` for what is wrong with no field.
    """

    question: Asked | None
    faults: Mapping[str, str]


def filled(
    kind: type[Asked],
    value: Mapping[str, Any],
    fields: Mapping[str, str],
    faults: Mapping[str, str],
) -> Filled[Asked]:
    """The question that a form asks.

    Args:
        kind: Of the question.
        value: The question as JSON values; what could not be read may be left out.
        fields: The field of each key: `before.first`, `before`, or the type of a fault that is of
            the whole.
        faults: Those that were found before; they come first.
    """
    try:
        question = kind.model_validate_json(json.dumps(value))
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        told = {_field(one, fields): words_of_fault(one) for one in reversed(found)}
        return Filled(None, {**told, **faults})
    return Filled(None if faults else question, dict(faults))


def number(text: str) -> float | str | None:
    """What a field for a number holds: the number, None where it is empty, else what was typed."""
    said = text.strip()
    try:
        found = float(said)
    except ValueError:
        return said or None
    return found if math.isfinite(found) else said


def whole(text: str) -> int | str | None:
    """What a field for a whole number holds, likewise."""
    said = text.strip()
    return int(said) if said.isascii() and said.isdigit() else said or None


def numbers(text: str) -> list[float | str | None]:
    """What a field for numbers with commas between them holds, each likewise."""
    return [number(part) for part in text.split(",")]


def _field(fault: Mapping[str, Any], fields: Mapping[str, str]) -> str:
    where = [str(step) for step in fault["loc"][:2]]
    keys = (".".join(where), where[0] if where else "", fault["type"])
    return next((fields[key] for key in keys if key in fields), WHOLE)
