"""What makes a repeat location: the rules a question may change, each with its default and reason.

Published crime stands at snap points: middles of streets, car parks, shops, each for at least eight
addresses or none (data.police.uk, "About": location anonymisation). A snap point is therefore no
address, and nothing below some 100 m is to be read from it. So by default points within reach of
each other are one location, and a location is never so wide that nobody could patrol it.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from geo_alerts.errors import InvalidInputError

Cluster = Literal["points", "dbscan", "hdbscan"]
CLUSTERS: Final[tuple[Cluster, ...]] = ("points", "dbscan", "hdbscan")
WIDEST_REACH_M: Final = 5_000.0
LOWEST_LEVEL: Final = 0.5


@dataclass(frozen=True, slots=True)
class Rules:
    """How snap points become locations, which of them repeat, and what recent means.

    Attributes:
        cluster: `points` leaves each snap point alone; `dbscan` puts together what is dense within
            a reach that is stated; `hdbscan` finds clusters of any density among the points where
            crime recurs. What is in no cluster is a location of one point in all three.
        reach_m: DBSCAN's eps, metres.
        core_crimes: DBSCAN's least number of crimes within reach of a core point, itself included.
        least_points: HDBSCAN's least number of snap points of a cluster.
        widest_m: No location is wider; wider clusters are cut (complete linkage). 300 m is what one
            patrol of 150 m radius, as British forces plan them, has in view.
        least_crimes: A location with fewer in all months is none.
        least_months: Nor is one with crime in fewer months.
        recent_months: How many of the last observed months are recent.
        level: Of all intervals.
        buffer_m: How far a location's polygon reaches round its points: half of the 100 m below
            which snap points cannot be read.
    """

    cluster: Cluster = "dbscan"
    reach_m: float = 100.0
    core_crimes: int = 12
    least_points: int = 3
    widest_m: float = 300.0
    least_crimes: int = 5
    least_months: int = 3
    recent_months: int = 3
    level: float = 0.95
    buffer_m: float = 50.0

    def __post_init__(self) -> None:
        """Refuse what has no meaning.

        Raises:
            InvalidInputError: A rule is out of range; its name and its range are told.
        """
        if self.cluster not in CLUSTERS:
            raise InvalidInputError(f"cluster is {self.cluster!r}; there are {', '.join(CLUSTERS)}")
        for name in ("reach_m", "widest_m", "buffer_m"):
            _metres(name, getattr(self, name))
        least = {
            "core_crimes": 1,
            "least_points": 2,
            "least_crimes": 2,
            "least_months": 2,
            "recent_months": 1,
        }
        for name, lowest in least.items():
            _whole(name, getattr(self, name), lowest)
        if not LOWEST_LEVEL <= self.level < 1.0:
            raise InvalidInputError(f"level is {self.level}; wanted 0.5 to under 1, such as 0.95")


def _metres(name: str, value: float) -> None:
    if not (np.isfinite(value) and 0 < value <= WIDEST_REACH_M):
        raise InvalidInputError(
            f"{name} is {value}; wanted metres, more than 0 and at most {WIDEST_REACH_M:.0f}"
        )


def _whole(name: str, value: float, lowest: int) -> None:
    if value != int(value) or value < lowest:
        raise InvalidInputError(f"{name} is {value}; wanted a whole number of {lowest} or more")
