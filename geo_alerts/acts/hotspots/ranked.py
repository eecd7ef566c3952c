"""Areas of cells that stand out, the one with the highest figure first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from geo_alerts.acts.hotspots.asked import Asked
from geo_alerts.acts.hotspots.cells import StudyCells, highest
from geo_alerts.hotspots.layers import HotArea
from geo_alerts.hotspots.polygons import Together

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
# More facts of an area, from the places of its cells in the columns.
MoreFacts = Callable[[npt.NDArray[np.int64]], Mapping[str, Any]]

# Figures in facts are for people and programs that read them: cells have them in full.
DIGITS = 9


@dataclass(frozen=True, eq=False)
class Standing:
    """Cells that stand out, and by what.

    Attributes:
        cells: All cells of the study area.
        crimes: m crimes.
        values: m figures by which areas are ranked, by the highest of their cells.
        name: What the figure is called.
        more: Further facts of an area.
    """

    cells: StudyCells
    crimes: Floats
    values: Floats
    name: str
    more: MoreFacts = lambda _: {}


def areas_of(standing: Standing, *groups: Flags) -> tuple[HotArea, ...]:
    """The areas that cells make, by rank.

    Args:
        standing: What the cells are and what they are ranked by.
        *groups: m flags each: cells of different groups are never in one area.
    """
    found = [one for chosen in groups for one in standing.cells.areas(chosen)]
    found.sort(key=lambda one: _order(one, standing))
    return tuple(
        HotArea(rank, None, one.geometry, _facts(one, standing))
        for rank, one in enumerate(found, start=1)
    )


def top(asked: Asked, values: Floats) -> tuple[Flags, dict[str, Any]]:
    """The top share of the cells that the question asks for, and what is told of it."""
    share = asked.question.share_percent or 1.0
    chosen, tied = highest(values, share)
    lowest = number(float(values[chosen].min())) if chosen.any() else None
    told = {"percent": share, "cells": int(chosen.sum()), "lowest": lowest, "cells_at_lowest": tied}
    return chosen, {"top": told}


def number(value: float) -> float | None:
    """A figure as facts have it; None where there is none."""
    return float(f"{value:.{DIGITS}g}") if np.isfinite(value) else None


def _order(one: Together, standing: Standing) -> tuple[float, float, int]:
    highest = float(np.abs(standing.values[one.cells]).max())
    return -highest, -float(standing.crimes[one.cells].sum()), int(one.cells[0])


def _facts(one: Together, standing: Standing) -> dict[str, Any]:
    values = standing.values[one.cells]
    return {
        "crimes": round(float(standing.crimes[one.cells].sum())),
        "cells": len(one.cells),
        "km2": number(float(one.geometry.area) / 1e6),
        f"highest_{standing.name}": number(float(values[np.argmax(np.abs(values))])),
        **standing.more(one.cells),
    }
