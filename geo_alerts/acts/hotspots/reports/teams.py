"""The teams of a day of the past, and which of them crimes lie in."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from geo_alerts.acts.live import Live
from geo_alerts.errors import NotReadyError, UnknownAreaError, UnknownEditionError
from geo_alerts.hotspots.crimes import Crimes
from geo_alerts.places.assignment import assign
from geo_alerts.places.layer import TEAM, Layer
from geo_alerts.store.activations import in_force, periods
from geo_alerts.store.editions import Edition
from geo_alerts.store.layers import load_layer

NO_TEAMS = "no teams are imported: geo-alerts import boundaries FILE"


@dataclass(frozen=True, eq=False)
class Teams:
    """The teams that crimes are counted by.

    Attributes:
        layer: The teams.
        edition: Their edition.
        note: What should be known of it; empty for nothing.
    """

    layer: Layer
    edition: Edition
    note: str = ""

    def of(self, crimes: Crimes) -> npt.NDArray[np.int32]:
        """The place in the layer of the team that each of n crimes lies in; -1 for none."""
        easting, northing, at = crimes.positions()
        return assign(easting, northing, self.layer).first[at]

    def require(self, codes: Iterable[str]) -> None:
        """Look that there are teams of some codes.

        Raises:
            UnknownAreaError: There is none of a code.
        """
        unknown = sorted(set(codes) - set(self.layer.code.tolist()))
        if unknown:
            raise UnknownAreaError(
                f"no team of {self.edition.label} has the code {', '.join(unknown)}: "
                "what is told of all teams names their codes"
            )


def teams_of_month(live: Live, month: int, as_of: date | None = None) -> Teams:
    """The teams of the last day of a month; of a later day where there were none yet.

    Args:
        live: Where they are.
        month: By `months.month_number`.
        as_of: The day instead.

    Raises:
        NotReadyError: No teams are imported.
        UnknownEditionError: None were in force on the day asked for.
    """
    year, index = divmod(month, 12)
    day = as_of or date(year, index + 1, monthrange(year, index + 1)[1])
    with live.store.reading() as connection:
        held = periods(connection, TEAM)
        if not held:
            raise NotReadyError(NO_TEAMS)
        edition, first = in_force(connection, day).get(TEAM), held[0]
        if edition is not None:
            return Teams(load_layer(connection, edition), edition)
        since = f"the first, {first.edition.label}, hold from {first.valid_from}"
        if as_of is not None:
            raise UnknownEditionError(f"no teams were in force on {day}: {since}")
        note = f"no teams are known of {day}, so that crimes are counted by later ones: {since}"
        return Teams(load_layer(connection, first.edition), first.edition, note)
