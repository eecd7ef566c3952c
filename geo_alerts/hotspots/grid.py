"""Grids of square cells on the National Grid, and which of their cells a study area shares.

A grid's lines lie at multiples of its cell, so two grids of one cell size always fit together and a
cell is the same cell in every run. Cells are half-open: a position on a line belongs to the cell
east or north of it, and so every position to exactly one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.neighbours import as_numbers

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Cells = npt.NDArray[np.int64]

# England in cells of 250 m is 5.2 million; one stray position must not make a hundred times that.
MOST_CELLS: Final = 6_000_000
CELL_LIMITS_M: Final = (10, 10_000)
# No place on land has an easting and a northing under these: they are longitudes and latitudes.
_DEGREES: Final = (180.0, 90.0)
# Further from the grid's origin is no place on Earth.
_FAR_M: Final = 20_000_000.0
# A study area is searched in blocks of so many cells a side, then in ever smaller ones.
_BLOCK: Final = 256

OUTSIDE: Final = -1


@dataclass(frozen=True, slots=True)
class SquareGrid:
    """Square cells in rows from south to north, each row from west to east.

    Attributes:
        cell_m: The side of a cell, whole metres.
        west: Easting of the western edge, EPSG:27700, a multiple of the cell.
        south: Northing of the southern edge, a multiple of the cell.
        columns: Cells in a row.
        rows: Rows.
    """

    cell_m: int
    west: int
    south: int
    columns: int
    rows: int

    def __post_init__(self) -> None:
        """Refuse what is no grid.

        Raises:
            InvalidInputError: The cell's size cannot be used, the edges lie between its multiples,
                or there are no cells or too many.
        """
        check_cell(self.cell_m)
        if self.west % self.cell_m or self.south % self.cell_m:
            raise InvalidInputError(
                f"a grid's edges lie at multiples of its cell of {self.cell_m} m, "
                f"not at easting {self.west}, northing {self.south}"
            )
        if self.columns < 1 or self.rows < 1:
            raise InvalidInputError("a grid has at least one column and one row")
        if self.size > MOST_CELLS:
            raise InvalidInputError(_too_many(self))

    @classmethod
    def over(cls, bounds: Sequence[float], cell_m: int) -> "SquareGrid":
        """The least grid over a box.

        Args:
            bounds: West, south, east, north, metres, EPSG:27700; as shapely's `bounds`. A position
                on the eastern or northern bound, where that is a line of the grid, is outside.
            cell_m: The side of a cell: 10 to 10,000 whole metres.

        Raises:
            InvalidInputError: The cell's size cannot be used, the box is none or in degrees, or
                there would be more than `MOST_CELLS` cells; says which cell would do.
        """
        check_cell(cell_m)
        west, south, east, north = _checked_bounds(bounds)
        first, last = math.floor(west / cell_m), math.ceil(east / cell_m)
        lowest, highest = math.floor(south / cell_m), math.ceil(north / cell_m)
        return cls(
            cell_m=int(cell_m),
            west=first * int(cell_m),
            south=lowest * int(cell_m),
            columns=max(last - first, 1),
            rows=max(highest - lowest, 1),
        )

    @property
    def shape(self) -> tuple[int, int]:
        """Rows, columns."""
        return self.rows, self.columns

    @property
    def size(self) -> int:
        """How many cells."""
        return self.rows * self.columns

    @property
    def cell_km2(self) -> float:
        """The ground of a cell, square kilometres."""
        return self.cell_m**2 / 1e6

    def cell_of(self, easting: npt.ArrayLike, northing: npt.ArrayLike) -> Cells:
        """The cell that each position lies in.

        Args:
            easting: n metres, EPSG:27700.
            northing: n metres.

        Returns:
            n cells, numbered row by row from the south-west; -1 for positions that are outside the
            grid or not finite.
        """
        east, north = pair(easting, northing)
        # floor_divide is exact; a division may round a position just short of a line onto it.
        with np.errstate(invalid="ignore"):
            column = np.floor_divide(east - self.west, self.cell_m)
            row = np.floor_divide(north - self.south, self.cell_m)
        inside = (column >= 0) & (column < self.columns) & (row >= 0) & (row < self.rows)
        cell = np.full(len(east), OUTSIDE, dtype=np.int64)
        cell[inside] = (row[inside] * self.columns + column[inside]).astype(np.int64)
        return cell

    def counts(
        self,
        easting: npt.ArrayLike,
        northing: npt.ArrayLike,
        weights: npt.ArrayLike | None = None,
    ) -> Floats:
        """How many positions, or how much weight, each cell holds; those outside are left out.

        Args:
            easting: n metres, EPSG:27700.
            northing: n metres.
            weights: n weights, not negative; None for 1 each.

        Returns:
            rows by columns.

        Raises:
            InvalidInputError: The arrays are not of one length, or a weight is negative or not
                finite.
        """
        cell = self.cell_of(easting, northing)
        weight = checked_weights(weights, len(cell))
        inside = cell >= 0
        chosen = None if weight is None else weight[inside]
        counted = np.bincount(cell[inside], weights=chosen, minlength=self.size)
        return counted.astype(np.float64, copy=False).reshape(self.shape)

    def centres(self) -> tuple[Floats, Floats]:
        """Easting of each column's middle and northing of each row's, metres, EPSG:27700."""
        column = np.arange(self.columns, dtype=np.float64)
        row = np.arange(self.rows, dtype=np.float64)
        return (
            self.west + (column + 0.5) * self.cell_m,
            self.south + (row + 0.5) * self.cell_m,
        )

    def polygons(self, cells: npt.ArrayLike) -> npt.NDArray[np.object_]:
        """The squares of some cells.

        Args:
            cells: n numbers of cells.

        Returns:
            n polygons, EPSG:27700.

        Raises:
            InvalidInputError: A number is of no cell.
        """
        wanted = np.asarray(cells, dtype=np.int64)
        wrong = (wanted < 0) | (wanted >= self.size)
        if wrong.any():
            raise InvalidInputError(
                f"{int(wanted[wrong][0])} is no cell of a grid of {self.size:,} cells"
            )
        row, column = np.divmod(wanted, self.columns)
        return self._boxes(row, column, 1)

    def mask(self, area: BaseGeometry) -> Flags:
        """Which cells share ground with a study area: more than an edge or a corner.

        Cells are judged in blocks that are quartered until each lies wholly in or out, so the work
        grows with the area's outline and not with its ground.

        Args:
            area: Polygon or multipolygon, EPSG:27700.

        Returns:
            rows by columns.

        Raises:
            InvalidInputError: The area is empty, not valid or holds no ground.
        """
        checked_area(area)
        within = np.zeros(self.shape, dtype=bool)
        # A copy, because preparing changes the geometry that somebody else holds.
        ground = shapely.from_wkb(shapely.to_wkb(area))
        shapely.prepare(ground)
        row, column = (
            axis.ravel()
            for axis in np.meshgrid(
                np.arange(0, self.rows, _BLOCK), np.arange(0, self.columns, _BLOCK), indexing="ij"
            )
        )
        side = _BLOCK
        while True:
            boxes = self._boxes(row, column, side)
            met = shapely.intersects(ground, boxes)
            row, column, boxes = row[met], column[met], boxes[met]
            whole = shapely.covers(ground, boxes)
            for south, west in zip(row[whole], column[whole], strict=True):
                within[south : south + side, west : west + side] = True
            row, column, boxes = row[~whole], column[~whole], boxes[~whole]
            if side == 1:
                within[row, column] = ~shapely.touches(ground, boxes)
                return within
            side //= 2
            row, column = self._quartered(row, column, side)

    def _quartered(self, row: Cells, column: Cells, side: int) -> tuple[Cells, Cells]:
        south = np.concatenate([row, row, row + side, row + side])
        west = np.concatenate([column, column + side, column, column + side])
        exists = (south < self.rows) & (west < self.columns)
        return south[exists], west[exists]

    def _boxes(self, row: Cells, column: Cells, side: int) -> npt.NDArray[np.object_]:
        west = self.west + column * self.cell_m
        south = self.south + row * self.cell_m
        span = side * self.cell_m
        return np.asarray(shapely.box(west, south, west + span, south + span), dtype=object)


def check_cell(cell_m: int) -> None:
    """Refuse a cell size that cannot be used.

    Raises:
        InvalidInputError: It is not 10 to 10,000 whole metres.
    """
    low, high = CELL_LIMITS_M
    if not _is_whole(cell_m) or not low <= cell_m <= high:
        raise InvalidInputError(
            f"a cell is {low} to {high:,} whole metres wide, not {cell_m!r}; "
            "250 gives an overview, 100 to 150 suits patrols"
        )


def _is_whole(value: object) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def checked_area(area: BaseGeometry) -> BaseGeometry:
    """The study area, known to hold ground.

    Raises:
        InvalidInputError: It is empty, not valid, holds no ground or is in degrees.
    """
    if area.geom_type not in ("Polygon", "MultiPolygon") or area.is_empty:
        raise InvalidInputError(
            f"a study area is a polygon or several, not {area.geom_type.lower()}"
            f"{' that is empty' if area.is_empty else ''}"
        )
    if not area.is_valid:
        raise InvalidInputError(
            f"the study area is no valid polygon ({shapely.is_valid_reason(area)}); repair it first"
        )
    _checked_bounds(area.bounds)
    return area


def checked_weights(weights: npt.ArrayLike | None, n: int) -> Floats | None:
    """Weights of n positions, known to be usable; None stays None.

    Raises:
        InvalidInputError: They are not n, or one is negative or not finite.
    """
    if weights is None:
        return None
    weight = as_numbers(weights, "weights")
    if weight.shape != (n,):
        raise InvalidInputError(f"{n:,} weights are wanted, one a position, not {weight.shape}")
    wrong = ~(np.isfinite(weight) & (weight >= 0))
    if wrong.any():
        at = int(np.argmax(wrong))
        raise InvalidInputError(
            f"weights are finite and not negative; the one of position {at + 1} is {weight[at]}"
        )
    return weight


def pair(easting: npt.ArrayLike, northing: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Two arrays of one length.

    Raises:
        InvalidInputError: They are not.
    """
    east = np.atleast_1d(as_numbers(easting, "eastings"))
    north = np.atleast_1d(as_numbers(northing, "northings"))
    if east.ndim != 1 or east.shape != north.shape:
        raise InvalidInputError(
            f"eastings and northings of one length are wanted, not {east.shape} and {north.shape}"
        )
    return east, north


def _checked_bounds(bounds: Sequence[float]) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(bound) for bound in bounds)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(
            f"west, south, east and north are wanted as bounds, not {bounds!r}"
        ) from error
    # NaN compares with nothing.
    if not (-_FAR_M <= west <= east <= _FAR_M and -_FAR_M <= south <= north <= _FAR_M):
        raise InvalidInputError(
            f"bounds are west, south, east, north in metres, not {tuple(bounds)}"
        )
    if max(-west, east) <= _DEGREES[0] and max(-south, north) <= _DEGREES[1]:
        raise InvalidInputError(
            f"the bounds {tuple(bounds)} look like degrees; metres of EPSG:27700 are wanted"
        )
    return west, south, east, north


def _too_many(grid: SquareGrid) -> str:
    wide, high = (count * grid.cell_m / 1000 for count in (grid.columns, grid.rows))
    fitting = math.ceil(math.sqrt(wide * high * 1e6 / MOST_CELLS) * 1.001 / 10) * 10
    way_out = (
        f"use cells of at least {fitting:,} m, or a smaller study area"
        if fitting <= CELL_LIMITS_M[1]
        else "use a smaller study area"
    )
    return (
        f"cells of {grid.cell_m} m over {wide:,.0f} by {high:,.0f} km are {grid.size:,}, more than "
        f"{MOST_CELLS:,}: {way_out}"
    )
