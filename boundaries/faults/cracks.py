"""Cracks: long narrow ground between two areas that is open to the outside at an end.

From each vertex at the outer rim of a layer a rung goes to the nearest point of another area's rim,
where that is near. Between rungs, ground of the outside falls into pieces. Those that hang together
and are long and narrow are cracks; with their rungs among the lines, they are faces as any gap is.
What is as broad as it is long, such as the corner between two neighbours at the rim, is none.
"""

from typing import Final

import numpy as np
import shapely

from boundaries.faults.faces import (
    OUTSIDE,
    Faces,
    Flags,
    Geometries,
    Indexes,
    connected,
    cut,
    joined,
)

# Perimeter squared by area: 16 for a square, 40 for a strip eight times as long as it is wide, or a
# wedge of 14 degrees.
LEAST_SLENDERNESS: Final = 40.0
# A rung goes on this far into the other area, so that the two meet whatever rounding does.
REACH_M: Final = 1e-5
# What of a rung must touch no line: the ends do.
MIDDLE: Final = (0.01, 0.99)
# Areas that are closer than this touch.
LEAST_M: Final = 1e-3


def cut_with_cracks(shapes: Geometries, width_m: float) -> tuple[Faces, Geometries]:
    """Cut the ground of areas into faces, cracks up to a width among them.

    Args:
        shapes: m valid Polygons or MultiPolygons, EPSG:27700.
        width_m: How wide a crack may be.

    Returns:
        The faces, and the rungs that were needed.
    """
    faces = cut(shapes)
    rungs = find_rungs(faces, width_m)
    return (cut(shapes, rungs) if len(rungs) else faces), rungs


def find_rungs(faces: Faces, width_m: float) -> Geometries:
    """The lines that cut the cracks of a layer off from the outside.

    Args:
        faces: Those of a layer.
        width_m: The greatest length of a rung.

    Returns:
        Lines from a vertex of an area to an edge of another one, through ground of none.
    """
    is_rim = faces.sides[:, 1] == OUTSIDE
    rim = shapely.linestrings(faces.ends[is_rim])
    owners = faces.owners[faces.sides[is_rim, 0]]
    lines = _short_lines(rim, owners, width_m)
    lines = _reaching(lines[~_meets(lines, rim) & ~_is_inside(lines, faces)])
    if not len(lines):
        return lines
    pieces = _enclosed(rim, lines)
    cracks = _cracks_of(pieces[~_is_inside(pieces, faces)], lines, width_m)
    _, bounding = shapely.STRtree(lines).query(cracks, predicate="dwithin", distance=REACH_M)
    is_needed = np.zeros(len(lines), dtype=bool)
    is_needed[bounding] = True
    return np.asarray(lines[is_needed])


def _enclosed(rim: Geometries, lines: Geometries) -> Geometries:
    # Long lines are noded faster than their edges one by one.
    whole = shapely.get_parts(shapely.line_merge(shapely.MultiLineString(rim.tolist())))
    noded = shapely.union_all(np.concatenate([whole, lines]))
    return shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))


def _short_lines(rim: Geometries, owners: Indexes, width_m: float) -> Geometries:
    # From each end of an edge to the nearest edge of other owners.
    start = shapely.get_point(rim, 0)
    end = shapely.get_point(rim, 1)
    points, owners_of_point = np.concatenate([start, end]), np.tile(owners, 2)
    point, edge = shapely.STRtree(rim).query(points, predicate="dwithin", distance=width_m)
    is_across = owners_of_point[point] != owners[edge]
    point, edge = point[is_across], edge[is_across]
    lines = shapely.shortest_line(points[point], rim[edge])
    order = np.lexsort([shapely.length(lines), point])
    lines, point = lines[order], point[order]
    lines = lines[np.append(True, point[1:] != point[:-1])[: len(point)]]
    lines = lines[shapely.length(lines) > LEAST_M]
    # Two vertices that face each other give the same line twice.
    _, first = np.unique(shapely.to_wkb(shapely.normalize(lines)), return_index=True)
    return np.asarray(lines[np.sort(first)])


def _meets(lines: Geometries, rim: Geometries) -> Flags:
    begin, end = (shapely.line_interpolate_point(lines, at, normalized=True) for at in MIDDLE)
    positions = np.stack([shapely.get_coordinates(begin), shapely.get_coordinates(end)], axis=1)
    middles = shapely.linestrings(positions) if len(positions) else lines
    met, _ = shapely.STRtree(rim).query(middles, predicate="intersects")
    return np.isin(np.arange(len(lines)), met)


def _is_inside(shapes: Geometries, faces: Faces) -> Flags:
    inside = shapely.STRtree(shapely.point_on_surface(shapes))
    _, found = inside.query(faces.polygon, predicate="contains")
    return np.isin(np.arange(len(shapes)), found)


def _reaching(lines: Geometries) -> Geometries:
    if not len(lines):
        return lines
    ends = shapely.get_coordinates(lines).reshape(-1, 2, 2)
    along = (ends[:, 1] - ends[:, 0]) / shapely.length(lines)[:, None]
    ends[:, 1] += REACH_M * along
    return np.asarray(shapely.linestrings(ends))


def _cracks_of(pieces: Geometries, lines: Geometries, width_m: float) -> Geometries:
    # Pieces without broad pockets, put together across rungs where the whole is slender.
    mean_width = 2 * shapely.area(pieces) / shapely.length(pieces)
    pieces = pieces[mean_width <= width_m]
    beside, rung = shapely.STRtree(shapely.point_on_surface(lines)).query(
        pieces, predicate="dwithin", distance=LEAST_M
    )
    order = np.argsort(rung, kind="stable")
    beside, rung = beside[order], rung[order]
    is_same = rung[1:] == rung[:-1]
    pairs = np.column_stack([beside[1:][is_same], beside[:-1][is_same]])
    label = connected(len(pieces), pairs)
    cracks = [joined(pieces[label == group]) for group in np.unique(label)]
    found = np.array(cracks, dtype=object)
    is_slender = shapely.length(found) ** 2 >= LEAST_SLENDERNESS * shapely.area(found)
    return np.asarray(found[is_slender])
