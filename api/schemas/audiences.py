"""Audiences over HTTP: who is to be reached, and who would be."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from api.schemas.labels import UnknownLabels
from api.schemas.teams import TeamRefOut
from api.schemas.values import InputsOut, Told
from geo_alerts.audiences.counts import LeftOut


class RehomedOut(Told):
    """A code of the area that is gone, and what is asked in its place."""

    layer: Annotated[str, Field(description="`team`, or the layer that the area names")]
    code: str
    name: Annotated[str, Field(description="Its last name")]
    rule: Annotated[
        Literal["new_code", "last_ground"],
        Field(description="The area of its new code, or its own ground as it last was"),
    ]
    to: Annotated[
        tuple[str, ...],
        Field(description="Codes of the areas that its ground is in now, with most of it first"),
    ]
    until: Annotated[date, Field(description="The day from which it is gone")]


class TeamFiguresOut(TeamRefOut):
    """People of an answer with a place in this team."""

    people: int
    error: Annotated[
        int | None,
        Field(description="Of an estimate, as that of all people; null of exact counts"),
    ] = None


class EdgeOut(Told):
    """How sure the number of people is, as far as postcodes go."""

    low: Annotated[int, Field(description="People, were only postcodes wholly inside counted")]
    high: Annotated[int, Field(description="People, were postcodes counted that it merely touches")]
    people: Annotated[
        int, Field(description="Of those counted, people none of whose places is wholly inside")
    ]


class FigureErrorsOut(Told):
    """How far the estimates beside that of all people may be off, 19 times in 20 each."""

    places: int
    deliveries: dict[Literal["email", "text", "voice"], int]
    edge: Annotated[
        EdgeOut | None, Field(description="Of each figure of the edge; null where there is none")
    ]


class FiguresOut(Told):
    """How many would be reached; a person with five places is one person.

    Who may not see exact counts gets estimates; `error` tells how far they may be off.
    """

    people: int
    places: int
    deliveries: dict[Literal["email", "text", "voice"], int]
    by_team: tuple[TeamFiguresOut, ...]
    left_out: Annotated[
        dict[LeftOut, int],
        Field(description="Why people who are meant are left out; empty of estimates"),
    ]
    edge: Annotated[
        EdgeOut | None,
        Field(
            description="Null where the ground of postcodes is not known, and of exact counts of a "
            "sample or beside a control group; estimates take no account of these two and tell "
            "the edge of everybody. See the reach"
        ),
    ]
    error: Annotated[
        int | None,
        Field(
            description="Of an estimate: 19 times in 20 it is off by no more than this many "
            "people. Null of exact counts."
        ),
    ]
    errors: Annotated[
        FigureErrorsOut | None,
        Field(
            description="Of an estimate, as `error`, those of the other figures. Null of exact "
            "counts, and of estimates that were frozen before they were kept: how far those are "
            "off is known of the people alone."
        ),
    ]
    not_counted: Annotated[
        tuple[str, ...],
        Field(description="Conditions that an estimate takes no account of: it is of more people"),
    ]


class DistanceOut(Told):
    """How wide a circle is that holds so many people."""

    pointer: Annotated[
        str, Field(description="Where it stands in the selection: JSON pointer (RFC 6901)")
    ]
    holding: Annotated[int, Field(description="The people asked for")]
    metres: int


class SavedVersionOut(Told):
    """The version of a saved area that was counted."""

    id: str
    version: int


Sentence = Annotated[
    str,
    Field(
        description="The selection in plain words: what is shown, asked for, approved and read of "
        "later"
    ),
]


class PreviewAnswer(FiguresOut):
    """The figures of a selection, with what they were made from."""

    question: Annotated[
        int | None, Field(description="The `question` that this answers; null where it had none")
    ]
    sentence: Sentence
    distances: Annotated[
        tuple[DistanceOut, ...], Field(description="Of circles that hold so many people")
    ]
    saved: Annotated[
        tuple[SavedVersionOut, ...], Field(description="Of the saved areas that the area names")
    ]
    rehomed: Annotated[
        tuple[RehomedOut, ...],
        Field(description="Codes of the area that are gone, and what each stands for now"),
    ]
    unknown_labels: UnknownLabels
    inputs: InputsOut
