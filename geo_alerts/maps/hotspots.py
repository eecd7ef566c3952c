"""The map of a layer of hotspots: its cells by class, its areas by rank, teams for orientation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.layers import CellLayer, HotArea
from geo_alerts.hotspots.polygons import ground_of
from geo_alerts.maps.document import (
    Cell,
    Column,
    Content,
    Drawing,
    Leaflet,
    LegendEntry,
    MapAbout,
    Table,
    Tiles,
    document,
)
from geo_alerts.maps.hotspot_words import PLACE, fact_columns, method_of, rows_of, summary_of
from geo_alerts.maps.layers import SEAM_PX, Ground, Lines, Outlines, ground, lines, outlines
from geo_alerts.maps.shades import Shade, Shading, shading
from geo_alerts.maps.words import counted, one_decimal, thousands

# A document for a screen; exports hold all.
MOST_AREAS: Final = 300
# Some 20 bytes each: with more the document would be slow to open.
MOST_VERTICES: Final = 100_000
# A tenth of a metre: cells may be small.
CELL_DECIMALS: Final = 6
# Of few cells the colours are to be seen when the whole force is in view, where a cell is a pixel.
MOST_SEEN_LARGER: Final = 1_000
FEW_PX: Final = 4.0
STUDY_LINE: Final = "#505a5f"
TEAM_LINE: Final = "#6f777b"
NOTHING: Final = "#ffffff"
M2_OF_KM2: Final = 1e6
AREA_COLUMNS: Final = (Column("Hotspot", is_long=True),)
PLACE_COLUMNS: Final = (Column("Easting", is_number=True), Column("Northing", is_number=True))
CLASS_COLUMNS: Final = (
    Column("Class"),
    Column("Cells", is_number=True),
    Column("Ground", is_number=True),
    Column("Crimes", is_number=True),
)


@dataclass(frozen=True, eq=False)
class DrawnLayer:
    """A layer of hotspots to be drawn.

    Attributes:
        method: What made it.
        cells: Its cells; None of methods that have none.
        areas: Its areas, by rank.
        facts: Of it as a whole.
        teams: Outlines for orientation, EPSG:27700; may be empty.
    """

    method: str
    cells: CellLayer | None
    areas: Sequence[HotArea]
    facts: Mapping[str, Any]
    teams: Sequence[BaseGeometry] | npt.NDArray[np.object_] = ()


@dataclass(frozen=True, eq=False)
class _Shaded:
    # What is beneath the areas: ground by class, how many classes were left out, the classes.
    classes: Shading
    grounds: tuple[Ground, ...]
    left_out: int


def hotspots_map(
    layer: DrawnLayer, *, about: MapAbout, leaflet: Leaflet, tiles: Tiles | None = None
) -> str:
    """A layer of hotspots as one HTML document that opens from disk.

    Args:
        layer: What is drawn.
        about: Title, months, editions, attribution.
        leaflet: What draws it.
        tiles: Base tiles; by default none, and the document loads nothing.

    Returns:
        HTML; the same bytes for the same arguments.

    Raises:
        InvalidInputError: There is nothing to draw: no cells, no areas, no teams.
    """
    shaded = _shaded(layer)
    strokes = _strokes(layer)
    shown = layer.areas[:MOST_AREAS]
    drawing = _drawn(shown, shaded, strokes, tiles)
    content = Content(
        summary=summary_of(layer.method, layer.areas, layer.facts),
        legend_title=shaded.classes.title,
        legend=_legend(shaded.classes, layer),
        table=hotspots_table(shown),
        method=(*method_of(layer.method, layer.facts), *_how_drawn(layer, shaded)),
        more=_classes_table(layer, shaded.classes),
        patterns=shaded.classes.patterns,
    )
    return document(drawing, content, about, leaflet, tiles=tiles)


def _drawn(
    shown: Sequence[HotArea], shaded: _Shaded, strokes: Sequence[Lines], tiles: Tiles | None
) -> Drawing:
    # folium is heavy, and the server starts without it.
    from geo_alerts.maps.drawing import SEE_THROUGH, shaded_areas  # noqa: PLC0415

    if shown:
        shapes = outlines(
            [area.geometry for area in shown],
            [{"extent": _extent_m(area.geometry)} for area in shown],
            tolerance_m=0.0,
        )
    elif strokes:
        shapes = Outlines.none(strokes[0])
    else:
        raise InvalidInputError("the layer has no cells and no areas, so there is nothing to draw")
    fills = [SEE_THROUGH] * len(shown)
    return shaded_areas(shapes, fills, tiles, above=strokes, beneath=shaded.grounds)


def _extent_m(geometry: BaseGeometry) -> float:
    west, south, east, north = geometry.bounds
    return round(float(np.hypot(east - west, north - south)), 1)


def _strokes(layer: DrawnLayer) -> tuple[Lines, ...]:
    # The edge of the ground that was looked at, and the teams within.
    strokes = []
    if layer.cells is not None and len(layer.cells):
        every = ground_of(layer.cells, np.ones(len(layer.cells), dtype=bool))
        edge = [shapely.boundary(every)]
        strokes.append(lines(edge, colour=STUDY_LINE, weight=1.5, dashes="5 4", tolerance_m=0.0))
    if len(layer.teams):
        strokes.append(lines(layer.teams, colour=TEAM_LINE, weight=1.0))
    return tuple(strokes)


def _shaded(layer: DrawnLayer) -> _Shaded:
    if layer.cells is None:
        return _Shaded(Shading("Hotspots", (), ""), (), 0)
    classes = shading(layer.method, layer.cells.columns, layer.facts)
    filled = [one for one in classes.shades if one.chosen.any()]
    dissolved = [ground_of(layer.cells, one.chosen) for one in filled]
    first = _first_drawn(dissolved)
    are_few = sum(int(one.chosen.sum()) for one in filled) <= MOST_SEEN_LARGER
    weight = FEW_PX if are_few else SEAM_PX
    grounds = tuple(
        ground(shape, fill=one.fill, edge=one.edge, weight=weight, decimals=CELL_DECIMALS)
        for one, shape in zip(filled[first:], dissolved[first:], strict=True)
    )
    return _Shaded(classes, grounds, first)


def _first_drawn(dissolved: Sequence[BaseGeometry]) -> int:
    # The lowest classes go first where all would be too much.
    vertices = np.cumsum([shapely.get_num_coordinates(one) for one in dissolved[::-1]])
    fitting = int((vertices <= MOST_VERTICES).sum())
    return len(dissolved) - max(fitting, min(1, len(dissolved)))


def _legend(classes: Shading, layer: DrawnLayer) -> tuple[LegendEntry, ...]:
    if layer.cells is None:
        return ()
    entries = [
        LegendEntry(one.fill, one.words, counted(int(one.chosen.sum()), "cell", "cells"))
        for one in classes.shades
    ]
    shaded = sum(int(one.chosen.sum()) for one in classes.shades)
    rest = counted(len(layer.cells) - shaded, "cell", "cells")
    return (LegendEntry(NOTHING, classes.rest, rest), *entries)


def hotspots_table(shown: Sequence[HotArea]) -> Table:
    """The facts of areas as a table, a row for each in the order given."""
    columns = fact_columns(shown)
    middles = [shapely.point_on_surface(area.geometry) for area in shown]
    rows = tuple(
        (_named(area), *facts, *(Cell(f"{at:.0f}", at) for at in (middle.x, middle.y)))
        for area, facts, middle in zip(shown, rows_of(shown, columns), middles, strict=True)
    )
    headings = (*AREA_COLUMNS, *(column for _, column in columns), *PLACE_COLUMNS)
    return Table("Hotspots, by rank", headings, rows, "None: nothing stands out.")


def _named(area: HotArea) -> Cell:
    number = str(area.rank)
    return Cell(f"{number} {area.facts.get(PLACE, '')}".rstrip(), area.rank, short=number)


def _classes_table(layer: DrawnLayer, classes: Shading) -> tuple[Table, ...]:
    if layer.cells is None or not classes.shades:
        return ()
    crimes = _crimes(layer.cells)
    cell_km2 = layer.cells.grid.cell_km2
    none = np.any([one.chosen for one in classes.shades], axis=0)
    of_class = [(classes.rest, ~none), *((one.words, one.chosen) for one in classes.shades)]
    rows = tuple(
        (
            Cell(words),
            Cell(thousands(chosen.sum()), float(chosen.sum())),
            Cell(f"{one_decimal(chosen.sum() * cell_km2)} km²", float(chosen.sum() * cell_km2)),
            Cell(thousands(crimes[chosen].sum()), float(crimes[chosen].sum())),
        )
        for words, chosen in of_class
    )
    return (Table("Cells, by class", CLASS_COLUMNS, rows),)


def _crimes(cells: CellLayer) -> npt.NDArray[np.float64]:
    name = "crimes" if "crimes" in cells.columns else "after"
    return np.asarray(cells.columns[name], dtype=float)


def _how_drawn(layer: DrawnLayer, shaded: _Shaded) -> list[str]:
    said = ["The dashed line is the edge of the cells that were looked at."] if layer.cells else []
    more = len(layer.areas) - MOST_AREAS
    if more > 0:
        said.append(
            f"Of {thousands(len(layer.areas))} hotspots the first {MOST_AREAS} are drawn and "
            "listed; an export has all."
        )
    if shaded.left_out:
        left = ", ".join(one.words for one in _lowest(shaded.classes.shades, shaded.left_out))
        said.append(
            f"Cells of the lowest classes ({left}) are so many that they are not drawn; they are "
            "in the figures, and an export has them."
        )
    return [" ".join(said)] if said else []


def _lowest(shades: Sequence[Shade], count: int) -> list[Shade]:
    return [one for one in shades if one.chosen.any()][:count]
