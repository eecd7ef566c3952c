"""The map of what a check of boundaries found: where each fault is, what it is and how large."""

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from boundaries.report import BoundaryFault, CheckReport, FaultKind, Severity
from boundaries.rings import ground
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
from geo_alerts.maps.layers import Lines, Outlines, lines, outlines
from geo_alerts.maps.words import counted, thousands

if TYPE_CHECKING:
    import geopandas as gpd

# A document for a screen: more marks than this can be neither told apart nor read.
MOST_DRAWN: Final = 500
MOST_LISTED: Final = 2_000
TOLERANCE_M: Final = 10.0

# Most faults are far too small to be seen: a ring of a hundredth of the map's width shows where.
RINGS_IN_WIDTH: Final = 100
LEAST_RING_M: Final = 20.0
HALF_A_LINE_M: Final = 0.5

# Red is kept for what makes the layer unusable.
FILLS: Final = {
    Severity.ERROR: "#d4351c",
    Severity.WARNING: "#fdae61",
    Severity.INFORMATION: "#abd9e9",
}
WORDS: Final = {
    Severity.ERROR: "error: the layer cannot be used as it is",
    Severity.WARNING: "warning: somebody should look",
    Severity.INFORMATION: "for information",
}
AREA_LINE, FAULT_LINE = "#6f777b", "#0b0c0c"
# What concerns whole areas: their outlines are drawn anyway.
OF_WHOLE_AREAS: Final = frozenset({FaultKind.RENAMED_CODE, FaultKind.REPEATED_NAME})
COLUMNS: Final = (
    Column("Fault"),
    Column("Weight"),
    Column("Areas"),
    Column("Size", is_number=True),
    Column("Easting", is_number=True),
    Column("Northing", is_number=True),
    Column("What is wrong"),
)
HOW_FOUND: Final = """\
Ground that several areas claim is an overlap, counted once; ground that areas enclose and none of \
them has is a gap, or a hole where one area alone encloses it; what is thinner than the check's \
line is a sliver. Errors keep an edition from being put in force; warnings may be meant."""


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
        areas: The layer, EPSG:27700, valid or not.
        report: What the check found in it.
        about: Title, dates, editions, attribution.
        leaflet: What draws it.
        tiles: Base tiles; by default none, and the document loads nothing.

    Returns:
        HTML; the same bytes for the same arguments.

    Raises:
        InvalidInputError: The layer has no ground to draw.
    """
    # folium is heavy, and the server starts without it.
    from geo_alerts.maps.drawing import shaded_areas  # noqa: PLC0415

    faults = sorted(report.faults, key=lambda fault: list(Severity).index(fault.severity))
    drawn = faults[:MOST_DRAWN]
    above = _outlines_of(areas, drawn)
    fills = [FILLS[fault.severity] for fault in drawn]
    west, _, east, _ = areas.total_bounds
    ring_m = max((east - west) / RINGS_IN_WIDTH, LEAST_RING_M)
    rings = shapely.buffer([shapely.Point(one.easting, one.northing) for one in drawn], ring_m)
    shapes = (
        outlines(rings, [{} for _ in drawn], tolerance_m=0.0) if drawn else Outlines.none(above[0])
    )
    content = Content(
        summary=_finding(report),
        legend_title="Faults",
        legend=_legend(fills),
        table=Table("Faults", COLUMNS, tuple(map(_cells, faults[:MOST_LISTED]))),
        method=(HOW_FOUND, _how_drawn(len(faults))),
    )
    drawing = shaded_areas(shapes, fills, tiles, above=above)
    return document(drawing, content, about, leaflet, tiles=tiles)


def _outlines_of(areas: "gpd.GeoDataFrame", drawn: list[BoundaryFault]) -> list[Lines]:
    given = ground(areas.geometry.to_numpy())
    given = given[~shapely.is_empty(given)]
    if not len(given):
        raise InvalidInputError("no area has any ground, so there is nothing to draw")
    shapes = np.array(
        [fault.geometry for fault in drawn if fault.kind not in OF_WHOLE_AREAS], dtype=object
    )
    # Points and edges have no outline of their own.
    is_flat = shapely.area(shapes) == 0
    shapes[is_flat] = shapely.buffer(shapes[is_flat], HALF_A_LINE_M)
    found = [lines(given, colour=AREA_LINE, weight=1.0, tolerance_m=TOLERANCE_M)]
    if len(shapes):
        found.append(lines(shapes, colour=FAULT_LINE, weight=2.0, tolerance_m=0.0))
    return found


def _finding(report: CheckReport) -> str:
    counts = {
        severity: sum(fault.severity is severity for fault in report.faults)
        for severity in Severity
    }
    said = f"{counted(report.areas, 'area', 'areas')} checked: "
    said += f"{counted(counts[Severity.ERROR], 'error', 'errors')}, "
    said += f"{counted(counts[Severity.WARNING], 'warning', 'warnings')}"
    if counts[Severity.INFORMATION]:
        said += f", {thousands(counts[Severity.INFORMATION])} for information"
    return f"{said}."


def _legend(fills: list[str]) -> tuple[LegendEntry, ...]:
    entries = [
        LegendEntry(FILLS[severity], words, counted(fills.count(FILLS[severity]), "mark", "marks"))
        for severity, words in WORDS.items()
        if FILLS[severity] in fills
    ]
    return (*entries, LegendEntry("url(#solid-line)", "outline of the fault", ""))


def _cells(fault: BoundaryFault) -> tuple[Cell, ...]:
    unit = fault.unit.replace("m2", "m²")
    return (
        Cell(fault.kind.value.replace("_", " ")),
        Cell(fault.severity.value),
        Cell(", ".join(fault.codes)),
        Cell(f"{fault.size:,.2f} {unit}".strip(), fault.size),
        Cell(f"{fault.easting:.0f}", fault.easting),
        Cell(f"{fault.northing:.0f}", fault.northing),
        Cell(fault.detail),
    )


def _how_drawn(count: int) -> str:
    said = (
        "A disc shows where a fault is, whatever its size; come closer to see its outline. Areas "
        f"are simplified for the screen to about {TOLERANCE_M:.0f} metres, faults are not."
    )
    if count > MOST_DRAWN:
        said += f" The first {thousands(MOST_DRAWN)} of {thousands(count)} faults are drawn."
    return said
