"""Where crimes come together: Gi* and Local Moran, with an account for testing many cells."""

from collections.abc import Sequence
from math import ceil
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from geo_alerts.acts.hotspots.asked import Asked
from geo_alerts.acts.hotspots.cells import StudyCells
from geo_alerts.acts.hotspots.questions import Question
from geo_alerts.acts.hotspots.ranked import Standing, areas_of, number
from geo_alerts.hotspots.getis_ord import gi_star, gi_star_on, gi_star_permutation
from geo_alerts.hotspots.layers import HotArea, Result
from geo_alerts.hotspots.local_moran import (
    Quadrant,
    local_moran,
    local_moran_on,
    local_moran_permutation,
)
from geo_alerts.hotspots.neighbours import Field
from geo_alerts.hotspots.significance import (
    LEVEL,
    benjamini_hochberg,
    cautious_p,
    cold_spots_possible,
    effective_weight,
    hot_cells,
)

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

NO_COLD_SPOTS: Final = (
    "No cell could be called cold: crime is so sparse that even a cell without any, among others "
    "without, is nothing unusual."
)


def hot_spots(asked: Asked) -> Result:
    """Gi*: cells that, with those around, have more than the study area's mean explains."""
    cells, question = asked.required_cells(), asked.question
    mask, neighbours, level = cells.mask, cells.neighbours, question.level or LEVEL
    counted, values, unit = _counted(asked, cells)
    z = gi_star(values, mask=mask) if neighbours is None else gi_star_on(values, neighbours)
    if question.permutations:
        p = gi_star_permutation(
            values,
            mask=mask,
            neighbours=neighbours,
            permutations=question.permutations,
            rng=asked.rng(),
        )
    else:
        p = cautious_p(z, values, neighbours=neighbours, unit=unit)
    hot = hot_cells(
        z,
        counted,
        p=p,
        neighbours=neighbours,
        level=level,
        least_count=question.least_count or 0,
    )
    q = benjamini_hochberg(p, mask)
    cold_possible = cold_spots_possible(values, mask=mask, neighbours=neighbours, level=level)
    cold = (z < 0) & (q <= level) if cold_possible else np.zeros(z.shape, dtype=bool)
    columns = {
        "crimes": cells.column(counted),
        # Its own and those of the cells beside it: what the score is of, and the least count.
        "crimes_around": cells.column(_around(counted, mask, neighbours)),
        **_harm(asked, cells, values),
        "z": cells.column(z),
        "p": cells.column(p),
        "q": cells.column(q),
        "is_hot": cells.column(hot),
        "is_cold": cells.column(cold),
    }
    facts = {
        **_tested(asked, cells, hot),
        "cells_cold": int(cold.sum()),
        "cold_spots_possible": cold_possible,
        "notes": ([] if cold_possible else [NO_COLD_SPOTS]) + _too_few_draws(p, level, question),
    }
    standing = Standing(
        cells,
        columns["crimes"],
        columns["z"],
        "z",
        lambda at: {
            "most_crimes_around": round(float(columns["crimes_around"][at].max())),
            "least_q": number(float(columns["q"][at].min())),
        },
    )
    areas = areas_of(standing, columns["is_hot"])
    facts["notes"] += _without_crime(columns["is_hot"], columns["crimes"], areas)
    return Result(cells.layer(columns), areas, facts)


def _without_crime(
    hot: npt.NDArray[np.bool_], crimes: npt.NDArray[Any], areas: Sequence[HotArea]
) -> list[str]:
    # A reader who finds no crime in a hot cell should know why it is hot.
    empty = int((hot & (crimes == 0)).sum())
    if not empty:
        return []
    told = (
        f"Hot cells without a crime of their own: {empty:,} of {int(hot.sum()):,}. Gi* is of a "
        "cell together with those beside it, and these lie beside cells with crime."
    )
    without = sum(area.facts["crimes"] == 0 for area in areas)
    if without:
        told += f" Hotspots without any crime: {without:,} of {len(areas):,}."
    return [told]


def like_and_unlike(asked: Asked) -> Result:
    """Local Moran: which cells are like, or unlike, what lies around them."""
    cells, question = asked.required_cells(), asked.question
    mask, neighbours = cells.mask, cells.neighbours
    counted, values, _ = _counted(asked, cells)
    found = (
        local_moran(values, mask=mask) if neighbours is None else local_moran_on(values, neighbours)
    )
    p = local_moran_permutation(
        values,
        mask=mask,
        neighbours=neighbours,
        permutations=question.permutations or 0,
        rng=asked.rng(),
    )
    q = benjamini_hochberg(p, mask)
    enough = _around(counted, mask, neighbours) >= (question.least_count or 0)
    is_significant = q <= (question.level or LEVEL)
    hot = is_significant & enough & (found.quadrant == Quadrant.HIGH_HIGH)
    columns: dict[str, npt.NDArray[Any]] = {
        "crimes": cells.column(counted),
        **_harm(asked, cells, values),
        "i": cells.column(found.i),
        "quadrant": _words(cells.column(found.quadrant)),
        "p": cells.column(p),
        "q": cells.column(q),
        "is_significant": cells.column(is_significant),
        "is_hot": cells.column(hot),
    }
    facts = _tested(asked, cells, hot)
    facts["notes"] = _too_few_draws(p, question.level or LEVEL, question)
    facts["quadrants_significant"] = {
        quadrant.name.lower(): int((is_significant & (found.quadrant == quadrant)).sum())
        for quadrant in Quadrant
        if quadrant is not Quadrant.NONE
    }
    standing = Standing(cells, columns["crimes"], columns["i"], "i")
    return Result(cells.layer(columns), areas_of(standing, columns["is_hot"]), facts)


def _counted(asked: Asked, cells: StudyCells) -> tuple[Floats, Floats, float]:
    # Crimes and values of every cell, as methods of neighbours take them; what a crime weighs.
    crimes, weights = asked.now.crimes, asked.weights()
    counted = cells.field(cells.counts(crimes.easting, crimes.northing))
    if weights is None:
        return counted, counted, 1.0
    weighed = cells.field(cells.counts(crimes.easting, crimes.northing, weights))
    return counted, weighed, effective_weight(weights)


def _around(
    counted: Floats, mask: Flags | None, neighbours: npt.NDArray[np.int64] | None
) -> Floats:
    field = Field.of(counted, mask, neighbours)
    return field.neighbours.sums(field.values)


def _harm(asked: Asked, cells: StudyCells, values: Floats) -> dict[str, Floats]:
    return {} if asked.harm is None else {"harm": cells.column(values)}


def _too_few_draws(p: Floats, level: float, question: Question) -> list[str]:
    # So many draws have a least p, and a discovery rate wants so many cells there at once.
    if not question.permutations:
        return []
    least = 2 / (question.permutations + 1)
    wanted = ceil(np.isfinite(p).sum() * least / level)
    there = int((p <= least).sum())
    if there >= wanted:
        return []
    note = (
        f"With {question.permutations:,} permutations no p is below {least:.2g}; {there:,} cells "
        f"are there, and {wanted:,} would have to be before any is significant among all cells: "
        "ask for more permutations, larger cells or a smaller area."
    )
    return [note]


def _words(quadrant: npt.NDArray[np.int8]) -> npt.NDArray[np.str_]:
    names = np.array([one.name.lower().replace("_", "-") for one in Quadrant])
    return names[quadrant]


def _tested(asked: Asked, cells: StudyCells, hot: Flags) -> dict[str, Any]:
    question = asked.question
    return {
        **asked.facts(),
        "level": question.level,
        "correction": "Benjamini and Hochberg over all cells of the study area",
        "least_count": question.least_count,
        "permutations": question.permutations,
        "cells_hot": int(hot.sum()),
        "cells_hot_km2": number(float(hot.sum()) * cells.cell_km2),
    }
