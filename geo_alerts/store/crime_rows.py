"""Rows of a month of crimes, as columns, and as the arrays that their tables take."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Table

from geo_alerts.sources.crimes.parts import NO_TIME
from geo_alerts.store.bulk_arrays import Arrays
from geo_alerts.store.crime_months import CategoryCount, Kind
from geo_alerts.store.crime_points import NO_POINT
from geo_alerts.store.crime_tables import crime, crime_exact, crime_outcome

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ExactRows:
    """What forces' own data knows of n rows.

    Attributes:
        easting: Metres, EPSG:27700; NaN where there is no position.
        northing: Metres.
        begins_at: Minutes since 1970-01-01 by the clock on the wall; NO_TIME where not known.
        ends_at: Likewise.
    """

    easting: npt.NDArray[np.float64]
    northing: npt.NDArray[np.float64]
    begins_at: npt.NDArray[np.int32]
    ends_at: npt.NDArray[np.int32]

    def where(self, chosen: npt.NDArray[np.bool_]) -> "ExactRows":
        """Some of the rows, in order."""
        return ExactRows(
            self.easting[chosen],
            self.northing[chosen],
            self.begins_at[chosen],
            self.ends_at[chosen],
        )


@dataclass(frozen=True, eq=False)
class MonthRows:
    """n rows of one month of a force, ready to be kept.

    Attributes:
        force: As data.police.uk has it in its addresses.
        month: Its number.
        kind: What the rows are.
        source_name: The file.
        sha256: Of its content, hexadecimal.
        category: n int16; empty for outcomes.
        point: n numbers of published points; NO_POINT where there is no position.
        id_bytes: n IDs as bytes of one length.
        has_id: n flags; the bytes of the others mean nothing.
        outcome: n int16; -1 where none is told.
        outside: n flags, whether a row with a position is outside the force's ground; None where
            its ground is not known.
        exact: What own data knows more; None of published rows.
        notes: What was left out and why, as JSON.
    """

    force: str
    month: int
    kind: Kind
    source_name: str
    sha256: str
    category: npt.NDArray[np.int16]
    point: Integers
    id_bytes: npt.NDArray[np.void]
    has_id: npt.NDArray[np.bool_]
    outcome: npt.NDArray[np.int16]
    outside: npt.NDArray[np.bool_] | None
    exact: ExactRows | None
    notes: Mapping[str, Any]

    def __len__(self) -> int:
        """How many rows."""
        return len(self.id_bytes)

    @property
    def located(self) -> npt.NDArray[np.bool_]:
        """Which rows have a position."""
        found: npt.NDArray[np.bool_] = self.point != NO_POINT
        return found

    def where(self, chosen: npt.NDArray[np.bool_]) -> "MonthRows":
        """Some of the rows, in order."""
        return replace(
            self,
            category=self.category[chosen] if len(self.category) else self.category,
            point=self.point[chosen],
            id_bytes=self.id_bytes[chosen],
            has_id=self.has_id[chosen],
            outcome=self.outcome[chosen],
            outside=None if self.outside is None else self.outside[chosen],
            exact=None if self.exact is None else self.exact.where(chosen),
        )

    def counts(self) -> dict[int, CategoryCount]:
        """How many rows there are by category; none of outcomes."""
        if self.kind == Kind.OUTCOMES:
            return {}
        rows = np.bincount(self.category)
        located = np.bincount(self.category[self.located], minlength=len(rows))
        outside = None
        if self.outside is not None:
            beyond = self.category[self.located & self.outside]
            outside = np.bincount(beyond, minlength=len(rows))
        return {
            int(one): CategoryCount(
                int(rows[one]), int(located[one]), None if outside is None else int(outside[one])
            )
            for one in np.flatnonzero(rows)
        }


def arrays_of(
    rows: MonthRows, month_id: int, batch: slice, first: int
) -> Iterator[tuple[Table, Arrays]]:
    """Some rows as arrays for the tables that hold them.

    Args:
        rows: Of a month.
        month_id: Its number in the store.
        batch: Which of the rows.
        first: The number that the first of them has in the month.
    """
    ids = np.ma.MaskedArray(rows.id_bytes[batch], mask=~rows.has_id[batch])
    key = {
        "crime_month_id": np.full(len(ids), month_id, dtype=np.int64),
        "row": np.arange(first, first + len(ids)),
    }
    if rows.kind == Kind.OUTCOMES:
        yield crime_outcome, {**key, "id_bytes": ids, "outcome": rows.outcome[batch]}
        return
    yield (
        crime,
        {
            **key,
            "category": rows.category[batch],
            "snap_point_id": np.ma.MaskedArray(rows.point[batch], mask=~rows.located[batch]),
            "id_bytes": ids,
            "outcome": rows.outcome[batch],
        },
    )
    if rows.exact is not None:
        exact = rows.exact
        nowhere = ~np.isfinite(exact.easting[batch])
        yield (
            crime_exact,
            {
                **key,
                "easting": np.ma.MaskedArray(exact.easting[batch], mask=nowhere),
                "northing": np.ma.MaskedArray(exact.northing[batch], mask=nowhere),
                "begins_at": np.ma.masked_equal(exact.begins_at[batch], NO_TIME),
                "ends_at": np.ma.masked_equal(exact.ends_at[batch], NO_TIME),
            },
        )
