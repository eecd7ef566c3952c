"""The ground of chosen cells as polygons, traced along the sides that they do not share.

As `shapely.union_all` of the rows' runs of cells gives it, vertex for vertex, but many times as
fast where cells are many: no crossing of lines is looked for, since all lie on the grid.

Sides go round with chosen ground to their left. Where two chosen cells touch at a corner alone, a
line turns left there and stays with its cell; a line that comes back to such a corner is parted in
two, so that no ring touches itself (as OGC Simple Feature Access wants it of polygons).

scipy is imported where it is used: the server's start needs none of it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geo_alerts.hotspots.grid import SquareGrid

Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

# Directions, each to the left of the one before it.
_EAST, _NORTH, _WEST, _SOUTH = range(4)


@dataclass(frozen=True, slots=True)
class _Sides:
    """e sides with chosen ground to their left, by the node that they start at.

    Attributes:
        start: Nodes: row by row, one more in a row than there are columns.
        end: Nodes.
        direction: 0 to 3.
        cell: The chosen cell to the left of the side's beginning.
    """

    start: Integers
    end: Integers
    direction: Integers
    cell: Integers


def grounds_of(grid: SquareGrid, chosen: Flags) -> tuple[npt.NDArray[np.object_], Integers]:
    """The ground of chosen cells: a polygon for all that are joined by their sides.

    Args:
        grid: The grid.
        chosen: rows by columns: which cells; at least one.

    Returns:
        Polygons, normalised, EPSG:27700; and of each one of its cells.
    """
    from scipy.ndimage import label  # noqa: PLC0415

    sides = _sides(chosen)
    order, begins = _rings(sides)
    # Each ring comes back to where it began.
    length = np.diff(begins, append=len(order))
    ring = np.repeat(np.arange(len(begins)), length + 1)
    node = np.insert(sides.start[order], begins + length, sides.start[order[begins]])
    y, x = np.divmod(node, grid.columns + 1)
    first = begins + np.arange(len(begins))
    turned = x[:-1] * y[1:] - x[1:] * y[:-1]
    turned[first[1:] - 1] = 0  # from the end of one ring to the beginning of the next
    is_hole = np.add.reduceat(np.append(turned, 0), first) < 0
    cell = sides.cell[order[begins]]
    numbered, _ = label(chosen)
    part = numbered.ravel()[cell]
    # The outline before the holes, as polygons are made.
    by_part = np.lexsort((is_hole, part))
    metres = np.column_stack([x, y]) * grid.cell_m + (grid.west, grid.south)
    rings = np.asarray(shapely.linearrings(metres.astype(np.float64), indices=ring), dtype=object)
    polygons = shapely.polygons(rings[by_part], indices=part[by_part] - 1)
    outline = by_part[~is_hole[by_part]]
    return np.asarray(shapely.normalize(polygons), dtype=object), cell[outline]


def _sides(chosen: Flags) -> _Sides:
    columns = chosen.shape[1]
    padded = np.pad(chosen, 1)
    upright = padded[1:-1, 1:] != padded[1:-1, :-1]
    level = padded[1:, 1:-1] != padded[:-1, 1:-1]
    row, column = np.nonzero(upright)
    is_north = padded[row + 1, column]  # the chosen cell lies west of it
    low, high = row * (columns + 1) + column, (row + 1) * (columns + 1) + column
    # Level ones go on eastwards until an upright one meets them.
    met = np.pad(upright, ((0, 1), (0, 0))) | np.pad(upright, ((1, 0), (0, 0)))
    goes_on = level[:, 1:] & level[:, :-1] & ~met[:, 1:-1]
    line, west = np.nonzero(level)
    begins = np.flatnonzero(~np.pad(goes_on, ((0, 0), (1, 0)))[line, west])
    length = np.diff(begins, append=len(line))
    line, west = line[begins], west[begins]
    is_east = padded[line + 1, west + 1]  # the chosen cell lies north of it
    left = line * (columns + 1) + west
    start = np.concatenate([np.where(is_north, low, high), np.where(is_east, left, left + length)])
    end = np.concatenate([np.where(is_north, high, low), np.where(is_east, left + length, left)])
    direction = np.concatenate(
        [np.where(is_north, _NORTH, _SOUTH), np.where(is_east, _EAST, _WEST)]
    )
    cell = np.concatenate(
        [row * columns + column - is_north, (line - 1 + is_east) * columns + west]
    )
    order = np.argsort(start, kind="stable")
    return _Sides(start[order], end[order], direction[order], cell[order])


def _rings(sides: _Sides) -> tuple[Integers, Integers]:
    # The sides ring after ring, and where each ring begins.
    following = np.searchsorted(sides.start, sides.end)
    meets = np.searchsorted(sides.start, sides.end, side="right") - following > 1
    left = (sides.direction + 1) % 4
    following += meets & (sides.direction[following] != left)
    order, begins = _walked(following)
    at_corner = np.flatnonzero(meets)
    if not len(at_corner):
        return order, begins
    ring = np.empty(len(order), dtype=np.int64)
    ring[order] = np.repeat(np.arange(len(begins)), np.diff(begins, append=len(order)))
    one, other = at_corner[np.argsort(sides.end[at_corner], kind="stable")].reshape(-1, 2).T
    same = ring[one] == ring[other]
    if not same.any():
        return order, begins
    one, other = one[same], other[same]
    following[one], following[other] = following[other], following[one]
    return _walked(following)


def _walked(following: Integers) -> tuple[Integers, Integers]:
    # One step after the other: lists are faster for that than arrays.
    steps = following.tolist()
    is_new = bytearray(b"\x01") * len(steps)
    order: list[int] = []
    begins: list[int] = []
    for first in range(len(steps)):
        if not is_new[first]:
            continue
        begins.append(len(order))
        side = first
        while is_new[side]:
            is_new[side] = 0
            order.append(side)
            side = steps[side]
    return np.array(order, dtype=np.int64), np.array(begins, dtype=np.int64)
