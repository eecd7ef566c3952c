"""How much of boundaries is read at most: memory and time stay bounded, whatever a file holds."""

from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from geo_alerts.errors import SourceError

# All output areas of Great Britain are some 230,000.
MOST_FEATURES: Final = 500_000
# Published tables have some 20 fields.
MOST_FIELDS: Final = 1_000
# A table has a place for every feature and field, filled or not; of all output areas 20 each.
MOST_PLACES: Final = 5_000_000
# All wards of Great Britain in full detail have some 10 million; each takes about 100 bytes here.
MOST_VERTICES: Final = 20_000_000
# GEOS compares the edges of an area that stand beside each other: 10 million pairs take a second.
# Real areas have 3 to 10 pairs a vertex, a comb of n teeth has n * n.
MOST_PAIRS: Final = 1_000_000_000
# Areas of fewer vertices cannot have many pairs.
_FEW_VERTICES: Final = 300


def require_small_table(name: str, features: int, fields: int) -> None:
    """Refuse more features or fields than any layer has, or many of both.

    Raises:
        SourceError: There are more.
    """
    for count, most, what in (
        (features, MOST_FEATURES, "features"),
        (fields, MOST_FIELDS, "fields"),
    ):
        if count > most:
            raise SourceError(f"{name} has {count:,} {what}; at most {most:,} are read")
    if features * fields > MOST_PLACES:
        raise SourceError(
            f"{name} has {features:,} features of {fields:,} fields, a table of "
            f"{features * fields:,} places; at most {MOST_PLACES:,} are read"
        )


def require_few_vertices(name: str, vertices: int) -> None:
    """Refuse more vertices than memory is meant for.

    Raises:
        SourceError: There are more.
    """
    if vertices > MOST_VERTICES:
        raise SourceError(
            f"{name} has {vertices:,} vertices or more; at most {MOST_VERTICES:,} are read"
        )


def require_untangled(name: str, shapes: npt.NDArray[np.object_]) -> None:
    """Refuse areas so tangled that to check them would take hours.

    Args:
        name: What they are called to the user.
        shapes: n geometries or None.

    Raises:
        SourceError: Too many of their edges stand beside each other.
    """
    pairs = 0
    for row in np.flatnonzero(shapely.get_num_coordinates(shapes) > _FEW_VERTICES).tolist():
        pairs += _pairs(shapes[row])
        if pairs > MOST_PAIRS:
            raise SourceError(
                f"{name}: feature {row + 1} is too tangled to be checked: too many of its edges "
                "stand beside each other"
            )


def _pairs(shape: shapely.Geometry) -> int:
    # No fewer than the pairs of edges whose boxes meet: those that do from west to east, or from
    # south to north, whichever are fewer.
    rings = shapely.get_rings(shapely.get_parts(shape))
    vertices, ring = shapely.get_coordinates(rings, return_index=True)
    is_edge = ring[1:] == ring[:-1]
    one, other = vertices[:-1][is_edge], vertices[1:][is_edge]
    begins, ends = np.sort(np.minimum(one, other), axis=0), np.maximum(one, other)
    count = len(one)
    meet = [np.searchsorted(begins[:, at], ends[:, at], side="right").sum() for at in (0, 1)]
    return int(min(meet)) - count * (count + 1) // 2
