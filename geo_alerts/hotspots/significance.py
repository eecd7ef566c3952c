"""From scores to what may be called a hot spot: p-values, and the account for testing many cells.

The textbook's p of Gi* takes the score as normal. That holds for sums of many crimes and fails for
sums of few: on crimes strewn evenly and at random, 0.1 a cell, some cell of 3,600 passes a false
discovery rate of 5 % in 97 fields of 100. So a hot cell must pass twice here: it stands out from
how cells of the area differ (Gi*), and chance alone does not put so many crimes there (Poisson). On
such random fields that keeps the stated rate (tests/property/test_local_statistics.py); where
crimes are many it changes nothing.

scipy is imported inside functions: the server's way to its first answer needs none of it.

Source:
    Benjamini and Hochberg (1995), "Controlling the false discovery rate: a practical and powerful
    approach to multiple testing", Journal of the Royal Statistical Society B 57. Benjamini and
    Yekutieli (2001), Annals of Statistics 29: it holds for tests that rise and fall together, as
    those of neighbouring cells do.
"""

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.grid import checked_weights
from geo_alerts.hotspots.neighbours import Field, Flags, Floats, as_number, as_numbers, checked_mask

# Of so few crimes nobody makes a plan, however unlikely they are: the rate behind 5 is known within
# a factor of seven (the exact 95 % interval is 1.6 to 11.7), behind 4 within nine, and one crime
# recorded elsewhere changes who is on the list.
LEAST_COUNT: Final = 5
LEVEL: Final = 0.05


def two_sided_p(z: npt.ArrayLike) -> Floats:
    """How often chance gives a standard normal deviate as far out, on either side.

    Exact in the tail down to the least number there is: beyond |z| of about 38 it is 0, so rank by
    z and not by p.

    Args:
        z: Of any shape; NaN stays NaN.
    """
    from scipy.special import erfc  # noqa: PLC0415

    return np.asarray(erfc(np.abs(as_numbers(z, "scores")) / math.sqrt(2.0)), dtype=np.float64)


def poisson_p(
    values: npt.ArrayLike,
    *,
    mask: npt.ArrayLike | None = None,
    neighbours: npt.ArrayLike | None = None,
    unit: float = 1.0,
) -> Floats:
    """How often crimes strewn evenly and at random give a sum round a cell as far out, two-sided.

    Args:
        values: rows by columns, or n with `neighbours`: counts, or weights of crimes, not negative.
        mask: The cells of the study area; None for all.
        neighbours: n by m, as `getis_ord.gi_star_on` has them; None for a grid of squares.
        unit: What one crime weighs, by `effective_weight`; 1 for counts.

    Returns:
        p as the values, NaN outside the mask: twice the smaller tail of a Poisson distribution with
        the mean of so many cells, each tail with the sum itself.

    Raises:
        InvalidInputError: As `gi_star`; or a value is negative, or the unit is not above 0.
    """
    field = Field.of(values, mask, neighbours)
    if field.values.min() < 0:
        raise InvalidInputError(f"counts are not negative; one is {field.values.min()}")
    check_unit(unit)
    expected = field.neighbours.count() * (field.values.sum() / field.n / unit)
    p = poisson_tails(field.neighbours.sums(field.values) / unit, expected)
    if field.inside is not None:
        p[~field.inside] = np.nan
    return p


def poisson_tails(found: Floats, expected: Floats) -> Floats:
    """Twice the smaller tail of Poisson distributions, each tail with what was found; at most 1.

    Args:
        found: What was found, 0 or more; between whole numbers the tails go smoothly.
        expected: The means, of the same shape; where that is 0, p is 1.
    """
    from scipy.special import gammainc, gammaincc  # noqa: PLC0415

    # P(X >= found) and P(X <= found).
    smaller = np.minimum(gammainc(found, expected), gammaincc(found + 1.0, expected))
    return np.where(expected > 0, np.minimum(2.0 * smaller, 1.0), 1.0)


def effective_weight(weights: npt.ArrayLike) -> float:
    """What one crime weighs in sums of weights that differ: sum w^2 / sum w.

    Sums of so many weights vary about as much as a Poisson count times this.

    Args:
        weights: n, one a crime; not negative.

    Raises:
        InvalidInputError: A weight is negative or not finite, or all are 0.
    """
    given = np.atleast_1d(as_numbers(weights, "weights"))
    weight = checked_weights(given, given.size)
    if weight is None or not weight.any():
        raise InvalidInputError("all crimes weigh 0; choose other categories or other weights")
    return float(np.vdot(weight, weight) / weight.sum())


def cautious_p(
    z: npt.ArrayLike,
    values: npt.ArrayLike,
    *,
    neighbours: npt.ArrayLike | None = None,
    unit: float = 1.0,
) -> Floats:
    """The larger of the normal p of a score and the Poisson p of the sum behind it.

    Args:
        z: As `gi_star` gives it; NaN where no cell is.
        values: What it was given of.
        neighbours: As `poisson_p`.
        unit: As `poisson_p`.

    Returns:
        p as z; NaN where z is.

    Raises:
        InvalidInputError: As `poisson_p`, or the shapes differ.
    """
    score, counted = as_numbers(z, "scores"), as_numbers(values, "counts")
    scored = _scored(score, counted)
    # Nothing stands out where all cells are equal, and one cell has none to be compared with.
    if np.count_nonzero(scored) < 2:  # noqa: PLR2004
        return np.full(score.shape, np.nan)
    mask = scored if neighbours is None else None
    return np.maximum(
        two_sided_p(score), poisson_p(counted, mask=mask, neighbours=neighbours, unit=unit)
    )


def hot_cells(
    z: npt.ArrayLike,
    counts: npt.ArrayLike,
    *,
    p: npt.ArrayLike | None = None,
    neighbours: npt.ArrayLike | None = None,
    level: float = LEVEL,
    least_count: float = LEAST_COUNT,
) -> Flags:
    """The cells that may be called hot.

    Args:
        z: Gi* of the cells, of counts or of any weight; NaN outside the study area.
        counts: How many crimes each cell holds, whatever z was given of.
        p: p of z: for weights `cautious_p` of them; None for that of the counts.
        neighbours: As `getis_ord.gi_star_on`; None for a grid of squares.
        level: The share of false discoveries that is put up with (Benjamini and Hochberg), over
            all cells of the study area.
        least_count: The least number of crimes in a cell and its neighbours together.

    Returns:
        As z.

    Raises:
        InvalidInputError: The level is not within 0 and 1, the least count is negative, or the
            shapes differ.
    """
    check_level(level)
    if not least_count >= 0:
        raise InvalidInputError(f"the least count is 0 or more, not {least_count}")
    score, counted = as_numbers(z, "scores"), as_numbers(counts, "counts")
    scored = _scored(score, counted)
    chance = cautious_p(score, counted, neighbours=neighbours) if p is None else p
    q = benjamini_hochberg(chance, scored)
    if not (q <= level).any():
        return np.zeros(score.shape, dtype=bool)
    field = Field.of(counted, scored if neighbours is None else None, neighbours)
    enough = field.neighbours.sums(field.values) >= least_count
    return np.asarray((score > 0) & (q <= level) & enough, dtype=bool)


def _scored(z: Floats, counts: Floats) -> Flags:
    if z.shape != counts.shape:
        raise InvalidInputError(f"scores of shape {z.shape} are not of counts of {counts.shape}")
    return np.asarray(~np.isnan(z))


def cold_spots_possible(
    counts: npt.ArrayLike,
    *,
    mask: npt.ArrayLike | None = None,
    neighbours: npt.ArrayLike | None = None,
    level: float = LEVEL,
) -> bool:
    """Whether any cell could be called cold: where crime is sparse even none at all is usual.

    The lowest Gi* that the area allows is of a cell that has the least count itself and round it;
    no cell can be cold when that alone, before any account for many tests, is not significant.

    Args:
        counts: rows by columns, or n with `neighbours`.
        mask: The cells of the study area; None for all.
        neighbours: As `getis_ord.gi_star_on`.
        level: The two-sided level of one test.

    Raises:
        InvalidInputError: As `gi_star`, or the level is not within 0 and 1.
    """
    from scipy.special import ndtri  # noqa: PLC0415

    check_level(level)
    field = Field.of(counts, mask, neighbours)
    present = field.neighbours.count()
    # A cell whose neighbours are the whole study area has no score.
    scored = present < field.n if field.inside is None else (present < field.n) & field.inside
    if field.all_equal or not scored.any():
        return False
    k = float(present[scored].max())
    moved, mean = field.shifted()
    chosen = moved if field.inside is None else moved[field.inside]
    spread = math.sqrt(field.variance(moved, mean) * k * (field.n - k) / (field.n - 1))
    lowest = k * (float(chosen.min()) - mean) / spread
    return bool(lowest <= ndtri(level / 2))


def check_level(level: float) -> None:
    """Refuse what is no level of significance.

    Raises:
        InvalidInputError: It is not between 0 and 1.
    """
    if not 0 < as_number(level, "a level") < 1:
        raise InvalidInputError(f"a level lies between 0 and 1, such as 0.05, and is not {level}")


def check_unit(unit: float) -> None:
    """Refuse what no crime can weigh.

    Raises:
        InvalidInputError: It is not above 0.
    """
    if not (math.isfinite(unit) and unit > 0):
        raise InvalidInputError(f"the weight of one crime is above 0, not {unit}")


def benjamini_hochberg(p: npt.ArrayLike, mask: npt.ArrayLike | None = None) -> Floats:
    """The least false discovery rate at which each test would be told as a discovery.

    Args:
        p: p-values of any shape; NaN where nothing was tested.
        mask: The same shape: the tests that count; None for all. Every one of them counts, those
            without any crime too: leaving out dull cells after a look at them is no fair account.

    Returns:
        q of the same shape, never below p; NaN where nothing was tested.

    Raises:
        InvalidInputError: A p-value is not within 0 to 1, or the mask has another shape.
    """
    values = as_numbers(p, "p-values")
    wanted = checked_mask(mask, values.shape)
    tested = ~np.isnan(values) if wanted is None else wanted & ~np.isnan(values)
    chosen = values[tested]
    if ((chosen < 0) | (chosen > 1)).any():
        raise InvalidInputError("p-values lie within 0 and 1")
    q = np.full(values.shape, np.nan)
    q[tested] = _stepped_up(chosen)
    return q


def _stepped_up(p: Floats) -> Floats:
    order = np.argsort(p)
    scaled = p[order] * (len(p) / np.arange(1, len(p) + 1))
    least = np.minimum.accumulate(scaled[::-1])[::-1]
    q = np.empty_like(p)
    q[order] = np.minimum(least, 1.0)
    return q
