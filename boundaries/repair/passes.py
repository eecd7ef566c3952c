"""One pass of a repair: cut the ground into faces, settle gaps and overlaps, put areas together."""

import itertools
from dataclasses import dataclass

import numpy as np
import shapely

from boundaries.faults.cracks import find_rungs
from boundaries.faults.faces import Faces, Flags, Geometries, Indexes, cut, joined
from boundaries.repair.settling import Piece, settle


@dataclass(frozen=True, eq=False)
class Passed:
    """What a pass made of a layer.

    Attributes:
        shapes: m areas whose edges match to the vertex; those that are fixed as they were.
        pieces: The ground that was settled.
    """

    shapes: Geometries
    pieces: list[Piece]


def one_pass(
    shapes: Geometries, tolerance_m: float, *, is_fixed: Flags, frozen: Geometries
) -> Passed:
    """Settle what can be settled at once.

    Args:
        shapes: m valid Polygons or MultiPolygons, EPSG:27700, in an order that is always the same.
        tolerance_m: How far a boundary may move.
        is_fixed: m; areas that stay as they are, empty ones among them.
        frozen: Ground that stays as it is.
    """
    faces = cut(shapes)
    rungs = find_rungs(faces, tolerance_m)
    if len(rungs):
        faces = cut(shapes, rungs)
    owners, pieces = settle(faces, tolerance_m, _outside_of(frozen, faces), is_fixed)
    # A crack that stays open keeps no trace of the lines that were to close it.
    needed = _at(rungs, pieces)
    if len(needed) < len(rungs):
        faces = cut(shapes, needed)
        owners, pieces = settle(faces, tolerance_m, _outside_of(frozen, faces), is_fixed)
    return Passed(np.where(is_fixed, shapes, _areas(faces, owners)), pieces)


def _at(rungs: Geometries, pieces: list[Piece]) -> Geometries:
    if not len(rungs) or not pieces:
        return rungs[:0]
    settled = shapely.STRtree([piece.ground for piece in pieces])
    middles = shapely.line_interpolate_point(rungs, 0.5, normalized=True)
    used, _ = settled.query(middles, predicate="dwithin", distance=0.001)
    return np.asarray(rungs[np.unique(used)])


def _outside_of(ground: Geometries, faces: Faces) -> Flags:
    if not len(ground):
        return np.ones(len(faces.polygon), dtype=bool)
    inside = shapely.STRtree(shapely.point_on_surface(faces.polygon)).query(
        ground, predicate="intersects"
    )[1]
    return ~np.isin(np.arange(len(faces.polygon)), inside)


def _areas(faces: Faces, owners: Indexes) -> Geometries:
    # Each area as the union of its faces, which share every vertex.
    sets = faces.sets
    face = np.arange(len(owners))
    single = owners < sets.none
    several = np.flatnonzero(owners > sets.none)
    members = [sets.of(number) for number in owners[several].tolist()]
    shared = np.repeat(several, [len(areas) for areas in members])
    all_faces = np.concatenate([face[single], shared])
    area = np.concatenate(
        [owners[single], np.array([each for areas in members for each in areas], dtype=np.int64)]
    )
    order = np.lexsort([all_faces, area])
    bounds = np.searchsorted(area[order], np.arange(sets.areas + 1))
    made = [
        joined(faces.polygon[all_faces[order[start:end]]])
        for start, end in itertools.pairwise(bounds)
    ]
    return np.array(made, dtype=object)
