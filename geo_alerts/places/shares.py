"""How a unit's cell is shared out among the areas of a layer, and which units are on an edge.

What a share means: of the ground that is nearer to the unit's point than to any other unit's (and
within 1,500 m), this part lies in the area. What it does not mean: that this part of the addresses
does. Houses are not spread evenly over the ground; some addresses of a unit lie in the cell of its
neighbour; and ground counts where nobody can live, such as the sea, which is in no area.

How good a guess it is: shares of all areas are right about as often as they say. Once it is known
which area the point is in, another area is right less often than its share says (0.3: two to three
times in ten; 0.7: four to five), since addresses keep close to their point. So a share ranks the
areas that may be meant and says where the point alone should not be trusted; it is no probability.
Measured in `notebooks/02_honest_edges.ipynb`.

Areas may overlap; shares of a cell then add up to more than one.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from geo_alerts.places.assignment import NO_AREA, Assignment, Indexes
from geo_alerts.places.cells import NO_CELL, Cells
from geo_alerts.places.layer import Layer
from geo_alerts.places.threads import run_each
from geo_alerts.places.voronoi import Floats, Polygons, Rows, runs

# A unit is on an edge where another area, or none, holds more of its cell than this. Of 42,290
# units in 269 wards 40 are by their point in another ward than Ordnance Survey says: at 0.1 all of
# them are flagged and 14.0 % of all units, at 0.05 40 and 16.8 %, at 0.2 39 and 10.1 %, at 0.3 35
# and 7.4 % (tests/differential/test_edges.py).
EDGE_SHARE: Final = 0.1

# Less is not told: it would be a strip of a metre along one side of a cell a kilometre wide, and
# outlines and points are not known better than to a metre.
LEAST_SHARE: Final = 0.001

CELLS_AT_ONCE: Final = 4_096


@dataclass(frozen=True, eq=False)
class Shares:
    """The areas that have ground in the cells of k units.

    Attributes:
        offset: k + 1; the areas of unit i are `area[offset[i]:offset[i + 1]]`, and so its shares.
        area: Indexes into the layer; of a unit the largest share first, of equal ones the lowest
            index. Areas that cover the unit's point are there however little they hold of the cell;
            others from `LEAST_SHARE` up.
        share: The part of the cell's ground that is in the area, 0 to 1.
        none: k: the part that is in no area; NaN for a unit that has no cell.
    """

    offset: Rows
    area: Indexes
    share: Floats
    none: Floats

    def __len__(self) -> int:
        """Count the units."""
        return len(self.none)


@dataclass(frozen=True, slots=True)
class _Held:
    # Pairs of a cell and an area with ground in it, by cell; and what no area holds of each cell.
    cell: Rows
    area: Rows
    share: Floats
    none: Floats


def shares(cells: Cells, rows: npt.ArrayLike, layer: Layer, assignment: Assignment) -> Shares:
    """The parts that areas have in the cells of some units, exactly (GEOS).

    Args:
        cells: The cells of a directory.
        rows: k rows of the directory.
        layer: The areas; one that is no valid polygon counts as what GEOS makes of it.
        assignment: The areas of all rows of the directory.

    Returns:
        The shares, in the order of `rows`.
    """
    wanted = np.asarray(rows, dtype=np.int64)
    number, place = np.unique(cells.cell[wanted], return_inverse=True)
    is_cell = number != NO_CELL
    held = _held(cells, number[is_cell], layer)
    located = np.flatnonzero(is_cell[place])
    which = place[located] - np.count_nonzero(~is_cell)
    start = np.searchsorted(held.cell, np.arange(len(held.none) + 1))
    pair = runs(start[which], np.diff(start)[which])
    row = np.repeat(located, np.diff(start)[which])
    area, share = held.area[pair], held.share[pair]
    is_told = share >= LEAST_SHARE
    is_told[~is_told] = _covers(assignment, wanted[row[~is_told]], area[~is_told])
    row, area, share = row[is_told], area[is_told], share[is_told]
    order = np.lexsort((area, -share, row))
    none = np.full(len(wanted), np.nan)
    none[located] = held.none[which]
    offset = np.searchsorted(row, np.arange(len(wanted) + 1))
    return Shares(offset, area[order].astype(np.int32), share[order], none)


def largest_other(found: Shares, first: Indexes) -> tuple[Indexes, Floats]:
    """Which area holds most of each unit's cell, its own area left out.

    Args:
        found: The shares of k units.
        first: k indexes of the unit's own area; -1 for a unit that is in none.

    Returns:
        k indexes, -1 where there is no other area, and k shares, 0 where there is none; NaN for a
        unit that has no cell.
    """
    unit = np.repeat(np.arange(len(found)), np.diff(found.offset))
    pair = np.flatnonzero(found.area != first[unit])
    unit, at = np.unique(unit[pair], return_index=True)
    area = np.full(len(found), NO_AREA, dtype=np.int32)
    share = np.where(np.isnan(found.none), np.nan, 0.0)
    area[unit], share[unit] = found.area[pair[at]], found.share[pair[at]]
    return area, share


def share_of(found: Shares, first: Indexes) -> Floats:
    """The part of each unit's cell that is in the unit's own area, or in none if it is in none.

    Args:
        found: The shares of k units.
        first: k indexes of the unit's own area; -1 for a unit that is in none.

    Returns:
        k shares; NaN for a unit that has no cell.
    """
    unit = np.repeat(np.arange(len(found)), np.diff(found.offset))
    pair = np.flatnonzero(found.area == first[unit])
    share = np.where((first == NO_AREA) | np.isnan(found.none), found.none, 0.0)
    share[unit[pair]] = found.share[pair]
    return share


def other_share(found: Shares, first: Indexes) -> Floats:
    """The most that another area, or none, holds of each unit's cell.

    Args:
        found: The shares of k units.
        first: k indexes of the unit's own area; -1 for a unit that is in none, where what no area
            holds is its own.

    Returns:
        k shares; NaN for a unit that has no cell.
    """
    _, share = largest_other(found, first)
    return np.where(first == NO_AREA, share, np.maximum(share, found.none))


def is_edge(found: Shares, first: Indexes, threshold: float = EDGE_SHARE) -> npt.NDArray[np.bool_]:
    """Which units are on an edge: another area, or none, holds more of the cell than a threshold.

    Args:
        found: The shares of k units.
        first: k indexes of the unit's own area; -1 for a unit that is in none.
        threshold: A part of the cell.

    Returns:
        k flags; a unit that has no cell has none.
    """
    return other_share(found, first) > threshold


def _held(cells: Cells, numbers: npt.NDArray[np.int32], layer: Layer) -> _Held:
    tree = shapely.STRtree(layer.geometry)
    starts = range(0, len(numbers), CELLS_AT_ONCE)

    def settle(start: int) -> _Held:
        polygons = cells.shapes(numbers[start : start + CELLS_AT_ONCE])
        cell, area = tree.query(polygons)
        held = _settled(polygons, cell, area, layer.geometry)
        return replace(held, cell=held.cell + start)

    found = run_each(settle, starts) or [_Held(*[np.zeros(0, dtype=int)] * 2, *[np.zeros(0)] * 2)]
    return _Held(
        np.concatenate([held.cell for held in found]),
        np.concatenate([held.area for held in found]),
        np.concatenate([held.share for held in found]),
        np.concatenate([held.none for held in found]),
    )


def _settled(polygons: Polygons, cell: Rows, area: Rows, geometry: Polygons) -> _Held:
    # Most cells lie within one area: an index of each area tells that fast. Only the others are
    # cut. Copies, because GEOS builds the index at the first question, which two threads may ask.
    used, which = np.unique(area, return_inverse=True)
    own = _own_copies(geometry[used])
    is_inside = shapely.contains_properly(own[which], polygons[cell])
    is_met = is_inside | shapely.intersects(own[which], polygons[cell])
    order = np.argsort(cell[is_met], kind="stable")
    cell, which, is_inside = cell[is_met][order], which[is_met][order], is_inside[is_met][order]
    part = polygons[cell]
    part[~is_inside] = shapely.intersection(part[~is_inside], own[which[~is_inside]])
    whole = shapely.area(polygons)
    share = shapely.area(part) / whole[cell]
    none = 1 - _together_m2(part, cell, len(polygons)) / whole
    # What is too little to be told is not told of the rest either.
    share[share > 1 - LEAST_SHARE] = 1.0
    none[none > 1 - LEAST_SHARE], none[none < LEAST_SHARE] = 1.0, 0.0
    has_ground = share > 0
    return _Held(cell[has_ground], used[which[has_ground]], share[has_ground], none)


def _own_copies(geometry: Polygons) -> Polygons:
    # Valid, in two dimensions, and indexed.
    own = shapely.force_2d(geometry)
    is_bad = ~shapely.is_valid(own)
    own[is_bad] = shapely.make_valid(own[is_bad], method="structure", keep_collapsed=False)
    shapely.prepare(own)
    return np.asarray(own, dtype=object)


def _together_m2(part: Polygons, cell: Rows, total: int) -> Floats:
    # How much ground all areas together have in each cell.
    count = np.bincount(cell, minlength=total)
    start = np.cumsum(count) - count
    table = np.full((total, max(int(count.max(initial=0)), 1)), None, dtype=object)
    table[cell, np.arange(len(cell)) - start[cell]] = part
    several = count > 1
    table[several, 0] = shapely.union_all(table[several], axis=1)
    return np.where(count > 0, shapely.area(table[:, 0]), 0.0)


def _covers(assignment: Assignment, rows: Rows, area: Rows) -> npt.NDArray[np.bool_]:
    # Whether each area covers the point of the unit in each row.
    count = assignment.offset[rows + 1] - assignment.offset[rows]
    pair = np.repeat(np.arange(len(rows)), count)
    is_same = assignment.area[runs(assignment.offset[rows], count)] == area[pair]
    return np.isin(np.arange(len(rows)), pair[is_same])
