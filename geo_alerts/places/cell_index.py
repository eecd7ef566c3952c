"""Units by their cells: which cells an outline may cross.

A cell that an outline crosses has its point no farther from the outline than its farthest corner
is. So of all units only those near the outline are looked at, and near means something else in a
town than on a moor.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from geo_alerts.places.cells import NO_CELL, Cells
from geo_alerts.places.outlines import boxes, outline
from geo_alerts.places.point_index import PointIndex
from geo_alerts.places.voronoi import Floats, Polygons, Rows

# Cells are of points told apart to the decimetre, and their reach is kept in 32 bits.
SLACK_M: Final = 0.1


class CellIndex:
    """The cells of u units; rows are those of the units. Several threads may ask at once."""

    def __init__(
        self,
        cells: Cells,
        cell: npt.NDArray[np.int32],
        points: PointIndex,
        *,
        easting: Floats,
        northing: Floats,
    ) -> None:
        """Keep how far each unit's cell reaches.

        Args:
            cells: The cells.
            cell: u numbers of cells; -1 for a unit that has none, which is never found.
            points: An index of the units' points.
            easting: Of the units' points, u metres, EPSG:27700.
            northing: u metres.
        """
        self._cells = cells
        self._cell = cell
        self._points = points
        self._easting = easting
        self._northing = northing
        has_cell = cell != NO_CELL
        self._reach_m = np.full(len(cell), -np.inf, dtype=np.float32)
        self._reach_m[has_cell] = cells.reach_m[cell[has_cell]] + np.float32(SLACK_M)
        self._farthest_m = max(float(self._reach_m.max(initial=0)), 0.0)

    def cells(self, rows: Rows) -> Polygons:
        """The cells of units that have one, as Polygons, EPSG:27700."""
        return self._cells.shapes(self._cell[rows])

    def cores(self, rows: Rows) -> Polygons:
        """The cells of units that have one, without their outermost millimetre."""
        return self._cells.cores(self._cell[rows])

    def near(self, areas: Polygons) -> Rows:
        """The units whose cells may touch the outline of some areas together, ascending.

        Args:
            areas: Polygons and MultiPolygons, EPSG:27700, in two dimensions.
        """
        bounds = boxes(outline(areas))
        piece, row = self._points.in_boxes(bounds + self._farthest_m * np.array([-1, -1, 1, 1]))
        west, south, east, north = bounds.T
        away_m = np.hypot(
            _beyond(west[piece], self._easting[row], east[piece]),
            _beyond(south[piece], self._northing[row], north[piece]),
        )
        return np.unique(row[away_m <= self._reach_m[row]])

    def near_circle(self, easting: float, northing: float, metres: float) -> Rows:
        """The units whose cells may touch a circle's line, ascending."""
        rows = self._points.within(easting, northing, metres + self._farthest_m)
        away_m = np.hypot(self._easting[rows] - easting, self._northing[rows] - northing)
        return np.asarray(rows[np.abs(away_m - metres) <= self._reach_m[rows]])

    def near_corridor(self, line: shapely.Geometry, metres: float) -> Rows:
        """The units whose cells may touch the outline of a corridor, ascending.

        Args:
            line: A prepared LineString or MultiLineString, EPSG:27700; or polygons.
            metres: How far the corridor reaches from it.
        """
        rows = self._points.along(line, metres + self._farthest_m)
        reach_m = self._reach_m[rows].astype(np.float64)
        points = shapely.points(self._easting[rows], self._northing[rows])
        is_near = _within(line, points, metres + reach_m)
        # GEOS finds a point of the line within less than nothing of it.
        is_deep = (metres >= reach_m) & _within(line, points, metres - reach_m)
        return rows[is_near & ~is_deep]


def _within(line: shapely.Geometry, points: Any, metres: Any) -> npt.NDArray[np.bool_]:  # noqa: ANN401 - the stubs of shapely know of one distance, not of one for each point
    return np.asarray(shapely.dwithin(line, points, metres))


def _beyond(least: Floats, value: Floats, most: Floats) -> Floats:
    # How far values lie outside of ranges; 0 inside.
    return np.maximum(np.maximum(least - value, value - most), 0)
