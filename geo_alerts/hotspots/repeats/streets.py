"""What a location is called: the source's own words for its snap points, put together.

data.police.uk says `On or near High Street`, and of places that are no street their kind alone:
`On or near Supermarket`; now and then it says nothing. That tells nobody where a place is, so the
nearest street that another snap point names is put beside it.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from geo_alerts.hotspots.crimes import Floats

ON_OR_NEAR: Final = "On or near "
UNNAMED: Final = "an unnamed place"
NAMED_AT_MOST: Final = 2
# Beyond this a street tells a reader nothing of where a place is.
BESIDE_M: Final = 500.0
# The kinds of places that data.police.uk has snap points of, in its own words.
KINDS: Final = frozenset(
    {
        "Airport/Airfield",
        "Bus/Coach Station",
        "Conference/Exhibition Centre",
        "Ferry Terminal",
        "Further/Higher Educational Building",
        "Hospital",
        "Motorway Service Area",
        "Nightclub",
        "Park/Open Space",
        "Parking Area",
        "Pedestrian Subway",
        "Petrol Station",
        "Police Station",
        "Prison",
        "Race Track",
        "Shopping Area",
        "Sports/Recreation Area",
        "Supermarket",
        "Theatre/Concert Hall",
        "Theme/Adventure Park",
    }
)
# A force has some thousands of streets, and each month asks for the names of most of them again.
NAMES_HELD: Final = 1 << 15
_PREFIX: Final = re.compile(r"^\s*(on or near|on|near)\b\s*", re.IGNORECASE)
# The source writes St Swithin'S Street.
_CAPITAL_S: Final = re.compile(r"(?<=\w)'S\b")


@lru_cache(maxsize=NAMES_HELD)
def street_name(text: str) -> str:
    """A street, or a kind of place, without `On or near`; empty where the source names none."""
    plain = " ".join(_PREFIX.sub("", text or "").split())
    return "" if plain.lower() == "no location" else _CAPITAL_S.sub("'s", plain)


def merged(streets: Sequence[str], beside: Sequence[str] = ()) -> str:
    """One name for a location.

    Args:
        streets: The names of its points (`street_name`), those with the most crimes first;
            repeated and empty ones are passed over.
        beside: For each, the nearest street; said where every name that is said is only a kind.

    Returns:
        `On or near High Street and Market Place`; `On or near High Street, Market Place and 3
        more`; `On or near Supermarket (by Castle Street)`.
    """
    said = list(dict.fromkeys(street for street in streets if street)) or [UNNAMED]
    named, left = said[:NAMED_AT_MOST], len(said) - NAMED_AT_MOST
    whole = f"{', '.join(named)} and {left} more" if left > 0 else " and ".join(named)
    is_told = any(street not in KINDS and street != UNNAMED for street in named)
    near = "" if is_told else next(filter(None, beside), "")
    return f"{ON_OR_NEAR}{whole} (by {near})" if near else f"{ON_OR_NEAR}{whole}"


def names_of(
    easting: Floats,
    northing: Floats,
    street: npt.NDArray[np.object_],
    members: Iterable[npt.NDArray[np.int64]],
) -> list[str]:
    """What places made of snap points are called, by `merged`.

    Args:
        easting: p metres, EPSG:27700.
        northing: p metres.
        street: p texts, as the source has them.
        members: Of each place its points as indexes into these, those with the most crimes first.
    """
    streets = np.array([street_name(text) for text in street], dtype=object)
    beside = nearest_streets(easting, northing, streets)
    return [merged(streets[at].tolist(), beside[at].tolist()) for at in members]


def nearest_streets(
    easting: Floats, northing: Floats, streets: npt.NDArray[np.object_]
) -> npt.NDArray[np.object_]:
    """For each point that has a kind or no name, the street of the nearest point that has one.

    Args:
        easting: p metres, EPSG:27700.
        northing: p metres.
        streets: p names, by `street_name`.

    Returns:
        p names; empty for points with a street of their own, and where none is within 500 m. Of
        streets equally near that of the point that comes first.
    """
    from scipy.spatial import cKDTree  # noqa: PLC0415 - the start path imports no scipy

    found = np.full(len(streets), "", dtype=object)
    is_kind = np.array([not street or street in KINDS for street in streets], dtype=bool)
    is_street = ~is_kind
    if not is_kind.any() or not is_street.any():
        return found
    both = np.column_stack((easting, northing))
    tree = cKDTree(both[is_street])
    far, at = tree.query(both[is_kind], distance_upper_bound=BESIDE_M)
    names = np.append(streets[is_street], "")
    found[is_kind] = np.where(np.isfinite(far), names[at], "")
    return found
