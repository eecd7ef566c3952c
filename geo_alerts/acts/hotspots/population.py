"""Whom risk is told for: households, or subscribers as the published table has them.

Layers are read by everybody who is signed in, so subscribers are those of the table of protected
counts, for whoever asks: a risk made of exact ones would tell where the few live.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo_alerts.acts.live import Live, View
from geo_alerts.acts.protection import protected
from geo_alerts.audiences.coverage import apportion
from geo_alerts.errors import NotReadyError
from geo_alerts.hotspots.positions import Places, places

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Population:
    """Where how many live.

    Attributes:
        places: Postcode units with how many live there.
        words: What they are, and as of when.
    """

    places: Places
    words: str


def population_of(live: Live, kind: str) -> Population:
    """The population that a question names.

    Args:
        live: Where it is looked up.
        kind: `households` or `subscribers`.

    Raises:
        NotReadyError: No directory or no households are imported, or nobody has subscribed.
    """
    view = live.view()
    if kind == "subscribers":
        return _subscribers(live, view)
    return _households(view)


def _households(view: View) -> Population:
    directory, households = view.geography.directory, view.geography.households
    if households is None:
        raise NotReadyError("no households: run geo-alerts import households FILE")
    lsoa, published = households
    shared = apportion(lsoa, published.astype(np.float64), directory).households
    return Population(
        _with_people(directory.easting, directory.northing, shared, "households"),
        f"households: {view.inputs.households_edition}",
    )


def _subscribers(live: Live, view: View) -> Population:
    published = protected(live, view)
    units = published.table.ground.units
    people = published.table.people_of_units()
    made = published.made_at.date().isoformat()
    return Population(
        _with_people(units.easting, units.northing, people, "subscribers"),
        f"subscribers: protected counts of {made}, spread over the units of each block",
    )


def _with_people(easting: Floats, northing: Floats, people: Floats, what: str) -> Places:
    there = (people > 0) & np.isfinite(easting)
    if not there.any():
        raise NotReadyError(f"no {what} have a place, so there is no risk for each of them")
    return places(easting[there], northing[there], people[there])
