"""Jobs over HTTP: long work, how far it is, and what became of it."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from api.schemas.frozen import NextPageToken
from api.schemas.values import Told


class JobErrorOut(Told):
    """Why a job failed."""

    code: Annotated[str, Field(description="As of a problem that is answered at once")]
    detail: str


class JobOut(Told):
    """Long work, as it stands."""

    id: str
    kind: Annotated[
        str,
        Field(
            description="`hotspots.run`, `hotspots.backtest`, or `import.` and what was brought "
            "in, such as `import.postcodes`"
        ),
    ]
    status: Annotated[
        Literal["waiting", "running", "done", "failed", "cancelled"],
        Field(description="The last three are final"),
    ]
    question: Annotated[dict[str, Any], Field(description="What was asked")]
    done: Annotated[int, Field(description="How much is done")]
    total: Annotated[int | None, Field(description="Of how much; null while that is not known")]
    words: Annotated[str, Field(description="What is being done")]
    cancel_asked: Annotated[bool, Field(description="Whether somebody asked to stop it")]
    result: Annotated[
        str | None,
        Field(description="The address of what it made; null before that, and where it has none"),
    ]
    error: Annotated[JobErrorOut | None, Field(description="Why it failed; null if it did not")]
    created_at: datetime
    created_by: Annotated[str, Field(description="`key:<id>`, `session:<name>` or `cli:<user>`")]
    started_at: datetime | None
    ended_at: datetime | None


class JobsOut(Told):
    """A page of jobs, the newest first."""

    jobs: tuple[JobOut, ...]
    next_page_token: NextPageToken
