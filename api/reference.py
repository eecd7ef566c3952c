"""The calls of the API as plain rows, for the reference page; it needs no script."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Parameter:
    """A parameter of a call."""

    name: str
    where: str
    is_required: bool
    description: str


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
            )


def _parameter(described: dict[str, Any]) -> Parameter:
    about = described.get("description") or described["schema"].get("description", "")
    return Parameter(described["name"], described["in"], described.get("required", False), about)


def _body_examples(described: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    content = described.get("requestBody", {}).get("content", {})
    for media in content.values():
        for example in media.get("examples", {}).values():
            yield example["summary"], example["value"]
