"""Which postcodes a target area has, and which of them stand on its edge.

That is public, whoever lives there: it follows from the area and the directory alone.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo_alerts.acts.asker import Asker
from geo_alerts.acts.live import Live
from geo_alerts.acts.preview import preview
from geo_alerts.acts.resolving import in_place
from geo_alerts.acts.target_outlines import live_units, live_units_in
from geo_alerts.audiences.coverage import Floats
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.selection import Reach, Selection
from geo_alerts.audiences.targets.areas import AnyArea
from geo_alerts.audiences.targets.resolving import holding_in
from geo_alerts.audiences.units.ground import Ground
from geo_alerts.crs import points_to_epsg_4326
from geo_alerts.maps.target import MOST_DOTS


@dataclass(frozen=True, eq=False)
class SomePostcodes:
    """Live postcodes of an area.

    Attributes:
        count: How many there are.
        positions: n times longitude and latitude, EPSG:4326, to 6 decimals (11 cm); None where they
            are too many to be told apart on a map.
    """

    count: int
    positions: Floats | None


@dataclass(frozen=True, eq=False)
class AreaPostcodes:
    """The live postcodes of an area, as its map draws them.

    Attributes:
        inside: Those all of whose ground is in the area.
        on_edge: The others.
    """

    inside: SomePostcodes
    on_edge: SomePostcodes


def area_postcodes(live: Live, area: AnyArea, reach: Reach, asker: Asker) -> AreaPostcodes:
    """The live postcodes of a target area, whoever lives there; its circles as wide as of now.

    Args:
        live: What the answer is made from.
        area: The area.
        reach: How much of a postcode's ground has to be in it.
        asker: Who is shown them.

    Raises:
        InvalidInputError: The area cannot be resolved.
        NotFoundError: It names what is not known, or not to the role.
        NotReadyError: No directory is imported.
        TooManyRequestsError: They are not held, and others' areas are being worked out.
    """
    in_metres = _in_metres(live, Selection(area=area, reach=reach), asker.role)
    view = live.view()
    ground = live_units(view)
    found = live_units_in(live, view, in_metres, asker, "look", turns=live.grounds)
    units, is_on_edge = found.of(reach), found.is_on_edge(reach)
    # Where all are too many, those on the edge alone are drawn, as on the map that is a file.
    return AreaPostcodes(
        _some(ground, units[~is_on_edge], is_drawn=len(units) <= MOST_DOTS),
        _some(ground, units[is_on_edge], is_drawn=int(is_on_edge.sum()) <= MOST_DOTS),
    )


def _in_metres(live: Live, selection: Selection, role: Role) -> AnyArea:
    # People are counted only where a circle is to hold so many of them.
    whole, _ = in_place(live.store, selection.area, role)
    if not any(holding_in(whole)):
        return whole
    with live.grounds.one():
        return preview(live, selection, role).resolved.selection.area


def _some(ground: Ground, rows: npt.NDArray[np.int64], *, is_drawn: bool) -> SomePostcodes:
    if not is_drawn:
        return SomePostcodes(len(rows), None)
    at = points_to_epsg_4326(ground.units.easting[rows], ground.units.northing[rows])
    return SomePostcodes(len(rows), np.column_stack(at).round(6))
