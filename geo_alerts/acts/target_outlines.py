"""The ground and the postcodes of target areas: for drawing them and for handing them on.

Both tell where the hotspots are that an area names: who is given either is entered in the audit
trail here, whichever way they came.
"""

from collections.abc import Hashable
from typing import Final

import numpy as np
from shapely.geometry.base import BaseGeometry

from geo_alerts.acts.asker import Asker
from geo_alerts.acts.hotspots.watching import How, note_ground
from geo_alerts.acts.live import Live, View
from geo_alerts.acts.preview import preview
from geo_alerts.acts.resolving import area_of, in_place
from geo_alerts.acts.saved_areas import show
from geo_alerts.acts.turns import Turns
from geo_alerts.audiences.selection import Selection
from geo_alerts.audiences.targets.areas import AnyArea
from geo_alerts.audiences.units.ground import Ground, Units
from geo_alerts.audiences.units.on_grid import AreaOnGrid, on_grid
from geo_alerts.audiences.units.outline import outline_of
from geo_alerts.audiences.units.reach import ByReach, units_by_reach
from geo_alerts.places.layer import TEAM
from geo_alerts.store.editions import POSTCODES
from geo_alerts.store.saved_areas import SavedArea

# Those of long lists of postcodes have a megabyte each.
OUTLINES_HELD: Final = 32
# Of so many areas, rows alone: of all postcodes of a force some hundred kilobytes each.
AREAS_HELD: Final = 32


def saved_outline(
    live: Live, saved_area_id: str, asker: Asker, version: int | None = None
) -> tuple[SavedArea, BaseGeometry]:
    """A version of a saved area, and its ground to take away; circles as wide as of now.

    Args:
        live: Where to look.
        saved_area_id: Of the saved area.
        asker: Who asks.
        version: Which one; the latest when None.

    Returns:
        The version, and a Polygon or MultiPolygon, EPSG:27700.

    Raises:
        UnknownSavedAreaError: There is no such saved area, or no such version.
        InvalidInputError: It cannot be resolved, or has no ground.
        NotFoundError: It names what is gone, or what the role may not see.
        NotReadyError: No directory is imported.
    """
    saved = show(live, saved_area_id, asker.role, version).saved
    answer = preview(live, Selection(area=area_of(saved)), asker.role)
    view = live.view()
    return saved, outline(live, view, answer.resolved.selection.area, asker, "export")


def outline(live: Live, view: View, area: AnyArea, asker: Asker, how: How) -> BaseGeometry:
    """The ground of a target area, its circles in metres; held for who looks again.

    Args:
        live: What it is made from.
        view: The geography whose teams and units are meant.
        area: The area.
        asker: Who is shown it.
        how: As what.

    Returns:
        A Polygon or MultiPolygon, EPSG:27700.

    Raises:
        InvalidInputError: It cannot be resolved, or has no ground.
        NotFoundError: It names what is gone, or what the role may not see.
        TooManyRequestsError: It is not held, and others' outlines are being worked out.
    """
    # What the role may see is asked each time; what it sees is the same for every role.
    whole, _ = in_place(live.store, area, asker.role)

    def make() -> BaseGeometry:
        return outline_of(_on_grid(view, whole), live_units(view))

    key = _key(view, whole)
    found = live.held.get("outline", key, make, most=OUTLINES_HELD, turns=live.grounds)
    note_ground(live, whole, asker, how)
    return found


def live_units_in(
    live: Live,
    view: View,
    area: AnyArea,
    asker: Asker,
    how: How,
    *,
    turns: Turns | None = None,
) -> ByReach:
    """The live units of a target area, its circles in metres; held for who looks again.

    Args:
        live: What they are found in.
        view: The geography whose teams and units are meant.
        area: The area.
        asker: Who is shown them.
        how: As what.
        turns: Where who finds them, or waits to, holds a place; None to wait without one.

    Returns:
        Rows of `live_units`.

    Raises:
        InvalidInputError: The area cannot be resolved.
        NotFoundError: It names what is gone, or what the role may not see.
        TooManyRequestsError: They are not held, and all turns are taken.
    """
    whole, _ = in_place(live.store, area, asker.role)

    def find() -> ByReach:
        return units_by_reach(_on_grid(view, whole), live_units(view))

    key = _key(view, whole)
    found = live.held.get("area postcodes", key, find, most=AREAS_HELD, turns=turns)
    note_ground(live, whole, asker, how)
    return found


def _key(view: View, whole: AnyArea) -> Hashable:
    geography = view.geography
    editions = tuple(sorted((kind, one.id) for kind, one in geography.editions.items()))
    return whole.model_dump_json(), editions, geography.activation_seq


def _on_grid(view: View, whole: AnyArea) -> AreaOnGrid:
    geography = view.geography
    return on_grid(whole, geography.directory, geography.layer, geography.layers_of(whole))


def live_units(view: View) -> Ground:
    """The live units of a directory that have a place, whoever lives there; held."""
    geography = view.geography
    editions = geography.editions
    team = editions.get(TEAM)
    key = (editions[POSTCODES].id, None if team is None else (team.id, geography.activation_seq))

    def load() -> Ground:
        directory = geography.directory
        rows = np.flatnonzero(directory.is_live & directory.is_located)
        units = Units(directory.postcode[rows], directory.easting[rows], directory.northing[rows])
        return Ground(units, directory, geography.layer, cells=geography.cells)

    return geography.held.get("live units", key, load)
