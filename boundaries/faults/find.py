"""What is wrong with a layer of areas that can be drawn: every fault with its place and its size.

`boundaries.files.check` refuses what cannot be a layer at all; here the rest is found, so that
somebody can decide what to do about it.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.faults.cracks import cut_with_cracks
from boundaries.faults.crossings import require_few_crossings
from boundaries.faults.faces import Geometries
from boundaries.faults.neighbours import shared_ground_faults, unmatched_edge_faults
from boundaries.faults.parts import far_part_faults, sliver_faults
from boundaries.faults.report import (
    BoundaryFault,
    CheckOptions,
    CheckReport,
    FaultKind,
    Size,
    fault_at,
    in_order,
)
from boundaries.faults.rings import ground, ring_faults
from geo_alerts.contracts import require_columns, require_epsg_27700
from geo_alerts.errors import Fault, FrameError
from geo_alerts.places.layer import POLYGONAL

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd


def find_faults(
    areas: "gpd.GeoDataFrame",
    *,
    within: BaseGeometry | None = None,
    previous: "pd.DataFrame | None" = None,
    options: CheckOptions | None = None,
) -> CheckReport:
    """Every fault of a layer.

    Ground counts once: what three areas share is one overlap of three. Of an area whose rings are
    invalid, the ground is what `rings.ground` says, so that neighbours can be looked at
    all the same. Ground that areas enclose and none of them has is a gap, or a hole where it is
    one area that encloses it; open ground between two areas is a gap where it is long and narrower
    than `gap_max_width_m`. With `within`, what lies outside the force is no gap, and what of the
    force no area has is one.

    Args:
        areas: m rows with `code`, `name` and Polygons or MultiPolygons, EPSG:27700, valid or not.
        within: The ground of the force that the areas should stay in and cover; valid.
        previous: The edition in force, with `code` and `name`, to find codes that changed name.
        options: Where to draw the lines.

    Returns:
        The faults, by kind and size; the same for any order of the areas.

    Raises:
        CrsError: The areas are not in EPSG:27700.
        FrameError: A column is missing, codes repeat, or a geometry is no polygon.
        InvalidInputError: Lines cross so often that these are no outlines of areas.
    """
    require_epsg_27700(areas, what="areas")
    require_columns(areas, {"code": "text", "name": "text"}, what="areas", unique="code")
    chosen = options or CheckOptions()
    ordered = areas.sort_values("code")
    codes = ordered["code"].tolist()
    given = polygons_of(ordered)
    shapes = ground(given)
    found = [*ring_faults(codes, given), *_between(codes, shapes, within, chosen)]
    found += sliver_faults(codes, shapes, chosen.sliver_width_m)
    found += far_part_faults(codes, shapes, chosen.far_m)
    found += _name_faults(codes, ordered["name"].tolist(), shapes, previous)
    vertices = int(shapely.get_num_coordinates(given).sum())
    return CheckReport(len(given), vertices, in_order(found), chosen)


def polygons_of(areas: "gpd.GeoDataFrame") -> Geometries:
    """The geometries of a frame.

    Raises:
        CrsError: They are not in EPSG:27700.
        FrameError: One is missing, empty, or no Polygon or MultiPolygon.
        InvalidInputError: Their lines cross so often that they are no outlines of areas.
    """
    require_epsg_27700(areas, what="areas")
    shapes = np.asarray(areas.geometry.to_numpy(), dtype=object)
    is_bad = ~np.isin(shapely.get_type_id(shapes), POLYGONAL) | shapely.is_empty(shapes)
    if is_bad.any():
        named = areas["code"].to_numpy()[is_bad].tolist()
        faults = [Fault(None, "geometry", f"{code} is no polygon with an area") for code in named]
        raise FrameError("areas", faults)
    require_few_crossings(areas["code"].tolist(), shapes)
    return shapes


def _between(
    codes: Sequence[str], shapes: Geometries, within: BaseGeometry | None, options: CheckOptions
) -> Iterator[BoundaryFault]:
    faces, _ = cut_with_cracks(shapes, options.gap_max_width_m)
    shared = list(shared_ground_faults(codes, faces))
    unmatched = list(unmatched_edge_faults(codes, shapes, shared))
    if within is not None:
        shared = [fault for fault in shared if not _is_meant(fault, within)]
        yield from _outside(codes, shapes, within, options.force_edge_m)
        yield from _uncovered(codes, shapes, within, options.force_edge_m)
    yield from shared
    yield from unmatched


def _is_meant(fault: BoundaryFault, within: BaseGeometry) -> bool:
    # Enclosed, but of another force.
    is_empty = fault.kind in (FaultKind.GAP, FaultKind.HOLE)
    return is_empty and not within.intersects(shapely.point_on_surface(fault.geometry))


def _outside(
    codes: Sequence[str], shapes: Geometries, within: BaseGeometry, edge_m: float
) -> Iterator[BoundaryFault]:
    shapely.prepare(within)
    for row in np.flatnonzero(~shapely.covers(within, shapes)).tolist():
        outside = shapely.difference(shapes[row], within)
        broad = _broad(outside, edge_m)
        if broad.is_empty:
            continue
        share = outside.area / shapes[row].area
        detail = f"{share:.1%} of the area lies outside the force"
        size = Size(outside.area, "m2")
        yield fault_at(FaultKind.OUTSIDE_FORCE, [codes[row]], broad, size, detail)


def _uncovered(
    codes: Sequence[str], shapes: Geometries, within: BaseGeometry, edge_m: float
) -> Iterator[BoundaryFault]:
    # What areas enclose is told already: here is what lies between them and the force's outline.
    land = shapely.union_all(shapes)
    filled = shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(land)))
    missing = shapely.difference(within, shapely.union_all(filled))
    tree = shapely.STRtree(shapes)
    broad = shapely.get_parts(_broad(missing, edge_m))
    for part in broad[~shapely.is_empty(broad)]:
        near = tree.query(part, predicate="dwithin", distance=edge_m).tolist()
        detail = f"ground of the force at its outline that is in no area, {part.area:,.0f} m²"
        beside = [codes[area] for area in near]
        yield fault_at(FaultKind.GAP, beside, part, Size(part.area, "m2"), detail)


def _broad(shape: BaseGeometry, width_m: float) -> BaseGeometry:
    # What is left when it shrinks by half the width and grows again; mitres keep square corners.
    core = shapely.buffer(shape, -width_m / 2, join_style="mitre")
    core = shapely.buffer(core, width_m / 2, join_style="mitre")
    return shapely.intersection(shape, core) if not core.is_empty else core


def _name_faults(
    codes: Sequence[str],
    names: Sequence[str],
    shapes: Geometries,
    previous: "pd.DataFrame | None",
) -> Iterator[BoundaryFault]:
    rows_of: dict[str, list[int]] = {}
    for row, name in enumerate(names):
        rows_of.setdefault(name, []).append(row)
    for name, rows in rows_of.items():
        if len(rows) > 1:
            everywhere = shapely.MultiPoint(shapely.point_on_surface(shapes[rows]).tolist())
            detail = f"the name {name!r} is that of {len(rows)} areas"
            named = [codes[row] for row in rows]
            yield fault_at(FaultKind.REPEATED_NAME, named, everywhere, Size(len(rows)), detail)
    before: dict[str, Any] = {}
    if previous is not None:
        before = dict(zip(previous["code"], previous["name"], strict=True))
    for row, (code, name) in enumerate(zip(codes, names, strict=True)):
        was = before.get(code, name)
        if was != name:
            place = shapely.point_on_surface(shapes[row])
            detail = f"was {was!r} in the edition before and is {name!r} now"
            yield fault_at(FaultKind.RENAMED_CODE, [code], place, Size(1), detail)
