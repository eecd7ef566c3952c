"""Crimes counted at snap points, month by month: what locations are made from."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.crimes import Crimes, Floats
from geo_alerts.hotspots.months import month_text
from geo_alerts.hotspots.positions import places

Integers = npt.NDArray[np.int64]
SHOWN = 5


class Points(Protocol):
    """p snap points as columns; `store.crimes.SnapPoints` are."""

    @property
    def id(self) -> Integers:
        """Their numbers, each once; what `Crimes.point` names."""

    @property
    def easting(self) -> Floats:
        """Metres, EPSG:27700."""

    @property
    def northing(self) -> Floats:
        """Metres."""

    @property
    def street(self) -> npt.NDArray[np.object_]:
        """What the source says the place is: `On or near High Street`."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Crimes by snap point, in an order that does not depend on that of rows or of numbers.

    Attributes:
        order: q positions among the points given: those with crime, by easting, then northing.
        crimes: q, how many crimes each has.
        at: n, the place in `order` of each crime's point.
        step: n, the place in `months` of each crime's month; all are observed.
        months: Every month from the first observed to the last, observed or not.
        observed: Which of them are.
    """

    order: Integers
    crimes: Integers
    at: Integers
    step: Integers
    months: npt.NDArray[np.int32]
    observed: npt.NDArray[np.bool_]


def tally(crimes: Crimes, points: Points, present: npt.ArrayLike) -> Tally:
    """Count crimes by snap point.

    Args:
        crimes: n crimes.
        points: p snap points; may be more than crimes are at.
        present: The months observed (`months.month_number`), in any order.

    Raises:
        InvalidInputError: A month twice; a crime in a month that is not observed, or at a point
            that is not given; a point twice or nowhere; positions in degrees.
    """
    months, observed = _window(present)
    _check_points(points)
    step = crimes.month.astype(np.int64) - int(months[0])
    _check_months(crimes, step, observed)
    where = _found(crimes, points)
    used = np.unique(where)
    used = used[np.lexsort((points.id[used], points.northing[used], points.easting[used]))]
    place = np.empty(len(points.id), dtype=np.int64)
    place[used] = np.arange(len(used))
    at = place[where]
    return Tally(used, np.bincount(at, minlength=len(used)), at, step, months, observed)


def _window(present: npt.ArrayLike) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_]]:
    given = np.asarray(present, dtype=np.int32).ravel()
    if not given.size:
        raise InvalidInputError("no month is observed; import crimes of the months asked for")
    known = np.unique(given)
    if len(known) != len(given):
        raise InvalidInputError("a month stands twice among the months observed")
    months = np.arange(known[0], known[-1] + 1, dtype=np.int32)
    return months, np.isin(months, known)


def _check_points(points: Points) -> None:
    places(points.easting, points.northing)
    sizes = {len(points.id), len(points.easting), len(points.street)}
    if len(sizes) != 1 or len(np.unique(points.id)) != len(points.id):
        raise InvalidInputError("wanted one easting, northing and street for each point, each once")


def _check_months(crimes: Crimes, step: Integers, observed: npt.NDArray[np.bool_]) -> None:
    inside = (step >= 0) & (step < len(observed))
    wrong = ~inside
    wrong[inside] = ~observed[step[inside]]
    if wrong.any():
        named = [month_text(int(month)) for month in np.unique(crimes.month[wrong])[:SHOWN]]
        raise InvalidInputError(
            f"{wrong.sum()} crimes are of months that are not among those observed: "
            f"{', '.join(named)}; name those months too, or leave the crimes out"
        )


def _found(crimes: Crimes, points: Points) -> Integers:
    """The place among the points of each crime's point."""
    by_id = np.argsort(points.id)
    at = np.searchsorted(points.id, crimes.point, sorter=by_id)
    where = by_id[np.minimum(at, len(by_id) - 1)] if len(by_id) else np.zeros(0, dtype=np.int64)
    if len(crimes) and (not len(by_id) or (points.id[where] != crimes.point).any()):
        raise InvalidInputError("crimes name snap points that are not given; give all of them")
    return where.astype(np.int64)
