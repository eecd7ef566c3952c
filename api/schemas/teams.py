"""Postcodes, positions and teams over HTTP: what is asked, what is told."""

from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from api.schemas.values import (
    Degrees,
    Easting,
    InputsOut,
    Latitude,
    Longitude,
    Metres,
    Northing,
    Share,
    Told,
    WhenAsked,
)
from geo_alerts.crs import points_to_epsg_27700
from geo_alerts.places.found import Position, Status

MOST_POSTCODES = 10_000
LONGEST_POSTCODE = 40

# --- what callers give ----------------------------------------------------------------------------


class PointQuery(WhenAsked):
    """A position: longitude and latitude, or easting and northing."""

    longitude: Longitude | None = None
    latitude: Latitude | None = None
    easting: Easting | None = None
    northing: Northing | None = None

    @model_validator(mode="after")
    def _is_one_position(self) -> Self:
        degrees = (self.longitude is not None) + (self.latitude is not None)
        metres = (self.easting is not None) + (self.northing is not None)
        if sorted((degrees, metres)) != [0, 2]:
            raise ValueError("give longitude and latitude, or easting and northing")
        return self

    def on_grid(self) -> tuple[float, float]:
        """Easting and northing, metres, EPSG:27700.

        Raises:
            OutsideNationalGridError: The position is not on the National Grid.
        """
        if self.easting is not None and self.northing is not None:
            return self.easting, self.northing
        easting, northing = points_to_epsg_27700([self.longitude or 0.0], [self.latitude or 0.0])
        return float(easting[0]), float(northing[0])


class PostcodesAsked(WhenAsked):
    """Postcodes as people type them."""

    postcodes: Annotated[
        tuple[Annotated[str, Field(max_length=LONGEST_POSTCODE)], ...],
        Field(max_length=MOST_POSTCODES),
    ]


# --- how to reach a team --------------------------------------------------------------------------


class OfficerOut(Told):
    """An officer by the name and rank under which the force shows him or her."""

    name: str
    rank: str | None


class EventOut(Told):
    """Where the team can be met."""

    title: str
    starts_at: Annotated[str, Field(description="ISO 8601 with the British offset, or a day")]
    ends_at: str | None
    place: str | None
    description: str | None


class PriorityOut(Told):
    """What the team took upon itself."""

    issue: str
    issued_on: str | None
    action: str | None
    acted_on: str | None


class ContactOut(Told):
    """How to reach a team; null or empty where its source has none."""

    email: str | None
    telephone: str | None
    mobile: str | None
    web: str | None
    social: dict[str, str]
    officers: tuple[OfficerOut, ...]
    events: Annotated[
        tuple[EventOut, ...], Field(description="Those that are not over yet, the next first")
    ]
    priorities: tuple[PriorityOut, ...]
    description: str | None
    source: Annotated[str, Field(description="Name of the file")]
    as_of: Annotated[str | None, Field(description="When the source was true, as far as it says")]


# --- what is answered -----------------------------------------------------------------------------


class TeamRefOut(Told):
    """A team by its code and name."""

    code: str
    name: str


class CandidateOut(TeamRefOut):
    """A team that a postcode may belong to."""

    share: Annotated[
        Share | None, Field(description="Of the postcode's cell that lies in it; null without cell")
    ]


class CoveredOut(Told):
    """The team whose polygon covers a position, and the others that it may belong to.

    A postcode's cell is the ground that is nearer to its point than to any other postcode's, within
    1,500 m. Shares are of that ground, not of addresses: they rank the teams that may be meant.
    """

    team: TeamRefOut | None
    margin_m: Annotated[
        Metres | None, Field(description="Metres from the position to the team's boundary")
    ]
    also_in: Annotated[
        tuple[TeamRefOut, ...],
        Field(description="Other teams that cover it: on a shared edge, or where two overlap"),
    ]
    nearest_team: Annotated[TeamRefOut | None, Field(description="The nearest team but `team`")]
    nearest_team_m: Annotated[
        Metres | None, Field(description="Metres to it; 0 where it covers the position as well")
    ]
    candidates: Annotated[
        tuple[CandidateOut, ...],
        Field(description="The teams that it may belong to, the one with the largest share first"),
    ]
    share_in_none: Annotated[
        Share | None, Field(description="Of the cell that lies in no team; null without cell")
    ]
    is_on_edge: Annotated[
        bool | None,
        Field(description="Whether much of the cell lies outside `team`; null without cell"),
    ]


class PostcodeOut(CoveredOut):
    """What the directory knows of a postcode, and the team that covers its point."""

    postcode: Annotated[str, Field(description="In its usual form; as given when malformed")]
    status: Status
    reason: Annotated[str | None, Field(description="Why it is not live, in plain English")]
    easting: float | None
    northing: float | None
    longitude: float | None
    latitude: float | None
    pqi: Annotated[int | None, Field(description="Positional quality indicator, 10 is best")]
    position: Annotated[Position, Field(description="Where the position comes from")]
    terminated: Annotated[
        str | None, Field(description="Year and month, or the interval it happened in (ISO 8601)")
    ]


class PostcodeAnswer(PostcodeOut):
    """One look-up, with how to reach the team and what it was made from."""

    contact: Annotated[
        ContactOut | None, Field(description="How to reach `team`; null where nothing is known")
    ]
    inputs: InputsOut


class PostcodesAnswer(Told):
    """Many look-ups, in the order asked."""

    postcodes: tuple[PostcodeOut, ...]
    contacts: Annotated[
        dict[str, ContactOut],
        Field(description="How to reach the teams of the postcodes, by code, as far as known"),
    ]
    inputs: InputsOut


class PointAnswerOut(CoveredOut):
    """The team of a position, with how to reach it and what the answer was made from."""

    easting: float
    northing: float
    contact: ContactOut | None
    inputs: InputsOut


class ParentOut(TeamRefOut):
    """An area of another layer that a team is part of."""

    layer: str


class TeamOut(TeamRefOut):
    """A team of the edition asked about."""

    identity: Annotated[
        str, Field(description="Stays the same while the team is renamed, re-coded or re-drawn")
    ]
    parents: Annotated[
        tuple[ParentOut, ...],
        Field(description="The areas of other layers that it is part of, the smallest first"),
    ]
    area_m2: Annotated[int, BeforeValidator(round)]
    units: Annotated[int, Field(description="Live postcodes whose point the team covers")]
    bounds: Annotated[
        tuple[Degrees, Degrees, Degrees, Degrees],
        Field(description="West, south, east, north, degrees (EPSG:4326)"),
    ]
    contact: ContactOut | None


class TeamAnswerOut(TeamOut):
    """One team, with what it was made from."""

    inputs: InputsOut


class TeamsAnswer(Told):
    """Every team, by code."""

    teams: tuple[TeamOut, ...]
    inputs: InputsOut
