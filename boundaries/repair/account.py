"""The account of a repair: every change with its square metres, and a balance for every area."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.faults.faces import Flags, Floats, Geometries
from boundaries.faults.rings import repeated_vertices
from boundaries.repair.moves import moved_m
from boundaries.repair.settling import Piece

DECIMALS: Final = 3
# How exactly the depth of ground in doubt is measured.
DEPTH_M: Final = 0.001


class ChangeKind(StrEnum):
    """What was done."""

    RING_MENDED = "ring_mended"
    OVERLAP_CLOSED = "overlap_closed"
    GAP_CLOSED = "gap_closed"
    VERTICES_DROPPED = "vertices_dropped"
    EDGES_MATCHED = "edges_matched"


ORDER: Final = {kind: place for place, kind in enumerate(ChangeKind)}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was done.

    Attributes:
        kind: What.
        codes: The areas that it is about, ascending.
        easting: Metres, EPSG:27700; with `northing` a place on it.
        northing: Metres.
        area_m2: The ground that changed.
        moved_m: How far a boundary moved, measured at vertices and middles of edges; of rings that
            were mended, how far from their lines a place is whose side was in doubt.
        gained_m2: The square metres that areas gained, by code.
        lost_m2: The square metres that areas lost, by code.
        detail: In words.
        geometry: The ground that changed; where none did, the vertices or the boundary concerned.
    """

    kind: ChangeKind
    codes: tuple[str, ...]
    easting: float
    northing: float
    area_m2: float
    moved_m: float
    gained_m2: dict[str, float]
    lost_m2: dict[str, float]
    detail: str
    geometry: BaseGeometry

    def as_dict(self) -> dict[str, Any]:
        """Everything but the geometry, as JSON takes it."""
        return {
            "kind": self.kind.value,
            "codes": list(self.codes),
            "easting": round(self.easting, DECIMALS),
            "northing": round(self.northing, DECIMALS),
            "area_m2": round(self.area_m2, DECIMALS),
            "moved_m": round(self.moved_m, DECIMALS),
            "gained_m2": {code: round(m2, DECIMALS) for code, m2 in self.gained_m2.items()},
            "lost_m2": {code: round(m2, DECIMALS) for code, m2 in self.lost_m2.items()},
            "detail": self.detail,
        }


@dataclass(frozen=True, slots=True)
class Balance:
    """What became of an area's ground: before, and gained, less lost, is after.

    Attributes:
        code: The area.
        before_m2: Its ground as given; where its rings were invalid, what lies inside by crossings.
        gained_m2: What its changes gained, added up.
        lost_m2: What its changes lost, added up.
        after_m2: Its ground now.
        moved_m: How far its boundary is from where it was, measured at vertices and middles.
    """

    code: str
    before_m2: float
    gained_m2: float
    lost_m2: float
    after_m2: float
    moved_m: float


@dataclass(frozen=True, eq=False)
class Layers:
    """The m areas of a layer on their way through a repair.

    Attributes:
        codes: Ascending.
        given: As they were given.
        ground: Their ground, where rings that overlap are one.
        crossings: Their ground by crossings; the same where rings are valid.
        is_fixed: Those whose ground cannot be told within the tolerance; they stay as given.
    """

    codes: Sequence[str]
    given: Geometries
    ground: Geometries
    crossings: Geometries
    is_fixed: Flags


def mended(layers: Layers, settled: Geometries) -> Geometries:
    """The areas to return: the very ones given where nothing changed, else as the layer winds.

    Args:
        layers: The areas.
        settled: What the passes made of them.
    """
    rings = shapely.get_exterior_ring(shapely.get_parts(layers.ground))
    winds_right = bool(2 * np.count_nonzero(shapely.is_ccw(rings)) < len(rings))
    alike, given = (
        _canonical(shapes, winds_right=winds_right) for shapes in (settled, layers.given)
    )
    is_same = layers.is_fixed | shapely.equals_exact(alike, given, 0.0)
    return np.where(is_same, layers.given, alike)


def changes(layers: Layers, result: Geometries, pieces: Sequence[Piece]) -> tuple[Change, ...]:
    """Everything that was done, by kind, the largest first."""
    found = [
        *_ring_changes(layers),
        *(_piece_change(layers.codes, piece) for piece in pieces),
        *_vertex_changes(layers, result, pieces),
    ]
    return tuple(sorted(found, key=_rank))


def balance(layers: Layers, result: Geometries, made: Sequence[Change]) -> tuple[Balance, ...]:
    """The square metres of each area before and after, by code."""
    gained: dict[str, float] = defaultdict(float)
    lost: dict[str, float] = defaultdict(float)
    for change in made:
        for total, share in ((gained, change.gained_m2), (lost, change.lost_m2)):
            for code, m2 in share.items():
                total[code] += m2
    before = shapely.area(layers.crossings)
    is_kept = np.array([old is new for old, new in zip(layers.given, result, strict=True)])
    after = np.where(is_kept, before, shapely.area(result))
    moved = np.zeros(len(result))
    moved[~is_kept] = _boundary_moved_m(layers.ground[~is_kept], result[~is_kept])
    columns = zip(layers.codes, before.tolist(), after.tolist(), moved.tolist(), strict=True)
    return tuple(
        Balance(code, was, gained[code], lost[code], now, far) for code, was, now, far in columns
    )


def _canonical(shapes: Geometries, *, winds_right: bool) -> Geometries:
    # The same ground by the same vertices is the same value, wherever its rings begin.
    parts, area = shapely.get_parts(shapes, return_index=True)
    whole = np.full(len(shapes), shapely.MultiPolygon(), dtype=object)
    shapely.multipolygons(parts, indices=area, out=whole)
    wound = shapely.orient_polygons(shapely.normalize(whole), exterior_cw=winds_right)
    is_single = shapely.get_num_geometries(wound) == 1
    return np.where(is_single, shapely.get_geometry(wound, 0), wound)


def _boundary_moved_m(old: Geometries, new: Geometries) -> Floats:
    return moved_m(shapely.boundary(old), shapely.boundary(new))


def _ring_changes(layers: Layers) -> Iterator[Change]:
    for row in np.flatnonzero(~shapely.is_valid(layers.given) & ~layers.is_fixed).tolist():
        whole, other = layers.ground[row], layers.crossings[row]
        gained, lost = shapely.difference(whole, other), shapely.difference(other, whole)
        doubt = shapely.union(gained, lost)
        yield _change(
            ChangeKind.RING_MENDED,
            shapely.boundary(whole) if doubt.is_empty else doubt,
            {layers.codes[row]: gained.area - lost.area},
            _depth_m(doubt),
            "rings made valid; lines that enclose nothing are gone",
        )


def _depth_m(ground: BaseGeometry) -> float:
    # How far inside ground its innermost place is.
    parts = shapely.get_parts(ground)
    radii = shapely.maximum_inscribed_circle(parts[~shapely.is_empty(parts)], tolerance=DEPTH_M)
    return float(shapely.length(radii).max(initial=0.0))


def _piece_change(codes: Sequence[str], piece: Piece) -> Change:
    taker, area = codes[piece.after], piece.ground.area
    if not piece.before:
        detail = f"ground of no area given to {taker}"
        return _change(ChangeKind.GAP_CLOSED, piece.ground, {taker: area}, piece.moved_m, detail)
    losers = [codes[row] for row in piece.before if row != piece.after]
    detail = f"ground of several areas left to {taker}, taken from {', '.join(losers)}"
    by_code = {taker: 0.0} | dict.fromkeys(losers, -area)
    return _change(ChangeKind.OVERLAP_CLOSED, piece.ground, by_code, piece.moved_m, detail)


def _vertex_changes(
    layers: Layers, result: Geometries, pieces: Sequence[Piece]
) -> Iterator[Change]:
    touched = {row for piece in pieces for row in (*piece.before, piece.after)}
    for row, (code, old, new) in enumerate(zip(layers.codes, layers.given, result, strict=True)):
        if old is new:
            continue
        repeated = repeated_vertices(old)
        if len(repeated):
            detail = f"vertices dropped that repeat the one before them: {len(repeated)}"
            points = shapely.MultiPoint(repeated)
            yield _change(ChangeKind.VERTICES_DROPPED, points, {code: 0.0}, 0.0, detail)
        added = _vertices_added(old, new)
        if len(added) and row not in touched:
            detail = f"vertices of neighbours added to its edges: {len(added)}"
            points = shapely.MultiPoint(added)
            yield _change(ChangeKind.EDGES_MATCHED, points, {code: 0.0}, 0.0, detail)


def _vertices_added(old: BaseGeometry, new: BaseGeometry) -> Floats:
    before, after = (np.unique(shapely.get_coordinates(each), axis=0) for each in (old, new))
    is_old = np.isin(after[:, 0] + 1j * after[:, 1], before[:, 0] + 1j * before[:, 1])
    return np.asarray(after[~is_old])


def _change(
    kind: ChangeKind, geometry: BaseGeometry, by_code: dict[str, float], moved: float, detail: str
) -> Change:
    place = shapely.point_on_surface(geometry)
    return Change(
        kind=kind,
        codes=tuple(sorted(by_code)),
        easting=place.x,
        northing=place.y,
        area_m2=geometry.area,
        moved_m=moved,
        gained_m2={code: m2 for code, m2 in sorted(by_code.items()) if m2 > 0},
        lost_m2={code: -m2 for code, m2 in sorted(by_code.items()) if m2 < 0},
        detail=detail,
        geometry=geometry,
    )


def _rank(change: Change) -> tuple[int, float, tuple[str, ...], float, float]:
    size = -round(change.area_m2, DECIMALS)
    return ORDER[change.kind], size, change.codes, change.easting, change.northing
