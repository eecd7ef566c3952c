"""Whether something that was done somewhere did anything: WDD and WDQ.

Counts before (0) and after (1) in four places: the target area (t), a control that nothing was done
in (c), the ground around the target that crime may have moved to (d, for displacement), and a
control for that ground (cd).

- WDD, weighted displacement difference: (t1 - t0) - (c1 - c0) + (d1 - d0) - (cd1 - cd0), how many
  crimes more (negative: fewer) there were than without it; its variance is the sum of the counts,
  since each is Poisson. An estimate with an interval.
- WDQ, weighted displacement quotient: ((d1/c1) - (d0/c0)) / ((t1/c1) - (t0/c0)), what happened
  around in proportion to what happened in the target. No interval, and only where crime fell.

Both rest on controls that would have changed as the target did: choose them by their likeness in
the years before, not by their outcome. Overlapping places count twice. A target chosen because it
was at its worst falls back by itself (regression to the mean), which neither can know.

scipy is imported where it is used, so that nothing that only reads results waits for it.

Source:
    Wheeler and Ratcliffe (2018), "A simple weighted displacement difference test to evaluate place
    based crime interventions", Crime Science 7:11; Bowers and Johnson (2003), "Measuring the
    geographical displacement and diffusion of benefit effects of crime prevention activity",
    Journal of Quantitative Criminology 19.
"""

import math
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.neighbours import as_number

Floats = npt.NDArray[np.float64]

# Of Wheeler and Ratcliffe: an interval of 90 %.
LEVEL: Final = 0.1
# Squares of larger numbers cannot be summed.
MOST: Final = 1e75
PLACES: Final = ("t", "c", "d", "cd")


class Wdd(NamedTuple):
    """How many crimes more or fewer there were, in all and where.

    Attributes:
        estimate: In the target and around it; negative means fewer.
        se: Its standard error.
        z: estimate / se; NaN where no crime was counted at all.
        p: Two-sided.
        low: Lower end of the interval.
        high: Upper end.
        local: In the target alone.
        local_se: Its standard error.
        displaced: Around the target alone: positive speaks for displacement, negative for a
            benefit that spread.
        displaced_se: Its standard error.
        level: 1 less the coverage of the interval.
    """

    estimate: float
    se: float
    z: float
    p: float
    low: float
    high: float
    local: float
    local_se: float
    displaced: float
    displaced_se: float
    level: float


def wdd(  # noqa: PLR0913, PLR0917 - the eight counts of the paper, by its names
    t0: float,
    t1: float,
    c0: float,
    c1: float,
    d0: float = 0.0,
    d1: float = 0.0,
    cd0: float = 0.0,
    cd1: float = 0.0,
    *,
    level: float = LEVEL,
    periods: tuple[float, float] = (1.0, 1.0),
    areas: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0),
) -> Wdd:
    """The weighted displacement difference.

    Args:
        t0: Crimes in the target before.
        t1: … and after.
        c0: In its control before.
        c1: … and after.
        d0: Around the target before; 0 where displacement is not asked about.
        d1: … and after.
        cd0: In the control of that ground before.
        cd1: … and after.
        level: 0.1 for an interval of 90 %.
        periods: Lengths before and after in any one unit, when they differ; the estimate is then
            per that unit.
        areas: Sizes of target, control, ground around and its control, when they differ; the
            estimate is then per unit of area. Leave it for places that are alike.

    Returns:
        The estimate: a count divided by w has the variance count / w².

    Raises:
        InvalidInputError: A count is negative or not finite, a weight not positive, or the level
            not between 0 and 1.
    """
    before, after = (t0, c0, d0, cd0), (t1, c1, d1, cd1)
    _check_counts(before, after)
    _check_positive("a length of a period", periods, 2)
    _check_positive("a size of an area", areas, len(PLACES))
    change = np.zeros(4)
    variance = np.zeros(4)
    for counts, length, sign in ((before, periods[0], -1), (after, periods[1], 1)):
        weight = length * np.asarray(areas)
        change += sign * np.asarray(counts) / weight
        variance += np.asarray(counts) / weight**2
    return _told(change, variance, level)


def wdd_of_harm(
    by_category: Sequence[tuple[float, Wdd]],
    *,
    level: float = LEVEL,
) -> Wdd:
    """The weighted displacement difference in harm: each category's, by its weight.

    Args:
        by_category: Pairs of a weight, such as days of sentence, and the `wdd` of that category's
            counts.
        level: 0.1 for an interval of 90 %.

    Returns:
        sum(w estimate), with the variance sum(w² se²), in units of harm.

    Raises:
        InvalidInputError: There is no category, a weight is negative or not finite, or the level is
            none.
    """
    if not by_category:
        raise InvalidInputError("harm is summed over at least one category")
    for weight, _ in by_category:
        if not 0 <= as_number(weight, "a weight of harm") <= MOST:
            raise InvalidInputError(
                f"a weight of harm is finite and not negative, unlike {weight}: mend the table"
            )
    local, local_se, displaced, displaced_se = (
        np.asarray([weight * getattr(one, name) for weight, one in by_category])
        for name in ("local", "local_se", "displaced", "displaced_se")
    )
    change = np.asarray([local.sum(), 0.0, displaced.sum(), 0.0])
    variance = np.asarray([(local_se**2).sum(), 0.0, (displaced_se**2).sum(), 0.0])
    return _told(change, variance, level)


Reading = Literal[
    "the target did not improve on its control",
    "displacement beyond the effect",
    "displacement below the effect",
    "crime around the target changed as in the control: neither displacement nor diffusion",
    "diffusion of benefit",
    "diffusion of benefit above the direct effect",
]


class Wdq(NamedTuple):
    """What happened around a target in proportion to what happened in it.

    Attributes:
        quotient: NaN where the target did not improve on its control: then there is nothing whose
            displacement could be measured.
        success: t1/c1 - t0/c0, negative where the target improved.
        reading: What the quotient means in words.
    """

    quotient: float
    success: float
    reading: Reading


def wdq(target: Sequence[float], around: Sequence[float], control: Sequence[float]) -> Wdq:
    """The weighted displacement quotient.

    Args:
        target: Crimes in the target, before and after.
        around: In the ground around it, before and after.
        control: In the control, before and after; none may be 0.

    Returns:
        The quotient and how to read it: above 1 diffusion of benefit above the direct effect, above
        0 diffusion, below 0 displacement, below -1 displacement beyond the effect.

    Raises:
        InvalidInputError: Not two counts each, a count is negative, or the control had no crime in
            one of the periods.
    """
    for name, counts in (("target", target), ("around", around), ("control", control)):
        if np.shape(counts) != (2,):
            raise InvalidInputError(f"{name}: wanted a count before and one after")
    (t0, t1), (d0, d1), (c0, c1) = target, around, control
    _check_counts((t0, c0, d0), (t1, c1, d1))
    if not c0 or not c1:
        raise InvalidInputError(
            "the control had no crime before or after, so that nothing can be put in proportion to "
            "it: take a larger control or longer periods, or the WDD"
        )
    success = t1 / c1 - t0 / c0
    if success >= 0:
        return Wdq(math.nan, success, "the target did not improve on its control")
    # Nothing over what is negative would be -0.0.
    quotient = (d1 / c1 - d0 / c0) / success + 0.0
    return Wdq(quotient, success, _read(quotient))


def _read(quotient: float) -> Reading:
    if quotient > 1:
        return "diffusion of benefit above the direct effect"
    if quotient > 0:
        return "diffusion of benefit"
    if quotient == 0:
        return (
            "crime around the target changed as in the control: neither displacement nor diffusion"
        )
    return "displacement below the effect" if quotient >= -1 else "displacement beyond the effect"


def _told(change: Floats, variance: Floats, level: float) -> Wdd:
    # By place: target, control, around, its control.
    from scipy.special import ndtr, ndtri  # noqa: PLC0415

    if not 0 < as_number(level, "the level") < 1:
        raise InvalidInputError(
            f"the level lies between 0 and 1, such as 0.1 for an interval of 90 %, not {level}"
        )
    local, displaced = float(change[0] - change[1]), float(change[2] - change[3])
    local_variance = float(variance[0] + variance[1])
    displaced_variance = float(variance[2] + variance[3])
    estimate, se = local + displaced, math.sqrt(local_variance + displaced_variance)
    z = estimate / se if se else math.nan
    reach = float(ndtri(1 - level / 2)) * se
    return Wdd(
        estimate=estimate,
        se=se,
        z=z,
        p=float(2 * ndtr(-abs(z))),
        low=estimate - reach,
        high=estimate + reach,
        local=local,
        local_se=math.sqrt(local_variance),
        displaced=displaced,
        displaced_se=math.sqrt(displaced_variance),
        level=level,
    )


def _check_counts(before: Sequence[float], after: Sequence[float]) -> None:
    for moment, counts in (("0 (before)", before), ("1 (after)", after)):
        for place, count in zip(PLACES, counts, strict=False):
            if not 0 <= as_number(count, f"{place}{moment}") <= MOST:
                raise InvalidInputError(
                    f"{place}{moment} is {count}: counts of crimes are finite and not negative"
                )


def _check_positive(what: str, weights: Sequence[float], wanted: int) -> None:
    if np.shape(weights) != (wanted,):
        raise InvalidInputError(f"{what} is wanted {wanted} times, not as {weights!r}")
    for weight in weights:
        if not 1 / MOST <= as_number(weight, what) <= MOST:
            raise InvalidInputError(f"{what} is above 0 and finite, not {weight}")
