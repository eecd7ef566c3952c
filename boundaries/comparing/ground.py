"""The ground that the areas of two editions have in common, to the square metre.

Editions overlap themselves and leave gaps, so nothing is taken for granted: what of an area lies in
no area of the other edition is measured, and so is what lies in several of them and is therefore
counted several times. With both, the pieces of every area add up to the area.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from geo_alerts.errors import Fault, FrameError
from geo_alerts.places.layer import Layer
from geo_alerts.places.threads import run_each

Floats = npt.NDArray[np.float64]
Indexes = npt.NDArray[np.int64]
Geometries = npt.NDArray[np.object_]

NO_AREA: Final = -1

# A piece below 10 cm by 10 cm is rounding: areas of polygons the size of a county are that exact.
LEAST_M2: Final = 0.01

# Pairs that one thread overlays at a time.
PAIRS_AT_ONCE: Final = 256


@dataclass(frozen=True, eq=False)
class Pieces:
    """What each of m areas has in common with each of n others; pairs with no ground are left out.

    Attributes:
        area: k indexes of areas, ascending.
        other: k indexes of the others, ascending within an area; -1 for ground in none of them.
        m2: k areas, square metres.
        width_m: k mean widths of the broadest part of the piece: twice its area by its perimeter.
        repeated_m2: m square metres that are counted more than once, as others overlap there. The
            pieces of an area add up to the area and this.
    """

    area: Indexes
    other: Indexes
    m2: Floats
    width_m: Floats
    repeated_m2: Floats


@dataclass(frozen=True, eq=False)
class CommonGround:
    """A crosswalk by area between m old and n new areas.

    The rows of an old area add up to its area and what of it is repeated; so do those of a new one.

    Attributes:
        old: k indexes of old areas, ascending; -1 for ground that was in none.
        new: k indexes of new areas, ascending within an old one; -1 for ground that is in none.
        m2: k areas, square metres.
        width_m: k mean widths of the broadest part, to tell slivers from land.
        old_m2: m areas.
        new_m2: n areas.
        old_repeated_m2: m square metres that are in several new areas, for each but the first.
        new_repeated_m2: n square metres that were in several old areas, for each but the first.
    """

    old: Indexes
    new: Indexes
    m2: Floats
    width_m: Floats
    old_m2: Floats
    new_m2: Floats
    old_repeated_m2: Floats
    new_repeated_m2: Floats

    @property
    def share_of_old(self) -> Floats:
        """The share of the old area's ground; 0 where there is no old area."""
        return _shares(self.m2, self.old, self.old_m2)

    @property
    def share_of_new(self) -> Floats:
        """The share of the new area's ground; 0 where there is no new area."""
        return _shares(self.m2, self.new, self.new_m2)

    def rows_of_old(self, at: int) -> range:
        """The rows of one old area."""
        first, after = np.searchsorted(self.old, [at, at + 1])
        return range(int(first), int(after))


def common_ground(old: Layer, new: Layer) -> CommonGround:
    """The crosswalk by area between two editions.

    Args:
        old: The edition before.
        new: The edition after.

    Raises:
        FrameError: An area is invalid by the rules of OGC Simple Features, so that its ground
            cannot be measured.
    """
    for layer in (old, new):
        _require_valid(layer)
    here = pieces(old.geometry, new.geometry)
    back = pieces_in_reverse(here, old.geometry, new.geometry)
    appeared = back.other == NO_AREA
    rows = np.concatenate(
        [
            np.column_stack([back.other[appeared], back.area[appeared]]),
            np.column_stack([here.area, here.other]),
        ]
    )
    order = np.lexsort((rows[:, 1], rows[:, 0]))
    return CommonGround(
        old=rows[order, 0],
        new=rows[order, 1],
        m2=np.concatenate([back.m2[appeared], here.m2])[order],
        width_m=np.concatenate([back.width_m[appeared], here.width_m])[order],
        old_m2=np.asarray(shapely.area(old.geometry)),
        new_m2=np.asarray(shapely.area(new.geometry)),
        old_repeated_m2=here.repeated_m2,
        new_repeated_m2=back.repeated_m2,
    )


def pieces(areas: Geometries, others: Geometries) -> Pieces:
    """What each area has in common with each of some others, and with none of them.

    Args:
        areas: m valid Polygons or MultiPolygons, EPSG:27700; they may overlap.
        others: n valid ones, which may overlap and leave gaps.
    """
    area, other = _meeting(areas, others)
    m2, width_m = _measured(areas[area], others[other])
    is_ground = m2 >= LEAST_M2
    shared = area[is_ground], other[is_ground], m2[is_ground], width_m[is_ground]
    return _with_the_rest(areas, others, *shared)


def pieces_in_reverse(found: Pieces, areas: Geometries, others: Geometries) -> Pieces:
    """What each of the others has in common with each area: the same pieces, not made again.

    Args:
        found: The pieces of the areas.
        areas: The m areas.
        others: The n others.
    """
    shared = np.flatnonzero(found.other != NO_AREA)
    order = shared[np.lexsort((found.area[shared], found.other[shared]))]
    return _with_the_rest(
        others,
        areas,
        found.other[order],
        found.area[order],
        found.m2[order],
        found.width_m[order],
    )


def broadest_m(geometries: Geometries) -> Floats:
    """The mean width of the broadest part of each geometry: twice its area by its perimeter.

    Of a strip it is the width, of a square half a side; 0 where there is no area.
    """
    parts, owner = shapely.get_parts(geometries, return_index=True)
    is_surface = shapely.get_dimensions(parts) == 2  # noqa: PLR2004 - a surface
    parts, owner = parts[is_surface], owner[is_surface]
    widths = np.zeros(len(geometries))
    np.maximum.at(widths, owner, 2 * shapely.area(parts) / shapely.length(parts))
    return widths


def _with_the_rest(
    areas: Geometries,
    others: Geometries,
    area: Indexes,
    other: Indexes,
    m2: Floats,
    width_m: Floats,
) -> Pieces:
    whole_m2 = np.asarray(shapely.area(areas))
    rest_m2 = whole_m2 - np.bincount(area, weights=m2, minlength=len(areas))
    repeated_m2 = np.zeros(len(areas))
    # Where no others overlap, nothing is left exactly when the pieces add up.
    is_open = np.abs(rest_m2) >= LEAST_M2
    is_open[area[_overlaps_another(others)[other]]] = True
    asked = np.flatnonzero(is_open)
    left = _uncovered(areas, others, asked, (area, other))
    left_m2 = np.asarray(shapely.area(left))
    repeated_m2[asked] = left_m2 - rest_m2[asked]
    repeated_m2[repeated_m2 < LEAST_M2] = 0.0
    is_ground = left_m2 >= LEAST_M2
    area = np.concatenate([area, asked[is_ground]])
    other = np.concatenate([other, np.full(is_ground.sum(), NO_AREA)])
    order = np.lexsort((other, area))
    return Pieces(
        area[order],
        other[order],
        np.concatenate([m2, left_m2[is_ground]])[order],
        np.concatenate([width_m, broadest_m(left[is_ground])])[order],
        repeated_m2,
    )


def _overlaps_another(areas: Geometries) -> npt.NDArray[np.bool_]:
    overlaps = np.zeros(len(areas), dtype=np.bool_)
    if not len(areas):
        return overlaps
    # Of any two areas that overlap GEOS marks at least one: the other's edge runs inside it, or
    # they are the same. It also marks neighbours whose vertices differ.
    marked = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(areas)))
    one, other = _meeting(areas[marked], areas)
    pairs = np.column_stack([marked[one], other])[marked[one] != other]
    m2, _ = _measured(areas[pairs[:, 0]], areas[pairs[:, 1]])
    overlaps[pairs[m2 >= LEAST_M2]] = True
    return overlaps


def _uncovered(
    areas: Geometries, others: Geometries, asked: Indexes, pairs: tuple[Indexes, Indexes]
) -> Geometries:
    # What of each area that is asked about lies in none of the others that it is paired with.
    area, other = pairs
    first, after = np.searchsorted(area, asked), np.searchsorted(area, asked, side="right")

    def rest(at: int) -> shapely.Geometry:
        covered = shapely.union_all(others[other[first[at] : after[at]]])
        left: shapely.Geometry = shapely.difference(areas[asked[at]], covered)
        return left

    rests = np.empty(len(asked), dtype=object)
    rests[:] = run_each(rest, range(len(asked)))
    return rests


def _meeting(areas: Geometries, others: Geometries) -> tuple[Indexes, Indexes]:
    # Pairs with more in common than an edge, in order; neighbours, which are most, GEOS tells apart
    # four times as fast as it overlays them.
    area, other = shapely.STRtree(others).query(areas, predicate="intersects")
    own = shapely.force_2d(areas)
    shapely.prepare(own)
    meets = ~shapely.touches(own[area], others[other])
    area, other = area[meets], other[meets]
    order = np.lexsort((other, area))
    return area[order], other[order]


def _measured(areas: Geometries, others: Geometries) -> tuple[Floats, Floats]:
    m2, width_m = np.zeros(len(areas)), np.zeros(len(areas))

    def measure(start: int) -> None:
        some = slice(start, start + PAIRS_AT_ONCE)
        common = shapely.intersection(areas[some], others[some])
        m2[some], width_m[some] = shapely.area(common), broadest_m(common)

    run_each(measure, range(0, len(areas), PAIRS_AT_ONCE))
    return m2, width_m


def _shares(m2: Floats, index: Indexes, whole_m2: Floats) -> Floats:
    shares = np.zeros(len(m2))
    known = index != NO_AREA
    shares[known] = m2[known] / whole_m2[index[known]]
    return shares


def _require_valid(layer: Layer) -> None:
    faulty = np.flatnonzero(~shapely.is_valid(layer.geometry))
    faults = [
        Fault(
            None,
            None,
            f"{layer.code[at]} is invalid: {shapely.is_valid_reason(layer.geometry[at])}",
        )
        for at in faulty
    ]
    if faults:
        raise FrameError(f"the ground of {layer.edition} cannot be measured", faults)
