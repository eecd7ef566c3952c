"""Exact positions of forces' own data: metres as they stand, degrees by OSTN15."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from geo_alerts.crs import on_national_grid, points_on_national_grid, points_to_epsg_27700
from geo_alerts.errors import SourceError
from geo_alerts.sources.crimes.csv_rows import CsvRows
from geo_alerts.sources.crimes.forces import near_force
from geo_alerts.sources.crimes.mapping import OwnMapping
from geo_alerts.sources.crimes.parts import WITHOUT_POSITION, Flags, Floats
from geo_alerts.sources.sheets import matches, numbers

_NUMBER: Final = r"[+-]?[0-9]{1,7}(?:\.[0-9]*)?"
_MOST_DEGREES: Final = 180
_MOST: Final = 0.5


def read_positions(rows: CsvRows, mapping: OwnMapping, is_kept: Flags) -> tuple[Floats, Floats]:
    """Easting and northing of each row that is kept; what is none is remarked.

    Args:
        rows: n rows.
        mapping: Its columns, and the force whose box tells swapped axes.
        is_kept: n flags.

    Returns:
        n eastings and n northings, metres, EPSG:27700; NaN where no position is known, and of rows
        that are not kept.

    Raises:
        SourceError: Most are degrees where metres should be, metres where degrees should be, or on
            the grid or in the force only with the axes swapped.
    """
    columns = ("easting", "northing") if mapping.has_metres else ("longitude", "latitude")
    first, second = _read(rows, mapping, columns, is_kept)
    shown = " and ".join(mapping.columns[column] for column in columns)
    if mapping.has_metres:
        _refuse_degrees(rows, first, second, shown)
        easting, northing = _on_grid(rows, first, second)
    else:
        easting, northing = _from_degrees(rows, first, second, shown)
    _refuse_swapped(rows, mapping.force, easting, northing, shown)
    return easting, northing


def _read(
    rows: CsvRows, mapping: OwnMapping, columns: Sequence[str], is_kept: Flags
) -> tuple[Floats, Floats]:
    texts = [rows.texts(column) for column in columns]
    is_number = [matches(column, _NUMBER) for column in texts]
    is_blank = [matches(column, "") for column in texts]
    for column, number, blank in zip(columns, is_number, is_blank, strict=True):
        reason = f"column {mapping.columns[column]} holds no number"
        rows.remark(WITHOUT_POSITION, is_kept & ~number & ~blank, reason)
    half = "one of the two numbers of a position is missing"
    rows.remark(WITHOUT_POSITION, is_kept & (is_blank[0] != is_blank[1]), half)
    both = is_kept & is_number[0] & is_number[1]
    first, second = (numbers(column, both) for column in texts)
    # Record systems put 0, 0 where no position is known.
    nowhere = (first == 0) & (second == 0)
    return np.where(nowhere, np.nan, first), np.where(nowhere, np.nan, second)


def _refuse_degrees(rows: CsvRows, first: Floats, second: Floats, shown: str) -> None:
    if _most((np.abs(first) <= _MOST_DEGREES) & (np.abs(second) <= _MOST_DEGREES), first):
        raise SourceError(
            f"{rows.name}: columns {shown} hold degrees, not metres; name them longitude and "
            "latitude in the mapping file"
        )


def _on_grid(rows: CsvRows, first: Floats, second: Floats) -> tuple[Floats, Floats]:
    is_sound = on_national_grid(first, second)
    off = np.isfinite(first) & ~is_sound
    rows.remark(WITHOUT_POSITION, off, "the position is off the National Grid")
    return np.where(is_sound, first, np.nan), np.where(is_sound, second, np.nan)


def _from_degrees(
    rows: CsvRows, longitude: Floats, latitude: Floats, shown: str
) -> tuple[Floats, Floats]:
    if _most((np.abs(longitude) > _MOST_DEGREES) & (np.abs(latitude) > _MOST_DEGREES), longitude):
        raise SourceError(
            f"{rows.name}: columns {shown} hold metres, not degrees; name them easting and "
            "northing in the mapping file"
        )
    is_sound = points_on_national_grid(longitude, latitude)
    if _most(~is_sound, longitude) and _most(
        points_on_national_grid(latitude, longitude), latitude
    ):
        raise SourceError(
            f"{rows.name}: columns {shown} are swapped: longitude holds latitudes; change the two "
            "in the mapping file"
        )
    off = np.isfinite(longitude) & ~is_sound
    rows.remark(WITHOUT_POSITION, off, "the position is off the National Grid")
    easting, northing = np.full((2, len(longitude)), np.nan)
    easting[is_sound], northing[is_sound] = points_to_epsg_27700(
        longitude[is_sound], latitude[is_sound]
    )
    return easting, northing


def _refuse_swapped(
    rows: CsvRows, force: str, easting: Floats, northing: Floats, shown: str
) -> None:
    is_near = near_force(force, easting, northing)
    if not _most(is_near, easting) and _most(near_force(force, northing, easting), easting):
        raise SourceError(
            f"{rows.name}: columns {shown} are swapped: they lie in {force} the other way round; "
            "change the two in the mapping file"
        )


def _most(is_meant: Flags, located: Floats) -> bool:
    given = np.isfinite(located)
    return bool(given.any() and is_meant[given].mean() > _MOST)
