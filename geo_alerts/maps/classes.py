"""Classes of a shaded map: quantiles rounded to whole numbers, their colours, their words."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo_alerts.maps.words import thousands

# ColorBrewer 2.0, BuGn, 5 classes: sequential, safe for the colour-blind. Source: Harrower and
# Brewer (2003), ColorBrewer.org, The Cartographic Journal 40(1), 27-37.
BUGN = ("#edf8fb", "#b2e2e2", "#66c2a4", "#2ca25f", "#006d2c")


@dataclass(frozen=True)
class Classes:
    """Classes between whole numbers; a value on a limit belongs to the class above it.

    Attributes:
        limits: k - 1 whole numbers, rising, between the k classes.
        colours: k colours, from the lowest class to the highest.
    """

    limits: tuple[int, ...]
    colours: tuple[str, ...]

    def of(self, values: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """The class of each value, 0 the lowest; -1 where it is NaN."""
        numbers = np.asarray(values, dtype=float)
        found = np.searchsorted(self.limits, numbers, side="right")
        return np.where(np.isnan(numbers), -1, found).astype(np.int64)

    def words(self) -> tuple[str, ...]:
        """What each class says: `under 20`, `20 to under 31`, `31 or more`."""
        if not self.limits:
            return ("all values",)
        shown = [thousands(limit) for limit in self.limits]
        between = [f"{low} to under {high}" for low, high in itertools.pairwise(shown)]
        return (f"under {shown[0]}", *between, f"{shown[-1]} or more")


def quantile_classes(values: npt.ArrayLike, colours: Sequence[str] = BUGN) -> Classes:
    """Classes that hold about as many values each.

    The limits are the quantiles, by linear interpolation, rounded to whole numbers. Limits that
    fall together, and ones that would leave the lowest class empty, are dropped: there are then
    fewer classes, with colours spread over the whole ramp.

    Args:
        values: n numbers, not negative; NaN is left out.
        colours: As many as classes are wanted, from low to high.

    Returns:
        At most `len(colours)` classes; one class where there is nothing to tell apart.
    """
    numbers = np.asarray(values, dtype=float)
    numbers = numbers[~np.isnan(numbers)]
    if numbers.size == 0:
        return Classes((), (colours[-1],))
    shares = np.arange(1, len(colours)) / len(colours)
    limits = np.unique(np.rint(np.quantile(numbers, shares)).astype(int))
    limits = limits[(limits > numbers.min()) & (limits <= numbers.max())]
    picked = np.rint(np.linspace(0, len(colours) - 1, len(limits) + 1)).astype(int)
    if not limits.size:
        picked = np.array([len(colours) // 2])
    return Classes(tuple(map(int, limits)), tuple(colours[place] for place in picked))
