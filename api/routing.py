"""The kinds of route: for anybody, and for callers who are signed in.

A route's class does what must come before FastAPI reads the body: who asks, whether the query is
known, whether the body is JSON. So no route can forget it, and nobody who is not signed in makes
the server read or check a body.
"""

from collections.abc import Callable, Coroutine
from typing import Any, Final, get_origin

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response

from api.languages import PARAMETER
from api.security import authenticate
from api.strict import check_characters, check_parameters, parse_json, read_json


class Token(Convertor[str]):
    """A random id: letters and digits, so that what follows a colon is no part of it."""

    regex = "[A-Za-z0-9]{1,64}"

    def convert(self, value: str) -> str:
        """The id as it stands in the path."""
        return value

    def to_string(self, value: str) -> str:
        """The id as it stands in the path."""
        return value


register_url_convertor("token", Token())

API: Final = "/v1"
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class StrictRoute(APIRoute):
    """A route that anybody may ask, as often as is bearable; takes no unknown parameters."""

    def read(self, body: bytes) -> Any:  # noqa: ANN401
        """The value that a JSON body is handed on as."""
        return parse_json(body)

    def get_route_handler(self) -> Handler:
        """FastAPI's handler behind our checks."""
        handle = super().get_route_handler()
        parameters = _parameters_of(self.dependant)
        if not self.path_format.startswith(API):
            parameters[PARAMETER] = False  # every page may be asked for in a language
        reads_body = self.body_field is not None

        async def checked(request: Request) -> Response:
            await self.admit(request)
            check_characters(request)
            check_parameters(request.query_params, parameters)
            return await handle(await read_json(request, self.read) if reads_body else request)

        return checked

    async def admit(self, request: Request) -> None:
        """Let the request in, or raise why not."""
        request.app.state.limits.take_anonymous(request)


class AssetRoute(StrictRoute):
    """A route to files that cost nothing to send and are asked by the dozen: not limited."""

    async def admit(self, request: Request) -> None:
        """Let the request in."""


class ResidentRoute(StrictRoute):
    """A page on which residents find their team: limited by itself."""

    async def admit(self, request: Request) -> None:
        """Let the request in, or raise why not."""
        request.app.state.limits.take_resident(request)


class SignedInRoute(StrictRoute):
    """A route for callers who are signed in; leaves them in `request.state.caller`."""

    async def admit(self, request: Request) -> None:
        """Find the caller."""
        request.state.caller = await authenticate(request)


class UnreadRoute(SignedInRoute):
    """A route that hands its body on as bytes, for a thread to read: it may be long.

    Its parameter is of the model that the body is to be, for the description, and skips validation.
    """

    def read(self, body: bytes) -> Any:  # noqa: ANN401
        """The body as it came."""
        return body


def _parameters_of(dependant: Dependant) -> dict[str, bool]:
    """Query parameters of a call and of all it depends on; whether each may be repeated."""
    names = {}
    for field in dependant.query_params:
        annotation = field.field_info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            names.update(dict.fromkeys(annotation.model_fields, False))
        else:
            names[field.alias] = get_origin(annotation) in (list, set, tuple)
    for part in dependant.dependencies:
        names.update(_parameters_of(part))
    return names
