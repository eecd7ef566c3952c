"""Maps of where crime may come next month, each from the months before and by a stated rule.

A method has a name of up to three parts, such as `density_300_recent`:

- What the past is turned into. `counts`: crimes of each cell, which foretell themselves; the naive
  baseline. `density_300`: the quartic density of 300 m at each cell's centre, times its ground.
  `gi_star`: Gi* of the counts, which ranks and foretells no numbers.
- Which months. All of the window alike; `recent`: each half as heavy as that three months after it;
  `last_year`: only the same month a year before.

What is foretold is a number of crimes in one month of the length of those before. Months that are
missing are left out, not taken for empty.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.bandwidth import check_over_cell
from geo_alerts.hotspots.crimes import Crimes
from geo_alerts.hotspots.density import density
from geo_alerts.hotspots.getis_ord import gi_star
from geo_alerts.hotspots.grid import SquareGrid

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Surface = Literal["counts", "density", "gi_star"]
Window = Literal["all", "recent", "last_year"]

# The simplest, which others must beat.
BASELINE: Final = "counts"
# The names of the methods that are compared unless others are asked for, the simplest first.
METHODS: Final = (
    BASELINE,
    "counts_recent",
    "counts_last_year",
    "density_300",
    "density_300_recent",
    "density_500",
    "density_800",
    "gi_star",
)
HALF_LIFE_MONTHS: Final = 3.0
MONTHS_OF_YEAR: Final = 12
_NAME: Final = re.compile(
    r"(counts|density|gi_star)(?:(?<=density)_([1-9]\d{1,4}))?(?:_(recent|last_year))?"
)
_WORDS: Final = {
    "all": "of the months before",
    "recent": "of the months before, recent ones heavier",
    "last_year": "of the same month a year before",
}


@dataclass(frozen=True, slots=True)
class Method:
    """A way to foretell.

    Attributes:
        name: What it is called.
        surface: What the past is turned into.
        window: Which months.
        bandwidth_m: Of a density; 0 of others.
    """

    name: str
    surface: Surface
    window: Window
    bandwidth_m: float

    @property
    def words(self) -> str:
        """The method in words."""
        surface = {
            "counts": "counts",
            "density": f"quartic density, {self.bandwidth_m:.0f} m,",
            "gi_star": "Gi*",
        }[self.surface]
        return f"{surface} {_WORDS[self.window]}"

    @property
    def simplicity(self) -> tuple[int, int, float]:
        """Less is simpler: counts before densities, all months before some, wide before narrow."""
        surfaces, windows = ("counts", "density", "gi_star"), ("all", "last_year", "recent")
        return surfaces.index(self.surface), windows.index(self.window), -self.bandwidth_m

    def weights(self, months: npt.NDArray[np.int32], target: int) -> Floats | None:
        """How much each month tells of the target; None where nothing does.

        Args:
            months: t months before the target, those that are there.
            target: The month to foretell.
        """
        age = target - months
        weight = {
            "all": np.ones(len(months)),
            "recent": 0.5 ** (age / HALF_LIFE_MONTHS),
            "last_year": (age == MONTHS_OF_YEAR).astype(np.float64),
        }[self.window]
        return weight if weight.any() else None


def blend(weights: Floats, surfaces: Floats) -> Floats:
    """The mean of t surfaces by their weights.

    Sums of counts stay whole until they are divided, and each cell is summed in the same order: so
    cells with the same past are ranked alike on every machine, and none is hotter by rounding.

    Args:
        weights: t, some above 0.
        surfaces: t by n.
    """
    total = np.zeros(len(surfaces.T))
    for weight, surface in zip(weights, surfaces, strict=True):
        if weight:
            total += weight * surface
    return np.asarray(total / weights.sum())


def method_named(name: str) -> Method:
    """The method of a name.

    Raises:
        InvalidInputError: There is none; says how names are made.
    """
    found = _NAME.fullmatch(name)
    if found is None or (found[1] == "density") != bool(found[2]):
        raise InvalidInputError(
            f"{name!r} is no method of foretelling: wanted counts, gi_star or density_ and its "
            "bandwidth in metres, such as density_300, each also with _recent or _last_year"
        )
    surface: Surface = found[1]  # type: ignore[assignment] # as the pattern has it
    window: Window = found[3] or "all"  # type: ignore[assignment]
    return Method(name, surface, window, float(found[2] or 0))


def methods_for(cell_m: float) -> tuple[str, ...]:
    """Those of `METHODS` that a grid of such cells can show: no bandwidth below the cell."""
    return tuple(name for name in METHODS if not 0 < method_named(name).bandwidth_m < cell_m)


@dataclass(frozen=True, eq=False)
class Past:
    """Crimes by month, on the n cells of a study area.

    Attributes:
        crimes: Those of the months, in the order of the months.
        weight: One each; None for 1.
        grid: Whose cells.
        mask: rows by columns: the n cells of the study area.
        months: t months, ascending.
    """

    crimes: Crimes
    weight: Floats | None
    grid: SquareGrid
    mask: Flags
    months: npt.NDArray[np.int32]

    def counts(self) -> Floats:
        """Crimes of each month in each cell, t by n."""
        return self._by_month(self.grid.counts)

    def densities(self, bandwidth_m: float, each: Callable[[], None] = lambda: None) -> Floats:
        """Crimes that the density has in each cell, t by n; `each` is called after every month.

        Raises:
            InvalidInputError: The bandwidth is below the cell.
        """
        check_over_cell(bandwidth_m, self.grid.cell_m)
        columns, rows = self.grid.centres()

        def in_cells(easting: Floats, northing: Floats, weight: Floats | None) -> Floats:
            each()
            return self.grid.cell_m**2 * density(
                easting, northing, columns, rows[:, None], bandwidth_m=bandwidth_m, weights=weight
            )

        return self._by_month(in_cells)

    def gi_stars(self, counts: Floats) -> Floats:
        """Gi* of counts in the n cells; 0 where all are alike, for then none is hotter."""
        values = np.zeros(self.mask.shape)
        values[self.mask] = counts
        # Cells with the same sums round them are ranked alike, whatever the rounding.
        z = np.nan_to_num(gi_star(values, mask=self.mask)[self.mask])
        return np.asarray(np.round(z, 9), dtype=np.float64)

    def _by_month(self, made: Callable[[Floats, Floats, Floats | None], Floats]) -> Floats:
        surfaces = np.zeros((len(self.months), int(np.count_nonzero(self.mask))))
        start = np.searchsorted(self.crimes.month, self.months, side="left")
        end = np.searchsorted(self.crimes.month, self.months, side="right")
        for row, (first, after) in enumerate(zip(start, end, strict=True)):
            these = slice(int(first), int(after))
            weight = None if self.weight is None else self.weight[these]
            easting, northing = self.crimes.easting[these], self.crimes.northing[these]
            if len(easting):
                surfaces[row] = made(easting, northing, weight)[self.mask]
        return surfaces


def past(
    crimes: Crimes,
    grid: SquareGrid,
    mask: npt.ArrayLike | None,
    months: Sequence[int],
    *,
    weights: npt.ArrayLike | None = None,
) -> Past:
    """Put crimes in the order of the months that are there.

    Args:
        crimes: n crimes; those of other months are left out.
        grid: Whose cells; crimes beyond it are in no cell, but still within reach of a density.
        mask: rows by columns: the cells of the study area; None for all.
        months: Those that are there, of whatever number of crimes.
        weights: n, such as harm; None for 1 each.

    Raises:
        InvalidInputError: The mask does not fit the grid or is empty, there are no months, or
            weights are not as many as crimes.
    """
    inside = np.ones(grid.shape, dtype=bool) if mask is None else np.asarray(mask, dtype=bool)
    if inside.shape != grid.shape:
        raise InvalidInputError(f"the mask is of shape {inside.shape}, the grid of {grid.shape}")
    if not inside.any():
        raise InvalidInputError("the study area has no cell of the grid")
    when = np.unique(np.asarray(months, dtype=np.int32))
    if not len(when):
        raise InvalidInputError("there are no months to foretell from: import crimes first")
    weight = None if weights is None else np.asarray(weights, dtype=np.float64)
    if weight is not None and weight.shape != (len(crimes),):
        raise InvalidInputError(f"{weight.size} weights for {len(crimes)} crimes")
    order = np.argsort(crimes.month, kind="stable")
    order = order[np.isin(crimes.month[order], when)]
    ordered = None if weight is None else weight[order]
    return Past(crimes.where(order), ordered, grid, inside, when)


def foretell(before: Past, method: Method, target: int) -> Floats:
    """The map of a month by one method.

    Args:
        before: Crimes of the months before.
        method: How.
        target: The month to foretell, after them.

    Returns:
        rows by columns: crimes to be expected, or Gi*; NaN outside the study area.

    Raises:
        InvalidInputError: A month is not before the target, the method needs one that is not there,
            or its bandwidth is below the cell.
    """
    if before.months[-1] >= target:
        raise InvalidInputError("a month is foretold from the months before it alone")
    weights = method.weights(before.months, target)
    if weights is None:
        raise InvalidInputError(
            f"{method.name} needs the same month a year before, which is missing: import it or "
            "take another method"
        )
    width = method.bandwidth_m
    values = blend(weights, before.densities(width) if width else before.counts())
    foretold = np.full(before.mask.shape, np.nan)
    foretold[before.mask] = before.gi_stars(values) if method.surface == "gi_star" else values
    return foretold
