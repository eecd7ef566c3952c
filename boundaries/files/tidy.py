"""Shapes without what no area needs: third ordinates, and parts and holes that are empty."""

import numpy as np
import numpy.typing as npt
import shapely

from geo_alerts.places.layer import POLYGONAL

Shapes = npt.NDArray[np.object_]


def tidied(shapes: Shapes) -> tuple[Shapes, tuple[str, ...]]:
    """Plain shapes in two dimensions, and what was left out of how many.

    Args:
        shapes: n geometries or None; of other kinds than polygons nothing but heights is left out.

    Returns:
        n geometries or None; what is empty as a whole stays as it is. Notes.
    """
    has_heights = shapely.has_z(shapes) | shapely.has_m(shapes)
    flat = np.asarray(shapely.force_2d(shapes), dtype=object)
    rows = np.flatnonzero(np.isin(shapely.get_type_id(flat), POLYGONAL) & ~shapely.is_empty(flat))
    parts, part_row = shapely.get_parts(flat[rows], return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    # An empty part has no rings at all; a hole that is empty is a ring that is.
    is_hollow = shapely.is_empty(parts)
    is_hollow[ring_part[shapely.is_empty(rings)]] = True
    hollow = rows[np.unique(part_row[is_hollow])]
    for row in hollow.tolist():
        flat[row] = _solid(flat[row])
    return flat, (
        *_note(int(has_heights.sum()), "third ordinates (heights)"),
        *_note(len(hollow), "empty parts or holes"),
    )


def _solid(shape: shapely.Geometry) -> shapely.Geometry:
    parts = [
        shapely.Polygon(part.exterior, [hole for hole in part.interiors if not hole.is_empty])
        for part in shapely.get_parts(shape)
        if not part.is_empty
    ]
    return parts[0] if isinstance(shape, shapely.Polygon) else shapely.MultiPolygon(parts)


def _note(count: int, what: str) -> tuple[str, ...]:
    areas = "1 area" if count == 1 else f"{count:,} areas"
    return (f"{what} left out of {areas}",) if count else ()
