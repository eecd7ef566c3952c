"""Emerging hot spots: the class of every cell, from its crimes month by month."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from geo_alerts.acts.hotspots.asked import Asked
from geo_alerts.acts.hotspots.cells import Squares
from geo_alerts.acts.hotspots.ranked import Standing, areas_of, number
from geo_alerts.hotspots.emerging import NO_PATTERN, Weighed, emerging
from geo_alerts.hotspots.layers import Result
from geo_alerts.hotspots.significance import LEAST_COUNT, LEVEL, effective_weight

Floats = npt.NDArray[np.float64]

# Classes whose cells make areas, those to act on first.
HOT: Final = tuple(
    f"{name} hot spot"
    for name in (
        "intensifying",
        "persistent",
        "new",
        "consecutive",
        "oscillating",
        "sporadic",
        "diminishing",
        "historical",
    )
)


def emerged(asked: Asked) -> Result:
    """Which cells become hot, stay hot or cool down; cells of one class together are an area."""
    cells, question = asked.squares(), asked.question
    months = np.array(asked.now.present)
    cube = _cube(asked, cells, None)
    weights = asked.weights()
    weighed = (
        None
        if weights is None
        else Weighed(_cube(asked, cells, weights), effective_weight(weights))
    )
    found = emerging(
        cube,
        weighed=weighed,
        mask=cells.mask,
        months=months,
        level=question.level or LEVEL,
        least_count=LEAST_COUNT if question.least_count is None else question.least_count,
    )
    crimes = cells.column(cube.sum(axis=0))
    category = cells.column(found.category)
    columns: dict[str, npt.NDArray[Any]] = {
        "crimes": crimes,
        "class": category,
        "steps_hot": cells.column(found.hot.sum(axis=0)),
        "steps_cold": cells.column(found.cold.sum(axis=0)),
        "last_z": cells.column(found.z[-1]),
        "trend_s": cells.column(found.trend.s),
        "trend_p": cells.column(found.trend.p),
    }
    standing = Standing(
        cells,
        crimes,
        columns["last_z"],
        "last_z",
        lambda at: {
            "class": str(category[at[0]]),
            "most_steps_hot": int(columns["steps_hot"][at].max()),
        },
    )
    counted = {name: int((category == name).sum()) for name in np.unique(category)}
    facts = {
        **asked.facts(),
        "steps": len(months),
        "level": question.level,
        "least_count": question.least_count,
        "classes": {name: count for name, count in counted.items() if name != NO_PATTERN},
        "highest_last_z": number(float(np.nanmax(columns["last_z"]))),
    }
    areas = areas_of(standing, *(category == name for name in HOT))
    return Result(cells.layer(columns), areas, facts)


def _cube(asked: Asked, cells: Squares, weights: Floats | None) -> Floats:
    # Months that are missing have no step.
    crimes = asked.now.crimes
    steps = np.zeros((len(asked.now.present), *cells.grid.shape))
    for step, month in enumerate(asked.now.present):
        of_month = crimes.month == month
        chosen = None if weights is None else weights[of_month]
        steps[step] = cells.grid.counts(crimes.easting[of_month], crimes.northing[of_month], chosen)
    return np.where(cells.mask, steps, 0.0)
