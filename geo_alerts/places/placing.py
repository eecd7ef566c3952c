"""Positions for units that have ended and whose point is not published."""

from typing import TYPE_CHECKING

import numpy as np

from geo_alerts.places.found import Position, Status

if TYPE_CHECKING:
    import pandas as pd


_POSITIONS = np.array(
    [Position.PUBLISHED.value, Position.OUTPUT_AREA_MEAN.value, Position.NONE.value], dtype=object
)


def place_terminated(units: "pd.DataFrame") -> "pd.DataFrame":
    """Put terminated units without a point at the mean of the live units of their output area.

    An output area holds about 130 households, so the mean is a few hundred metres off in a town
    and more in the country: every answer that uses it says so (`output_area_mean`).

    Args:
        units: n rows with `status`, `easting` and `northing` (metres, EPSG:27700, NaN for none)
            and `oa` (or empty).

    Returns:
        `units` in its own order and index, with those positions and the column `position`.
    """
    easting, northing = units["easting"].to_numpy(copy=True), units["northing"].to_numpy(copy=True)
    is_located = np.isfinite(easting) & np.isfinite(northing)
    is_live = (units["status"] == Status.LIVE.value).to_numpy()
    has_area = (units["oa"] != "").to_numpy()
    area, areas = units["oa"].factorize()
    counted = is_live & is_located & has_area
    count = np.bincount(area[counted], minlength=len(areas))
    wanted = ~is_live & ~is_located & has_area & (count[area] > 0)
    for ordinates in (easting, northing):
        total = np.bincount(area[counted], ordinates[counted], minlength=len(areas))
        ordinates[wanted] = total[area[wanted]] / count[area[wanted]]
    code = np.where(is_located, 0, np.where(wanted, 1, 2))
    return units.assign(easting=easting, northing=northing, position=_POSITIONS[code])
