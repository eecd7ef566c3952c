"""How often lines cross: more than so many times, and looking for faults would take all memory."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely

from boundaries.faults.faces import Floats, Geometries
from geo_alerts.errors import InvalidInputError

# Outlines of 43 forces, each border drawn twice, cross 50,000 times. A ring of 20,000 positions at
# random crosses itself 40 million times.
MOST_CROSSINGS: Final = 250_000
SAMPLED: Final = 256


def require_few_crossings(codes: Sequence[str], shapes: Geometries) -> None:
    """Refuse a layer whose lines cross so often that it is no layer of areas.

    The number is estimated: of edges evenly through the layer, how many others each one crosses.

    Args:
        codes: m codes.
        shapes: m Polygons or MultiPolygons, EPSG:27700, valid or not.

    Raises:
        InvalidInputError: The lines cross over a quarter of a million times, as far as can be told.
    """
    parts, area_of_part = shapely.get_parts(shapes, return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    positions, ring = shapely.get_coordinates(rings, return_index=True)
    begin = np.flatnonzero(ring[1:] == ring[:-1])
    if not len(begin):
        return
    starts, ends = positions[begin], positions[begin + 1]
    chosen = np.unique(np.linspace(0, len(begin) - 1, SAMPLED).astype(np.int64))
    boxes = np.column_stack([np.minimum(starts, ends), -np.maximum(starts, ends)])
    count = np.array([_crossed(starts, ends, boxes, edge) for edge in chosen.tolist()])
    estimate = len(begin) * count.mean() / 2
    if estimate > MOST_CROSSINGS:
        worst = area_of_part[part_of_ring[ring[begin[chosen[np.argmax(count)]]]]]
        raise InvalidInputError(
            f"the lines of the areas cross each other about {estimate:,.0f} times, those of "
            f"{codes[worst]} for example: these are no outlines of areas"
        )


def _crossed(starts: Floats, ends: Floats, boxes: Floats, edge: int) -> int:
    # How many edges cross one, end points left out; only those are asked whose boxes meet.
    limits = -np.roll(boxes[edge], 2)
    near = np.flatnonzero(boxes[:, 0] <= limits[0])
    for side in (1, 2, 3):
        near = near[boxes[near, side] <= limits[side]]
    a, b, c, d = starts[edge], ends[edge], starts[near], ends[near]
    divides = _side(a, b, c) * _side(a, b, d) < 0
    return int(np.count_nonzero(divides & (_side(c, d, a) * _side(c, d, b) < 0)))


def _side(start: Floats, end: Floats, place: Floats) -> Floats:
    # On which side of a line a place is, as a sign.
    along, to = end - start, place - start
    return np.sign(along[..., 0] * to[..., 1] - along[..., 1] * to[..., 0])
