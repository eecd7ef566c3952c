"""The ground of a layer cut into faces: pieces that the same areas cover throughout.

The lines of all areas are noded together, so that neighbours share every vertex and edge exactly.
A face of no area is a gap, one of several areas an overlap. Cutting up 43 force outlines with
944,000 vertices, 24,000 gaps and as many overlaps takes two seconds; GEOS's own cleaning of
coverages (`coverage_clean`) takes minutes there and tells nothing of what it did.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

Floats = npt.NDArray[np.float64]
Indexes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Geometries = npt.NDArray[np.object_]

OUTSIDE: Final = -1


class Owners:
    """Sets of areas, numbered: those of one area first, by its index, then none, then the others.

    Args:
        areas: How many areas there are.
    """

    def __init__(self, areas: int) -> None:
        self.areas = areas
        self.none = areas
        self._sets: list[tuple[int, ...]] = [*((area,) for area in range(areas)), ()]
        self._numbers = {owners: number for number, owners in enumerate(self._sets)}

    def number(self, owners: tuple[int, ...]) -> int:
        """The number of a set, which is given as ascending indexes."""
        found = self._numbers.setdefault(owners, len(self._sets))
        if found == len(self._sets):
            self._sets.append(owners)
        return found

    def of(self, number: int) -> tuple[int, ...]:
        """The areas of a set."""
        return self._sets[number]

    def hold(self, numbers: Indexes, area: Indexes) -> Flags:
        """Tell whether each set holds the area beside it; `OUTSIDE` holds none."""
        found = numbers == area
        several = np.flatnonzero(numbers > self.none)
        pairs, place = np.unique(
            np.column_stack([numbers[several], area[several]]), axis=0, return_inverse=True
        )
        holds = np.array([which in self._sets[owners] for owners, which in pairs.tolist()], bool)
        found[several] = holds[place.reshape(-1)] if len(pairs) else False
        return np.asarray(found)


@dataclass(frozen=True, eq=False)
class Faces:
    """The faces of a layer and the edges between them.

    Attributes:
        polygon: f Polygons that do not overlap and share every vertex with their neighbours.
        owners: f numbers of sets of areas, see `sets`.
        sets: What the numbers mean.
        ends: Both ends of e edges, (e, 2, 2) metres.
        sides: The faces at both sides of each edge, (e, 2); `OUTSIDE` where there is none.
    """

    polygon: Geometries
    owners: Indexes
    sets: Owners
    ends: Floats
    sides: Indexes

    @property
    def length_m(self) -> Floats:
        """The length of each edge."""
        return np.asarray(np.hypot(*(self.ends[:, 1] - self.ends[:, 0]).T))

    def owners_beside(self, owners: Indexes) -> Indexes:
        """The owners at both sides of each edge, (e, 2), where each face has the owners given."""
        return np.asarray(np.append(owners, self.sets.none)[self.sides])

    def of_area(self, owners: Indexes, area: int) -> Geometries:
        """The faces of an area, where each face has the owners given."""
        everywhere = np.full(len(owners), area)
        return np.asarray(self.polygon[self.sets.hold(owners, everywhere)])


def cut(shapes: Geometries, more: Sequence[shapely.Geometry] | Geometries = ()) -> Faces:
    """Cut the ground of areas into faces.

    Args:
        shapes: m valid Polygons or MultiPolygons, EPSG:27700.
        more: Lines that cut as well.

    Returns:
        The faces that lines enclose. A vertex of an area is a vertex of its faces; where lines
        cross there is a new one, at the crossing as floating point numbers can tell it.
    """
    lines = np.concatenate([shapely.boundary(shapes), np.asarray(more, dtype=object)])
    noded = shapely.get_parts(shapely.union_all(lines))
    polygons = shapely.get_parts(shapely.polygonize(noded))
    sets = Owners(len(shapes))
    ends, sides = _edges(polygons)
    return Faces(polygons, _owners(polygons, shapes, sets), sets, ends, sides)


def joined(polygons: Geometries) -> BaseGeometry:
    """Polygons that share every vertex with their neighbours as one shape."""
    if len(polygons) == 1:
        only: BaseGeometry = polygons[0]
        return only
    try:
        return shapely.coverage_union_all(polygons)
    except shapely.errors.GEOSException:
        # GEOS takes ground of some square micrometres for an overlap; the slow way does not.
        return shapely.union_all(polygons)


def connected(count: int, pairs: Indexes) -> Indexes:
    """Which of n things hang together: for each the least index of those that it hangs with.

    Args:
        count: n.
        pairs: Those that hang together directly, (k, 2).
    """
    label = np.arange(count)
    if not len(pairs):
        return label
    while True:
        least = np.minimum(label[pairs[:, 0]], label[pairs[:, 1]])
        lower = label.copy()
        # The label's own thing takes the lower label too, so that chains shorten fast.
        for side in (pairs[:, 0], pairs[:, 1]):
            np.minimum.at(lower, side, least)
            np.minimum.at(lower, label[side], least)
        lower = lower[lower]
        if np.array_equal(lower, label):
            return label
        label = lower


def _edges(polygons: Geometries) -> tuple[Floats, Indexes]:
    # Each straight piece of a ring once, with the one or two faces beside it.
    rings, face_of_ring = shapely.get_rings(polygons, return_index=True)
    positions, ring = shapely.get_coordinates(rings, return_index=True)
    _, vertex = np.unique(positions[:, 0] + 1j * positions[:, 1], return_inverse=True)
    starts = np.flatnonzero(ring[1:] == ring[:-1])
    low = np.minimum(vertex[starts], vertex[starts + 1])
    high = np.maximum(vertex[starts], vertex[starts + 1])
    key = low * len(positions) + high
    order = np.argsort(key, kind="stable")
    face = face_of_ring[ring[starts]][order]
    is_first = np.append(True, key[order][1:] != key[order][:-1])[: len(order)]
    first = np.flatnonzero(is_first)
    has_second = np.append(np.diff(first), len(order) - first[-1:]) > 1
    sides = np.full((len(first), 2), OUTSIDE)
    sides[:, 0] = face[first]
    sides[has_second, 1] = face[first[has_second] + 1]
    start = starts[order][first]
    return np.stack([positions[start], positions[start + 1]], axis=1), sides


def _owners(polygons: Geometries, shapes: Geometries, sets: Owners) -> Indexes:
    inside = shapely.point_on_surface(polygons)
    shapely.prepare(shapes)
    area, face = shapely.STRtree(inside).query(shapes, predicate="contains")
    order = np.lexsort([area, face])
    area, face = area[order], face[order]
    count = np.bincount(face, minlength=len(polygons))
    owners = np.full(len(polygons), sets.none)
    offset = np.append(0, np.cumsum(count))
    single = np.flatnonzero(count == 1)
    owners[single] = area[offset[single]]
    for several in np.flatnonzero(count > 1).tolist():
        owners[several] = sets.number(tuple(area[offset[several] : offset[several + 1]].tolist()))
    return owners
