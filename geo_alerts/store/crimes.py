"""Crimes as columns for the methods, and the published points that they are at."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Select, func, select

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.crimes import NO_DAY, Crimes, Floats
from geo_alerts.store.bulk import fetch_columns
from geo_alerts.store.crime_months import (
    OF_CRIMES,
    CrimeMonth,
    Kind,
    crime_months,
    in_batches,
    told_better,
)
from geo_alerts.store.crime_tables import crime, crime_exact, snap_point

MINUTES_OF_A_DAY: Final = 1440
# Of so many points all that there are are read, instead of these by their numbers.
POINTS_WORTH_ALL: Final = 200_000

_NAMED: Final = ("easting", "northing", "street", "lsoa", "is_stand_in")

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class SnapPoints:
    """p published points as columns.

    Attributes:
        id: Their numbers, in the order asked for.
        easting: Metres, EPSG:27700.
        northing: Metres.
        street: What the source says the place is, `On or near High Street`; '' where nothing.
        lsoa: The code that the source gives, of 2011 or of 2021; '' where none.
        is_stand_in: Whether it is the middle of a square that stands for exact positions.
    """

    id: Integers
    easting: Floats
    northing: Floats
    street: npt.NDArray[np.object_]
    lsoa: npt.NDArray[np.object_]
    is_stand_in: npt.NDArray[np.bool_]


def load_crimes(
    connection: Connection,
    *,
    forces: Sequence[str] | None,
    months: tuple[int, int],
    categories: Sequence[int] | None,
    exact: bool = False,
) -> Crimes:
    """The crimes that have a position, in an order that is the same in every store.

    Forces' own data is at the published points that stand for its positions, and no day of it is
    told: together they would tell of a crime more than is published of any other.

    Args:
        connection: A look at the store.
        forces: Of these alone; of all when None.
        months: The first and the last month; whether they are there is for the asker to look.
        categories: Of these alone; of all when None.
        exact: Whether own data has its exact positions and days, which are not for everybody (see
            `acts/restricted.py`); points are the published ones all the same.

    Returns:
        Crimes by month, force, kind and row of the file.
    """
    found = crime_months(connection, forces=forces, months=months, kinds=OF_CRIMES)
    skipped = told_better(found)
    parts = []
    for month in found:
        wanted = _asked(month, categories, skipped.get(month.id, frozenset()))
        is_exact = exact and month.kind == Kind.OWN
        parts.append(_part(connection, month, wanted, is_exact=is_exact))
    return _joined(connection, parts)


def snap_points(connection: Connection, ids: npt.ArrayLike) -> SnapPoints:
    """Published points by their numbers.

    Args:
        connection: A look at the store.
        ids: p numbers, as `Crimes.point` has them; in any order, also repeated.

    Raises:
        InvalidInputError: There is no point of a number.
    """
    asked = np.asarray(ids, dtype=np.int64).ravel()
    unique, back = np.unique(asked, return_inverse=True)
    return _points(asked, *(column[back] for column in _columns_of(connection, unique, _NAMED)))


def all_points(connection: Connection) -> SnapPoints:
    """Every published point, by number."""
    query = select(snap_point.c.id, *(snap_point.c[name] for name in _NAMED))
    kinds = (np.int64, *(object for _ in _NAMED))
    return _points(*_arrays(connection, query.order_by(snap_point.c.id), kinds))


@dataclass(frozen=True, slots=True)
class _Part:
    """The located crimes of one month of a force."""

    month: int
    row: Integers
    category: npt.NDArray[np.int16]
    point: Integers
    exact: "_Exact | None"


@dataclass(frozen=True, slots=True)
class _Exact:
    """What own data knows of rows: `row` in order, position, and the day that it began."""

    row: Integers
    easting: Floats
    northing: Floats
    day: npt.NDArray[np.int32]


def _asked(
    month: CrimeMonth, categories: Sequence[int] | None, skipped: Collection[int]
) -> list[int] | None:
    if categories is None and not skipped:
        return None
    wanted = month.categories.keys() if categories is None else categories
    return sorted(set(wanted) - set(skipped))


def _part(
    connection: Connection, month: CrimeMonth, categories: list[int] | None, *, is_exact: bool
) -> _Part:
    names = ("row", "category", "snap_point_id")
    query = (
        select(*(crime.c[name] for name in names))
        .where(crime.c.crime_month_id == month.id, crime.c.snap_point_id.is_not(None))
        .order_by(crime.c.row)
    )
    if categories is not None:
        query = query.where(crime.c.category.in_(categories))
    row, category, point = _arrays(connection, query, (np.int64, np.int16, np.int64))
    exact = _exact(connection, month.id) if is_exact else None
    return _Part(month.month, row, category, point, exact)


def _exact(connection: Connection, month_id: int) -> _Exact:
    begins = func.coalesce(crime_exact.c.begins_at, NO_DAY)
    query = (
        select(crime_exact.c.row, crime_exact.c.easting, crime_exact.c.northing, begins)
        .where(crime_exact.c.crime_month_id == month_id, crime_exact.c.easting.is_not(None))
        .order_by(crime_exact.c.row)
    )
    kinds = (np.int64, np.float64, np.float64, np.int64)
    row, easting, northing, minutes = _arrays(connection, query, kinds)
    day = np.where(minutes == NO_DAY, NO_DAY, minutes // MINUTES_OF_A_DAY).astype(np.int32)
    return _Exact(row, easting, northing, day)


def _points(
    number: Integers,
    easting: npt.NDArray[Any],
    northing: npt.NDArray[Any],
    street: npt.NDArray[np.object_],
    lsoa: npt.NDArray[np.object_],
    is_stand_in: npt.NDArray[Any],
) -> SnapPoints:
    metres = easting.astype(np.float64), northing.astype(np.float64)
    return SnapPoints(number, *metres, street, lsoa, is_stand_in.astype(np.bool_))


def _joined(connection: Connection, parts: list[_Part]) -> Crimes:
    sizes = np.array([len(part.row) for part in parts], dtype=np.int64)
    months = np.array([part.month for part in parts], dtype=np.int32)
    point = _concatenated([part.point for part in parts], np.int64)
    unique, back = np.unique(point, return_inverse=True)
    easting, northing = (
        column.astype(np.float64)[back]
        for column in _columns_of(connection, unique, ("easting", "northing"))
    )
    day = np.full(len(point), NO_DAY, dtype=np.int32)
    for part, start in zip(parts, np.cumsum(sizes) - sizes, strict=True):
        if part.exact is None:
            continue
        at = np.searchsorted(part.exact.row, part.row)
        of_part = slice(start, start + len(part.row))
        easting[of_part], northing[of_part] = part.exact.easting[at], part.exact.northing[at]
        day[of_part] = part.exact.day[at]
    category = _concatenated([part.category for part in parts], np.int16)
    return Crimes(easting, northing, np.repeat(months, sizes), category, point, day)


def _columns_of(
    connection: Connection, ids: Integers, names: tuple[str, ...]
) -> list[npt.NDArray[Any]]:
    # Columns of the points of some numbers, each once and in order.
    kinds: tuple[Any, ...] = (np.int64, *(object for _ in names))
    query = select(snap_point.c.id, *(snap_point.c[name] for name in names))
    in_order = query.order_by(snap_point.c.id)
    if len(ids) >= POINTS_WORTH_ALL:
        known, *columns = _arrays(connection, in_order, kinds)
    else:
        read = [
            _arrays(connection, in_order.where(snap_point.c.id.in_(batch)), kinds)
            for batch in in_batches(ids.tolist())
        ]
        known = _concatenated([batch[0] for batch in read], np.int64)
        columns = [
            _concatenated([batch[place] for batch in read], object)
            for place in range(1, len(names) + 1)
        ]
    at = np.searchsorted(known, ids)
    is_known = np.append(known, -1)[at] == ids
    if not is_known.all():
        raise InvalidInputError(f"there is no snap point of the number {ids[~is_known][0]}")
    return [column[at] for column in columns]


def _arrays(
    connection: Connection, query: Select[Any], kinds: tuple[Any, ...]
) -> list[npt.NDArray[Any]]:
    batches: list[list[npt.NDArray[Any]]] = [[] for _ in kinds]
    for columns in fetch_columns(connection, query):
        for kept, values, kind in zip(batches, columns, kinds, strict=True):
            kept.append(np.array(values, dtype=kind))
    return [_concatenated(kept, kind) for kept, kind in zip(batches, kinds, strict=True)]


def _concatenated(arrays: list[npt.NDArray[Any]], kind: Any) -> npt.NDArray[Any]:  # noqa: ANN401
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype=kind)
