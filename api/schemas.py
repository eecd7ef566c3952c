"""What goes in and out over HTTP, as frozen models; the shapes of the OpenAPI document."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from geo_alerts.audiences.selection import Selection
from geo_alerts.audiences.shapes import BRITAIN_EAST, BRITAIN_NORTH, BRITAIN_SOUTH, BRITAIN_WEST
from geo_alerts.crs import EASTING_LIMIT_M, NORTHING_LIMIT_M, points_to_epsg_27700
from geo_alerts.places.found import Position, Status

MOST_POSTCODES = 10_000
LARGEST_PAGE = 10_000
USUAL_PAGE = 1_000
LONGEST_POSTCODE = 40
LONGEST_PURPOSE = 500

Longitude = Annotated[
    float,
    Field(
        ge=BRITAIN_WEST,
        le=BRITAIN_EAST,
        description="Degrees east (EPSG:4326)",
        examples=[-2.750596],
    ),
]
Latitude = Annotated[
    float,
    Field(
        ge=BRITAIN_SOUTH,
        le=BRITAIN_NORTH,
        description="Degrees north (EPSG:4326)",
        examples=[52.705472],
    ),
]
Easting = Annotated[
    float,
    Field(ge=0, lt=EASTING_LIMIT_M, description="Metres (EPSG:27700)", examples=[349381.0]),
]
Northing = Annotated[
    float,
    Field(ge=0, lt=NORTHING_LIMIT_M, description="Metres (EPSG:27700)", examples=[312241.0]),
]


# A hundredth of a metre is finer than any position here; more digits would be noise.
Metres = Annotated[float, AfterValidator(lambda metres: round(metres, 2))]
Degrees = Annotated[float, AfterValidator(lambda degrees: round(degrees, 6))]


class Given(BaseModel):
    """A value that a caller gives: no unknown member, no number that is not finite."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Told(BaseModel):
    """A value that is answered, made from the acts' own."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


# --- what callers give ----------------------------------------------------------------------------


class PointQuery(Given):
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


class PostcodesAsked(Given):
    """Postcodes as people type them."""

    postcodes: Annotated[
        tuple[Annotated[str, Field(max_length=LONGEST_POSTCODE)], ...],
        Field(max_length=MOST_POSTCODES),
    ]


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


# --- what is answered -----------------------------------------------------------------------------


class InputsOut(Told):
    """What an answer was made from; null where nothing of the kind is imported."""

    postcode_edition: str | None
    boundary_edition: str | None
    households_edition: str | None
    subscribers_as_of: str | None
    software_version: str
    demonstration: Annotated[
        bool, Field(description="Whether the teams are made up, as those of the sample are")
    ]


class TeamRefOut(Told):
    """A team by its code and name."""

    code: str
    name: str


class CoveredOut(Told):
    """The team whose polygon covers a position.

    Where none does, `nearest_team` is the one that lies nearest.
    """

    team: TeamRefOut | None
    margin_m: Annotated[
        Metres | None, Field(description="Metres from the position to the team's boundary")
    ]
    also_in: Annotated[
        tuple[TeamRefOut, ...],
        Field(description="Other teams that cover it: on a shared edge, or where two overlap"),
    ]
    nearest_team: TeamRefOut | None
    nearest_team_m: Annotated[Metres | None, Field(description="Metres to the nearest team")]


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
    """One look-up, with what it was made from."""

    inputs: InputsOut


class PostcodesAnswer(Told):
    """Many look-ups, in the order asked."""

    postcodes: tuple[PostcodeOut, ...]
    inputs: InputsOut


class PointAnswerOut(CoveredOut):
    """The team of a position, with what it was made from."""

    easting: float
    northing: float
    inputs: InputsOut


class TeamOut(TeamRefOut):
    """A team of the edition in use."""

    area_m2: Annotated[int, BeforeValidator(round)]
    units: Annotated[int, Field(description="Live postcodes whose point the team covers")]
    bounds: Annotated[
        tuple[Degrees, Degrees, Degrees, Degrees],
        Field(description="West, south, east, north, degrees (EPSG:4326)"),
    ]


class TeamAnswerOut(TeamOut):
    """One team, with what it was made from."""

    inputs: InputsOut


class TeamsAnswer(Told):
    """Every team, by code."""

    teams: tuple[TeamOut, ...]
    inputs: InputsOut


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


class Problem(Told):
    """Problem details (RFC 9457)."""

    type: Annotated[str, Field(description="Address of the explanation of this kind of problem")]
    title: str
    status: int
    detail: str
    code: Annotated[str, Field(description="Stable name of the kind, for programs")]
    request_id: Annotated[str, Field(description="Names this request in the server's log")]
    errors: tuple[FaultOut, ...] | None = None
