"""The coverage map: teams shaded by people who get alerts per 1,000 households."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geo_alerts.audiences.coverage import middle_rate
from geo_alerts.errors import InvalidInputError
from geo_alerts.maps.classes import Classes, quantile_classes
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
from geo_alerts.maps.layers import TOLERANCE_M, outlines
from geo_alerts.maps.words import THIN_SPACE, counted, one_decimal, thousands
from geo_alerts.places.layer import Layer

if TYPE_CHECKING:
    from geo_alerts.audiences.coverage import MiddleRate, TeamCoverage

NO_DATA = "url(#no-data)"
PER_1000 = f"1{THIN_SPACE}000 households"
LEGEND_TITLE = f"People who get alerts per {PER_1000}"
COLUMNS = (
    Column("Team"),
    Column("Code"),
    Column("People who get alerts", is_number=True),
    Column("Households", is_number=True),
    Column(f"People per {PER_1000}", is_number=True),
    Column("95% interval", is_number=True),
)
HOW_COUNTED = """\
A person counts once in each team where one of their places is. Households are Census counts of \
small areas, shared out to the postcodes inside and added up by team."""
HOW_SURE = """\
The interval shows how far chance alone could move the rate: 19 times in 20 it would stay inside \
(Byar's approximation). Teams whose intervals overlap may not differ."""
HOW_DRAWN = f"""\
Each colour holds about as many teams; its limits are whole numbers, and a rate on a limit belongs \
to the class above. Outlines are simplified for the screen to about {TOLERANCE_M:.0f} metres; the \
figures are not."""


HOW_ESTIMATED = """\
People are estimated, so that nobody can be singled out: from counts of small blocks of postcodes \
that were rounded at random. What stands after ± is how far the estimate may be off, 19 times in \
20; the interval of the rate has room for that as well."""


def coverage_map(
    teams: Layer,
    rows: "Sequence[TeamCoverage]",
    *,
    about: MapAbout,
    leaflet: Leaflet,
    tiles: Tiles | None = None,
) -> str:
    """The coverage of teams as one HTML document that opens from disk.

    Args:
        teams: The outlines.
        rows: The coverage of each of them, in any order.
        about: Title, dates, editions, attribution.
        leaflet: What draws it.
        tiles: Base tiles; by default none, and the document loads nothing.

    Returns:
        HTML; the same bytes for the same arguments.

    Raises:
        InvalidInputError: The rows are not those of the teams, or there is no team.
    """
    # folium is heavy, and the server starts without it.
    from geo_alerts.maps.drawing import shaded_areas  # noqa: PLC0415

    ordered = _in_order_of(teams, rows)
    classes = coverage_classes(ordered)
    shapes = outlines(teams.geometry, [{} for _ in ordered])
    drawing = shaded_areas(shapes, _fills(ordered, classes), tiles)
    content = Content(
        summary=coverage_summary(ordered),
        legend_title=LEGEND_TITLE,
        legend=_legend(ordered, classes),
        table=coverage_table(ordered),
        method=_method(ordered),
    )
    return document(drawing, content, about, leaflet, tiles=tiles)


def coverage_classes(rows: "Sequence[TeamCoverage]") -> Classes:
    """The classes of the map, over the rates that are shown."""
    return quantile_classes(_rates(rows))


def coverage_summary(rows: "Sequence[TeamCoverage]") -> str:
    """The finding in words: the middle, the lowest and the highest."""
    middle = middle_rate(rows)
    told = [row for row in lowest_first(rows) if row.per_1000 is not None]
    if middle is None or not told:
        return "There is no figure to show yet."
    is_estimate = any(row.error is not None for row in rows)
    half, least, most = (
        _rate_in_words(each, is_estimate=is_estimate) for each in (middle, told[0], told[-1])
    )
    return (
        f"In the middle team, {half} people get alerts for every {PER_1000}. "
        f"Lowest: {told[0].name}, {least}. Highest: {told[-1].name}, {most}."
    )


def lowest_first(rows: "Sequence[TeamCoverage]") -> "list[TeamCoverage]":
    """The rows by their rate, the lowest first; those without one come last, by code."""
    return sorted(rows, key=lambda row: (row.per_1000 is None, row.per_1000 or 0.0, row.code))


def coverage_table(rows: "Sequence[TeamCoverage]") -> Table:
    """The facts of the map as a table, a row for each team in the order given."""
    return Table("Coverage by team", COLUMNS, tuple(map(_cells, rows)))


def people_in_words(row: "TeamCoverage") -> str:
    """How many people get alerts, and of an estimate how far it may be off."""
    off = "" if row.error is None else f" ± {thousands(row.error)}"
    return f"{thousands(row.people)}{off}"


def _rate_in_words(of: "TeamCoverage | MiddleRate", *, is_estimate: bool) -> str:
    # Of an estimate with its interval, which stands in the table of exact ones.
    if of.per_1000 is None or of.low is None or of.high is None:
        return "no households"
    if not is_estimate:
        return one_decimal(of.per_1000)
    return f"≈\u202f{one_decimal(of.per_1000)} ({one_decimal(of.low)} to {one_decimal(of.high)})"


def _method(rows: "Sequence[TeamCoverage]") -> tuple[str, ...]:
    is_estimated = any(row.error is not None for row in rows)
    estimated = (HOW_ESTIMATED,) if is_estimated else ()
    return (HOW_COUNTED, *estimated, HOW_SURE, HOW_DRAWN)


def _in_order_of(teams: Layer, rows: "Sequence[TeamCoverage]") -> "list[TeamCoverage]":
    ordered = sorted(rows, key=lambda row: row.code)
    if not rows or [row.code for row in ordered] != teams.code.tolist():
        raise InvalidInputError(
            f"wanted one row of coverage for each of {len(teams)} teams; got {len(rows)} rows"
        )
    return ordered


def _rates(rows: "Sequence[TeamCoverage]") -> npt.NDArray[np.float64]:
    # Rounded as they are shown, so that no rate seems to stand in the wrong class.
    rates = [np.nan if row.per_1000 is None else row.per_1000 for row in rows]
    return np.round(np.asarray(rates, dtype=float), 1)


def _fills(rows: "Sequence[TeamCoverage]", classes: Classes) -> list[str]:
    found = classes.of(_rates(rows))
    return [NO_DATA if place < 0 else classes.colours[place] for place in found]


def _legend(rows: "Sequence[TeamCoverage]", classes: Classes) -> tuple[LegendEntry, ...]:
    fills = _fills(rows, classes)
    entries = list(zip(classes.colours, classes.words(), strict=True))
    entries += [(NO_DATA, "no households")]
    return tuple(
        LegendEntry(fill, words, counted(fills.count(fill), "team", "teams"))
        for fill, words in entries
        if fill in fills or not fill.startswith("url(")
    )


def _cells(row: "TeamCoverage") -> tuple[Cell, ...]:
    missing = Cell("no households")
    interval = missing
    if row.low is not None and row.high is not None:
        interval = Cell(f"{one_decimal(row.low)} to {one_decimal(row.high)}", row.low)
    return (
        Cell(row.name, short=row.code),
        Cell(row.code),
        Cell(people_in_words(row), row.people),
        Cell(thousands(row.households), row.households),
        missing if row.per_1000 is None else Cell(one_decimal(row.per_1000), row.per_1000),
        interval,
    )
