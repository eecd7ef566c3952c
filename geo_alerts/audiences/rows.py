"""Rows of people, places and units: ascending 64-bit whole numbers, each once, and runs of them."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]

NO_ROWS: Final[Rows] = np.zeros(0, dtype=np.int64)

# Marking rows in an array of flags costs by the array's length, sorting by how many rows there are.
# Where numpy sorts with vector instructions marking wins from one row in eight, elsewhere earlier.
SORT_BELOW_SHARE: Final = 16


def each_once(rows: Rows) -> Rows:
    """Each row once, ascending.

    Sorted by hand: `np.unique` of numpy 2.4 fills a hash table first, which takes twelve times as
    long.
    """
    ascending = np.sort(rows)
    is_first = np.ones(len(ascending), dtype=np.bool_)
    np.not_equal(ascending[1:], ascending[:-1], out=is_first[1:])
    return ascending[is_first]


def distinct(rows: Rows, length: int) -> Rows:
    """Each row once, ascending, by the faster of two ways.

    Args:
        rows: Rows from 0 to `length` - 1, in any order.
        length: How many rows there are to choose from.
    """
    if len(rows) * SORT_BELOW_SHARE < length:
        return each_once(rows)
    marks = np.zeros(length, dtype=np.bool_)
    marks[rows] = True
    return np.flatnonzero(marks)


def expand(start: Rows, length: Rows) -> Rows:
    """The rows start, start + 1, … of each run, one run after the other."""
    before = np.cumsum(length) - length
    return np.repeat(start - before, length) + np.arange(length.sum())


def is_among(rows: Rows, some: Rows) -> npt.NDArray[np.bool_]:
    """Tell which rows are among some that are ascending."""
    if not len(some):
        return np.zeros(len(rows), dtype=np.bool_)
    at = np.minimum(np.searchsorted(some, rows), len(some) - 1)
    return np.asarray(some[at] == rows)


def union_of(parts: Sequence[Rows]) -> Rows:
    """The rows that are in any part; parts are ascending."""
    return each_once(np.concatenate(parts)) if len(parts) > 1 else parts[0]


def merged(
    references: Sequence[npt.NDArray[np.str_]], values: Sequence[npt.NDArray[Any]]
) -> npt.NDArray[Any]:
    """The values of several parts in the order of their references.

    Args:
        references: Of each part, ascending; all parts but the first are small.
        values: Of each part, in the order of its references.
    """
    order_by, together = references[0], values[0]
    for more_references, more in zip(references[1:], values[1:], strict=True):
        at = np.searchsorted(order_by, more_references)
        widest_value = np.promote_types(together.dtype, more.dtype)
        together = np.insert(together.astype(widest_value), at, more)
        widest = np.promote_types(order_by.dtype, more_references.dtype)
        order_by = np.insert(order_by.astype(widest), at, more_references)
    return together
