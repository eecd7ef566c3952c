"""Rows of people, places and units: ascending 64-bit whole numbers, each once, and runs of them."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]

NO_ROWS: Final[Rows] = np.zeros(0, dtype=np.int64)


def each_once(rows: Rows) -> Rows:
    """Each row once, ascending.

    Sorted by hand: `np.unique` of numpy 2.4 fills a hash table first, which takes twelve times as
    long.
    """
    ascending = np.sort(rows)
    is_first = np.ones(len(ascending), dtype=np.bool_)
    np.not_equal(ascending[1:], ascending[:-1], out=is_first[1:])
    return ascending[is_first]


def expand(start: Rows, length: Rows) -> Rows:
    """The rows start, start + 1, … of each run, one run after the other."""
    before = np.cumsum(length) - length
    return np.repeat(start - before, length) + np.arange(length.sum())


def is_among(rows: npt.NDArray[Any], some: Rows) -> npt.NDArray[np.bool_]:
    """Tell which rows are among some that are ascending."""
    if not len(some):
        return np.zeros(len(rows), dtype=np.bool_)
    at = np.minimum(np.searchsorted(some, rows), len(some) - 1)
    return np.asarray(some[at] == rows)


def union_of(parts: Sequence[Rows]) -> Rows:
    """The rows that are in any part; parts are ascending."""
    return each_once(np.concatenate(parts)) if len(parts) > 1 else parts[0]


def order_of(numbers: Rows) -> Rows:
    """The order that puts numbers of people, each there once, in ascending order.

    Sorted together with their places in one array of whole numbers, the last bits making room:
    less than half the time of `np.argsort`. Numbers that differ in these bits only are rare.

    Args:
        numbers: n numbers, none negative.
    """
    room = np.int64((1 << len(numbers).bit_length()) - 1)
    packed = np.sort((numbers & ~room) | np.arange(len(numbers)))
    order = packed & room
    ascending = numbers[order]
    if (ascending[1:] < ascending[:-1]).any():
        return np.argsort(numbers)
    return order
