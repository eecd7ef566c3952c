"""What a map of hotspots says in words: the finding, its areas' facts, how each method works."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from geo_alerts.hotspots.layers import HotArea
from geo_alerts.maps.document import Cell, Column
from geo_alerts.maps.shades import in_words
from geo_alerts.maps.words import counted, month_words, one_decimal, thousands

SNAP_POINTS: Final = """\
Published positions are no addresses: each crime was moved to the nearest of some 750 000 places \
such as the middle of a street or a shopping centre. Do not read a map of them more finely than \
100 to 150 metres."""

HOW: Final[Mapping[str, str]] = {
    "counts": "Crimes, or their harm, are counted in square cells of the National Grid; a crime on "
    "a line between two cells belongs to the one north or east of it.",
    "density": "Each crime is spread over the ground around it by a kernel, and the sums are told "
    "at the middles of cells.",
    "risk": "The density of crime is divided by the density of the population. Where fewer live "
    "than the floor no risk is told.",
    "gi_star": "Gi* (Getis and Ord 1992; Ord and Getis 1995) compares a cell together with those "
    "around it with the whole study area. As many cells are tested, levels are of the false "
    "discovery rate (Benjamini and Hochberg 1995).",
    "local_moran": "Local Moran (Anselin 1995) compares a cell with those around it: high among "
    "high, or unlike its surroundings. Levels are of the false discovery rate (Benjamini and "
    "Hochberg 1995).",
    "emerging": "Gi* of each cell and month, among the cells around it in that month and the one "
    "before, and the Mann-Kendall trend of its z-scores; classes by the rules of Esri's Emerging "
    "Hot Spot Analysis, hot ones tested before cold ones.",
    "change": "A cell is shaded only where its change cannot be told from chance and from the "
    "change of the whole area in fewer than the stated share of cells (exact binomial test, false "
    "discovery rate).",
}

Format = Callable[[float], str]
LEAST_PERCENT: Final = 0.001


def _percent(value: float) -> str:
    percent = value * 100
    if 0 < percent < LEAST_PERCENT:
        return f"under {LEAST_PERCENT}%"
    # Small shares are told to two digits, so that ground that is some is not told as none.
    return f"{percent:.2g}%" if 0 < percent < 1 else f"{one_decimal(percent)}%"


def _ground(value: float) -> str:
    return f"{value:.3g} km²"


def small(value: float) -> str:
    """A p or q to four places; what is less than the last of them in words."""
    return "under 0.0001" if value < 1e-4 else f"{value:.4f}"  # noqa: PLR2004


PLACE: Final = "place"
# The place is told with the rank, the team by its name.
TOLD_OTHERWISE: Final = frozenset({PLACE, "team"})
# Facts of areas in the order in which they are told; others follow by their names.
FACTS: Final[Mapping[str, tuple[str, Format]]] = {
    "team_name": ("Team", str),
    "crimes": ("Crimes", thousands),
    "crimes_before": ("Crimes before", thousands),
    "harm": ("Harm, days", thousands),
    "cells": ("Cells", thousands),
    "km2": ("Ground", _ground),
    "highest_crimes": ("Most in a cell", thousands),
    "highest_harm": ("Most harm", thousands),
    "highest_density_per_km2": ("Highest per km²", one_decimal),
    "highest_risk": ("Highest risk", in_words),
    "highest_z": ("Highest z", one_decimal),
    "highest_i": ("Highest I", one_decimal),
    "highest_difference": ("Most by", one_decimal),
    "most_crimes_around": ("Most nearby", thousands),
    "least_q": ("Least q", small),
}


def fact_columns(areas: Sequence[HotArea]) -> list[tuple[str, Column]]:
    """The facts that a table of areas tells, numbers and texts, with their headings."""
    there = {
        name: value
        for area in areas
        for name, value in area.facts.items()
        if isinstance(value, int | float | str) and name not in TOLD_OTHERWISE
    }
    names = [*(one for one in FACTS if one in there), *(one for one in there if one not in FACTS)]
    return [
        (name, Column(_heading(name), is_number=not isinstance(there[name], str))) for name in names
    ]


def rows_of(
    areas: Sequence[HotArea], columns: Sequence[tuple[str, Column]]
) -> list[tuple[Cell, ...]]:
    """The facts of areas as cells of a table."""
    return [tuple(_cell(name, area.facts.get(name)) for name, _ in columns) for area in areas]


def summary_of(method: str, areas: Sequence[HotArea], facts: Mapping[str, Any]) -> str:
    """The finding in a sentence or two: how many hotspots, how much crime, on how much ground."""
    study = facts.get("study_area", "the study area")
    if not areas:
        return f"Nothing stands out in {study}."
    begins = f"{counted(len(areas), 'hotspot', 'hotspots')} in {study}"
    if method == "change":
        more = sum(area.facts.get("direction") == "more" for area in areas)
        return (
            f"{counted(len(areas), 'place', 'places')} of {study} changed by more than chance and "
            f"the whole area's change explain: {thousands(more)} with more crime, "
            f"{thousands(len(areas) - more)} with less."
        )
    crimes = sum(area.facts.get("crimes", 0) for area in areas)
    ground = sum(area.facts.get("km2") or 0.0 for area in areas)
    used = facts.get("period", {}).get("crimes_used")
    whole = facts.get("cells_km2") or facts.get("study_area_km2")
    hold = "holds" if len(areas) == 1 else "hold"
    if not used or not whole:
        return f"{begins}, with {counted(crimes, 'crime', 'crimes')}."
    held = f"{thousands(crimes)} of {thousands(used)} crimes ({_percent(crimes / used)})"
    on_ground = f"on {_percent(ground / whole)} of the ground"
    if "foretold_month" in facts:
        month = month_words(facts["foretold_month"])
        return (
            f"Forecast for {month}: {begins} {on_ground}. In the "
            f"months that it was made from {held} were in them; how many of {month}'s will be is "
            "not known."
        )
    return f"{begins} {hold} {_harm_held(areas, facts)}{held} {on_ground}."


def _harm_held(areas: Sequence[HotArea], facts: Mapping[str, Any]) -> str:
    # Of layers that are ranked by the harm of their cells; empty of others.
    days = facts.get("harm", {}).get("days_in_cells")
    if not days:
        return ""
    harm = sum(area.facts.get("harm") or 0.0 for area in areas)
    return (
        f"{thousands(harm)} of {thousands(days)} days of harm ({_percent(harm / days)}) by the "
        f"weights {facts['harm']['version']}, and "
    )


def method_of(method: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """How a layer was made, a paragraph each."""
    told = [HOW[method]] if method in HOW else []
    told += [" ".join(part for part in (_made_of(facts), _settings(facts)) if part)]
    told += [str(note) for note in facts.get("notes", ())]
    return (*(part for part in told if part), SNAP_POINTS)


def _made_of(facts: Mapping[str, Any]) -> str:
    period = facts.get("period")
    if period is None:
        return ""
    said = (
        f"{thousands(period['crimes_used'])} of {thousands(period['crimes'])} crimes were used: "
        f"{thousands(period['crimes'] - period['crimes_located'])} have no position, "
        f"{thousands(period['crimes_outside_study_area'])} lie outside the study area."
    )
    in_place = period.get("own_in_place_of_published")
    if in_place:
        said += (
            f" {thousands(in_place['own'])} crimes of a force's own data stand in for "
            f"{thousands(in_place['published'])} published ones ({', '.join(in_place['months'])})."
        )
    missing = period["months_missing"]
    return (
        f"{said} Months that are missing, and no zero: {', '.join(missing)}." if missing else said
    )


def _settings(facts: Mapping[str, Any]) -> str:
    said = []
    if "bandwidth_m" in facts:
        said.append(
            f"The bandwidth is {in_words(facts['bandwidth_m'])} m, the {facts['bandwidth_is']} of "
            f"the {facts['kernel']} kernel."
        )
    if "top" in facts:
        top = facts["top"]
        said.append(
            f"Hotspots are the {in_words(top['percent'])}% of cells with the highest figures "
            f"({counted(top['cells'], 'cell', 'cells')})."
        )
    if facts.get("level") is not None:
        said.append(f"The level is {_percent(facts['level'])}.")
    if facts.get("least_count"):
        said.append(
            f"A cell is hot only with at least {facts['least_count']} crimes in it and the cells "
            "around it."
        )
    return " ".join(said)


def _heading(name: str) -> str:
    return FACTS[name][0] if name in FACTS else name.replace("_", " ").capitalize()


def _cell(name: str, value: object) -> Cell:
    if value is None or not isinstance(value, int | float | str):
        return Cell("")
    if isinstance(value, str):
        return Cell(value)
    _, told = FACTS.get(name, ("", in_words))
    return Cell(told(value), float(value))
