"""Crimes over HTTP: which months of which force are there."""

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import Field

from api.patterns import FORCE_NAME, MONTH
from api.schemas.values import Told

LARGEST_PAGE: Final = 1_000
USUAL_PAGE: Final = 100

Month = Annotated[
    str, Field(pattern=MONTH, description="A month such as 2025-03", examples=["2025-03"])
]
Force = Annotated[
    str,
    Field(
        pattern=FORCE_NAME,
        max_length=60,
        description="A force as data.police.uk has it in its addresses",
        examples=["west-mercia"],
    ),
]


class CrimeCountOut(Told):
    """Crimes of a category in a month of a force."""

    category: str
    rows: int
    located: Annotated[int, Field(description="Those with a position; the others are on no map")]
    outside: Annotated[
        int | None,
        Field(
            description="Of these, those outside the force's ground; null where no boundary tells "
            "its ground"
        ),
    ]


class CrimeMonthOut(Told):
    """A month of a force, as it is in the store."""

    force: Force
    month: Month
    kind: Annotated[
        Literal["street", "outcomes", "own"],
        Field(description="Street crime or outcomes of data.police.uk, or the force's own data"),
    ]
    source: Annotated[str, Field(description="The file that it was in")]
    sha256: Annotated[str, Field(description="Of the file's content")]
    rows: int
    located: int
    recorded_at: datetime
    categories: tuple[CrimeCountOut, ...]


class MissingMonthsOut(Told):
    """Months of a force, between its first and its last, that are not there."""

    force: Force
    months: tuple[Month, ...]


class CrimeMonthsOut(Told):
    """Months of forces, by month, force and kind."""

    months: tuple[CrimeMonthOut, ...]
    missing: Annotated[
        tuple[MissingMonthsOut, ...],
        Field(description="Of all that is asked about, whatever the page holds"),
    ]
    next_page_token: Annotated[
        str | None, Field(description="What the next page is asked by; null on the last one")
    ]
