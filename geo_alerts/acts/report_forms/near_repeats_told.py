"""Near repeats as a page tells them: a row for each distance, a column for each band of days."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from geo_alerts.acts.hotspots.reports.near_repeats import LEVEL, NearRepeatsAnswer

# Below it two crimes are at the same place.
SAME_PLACE_M: Final = 1.0
Band = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class KnoxTable:
    """Pairs by distance and days.

    Attributes:
        days: Of the columns, from and below; None without end.
        rows: By distance, the bands of each in the order of the columns.
        strongest: The band that stands out by the highest ratio, or one in which chance gives no
            pair, of which there is none; None where none stands out.
        standing_out: How many do.
        by_chance: How many of all would have so low a p by chance alone, each for itself.
        is_sure: Whether one would stand out among all that were looked at (Bonferroni).
    """

    days: Sequence[tuple[float, float | None]]
    rows: Sequence[Sequence[Band]]
    strongest: Band | None
    standing_out: int
    by_chance: float
    is_sure: bool


def table_of(answer: NearRepeatsAnswer) -> KnoxTable:
    """The table of an answer."""
    bands = answer.rows()
    rows = [list(row) for _, row in groupby(bands, key=lambda one: one["from_m"])]
    near = [one for one in bands if one["stands_out"]]
    return KnoxTable(
        days=[(one["from_days"], one["below_days"]) for one in rows[0]],
        rows=rows,
        strongest=max(near, key=_strength, default=None),
        standing_out=len(near),
        by_chance=LEVEL * len(bands),
        is_sure=any(one["p"] * len(bands) <= LEVEL for one in near),
    )


def _strength(band: Band) -> float:
    return math.inf if band["ratio"] is None else float(band["ratio"])
