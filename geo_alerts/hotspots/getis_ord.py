"""Gi*: where high or low counts come together.

z_i = (sum_j w_ij x_j - mean W_i) / (S sqrt((n W2_i - W_i^2) / (n - 1))), with w_ij = 1 for each
neighbour j of cell i that exists, cell i included; mean and population standard deviation S are of
all n cells. With equal weights W_i = W2_i = k_i, the number of those cells, and row-standardising
the weights changes nothing.

Source:
    Getis and Ord (1992), "The analysis of spatial association by use of distance statistics",
    Geographical Analysis 24; Ord and Getis (1995), "Local spatial autocorrelation statistics:
    distributional issues and an application", Geographical Analysis 27.
"""

import numpy as np
import numpy.typing as npt

from geo_alerts.hotspots.neighbours import Field, Floats
from geo_alerts.hotspots.permutations import conditional_p


def gi_star(counts: npt.ArrayLike, *, mask: npt.ArrayLike | None = None) -> Floats:
    """Gi* of every cell of a grid of squares, as a standard normal deviate.

    Args:
        counts: rows (south to north) by columns (west to east): what is counted, or any weight of
            it such as harm.
        mask: rows by columns: the cells of the study area; None for all. The study area decides
            the mean, and with it how many cells stand out.

    Returns:
        rows by columns; NaN outside the mask, where a cell's neighbours are the whole study area,
        and everywhere when all cells are equal, for then nothing stands out.

    Raises:
        InvalidInputError: The counts are no grid or not finite, the mask has another shape, or
            there are fewer than two cells.
    """
    return _scores(Field.of(counts, mask))


def gi_star_on(counts: npt.ArrayLike, neighbours: npt.ArrayLike) -> Floats:
    """Gi* of cells of any form, such as hexagons.

    Args:
        counts: n.
        neighbours: n by m: the numbers of the cells beside each, itself left out; -1 for none.

    Returns:
        n standard normal deviates, NaN as in `gi_star`.

    Raises:
        InvalidInputError: As `gi_star`, or the neighbours are not n rows of numbers of cells.
    """
    return _scores(Field.of(counts, neighbours=neighbours))


def gi_star_permutation(
    counts: npt.ArrayLike,
    *,
    mask: npt.ArrayLike | None = None,
    neighbours: npt.ArrayLike | None = None,
    permutations: int,
    rng: np.random.Generator,
) -> Floats:
    """How often chance alone would give a sum as far out: conditional permutation, two-sided.

    Each cell keeps its own count while the others are drawn, without replacement, from the rest of
    the study area. Cells with the same count and number of neighbours have the same distribution
    and share their draws.

    Args:
        counts: rows by columns; with `neighbours` n.
        mask: As in `gi_star`.
        neighbours: As in `gi_star_on`; None for a grid of squares.
        permutations: How many draws; p is never below 2 / (permutations + 1), so that many cells
            together pass a false discovery rate only when there are enough.
        rng: The only source of chance.

    Returns:
        p as the counts; NaN where `gi_star` is.

    Raises:
        InvalidInputError: As `gi_star`, or there are no permutations.
    """
    return conditional_p(Field.of(counts, mask, neighbours), permutations, rng)


def _scores(field: Field) -> Floats:
    moved, mean = field.shifted()
    k = field.neighbours.count()
    spread = np.sqrt(k * (field.n - k) * (field.variance(moved, mean) / (field.n - 1)))
    # There is none where the neighbours are the whole study area.
    spread[spread == 0] = np.nan
    return field.only_inside((field.neighbours.sums(moved) - k * mean) / spread)
