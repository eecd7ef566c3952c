"""Which bandwidth suits: by how well events foretell each other, or the hotspots of a later month.

Candidates are tried one by one and all their scores told, so that a choice among near equals can be
seen to be one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.density import density
from geo_alerts.hotspots.grid import SquareGrid
from geo_alerts.hotspots.kernels import Kernel, check_bandwidth, check_kernel, peak
from geo_alerts.hotspots.positions import Places
from geo_alerts.hotspots.scoring import score
from geo_alerts.hotspots.ties import Ties

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# Published points stand for some 100 to 150 m round them: less would tell of the points alone.
CANDIDATES_M: Final = (150.0, 200.0, 250.0, 300.0, 400.0, 500.0, 600.0, 800.0, 1000.0)
LEAST_PLACES: Final = 2


@dataclass(frozen=True, eq=False)
class Choice:
    """A bandwidth that was chosen among several.

    Attributes:
        bandwidth_m: The one with the highest score; of equals the widest, which is the smoothest.
        candidates_m: All that were tried, ascending.
        scores: Their scores; higher is better.
        rule: What the score is; and where the choice is the widest or the narrowest that was tried,
            that one beyond may suit better.
    """

    bandwidth_m: float
    candidates_m: tuple[float, ...]
    scores: tuple[float, ...]
    rule: str


def check_over_cell(bandwidth_m: float, cell_m: float) -> float:
    """A bandwidth that the cells of a grid can show, metres.

    Raises:
        InvalidInputError: It is below the cell, so that events would fall between the centres of
            cells and be missed.
    """
    bandwidth = check_bandwidth(bandwidth_m)
    if bandwidth < cell_m:
        raise InvalidInputError(
            f"the bandwidth of {bandwidth:g} m is below the cell of {cell_m:g} m, so that events "
            f"between the cells' centres would be missed; give {cell_m:g} m or more, or smaller "
            "cells"
        )
    return bandwidth


def by_likelihood(
    events: Places,
    *,
    area_m2: float,
    candidates_m: Sequence[float] = CANDIDATES_M,
    kernel: Kernel = "quartic",
) -> Choice:
    """The bandwidth by which each place is best foretold by all others (leave-one-out likelihood).

    Left out is the whole place, with all events at it, and not one event: published events share
    their points, so that the others at the point would foretell the one ever better as the
    bandwidth shrinks to nothing. One part in m + 1 of the density (m places) is spread evenly over
    the study area: what is foretold nowhere may happen anywhere, and no single outlier decides.

    Args:
        events: From `positions.places`: at least two places with weight.
        area_m2: Ground of the study area, square metres.
        candidates_m: Bandwidths to try, metres.
        kernel: `quartic` or `gaussian`.

    Returns:
        The choice; scores are mean log densities (per square metre) over events.

    Raises:
        InvalidInputError: There are too few places, or an argument cannot be used.

    Source:
        Habbema, Hermans and van den Broek (1974), "A stepwise discriminant analysis program using
        density estimation", COMPSTAT; Silverman (1986), section 3.4.4.
    """
    tried, shape = _candidates(candidates_m), check_kernel(kernel)
    if not (math.isfinite(area_m2) and area_m2 > 0):
        raise InvalidInputError(f"area_m2 is {area_m2}; give the study area's square metres")
    weighed = events.where(events.weight > 0)
    if len(weighed) < LEAST_PLACES:
        raise InvalidInputError(
            f"a bandwidth is chosen from {LEAST_PLACES} places with events or more, not "
            f"{len(weighed)}; take more months or more categories, or give the bandwidth"
        )
    scores = [_foretold(weighed, bandwidth, shape, area_m2) for bandwidth in tried]
    rule = f"highest leave-one-place-out likelihood of {len(weighed):,} places ({shape})"
    return _chosen(tried, scores, rule)


def _foretold(events: Places, bandwidth: float, kernel: Kernel, area_m2: float) -> float:
    where = events.easting, events.northing
    every = density(*where, *where, bandwidth_m=bandwidth, kernel=kernel, weights=events.weight)
    others = np.maximum(every - events.weight * peak(kernel, bandwidth), 0.0)
    others /= events.weight.sum() - events.weight
    anywhere = 1 / (len(events) + 1)
    foretold = np.log((1 - anywhere) * others + anywhere / area_m2)
    return float(np.average(foretold, weights=events.weight))


def by_pai(  # noqa: PLR0913 - what is asked by name has a name
    train: Places,
    observed: Floats,
    grid: SquareGrid,
    *,
    mask: Flags | None = None,
    candidates_m: Sequence[float] = CANDIDATES_M,
    kernel: Kernel = "quartic",
    share: float = 0.01,
    ties: Ties = "worst",
) -> Choice:
    """The bandwidth whose hotspots of some months held most of what happened in later ones.

    Args:
        train: Events of the earlier months, from `positions.places`.
        observed: rows by columns: events of the later months in each cell.
        grid: Whose cells.
        mask: rows by columns: the cells of the study area; None for all.
        candidates_m: Bandwidths to try, metres, none below the cell.
        kernel: `quartic` or `gaussian`.
        share: Of the study area's cells, those that are called hotspots.
        ties: As for `scoring.pai`.

    Returns:
        The choice; scores are predictive accuracy indices.

    Raises:
        InvalidInputError: No event was observed in the study area, a bandwidth is below the cell,
            or another argument cannot be used.
    """
    tried = _candidates(candidates_m)
    check_over_cell(tried[0], grid.cell_m)
    columns, rows = grid.centres()
    scores = []
    for bandwidth in tried:
        value = density(
            train.easting,
            train.northing,
            columns,
            rows[:, None],
            bandwidth_m=bandwidth,
            kernel=kernel,
            weights=train.weight,
        )
        scores.append(
            score(value, observed, share=share, ties=ties, mask=mask, cell_km2=grid.cell_km2)
        )
    first = scores[0]
    rule = (
        f"highest PAI of the top {share:.3g} of {first.of_cells:,} cells ({first.cells:,} cells, "
        f"{first.area_km2:.2f} km²), {ties} ties first ({kernel})"
    )
    return _chosen(tried, [one.pai for one in scores], rule)


def _candidates(candidates_m: Sequence[float]) -> tuple[float, ...]:
    tried = sorted({check_bandwidth(one) for one in candidates_m})
    if not tried:
        raise InvalidInputError("there are no bandwidths to choose from; give some, in metres")
    return tuple(tried)


def _chosen(tried: tuple[float, ...], scores: list[float], rule: str) -> Choice:
    best = max(zip(scores, tried, strict=True))[1]
    if len(tried) > 1 and best in {tried[0], tried[-1]}:
        end = "widest" if best == tried[-1] else "narrowest"
        rule += f"; the {end} that was tried, so one beyond it may suit better"
    return Choice(best, tried, tuple(scores), rule)
