"""Work in threads: GEOS and numpy let other threads run while they calculate."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

MOST_THREADS: Final = 8

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


def run_each(function: Callable[[Item], Outcome], items: Sequence[Item]) -> list[Outcome]:
    """Call a function for each item, several at a time.

    Args:
        function: Must depend on its item only.
        items: Its arguments.

    Returns:
        The outcomes in the order of the items, whichever ended first.
    """
    workers = min(MOST_THREADS, os.cpu_count() or 1, len(items))
    if workers <= 1:
        return [function(item) for item in items]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(function, items))
