"""Values that the shapes of several rooms have in common, and what every answer names."""

import re
from datetime import date, datetime
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from geo_alerts.acts.live import When
from geo_alerts.audiences.targets.shapes import (
    BRITAIN_EAST,
    BRITAIN_NORTH,
    BRITAIN_SOUTH,
    BRITAIN_WEST,
)
from geo_alerts.crs import EASTING_LIMIT_M, NORTHING_LIMIT_M
from geo_alerts.errors import A_TIME
from geo_alerts.sources.moments import YEARS_IN_WORDS, in_utc

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# The store counts editions in 32 bits.
LARGEST_NUMBER: Final = 2**31 - 1

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
# A thousandth of a postcode's ground is less than its outline is known to.
Share = Annotated[float, AfterValidator(lambda share: round(share, 4)), Field(ge=0, le=1)]


def _iso_day(value: object) -> object:
    # Pydantic would read a number as seconds since 1970.
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise ValueError("must be a day such as 2025-07-01")
    return value


def _iso_time(value: object) -> object:
    # Pydantic would read a number as seconds since 1970, and a day as its first second.
    if value is not None and not (isinstance(value, str) and "T" in value.upper()):
        raise ValueError(f"must be a time such as {A_TIME}")
    return value


def _in_utc(moment: datetime) -> datetime:
    found = in_utc(moment)
    if found is None:
        raise ValueError(f"must be a time {YEARS_IN_WORDS}")
    return found


# Read as the same time in UTC.
Time = Annotated[AwareDatetime, BeforeValidator(_iso_time), AfterValidator(_in_utc)]
Day = Annotated[date, BeforeValidator(_iso_day)]
AsOf = Annotated[
    Day | None,
    Field(
        description="The teams in force on this day, British time; left out, today's",
        examples=["2025-07-01"],
    ),
]
EditionNumber = Annotated[int, Field(ge=1, le=LARGEST_NUMBER)]
EditionAsked = Annotated[
    EditionNumber | None,
    Field(
        description="The teams of this edition, in force or not, instead of those of a day",
        examples=[7],
    ),
]


class Given(BaseModel):
    """A value that a caller gives: no unknown member, no number that is not finite."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Told(BaseModel):
    """A value that is answered, made from the acts' own."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class WhenAsked(Given):
    """Which edition of the teams is asked about."""

    as_of: AsOf = None
    edition: EditionAsked = None

    def when(self) -> When:
        """The same for the acts."""
        return When(self.as_of, self.edition)


class InputsOut(Told):
    """What an answer was made from; null where nothing of the kind is imported."""

    postcode_edition: str | None
    boundary_edition: str | None
    boundary_edition_id: Annotated[
        int | None, Field(description="The number of the edition of teams, for asking it again")
    ]
    households_edition: str | None
    subscribers_as_of: Annotated[
        str | None,
        Field(
            description="What is known of subscribers up to when, of answers that are made from "
            "them; of estimates, when the counts they are made from were made"
        ),
    ]
    as_of: Annotated[
        date | None,
        Field(
            description="The day whose boundaries were asked for; null of audiences that were "
            "frozen before boundaries had days"
        ),
    ]
    software_version: str
    demonstration: Annotated[
        bool, Field(description="Whether the teams are made up, as those of the sample are")
    ]
