"""Conditional permutation: a cell keeps its count while its neighbours' are drawn from the others.

What is drawn depends only on the cell's own count and on how many neighbours it has. Cells that
agree in both therefore share one set of draws: some hundred sets for counts, not one for each cell.
Each p is as good as with draws of its own; those of cells that share them err together.

Source:
    Anselin (1995), "Local indicators of spatial association - LISA", Geographical Analysis 27.
"""

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.neighbours import Field, Floats

# Sums that differ by less than this share of the largest are one, written down in another order.
_SAME = 1e-9
# From a pool of so many times the draws on, two of them are seldom one, and drawn again then.
_ROOMY = 8


def conditional_p(field: Field, permutations: int, rng: np.random.Generator) -> Floats:
    """Two-sided p of each cell's sum of neighbours: twice the smaller tail, with ties in both.

    Args:
        field: Figures of cells.
        permutations: How many draws.
        rng: The source of chance.

    Returns:
        p as the field's values, from 2 / (permutations + 1) to 1; NaN where no cell exists, and
        everywhere when all are equal.

    Raises:
        InvalidInputError: There are no permutations.
    """
    if permutations < 1:
        raise InvalidInputError(f"at least one permutation is wanted, not {permutations}")
    inside = np.ones(field.values.shape, bool) if field.inside is None else field.inside
    result = np.full(field.values.shape, np.nan)
    if field.all_equal:
        return result
    values = field.values[inside]
    beside = (field.neighbours.sums(field.values) - field.values)[inside]
    others = (field.neighbours.count() - 1)[inside].astype(np.int64)
    result[inside] = _by_kind(values, beside, others, permutations, rng)
    return result


def _by_kind(
    values: Floats,
    beside: Floats,
    others: npt.NDArray[np.int64],
    permutations: int,
    rng: np.random.Generator,
) -> Floats:
    # A kind: cells of one own count and one number of neighbours, in runs after sorting.
    order = np.lexsort((others, values))
    pool = values[order]
    starts = np.flatnonzero(
        np.r_[True, (np.diff(pool) != 0) | (np.diff(others[order]) != 0)],
    )
    slack = _SAME * float(np.abs(values).max())
    p = np.empty(len(values))
    for start, stop in zip(starts, np.r_[starts[1:], len(values)], strict=True):
        cells = order[start:stop]
        drawn = _draws(len(pool) - 1, int(others[cells[0]]), permutations, rng)
        # The cell's own count is no part of what is drawn from: its place is jumped over.
        sums = np.sort(pool[drawn + (drawn >= start)].sum(axis=1))
        above = permutations - np.searchsorted(sums, beside[cells] - slack, side="left")
        below = np.searchsorted(sums, beside[cells] + slack, side="right")
        p[cells] = np.minimum(2.0 * (np.minimum(above, below) + 1) / (permutations + 1), 1.0)
    return p


def _draws(pool: int, wanted: int, times: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    # `times` by `wanted` places of the pool, no place twice in a row.
    if pool < _ROOMY * wanted:
        whole = np.broadcast_to(np.arange(pool), (times, pool))
        return np.asarray(rng.permuted(whole, axis=1)[:, :wanted])
    drawn = rng.integers(pool, size=(times, wanted))
    while True:
        alike = (np.diff(np.sort(drawn, axis=1), axis=1) == 0).any(axis=1)
        if not alike.any():
            return drawn
        drawn[alike] = rng.integers(pool, size=(int(alike.sum()), wanted))
