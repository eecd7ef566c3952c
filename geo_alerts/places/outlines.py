"""Where areas that are asked together end: their outlines without the borders between them."""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from geo_alerts.places.voronoi import Floats, Polygons

# Outlines are cut into pieces about so long. Longer ones have more units near their box than near
# themselves, shorter ones cost more than they save: of a force of 40,917 vertices 256 m took 14 ms,
# 1,024 m 8 ms.
PIECE_M: Final = 1_024.0


class Segments(NamedTuple):
    """s straight stretches, s by 2 each: from where, to where, metres, EPSG:27700."""

    start: Floats
    end: Floats

    def take(self, which: npt.NDArray[np.bool_]) -> "Segments":
        """Some of the segments."""
        return Segments(self.start[which], self.end[which])


def outline(areas: Polygons) -> Segments:
    """The edges of areas, but for those that two areas have in common from either side.

    On such an edge the areas together do not end. An edge that two areas give with different
    vertices stays, so what is left is the outline of the areas together and perhaps more.

    Args:
        areas: Polygons and MultiPolygons, EPSG:27700, in two dimensions.
    """
    polygons = shapely.orient_polygons(shapely.get_parts(areas))
    vertex, ring = shapely.get_coordinates(shapely.get_rings(polygons), return_index=True)
    is_same = ring[1:] == ring[:-1]
    edges = Segments(vertex[:-1][is_same], vertex[1:][is_same])
    return edges if len(polygons) == 1 else edges.take(~_is_between(edges))


def _is_between(edges: Segments) -> npt.NDArray[np.bool_]:
    # Rings go round their areas the same way, so an edge that is also there backwards has ground of
    # the areas on both sides.
    ends = np.concatenate([edges.start, edges.end]).view(np.complex128)[:, 0]
    _, number = np.unique(ends, return_inverse=True)
    start, end = np.split(number, 2)
    _, edge = np.unique(
        np.minimum(start, end) * len(ends) + np.maximum(start, end), return_inverse=True
    )
    has_forward = np.bincount(edge, weights=start < end) > 0
    has_backward = np.bincount(edge, weights=start > end) > 0
    return np.asarray((has_forward & has_backward)[edge])


def boxes(segments: Segments) -> Floats:
    """Boxes of pieces of some segments: m by 4, west, south, east, north."""
    parts = _cut(segments)
    if not len(parts.start):
        return np.zeros((0, 4))
    along_m = np.cumsum(np.hypot(*(parts.end - parts.start).T))
    is_first = np.diff(np.floor(along_m / PIECE_M), prepend=-1.0) != 0
    # A piece does not jump from one ring to another.
    is_first[1:] |= (parts.start[1:] != parts.end[:-1]).any(axis=1)
    first = np.flatnonzero(is_first)
    low = np.minimum.reduceat(np.minimum(parts.start, parts.end), first)
    high = np.maximum.reduceat(np.maximum(parts.start, parts.end), first)
    return np.hstack([low, high])


def _cut(segments: Segments) -> Segments:
    # Long segments in equal parts.
    length_m = np.hypot(*(segments.end - segments.start).T)
    count = np.maximum(np.ceil(length_m / PIECE_M), 1).astype(np.int64)
    which = np.repeat(np.arange(len(count)), count)
    step = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    way = segments.end - segments.start
    at, after = (step / count[which])[:, np.newaxis], ((step + 1) / count[which])[:, np.newaxis]
    start = segments.start[which]
    return Segments(start + at * way[which], start + after * way[which])
