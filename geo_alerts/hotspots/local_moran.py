"""Local Moran's I: which cells are like, or unlike, what lies around them.

I_i = z_i lag_i / m2 with z the deviation from the mean, lag_i its mean over the neighbours of cell
i (the cell itself left out) and m2 = sum z^2 / n. Libraries that divide by n - 1 give (n - 1) / n
of it.

Source:
    Anselin (1995), "Local indicators of spatial association - LISA", Geographical Analysis 27.
"""

from enum import IntEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo_alerts.hotspots.neighbours import Field, Floats
from geo_alerts.hotspots.permutations import conditional_p


class Quadrant(IntEnum):
    """A cell's own count and that around it, each above the mean or not."""

    NONE = 0
    HIGH_HIGH = 1
    LOW_HIGH = 2
    LOW_LOW = 3
    HIGH_LOW = 4


class LocalMoran(NamedTuple):
    """Local Moran's I and the quadrant of each cell; NaN and NONE where there is none.

    Attributes:
        i: Above 0 where a cell is like its neighbours; 0 for a cell without any.
        quadrant: Numbers of `Quadrant`, int8.
    """

    i: Floats
    quadrant: npt.NDArray[np.int8]


def local_moran(counts: npt.ArrayLike, *, mask: npt.ArrayLike | None = None) -> LocalMoran:
    """Local Moran's I of every cell of a grid of squares.

    Args:
        counts: rows (south to north) by columns (west to east).
        mask: rows by columns: the cells of the study area; None for all.

    Returns:
        I and quadrant; NaN and NONE outside the mask, and everywhere when all cells are equal.

    Raises:
        InvalidInputError: The counts are no grid or not finite, the mask has another shape, or
            there are fewer than two cells.
    """
    return _measured(Field.of(counts, mask))


def local_moran_on(counts: npt.ArrayLike, neighbours: npt.ArrayLike) -> LocalMoran:
    """Local Moran's I of cells of any form, such as hexagons.

    Args:
        counts: n.
        neighbours: n by m: the numbers of the cells beside each, itself left out; -1 for none.

    Raises:
        InvalidInputError: As `local_moran`, or the neighbours are not n rows of numbers of cells.
    """
    return _measured(Field.of(counts, neighbours=neighbours))


def local_moran_permutation(
    counts: npt.ArrayLike,
    *,
    mask: npt.ArrayLike | None = None,
    neighbours: npt.ArrayLike | None = None,
    permutations: int,
    rng: np.random.Generator,
) -> Floats:
    """How often chance alone would give an I as far out: conditional permutation, two-sided.

    With its own count kept, a cell's I moves with the sum of its neighbours alone, so this is the
    distribution of Gi* as well. Sums that are equal count as being as far out on both sides, where
    some libraries count them on one: in sparse data that makes every empty cell "significant".

    Args:
        counts: rows by columns; with `neighbours` n.
        mask: As in `local_moran`.
        neighbours: As in `local_moran_on`; None for a grid of squares.
        permutations: How many draws; p is never below 2 / (permutations + 1).
        rng: The only source of chance.

    Returns:
        p as the counts; 1 where a count is the mean; NaN where I is.

    Raises:
        InvalidInputError: As `local_moran`, or there are no permutations.
    """
    field = Field.of(counts, mask, neighbours)
    p = conditional_p(field, permutations, rng)
    moved, mean = field.shifted()
    p[(moved == mean) & ~np.isnan(p)] = 1.0
    return p


def _measured(field: Field) -> LocalMoran:
    moved, mean = field.shifted()
    m2 = field.variance(moved, mean)
    others = field.neighbours.count() - 1
    around = field.neighbours.sums(moved) - moved
    lag = np.divide(around, others, out=np.full_like(around, mean), where=others > 0) - mean
    deviation = moved - mean
    i = field.only_inside(deviation * lag / (m2 or 1.0))
    high, high_around = deviation > 0, lag > 0
    quadrant = np.select(
        [high & high_around, ~high & high_around, ~high & ~high_around],
        [Quadrant.HIGH_HIGH, Quadrant.LOW_HIGH, Quadrant.LOW_LOW],
        Quadrant.HIGH_LOW,
    ).astype(np.int8)
    quadrant[np.isnan(i)] = Quadrant.NONE
    return LocalMoran(i, quadrant)
