"""Crimes as they were read: a part is one month of one force, as columns, with what was remarked.

Parts are read one at a time, so that a country's year never lies in memory at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int32]
Codes = npt.NDArray[np.int16]
Flags = npt.NDArray[np.bool_]
# IDs as 32 bytes each. numpy drops zero bytes at the end of those that it hands out one by one, so
# that they are listed as `part.key.view("V32").tolist()`.
Keys = npt.NDArray[np.bytes_]

KEY_BYTES: Final = 32
KEY_TYPE: Final = f"S{KEY_BYTES}"
NO_POSITION: Final = np.iinfo(np.int32).min
NO_TIME: Final = np.iinfo(np.int32).min
NO_OUTCOME: Final = -1

Kind = Literal["street", "outcomes", "own"]
# What became of the rows that a remark is about.
LEFT_OUT: Final = "left out"
WITHOUT_POSITION: Final = "kept without a position"
NOTED: Final = "noted"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that was noticed about rows of a file.

    Attributes:
        source_name: The file.
        fate: What became of the rows: `LEFT_OUT`, `WITHOUT_POSITION` or `NOTED`.
        reason: Why, in words that name the column and the value where they help.
        count: How many rows; 0 where it is about the file.
        lines: The first of their lines in the file, the header being line 1.
    """

    source_name: str
    fate: str
    reason: str
    count: int = 0
    lines: tuple[int, ...] = ()

    def __str__(self) -> str:
        """Return `2021-03-kent-street.csv: 2 rows left out: … (lines 7, 9)`."""
        if not self.count:
            return f"{self.source_name}: {self.reason}"
        rows = "1 row" if self.count == 1 else f"{self.count:,} rows"
        more = ", …" if self.count > len(self.lines) else ""
        at = f"{'line' if self.count == 1 else 'lines'} {', '.join(map(str, self.lines))}{more}"
        fate = f"{rows} {self.fate}" if self.fate != NOTED else rows
        return f"{self.source_name}: {fate}: {self.reason} ({at})"


@dataclass(frozen=True, slots=True)
class PublishedPoints:
    """The p distinct positions of a part, ascending by longitude, then latitude.

    Attributes:
        longitude_e6: Millionths of a degree, EPSG:4326, as published; the key, with latitude.
        latitude_e6: Likewise.
        easting: Metres, EPSG:27700, by `crs.published_points_to_epsg_27700`.
        northing: Likewise.
        is_snapped: Whether both are the whole metres that were published.
        street: What the file calls the place: of several names the most frequent, of these the
            first by alphabet; '' where none.
        lsoa: The code of the LSOA, likewise; of 2011 or of 2021, as the file has it.
    """

    longitude_e6: Integers
    latitude_e6: Integers
    easting: Floats
    northing: Floats
    is_snapped: Flags
    street: npt.NDArray[np.object_]
    lsoa: npt.NDArray[np.object_]

    def __len__(self) -> int:
        """How many points."""
        return len(self.longitude_e6)


@dataclass(frozen=True, slots=True)
class CrimePart:
    """n crimes of one force's month, in the order of the file; identical rows are all there.

    Attributes:
        force: As data.police.uk has it in its file names, such as `west-mercia`.
        month: By `hotspots.months.month_number`.
        source_name: The file, inside a zip its path there.
        sha256: Of the file's content, 64 hexadecimal digits.
        category: Numbers of `hotspots.categories.CATEGORIES`.
        point: Places in `points`; -1 where no position was published.
        key: The crime ID; all zero bytes where it is blank.
        outcome: Numbers of `hotspots.outcomes.OUTCOMES`, the last that is known; NO_OUTCOME for
            none.
        points: The distinct positions.
        remarks: What was noticed, rows left out before all.
    """

    kind: ClassVar[Literal["street"]] = "street"
    force: str
    month: int
    source_name: str
    sha256: str
    category: Codes
    point: Integers
    key: Keys
    outcome: Codes
    points: PublishedPoints
    remarks: tuple[Remark, ...]

    def __len__(self) -> int:
        """How many crimes."""
        return len(self.category)

    @property
    def is_located(self) -> Flags:
        """Which of the n have a position."""
        return self.point >= 0

    @property
    def longitude_e6(self) -> Integers:
        """Millionths of a degree of the n crimes; NO_POSITION where none."""
        return _of_rows(self.points.longitude_e6, self.point)

    @property
    def latitude_e6(self) -> Integers:
        """Likewise."""
        return _of_rows(self.points.latitude_e6, self.point)


@dataclass(frozen=True, slots=True)
class OutcomePart:
    """n outcomes that one force recorded in one month, of crimes of this month or of earlier ones.

    Attributes:
        force: As in `CrimePart`, like all others.
        month: The month in which the outcomes were recorded.
        key: The crime ID that an outcome belongs to; all zero bytes where it is blank.
        outcome: Numbers of `hotspots.outcomes.OUTCOMES`; NO_OUTCOME for names not known.
    """

    kind: ClassVar[Literal["outcomes"]] = "outcomes"
    force: str
    month: int
    source_name: str
    sha256: str
    key: Keys
    outcome: Codes
    remarks: tuple[Remark, ...]

    def __len__(self) -> int:
        """How many outcomes."""
        return len(self.outcome)


@dataclass(frozen=True, slots=True)
class OwnPart:
    """n crimes of one month out of a force's own data: exact, and for analysts alone.

    Attributes:
        force: As the mapping file names it.
        month: That of the beginning.
        source_name: The file.
        sha256: Of the rows of this month as they were read, so that a longer extract with the same
            rows for this month has the same.
        category: Numbers of `hotspots.categories.CATEGORIES`.
        easting: Metres, EPSG:27700, by OSTN15 where degrees were given; NaN where none.
        northing: Likewise.
        begins_at: Minutes since 1970-01-01T00:00 by the clock on the wall in Britain; NO_TIME where
            no hour is known of any.
        ends_at: Likewise, the last minute in which it can have happened.
        key: SHA-256 of force and ID; all zero bytes where it is blank.
        remarks: What was noticed about rows of this month.
    """

    kind: ClassVar[Literal["own"]] = "own"
    force: str
    month: int
    source_name: str
    sha256: str
    category: Codes
    easting: Floats
    northing: Floats
    begins_at: Integers
    ends_at: Integers
    key: Keys
    remarks: tuple[Remark, ...]

    def __len__(self) -> int:
        """How many crimes."""
        return len(self.category)

    @property
    def is_located(self) -> Flags:
        """Which of the n have a position."""
        return np.isfinite(self.easting)


def left_out(remarks: Sequence[Remark]) -> int:
    """How many rows were left out."""
    return sum(remark.count for remark in remarks if remark.fate == LEFT_OUT)


def _of_rows(values: Integers, point: Integers) -> Integers:
    found = np.full(len(point), NO_POSITION, dtype=np.int32)
    is_located = point >= 0
    found[is_located] = values[point[is_located]]
    return found
