"""The parts of single areas: slivers, and parts far from the rest."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.faults.faces import Geometries, connected
from boundaries.faults.report import BoundaryFault, FaultKind, Size, fault_at
from geo_alerts.places.threads import run_each

# A strip is a sliver when it is this many times as long as wide: corners are no strips.
STRIP_LENGTHS: Final = 20.0
# Growing back what was shrunk leaves lines where they were but for rounding.
ROUNDING_M: Final = 0.001


def mean_width_m(shape: BaseGeometry) -> float:
    """Twice the area by the perimeter: of a long strip, its width."""
    return 2 * shape.area / shape.length if shape.length else 0.0


def sliver_faults(
    codes: Sequence[str], shapes: Geometries, width_m: float
) -> Iterator[BoundaryFault]:
    """Parts of areas, and strips that stand out of them, that are thinner than a width.

    Args:
        codes: m codes.
        shapes: m valid Polygons or MultiPolygons, EPSG:27700.
        width_m: What is as wide is no sliver.
    """
    found = run_each(lambda shape: _slivers(shape, width_m), list(shapes))
    for code, slivers in zip(codes, found, strict=True):
        for sliver in slivers:
            detail = f"{mean_width_m(sliver):.2f} m wide, about {sliver.length / 2:.0f} m long"
            yield fault_at(FaultKind.SLIVER, [code], sliver, Size(sliver.area, "m2"), detail)


def far_part_faults(
    codes: Sequence[str], shapes: Geometries, far_m: float
) -> Iterator[BoundaryFault]:
    """Parts of areas that are farther than a distance from the rest.

    Parts hang together when they are no farther apart; those that hang together with the largest
    part are the area, the others are far.

    Args:
        codes: m codes.
        shapes: m valid Polygons or MultiPolygons, EPSG:27700.
        far_m: The distance.
    """
    for row in np.flatnonzero(shapely.get_num_geometries(shapes) > 1).tolist():
        parts = shapely.get_parts(shapes[row])
        pairs = shapely.STRtree(parts).query(parts, predicate="dwithin", distance=far_m).T
        label = connected(len(parts), pairs)
        home = label[np.argmax(shapely.area(parts))]
        rest = shapely.multipolygons(parts[label == home])
        for group in np.unique(label[label != home]):
            far = shapely.multipolygons(parts[label == group])
            away = shapely.distance(far, rest)
            detail = f"{away:,.0f} m from the rest of the area, {far.area:,.0f} m²"
            yield fault_at(FaultKind.FAR_PART, [codes[row]], far, Size(away, "m"), detail)


def _slivers(shape: BaseGeometry, width_m: float) -> list[BaseGeometry]:
    parts = shapely.get_parts(shape)
    # What is left when the part shrinks by half the width and grows again is not thin.
    core = shapely.buffer(shapely.buffer(parts, -width_m / 2), width_m / 2 + ROUNDING_M)
    strips = shapely.get_parts(shapely.difference(parts, core))
    length, area = shapely.length(strips), shapely.area(strips)
    is_strip = length**2 / 4 >= STRIP_LENGTHS * np.maximum(area, 0)
    is_strip &= length / 2 >= STRIP_LENGTHS * width_m
    is_thin = np.array([mean_width_m(part) < width_m for part in parts])
    whole = [part for part, thin in zip(parts, is_thin, strict=True) if thin]
    return whole + [strip for strip in strips[is_strip] if not _touches_any(strip, whole)]


def _touches_any(strip: BaseGeometry, parts: list[BaseGeometry]) -> bool:
    return any(strip.intersects(part) for part in parts)
