"""Audiences over HTTP: who is to be reached, and who would be."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from api.schemas.teams import TeamRefOut
from api.schemas.values import Given, InputsOut, Told
from geo_alerts.audiences.selection import Selection

LARGEST_PAGE = 10_000
USUAL_PAGE = 1_000
LONGEST_PURPOSE = 500


class AudienceAsked(Given):
    """Whom to reach, and why: both are kept with the audience."""

    selection: Selection
    purpose: Annotated[
        str,
        Field(
            min_length=1,
            max_length=LONGEST_PURPOSE,
            pattern=r"\S",
            description="Why these people are to be reached; names nobody.",
        ),
    ]


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

    people: int | None


class FiguresOut(Told):
    """How many would be reached; a person with five places is one person."""

    people: int | None
    places: int | None
    deliveries: dict[Literal["email", "text", "voice"], int | None]
    by_team: tuple[TeamFiguresOut, ...]
    without_channel: Annotated[
        int | None, Field(description="People left out because they consented to no channel")
    ]
    withheld: Annotated[bool, Field(description="Whether a figure is withheld (null)")]


class PreviewAnswer(FiguresOut):
    """The figures of a selection, with what they were made from."""

    explanation: Annotated[str | None, Field(description="Why figures are withheld")]
    rehomed: Annotated[
        tuple[RehomedOut, ...],
        Field(description="Codes of the area that are gone, and what each stands for now"),
    ]
    inputs: InputsOut


class AudienceOut(Told):
    """A frozen selection: whom it reached, from what, and why."""

    id: str
    created_at: datetime
    created_by: Annotated[str, Field(description="`key:<id>`, or `session:<name>` for a person")]
    purpose: str
    selection: Selection
    figures: FiguresOut
    recipients_sha256: Annotated[
        str, Field(description="Hash of the list as it was frozen, for checking it later")
    ]
    inputs: InputsOut


class RecipientOut(Told):
    """A recipient: the alert system's own reference, nothing else."""

    reference: str


class RecipientsPageOut(Told):
    """A page of recipients, by reference, without those who withdrew since."""

    recipients: tuple[RecipientOut, ...]
    next_page_token: Annotated[
        str | None, Field(description="Gives the next page; null on the last one")
    ]
    withdrawn_since: Annotated[
        int, Field(description="Recipients left out of this page, who withdrew since")
    ]
