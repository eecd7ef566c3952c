"""Crimes with a position, as columns: what every method of this room is asked with."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# Of a crime that no day is known of.
NO_DAY = np.iinfo(np.int32).min


@dataclass(frozen=True, slots=True)
class Crimes:
    """n crimes that have a position; those without are counted where they are imported.

    Attributes:
        easting: n metres, EPSG:27700.
        northing: n metres.
        month: n int32, by `months.month_number`.
        category: n int16, numbers of `categories.CATEGORIES`.
        point: n int64, the number of the snap point (a published position that many crimes share).
        day: n int32, days since 1970-01-01; NO_DAY where the month alone is known, as in all that
            is published openly.
    """

    easting: Floats
    northing: Floats
    month: npt.NDArray[np.int32]
    category: npt.NDArray[np.int16]
    point: npt.NDArray[np.int64]
    day: npt.NDArray[np.int32]

    def __len__(self) -> int:
        """How many crimes."""
        return len(self.easting)

    @classmethod
    def joined(cls, parts: "Sequence[Crimes]") -> "Crimes":
        """The crimes of some parts, one after the other; none of no parts."""
        nothing = np.zeros(0)
        return cls(
            np.concatenate([nothing, *(one.easting for one in parts)]),
            np.concatenate([nothing, *(one.northing for one in parts)]),
            np.concatenate([nothing.astype(np.int32), *(one.month for one in parts)]),
            np.concatenate([nothing.astype(np.int16), *(one.category for one in parts)]),
            np.concatenate([nothing.astype(np.int64), *(one.point for one in parts)]),
            np.concatenate([nothing.astype(np.int32), *(one.day for one in parts)]),
        )

    def where(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> "Crimes":
        """Some of them, in order."""
        return Crimes(
            self.easting[chosen],
            self.northing[chosen],
            self.month[chosen],
            self.category[chosen],
            self.point[chosen],
            self.day[chosen],
        )

    def positions(self) -> tuple[Floats, Floats, npt.NDArray[np.int64]]:
        """The distinct positions, eastings and northings, and the number of each crime's.

        Most crimes share theirs: what costs time is asked of positions.
        """
        # Complex numbers sort by their real part first: one sort for both axes.
        distinct, at = np.unique(self.easting + 1j * self.northing, return_inverse=True)
        return np.ascontiguousarray(distinct.real), np.ascontiguousarray(distinct.imag), at
