"""Positions with weights as the methods of points take them: checked, and one for each place.

Published crimes lie on few points, many at each: a month of a force on a fifth as many places as it
has crimes. What is summed over places instead of crimes is the same and a good deal faster.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import InvalidInputError

Floats = npt.NDArray[np.float64]

# No longitude is beyond the one, no latitude beyond the other.
_DEGREES: Final = (180.0, 90.0)
# Where the United Kingdom lies in degrees.
_LONGITUDES: Final = (-11.0, 3.0)
_LATITUDES: Final = (49.0, 61.5)
# Their squares keep the digits of the metres next to them.
_MOST: Final = 1e15


@dataclass(frozen=True, slots=True)
class Places:
    """m distinct positions, from south to north and in a row from west to east.

    Attributes:
        easting: m metres, EPSG:27700.
        northing: m metres.
        weight: m sums of the weights there, not negative.
    """

    easting: Floats
    northing: Floats
    weight: Floats

    def __len__(self) -> int:
        """How many positions."""
        return len(self.easting)

    def where(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> "Places":
        """Some of them, in order."""
        return Places(self.easting[chosen], self.northing[chosen], self.weight[chosen])


def places(
    easting: npt.ArrayLike, northing: npt.ArrayLike, weights: npt.ArrayLike | None = None
) -> Places:
    """The distinct positions of events.

    Args:
        easting: n metres, EPSG:27700.
        northing: n metres.
        weights: n, not negative; None for 1 each.

    Raises:
        InvalidInputError: They differ in length, are not finite, are degrees, or a weight is
            negative.
    """
    east, north = column(easting, "easting"), column(northing, "northing")
    if len(east) != len(north):
        raise InvalidInputError(
            f"there are {len(east)} eastings and {len(north)} northings; give one of each an event"
        )
    weight = np.ones(len(east)) if weights is None else _weights(weights, len(east))
    if are_degrees(east, north):
        raise InvalidInputError(
            "easting and northing look like longitudes and latitudes in degrees; give metres on "
            "the National Grid (EPSG:27700)"
        )
    # Complex numbers sort by their real part first: one sort for both axes.
    distinct, place = np.unique(north + 1j * east, return_inverse=True)
    return Places(
        np.ascontiguousarray(distinct.imag),
        np.ascontiguousarray(distinct.real),
        np.bincount(place, weight, len(distinct)).astype(np.float64, copy=False),
    )


def grounds(
    at_easting: npt.ArrayLike, at_northing: npt.ArrayLike, events: Places | None = None
) -> tuple[Floats, Floats]:
    """Where something is asked for, checked: two arrays that broadcast together.

    Raises:
        InvalidInputError: They do not broadcast, are not finite, or are degrees while the events
            are metres.
    """
    east, north = _floats(at_easting, "at_easting"), _floats(at_northing, "at_northing")
    try:
        np.broadcast_shapes(east.shape, north.shape)
    except ValueError as fault:
        raise InvalidInputError(
            f"at_easting of shape {east.shape} and at_northing of shape {north.shape} do not fit; "
            "give one of each a position, or a row of eastings and a column of northings"
        ) from fault
    # With events near an origin of one's own, places there stand.
    if (
        events is not None
        and len(events)
        and are_degrees(east, north)
        and not _within_degrees(events.easting, events.northing).any()
    ):
        raise InvalidInputError(
            "at_easting and at_northing look like degrees while the events are in metres; give "
            "metres on the National Grid (EPSG:27700)"
        )
    return east, north


def column(values: npt.ArrayLike, what: str) -> Floats:
    """A column of finite numbers.

    Raises:
        InvalidInputError: It is not one; names it.
    """
    checked = _floats(values, what)
    if checked.ndim != 1:
        raise InvalidInputError(f"{what} must be a column of numbers, not of shape {checked.shape}")
    return checked


def _floats(values: npt.ArrayLike, what: str) -> Floats:
    try:
        given = np.asarray(values)
    except ValueError as fault:
        raise InvalidInputError(f"{what} must be numbers, in rows of one length") from fault
    if given.size and given.dtype.kind not in "iuf":
        raise InvalidInputError(f"{what} must be numbers, not {given.dtype}")
    checked = given.astype(np.float64, copy=False)
    if not np.isfinite(checked).all():
        first = int(np.flatnonzero(~np.isfinite(checked.ravel()))[0])
        raise InvalidInputError(
            f"{what} holds {checked.ravel()[first]} (number {first}, the first is 0); leave out "
            "what has no position"
        )
    if checked.size and np.abs(checked).max() > _MOST:
        raise InvalidInputError(f"{what} holds a number beyond {_MOST:g}; mend or leave it out")
    return checked


def _weights(weights: npt.ArrayLike, wanted: int) -> Floats:
    checked = column(weights, "weights")
    if len(checked) != wanted:
        raise InvalidInputError(f"there are {len(checked)} weights for {wanted} events; one each")
    if (checked < 0).any():
        first = int(np.flatnonzero(checked < 0)[0])
        raise InvalidInputError(
            f"weights holds {checked[first]} (number {first}, the first is 0); a weight is 0 or "
            "more: leave out events that shall not count"
        )
    return checked


def _within_degrees(easting: Floats, northing: Floats) -> npt.NDArray[np.bool_]:
    return (np.abs(easting) <= _DEGREES[0]) & (np.abs(northing) <= _DEGREES[1])


def are_degrees(easting: Floats, northing: Floats) -> bool:
    """Whether positions are longitudes and latitudes in the United Kingdom, in either order.

    Positions of 0 and 0, which some software writes for none, say nothing. Whole numbers are let
    through: nobody's longitudes are all whole, and metres round an origin of one's own often are.

    Args:
        easting: Any shape, finite.
        northing: Likewise; not all of them need broadcast.
    """
    east, north = easting[easting != 0], northing[northing != 0]
    if not len(north) or not ((east % 1).any() or (north % 1).any()):
        return False
    return any(
        _inside(one, _LONGITUDES) and _inside(other, _LATITUDES)
        for one, other in ((east, north), (north, east))
    )


def _inside(values: Floats, limits: tuple[float, float]) -> bool:
    return bool(((values >= limits[0]) & (values <= limits[1])).all())
