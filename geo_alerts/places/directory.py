"""The postcode directory of one edition: units, look-ups, parts, and what lies where."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from math import isnan
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from geo_alerts.errors import MalformedPostcodeError
from geo_alerts.places.directory_columns import NARROW, directory_columns
from geo_alerts.places.found import POSITIONS, STATUSES, Found, Located, Position, Status, reason_of
from geo_alerts.places.point_index import PointIndex
from geo_alerts.places.postcode_keys import Keys, keys_of, run_of, sector_keys_of
from geo_alerts.places.postcodes import (
    Texts,
    areas_of,
    no_location_reason,
    normalise,
    normalise_many,
    parse_part,
)

__all__ = ["POSITIONS", "STATUSES", "Directory", "Found", "Located", "Position", "Status"]

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.uint8]

_NO_POSITION: Final = POSITIONS.index(Position.NONE)
_LIVE, _TERMINATED, _UNKNOWN, _MALFORMED, _NO_LOCATION = range(len(STATUSES))


class Directory:
    """The units of one edition, by postcode; nothing in it ever changes.

    Attributes:
        edition: What the edition is called, for answers that name their inputs.
        postcode: n normalised postcodes, ascending, each once, `<U8`.
        easting: n metres, EPSG:27700; NaN without a position.
        northing: n metres.
        pqi: n positional quality indicators; 0 for none.
        is_live: n flags: still in use.
        position: n codes: the place of the unit's `Position` in `POSITIONS`.
        is_large_user: n flags: one organisation with much post, so hardly anybody's home.
    """

    def __init__(self, edition: str, columns: Mapping[str, npt.NDArray[Any]]) -> None:
        """Keep columns that are sorted and whole; see `from_columns`."""
        self.edition = edition
        self.postcode: Texts = columns["postcode"]
        self.easting: Floats = columns["easting"]
        self.northing: Floats = columns["northing"]
        self.pqi: Codes = columns["pqi"]
        self.is_live: Flags = columns["is_live"]
        self.position: Codes = columns["position"]
        self.is_large_user: Flags = columns["is_large_user"]
        # As bytes, a quarter of the size; the properties below make text of them when asked.
        self._narrow = {name: columns[name] for name in NARROW}
        self._key: Keys = keys_of(self.postcode)

    @classmethod
    def from_columns(cls, edition: str, columns: Mapping[str, npt.ArrayLike]) -> "Directory":
        """A directory of units in any order.

        Args:
            edition: What the edition is called.
            columns: `postcode` (normalised), `easting` and `northing` (EPSG:27700, NaN for none),
                `status` or `is_live`; where known also `pqi`, `terminated`, `position` (text or
                codes), `large_user` or `is_large_user`, `oa`, `lsoa`, `ward`, `district`.

        Returns:
            The directory, units in the order of their postcodes.

        Raises:
            FrameError: A column is missing or of another length, a postcode repeats or is empty, a
                position is off the National Grid.
        """
        return cls(edition, directory_columns(edition, columns))

    def __len__(self) -> int:
        """Count the units, terminated ones included."""
        return len(self.postcode)

    @property
    def terminated(self) -> Texts:
        """When each unit ended, `<U15`; empty for live ones and where no date is known."""
        return self._narrow["terminated"].astype(np.str_)

    @property
    def oa(self) -> Texts:
        """The census output area of each unit, or empty."""
        return self._narrow["oa"].astype(np.str_)

    @property
    def lsoa(self) -> Texts:
        """The lower layer super output area (Scotland: data zone) of each unit, or empty."""
        return self._narrow["lsoa"].astype(np.str_)

    @property
    def ward(self) -> Texts:
        """The electoral ward of each unit, or empty."""
        return self._narrow["ward"].astype(np.str_)

    @property
    def district(self) -> Texts:
        """The local authority district of each unit, or empty."""
        return self._narrow["district"].astype(np.str_)

    @cached_property
    def is_located(self) -> Flags:
        """Which units have a position."""
        return np.isfinite(self.easting)

    @cached_property
    def _status(self) -> Codes:
        live = np.where(self.is_located, _LIVE, _NO_LOCATION)
        return np.where(self.is_live, live, _TERMINATED).astype(np.uint8)

    @cached_property
    def _live_rows(self) -> Rows:
        return np.flatnonzero(self.is_live & self.is_located)

    @cached_property
    def _index(self) -> PointIndex:
        return PointIndex(self.easting[self._live_rows], self.northing[self._live_rows])

    @cached_property
    def _sectors(self) -> tuple[Keys, Floats, Floats]:
        # Key, mean easting and mean northing of every sector that has a live located unit.
        rows = self._live_rows
        keys, sector, count = np.unique(
            sector_keys_of(self.postcode[rows]), return_inverse=True, return_counts=True
        )
        easting = np.bincount(sector, weights=self.easting[rows], minlength=len(keys)) / count
        northing = np.bincount(sector, weights=self.northing[rows], minlength=len(keys)) / count
        return keys, easting, northing

    def look_up(self, text: str) -> Found:
        """What is known of one postcode, as somebody typed it; see `Found`."""
        return self.look_up_many([text])[0]

    def look_up_many(self, texts: Sequence[str] | npt.NDArray[np.str_]) -> list[Found]:
        """What is known of each of n texts, in their order; see `Found`."""
        given: list[str] = texts.tolist() if isinstance(texts, np.ndarray) else list(texts)
        postcodes = normalise_many(given)
        rows = self.find(postcodes)
        known = np.unique(rows[rows >= 0])
        units = dict(zip(known.tolist(), self._units(known), strict=True))
        return [
            units[row] if row >= 0 else self._not_found(text, postcode)
            for text, postcode, row in zip(given, postcodes.tolist(), rows.tolist(), strict=True)
        ]

    def find(self, postcodes: Texts) -> Rows:
        """The row of each of n normalised postcodes; -1 where it is not in the directory."""
        return _matches(self._key, keys_of(postcodes))

    def units_of(self, part: str) -> Rows:
        """Rows of the live units of a sector, district or area (`SY1 1`, `SY1`, `SY`).

        Args:
            part: As somebody typed it; a whole postcode is a part of one unit.

        Returns:
            Rows, ascending; units without a position are among them.

        Raises:
            MalformedPostcodeError: It is no part of a postcode.
        """
        first, end = np.searchsorted(self._key, run_of(parse_part(part))).tolist()
        rows: Rows = first + np.flatnonzero(self.is_live[first:end])
        return rows

    def covered_by(self, geometry: shapely.Geometry) -> Rows:
        """Rows of the live located units that a geometry (EPSG:27700) covers, ascending.

        The boundary counts, as with `ST_Covers`.
        """
        return self._live_rows[self._index.covered_by(geometry)]

    def nearest(
        self, easting: float, northing: float, *, count: int = 1
    ) -> list[tuple[int, float]]:
        """The live located units nearest to a position.

        Args:
            easting: Metres, EPSG:27700.
            northing: Metres.
            count: How many are wanted; fewer come when there are fewer.

        Returns:
            Row and distance in metres, nearest first; of equally near ones the lower row first.
        """
        positions, distance_m = self._index.nearest(easting, northing, count=count)
        return list(zip(self._live_rows[positions].tolist(), distance_m.tolist(), strict=True))

    def sector_mean(self, sector: str) -> tuple[float, float] | None:
        """Mean easting and northing of the live located units of a sector; None without any.

        Args:
            sector: Normalised: `SY1 1`.
        """
        keys, easting, northing = self._sectors
        at = int(_matches(keys, keys_of(np.array([sector], dtype=np.str_)))[0])
        return (float(easting[at]), float(northing[at])) if at >= 0 else None

    def locate(self, postcodes: Texts) -> Located:
        """Where people are who gave these postcodes.

        A unit of the directory is at its point, if it has one. A postcode that is well formed but
        in no directory, such as that of a new building, is put at the mean of its sector, flagged.

        Args:
            postcodes: n normalised postcodes; an empty one is malformed.

        Returns:
            Arrays of n.
        """
        rows = self.find(postcodes)
        known = rows >= 0
        missing = np.flatnonzero(~known)
        located = Located(
            np.where(known, _at(self.easting, rows), np.nan),
            np.where(known, _at(self.northing, rows), np.nan),
            np.where(known, _at(self.position, rows), _NO_POSITION).astype(np.uint8),
            np.where(known, _at(self._status, rows), 0).astype(np.uint8),
        )
        if len(missing):
            located.status[missing] = _status_of_missing(postcodes[missing])
            self._put_at_sector_means(located, postcodes, missing)
        return located

    def _put_at_sector_means(self, located: Located, postcodes: Texts, missing: Rows) -> None:
        unknown = missing[located.status[missing] == _UNKNOWN]
        keys, easting, northing = self._sectors
        sector = _matches(keys, sector_keys_of(postcodes[unknown]))
        rows, sector = unknown[sector >= 0], sector[sector >= 0]
        located.easting[rows] = easting[sector]
        located.northing[rows] = northing[sector]
        located.position[rows] = POSITIONS.index(Position.SECTOR_MEAN)

    def _units(self, rows: Rows) -> list[Found]:
        units = map(
            Found,
            self.postcode[rows].tolist(),
            [STATUSES[code] for code in self._status[rows].tolist()],
            _or_none(self.easting[rows]),
            _or_none(self.northing[rows]),
            [pqi or None for pqi in self.pqi[rows].tolist()],
            [POSITIONS[code] for code in self.position[rows].tolist()],
            [month.decode() or None for month in self._narrow["terminated"][rows].tolist()],
        )
        return [
            unit
            if unit.status is Status.LIVE
            else replace(unit, reason=reason_of(unit, self.edition))
            for unit in units
        ]

    def _not_found(self, text: str, postcode: str) -> Found:
        if not postcode:
            return Found(text, Status.MALFORMED, reason=_why_malformed(text))
        status = Status.NO_LOCATION if no_location_reason(postcode) else Status.UNKNOWN
        found = Found(postcode, status)
        return replace(found, reason=reason_of(found, self.edition))


def _why_malformed(text: str) -> str | None:
    try:
        normalise(text)
    except MalformedPostcodeError as error:
        return str(error)
    return None


def _status_of_missing(postcodes: Texts) -> Codes:
    # Of postcodes that are in no directory; only the letters they begin with matter.
    areas, area = np.unique(areas_of(postcodes), return_inverse=True)
    status = np.full(len(areas), _UNKNOWN, dtype=np.uint8)
    status[[no_location_reason(letters) is not None for letters in areas.tolist()]] = _NO_LOCATION
    status[areas == ""] = _MALFORMED
    return status[area]


def _or_none(ordinates: Floats) -> list[float | None]:
    return [None if isnan(ordinate) else ordinate for ordinate in ordinates.tolist()]


def _at(column: npt.NDArray[Any], rows: Rows) -> npt.NDArray[Any]:
    # A column at rows that may be -1, in a directory that may be empty.
    return column[rows] if len(column) else np.zeros(len(rows), dtype=column.dtype)


def _matches(keys: Keys, wanted: Keys) -> Rows:
    # Place of each wanted key among ascending ones, or -1. Asked in order, neighbours are found in
    # memory that is already at hand: four times as fast as in the order given.
    order = np.argsort(wanted)
    places = np.empty(len(wanted), dtype=np.int64)
    places[order] = np.searchsorted(keys, wanted[order])
    inside = np.minimum(places, max(len(keys) - 1, 0))
    is_match = keys[inside] == wanted if len(keys) else np.zeros(len(wanted), dtype=np.bool_)
    return np.where(is_match, places, -1)
