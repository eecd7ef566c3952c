"""Whether a location is new, persistent, cooling or closed: four rules, tried in this order.

Recent months are compared with the observed months before them. What chance alone would explain is
not called a change; the level is that of the intervals (0.95 by default), for each location alone.

1. *closed*: no crime in the recent months, and that is unlikely (less than 1 - level) had crime
   gone on as before.
2. *cooling*: no crime in the recent months, but that may be chance; or the whole interval of the
   rate ratio lies below 1.
3. *new*: no crime in the months before; or the whole interval lies above 1, and at most a quarter
   of the months before had crime.
4. *persistent*: all others: crime goes on.
"""

from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from geo_alerts.hotspots.crimes import Floats
from geo_alerts.hotspots.repeats.persistence import Intervals

Integers = npt.NDArray[np.int64]
Status = Literal["new", "persistent", "cooling", "closed"]
STATUSES: Final[tuple[Status, ...]] = ("new", "persistent", "cooling", "closed")
MOST_MONTHS_BEFORE_NEW: Final = 0.25


def chance_of_quiet(before: Integers, days_recent: float, days_before: float) -> Floats:
    """How likely no recent crime at all would be, had crime gone on at one rate.

    Args:
        before: m, crimes in the months before.
        days_recent: Days of the recent months.
        days_before: Days of the months before.

    Returns:
        m probabilities: each crime falls in the months before with the share of their days.

    Source:
        The conditional binomial of Przyborowski and Wilenski (1940), at 0 of n.
    """
    share: Floats = (days_before / (days_before + days_recent)) ** before.astype(np.float64)
    return share


def status_of(
    recent: Integers, share_before: Floats, ratio: Intervals, chance: Floats, level: float
) -> npt.NDArray[np.object_]:
    """The status of each location, by the rules of this module.

    Args:
        recent: m, crimes in the recent months.
        share_before: m, the share of the months before them that had crime.
        ratio: m, recent over before (`persistence.rate_ratio`).
        chance: m, of no recent crime (`chance_of_quiet`).
        level: That of the intervals; what is less likely than 1 - level is unlikely.

    Returns:
        m of `STATUSES`.
    """
    is_quiet = recent == 0
    is_new = (share_before == 0) | ((ratio.low > 1) & (share_before <= MOST_MONTHS_BEFORE_NEW))
    rules = [is_quiet & (chance < 1 - level), is_quiet | (ratio.high < 1), is_new]
    return np.select(rules, ["closed", "cooling", "new"], "persistent").astype(object)
