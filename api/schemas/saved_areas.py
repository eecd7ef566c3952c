"""Saved target areas over HTTP: kept by version, looked at again when what they name changes."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from api.patterns import NOT_BLANK
from api.schemas.audiences import RehomedOut
from api.schemas.boundaries import MOST_SEQ, TouchedOut
from api.schemas.values import EditionNumber, Given, Told
from geo_alerts.acts.saved_areas import LONGEST_NAME, LONGEST_NOTE
from geo_alerts.audiences.targets.areas import TargetArea
from geo_alerts.audiences.targets.leaves import PostcodesArea

# --- what callers give ----------------------------------------------------------------------------


class SavedAreaAsked(Given):
    """An area to keep under a name."""

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, pattern=NOT_BLANK)]
    area: TargetArea


class SavedVersionAsked(Given):
    """What a saved area is from now on, and why."""

    area: TargetArea
    note: Annotated[str, Field(max_length=LONGEST_NOTE, description="Why, in words")] = ""
    from_version: Annotated[
        EditionNumber | None,
        Field(
            description="The latest version that is known to whoever saves: where another was "
            "saved meanwhile, this one is not, and the answer is a conflict. Left out, it is saved "
            "after whichever is the latest."
        ),
    ] = None


class ReviewAsked(Given):
    """Which review somebody is done with."""

    seq: Annotated[int, Field(ge=1, le=MOST_SEQ, description="Of the activation, as listed")]


# --- what is answered -----------------------------------------------------------------------------


class SavedAreaOut(Told):
    """One version of a saved area."""

    id: str
    name: str
    owner: str
    created_at: datetime
    version: Annotated[int, Field(description="1 for the first")]
    area: TargetArea
    sentence: Annotated[str, Field(description="The area in plain words")]
    saved_at: datetime
    saved_by: str
    note: str


class SavedAreasOut(Told):
    """The latest version of every saved area, by name."""

    saved_areas: tuple[SavedAreaOut, ...]


class ReviewOut(Told):
    """That somebody should look at a saved area."""

    saved_area_id: str
    name: str
    seq: Annotated[int, Field(description="Of the activation; closes the review")]
    version: Annotated[int, Field(description="The version that was looked at then")]
    edition: Annotated[int, Field(description="The edition that was activated")]
    valid_from: Annotated[date, Field(description="The first day on which it holds")]
    changes: Annotated[
        tuple[TouchedOut, ...], Field(description="What became of the codes that it names")
    ]
    opened_at: datetime


class ReviewsOut(Told):
    """What nobody has looked at yet, the oldest first."""

    reviews: tuple[ReviewOut, ...]


class RejectedOut(Told):
    """A row of a list that is left out."""

    row: Annotated[int, Field(description="As an editor counts lines, from 1")]
    value: Annotated[str, Field(description="What stands there, cut short")]
    reason: str


class ListedAreaOut(Told):
    """An area made of a list of postcodes, to be asked or saved."""

    area: PostcodesArea
    rejected: Annotated[tuple[RejectedOut, ...], Field(description="The first 1,000 of them")]
    rejected_count: int
    repeated_count: Annotated[int, Field(description="Rows that repeat another")]
    blank_count: Annotated[int, Field(description="Rows without a postcode, passed over")]


class NamedByOut(Told):
    """A saved area that names another one."""

    id: str
    name: str


class SavedAreaAnswerOut(SavedAreaOut):
    """A saved area, its versions, and what its codes stand for today."""

    versions: tuple[SavedAreaOut, ...]
    rehomed: tuple[RehomedOut, ...]
    problem: Annotated[
        str | None,
        Field(description="Why the area cannot be asked as it is; null where it can"),
    ]
    reviews: tuple[ReviewOut, ...]
    named_by: Annotated[
        tuple[NamedByOut, ...],
        Field(description="Saved areas whose latest version names this one: they change with it"),
    ]


class ReviewClosedOut(Told):
    """Whether the caller closed the review; false when somebody had before."""

    closed: bool
