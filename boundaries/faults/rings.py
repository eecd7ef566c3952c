"""The rings of single areas: what makes them invalid, and what ground they enclose all the same."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.faults.faces import Floats, Geometries, Indexes, joined
from boundaries.faults.report import BoundaryFault, FaultKind, Size, fault_at
from boundaries.files.check import located_reason
from geo_alerts.places.layer import POLYGONAL


def ground(shapes: Geometries) -> Geometries:
    """The ground that areas enclose, also where their rings break the rules.

    Of an invalid shape, what any of its outer rings encloses, less what its holes enclose: rings
    that overlap become one, a loop that crosses itself keeps both halves, a line out and back is
    nothing. Lines that enclose nothing are dropped; the rest lies on the lines that were given.

    Args:
        shapes: m Polygons or MultiPolygons.

    Returns:
        m valid ones, empty where no ground is enclosed; valid shapes are returned as they are.
    """
    return _mended(shapes, _by_structure)


def ground_by_crossings(shapes: Geometries) -> Geometries:
    """The ground of areas by the other reading, by which rings that overlap enclose a hole.

    A place is inside where a way from the outside crosses lines an odd number of times.
    """
    return _mended(shapes, _by_crossings)


def ring_faults(codes: Sequence[str], shapes: Geometries) -> Iterator[BoundaryFault]:
    """What is wrong with the rings of each area.

    Args:
        codes: m codes.
        shapes: m Polygons or MultiPolygons, not empty.
    """
    for row in np.flatnonzero(~shapely.is_valid(shapes)).tolist():
        yield _invalid(codes[row], shapes[row])
    for code, shape in zip(codes, shapes, strict=True):
        repeated = repeated_vertices(shape)
        if len(repeated):
            yield fault_at(
                FaultKind.DUPLICATE_VERTEX,
                [code],
                shapely.MultiPoint(repeated),
                Size(len(repeated)),
                "vertices that repeat the one before them",
            )
    yield from _reversed(codes, shapes)


def repeated_vertices(shape: BaseGeometry) -> Floats:
    """The positions of vertices that repeat the one before them in their ring, (k, 2)."""
    positions, ring = _ring_positions(shape)
    is_repeated = (ring[1:] == ring[:-1]) & (positions[1:] == positions[:-1]).all(axis=1)
    return np.asarray(positions[1:][is_repeated])


def _mended(shapes: Geometries, mend: Callable[[BaseGeometry], BaseGeometry]) -> Geometries:
    mended = np.array(shapes, dtype=object)
    for row in np.flatnonzero(~shapely.is_valid(mended)).tolist():
        mended[row] = mend(shapes[row])
    return mended


def _by_structure(shape: BaseGeometry) -> BaseGeometry:
    made = shapely.make_valid(shape, method="structure")
    if shapely.get_type_id(made) in POLYGONAL:
        return made
    parts = shapely.get_parts(made)
    return shapely.union_all(parts[np.isin(shapely.get_type_id(parts), POLYGONAL)])


def _by_crossings(shape: BaseGeometry) -> BaseGeometry:
    noded = shapely.get_parts(shapely.union_all(shapely.boundary(shape)))
    faces = shapely.get_parts(shapely.polygonize(noded))
    positions, ring = _ring_positions(shape)
    begin = np.flatnonzero(ring[1:] == ring[:-1])
    edges = np.stack([positions[begin], positions[begin + 1]])
    inside = shapely.get_coordinates(shapely.point_on_surface(faces))
    is_odd = np.array([_is_odd(edges, place) for place in inside], dtype=bool)
    return joined(faces[is_odd])


def _ring_positions(shape: BaseGeometry) -> tuple[Floats, Indexes]:
    rings = shapely.get_rings(shapely.get_parts(shape))
    return shapely.get_coordinates(rings, return_index=True)


def _is_odd(edges: Floats, place: Floats) -> bool:
    # How many edges the way from the place to the east crosses.
    (begin_east, begin_north), (end_east, end_north) = np.moveaxis(edges, 2, 1)
    passes = np.flatnonzero((begin_north > place[1]) != (end_north > place[1]))
    share = (place[1] - begin_north[passes]) / (end_north[passes] - begin_north[passes])
    east = begin_east[passes] + share * (end_east[passes] - begin_east[passes])
    return bool(np.count_nonzero(east > place[0]) % 2)


def _invalid(code: str, shape: BaseGeometry) -> BoundaryFault:
    reason, place = located_reason(shape)
    kind = FaultKind.SELF_INTERSECTION if "self-int" in reason else FaultKind.INVALID_RING
    places = _crossings(shape)
    if not len(places):
        places = shapely.get_coordinates(shape)[:1] if place is None else np.array([place])
    both = np.array([shape], dtype=object)
    doubtful = shapely.symmetric_difference(ground(both)[0], ground_by_crossings(both)[0])
    count = "one place" if len(places) == 1 else f"{len(places):,} places"
    detail = f"{reason} at {count}; the size is that of the ground whose side is in doubt"
    return fault_at(kind, [code], shapely.MultiPoint(places), Size(doubtful.area, "m2"), detail)


def _crossings(shape: BaseGeometry) -> Floats:
    # Where more than two lines meet once all lines are cut at each other, by their positions.
    lines = shapely.get_parts(shapely.union_all(shapely.boundary(shape)))
    positions, line = shapely.get_coordinates(lines, return_index=True)
    inner = np.flatnonzero(line[1:] == line[:-1])
    ends = np.concatenate([positions[inner], positions[inner + 1]])
    places, count = np.unique(ends, axis=0, return_counts=True)
    return np.asarray(places[count > 2])  # noqa: PLR2004 - a line that passes is two


def _reversed(codes: Sequence[str], shapes: Geometries) -> Iterator[BoundaryFault]:
    # Formats differ in which way rings wind; within a layer all should wind alike.
    parts, area = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    is_outer = np.append(True, part[1:] != part[:-1])[: len(part)]
    winds_left = shapely.is_ccw(rings)
    is_usual = winds_left == (2 * winds_left[is_outer].sum() >= is_outer.sum())
    against_outer = winds_left == winds_left[is_outer][part]
    is_reversed = np.where(is_outer, ~is_usual, against_outer)
    for row in np.unique(area[part[is_reversed]]).tolist():
        found = rings[is_reversed & (area[part] == row)]
        detail = "rings that wind otherwise than those of the layer do"
        yield fault_at(
            FaultKind.REVERSED_RING,
            [codes[row]],
            shapely.multilinestrings(shapely.linestrings([ring.coords for ring in found])),
            Size(len(found)),
            detail,
        )
