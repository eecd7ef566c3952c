"""Change between two periods, cell by cell: more or fewer than chance and the whole explain."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from geo_alerts.acts.hotspots.asked import Asked, Period
from geo_alerts.acts.hotspots.cells import StudyCells
from geo_alerts.acts.hotspots.ranked import Standing, areas_of, number
from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.change import Change, change
from geo_alerts.hotspots.layers import Result
from geo_alerts.maps.words import counted

Floats = npt.NDArray[np.float64]


def changed(asked: Asked) -> Result:
    """What changed in each cell, against chance and against the change of the whole."""
    cells = asked.required_cells()
    if asked.before is None:
        raise InvalidInputError("change needs compare_with: the months of before")
    before, after = _counts(cells, asked.before), _counts(cells, asked.now)
    lengths = (float(len(asked.before.present)), float(len(asked.now.present)))
    found = change(before, after, lengths=lengths, level=asked.question.level or 0.05)
    columns = _columns(found)
    standing = Standing(
        cells,
        after,
        # By how many crimes more or fewer than the whole's change explains.
        found.after - found.expected,
        "difference",
        lambda at: {
            "crimes_before": round(float(before[at].sum())),
            "direction": "more" if found.direction_shared[at[0]] > 0 else "fewer",
            "least_q": number(float(found.q_shared[at].min())),
        },
    )
    more, fewer = found.direction_shared > 0, found.direction_shared < 0
    facts = {
        **asked.facts(),
        "notes": list(_notes(asked.before, asked.now)),
        "level": found.level,
        "shift_of_the_whole": number(found.shift),
        "cells_tested": int((before + after > 0).sum()),
        "cells_more": int((found.direction > 0).sum()),
        "cells_fewer": int((found.direction < 0).sum()),
        "cells_more_than_the_whole": int(more.sum()),
        "cells_fewer_than_the_whole": int(fewer.sum()),
    }
    return Result(cells.layer(columns), areas_of(standing, more, fewer), facts)


def _notes(before: Period, now: Period) -> Iterator[str]:
    if len(before.present) != len(now.present):
        lengths = (counted(len(one.present), "month", "months") for one in (now, before))
        yield (
            f"The periods differ in length: {' against '.join(lengths)}. Crimes are compared by "
            "the month; seasons are not made up for."
        )


def _counts(cells: StudyCells, period: Period) -> Floats:
    return cells.counts(period.crimes.easting, period.crimes.northing)


def _columns(found: Change) -> dict[str, npt.NDArray[Any]]:
    return {
        "before": found.before,
        "after": found.after,
        "expected": found.expected,
        "ratio": found.ratio,
        "ratio_low": found.low,
        "ratio_high": found.high,
        "p": found.p,
        "q": found.q,
        "p_shared": found.p_shared,
        "q_shared": found.q_shared,
        "direction": found.direction.astype(np.int64),
        "direction_shared": found.direction_shared.astype(np.int64),
    }
