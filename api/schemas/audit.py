"""The audit trail over HTTP: who did what."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from api.schemas.values import Time, Told

LARGEST_PAGE = 1_000
USUAL_PAGE = 100


Since = Annotated[
    Time | None,
    Field(
        description="Only what was done at this time or later",
        examples=["2025-07-01T09:00:00Z"],
    ),
]
Act = Annotated[
    str | None,
    Field(
        max_length=40,
        description="Only this act, such as `audience.freeze`",
        examples=["audience.freeze"],
    ),
]


class AuditEntryOut(Told):
    """What somebody did; subscribers stand in it by number or are counted, never by reference."""

    seq: Annotated[int, Field(description="1, 2, 3 …")]
    at: datetime
    act: Annotated[str, Field(description="What, such as `audience.freeze`")]
    who: Annotated[str, Field(description="`key:<id>`, `session:<name>`, `cli:<user>` or `server`")]
    role: Annotated[str, Field(description="What they were allowed as; empty of the server")]
    details: Annotated[dict[str, Any], Field(description="With what, as the act has it")]
    sha256: Annotated[str, Field(description="The hash of the chain up to this entry")]


class AuditPageOut(Told):
    """A page of the audit trail, the newest first."""

    entries: tuple[AuditEntryOut, ...]
    next_page_token: Annotated[
        str | None, Field(description="Gives the next page; null on the last one")
    ]
