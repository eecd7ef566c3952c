"""Stretches of consecutive rows, and rows of people who are gone."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from geo_alerts.audiences.rows import NO_ROWS, Rows, expand

Flags = npt.NDArray[np.bool_]

# A piece of an array is taken in a fifth of a microsecond, a single row in some nanoseconds.
ROWS_WORTH_A_PIECE: Final = 64


@dataclass(frozen=True, eq=False)
class Gone:
    """Rows of people who are not there any more.

    Attributes:
        rows: Ascending.
        bits: A bit for each row of the index, eight to a byte; empty where nobody is gone.
    """

    rows: Rows
    bits: npt.NDArray[np.uint8]

    @classmethod
    def nobody(cls) -> "Gone":
        """Everybody is there."""
        return cls(NO_ROWS, np.zeros(0, dtype=np.uint8))

    def and_also(self, rows: Rows, count: int) -> "Gone":
        """These and others, of an index of so many people."""
        more = rows[~self.has(rows)]
        if not len(more):
            return self
        bits = self.bits.copy() if len(self.bits) else np.zeros(-(-count // 8), dtype=np.uint8)
        np.bitwise_or.at(bits, more >> 3, (1 << (more & 7)).astype(np.uint8))
        return Gone(np.sort(np.concatenate([self.rows, more])), bits)

    def has(self, rows: npt.NDArray[Any]) -> Flags:
        """Tell of some rows which are gone."""
        if not len(self.rows):
            return np.zeros(len(rows), dtype=np.bool_)
        return np.asarray((self.bits[rows >> 3] >> (rows & 7).astype(np.uint8)) & 1, dtype=np.bool_)


@dataclass(frozen=True, eq=False)
class Runs:
    """Stretches of consecutive rows.

    Attributes:
        start: First rows.
        stop: Rows after the last.
    """

    start: Rows
    stop: Rows

    @cached_property
    def length(self) -> Rows:
        """How many rows each has."""
        return self.stop - self.start

    @cached_property
    def count(self) -> int:
        """How many rows they have together."""
        return int(self.length.sum())

    def of(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The values at all their rows, one run after the other."""
        if len(self.start) * ROWS_WORTH_A_PIECE > self.count:
            return np.asarray(values[self.rows()])
        pieces = zip(self.start.tolist(), self.stop.tolist(), strict=True)
        return np.concatenate([values[:0], *(values[start:stop] for start, stop in pieces)])

    def rows(self) -> Rows:
        """All their rows."""
        return expand(self.start, self.length)

    def places_of(self, rows: Rows) -> Rows:
        """Where those of some rows that are in a run are among all of `rows()`."""
        if not len(self.start) or not len(rows):
            return NO_ROWS
        run = np.searchsorted(self.start, rows, side="right") - 1
        inside = (run >= 0) & (rows < self.stop[run])
        before = np.cumsum(self.length) - self.length
        return before[run[inside]] + rows[inside] - self.start[run[inside]]


def lengths(offset: npt.NDArray[np.int64], rows: Rows) -> Rows:
    """How long the run of each of some rows is, by the offsets of all."""
    return np.asarray(offset[rows + 1] - offset[rows])


def runs_of(units: Rows, offset: npt.NDArray[np.int64]) -> Runs:
    """What stands in some units, which are ascending; consecutive units make one run."""
    if not len(units):
        return Runs(NO_ROWS, NO_ROWS)
    breaks = np.flatnonzero(np.diff(units) != 1)
    start = offset[units[np.append(0, breaks + 1)]]
    stop = offset[units[np.append(breaks, len(units) - 1)] + 1]
    some = stop > start
    return Runs(start[some], stop[some])
