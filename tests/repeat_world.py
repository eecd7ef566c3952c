"""A made-up town whose crimes are written as strips: by place, how many in each month."""

from dataclasses import dataclass

import numpy as np

from geo_alerts.hotspots.crimes import NO_DAY, Crimes
from geo_alerts.hotspots.months import month_number

FIRST = month_number("2025-01")
ORIGIN_M = (380_000.0, 250_000.0)


@dataclass(frozen=True)
class Points:
    id: np.ndarray
    easting: np.ndarray
    northing: np.ndarray
    street: np.ndarray


def points(places, *, first_id=10, step=7):
    """Snap points of places `{name: (metres east, metres north)}`, numbered by some store."""
    east, north = np.array(list(places.values()), dtype=float).reshape(-1, 2).T
    return Points(
        first_id + step * np.arange(len(places)),
        ORIGIN_M[0] + east,
        ORIGIN_M[1] + north,
        np.array([f"On or near {name}" for name in places], dtype=object),
    )


def crimes(among, strips, *, category=2, first=FIRST):
    """Crimes of strips `[[crimes in the first month, ...], ...]`, one for each point of `among`."""
    counts = np.array(strips, dtype=int)
    place, month = np.indices(counts.shape)
    place, month = (np.repeat(each.ravel(), counts.ravel()) for each in (place, month))
    return Crimes(
        among.easting[place],
        among.northing[place],
        (first + month).astype(np.int32),
        np.full(len(place), category, dtype=np.int16),
        among.id[place],
        np.full(len(place), NO_DAY, dtype=np.int32),
    )


def months(strips, *, first=FIRST, missing=()):
    """The months of strips that were observed: all but those at some places."""
    whole = first + np.arange(np.shape(strips)[1])
    return np.delete(whole, list(missing))
