"""The map of repeat locations: a spot for each, by status, its shape, and its months in a table."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import shapely

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.categories import category
from geo_alerts.hotspots.layers import HotArea
from geo_alerts.hotspots.repeats.locations import POINTS_ARE_NO_ADDRESSES
from geo_alerts.hotspots.repeats.status import STATUSES
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
from geo_alerts.maps.layers import FINE_DECIMALS, Dots, Lines, Outlines, Spot, dots, lines, spots
from geo_alerts.maps.words import counted, month_words, one_decimal, thousands
from geo_alerts.places.layer import Layer

# More than this can be neither told apart on a screen nor read; the export holds all.
MOST_DRAWN: Final = 250
# Okabe and Ito (2008), Color Universal Design: told apart by the colour-blind.
COLOURS: Final = {
    "new": "#d55e00",
    "persistent": "#0072b2",
    "cooling": "#56b4e9",
    "closed": "#999999",
}
INK: Final = "#0b0c0c"
# The ring round a spot tells its status on grey paper, too.
RING_PX: Final = 2.0
DASHES: Final = "4 3"
RINGS: Final = {
    "new": "solid ring",
    "persistent": "double ring",
    "cooling": "dashed ring",
    "closed": "thin line",
}
OUTER_PX: Final = 4
# The radius of a spot goes by the square root of its crimes, so that its ground goes by them.
LEAST_PX, MOST_PX = 7, 20
# So many of the first have their rank on the map.
RANKED: Final = 20
TEAM_LINE, TEAM_PX = "#6f777b", 0.75
SHAPE_LINE, SHAPE_PX = "#0b0c0c", 1.5
# Circles round points have more vertices than a screen shows.
SHAPE_TOLERANCE_M: Final = 2.0
# The eighths of a line's height, the most crimes of a location filling it.
LEVELS: Final = "▁▂▃▄▅▆▇█"
NO_CRIME, NOT_OBSERVED = "·", "?"
CATEGORIES_TOLD: Final = 2
NONE: Final = "—"
NOTHING: Final = "None: crime recurs nowhere."
HOW_RANKED: Final = """\
Locations are ranked by how lasting they are: by the lower end of the 95% interval of the share of \
months with crime (Wilson), then by crimes; those that are new, which have few months by nature, \
among themselves by the lower end of the interval of how many times as frequent crime has become. \
A month that was not observed is left out; it is not a month without crime."""
HOW_READ: Final = f"""\
Month by month, each bar is a month: its height is the crimes in it beside the busiest month of \
that location, {NO_CRIME} is none, and {NOT_OBSERVED} is a month that was not observed. Choose a \
location in the table to see it on the map; its outline is the hull of its points with a margin."""
HOW_SURE: Final = """\
Recent months are compared with the months before, by the day. Closed: no crime in the recent \
months, where chance alone would seldom leave them empty. Cooling: no crime in them, which may be \
chance; or less crime than chance alone would explain. New: no crime in the months before; or more \
crime than chance alone would explain, and crime in at most a quarter of the months before. \
Persistent: all others; crime goes on. Seldom is less than 5 in 100, for each location alone."""


def repeats_map(
    areas: Sequence[HotArea],
    *,
    about: MapAbout,
    leaflet: Leaflet,
    teams: Layer | None = None,
    tiles: Tiles | None = None,
) -> str:
    """Repeat locations as one HTML document that opens from disk.

    Args:
        areas: Locations by rank, with the facts of `RepeatLocation.facts` and, where teams are
            known, `team_name`.
        about: Title, months, editions, attribution.
        leaflet: What draws it.
        teams: Outlines for orientation.
        tiles: Base tiles; by default none, and the document loads nothing.

    Returns:
        HTML; the same bytes for the same arguments.

    Raises:
        InvalidInputError: There are neither locations nor teams to draw.
    """
    # folium is heavy, and the server starts without it.
    from geo_alerts.maps.drawing import shaded_areas  # noqa: PLC0415

    shown = _shown(areas)
    above = _lines(shown, teams)
    if not above:
        raise InvalidInputError(
            "there is no repeat location to draw, and no team to draw instead; ask for more months"
        )
    drawing = shaded_areas(
        _spots(shown, above),
        _drawn_as(shown),
        tiles,
        above=above,
        marked=_second_rings(shown),
    )
    content = Content(
        summary=repeats_summary(areas),
        legend_title="Repeat locations by status; the larger, the more crime",
        legend=_legend(areas),
        table=repeats_table(shown),
        method=(POINTS_ARE_NO_ADDRESSES, HOW_RANKED, HOW_READ, HOW_SURE, *_left_out(areas)),
    )
    return document(drawing, content, about, leaflet, tiles=tiles)


def repeats_summary(areas: Sequence[HotArea]) -> str:
    """The finding in words: how many, of which status, and the most lasting."""
    if not areas:
        return "There is no location where crime recurs."
    counts = _counts(areas)
    parts = [f"{thousands(counts[status])} {status}" for status in STATUSES if counts[status]]
    # The first by rank may be new, and these are ranked by their rise among themselves.
    first = max(areas, key=lambda area: area.facts["persistence"]["low"]).facts
    observed = first["months_observed"]
    return (
        f"{counted(len(areas), 'repeat location', 'repeat locations')}: {', '.join(parts)}. "
        f"The most lasting: {first['name']}, with {counted(first['crimes'], 'crime', 'crimes')} "
        f"in {first['months_present']} of {counted(observed, 'month', 'months')}."
    )


def repeats_table(areas: Sequence[HotArea]) -> Table:
    """The facts of the map as a table, a row for each location in the order given."""
    has_teams = any(area.facts.get("team_name") for area in areas)
    has_harm = any(area.facts.get("harm") is not None for area in areas)
    columns = (
        Column("Location", is_long=True),
        *([Column("Team", is_long=True)] if has_teams else []),
        Column("Status"),
        Column("Crimes", is_number=True),
        Column("Months with crime", is_number=True),
        Column(_months_heading(areas), is_long=True),
        Column("Mostly", is_long=True),
        Column("Recent months against those before", is_long=True),
        *([Column("Share of the team's crime", is_number=True)] if has_teams else []),
        *([Column("Harm", is_number=True)] if has_harm else []),
        Column("Longest run, months", is_number=True),
        Column("Key"),
    )
    rows = tuple(_cells(area, has_teams=has_teams, has_harm=has_harm) for area in areas)
    return Table("Repeat locations by rank", columns, rows, NOTHING)


def month_strip(strip: Sequence[int | None]) -> str:
    """Months as bars of one line, each beside the busiest; `?` for one that was not observed."""
    most = max((crimes for crimes in strip if crimes), default=1)
    return "".join(
        NOT_OBSERVED if crimes is None else _bar(crimes, most) if crimes else NO_CRIME
        for crimes in strip
    )


def _bar(crimes: int, most: int) -> str:
    return LEVELS[-(-crimes * len(LEVELS) // most) - 1]


def _shown(areas: Sequence[HotArea]) -> list[HotArea]:
    """The first of each status in turn, until there are enough; by rank."""
    seen = dict.fromkeys(STATUSES, 0)
    turns = []
    for place, area in enumerate(areas):
        status = area.facts["status"]
        turns.append((seen[status], place))
        seen[status] += 1
    return [areas[place] for place in sorted(place for _, place in sorted(turns)[:MOST_DRAWN])]


def _counts(areas: Sequence[HotArea]) -> dict[str, int]:
    found = [area.facts["status"] for area in areas]
    return {status: found.count(status) for status in STATUSES}


def _legend(areas: Sequence[HotArea]) -> tuple[LegendEntry, ...]:
    counts = _counts(areas)
    return tuple(
        LegendEntry(
            COLOURS[status],
            f"{status}: {RINGS[status]}",
            counted(counts[status], "location", "locations"),
        )
        for status in STATUSES
    )


def _lines(areas: Sequence[HotArea], teams: Layer | None) -> list[Lines]:
    drawn = []
    if teams is not None and len(teams):
        drawn.append(lines(teams.geometry, colour=TEAM_LINE, weight=TEAM_PX))
    if areas:
        shapes = shapely.simplify([area.geometry for area in areas], SHAPE_TOLERANCE_M)
        drawn.append(
            lines(shapes, colour=SHAPE_LINE, weight=SHAPE_PX, tolerance_m=0, decimals=FINE_DECIMALS)
        )
    return drawn


def _spots(areas: Sequence[HotArea], above: Sequence[Lines]) -> Outlines:
    if not areas:
        return Outlines.none(above[0])
    shapes = np.array([area.geometry for area in areas], dtype=object)
    west, south, east, north = shapely.bounds(shapes).T
    middles = [(area.facts["easting"], area.facts["northing"]) for area in areas]
    easting, northing = np.array(middles, dtype=float).T
    extents = np.hypot(east - west, north - south).tolist()
    ranks = [str(area.rank) if area.rank <= RANKED else "" for area in areas]
    return spots(easting, northing, extents, above[-1].bounds, ranks)


def _radius(area: HotArea, most: int) -> int:
    return max(LEAST_PX, round(MOST_PX * math.sqrt(area.facts["crimes"] / most)))


def _drawn_as(areas: Sequence[HotArea]) -> list[Spot]:
    most = max((area.facts["crimes"] for area in areas), default=1)
    return [_spot(area.facts["status"], _radius(area, most)) for area in areas]


def _spot(status: str, radius: int) -> Spot:
    fill = COLOURS[status]
    if status == "closed":
        return Spot(fill, radius, TEAM_LINE, 1)
    return Spot(fill, radius, INK, RING_PX, DASHES if status == "cooling" else "")


def _second_rings(areas: Sequence[HotArea]) -> list[Dots]:
    most = max((area.facts["crimes"] for area in areas), default=1)
    by_radius: dict[int, list[tuple[float, float]]] = {}
    for area in areas:
        if area.facts["status"] == "persistent":
            place = area.facts["easting"], area.facts["northing"]
            by_radius.setdefault(_radius(area, most) + OUTER_PX, []).append(place)
    return [
        dots(*np.array(places, dtype=float).T, colour=INK, fill="none", radius=radius)
        for radius, places in sorted(by_radius.items())
    ]


def _months_heading(areas: Sequence[HotArea]) -> str:
    if not areas:
        return "Month by month"
    facts = areas[0].facts
    return f"Month by month from {month_words(facts['first_month'])}"


def _cells(area: HotArea, *, has_teams: bool, has_harm: bool) -> tuple[Cell, ...]:
    facts = area.facts
    low, present = facts["persistence"]["low"], facts["months_present"]
    share = facts.get("share_of_team")
    harm = facts.get("harm")
    team = [Cell(facts.get("team_name") or NONE)] if has_teams else []
    of_team = [_missing() if share is None else Cell(f"{100 * share:.1f}%", share)]
    of_harm = [_missing() if harm is None else Cell(thousands(harm), harm)]
    return (
        Cell(f"{area.rank}. {facts['name']}"),
        *team,
        Cell(facts["status"]),
        Cell(thousands(facts["crimes"]), facts["crimes"]),
        Cell(f"{present} of {facts['months_observed']}", low),
        Cell(month_strip(facts["strip"])),
        Cell(_mostly(facts["categories"])),
        _recent(facts),
        *(of_team if has_teams else []),
        *(of_harm if has_harm else []),
        Cell(thousands(facts["longest_run"]), facts["longest_run"]),
        Cell(area.key or NONE),
    )


def _recent(facts: Mapping[str, Any]) -> Cell:
    ratio = facts["recent_ratio"]
    said = f"{thousands(facts['recent_crimes'])} in {facts['recent_months']}, before "
    said += f"{thousands(facts['crimes_before'])} in {facts['months_before']}"
    if ratio["value"] is None:
        return Cell(said)
    low, high = one_decimal(ratio["low"]), one_decimal(ratio["high"])
    return Cell(f"{said}: {one_decimal(ratio['value'])} times ({low} to {high})", ratio["value"])


def _mostly(categories: Mapping[str, int]) -> str:
    first = list(categories.items())[:CATEGORIES_TOLD]
    return ", ".join(f"{category(slug).name} {thousands(crimes)}" for slug, crimes in first)


def _missing() -> Cell:
    return Cell(NONE)


def _left_out(areas: Sequence[HotArea]) -> tuple[str, ...]:
    left = len(areas) - MOST_DRAWN
    if left <= 0:
        return ()
    rest = counted(left, "other is", "others are")
    return (f"{MOST_DRAWN} locations are shown, the first of each status; {rest} in the export.",)
