"""Whether crime changed between two periods, unit by unit (cells, teams), or only seems to.

Counts are taken as Poisson. Two questions are asked of each unit, and both are told:

- Did it change? The E-test for two Poisson means, or the exact binomial test where the periods
  differ in length.
- Did it change otherwise than the whole? The exact binomial test with the share of the later period
  in all crime, N2 / (N1 + N2), as its chance: a rise that all units share, as when recording
  practice changes, is then no finding.

Of many units some look changed by chance, so q-values go beside the p-values (Benjamini and
Hochberg, over the units that had any crime: one without can show nothing). Where 2 (sqrt(n2) -
sqrt(n1)) is used instead, small counts are flagged far too often.

scipy is imported where it is used, so that nothing that only reads results waits for it.

Source:
    Krishnamoorthy and Thomson (2004), "A more powerful test for comparing two Poisson means",
    Journal of Statistical Planning and Inference 119 (the E-test); Przyborowski and Wilenski
    (1940), Biometrika 31 (the binomial test).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.neighbours import as_numbers
from geo_alerts.hotspots.repeats.persistence import rate_ratio
from geo_alerts.hotspots.significance import LEVEL, benjamini_hochberg, check_level

Floats = npt.NDArray[np.float64]
Signs = npt.NDArray[np.int8]
# Of one total and some outcomes, their p-values.
Tests = Callable[[float, Floats], Floats]

# Beyond so many standard deviations and so many more, chances are 0 in double arithmetic.
_FARTHEST: Final = (40.0, 200.0)
# Outcomes as likely as the one seen, up to rounding, count as not likelier: as scipy has it.
_AS_LIKELY: Final = 1 + 1e-7
# Windows of chances grow with the square root; these hold some 80,000 numbers at most.
_MOST: Final = 1e6


def e_test(n1: npt.ArrayLike, n2: npt.ArrayLike) -> Floats:
    """The two-sided E-test of two counts over periods (or areas) of one length.

    As `scipy.stats.poisson_means_test(n1, 1, n2, 1)`, for arrays: how likely counts whose
    standardised difference (x1 - x2) / sqrt(x1 + x2) is as large would be if both had the mean
    (n1 + n2) / 2. Whether two differences that are equal in theory count as such is decided in
    double arithmetic, as in scipy. Counts of no crime at all have no difference and are left out
    of the sum, so that equal counts have p just below 1.

    Args:
        n1: Counts, whole numbers up to a million, any shape.
        n2: The other counts; broadcast against the first.

    Returns:
        p of the common shape; 1 where both counts are 0.

    Raises:
        InvalidInputError: A count is negative, not whole or beyond a million, or the shapes do not
            match.
    """
    first, second = _counts(n1, n2)
    total, gap = first + second, np.abs(first - second)
    return _by_distinct(total, gap, _e_tests)


def binomial(n1: npt.ArrayLike, n2: npt.ArrayLike, p0: float = 0.5) -> Floats:
    """The two-sided exact binomial test of two counts, given their sum.

    As `scipy.stats.binomtest(n2, n1 + n2, p0)`, for arrays: the chance of all outcomes that are no
    likelier than the one seen.

    Args:
        n1: Counts before, whole numbers up to a million, any shape.
        n2: Counts after; broadcast against the first.
        p0: The chance of a crime to be of the later period if nothing changed: 0.5, the later
            period's share of the time, or its share of all crime.

    Returns:
        p of the common shape; 1 where both counts are 0.

    Raises:
        InvalidInputError: As of `e_test`, or the chance is not between 0 and 1.
    """
    if not 0 < p0 < 1:
        raise InvalidInputError(
            f"the later period's share lies between 0 and 1, not {p0}: "
            "is one of the periods without crime?"
        )
    first, second = _counts(n1, n2)

    def tests(total: float, after: Floats) -> Floats:
        return _binomial_tests(total, after, p0)

    return _by_distinct(first + second, second, tests)


@dataclass(frozen=True, slots=True)
class Change:
    """What changed in m units (of any shape) between two periods.

    Attributes:
        before: m counts.
        after: m counts.
        expected: What would be after, had each unit changed as the whole; NaN without crime before.
        ratio: The later rate over the earlier; NaN without crime, infinite without any before.
        low: Lower end of its exact interval.
        high: Upper end.
        p: Of the first question, did it change; NaN where there was no crime.
        q: Its least false discovery rate.
        p_shared: Of the second, did it change otherwise than the whole.
        q_shared: Its least false discovery rate.
        direction: 1 for more, -1 for fewer, 0 where q is above the level: then neither is to be
            said.
        direction_shared: The same by `q_shared`.
        shift: The later rate of the whole over the earlier.
        level: Of the flags; 1 less the coverage of the intervals.
    """

    before: Floats
    after: Floats
    expected: Floats
    ratio: Floats
    low: Floats
    high: Floats
    p: Floats
    q: Floats
    p_shared: Floats
    q_shared: Floats
    direction: Signs
    direction_shared: Signs
    shift: float
    level: float


def change(
    counts1: npt.ArrayLike,
    counts2: npt.ArrayLike,
    *,
    lengths: tuple[float, float] = (1.0, 1.0),
    level: float = LEVEL,
) -> Change:
    """Compare two periods unit by unit.

    Args:
        counts1: Crimes of each unit in the earlier period, any shape; all units of the whole.
        counts2: The same in the later one.
        lengths: How long the periods are, in any one unit (months that are present).
        level: The false discovery rate of the flags, such as 0.05.

    Returns:
        The table.

    Raises:
        InvalidInputError: As of `e_test`; or shapes differ, a length is not positive, the level is
            none, or one of the periods is without any crime.
    """
    first, second = _counts(counts1, counts2)
    if np.shape(counts1) != np.shape(counts2):
        raise InvalidInputError(
            f"the periods are of units of shapes {np.shape(counts1)} and {np.shape(counts2)}: "
            "count both over the same units"
        )
    check_level(level)
    if not min(lengths) > 0 or not np.isfinite(lengths).all():
        raise InvalidInputError(f"the lengths of the periods are above 0, not {lengths}")
    all_before, all_after = float(first.sum()), float(second.sum())
    if not all_before or not all_after:
        raise InvalidInputError(
            f"there was no crime in the {'later' if all_before else 'earlier'} period: "
            "there is nothing to compare"
        )
    tested = first + second > 0
    equal = lengths[0] == lengths[1]
    p = e_test(first, second) if equal else binomial(first, second, lengths[1] / sum(lengths))
    p_shared = binomial(first, second, all_after / (all_before + all_after))
    p, p_shared = np.where(tested, p, np.nan), np.where(tested, p_shared, np.nan)
    q, q_shared = benjamini_hochberg(p), benjamini_hochberg(p_shared)
    ratio = rate_ratio(second, first, (lengths[1], lengths[0]), 1 - level)
    shift = all_after / all_before
    return Change(
        before=first,
        after=second,
        expected=first * shift,
        ratio=ratio.value,
        low=ratio.low,
        high=ratio.high,
        p=p,
        q=q,
        p_shared=p_shared,
        q_shared=q_shared,
        direction=_direction(second * lengths[0] - first * lengths[1], q, level),
        direction_shared=_direction(second - first * shift, q_shared, level),
        shift=shift * lengths[0] / lengths[1],
        level=level,
    )


def _direction(difference: Floats, q: Floats, level: float) -> Signs:
    return np.where(q <= level, np.sign(difference), 0).astype(np.int8)


def _counts(n1: npt.ArrayLike, n2: npt.ArrayLike) -> tuple[Floats, Floats]:
    first, second = as_numbers(n1, "counts"), as_numbers(n2, "counts")
    for counts in (first, second):
        wrong = ~((counts >= 0) & (counts <= _MOST) & (counts == np.floor(counts)))
        if wrong.any():
            raise InvalidInputError(
                f"{counts[wrong].flat[0]} is no count: whole numbers from 0 to {_MOST:,.0f} can be "
                "compared; sums of weights cannot"
            )
    try:
        first, second = np.broadcast_arrays(first, second)
    except ValueError as error:
        raise InvalidInputError(
            f"counts of shapes {first.shape} and {second.shape} cannot be compared"
        ) from error
    return first, second


def _by_distinct(total: Floats, which: Floats, tests: Tests) -> Floats:
    # Cells and teams share few distinct pairs of counts: each is tested once, and all of one total
    # together.
    if not total.size:
        return np.ones(total.shape)
    key, place = np.unique(
        (total * (_MOST + 1) + which).astype(np.int64).ravel(), return_inverse=True
    )
    pairs = np.column_stack(np.divmod(key, int(_MOST) + 1)).astype(np.float64)
    p = np.ones(len(pairs))
    totals, start = np.unique(pairs[:, 0], return_index=True)
    for amount, these in zip(totals, np.split(np.arange(len(pairs)), start[1:]), strict=True):
        if amount:
            p[these] = tests(float(amount), pairs[these, 1])
    return np.asarray(np.minimum(p, 1.0)[place.ravel()].reshape(total.shape))


def _e_tests(total: float, gaps: Floats) -> Floats:
    # Counts x <= y of one mean. For each x the least y that is far enough solves
    # (y - x)^2 = t^2 (x + y); by symmetry the other half weighs the same.
    x, chance = _poisson(total / 2)
    above = np.append(np.cumsum(chance[::-1])[::-1], 0.0)
    p = np.empty(len(gaps))
    for place, gap in enumerate(gaps):
        if gap == 0:
            p[place] = 1.0 - (chance[0] ** 2 if x[0] == 0 else 0.0)
            continue
        least = gap / np.sqrt(total)
        square = least * least
        y = x + np.floor((square + np.sqrt(square * square + 8 * square * x)) / 2)
        # Rounding may be off by one; what decides is the comparison that scipy makes.
        for _ in range(2):
            y -= _standardised(x, y - 1) >= least
        for _ in range(2):
            y += _standardised(x, y) < least
        p[place] = 2 * float(chance @ above[np.minimum(y - x[0], len(x)).astype(np.int64)])
    return p


def _standardised(x: Floats, y: Floats) -> Floats:
    both = x + y
    return np.asarray((y - x) / np.sqrt(np.where(both > 0, both, 1.0)))


def _poisson(mean: float) -> tuple[Floats, Floats]:
    reach = _reach(mean)
    x = np.arange(max(0.0, np.floor(mean - reach)), np.ceil(mean + reach) + 1)
    return x, _from_mode(x, int(mean), mean / np.maximum(x[1:], 1.0))


def _binomial_tests(total: float, after: Floats, p0: float) -> Floats:
    reach = _reach(total * p0 * (1 - p0))
    first = max(0.0, np.floor(total * p0 - reach))
    x = np.arange(first, min(total, np.ceil(total * p0 + reach)) + 1)
    growth = (total - x[1:] + 1) / x[1:] * (p0 / (1 - p0))
    chance = _from_mode(x, min(int((total + 1) * p0), int(total)), growth)
    ascending = np.sort(chance)
    up_to = np.append(0.0, np.cumsum(ascending))
    there = (after >= x[0]) & (after <= x[-1])
    seen = np.where(there, chance[np.clip(after - x[0], 0, len(x) - 1).astype(np.int64)], 0.0)
    return np.asarray(up_to[np.searchsorted(ascending, seen * _AS_LIKELY, side="right")])


def _reach(variance: float) -> float:
    deviations, more = _FARTHEST
    return float(deviations * np.sqrt(variance) + more)


def _from_mode(x: Floats, mode: int, growth: Floats) -> Floats:
    # Chances from the likeliest outcome outwards, growth[i] being that of x[i + 1] over x[i]: this
    # keeps 13 digits where the usual logarithms of factorials lose them with large counts.
    top = mode - int(x[0])
    up = np.cumprod(growth[top:])
    down = np.cumprod(1 / growth[:top][::-1])[::-1]
    chance = np.concatenate([down, [1.0], up])
    return np.asarray(chance / chance.sum())
