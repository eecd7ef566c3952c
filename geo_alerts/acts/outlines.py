"""Outlines as coarse as a map can show them; held, since every page asks for the same few."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import shapely

from geo_alerts.acts.areas import AreaAnswer, areas
from geo_alerts.acts.live import Live, View
from geo_alerts.acts.look_up import TeamAnswer, teams
from geo_alerts.acts.sectors import sectors
from geo_alerts.places.layer import TEAM
from geo_alerts.places.simplified import STEPS_M, simplified, step_for
from geo_alerts.places.voronoi import Polygons
from geo_alerts.store.editions import POSTCODES

# Of some editions every step.
HELD: Final = 4 * len(STEPS_M)


@dataclass(frozen=True, slots=True)
class NamedArea:
    """An area by its code and name, and its ground, EPSG:27700."""

    code: str
    name: str
    geometry: shapely.Geometry


def teams_for_map(view: View, simplify_m: float) -> list[TeamAnswer]:
    """Every team of the edition asked about, by code, its outline about as coarse as asked.

    Args:
        view: Whose teams.
        simplify_m: Metres; the step at or below it is taken (`STEPS_M`).

    Raises:
        NotReadyError: No teams are imported.
    """
    found, geography = teams(view), view.geography
    step_m, edition = step_for(simplify_m), geography.editions[TEAM]
    shapes: Polygons = geography.held.get(
        "outlines",
        (edition.id, edition.label, step_m),
        lambda: simplified(geography.layer.geometry, step_m),
        most=HELD,
    )
    return [replace(team, geometry=shape) for team, shape in zip(found, shapes, strict=True)]


def sectors_for_map(view: View, simplify_m: float) -> list[NamedArea]:
    """The sectors of the units in any team, by code, each as far as the teams reach.

    Raises:
        NotReadyError: No teams are imported, or the directory has no cells.
    """
    layer, step_m = sectors(view), step_for(simplify_m)
    editions = [view.geography.editions[one] for one in (POSTCODES, TEAM)]
    key = ("sectors", *((one.id, one.label) for one in editions), step_m)
    shapes: Polygons = view.geography.held.get(
        "outlines", key, lambda: simplified(layer.geometry, step_m), most=HELD
    )
    rows = zip(layer.code.tolist(), layer.name.tolist(), shapes, strict=True)
    return [NamedArea(code, name, shape) for code, name, shape in rows]


def areas_for_map(live: Live, number: int, simplify_m: float) -> list[AreaAnswer]:
    """Every area of an edition, by code, its outline about as coarse as asked.

    Raises:
        UnknownEditionError: No edition of boundaries has this number.
    """
    found = areas(live, number)
    geometries = np.array([area.geometry for area in found], dtype=object)
    shapes = simplified(geometries, step_for(simplify_m))
    return [replace(area, geometry=shape) for area, shape in zip(found, shapes, strict=True)]
