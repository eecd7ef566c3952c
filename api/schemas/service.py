"""The service itself over HTTP: health, and problem details."""

from typing import Annotated, Literal

from pydantic import Field

from api.schemas.values import Told
from geo_alerts.audiences.targets.shapes import MultiPolygon, Polygon


class Health(Told):
    """Whether the server lives, and whether it has what it needs to answer."""

    alive: Literal[True]
    ready: bool
    waiting_for: Annotated[str | None, Field(description="What must be imported first")]


class FaultOut(Told):
    """One thing wrong with a request."""

    detail: str
    pointer: Annotated[str, Field(description="JSON pointer into the body (RFC 6901)")] = ""
    parameter: Annotated[str, Field(description="Name of the parameter, outside the body")] = ""
    where: Annotated[
        Literal["path", "query", "header", "cookie", ""],
        Field(alias="in", description="Where the parameter stands"),
    ] = ""
    repaired: Annotated[
        Polygon | MultiPolygon | None,
        Field(
            description="Of a shape whose lines cross: a GeoJSON geometry that it may have meant"
        ),
    ] = None


class Problem(Told):
    """Problem details (RFC 9457)."""

    type: Annotated[str, Field(description="Address of the explanation of this kind of problem")]
    title: str
    status: int
    detail: str
    code: Annotated[str, Field(description="Stable name of the kind, for programs")]
    request_id: Annotated[str, Field(description="Names this request in the server's log")]
    errors: tuple[FaultOut, ...] | None = None
    question: Annotated[
        int | None, Field(description="The page's number of the question, where it gave one")
    ] = None
