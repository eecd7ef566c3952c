"""Postcode units with what is needed to answer which of them an area covers."""

from copy import copy
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from geo_alerts.audiences.rows import Rows, each_once, expand
from geo_alerts.places.assignment import Assignment, assign
from geo_alerts.places.cell_index import CellIndex
from geo_alerts.places.cells import NO_CELL, Cells
from geo_alerts.places.directory import Directory
from geo_alerts.places.layer import Layer
from geo_alerts.places.point_index import PointIndex
from geo_alerts.places.postcode_keys import Keys, keys_of

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Units:
    """Postcode units, in any order.

    Attributes:
        postcode: n normalised postcodes, each once.
        easting: n metres, EPSG:27700; NaN for a unit without a location, which only a list of
            postcodes can name.
        northing: n metres.
    """

    postcode: npt.NDArray[np.str_]
    easting: Floats
    northing: Floats


class Ground:
    """Units with what is needed to answer which of them an area covers."""

    def __init__(
        self, units: Units, directory: Directory, layer: Layer, *, cells: Cells | None = None
    ) -> None:
        """Index the units and assign them to teams.

        Args:
            units: The units that answers are made of.
            directory: Where the postcode at the centre of a circle is looked up.
            layer: The teams.
            cells: The cells of the directory's rows; None where none are known.
        """
        self.units = units
        self.directory = directory
        self.layer = layer
        self.cells = cells
        keys = keys_of(units.postcode)
        self._by_key = np.argsort(keys)
        self._keys = keys[self._by_key]
        self.points = PointIndex(units.easting, units.northing)
        self.assignment: Assignment = assign(
            units.easting, units.northing, layer, index=self.points
        )

    def with_teams(self, layer: Layer) -> "Ground":
        """The same units, assigned to other teams."""
        other = copy(self)
        for of_teams in ("_units_by_team", "has_overlaps"):
            other.__dict__.pop(of_teams, None)
        other.layer = layer
        other.assignment = assign(self.units.easting, self.units.northing, layer, index=self.points)
        return other

    def in_runs(self, first: Keys, after: Keys) -> Rows:
        """The units whose postcodes are in any of some runs.

        Args:
            first: Of each run the least key.
            after: Of each run the least key after it.

        Returns:
            Unit rows, ascending.
        """
        start = np.searchsorted(self._keys, first)
        length = np.searchsorted(self._keys, after) - start
        return each_once(self._by_key[expand(start, length)])

    def in_teams(self, areas: Rows) -> Rows:
        """The units assigned to any of some teams; where teams overlap, to all of them.

        Args:
            areas: Indexes of teams in the layer.

        Returns:
            Unit rows, ascending.
        """
        offset, unit = self._units_by_team
        start = offset[areas]
        return each_once(unit[expand(start, offset[areas + 1] - start)])

    @cached_property
    def has_overlaps(self) -> bool:
        """Whether any unit is of several teams."""
        return bool((np.diff(self.assignment.offset) > 1).any())

    @cached_property
    def cell(self) -> npt.NDArray[np.int32]:
        """The number of each unit's cell; -1 for a unit that has none."""
        number = np.full(len(self.units.postcode), NO_CELL, dtype=np.int32)
        if self.cells is not None:
            row = self.directory.find(self.units.postcode)
            number[row >= 0] = self.cells.cell[row[row >= 0]]
        return number

    @cached_property
    def cell_index(self) -> CellIndex | None:
        """The units by their cells; None where no cells are known."""
        if self.cells is None:
            return None
        units = self.units
        return CellIndex(
            self.cells, self.cell, self.points, easting=units.easting, northing=units.northing
        )

    @cached_property
    def _units_by_team(self) -> tuple[Rows, Rows]:
        # The assignment the other way round: for each team the run of its units.
        area = self.assignment.area
        unit = np.repeat(np.arange(len(self.units.postcode)), np.diff(self.assignment.offset))
        order = np.argsort(area, kind="stable")
        offset = np.zeros(len(self.layer) + 1, dtype=np.int64)
        np.cumsum(np.bincount(area, minlength=len(self.layer)), out=offset[1:])
        return offset, unit[order]
