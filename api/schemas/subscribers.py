"""Subscribers over HTTP: one change at a time, and feeds."""

from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator

from api.schemas.values import Day, Given, Time, Told
from geo_alerts.sources.change_feed import MOST_CHANGES, WANTED_FROM
from geo_alerts.sources.subscriber_cells import LONGEST_REFERENCE, MOST_VALUES
from geo_alerts.sources.subscriber_rules import ALL

Reference = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_REFERENCE,
        description="The alert system's own, never a name or contact details",
        examples=["R-0012"],
    ),
]
At = Annotated[
    Time | None,
    Field(
        description="When it was true, ISO 8601 with its zone; left out, now",
        examples=["2025-06-01T09:00:00Z"],
    ),
]
OffersGiven = (
    Literal["all"] | Annotated[tuple[str, ...], Field(min_length=1, max_length=MOST_VALUES)]
)


def _offers(value: object) -> object:
    # Told as one fault: of a choice pydantic names each way in which it was not met.
    if value == ALL:
        return value
    items = value if isinstance(value, list) else []
    if 0 < len(items) <= MOST_VALUES and all(isinstance(one, str) for one in items):
        return items
    raise ValueError(f"must be {WANTED_FROM}; at most {MOST_VALUES}")


Offers = Annotated[
    Literal["all"] | list[str], PlainValidator(_offers, json_schema_input_type=OffersGiven)
]
Values = Annotated[tuple[str, ...] | None, Field(max_length=MOST_VALUES)]

# --- what callers give ----------------------------------------------------------------------------


class ErasureAsked(Given):
    """Who is to be erased."""

    reference: Reference


class Change(Given):
    """Of whom something is said, and when it was true."""

    reference: Reference
    at: At = None

    def said(self) -> dict[str, Any]:
        """The members that are there, as a feed has them."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class UpsertAsked(Change):
    """What is known of a person; what is left out says nothing, an empty list says none."""

    postcodes: Annotated[Values, Field(examples=[["SY1 1AA"]])] = None
    channels: Annotated[Values, Field(description="Those consented to", examples=[["text"]])] = None
    groups: Annotated[Values, Field(examples=[["Farm Watch"]])] = None
    topics: Annotated[Values, Field(examples=[["burglary"]])] = None
    joined: Annotated[Day | None, Field(examples=["2024-01-31"])] = None


class WithdrawalAsked(Change):
    """What a person withdraws from."""

    left: Annotated[
        Offers,
        Field(
            alias="from",
            description="`all`, or channels and topics: `channel:text`, `topic:burglary`",
            examples=["all", ["channel:text"]],
        ),
    ] = "all"


# --- what is answered -----------------------------------------------------------------------------


class LeftOutOut(Told):
    """A value that could not be used; it is not repeated."""

    field: str
    reason: str


NotHad = Annotated[
    tuple[str, ...],
    Field(
        description="Channels and topics that a withdrawal names and the person neither consented "
        "to nor withdrew from before; it is kept all the same"
    ),
]


class ChangeOut(Told):
    """What became of a change."""

    outcome: Annotated[
        str,
        Field(
            description="`added`, `changed`, `unchanged`, `withdrawn`, `partly_withdrawn`, "
            "`still_withdrawn`, `rejoined`, `older_than_known` (newer word stands) or "
            "`left_and_came_back`"
        ),
    ]
    left_out: Annotated[
        tuple[LeftOutOut, ...], Field(description="What could not be used; the rest counts")
    ]
    was_known: Annotated[
        bool, Field(description="Whether anything was known by the reference before")
    ]
    not_had: NotHad
    has: Annotated[
        tuple[str, ...],
        Field(description="Where `not_had` names anything, what the person consents to now"),
    ]
    lacks: Annotated[
        tuple[Literal["postcodes", "channels"], ...],
        Field(description="What is not known of the person, and without which nothing reaches"),
    ]


class LineOut(Told):
    """What became of a change of a feed."""

    line: Annotated[int, Field(description="1 for the first change")]
    outcome: Annotated[str, Field(description="As of a single change, or `refused`")]
    reason: Annotated[str | None, Field(description="Why it is refused")]
    left_out: tuple[LeftOutOut, ...]
    was_known: Annotated[
        bool | None, Field(description="As of a single change; null of one that is refused")
    ]
    not_had: NotHad


class FeedOut(Told):
    """What became of the changes of a feed, in order."""

    counts: Annotated[dict[str, int], Field(description="How many changes of each outcome")]
    changes: Annotated[tuple[LineOut, ...], Field(max_length=MOST_CHANGES)]


class ErasureOut(Told):
    """Whether anybody was known by the reference."""

    erased: bool
