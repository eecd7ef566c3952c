"""How crime is concentrated: the units that hold half of it, its Lorenz curve, Gini coefficients.

Where there are fewer events than units, some units are empty however even crime is, and the plain
Gini coefficient is high by that alone (burglary in 250 m cells: 0.97). The generalised one measures
from the most even spread that so many events can have (0.36 for the same).

Source:
    Weisburd (2015), "The law of crime concentration and the criminology of place", Criminology 53;
    Bernasco and Steenbeek (2017), "More places than crimes: implications for evaluating the law of
    crime concentration at place", Journal of Quantitative Criminology 33.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.neighbours import as_numbers

Floats = npt.NDArray[np.float64]

# What hundredths differ by through rounding: half of 10 events are 5, not a little more.
_ROUNDED = 1e-9


@dataclass(frozen=True, slots=True)
class Concentration:
    """How the events of n units are concentrated.

    Attributes:
        units: n.
        events: The sum of all counts.
        lorenz: n + 1 shares of all events that the 0, 1, ... n most burdened units hold: from 0 to
            1, falling off.
        units_for_25: The fewest units that hold a quarter of all events.
        units_for_50: That hold half.
        units_for_80: That hold four fifths.
        gini: 0 for the same everywhere, (n - 1) / n for all in one unit.
        generalised_gini: 0 for as even as so many events can be, 1 for all in one unit (less where
            units are fewer than events). Of weighted events it means nothing.
        share_in_repeats: The share of events in units that have two or more.
        most: The highest count.
    """

    units: int
    events: float
    lorenz: Floats
    units_for_25: int
    units_for_50: int
    units_for_80: int
    gini: float
    generalised_gini: float
    share_in_repeats: float
    most: float

    def units_for(self, share: float) -> int:
        """The fewest units that hold a share of all events.

        Raises:
            InvalidInputError: The share is not above 0 and at most 1.
        """
        if not 0 < share <= 1:
            raise InvalidInputError(f"share is {share}; it must be above 0 and at most 1")
        return _units_for(self.lorenz, share)


def concentration(counts: npt.ArrayLike) -> Concentration:
    """How events are concentrated on units: cells, snap points, street names, teams.

    Args:
        counts: Any shape: events of each unit of the study area, not negative. Units without events
            belong in it; what is told depends on how many they are, so say which were taken.

    Raises:
        InvalidInputError: There are no units or no events, or counts are negative or not finite.
    """
    ordered = np.sort(as_numbers(counts, "counts"), axis=None)
    if not ordered.size:
        raise InvalidInputError("there are no units; give the counts of the study area's units")
    if not (np.isfinite(ordered).all() and ordered[0] >= 0):
        raise InvalidInputError("counts must be finite numbers, 0 or more")
    events = float(ordered.sum())
    if events == 0:
        raise InvalidInputError(
            "there are no events in these units, so nothing is concentrated; choose more months, "
            "more categories or a wider area"
        )
    units = len(ordered)
    share = ordered / events
    # Twice the area that the Lorenz curve takes, less the diagonal's.
    spread = 2 * float((np.arange(1, units + 1) * share).sum()) - units - 1
    lorenz = np.concatenate([[0.0], np.cumsum(ordered[::-1]) / events])
    lorenz[-1] = 1.0
    return Concentration(
        units=units,
        events=events,
        lorenz=lorenz,
        units_for_25=_units_for(lorenz, 0.25),
        units_for_50=_units_for(lorenz, 0.5),
        units_for_80=_units_for(lorenz, 0.8),
        gini=spread / units,
        generalised_gini=max(1 / events, 1 / units) * spread - max(units / events, 1) + 1,
        share_in_repeats=float(ordered[ordered >= 2].sum()) / events,  # noqa: PLR2004 - a repeat
        most=float(ordered[-1]),
    )


def _units_for(lorenz: Floats, share: float) -> int:
    return int(np.searchsorted(lorenz, share * (1 - _ROUNDED)))
