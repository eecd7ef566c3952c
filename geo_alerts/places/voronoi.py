"""Voronoi cells of many points, each clipped to a disc round its point: bounded, exact, in blocks.

A place within the clip of a point cannot be nearer to a point more than twice the clip away. So the
points are cut into blocks, each block is worked on with the points around it as far as twice the
clip, and its cells are those of the whole. Blocks are independent of each other: two are done at a
time, and memory depends on the size of a block.

Source: GEOS, `VoronoiDiagramBuilder` (Delaunay triangulation after Guibas and Stolfi).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from geo_alerts.places.threads import MOST_THREADS, run_each

Millimetres = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Polygons = npt.NDArray[np.object_]
Advance = Callable[[int, int], None]

MM: Final = 1000

# A disc is a polygon with so many corners on the circle: 0.16 % less area, at most 0.12 % short.
DISC_SIDES: Final = 64

# Measured for all of Great Britain: a quarter of this or four times as much take as long.
POINTS_IN_A_BLOCK: Final = 30_000
BLOCKS_AT_ONCE: Final = 2 * MOST_THREADS


@dataclass(frozen=True, slots=True)
class Rings:
    """Convex rings one after the other, anticlockwise, no vertex given twice.

    Attributes:
        count: How many vertices each has.
        vertex: All vertices, v by 2: millimetres, EPSG:27700.
    """

    count: Rows
    vertex: Millimetres


def clipped_voronoi(point: Millimetres, clip_m: float, advance: Advance | None = None) -> Rings:
    """The cell of each point: the ground nearest to it and within the clip.

    Vertices are rounded to the millimetre, and what is then no longer convex is made so, which adds
    less than a millimetre. Apart from that the cells are those of one diagram of all the points.

    Args:
        point: c by 2: eastings and northings in millimetres, all different, 100 mm apart or more.
        clip_m: How far a cell may reach, metres.
        advance: Told how many cells are done, and of how many.

    Returns:
        A ring for each point, in their order.
    """
    by_easting = np.argsort(point[:, 0], kind="stable")
    blocks = list(_blocks(point, np.arange(len(point))))
    made: list[Rings] = []
    for start in range(0, len(blocks), BLOCKS_AT_ONCE):
        some = blocks[start : start + BLOCKS_AT_ONCE]
        made += run_each(lambda rows: _cells(point, by_easting, rows, clip_m), some)
        if advance is not None:
            advance(sum(len(rows) for rows in blocks[: len(made)]), len(point))
    return _in_order(blocks, made, len(point))


def runs(start: Rows, length: Rows) -> Rows:
    """start, start + 1, … of each run, one run after the other."""
    before = np.cumsum(length) - length
    return np.repeat(start - before, length) + np.arange(length.sum())


def _blocks(point: Millimetres, rows: Rows) -> Iterator[Rows]:
    # Halves, cut across the longer side, until they are small enough.
    if len(rows) <= POINTS_IN_A_BLOCK:
        if len(rows):
            yield rows
        return
    axis = int(np.argmax(np.ptp(point[rows], axis=0)))
    order = rows[np.argsort(point[rows, axis], kind="stable")]
    yield from _blocks(point, order[: len(rows) // 2])
    yield from _blocks(point, order[len(rows) // 2 :])


def _in_order(blocks: list[Rows], made: list[Rings], total: int) -> Rings:
    count = np.zeros(total, dtype=np.int64)
    for rows, rings in zip(blocks, made, strict=True):
        count[rows] = rings.count
    start = np.cumsum(count) - count
    vertex = np.empty((int(count.sum()), 2), dtype=np.int32)
    for rows, rings in zip(blocks, made, strict=True):
        vertex[runs(start[rows], rings.count)] = rings.vertex
    return Rings(count, vertex)


def _cells(point: Millimetres, by_easting: Rows, rows: Rows, clip_m: float) -> Rings:
    # Measured from a corner of the block: the fewer the digits, the exacter GEOS.
    corner = point[rows].min(axis=0).astype(np.int64)
    around = _around(point, by_easting, rows, 2 * clip_m)
    site = (point[np.concatenate([rows, around])] - corner) / MM
    guards = _guards(site, clip_m)
    diagram = shapely.voronoi_polygons(
        shapely.multipoints(np.concatenate([site, guards])), ordered=True
    )
    own = site[: len(rows)]
    whole = np.asarray(shapely.get_geometry(diagram, np.arange(len(rows))))
    cells = shapely.orient_polygons(_clipped(whole, own, clip_m))
    vertex, ring = shapely.get_coordinates(cells, return_index=True)
    is_closing = np.append(ring[1:] != ring[:-1], True)
    vertex, ring = vertex[~is_closing], ring[~is_closing]
    return _rounded(np.rint(vertex * MM).astype(np.int64), ring, corner, len(rows))


def _around(point: Millimetres, by_easting: Rows, rows: Rows, reach_m: float) -> Rows:
    # The others in the block's box, widened by the reach.
    low = point[rows].min(axis=0) - round(reach_m * MM)
    high = point[rows].max(axis=0) + round(reach_m * MM)
    easting = point[by_easting, 0]
    first = np.searchsorted(easting, low[0], side="left")
    end = np.searchsorted(easting, high[0], side="right")
    near = by_easting[first:end]
    near = near[(point[near, 1] >= low[1]) & (point[near, 1] <= high[1])]
    return np.setdiff1d(near, rows, assume_unique=True)


def _guards(site: Floats, clip_m: float) -> Floats:
    # Four more points, too far off to matter: with them no cell is open, however few points there
    # are and however they lie.
    (west, south), (east, north) = site.min(axis=0) - 4 * clip_m, site.max(axis=0) + 4 * clip_m
    return np.array([(west, south), (east, south), (east, north), (west, north)])


def _clipped(cells: Polygons, site: Floats, clip_m: float) -> Polygons:
    vertex, ring = shapely.get_coordinates(cells, return_index=True)
    away_m = np.hypot(*(vertex - site[ring]).T)
    start = np.flatnonzero(np.diff(ring, prepend=-1))
    is_far = np.maximum.reduceat(away_m, start) > clip_m * np.cos(np.pi / DISC_SIDES)
    angle = np.arange(DISC_SIDES) * 2 * np.pi / DISC_SIDES
    disc = clip_m * np.column_stack([np.cos(angle), np.sin(angle)])
    discs = shapely.polygons(site[is_far][:, np.newaxis] + disc)
    clipped = cells.copy()
    clipped[is_far] = shapely.intersection(cells[is_far], discs)
    return clipped


def _rounded(vertex: Rows, ring: Rows, corner: Rows, total: int) -> Rings:
    # Rounded vertices may fall together, and one may come to lie on or behind the line between its
    # neighbours. It is not a corner then: without it the ring is convex again.
    while True:
        first = np.diff(ring, prepend=-1) != 0
        last = np.diff(ring, append=total) != 0
        before, after = np.roll(vertex, 1, axis=0), np.roll(vertex, -1, axis=0)
        before[first], after[last] = vertex[last], vertex[first]
        arriving, leaving = vertex - before, after - vertex
        is_repeated = (arriving == 0).all(axis=1)
        turn = arriving[:, 0] * leaving[:, 1] - arriving[:, 1] * leaving[:, 0]
        is_dropped = is_repeated if is_repeated.any() else turn <= 0
        if not is_dropped.any():
            break
        vertex, ring = vertex[~is_dropped], ring[~is_dropped]
    return Rings(np.bincount(ring, minlength=total), (vertex + corner).astype(np.int32))
