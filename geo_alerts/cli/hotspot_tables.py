"""Layers of hotspots on a terminal: the few columns that matter, as wide as the terminal is.

In a pipe no line is folded or cut, so that other programs find what they look for.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Column, Table

from geo_alerts.acts.hotspots.mapping import REPEATS
from geo_alerts.cli.hotspot_words import lines_of, plain
from geo_alerts.hotspots.layers import HotArea
from geo_alerts.hotspots.repeats.streets import ON_OR_NEAR
from geo_alerts.maps.hotspot_words import small
from geo_alerts.maps.repeats import NO_CRIME, NOT_OBSERVED, month_strip
from geo_alerts.maps.words import counted
from geo_alerts.store.hotspot_runs import Run

# From so many columns on a terminal a team has a column of its own, beside its place.
TEAM_BESIDE: Final = 100
# From so many what is good to know is shown as well.
ROOMY: Final = 140
# Of the width, at most so much is a strip of months.
STRIP_SHARE: Final = 6
LEAST_STRIP: Final = 13
IN_A_PIPE: Final = 100_000
HOW_READ: Final = (
    f"a bar is a month, beside the busiest of its place; {NO_CRIME} no crime, {NOT_OBSERVED} not "
    "observed"
)

Form = Callable[[Any], str]


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _tenths(value: float) -> str:
    return f"{value:,.1f}"


def _hundredths(value: float) -> str:
    return f"{value:,.2f}"


def _signed(value: float) -> str:
    return f"{value:+,.1f}"


def _digits(value: float) -> str:
    return f"{value:,.3g}"


# Facts of areas of cells as columns: those that an area has, in this order.
FIGURES: Final[Mapping[str, tuple[str, Form]]] = {
    "class": ("hot spot", lambda value: str(value).removesuffix(" hot spot")),
    "crimes_before": ("before", _whole),
    "crimes": ("crimes", _whole),
    "highest_difference": ("more or fewer", _signed),
    "km2": ("km²", _hundredths),
    "most_steps_hot": ("months hot", _whole),
    "highest_crimes": ("most in a cell", _whole),
    "highest_harm": ("most harm in a cell", _whole),
    "highest_density_per_km2": ("most per km²", _whole),
    "highest_risk": ("highest risk", _digits),
    "highest_expected": ("most expected in a cell", _digits),
    "highest_z": ("highest z", _tenths),
    "highest_last_z": ("last z", _tenths),
    "highest_i": ("highest I", _tenths),
    "least_q": ("q", small),
}
WORDS: Final = ("class",)


def print_layer(run: Run, areas: Sequence[HotArea], most: int, to: Console) -> None:
    """Print a layer: what was asked and found, its first areas, and whose data it is.

    Args:
        run: The layer.
        areas: All its areas, by rank.
        most: So many of them are shown.
        to: Where.
    """
    width = width_of(to)
    _print_lines(lines_of(run, areas), to)
    shown, more = areas[:most], len(areas) - most
    if shown:
        to.print()
        is_repeats = run.method == REPEATS
        print_table(repeats_table(shown, width) if is_repeats else areas_table(shown, width), to)
    to.print()
    every = f"geo-alerts hotspots show {run.id} --most {len(areas)}"
    _print_lines(
        [
            *([("more", f"{counted(more, 'area', 'areas')}: {every}")] if more > 0 else []),
            *([("by month", HOW_READ)] if shown and run.method == REPEATS else []),
            ("source", str(run.facts.get("attribution", ""))),
        ],
        to,
    )


def areas_table(areas: Sequence[HotArea], width: int) -> Table:
    """Areas of cells, one a row."""
    there = {name for area in areas for name in area.facts}
    figures = {name: figure for name, figure in FIGURES.items() if name in there}
    table = _table(*_place_columns(width), width=width)
    for name, (heading, _) in figures.items():
        table.add_column(heading, justify="left" if name in WORDS else "right")
    for area in areas:
        told = [_told(form, area.facts.get(name)) for name, (_, form) in figures.items()]
        table.add_row(str(area.rank), *_place(area.facts, "place", width), *told)
    return table


def repeats_table(areas: Sequence[HotArea], width: int) -> Table:
    """Repeat locations, one a row."""
    table = _table(*_place_columns(width), width=width)
    for heading in ("crimes", "months\nwith any", "a month:\nrecent,\nbefore"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("status", no_wrap=True)
    if width >= ROOMY:
        table.add_column("of its\nteam's\ncrime", justify="right", no_wrap=True)
    months = max(width // STRIP_SHARE, LEAST_STRIP)
    table.add_column("by month", no_wrap=True)
    for area in areas:
        facts = area.facts
        share = facts.get("share_of_team")
        of_team = ["" if share is None else f"{share:.1%}"] if width >= ROOMY else []
        table.add_row(
            str(area.rank),
            *_place(facts, "name", width),
            _whole(facts["crimes"]),
            f"{facts['months_present']} of {facts['months_observed']}",
            f"{_monthly(facts, 'recent_crimes', 'recent_months')}, "
            f"{_monthly(facts, 'crimes_before', 'months_before')}",
            facts["status"],
            *of_team,
            month_strip(facts["strip"])[-months:],
        )
    return table


def runs_table(found: Sequence[Run], width: int) -> Table:
    """Layers that are kept, one a row; ids are never cut."""
    is_wide = width >= TEAM_BESIDE
    names = ["name"] if any(one.name for one in found) else []
    table = _table(Column("id", no_wrap=True), *names, "method", "crime", width=width)
    table.add_column("months", no_wrap=is_wide or not names)
    table.add_column("areas", justify="right")
    for heading in ("made at", "by") if is_wide else ("made",):
        table.add_column(heading, no_wrap=True)
    for one in found:
        question, made = one.question, one.created_at
        months = f"{question['months']['first']} to {question['months']['last']}"
        told = [one.id, *([one.name] if names else []), one.method]
        told += [", ".join(question["categories"]) or "all", months, f"{one.area_count:,}"]
        at = made.isoformat(sep=" ", timespec="minutes")
        told += [at, one.created_by] if is_wide else [f"{made:%Y-%m-%d}"]
        table.add_row(*map(escape, told))
    return table


def width_of(to: Console) -> int:
    """How wide a table may be there: without limit where nobody watches."""
    return to.width if to.is_terminal or os.environ.get("COLUMNS") else IN_A_PIPE


def print_table(table: Table, to: Console) -> None:
    """Print a table no wider than it needs to be and is room for."""
    width = width_of(to)
    needed = Measurement.get(to, to.options.update(max_width=width), table).maximum
    # A console takes no more than its own width for nobody who watches.
    onto = to if width == to.width else Console(file=to.file, width=needed)
    onto.print(table, width=min(width, needed))


def _table(*columns: Column | str, width: int) -> Table:
    gap = 2 if width >= TEAM_BESIDE else 1
    return Table(*columns, box=None, pad_edge=False, padding=(0, gap, 0, 0))


def _print_lines(lines: Sequence[tuple[str, str]], to: Console) -> None:
    grid = Table.grid(Column(style="bold", no_wrap=True), Column(), padding=(0, 2, 0, 0))
    for label, text in lines:
        grid.add_row(label, escape(plain(text)))
    print_table(grid, to)


def _place_columns(width: int) -> list[Column]:
    columns = [Column("", justify="right", no_wrap=True), Column(ON_OR_NEAR.strip().lower())]
    return [*columns, Column("team")] if width >= TEAM_BESIDE else columns


def _place(facts: Mapping[str, Any], name: str, width: int) -> list[str]:
    place = escape(str(facts.get(name) or "").removeprefix(ON_OR_NEAR))
    team = escape(str(facts.get("team_name") or ""))
    if width >= TEAM_BESIDE:
        return [place, team]
    return [f"{place}\n[dim]{team}[/]" if team else place]


def _told(form: Form, value: Any) -> str:  # noqa: ANN401 - a JSON value
    return "" if value is None else escape(plain(form(value)))


def _monthly(facts: Mapping[str, Any], crimes: str, months: str) -> str:
    return _tenths(facts[crimes] / facts[months])
