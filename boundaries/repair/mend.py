"""Mend a layer of areas without moving any boundary by more than a tolerance.

Rings that break the rules are mended where their ground is in doubt by no more than the tolerance.
Gaps and overlaps go to one of their neighbours, each as a whole, where that moves no boundary too
far. Edges then match to the vertex. This is one pass (`passes.py`), repeated until nothing
is left to do; after each, areas are measured against those that were given, and what together moved
a boundary too far is undone as a whole and left as it was. So the tolerance holds from the file to
the result, and to repair a result again changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from boundaries.faults.faces import Flags, Geometries, Indexes, connected
from boundaries.faults.find import find_faults, polygons_of
from boundaries.faults.report import BoundaryFault, CheckOptions, FaultKind
from boundaries.faults.rings import ground, ground_by_crossings
from boundaries.repair.account import Balance, Change, Layers, balance, changes, mended
from boundaries.repair.moves import around, stays_within, strayed
from boundaries.repair.passes import one_pass
from boundaries.repair.settling import Piece
from geo_alerts.contracts import require_columns, require_epsg_27700
from geo_alerts.errors import InvalidInputError

if TYPE_CHECKING:
    import geopandas as gpd

# Positions are to the millimetre; and no outline is a kilometre in doubt.
LEAST_TOLERANCE_M: Final = 0.001
MOST_TOLERANCE_M: Final = 1_000.0
# Lines that are closer are the same.
SAME_M: Final = 0.001
MENDABLE: Final = frozenset(
    {FaultKind.INVALID_RING, FaultKind.SELF_INTERSECTION, FaultKind.OVERLAP, FaultKind.GAP}
)


@dataclass(frozen=True, eq=False)
class Repaired:
    """A repaired layer and the account of it.

    Attributes:
        areas: The frame given, in its order, with the geometries mended; where nothing was done to
            an area its geometry is the very one that was given.
        tolerance_m: What no boundary moved farther than.
        changes: Everything that was done: by kind, the largest first.
        balance: A line for each area, by code.
        left: Every fault that the layer still has.
    """

    areas: "gpd.GeoDataFrame"
    tolerance_m: float
    changes: tuple[Change, ...]
    balance: tuple[Balance, ...]
    left: tuple[BoundaryFault, ...]


def repair(
    areas: "gpd.GeoDataFrame", tolerance_m: float, *, options: CheckOptions | None = None
) -> Repaired:
    """Mend a layer within a tolerance.

    Between the boundary of an area as given and as returned, no point of either is farther from the
    other than the tolerance, and so is no ground that changed from the boundary as given. The
    boundary of an area whose rings are invalid is that of its ground, see `faults/rings.py`; an
    area stays as given where there is a place whose side is in doubt and that is farther than the
    tolerance from every line given. Holes, slivers and far parts stay: they may be meant, and to
    drop one would move its whole boundary.

    Args:
        areas: m rows with `code`, `name` and Polygons or MultiPolygons, EPSG:27700, valid or not.
        tolerance_m: How far a boundary may move, from a millimetre to a kilometre.
        options: Where the check of the result draws its lines.

    Returns:
        The same for any order of the areas.

    Raises:
        CrsError: The areas are not in EPSG:27700.
        FrameError: A column is missing, codes repeat, or a geometry is no polygon.
        InvalidInputError: The tolerance is no such distance, or lines cross so often that these are
            no outlines of areas.
    """
    require_epsg_27700(areas, what="areas")
    require_columns(areas, {"code": "text", "name": "text"}, what="areas", unique="code")
    if not LEAST_TOLERANCE_M <= tolerance_m <= MOST_TOLERANCE_M:
        raise InvalidInputError(
            f"the tolerance should be {LEAST_TOLERANCE_M} to {MOST_TOLERANCE_M:,.0f} metres, "
            f"not {tolerance_m!r}"
        )
    order = np.argsort(areas["code"].to_numpy(dtype=np.str_), kind="stable")
    layers = _layers(
        areas["code"].to_numpy()[order].tolist(), polygons_of(areas)[order], tolerance_m
    )
    shapes, pieces = _settled(layers, tolerance_m)
    result = mended(layers, shapes)
    made = changes(layers, result, pieces)
    in_order_given = result[np.argsort(order, kind="stable")]
    geometry = type(areas.geometry)(in_order_given, index=areas.index, crs=areas.crs)
    frame = areas.set_geometry(geometry)
    left = find_faults(frame, options=options).faults
    return Repaired(
        areas=frame,
        tolerance_m=tolerance_m,
        changes=made,
        balance=balance(layers, result, made),
        left=tuple(_told(fault, tolerance_m) for fault in left),
    )


def _layers(codes: Sequence[str], given: Geometries, tolerance_m: float) -> Layers:
    whole, crossings = ground(given), ground_by_crossings(given)
    is_fixed = shapely.is_empty(whole)
    invalid = np.flatnonzero(~shapely.is_valid(given))
    doubt = shapely.symmetric_difference(whole[invalid], crossings[invalid])
    lines = around(shapely.boundary(given[invalid]), tolerance_m)
    is_fixed[invalid] |= ~shapely.is_empty(doubt) & ~shapely.covers(lines, doubt)
    return Layers(codes, given, whole, crossings, is_fixed)


def _settled(layers: Layers, tolerance_m: float) -> tuple[Geometries, list[Piece]]:
    # Passes until nothing changes; over again without the pieces that moved a boundary too far.
    frozen = np.array([], dtype=object)
    shapes = layers.ground
    pieces: list[Piece] = []
    while True:
        passed = one_pass(shapes, tolerance_m, is_fixed=layers.is_fixed, frozen=frozen)
        shapes, pieces = passed.shapes, pieces + passed.pieces
        if not passed.pieces:
            return shapes, pieces
        too_far = _too_far(layers, shapes, pieces, tolerance_m)
        if len(too_far):
            frozen = np.concatenate([frozen, too_far])
            shapes, pieces = layers.ground, []


def _too_far(
    layers: Layers, shapes: Geometries, pieces: Sequence[Piece], tolerance_m: float
) -> Geometries:
    # The ground of all pieces that share edges with one that moved a boundary too far.
    grounds = np.array([piece.ground for piece in pieces], dtype=object)
    rows = [(number, row) for number, piece in enumerate(pieces) for row in piece.changed]
    is_far = _strays(layers.ground, shapes, grounds, np.array(rows), tolerance_m)
    if not is_far.any():
        return grounds[:0]
    label = connected(len(pieces), _sharing_edges(grounds))
    return np.asarray(grounds[np.isin(label, label[is_far])])


def _strays(
    before: Geometries,
    after: Geometries,
    grounds: Geometries,
    changed: Indexes,
    tolerance_m: float,
) -> Flags:
    # Which pieces of ground, each with an area that it changed, moved a boundary too far.
    piece, row = changed.T
    touched, place = np.unique(row, return_inverse=True)
    old, new = shapely.boundary(before[touched]), shapely.boundary(after[touched])
    is_far = np.zeros(len(grounds), dtype=bool)
    is_far[piece[~shapely.covers(around(old, tolerance_m)[place], grounds[piece])]] = True
    for stray in np.flatnonzero(~stays_within(old, new, tolerance_m)).tolist():
        away = strayed(old[stray], new[stray], tolerance_m)
        of_area = piece[place == stray]
        is_there = shapely.dwithin(grounds[of_area], away, SAME_M)
        is_far[of_area[is_there] if is_there.any() else of_area] = True
    return is_far


def _sharing_edges(grounds: Geometries) -> Indexes:
    pairs = shapely.STRtree(grounds).query(grounds, predicate="intersects").T
    pairs = pairs[pairs[:, 0] < pairs[:, 1]]
    common = shapely.intersection(grounds[pairs[:, 0]], grounds[pairs[:, 1]])
    return np.asarray(pairs[shapely.length(common) > SAME_M])


def _told(fault: BoundaryFault, tolerance_m: float) -> BoundaryFault:
    if fault.kind not in MENDABLE:
        return fault
    return replace(fault, detail=f"{fault.detail}; cannot be mended within {tolerance_m:g} m")
