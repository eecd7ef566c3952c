"""How lasting, how frequent and how changed: proportions, rates and ratios with exact intervals.

Everything is over months that were observed. A month that is missing is masked: it neither makes
nor breaks a run, and it is in no denominator.

scipy is imported inside functions: the server's start path imports none of it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo_alerts.hotspots.crimes import Flags, Floats

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Intervals:
    """m values with the ends of their intervals."""

    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class Runs:
    """Months in a row with crime, of m locations.

    Attributes:
        longest: m, the longest run.
        current: m, the run that the last observed month ends; 0 where that is without crime.
    """

    longest: Integers
    current: Integers


def days_of(months: npt.NDArray[np.int32]) -> Floats:
    """How many days each month has, so that February is not quieter for being short."""
    since_1970 = months.astype(np.int64) - 1970 * 12
    first = since_1970.astype("datetime64[M]").astype("datetime64[D]")
    after = (since_1970 + 1).astype("datetime64[M]").astype("datetime64[D]")
    days: Floats = (after - first).astype(np.float64)
    return days


def wilson(present: Integers, observed: int, level: float) -> Intervals:
    """The share of months with crime.

    Args:
        present: m, months with crime.
        observed: Months in all, at least one.
        level: Of the interval, such as 0.95.

    Source:
        Wilson (1927), Probable inference, the law of succession, and statistical inference, Journal
        of the American Statistical Association 22(158), 209-212; without continuity correction.
    """
    from scipy.special import ndtri  # noqa: PLC0415

    z2 = float(ndtri(0.5 + level / 2)) ** 2
    share = present / observed
    middle = (present + z2 / 2) / (observed + z2)
    half = np.sqrt(z2 * (share * (1 - share) * observed + z2 / 4)) / (observed + z2)
    # At none and at all the ends are 0 and 1, which rounding would miss by a hair.
    low = np.where(present == 0, 0.0, middle - half)
    high = np.where(present == observed, 1.0, middle + half)
    return Intervals(share, low, high)


def garwood(crimes: npt.ArrayLike, exposure: npt.ArrayLike, level: float) -> Intervals:
    """The rate of counts, with the exact Poisson interval.

    Args:
        crimes: m counts.
        exposure: m, or one: how long they were counted; the rate is per unit of it.
        level: Of the interval.

    Source:
        Garwood (1936), Fiducial limits for the Poisson distribution, Biometrika 28, 437-442.
    """
    from scipy.special import gammaincinv  # noqa: PLC0415

    counts = np.asarray(crimes, dtype=np.float64)
    over = np.asarray(exposure, dtype=np.float64)
    tail = (1 - level) / 2
    low = np.where(counts > 0, gammaincinv(np.maximum(counts, 1.0), tail), 0.0)
    high = gammaincinv(counts + 1.0, 1 - tail)
    return Intervals(counts / over, low / over, high / over)


def rate_ratio(
    recent: npt.ArrayLike, before: npt.ArrayLike, exposures: tuple[float, float], level: float
) -> Intervals:
    """The rate of recent crime over that of crime before, with its exact interval.

    Given their sum, the recent crimes are binomial; the interval is that of Clopper and Pearson
    for its share, turned into a ratio. It holds at least the stated level.

    Args:
        recent: m counts.
        before: m counts.
        exposures: How long each was counted: days; or all crimes of each period, where what is
            asked is whether a location changed more than the whole.
        level: Of the interval.

    Returns:
        m ratios: infinite where there was none before, NaN (0 to infinity) where there is none at
        all. All NaN where an exposure is 0.

    Source:
        Przyborowski and Wilenski (1940), Homogeneity of results in testing samples from Poisson
        series, Biometrika 31, 313-323; Clopper and Pearson (1934), Biometrika 26, 404-413.
    """
    from scipy.special import betaincinv  # noqa: PLC0415

    now, then = (np.asarray(each, dtype=np.float64) for each in (recent, before))
    tail = (1 - level) / 2
    low = np.where(now > 0, betaincinv(np.maximum(now, 1.0), then + 1.0, tail), 0.0)
    high = np.where(then > 0, betaincinv(now + 1.0, np.maximum(then, 1.0), 1 - tail), 1.0)
    scale = exposures[1] / exposures[0] if min(exposures) > 0 else np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        return Intervals(now / then * scale, low / (1 - low) * scale, high / (1 - high) * scale)


def runs(has_crime: Flags) -> Runs:
    """Months in a row with crime.

    Args:
        has_crime: m locations by the months observed, in order; those that are missing left out.
    """
    locations, months = has_crime.shape
    longest = np.zeros(locations, dtype=np.int64)
    current = np.zeros(locations, dtype=np.int64)
    for month in range(months):
        current = np.where(has_crime[:, month], current + 1, 0)
        longest = np.maximum(longest, current)
    return Runs(longest, current)
