"""The map of what a check found: a spot on every fault, its shape, and the areas' outlines."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import shapely

from boundaries.faults.report import BoundaryFault, CheckReport, FaultKind, Severity
from boundaries.faults.rings import ground
from geo_alerts.contracts import require_epsg_27700
from geo_alerts.errors import InvalidInputError
from geo_alerts.maps.document import (
    Cell,
    Column,
    Content,
    Leaflet,
    LegendEntry,
    MapAbout,
    Table,
    Tiles,
    document,
)
from geo_alerts.maps.layers import FINE_DECIMALS, Lines, Outlines, lines, spots
from geo_alerts.maps.words import counted, one_decimal, thousands

if TYPE_CHECKING:
    import geopandas as gpd

# A document for a screen; the GeoPackage of a check holds all.
MOST_OF_KIND: Final = 300
# Outlines are drawn to the vertex where they have no more, so that faults are seen where they are.
MOST_VERTICES: Final = 100_000
# Else as coarse as the layer is wide: far less than a pixel when all of it is in view.
PARTS_OF_WIDTH: Final = 5_000
LEAST_TOLERANCE_M: Final = 10.0

AREA_LINE: Final = "#0b0c0c"
SHAPE_PX: Final = 2.5
# Sizes under this are told to one decimal place.
EXACT_BELOW: Final = 100
# Okabe and Ito (2008), Color Universal Design: told apart by the colour-blind.
COLOURS: Final = {
    FaultKind.INVALID_RING: "#d55e00",
    FaultKind.SELF_INTERSECTION: "#d55e00",
    FaultKind.OVERLAP: "#e69f00",
    FaultKind.GAP: "#0072b2",
    FaultKind.HOLE: "#56b4e9",
    FaultKind.SLIVER: "#cc79a7",
    FaultKind.FAR_PART: "#009e73",
    FaultKind.OUTSIDE_FORCE: "#f0e442",
    FaultKind.RENAMED_CODE: "#999999",
    FaultKind.REPEATED_NAME: "#999999",
    FaultKind.UNMATCHED_EDGE: "#8c510a",
    FaultKind.DUPLICATE_VERTEX: "#8c510a",
    FaultKind.REVERSED_RING: "#8c510a",
}
SEVERITIES: Final = {
    Severity.ERROR: ("error", "errors"),
    Severity.WARNING: ("warning", "warnings"),
    Severity.INFORMATION: ("for information", "for information"),
}
COLUMNS: Final = (
    Column("Fault"),
    Column("Severity"),
    Column("Areas"),
    Column("Size", is_number=True),
    Column("Easting", is_number=True),
    Column("Northing", is_number=True),
    Column("What is wrong", is_long=True),
)
MOST_CODES: Final = 4
HOW_FOUND: Final = """\
Ground that areas enclose and none of them has is a gap, or a hole where one area alone encloses \
it; both may be meant. Ground that several areas have counts once. Errors keep the layer from \
being used; warnings are for somebody to look at; what is for information changes no answer."""
HOW_TO_LOOK: Final = """\
Choose a fault in the table to see it on the map, as large as it needs."""


def faults_map(
    areas: "gpd.GeoDataFrame",
    report: CheckReport,
    *,
    about: MapAbout,
    leaflet: Leaflet,
    tiles: Tiles | None = None,
) -> str:
    """The faults of a layer as one HTML document that opens from disk.

    Args:
        areas: The areas that were checked, EPSG:27700, valid or not.
        report: What was found.
        about: Title, dates, editions, attribution.
        leaflet: What draws it.
        tiles: Base tiles; by default none, and the document loads nothing.

    Returns:
        HTML; the same bytes for the same arguments.

    Raises:
        CrsError: The areas are not in EPSG:27700.
        InvalidInputError: There is no area to draw.
    """
    # folium is heavy, and the server starts without it.
    from geo_alerts.maps.drawing import shaded_areas  # noqa: PLC0415

    require_epsg_27700(areas, what="areas")
    if not len(areas):
        raise InvalidInputError("the layer has no area, so there is nothing to draw")
    outlines, tolerance_m = _outlines(np.asarray(areas.geometry.to_numpy(), dtype=object))
    shown = _shown(report.faults)
    fills = [COLOURS[fault.kind] for fault in shown]
    drawing = shaded_areas(_spots(shown, outlines), fills, tiles, above=[outlines, *_shapes(shown)])
    content = Content(
        summary=faults_summary(report),
        legend_title="Kinds of faults",
        legend=_legend(report.faults),
        table=Table("Faults, by kind, the largest first", COLUMNS, _rows(shown)),
        method=(HOW_TO_LOOK, HOW_FOUND, _how_drawn(report, len(shown), tolerance_m)),
    )
    return document(drawing, content, about, leaflet, tiles=tiles)


def faults_summary(report: CheckReport) -> str:
    """The finding in words: how many faults, how bad, and whether the layer can be used."""
    areas = counted(report.areas, "area", "areas")
    if not report.faults:
        return f"No fault was found in {areas}."
    numbers = [fault.severity for fault in report.faults]
    parts = [
        counted(numbers.count(severity), *words)
        for severity, words in SEVERITIES.items()
        if severity in numbers
    ]
    verdict = "can be used" if report.passed else "cannot be used as it is"
    faults = counted(len(report.faults), "fault", "faults")
    return f"{faults} in {areas}: {', '.join(parts)}. The layer {verdict}."


def _outlines(shapes: npt.NDArray[np.object_]) -> tuple[Lines, float]:
    # To the vertex, or as coarse as it takes.
    if shapely.get_num_coordinates(shapes).sum() <= MOST_VERTICES:
        return _fine(shapes, AREA_LINE, 1.0), 0.0
    west, south, east, north = shapely.total_bounds(shapes)
    tolerance_m = max(LEAST_TOLERANCE_M, max(east - west, north - south) / PARTS_OF_WIDTH)
    # Each by itself: as one coverage, edges with gaps or overlaps would not be simplified.
    parts = shapely.get_parts(shapely.simplify(ground(shapes), tolerance_m))
    is_seen = shapely.area(parts) > tolerance_m**2
    drawn = parts[is_seen] if is_seen.any() else parts
    return lines(drawn, colour=AREA_LINE, weight=1.0, tolerance_m=0.0), tolerance_m


def _fine(shapes: npt.NDArray[np.object_], colour: str, weight: float) -> Lines:
    return lines(shapes, colour=colour, weight=weight, tolerance_m=0.0, decimals=FINE_DECIMALS)


def _shown(faults: Sequence[BoundaryFault]) -> list[BoundaryFault]:
    seen = dict.fromkeys(FaultKind, 0)
    shown = []
    for fault in faults:
        seen[fault.kind] += 1
        if seen[fault.kind] <= MOST_OF_KIND:
            shown.append(fault)
    return shown


def _spots(faults: Sequence[BoundaryFault], outlines: Lines) -> Outlines:
    if not faults:
        return Outlines.none(outlines)
    corners = shapely.bounds([fault.geometry for fault in faults])
    across = np.hypot(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    return spots(
        [fault.easting for fault in faults],
        [fault.northing for fault in faults],
        across.tolist(),
        outlines.bounds,
    )


def _shapes(faults: Sequence[BoundaryFault]) -> list[Lines]:
    # The shapes of each kind that has any, in its colour.
    geometries = np.array([fault.geometry for fault in faults], dtype=object)
    kinds = np.array([fault.kind for fault in faults], dtype=object)
    is_drawn = shapely.get_dimensions(geometries) > 0
    return [
        _fine(geometries[is_drawn & (kinds == kind)], COLOURS[kind], SHAPE_PX)
        for kind in FaultKind
        if (is_drawn & (kinds == kind)).any()
    ]


def _legend(faults: Sequence[BoundaryFault]) -> tuple[LegendEntry, ...]:
    numbers = [fault.kind for fault in faults]
    return tuple(
        LegendEntry(COLOURS[kind], _words(kind), counted(numbers.count(kind), "fault", "faults"))
        for kind in FaultKind
        if kind in numbers
    )


def _words(kind: FaultKind) -> str:
    return kind.value.replace("_", " ")


def _rows(faults: Sequence[BoundaryFault]) -> tuple[tuple[Cell, ...], ...]:
    numbers = dict.fromkeys(FaultKind, 0)
    rows = []
    for fault in faults:
        numbers[fault.kind] += 1
        rows.append(_cells(fault, numbers[fault.kind]))
    return tuple(rows)


def _cells(fault: BoundaryFault, number: int) -> tuple[Cell, ...]:
    more = len(fault.codes) - MOST_CODES
    codes = ", ".join(fault.codes[:MOST_CODES]) + (f" and {more} more" if more > 0 else "")
    return (
        Cell(f"{_words(fault.kind).capitalize()} {number}"),
        Cell(SEVERITIES[fault.severity][0]),
        Cell(codes),
        Cell(_size(fault), fault.size),
        Cell(f"{fault.easting:.1f}", fault.easting),
        Cell(f"{fault.northing:.1f}", fault.northing),
        Cell(fault.detail),
    )


def _size(fault: BoundaryFault) -> str:
    if not fault.unit:
        return thousands(fault.size)
    number = one_decimal(fault.size) if fault.size < EXACT_BELOW else thousands(fault.size)
    return f"{number} {fault.unit.replace('2', '²')}"


def _how_drawn(report: CheckReport, shown: int, tolerance_m: float) -> str:
    left_out = len(report.faults) - shown
    said = (
        f"Open ground between two areas is a gap up to {report.options.gap_max_width_m:g} m; parts "
        f"and strips under {report.options.sliver_width_m:g} m are slivers; parts over "
        f"{report.options.far_m:,.0f} m from the rest are far."
    )
    if left_out:
        said += (
            f" {counted(left_out, 'fault is', 'faults are')} not drawn: of each kind the "
            f"{MOST_OF_KIND} largest are. All are in the figures."
        )
    if tolerance_m:
        said += (
            f" The areas' outlines are simplified for the screen to about {tolerance_m:.0f} metres;"
            " the faults are not."
        )
    return said
