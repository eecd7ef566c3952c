"""Chance that comes out the same on every machine.

Only uniform numbers are drawn and only whole-number weights are added up: a library's own
distributions may change with its version, and its logarithms with the processor.
"""

from collections.abc import Sequence
from typing import Generic, TypeVar

import numpy as np

T = TypeVar("T")


class Weighted(Generic[T]):
    """Options, each to be drawn as often as its weight says."""

    def __init__(self, options: Sequence[T], weights: Sequence[int]) -> None:
        """Keep the options that have a weight above nought.

        Args:
            options: n of anything.
            weights: n whole numbers, nought or more, not all nought.
        """
        if len(options) != len(weights):
            raise ValueError(f"{len(options)} options have {len(weights)} weights")
        self._options = options
        self._sums = np.cumsum(np.asarray(weights, dtype=np.int64))

    def draw(self, rng: np.random.Generator) -> T:
        """Draw one option."""
        at = int(rng.random() * int(self._sums[-1]))
        return self._options[int(np.searchsorted(self._sums, at, side="right"))]


def draw_evenly(options: Sequence[T], rng: np.random.Generator) -> T:
    """Draw one option, all alike."""
    return options[int(rng.random() * len(options))]


def draw_whole(least: int, most: int, rng: np.random.Generator) -> int:
    """Draw a whole number from `least` to `most`, both included."""
    return least + int(rng.random() * (most - least + 1))


def happens(percent: int, rng: np.random.Generator) -> bool:
    """Tell whether something that happens in so many of a hundred cases happens now."""
    return draw_whole(1, 100, rng) <= percent


def dealt(counts: dict[T, int], rest: T, total: int, rng: np.random.Generator) -> list[T]:
    """Deal out `total` cards, exactly so many of each kind and the rest of one more, shuffled.

    Args:
        counts: How many of each kind.
        rest: The kind of all others.
        total: How many altogether.
        rng: What the order is drawn from.
    """
    cards = [kind for kind, count in counts.items() for _ in range(count)]
    cards += [rest] * (total - len(cards))
    return [cards[row] for row in np.argsort(rng.random(total), kind="stable")]
