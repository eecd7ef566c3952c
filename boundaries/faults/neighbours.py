"""Faults between areas: ground of none, ground of several, edges that do not match."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.faults.faces import OUTSIDE, Faces, Flags, Geometries, Indexes, connected, joined
from boundaries.faults.parts import mean_width_m
from boundaries.faults.report import BoundaryFault, FaultKind, Size, fault_at

# Positions are published to the millimetre at best: what is thinner is an edge that does not match.
NOISE_M: Final = 0.001
MOST_NAMED: Final = 6


@dataclass(frozen=True, eq=False)
class Groups:
    """Faces of the same owners that hang together by edges, where these are none or several.

    Attributes:
        label: For each of f faces its group, counted from 0, or `OUTSIDE` where it has one owner.
        first: A face of each of g groups.
        edge: Edges at the rim of groups, k; one between two groups comes twice.
        group: The group on this side of each, ascending.
        beside: The face on the other side, or `OUTSIDE`.
    """

    label: Indexes
    first: Indexes
    edge: Indexes
    group: Indexes
    beside: Indexes

    def shapes(self, faces: Faces) -> Geometries:
        """The ground of each group."""
        chosen = np.flatnonzero(self.label != OUTSIDE)
        order = chosen[np.argsort(self.label[chosen], kind="stable")]
        count = np.bincount(self.label[order], minlength=len(self.first))
        found = faces.polygon[self.first].copy()
        ends = np.cumsum(count)
        for group in np.flatnonzero(count > 1).tolist():
            of_group = order[ends[group] - count[group] : ends[group]]
            found[group] = joined(faces.polygon[of_group])
        return np.asarray(found)


def groups_of(faces: Faces, owners: Indexes, is_open: Flags) -> Groups:
    """The groups of faces.

    Args:
        faces: f faces.
        owners: f numbers of sets, the owners that count.
        is_open: f; which faces may belong to a group.
    """
    side = faces.sides
    open_sides = np.append(is_open, False)[side]
    is_inner = open_sides.all(axis=1)
    is_inner &= owners[side[:, 0]] == owners[side[:, 1]]
    root = connected(len(owners), side[is_inner])
    label = np.full(len(owners) + 1, OUTSIDE)
    first, label[:-1][is_open] = np.unique(root[is_open], return_inverse=True)
    edge = np.concatenate([np.flatnonzero(open_sides[:, end] & ~is_inner) for end in (0, 1)])
    counts = [np.count_nonzero(open_sides[:, end] & ~is_inner) for end in (0, 1)]
    this = np.repeat([0, 1], counts)
    group, beside = label[side[edge, this]], side[edge, 1 - this]
    order = np.lexsort([edge, group])
    return Groups(label[:-1], first, edge[order], group[order], beside[order])


def shared_ground_faults(codes: Sequence[str], faces: Faces) -> Iterator[BoundaryFault]:
    """Gaps, overlaps and holes.

    A gap is ground of no area between several, a hole ground of no area inside one. What is thinner
    than a millimetre is told as edges that do not match, all of the same areas together.

    Args:
        codes: The code of each area.
        faces: The faces of the layer, cracks among them.
    """
    groups = groups_of(faces, faces.owners, faces.owners >= faces.sets.none)
    around = _around(faces, groups)
    noise: dict[tuple[str, ...], list[BaseGeometry]] = {}
    for group, shape in enumerate(groups.shapes(faces)):
        owners = faces.sets.of(int(faces.owners[groups.first[group]]))
        concerned = tuple(codes[area] for area in owners or around[group])
        if mean_width_m(shape) < NOISE_M:
            noise.setdefault(concerned, []).append(shape)
            continue
        kind = FaultKind.OVERLAP if owners else FaultKind.GAP
        if not owners and len(concerned) == 1:
            kind = FaultKind.HOLE
        yield fault_at(
            kind, concerned, shape, Size(shape.area, "m2"), _told(kind, concerned, shape)
        )
    for concerned, shapes in noise.items():
        slits = shapely.union_all(shapes)
        detail = "edges of neighbours that are less than a millimetre apart"
        size = Size(slits.length / 2, "m")
        yield fault_at(FaultKind.UNMATCHED_EDGE, concerned, slits, size, detail)


def unmatched_edge_faults(
    codes: Sequence[str], shapes: Geometries, told: Sequence[BoundaryFault]
) -> Iterator[BoundaryFault]:
    """Edges that run along those of another area without sharing their vertices.

    Args:
        codes: m codes.
        shapes: m valid Polygons or MultiPolygons, EPSG:27700.
        told: What is known of shared ground; edges at this are not told again.
    """
    if shapely.coverage_is_valid(shapes, gap_width=NOISE_M):
        return
    invalid = shapely.coverage_invalid_edges(shapes, gap_width=NOISE_M)
    edges, area = shapely.get_parts(invalid, return_index=True)
    edges, area = edges[~shapely.is_empty(edges)], area[~shapely.is_empty(edges)]
    if told:
        around = shapely.STRtree([fault.geometry for fault in told])
        known, _ = around.query(edges, predicate="dwithin", distance=NOISE_M)
        is_new = ~np.isin(np.arange(len(edges)), known)
        edges, area = edges[is_new], area[is_new]
    for row in np.unique(area).tolist():
        lines = shapely.multilinestrings(edges[area == row])
        detail = "edges that a neighbour has too, but not with the same vertices"
        yield fault_at(
            FaultKind.UNMATCHED_EDGE, [codes[row]], lines, Size(lines.length, "m"), detail
        )


def _around(faces: Faces, groups: Groups) -> list[list[int]]:
    # The areas beside each group; of faces with several owners, all.
    around: list[set[int]] = [set() for _ in groups.first]
    is_land = groups.beside != OUTSIDE
    owners = faces.owners[groups.beside[is_land]]
    pairs = np.unique(np.column_stack([groups.group[is_land], owners]), axis=0)
    for group, number in pairs.tolist():
        around[group].update(faces.sets.of(number))
    return [sorted(areas) for areas in around]


def _told(kind: FaultKind, codes: Sequence[str], shape: BaseGeometry) -> str:
    named = ", ".join(codes[:MOST_NAMED])
    if len(codes) > MOST_NAMED:
        named = f"{named} and {len(codes) - MOST_NAMED} more"
    what = {
        FaultKind.OVERLAP: f"ground of {named} at once",
        FaultKind.GAP: f"ground of no area between {named}",
        FaultKind.HOLE: f"ground of no area inside {named}",
    }[kind]
    return f"{what}, {_width(mean_width_m(shape))} wide on average"


def _width(metres: float) -> str:
    return f"{metres * 100:.1f} cm" if metres < 1 else f"{metres:,.1f} m"
