"""Outlines of a layer for the screen: simplified all together, so that neighbours stay neighbours.

Simplified one by one, two areas would each give their common edge another course, and cracks and
overlaps would open along it. As one coverage each edge is simplified once, for both.
"""

from typing import Final

import shapely

from geo_alerts.places.voronoi import Polygons

# How coarse outlines can be had, metres. A pixel of a map is 64 m wide about at zoom 10.5, and each
# step is two zooms: what is left out is never wider than a pixel or so.
STEPS_M: Final = (0, 4, 16, 64, 256)


def step_for(tolerance_m: float) -> int:
    """The coarsest of the steps that is no coarser than a tolerance, metres, 0 or more."""
    return max(step for step in STEPS_M if step <= tolerance_m)


def simplified(areas: Polygons, step_m: int) -> Polygons:
    """The areas of a layer, simplified as one coverage (Visvalingam and Whyatt).

    A vertex goes when it makes a triangle smaller than `step_m` squared with those beside it. No
    area vanishes. Where areas overlap, or a ring crosses itself, both edges are kept as they are.

    Args:
        areas: m Polygons or MultiPolygons, EPSG:27700.
        step_m: How coarse, metres; 0 leaves every vertex.

    Returns:
        m Polygons or MultiPolygons, in the order given.
    """
    return areas if step_m == 0 else shapely.coverage_simplify(areas, step_m)
