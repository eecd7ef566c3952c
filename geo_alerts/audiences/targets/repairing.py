"""What a shape that cannot be used may have meant, as an offer to who drew it."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

Edges = npt.NDArray[np.float64]

# A repair cuts each edge at each crossing: the time grows with the square of the crossings. Shapes
# drawn by people have a few; 2,500 take 30 ms, 90,000 take 11 s.
MOST_CROSSINGS: Final = 1_000
# Pairs of edges with boxes that meet; of shapes drawn by people there are 1 to 10 a vertex.
MOST_PAIRS: Final = 2_000_000
EDGES_AT_ONCE: Final = 100


def repaired(shape: shapely.Geometry) -> dict[str, Any] | None:
    """A valid shape that covers what an invalid one encloses: of a bow-tie both wings.

    Args:
        shape: A Polygon or MultiPolygon, EPSG:4326, longitude first.

    Returns:
        A GeoJSON geometry, its rings as RFC 7946 has them; None where nothing with an area is left
        or the lines cross too often for a repair to be what was meant.
    """
    if _is_tangled(shape):
        return None
    mended = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    if mended.is_empty:
        return None
    rightly: dict[str, Any] = shapely.geometry.mapping(shapely.orient_polygons(mended))
    return rightly


def _is_tangled(shape: shapely.Geometry) -> bool:
    edges = _edges(shape)
    lines = np.asarray(shapely.linestrings(edges), dtype=object)
    tree = shapely.STRtree(lines)
    pairs = crossings = 0
    for start in range(0, len(edges), EDGES_AT_ONCE):
        at_once, other = tree.query(lines[start : start + EDGES_AT_ONCE])
        one = at_once + start
        first = one < other
        pairs += len(one)
        crossings += _crossings(edges[one[first]], edges[other[first]])
        if crossings > MOST_CROSSINGS or pairs > MOST_PAIRS:
            return True
    return False


def _edges(shape: shapely.Geometry) -> Edges:
    # n by 2 positions by 2 ordinates.
    rings = shapely.get_rings(shapely.get_parts(shape))
    vertices, ring = shapely.get_coordinates(rings, return_index=True)
    is_edge = ring[1:] == ring[:-1]
    return np.stack([vertices[:-1][is_edge], vertices[1:][is_edge]], axis=1)


def _crossings(some: Edges, others: Edges) -> int:
    # The ends of each lie on both sides of the other.
    apart = _side(some, others[:, 0]) * _side(some, others[:, 1]) < 0
    apart &= _side(others, some[:, 0]) * _side(others, some[:, 1]) < 0
    return int(apart.sum())


def _side(edges: Edges, positions: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    along, to = edges[:, 1] - edges[:, 0], positions - edges[:, 0]
    return np.sign(along[:, 0] * to[:, 1] - along[:, 1] * to[:, 0])
