"""What a request must be before its values are looked at: known parameters, JSON to the letter."""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from email.message import Message
from typing import Any

from pydantic_core import from_json
from starlette.datastructures import QueryParams
from starlette.requests import Request

from api.errors import (
    MalformedJsonError,
    RepeatedParameterError,
    UnknownParameterError,
    UnsupportedMediaTypeError,
    UnusableCharacterError,
)

# Only a body with one of these can hold what `_refuse_unusable` looks for, so others skip the walk.
SUSPICIOUS = re.compile(rb"\\u0000|[eE]\+?\d{3}|\d{19}")
LARGEST_WHOLE_NUMBER = 2**63 - 1


def check_characters(request: Request) -> None:
    """Refuse a path or a query with a NUL character, which nothing here can be named by.

    Raises:
        UnusableCharacterError: There is one.
    """
    values = [*request.path_params.values(), *request.query_params.values()]
    if any("\0" in str(value) for value in values):
        raise UnusableCharacterError("the address holds a NUL character")


def check_parameters(given: QueryParams, repeatable: Mapping[str, bool]) -> None:
    """Refuse a query with a parameter that the call lacks, or twice one that may be given once.

    Args:
        given: The query.
        repeatable: For each parameter of the call, whether it may be repeated.

    Raises:
        UnknownParameterError: The call has no such parameter. The name is not repeated back: it may
            hold what somebody typed.
        RepeatedParameterError: A single-valued parameter is there twice.
    """
    seen: set[str] = set()
    for name, _ in given.multi_items():
        if name not in repeatable:
            raise UnknownParameterError(_known(repeatable.keys()))
        if name in seen and not repeatable[name]:
            raise RepeatedParameterError(f"give {name} once")
        seen.add(name)


async def read_json(request: Request, read: Callable[[bytes], Any]) -> "JsonRequest":
    """The request with its JSON body read; an empty body is left for the schema to miss.

    Args:
        request: As it came.
        read: Makes the value of the body.

    Raises:
        BodyTooLargeError: It is larger than the application allows.
        UnsupportedMediaTypeError: It is said to be something else than JSON.
        MalformedJsonError: It is not JSON.
    """
    body = await request.body()
    checked = JsonRequest(request.scope, request.receive)
    checked.body_bytes = body
    if body:
        _check_media_type(request.headers.get("content-type", ""))
        checked.value = read(body)
    return checked


def parse_json(body: bytes) -> Any:  # noqa: ANN401
    """The JSON value of a body, as RFC 8259 defines it: UTF-8, no NaN, no lone surrogates.

    NUL characters and numbers that no double or 64-bit whole number holds are refused too: no field
    takes them, and PostgreSQL cannot store the former.

    Raises:
        MalformedJsonError: Says what is wrong, and where.
    """
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise MalformedJsonError(f"the body is not JSON: {error}") from error
    if SUSPICIOUS.search(body):
        _refuse_unusable(value)
    return value


class JsonRequest(Request):
    """A request whose JSON body has been read already, by the strict rules."""

    body_bytes: bytes = b""
    value: Any = None

    async def body(self) -> bytes:
        """The bytes that were read."""
        return self.body_bytes

    async def json(self) -> Any:  # noqa: ANN401
        """The value that was parsed."""
        return self.value


def _known(names: Iterable[str]) -> str:
    known = ", ".join(sorted(names))
    return f"this call knows the query parameters {known}" if known else "this call has none"


def _check_media_type(content_type: str) -> None:
    message = Message()
    message["content-type"] = content_type
    kind = message.get_content_type()
    is_json = kind == "application/json" or re.fullmatch(r"application/.+\+json", kind)
    if not content_type or not is_json:
        raise UnsupportedMediaTypeError("send the body as Content-Type: application/json")


def _refuse_unusable(value: object) -> None:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting.extend(one.keys())
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, str) and "\0" in one:
            raise MalformedJsonError("the body holds a NUL character")
        elif isinstance(one, int | float) and not _fits(one):
            raise MalformedJsonError("the body holds a number that is out of range")


def _fits(number: float) -> bool:
    return abs(number) <= LARGEST_WHOLE_NUMBER if isinstance(number, int) else math.isfinite(number)
