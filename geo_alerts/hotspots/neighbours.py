"""Sums over the 3 by 3 cells around each cell of a grid (queen contiguity, itself included).

Cells at the edge and beside cells that are not in the study area have fewer neighbours: only cells
that exist are summed and counted.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def sum_3x3(values: Floats) -> Floats:
    """The sum over each cell and its up to eight neighbours.

    Args:
        values: rows by columns; 0 where a cell does not exist.

    Returns:
        rows by columns.
    """
    along = values.copy()
    along[:, 1:] += values[:, :-1]
    along[:, :-1] += values[:, 1:]
    both = along.copy()
    both[1:] += along[:-1]
    both[:-1] += along[1:]
    return both


def count_3x3(mask: Flags | None, shape: tuple[int, int]) -> Floats:
    """How many cells exist in the 3 by 3 around each cell, itself included.

    Args:
        mask: rows by columns: the cells that exist; None for all.
        shape: rows, columns.
    """
    if mask is not None:
        return sum_3x3(mask.astype(np.float64))
    down, across = (_line(length) for length in shape)
    return down[:, None] * across[None, :]


def _line(length: int) -> Floats:
    count = np.full(length, 3.0)
    count[[0, -1]] = 2.0 if length > 1 else 1.0
    return count
