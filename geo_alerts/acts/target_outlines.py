"""The ground of target areas: for drawing them and for handing them on."""

from typing import Final

import numpy as np
from shapely.geometry.base import BaseGeometry

from geo_alerts.acts.live import Live, View
from geo_alerts.acts.preview import preview
from geo_alerts.acts.resolving import area_of, in_place
from geo_alerts.acts.saved_areas import show
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.selection import Selection
from geo_alerts.audiences.targets.areas import AnyArea
from geo_alerts.audiences.units.ground import Ground, Units
from geo_alerts.audiences.units.on_grid import AreaOnGrid, on_grid
from geo_alerts.audiences.units.outline import outline_of
from geo_alerts.places.layer import TEAM
from geo_alerts.store.editions import POSTCODES
from geo_alerts.store.saved_areas import SavedArea

# Those of long lists of postcodes have a megabyte each.
OUTLINES_HELD: Final = 32


def saved_outline(
    live: Live, saved_area_id: str, role: Role, version: int | None = None
) -> tuple[SavedArea, BaseGeometry]:
    """A version of a saved area, and its ground; circles that hold so many people as of now.

    Args:
        live: Where to look.
        saved_area_id: Of the saved area.
        role: Who asks.
        version: Which one; the latest when None.

    Returns:
        The version, and a Polygon or MultiPolygon, EPSG:27700.

    Raises:
        UnknownSavedAreaError: There is no such saved area, or no such version.
        InvalidInputError: It cannot be resolved, or has no ground.
        NotFoundError: It names what is gone, or what the role may not see.
        NotReadyError: No directory is imported.
    """
    saved = show(live, saved_area_id, role, version).saved
    answer = preview(live, Selection(area=area_of(saved)), role)
    view = live.view()
    return saved, outline(live, view, answer.resolved.selection.area, role)


def outline(live: Live, view: View, area: AnyArea, role: Role) -> BaseGeometry:
    """The ground of a target area, its circles in metres; held for who looks again.

    Args:
        live: What it is made from.
        view: The geography whose teams and units are meant.
        area: The area.
        role: Who asks.

    Returns:
        A Polygon or MultiPolygon, EPSG:27700.

    Raises:
        InvalidInputError: It cannot be resolved, or has no ground.
        NotFoundError: It names what is gone, or what the role may not see.
        TooManyRequestsError: It is not held, and others' outlines are being worked out.
    """
    # What the role may see is asked each time; what it sees is the same for every role.
    whole, _ = in_place(live.store, area, role)
    geography = view.geography
    editions = tuple(sorted((kind, one.id) for kind, one in geography.editions.items()))
    key = (whole.model_dump_json(), editions, geography.activation_seq)

    def make() -> BaseGeometry:
        return outline_of(_on_grid(view, whole), live_units(view))

    return live.held.get("outline", key, make, most=OUTLINES_HELD, turns=live.grounds)


def placed(live: Live, view: View, area: AnyArea, role: Role) -> AreaOnGrid:
    """A target area on the grid, its circles in metres.

    Raises:
        InvalidInputError: It cannot be resolved.
        NotFoundError: It names what is gone, or what the role may not see.
    """
    whole, _ = in_place(live.store, area, role)
    return _on_grid(view, whole)


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
