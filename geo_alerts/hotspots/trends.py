"""What was to be expected of the latest months, so that "up 40 %" is said only when it is so.

Of each series (a team's crimes of a category, month by month) the months before say what the next
may bring: a mean, and a range that it lies in with a stated probability if nothing changed.

- Seasons. With two of each month of the year, 24 months or more, crime is taken to go with the
  month of the year: the factors of the months are those of all series of a group together (the
  force's burglary, say), the level is each series' own; without, the level alone. A single team's
  own Marches are far too few.
- Scatter. Crime is over-dispersed: it comes in series, and its months differ by more than chance
  gives a Poisson count. Each series' dispersion is estimated from its own months (Pearson's chi
  squared over its degrees of freedom) and never taken to be less than that of chance.
- Range. The wider of two: the exact one of a Poisson count given those before (conditional
  binomial, so that few and no crimes are judged rightly), and that of a quasi-Poisson count by the
  2/3 power, which takes away its skewness, with Student's t, because the dispersion is estimated.
  Both allow for the mean's being an estimate.

So a flag fires in at most about the stated share of months in which nothing changed: nearly all of
it where months scatter, three fifths where they are pure chance, less for counts below five. Of
many series some flags fire by chance: `q` says which of them would stand among all that were asked.
A lasting change of level shows as a flag month after month, until the months after it are many.

Months that are missing are not zero: they have no row here.

scipy is imported where it is used, so that nothing that only reads results waits for it.

Source:
    Farrington, Andrews, Beale and Catchpole (1996), "A statistical algorithm for the early
    detection of outbreaks of infectious disease", Journal of the Royal Statistical Society A 159
    (quasi-Poisson, 2/3 power); Noufaily et al. (2013), Statistics in Medicine 32 (its dispersion
    and rates of false alarms); Przyborowski and Wilenski (1940), Biometrika 31 (the exact range).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.crimes import Crimes
from geo_alerts.hotspots.months import month_text
from geo_alerts.hotspots.neighbours import as_numbers
from geo_alerts.hotspots.significance import LEVEL, benjamini_hochberg, check_level

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]
Months = npt.NDArray[np.int32]

# Fewer months cannot show how much they scatter.
LEAST_HISTORY: Final = 6
# So many of each month of the year, to tell a season from a single month.
LEAST_YEARS: Final = 2
MONTHS_OF_YEAR: Final = 12
_POWER: Final = 2 / 3


@dataclass(frozen=True, slots=True)
class Expectation:
    """What was expected and what was seen, in j months of n series.

    Attributes:
        month: j, the months judged, by `months.month_number`.
        seen: j by n.
        expected: j by n, the mean if nothing changed.
        low: j by n, the least count that is in the range.
        high: j by n, the most.
        p: j by n, two-sided: at most `level` outside the range.
        q: j by n, the least false discovery rate among the n series of that month.
        flag: j by n: 1 for more than the range, -1 for fewer, 0 within it.
        dispersion: n, how many times the variance of chance; 1 is pure chance.
        is_seasonal: n, whether the month of the year was accounted for.
        history: How many months the expectation rests on.
        missing: Months between the first and the last that have no data.
        level: Of the flags and the range.
    """

    month: Months
    seen: Floats
    expected: Floats
    low: Floats
    high: Floats
    p: Floats
    q: Floats
    flag: npt.NDArray[np.int8]
    dispersion: Floats
    is_seasonal: Flags
    history: int
    missing: tuple[int, ...]
    level: float


def expectation(
    series: npt.ArrayLike,
    months: Sequence[int] | Months,
    *,
    judged: int = 1,
    level: float = LEVEL,
    group: npt.ArrayLike | None = None,
) -> Expectation:
    """Judge the latest months of each series by the months before them.

    Args:
        series: months by n series: counts. n may be 0.
        months: The month of each row, ascending, each once; a month that is missing has no row.
        judged: How many of the last rows are judged, each by the rows before the first of them.
        level: The share of months in which a flag may fire though nothing changed.
        group: n labels: series of one label share the factors of the months of the year, such as a
            category's; None for one group of all.

    Returns:
        What was expected, and where what was seen lies outside it.

    Raises:
        InvalidInputError: Fewer than 6 months come before those judged; the shapes do not match;
            a value is no count; the months are not ascending; or the level is none.
    """
    counts, when, label = _checked(series, months, group)
    check_level(level)
    if judged < 1:
        raise InvalidInputError(f"at least one month is judged, not {judged}")
    history = len(when) - judged
    if history < LEAST_HISTORY:
        raise InvalidInputError(
            f"what to expect of {month_text(int(when[max(history, 0)]))} needs at least "
            f"{LEAST_HISTORY} months before it, and there {'is' if history == 1 else 'are'} "
            f"{max(history, 0)}: import earlier months or judge fewer"
        )
    model = _model(counts[:history], when[:history] % MONTHS_OF_YEAR, label)
    judgements = [
        _judge(model, counts[row], int(when[row]) % MONTHS_OF_YEAR, level)
        for row in range(history, len(when))
    ]
    expected, low, high, p = (np.stack(each) for each in zip(*judgements, strict=True))
    seen = counts[history:]
    return Expectation(
        month=when[history:],
        seen=seen,
        expected=expected,
        low=low,
        high=high,
        p=p,
        q=np.stack([benjamini_hochberg(each) for each in p]),
        flag=(seen > high).astype(np.int8) - (seen < low).astype(np.int8),
        dispersion=np.maximum(model.dispersion, 1.0),
        is_seasonal=model.is_seasonal,
        history=history,
        missing=tuple(sorted(set(range(int(when[0]), int(when[-1]))) - set(when.tolist()))),
        level=level,
    )


def monthly_series(
    crimes: Crimes,
    area: npt.ArrayLike,
    *,
    areas: int,
    months: Sequence[int],
    categories: Sequence[int],
) -> Floats:
    """Count crimes by month, area and category.

    Args:
        crimes: n crimes; those of other months or categories are left out.
        area: n numbers of areas from 0, such as teams; -1 where a crime is in none.
        areas: How many areas there are.
        months: Those that are there, ascending: the rows; without any crime a row is zero.
        categories: Numbers of `categories.CATEGORIES`, each once.

    Returns:
        months by areas by categories. `expectation` takes it as months by series, with the
        categories repeated for each area as groups.

    Raises:
        InvalidInputError: There is not one area for each crime, or one is beyond them.
    """
    place = np.asarray(area, dtype=np.int64)
    if place.shape != (len(crimes),) or (place >= areas).any():
        raise InvalidInputError(
            f"wanted for each of {len(crimes):,} crimes one of {areas} areas, or -1"
        )
    row, column = _place_in(months, crimes.month), _place_in(categories, crimes.category)
    counted = (row >= 0) & (column >= 0) & (place >= 0)
    shape = (len(months), areas, len(categories))
    cell = (row[counted] * areas + place[counted]) * len(categories) + column[counted]
    size = shape[0] * shape[1] * shape[2]
    return np.bincount(cell, minlength=size).astype(np.float64).reshape(shape)


def _place_in(wanted: Sequence[int], values: npt.NDArray[np.signedinteger[Any]]) -> Integers:
    place = np.full(len(values), -1, dtype=np.int64)
    for number, one in enumerate(wanted):
        place[values == one] = number
    return place


@dataclass(frozen=True, slots=True)
class _Model:
    """A month's mean is the crimes of the series so far times the share of that month of the year.

    Attributes:
        total: n, crimes of each series so far.
        of_group: n, its share of the crimes of its group.
        of_season: 12 by n, its crimes over those of its group in each month of the year.
        share: 12 by n: of all crimes so far, how many a month of the year has.
        dispersion: n, not bounded below.
        group_dispersion: n, of the sums of its group, at least 1.
        freedom: n, degrees of freedom of the dispersion.
        is_seasonal: n.
    """

    total: Floats
    of_group: Floats
    of_season: Floats
    share: Floats
    dispersion: Floats
    group_dispersion: Floats
    freedom: Floats
    is_seasonal: Flags


def _model(counts: Floats, season: Months, label: Integers) -> _Model:
    # The closed form of a log-linear Poisson model of series and month of the year.
    months = len(counts)
    of_year = (np.arange(MONTHS_OF_YEAR)[:, None] == season).astype(np.float64)
    member = (label[:, None] == np.arange(label.max(initial=-1) + 1)).astype(np.float64)
    groups = counts @ member
    together, of_season = groups.sum(axis=0), of_year @ groups
    years = of_year.sum(axis=1, keepdims=True)
    # A group without crime in some month of the year has no factor for it.
    seasonal = (years >= LEAST_YEARS).all() & (of_season > 0).all(axis=0)
    share = np.where(seasonal, _over(of_season, years * together), 1 / months)
    parameters = np.where(seasonal, MONTHS_OF_YEAR, 1)
    group_dispersion = _pearson(groups, share[season] * together) / (months - parameters)
    total = counts.sum(axis=0)
    of_group = _over(total, together[label])
    freedom = months - 1 - (parameters[label] - 1) * of_group
    mean = share[season][:, label] * total
    return _Model(
        total=total,
        of_group=of_group,
        of_season=_over(total, of_season[:, label]),
        share=share[:, label],
        dispersion=_pearson(counts, mean) / freedom,
        group_dispersion=np.maximum(group_dispersion[label], 1.0),
        freedom=freedom,
        is_seasonal=seasonal[label],
    )


def _judge(
    model: _Model, seen: Floats, season: int, level: float
) -> tuple[Floats, Floats, Floats, Floats]:
    # Expected, low, high, p of one month.
    mean = model.share[season] * model.total
    # How much the estimated mean adds to the variance of a count, in units of the mean: that of the
    # series' own level, and that of the group's season.
    of_level = model.share[season] * (1 - model.is_seasonal * model.of_group)
    of_season = model.share[season] * model.is_seasonal * model.of_season[season]
    chance = _by_chance(mean, of_level + of_season, seen, level)
    variance = mean * (
        model.dispersion * (1 + of_level)
        + np.maximum(model.dispersion, model.group_dispersion) * of_season
    )
    scatter = _by_scatter(mean, variance, model.freedom, seen, level)
    scattered = model.dispersion > 1
    return (
        mean,
        np.where(scattered, np.minimum(chance.low, scatter.low), chance.low),
        np.where(scattered, np.maximum(chance.high, scatter.high), chance.high),
        np.where(scattered, np.maximum(chance.p, scatter.p), chance.p),
    )


@dataclass(frozen=True, slots=True)
class _Range:
    """The least and the most that is within the range, and the two-sided p of what was seen."""

    low: Floats
    high: Floats
    p: Floats


def _by_chance(mean: Floats, uncertainty: Floats, seen: Floats, level: float) -> _Range:
    # A mean known from S crimes: the count is negative binomial, or, which is the same, binomial
    # given its sum with S.
    from scipy.special import betainc  # noqa: PLC0415
    from scipy.stats import nbinom  # noqa: PLC0415

    known_from = mean / uncertainty
    theirs = 1 / (1 + uncertainty)
    as_many = np.where(seen > 0, betainc(np.maximum(seen, 1.0), known_from + 1, 1 - theirs), 1.0)
    any_before = known_from > 0
    size = np.where(any_before, known_from, 1.0)
    as_few = np.where(any_before, betainc(size, seen + 1, theirs), 1.0)
    return _Range(
        low=np.where(any_before, nbinom.ppf(level / 2, size, theirs), 0.0),
        high=nbinom.isf(level / 2, known_from + 1, theirs),
        p=np.minimum(2 * np.minimum(as_many, as_few), 1.0),
    )


def _by_scatter(
    mean: Floats, variance: Floats, freedom: Floats, seen: Floats, level: float
) -> _Range:
    # The 2/3 power of a quasi-Poisson count is about normal.
    from scipy.special import stdtr, stdtrit  # noqa: PLC0415

    middle = mean**_POWER
    # Where there is no crime nothing scatters, and chance alone decides.
    error = _over(_POWER * np.sqrt(variance), np.cbrt(mean))
    t = _over(seen**_POWER - middle, error)
    reach = stdtrit(freedom, 1 - level / 2) * error
    return _Range(
        low=np.ceil(np.maximum(middle - reach, 0.0) ** (1 / _POWER)),
        high=np.floor((middle + reach) ** (1 / _POWER)),
        p=2 * stdtr(freedom, -np.abs(t)),
    )


def _pearson(counts: Floats, mean: Floats) -> Floats:
    return np.asarray(_over((counts - mean) ** 2, mean).sum(axis=0))


def _over(above: npt.ArrayLike, below: npt.ArrayLike) -> Floats:
    # A quotient that is 0 where there is nothing to divide by.
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(below, np.divide(above, below), 0.0))


def _checked(
    series: npt.ArrayLike,
    months: Sequence[int] | Months,
    group: npt.ArrayLike | None,
) -> tuple[Floats, Months, Integers]:
    counts = as_numbers(series, "series")
    when = np.asarray(months, dtype=np.int32)
    if counts.ndim != 2 or when.shape != counts.shape[:1]:  # noqa: PLR2004 - months and series
        raise InvalidInputError(
            f"series are months by series, of shape {counts.shape} for {when.size} months"
        )
    if (np.diff(when) <= 0).any():
        raise InvalidInputError("the months ascend, each once; a month without data has no row")
    if not ((counts >= 0) & (counts == np.floor(counts)) & (counts < np.inf)).all():
        raise InvalidInputError(
            "a range is of counts of crimes, whole and not negative: leave missing months out, "
            "and judge counts rather than weights of harm"
        )
    if group is None:
        return counts, when, np.zeros(counts.shape[1], dtype=np.int64)
    _, label = np.unique(np.asarray(group), return_inverse=True)
    if label.shape != counts.shape[1:]:
        raise InvalidInputError(f"{label.size} labels of groups for {counts.shape[1]} series")
    return counts, when, label.astype(np.int64)
