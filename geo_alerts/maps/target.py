"""The map of a target area with its audience: its ground, the postcodes that it reaches, the teams.

Of people it tells what its reader may see: counts by team, or estimates. The postcodes on it are
those of the directory, whoever lives there, so the file tells of nobody who signed up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo_alerts.audiences.disclosure import Figures
from geo_alerts.maps.document import (
    Cell,
    Column,
    Content,
    Drawing,
    Leaflet,
    LegendEntry,
    MapAbout,
    Pattern,
    Table,
    Tiles,
    document,
)
from geo_alerts.maps.layers import TOLERANCE_M, Bounds, Dots, dots, ground, lines, outlines
from geo_alerts.maps.words import counted, thousands
from geo_alerts.places.layer import Layer

Floats = npt.NDArray[np.float64]

ACCENT: Final = "#1d70b8"
# The accent at 12 %: as a colour that lets the map be seen, and as it looks on white.
TINT: Final = "rgba(29, 112, 184, 0.12)"
TINT_ON_PAPER: Final = "#e4eef6"
# Teams can be pointed at, and hide nothing.
CLEAR: Final = "rgba(255, 255, 255, 0)"
TEAM_LINE: Final = "#6f777b"
OUTLINE_PX: Final = 2.0
# Of an area so many metres wide at most, dots of that radius, in pixels, can be told apart.
DOT_PX: Final = ((3_000.0, 3.0), (10_000.0, 2.0), (float("inf"), 1.5))
# More dots than this are one blot, and slow to draw.
MOST_DOTS: Final = 4_000
# Ground round the area that is in view, as a part of its width.
MARGIN: Final = 0.06
# How far the map can be moved, as a part of its width: see `fit` of page/document.js.
AROUND: Final = 0.8
# Of an area whose edge runs along that of a team, less than this is no part of the next team.
SLIVER: Final = 1e-6
# A map is seldom wider than so many pixels.
PIXELS: Final = 2_000
DECIMALS: Final = 6

INSIDE: Final = Pattern("inside", "#ffffff", "M3.2 4a.8 .8 0 1 0 1.6 0a.8 .8 0 1 0-1.6 0", ACCENT)
EDGE: Final = Pattern("edge", "#ffffff", "M2 4a2 2 0 1 0 4 0a2 2 0 1 0-4 0", ACCENT)
COLUMNS: Final = (
    Column("Team"),
    Column("Code"),
    Column("People", is_number=True),
    Column("Postcodes", is_number=True),
    Column("Part of the area", is_number=True),
)
HOW_COUNTED: Final = """\
A postcode is in the area when its point is, or as the sentence above says. On the edge stands one \
whose ground, as far as it is taken to belong to it, is neither wholly inside nor wholly outside. \
All live postcodes of the area are drawn, whether anybody there has signed up or not."""
HOW_ESTIMATED: Final = """\
People are estimated, so that nobody can be singled out: from counts of small blocks of postcodes \
that were rounded at random. What stands after ± is how far an estimate may be off, 19 times in \
20. Where a few people at most are estimated, no number is told."""
HOW_BY_TEAM: Final = """\
Who has places in two teams counts in both. Ground is measured on the National Grid."""
NOT_SHOWN: Final = "Your role is shown no figure of people for this selection."


@dataclass(frozen=True, eq=False)
class Units:
    """Postcode units of an area, by where they stand: metres, EPSG:27700."""

    easting: Floats
    northing: Floats
    is_on_edge: npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class DrawnTarget:
    """A target area as it is drawn.

    Attributes:
        ground: A Polygon or MultiPolygon, EPSG:27700.
        units: Its live postcodes.
        units_by_team: How many of them each team of the layer has.
        teams: The teams.
        figures: What the reader may see of its people; None for nothing.
    """

    ground: BaseGeometry
    units: Units
    units_by_team: npt.NDArray[np.int64]
    teams: Layer
    figures: Figures | None


def target_map(
    target: DrawnTarget, *, about: MapAbout, leaflet: Leaflet, tiles: Tiles | None = None
) -> str:
    """A target area with its audience as one HTML document that opens from disk.

    Args:
        target: What is drawn.
        about: Title, dates, editions, attribution; what was asked is the selection's sentence.
        leaflet: What draws it.
        tiles: Base tiles; by default none, and the document loads nothing.

    Returns:
        HTML; the same bytes for the same arguments.

    Raises:
        OutsideNationalGridError: A position lies outside the National Grid.
    """
    shares = _shares(target)
    met = np.flatnonzero((shares > 0) | (_people(target) > 0))
    content = Content(
        summary=target_summary(target),
        legend_title="The target area",
        legend=_legend(target),
        table=_table(target, met, shares),
        method=_method(target),
        patterns=(INSIDE, EDGE),
    )
    return document(_drawing(target, met, tiles), content, about, leaflet, tiles=tiles)


def target_summary(target: DrawnTarget) -> str:
    """The finding in words: how many people, and how many postcodes."""
    units, on_edge = len(target.units.easting), int(target.units.is_on_edge.sum())
    postcodes = counted(units, "live postcode", "live postcodes")
    edge = f", {thousands(on_edge)} of them on its edge" if on_edge else ""
    figures = target.figures
    if figures is None:
        return f"The area has {postcodes}{edge}. {NOT_SHOWN}"
    if figures.error is None:
        who = counted(figures.people, "person", "people")
    else:
        who = f"About {thousands(figures.people)} people (± {thousands(figures.error)})"
    return f"{who} would get this. The area has {postcodes}{edge}."


def _drawing(target: DrawnTarget, met: npt.NDArray[np.int64], tiles: Tiles | None) -> Drawing:
    # folium is heavy, and the server starts without it.
    from geo_alerts.maps.drawing import shaded_areas  # noqa: PLC0415

    width_m = _width(target.ground)
    near = shapely.box(*shapely.bounds(target.ground)).buffer(AROUND * width_m)
    tolerance_m = min(width_m / PIXELS, TOLERANCE_M)
    drawn = shapely.simplify(target.ground, tolerance_m)
    area = ground(drawn, fill=TINT, edge=TINT, weight=0.0, decimals=DECIMALS)
    view = _padded(area.bounds)
    edge = lines(
        np.array([drawn], dtype=object),
        colour=ACCENT,
        weight=OUTLINE_PX,
        tolerance_m=0.0,
        decimals=DECIMALS,
    )
    teams = target.teams.geometry
    is_near = np.zeros(len(teams), dtype=np.bool_)
    is_near[shapely.STRtree(teams).query(near, predicate="intersects")] = True
    is_near[met] = False
    others = [
        replace(
            lines(teams[is_near], colour=TEAM_LINE, weight=1.0, tolerance_m=tolerance_m),
            bounds=view,
        )
    ] * bool(is_near.any())
    shapes = outlines(
        teams[met], [{} for _ in met], tolerance_m=tolerance_m, named_within=target.ground
    )
    return shaded_areas(
        replace(shapes, bounds=view),
        [CLEAR] * len(met),
        tiles,
        above=[*others, replace(edge, bounds=view)],
        beneath=[replace(area, bounds=view)],
        marked=_marked(target.units, width_m),
    )


def _marked(units: Units, width_m: float) -> list[Dots]:
    radius = next(px for wide_m, px in DOT_PX if width_m <= wide_m)
    kinds = zip(
        _are_drawn(units), (~units.is_on_edge, units.is_on_edge), (ACCENT, "none"), strict=True
    )
    return [
        dots(units.easting[of], units.northing[of], colour=ACCENT, fill=fill, radius=radius)
        for is_drawn, of, fill in kinds
        if is_drawn and of.any()
    ]


def _are_drawn(units: Units) -> tuple[bool, bool]:
    # Those inside, and those on the edge: these alone where all would be too many.
    return len(units.is_on_edge) <= MOST_DOTS, int(units.is_on_edge.sum()) <= MOST_DOTS


def _width(shape: BaseGeometry) -> float:
    west, south, east, north = shapely.bounds(shape)
    return float(max(east - west, north - south))


def _padded(bounds: Bounds) -> Bounds:
    (south, west), (north, east) = bounds
    high, wide = MARGIN * (north - south), MARGIN * (east - west)
    return (south - high, west - wide), (north + high, east + wide)


def _shares(target: DrawnTarget) -> Floats:
    # Of each team, the part of the area's ground that it has.
    teams, shares = target.teams.geometry, np.zeros(len(target.teams))
    at = shapely.STRtree(teams).query(target.ground, predicate="intersects")
    shares[at] = shapely.area(shapely.intersection(teams[at], target.ground)) / target.ground.area
    return np.where(shares > SLIVER, shares, 0.0)


def _by_team(figures: Figures | None) -> Mapping[str, int]:
    return {} if figures is None else {team.code: team.people for team in figures.by_team}


def _people(target: DrawnTarget) -> npt.NDArray[np.int64]:
    found = _by_team(target.figures)
    return np.array([found.get(code, 0) for code in target.teams.code.tolist()], dtype=np.int64)


def _table(target: DrawnTarget, met: npt.NDArray[np.int64], shares: Floats) -> Table:
    people, teams = _people(target), target.teams
    rows = tuple(
        (
            Cell(str(teams.name[at]), short=str(teams.code[at])),
            Cell(str(teams.code[at])),
            Cell(_people_in_words(target.figures, str(teams.code[at])), float(people[at])),
            Cell(thousands(target.units_by_team[at]), float(target.units_by_team[at])),
            Cell(_percent(shares[at]), float(shares[at])),
        )
        for at in met
    )
    return Table("The area by team", COLUMNS, rows, nothing="No team has any of the area's ground.")


def _people_in_words(figures: Figures | None, code: str) -> str:
    if figures is None:
        return "not shown"
    found = next((team for team in figures.by_team if team.code == code), None)
    if figures.error is None:
        return thousands(found.people if found else 0)
    if found is None or found.error is None:
        return "few or none" if found is None else "not shown"
    return f"≈\u202f{thousands(found.people)} ±\u202f{thousands(found.error)}"


def _percent(share: float) -> str:
    if 0 < share < 0.01:  # noqa: PLR2004 - one per cent
        return "under 1%"
    return f"{share:.0%}"


def _legend(target: DrawnTarget) -> tuple[LegendEntry, ...]:
    on_edge = int(target.units.is_on_edge.sum())
    inside = len(target.units.is_on_edge) - on_edge
    kinds = zip((INSIDE, EDGE), ("inside", "on the edge"), (inside, on_edge), strict=True)
    marked = tuple(
        LegendEntry(f"url(#{mark.id})", f"postcode {where}", thousands(count))
        for is_drawn, (mark, where, count) in zip(_are_drawn(target.units), kinds, strict=True)
        if is_drawn and count
    )
    area = LegendEntry(TINT_ON_PAPER, "in the area", _size(target.ground))
    return (area, *marked, LegendEntry("#ffffff", "team", ""))


def _size(shape: BaseGeometry) -> str:
    km2 = shape.area / 1e6
    if km2 >= 1:
        return f"{thousands(km2) if km2 >= 10 else f'{km2:.1f}'} km²"  # noqa: PLR2004 - digits
    return f"{shape.area / 1e4:.1f} ha"


def _method(target: DrawnTarget) -> tuple[str, ...]:
    figures, units = target.figures, len(target.units.easting)
    is_estimate = figures is not None and figures.error is not None
    said = [HOW_COUNTED, *([HOW_ESTIMATED] * is_estimate), HOW_BY_TEAM]
    if units > MOST_DOTS:
        said.append(
            f"There are {thousands(units)} postcodes in the area, too many to be told apart: "
            "those that stand on the edge are drawn at most."
        )
    return tuple(said)
