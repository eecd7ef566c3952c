"""What one edition of boundaries changes against another, over HTTP."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from api.schemas.boundaries import EditionRow, TouchedAreaOut, TouchedOut
from api.schemas.values import Told

USUAL_LIST = 1_000
LONGEST_LIST = 100_000

Kind = Literal["unchanged", "renamed", "reshaped", "recoded", "split", "merged", "removed", "added"]


class TeamsCountedOut(Told):
    """How many areas there are, and how many became what."""

    before: int
    after: int
    unchanged: int
    renamed: int
    reshaped: int
    recoded: int
    split: int
    merged: int
    removed: int
    added: int


class TeamChangeOut(Told):
    """What became of an area that did not stay as it was; of one that is split, a row for each."""

    kind: Kind
    old_code: str | None
    old_name: str | None
    new_code: str | None
    new_name: str | None
    share_of_old: Annotated[float, Field(description="Of the old area's ground in the new one")]
    share_of_new: Annotated[float, Field(description="Of the new area's ground in the old one")]


class PassageOut(Told):
    """Ground, postcodes and people that go from one area, or none, to another or none."""

    old_code: str | None
    old_name: str | None
    new_code: str | None
    new_name: str | None
    is_same_team: Annotated[bool, Field(description="Whether it stays where it is")]
    m2: float
    share_of_old: float
    share_of_new: float
    units: Annotated[int, Field(description="Live postcodes")]
    people: Annotated[int | None, Field(description="People with a place; null for limited roles")]


class MoveOut(Told):
    """A postcode and its area before and after."""

    postcode: str
    old_code: str | None
    new_code: str | None


class MovedOut(Told):
    """Postcodes and people whose area is another afterwards."""

    units: int
    units_to_a_team_of_the_same_name: int
    people: int | None
    postcodes: tuple[MoveOut, ...]


class IntoGapOut(Told):
    """What was in an area and is in none."""

    units: int
    people: int | None
    m2: float
    postcodes: tuple[MoveOut, ...]


class OutOfGapOut(Told):
    """What was in no area and is in one."""

    units: int
    m2: float
    postcodes: tuple[MoveOut, ...]


class EdgesOut(Told):
    """Postcodes that came onto an edge, or went off one."""

    units: int
    postcodes: tuple[MoveOut, ...]


class OverlapOut(Told):
    """Ground and postcodes that several areas of an edition have."""

    units: int
    m2: float


class OverlapsOut(Told):
    """The same before and after."""

    before: OverlapOut
    after: OverlapOut


class TouchedAudienceOut(TouchedOut):
    """A frozen audience whose selection names a code which changes; its list stays as it is."""

    id: str
    created_at: datetime
    purpose: str


class ComparisonOut(Told):
    """What changes when an edition takes the place of another; counts are always of all."""

    finding: Annotated[str, Field(description="In a few sentences")]
    old: Annotated[EditionRow | None, Field(description="Null for the first of its layer")]
    new: EditionRow
    seq: Annotated[
        int, Field(description="Send it along as `seen_seq` to put the edition in force")
    ]
    teams: TeamsCountedOut
    changes: tuple[TeamChangeOut, ...]
    crosswalk: tuple[PassageOut, ...]
    crosswalk_rows: int
    units: Annotated[int, Field(description="Live postcodes that were looked at")]
    moved: MovedOut
    into_gap: IntoGapOut
    out_of_gap: OutOfGapOut
    onto_edge: Annotated[EdgesOut | None, Field(description="Null where edges are not known")]
    off_edge: EdgesOut | None
    overlaps: OverlapsOut
    saved_areas: tuple[TouchedAreaOut, ...]
    audiences: tuple[TouchedAudienceOut, ...]
