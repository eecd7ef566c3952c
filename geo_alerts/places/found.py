"""What a look-up of a postcode can find, and how that is said in plain English.

A look-up has one of five outcomes. *Live*: in use and on the map. *Terminated*: no longer in use;
on the map where its last point is published, or else at the mean of the live units of its output
area. *No location*: it exists, or may, but has no place on the National Grid (PQI 90, Forces,
overseas territories, Crown dependencies, Northern Ireland). *Unknown*: well formed, but in no
directory of this edition. *Malformed*: no postcode at all.
"""

from calendar import month_name
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from geo_alerts.places.postcodes import no_location_reason


class Status(StrEnum):
    """What became of a look-up."""

    LIVE = "live"
    TERMINATED = "terminated"
    UNKNOWN = "unknown"
    MALFORMED = "malformed"
    NO_LOCATION = "no_location"


class Position(StrEnum):
    """Where a position comes from."""

    PUBLISHED = "published"
    OUTPUT_AREA_MEAN = "output_area_mean"
    SECTOR_MEAN = "sector_mean"
    NONE = "none"


# Arrays hold codes: the place of a member in these.
STATUSES: Final = tuple(Status)
POSITIONS: Final = tuple(Position)

_PLACED: Final = {
    Position.OUTPUT_AREA_MEAN: "placed at the mean of the live postcodes of its output area",
    Position.NONE: "no position is known",
}


@dataclass(frozen=True, slots=True)
class Found:
    """One look-up.

    Attributes:
        postcode: Normalised; as given where it is malformed.
        status: Which of the five outcomes.
        easting: Metres, EPSG:27700; None without a position.
        northing: Metres.
        pqi: Positional quality indicator, 10 (best) to 90; None where none is published.
        position: Where the position comes from.
        terminated: `2014-03`, or `2022-05/2025-04` where it ended between two editions, at a date
            that nobody gave; None while it is live, and where no date is known.
        reason: Plain English for whatever is not live; None where it is.
    """

    postcode: str
    status: Status
    easting: float | None = None
    northing: float | None = None
    pqi: int | None = None
    position: Position = Position.NONE
    terminated: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Located:
    """Positions of n postcodes.

    Attributes:
        easting: n metres, EPSG:27700; NaN without a position.
        northing: n metres.
        position: n codes, places in `POSITIONS`.
        status: n codes, places in `STATUSES`.
    """

    easting: npt.NDArray[np.float64]
    northing: npt.NDArray[np.float64]
    position: npt.NDArray[np.uint8]
    status: npt.NDArray[np.uint8]


def reason_of(found: Found, edition: str) -> str | None:
    """Why a look-up did not find a live unit on the map, as a clause; None where it did.

    Args:
        found: Anything but a malformed one, for which the syntax has the reason.
        edition: What the directory's edition is called.
    """
    unplaceable = no_location_reason(found.postcode)
    if found.status is Status.TERMINATED:
        placed = unplaceable if found.easting is None else None
        clauses = [_ended(found.terminated), placed or _PLACED.get(found.position)]
        return "; ".join(clause for clause in clauses if clause)
    if found.status is Status.NO_LOCATION:
        return unplaceable or "its coordinates are not published"
    if found.status is Status.UNKNOWN:
        return f"well formed, but not in {edition}"
    return None


def _ended(terminated: str | None) -> str:
    first, _, last = (terminated or "").partition("/")
    if last:
        return f"ended between {_month(first)} and {_month(last)}, at a date that nobody gave"
    return f"ended in {_month(first)}" if first else "no longer in use"


def _month(year_and_month: str) -> str:
    year, month = year_and_month.split("-")
    return f"{month_name[int(month)]} {year}"
