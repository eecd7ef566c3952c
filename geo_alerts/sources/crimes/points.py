"""The positions of published crimes: read, checked, and each distinct one a point with its name."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from geo_alerts.crs import (
    on_national_grid,
    published_points_on_national_grid,
    published_points_to_epsg_4326,
    published_points_to_epsg_27700,
)
from geo_alerts.errors import SourceError
from geo_alerts.sources.crimes.csv_rows import CsvRows
from geo_alerts.sources.crimes.parts import (
    WITHOUT_POSITION,
    Flags,
    Floats,
    Integers,
    PublishedPoints,
)
from geo_alerts.sources.plain_text import visible
from geo_alerts.sources.sheets import matches, numbers

_NUMBER: Final = r"[+-]?[0-9]{1,7}(?:\.[0-9]*)?"
# Of a name of a place; the longest that is published has about 60 letters.
_LONGEST_TEXT: Final = 200
_MILLIONTHS: Final = 1e6
# More than twice any latitude in millionths of a degree, so that a pair is one number.
_LATITUDES: Final = 1_000_000_000
# With more of its positions off the grid, a file has something else in these columns.
_MOST_IMPOSSIBLE: Final = 0.5

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Distinct:
    """The p distinct positions of n rows.

    Attributes:
        longitude: p degrees.
        latitude: p degrees.
        is_located: n flags.
        place: For each that is located its place among the p.
    """

    longitude: Floats
    latitude: Floats
    is_located: Flags
    place: Numbers


def published_points(rows: CsvRows, is_kept: Flags) -> tuple[PublishedPoints, Integers]:
    """The distinct positions of the rows that are kept; what is none is remarked.

    Args:
        rows: n rows.
        is_kept: n flags; positions of the others do not count.

    Returns:
        The points, and for each row that is kept its place among them: -1 where it has none.

    Raises:
        SourceError: Most positions are off the National Grid; says so where they are on it the
            other way round.
    """
    first, second = ("easting", "northing") if rows.has("easting") else ("longitude", "latitude")
    pair = _read(rows, is_kept, first, second)
    if first == "easting":
        pair = _as_degrees(rows, *pair)
    found = _on_grid(rows, _distinct(*pair))
    easting, northing, is_snapped = published_points_to_epsg_27700(found.longitude, found.latitude)
    points = PublishedPoints(
        longitude_e6=_millionths(found.longitude).astype(np.int32),
        latitude_e6=_millionths(found.latitude).astype(np.int32),
        easting=easting,
        northing=northing,
        is_snapped=is_snapped,
        street=_most_frequent(rows, "street", found),
        lsoa=_most_frequent(rows, "lsoa", found),
    )
    point = np.full(len(rows), -1, dtype=np.int32)
    point[found.is_located] = found.place
    return points, point[is_kept]


def _read(rows: CsvRows, is_kept: Flags, *columns: str) -> tuple[Floats, Floats]:
    # NaN where there is no position.
    texts = [rows.texts(column) for column in columns]
    is_number = [matches(column, _NUMBER) for column in texts]
    is_blank = [matches(column, "") for column in texts]
    for column, number, blank in zip(columns, is_number, is_blank, strict=True):
        odd = is_kept & ~number & ~blank
        rows.remark_values(WITHOUT_POSITION, odd, column, f"in column {column} is no number")
    half = is_kept & (is_blank[0] != is_blank[1])
    rows.remark(WITHOUT_POSITION, half, f"one of {columns[0]} and {columns[1]} is missing")
    is_located = is_kept & is_number[0] & is_number[1]
    first, second = (numbers(column, is_located) for column in texts)
    return first, second


def _as_degrees(rows: CsvRows, easting: Floats, northing: Floats) -> tuple[Floats, Floats]:
    # Old files have 0, 0 where no position is known.
    nowhere = (easting == 0) & (northing == 0)
    is_given = np.isfinite(easting) & ~nowhere
    is_sound = is_given & on_national_grid(easting, northing)
    rows.remark(WITHOUT_POSITION, is_given & ~is_sound, "the position is off the National Grid")
    longitude, latitude = np.full_like(easting, np.nan), np.full_like(easting, np.nan)
    longitude[is_sound], latitude[is_sound] = published_points_to_epsg_4326(
        easting[is_sound], northing[is_sound]
    )
    return longitude, latitude


def _distinct(longitude: Floats, latitude: Floats) -> _Distinct:
    is_located = np.isfinite(longitude)
    east, north = longitude[is_located], latitude[is_located]
    pairs = _millionths(east) * _LATITUDES + _millionths(north)
    _, first, place = np.unique(pairs, return_index=True, return_inverse=True)
    # The degrees as they are published, whatever further decimals a file has.
    east, north = (_millionths(degrees[first]) / _MILLIONTHS for degrees in (east, north))
    return _Distinct(east, north, is_located, place)


def _on_grid(rows: CsvRows, found: _Distinct) -> _Distinct:
    is_sound = published_points_on_national_grid(found.longitude, found.latitude)
    if is_sound.all():
        return found
    is_off = found.is_located.copy()
    is_off[found.is_located] = ~is_sound[found.place]
    if is_off.sum() > _MOST_IMPOSSIBLE * found.is_located.sum():
        raise SourceError(f"{rows.name}: {_why_off(found, is_sound)}")
    rows.remark(WITHOUT_POSITION, is_off, "the position is off the National Grid")
    number = np.cumsum(is_sound) - 1
    stays = is_sound[found.place]
    return _Distinct(
        found.longitude[is_sound],
        found.latitude[is_sound],
        found.is_located & ~is_off,
        number[found.place[stays]],
    )


def _why_off(found: _Distinct, is_sound: Flags) -> str:
    at = int(np.argmin(is_sound))
    shown = f"longitude {found.longitude[at]:g}, latitude {found.latitude[at]:g}"
    if published_points_on_national_grid(found.latitude, found.longitude).mean() > _MOST_IMPOSSIBLE:
        return f"longitude and latitude are swapped ({shown}); put each under its name"
    return f"most positions are off the National Grid ({shown}); wanted degrees, such as -2.2, 52.2"


def _millionths(degrees: Floats) -> Numbers:
    return np.round(degrees * _MILLIONTHS).astype(np.int64)


def _most_frequent(rows: CsvRows, column: str, found: _Distinct) -> npt.NDArray[np.object_]:
    given, codes = rows.distinct(column)
    texts = [visible(text)[:_LONGEST_TEXT] for text in given]
    # Ranks by alphabet, which are the same however a file is ordered, and alike for like texts.
    alphabet = sorted(set(texts))
    rank = {text: at for at, text in enumerate(alphabet)}
    ranks = np.array([rank[text] for text in texts], dtype=np.int64)[codes[found.is_located]]
    pairs, frequency = np.unique(found.place * len(alphabet) + ranks, return_counts=True)
    points, names = np.divmod(pairs, len(alphabet))
    order = np.lexsort((names, -frequency, points))
    is_first = np.diff(points[order], prepend=-1) > 0
    named = np.empty(len(found.longitude), dtype=object)
    named[:] = [alphabet[name] for name in names[order][is_first].tolist()]
    return named
