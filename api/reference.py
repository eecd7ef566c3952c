"""The calls of the API as plain rows, for the reference page; it needs no script."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from geo_alerts.maps.words import THIN_SPACE

LIMITS = {
    "minimum": "at least",
    "exclusiveMinimum": "more than",
    "maximum": "at most",
    "exclusiveMaximum": "less than",
    "minLength": "at least",
    "maxLength": "at most",
}
CHARACTERS = {"minLength": " characters", "maxLength": " characters"}


@dataclass(frozen=True)
class Parameter:
    """A parameter of a call."""

    name: str
    where: str
    is_required: bool
    description: str
    default: str
    limits: str


@dataclass(frozen=True)
class Operation:
    """A call: how to make it, and what it may answer."""

    name: str
    tag: str
    method: str
    path: str
    summary: str
    description: str
    is_open: bool
    parameters: tuple[Parameter, ...]
    body_examples: tuple[tuple[str, Any], ...]
    answers: tuple[tuple[str, str], ...]
    answer_examples: tuple[tuple[str, str], ...]


def operations_of(document: dict[str, Any]) -> list[Operation]:
    """The calls that an OpenAPI document describes, in its order."""
    return list(_operations(document))


def _operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            yield Operation(
                name=described["operationId"],
                tag=described["tags"][0],
                method=method.upper(),
                path=path,
                summary=described["summary"],
                description=described.get("description", ""),
                is_open="security" not in described,
                parameters=tuple(map(_parameter, described.get("parameters", []))),
                body_examples=tuple(_body_examples(described)),
                answers=tuple(
                    (status, answer["description"])
                    for status, answer in described["responses"].items()
                ),
                answer_examples=tuple(_answer_examples(described)),
            )


def _parameter(described: dict[str, Any]) -> Parameter:
    schema = described["schema"]
    # What may be left out is described as its type or null.
    (kind, *_) = [one for one in schema.get("anyOf", []) if one.get("type") != "null"] or [schema]
    return Parameter(
        name=described["name"],
        where=described["in"],
        is_required=described.get("required", False),
        description=described.get("description") or schema.get("description", ""),
        default="" if schema.get("default") is None else str(schema["default"]),
        limits=", ".join(_limits(kind)),
    )


def _limits(schema: dict[str, Any]) -> Iterator[str]:
    if "enum" in schema:
        yield f"one of {', '.join(f'`{value}`' for value in schema['enum'])}"
    for key, words in LIMITS.items():
        if key in schema:
            number = f"{schema[key]:,.16g}".replace(",", THIN_SPACE)
            yield f"{words} {number}{CHARACTERS.get(key, '')}"


def _answer_examples(described: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The examples of success: what they are, and the text as it would come."""
    for status, answer in described["responses"].items():
        for media_type, media in answer.get("content", {}).items():
            if status < "400" and "example" in media:
                value = media["example"]
                text = value if isinstance(value, str) else json.dumps(value, indent=2)
                yield f"{status}, {media_type}", text


def _body_examples(described: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    content = described.get("requestBody", {}).get("content", {})
    for media in content.values():
        for example in media.get("examples", {}).values():
            yield example["summary"], example["value"]
