"""Which cells are the k highest where several are ranked alike at the border."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ties = Literal["worst", "best"]


@dataclass(frozen=True, slots=True)
class Border:
    """The k highest cells: those above the last one taken, and those ranked as it is.

    Attributes:
        cells: k.
        above: Events in the cells ranked above.
        tied: Events of each cell ranked as the last one taken, ascending.
        of_tied: How many of these are taken.
        foretold: What the map says of the k cells, summed.
    """

    cells: int
    above: float
    tied: Floats
    of_tied: int
    foretold: float

    def hits(self, ties: Ties) -> float:
        """Events in the k cells by a rule."""
        first = 0 if ties == "worst" else len(self.tied) - self.of_tied
        return self.above + float(self.tied[first : first + self.of_tied].sum())

    @property
    def expected_hits(self) -> float:
        """The mean over all orders of the tied: whole counts are divided last, so equals are so."""
        many = len(self.tied)
        return (self.above * many + float(self.tied.sum()) * self.of_tied) / many


def border_of(predicted: Floats, observed: Floats, k: int, *, last: float) -> Border:
    """The border of the k highest cells.

    Args:
        predicted: n: what the map ranks the cells by.
        observed: n: events of each.
        k: How many are taken.
        last: The k-th highest prediction: no other order of the cells is needed.
    """
    above = predicted > last
    of_tied = k - int(np.count_nonzero(above))
    return Border(
        cells=k,
        above=float(observed[above].sum()),
        tied=np.sort(observed[predicted == last]),
        of_tied=of_tied,
        foretold=float(predicted[above].sum()) + last * of_tied,
    )
