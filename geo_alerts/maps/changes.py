"""The map of what a new edition changes: ground that goes from area to area, and both outlines."""

from collections.abc import Sequence
from typing import Final

from boundaries.comparing.changes import (
    SLIVER_M,
    Passage,
    TeamChange,
    grounds,
    moving_rows,
    passages,
    team_changes,
)
from boundaries.comparing.compare import Comparison
from boundaries.comparing.finding import finding, words_for_areas
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
from geo_alerts.maps.words import counted, one_decimal, thousands

# A document for a screen: more areas than this can be neither told apart nor read.
MOST_DRAWN: Final = 500
MOST_CHANGES: Final = 2_000
# Outlines and what lies between them are drawn alike, finer than where areas are merely shaded.
TOLERANCE_M: Final = 10.0

# ColorBrewer 2.0: RdYlBu and OrRd, safe for the colour-blind.
LIVED_IN, NAMESAKE, EMPTY = "#fdae61", "#fee090", "#fef0d9"
LOST, WON = "#d7191c", "#2c7bb6"
NEW_LINE, OLD_LINE, OLD_DASHES = "#0b0c0c", "#1d70b8", "4 3"
# Pixels: thicker lines run together over towns before anybody zooms in.
NEW_PX, OLD_PX = 1.0, 0.75
# Where `{one}` stands, the word for an area of the layer; `{several}`, for several.
LEGEND: Final = (
    (LIVED_IN, "to another {one}, with postcodes"),
    (NAMESAKE, "to another {one} of the same name"),
    (EMPTY, "to another {one}, without postcodes"),
    (LOST, "to no {one}"),
    (WON, "from no {one}"),
)
CHANGE_COLUMNS: Final = (
    Column("Before"),
    Column("Code before"),
    Column("What became of it"),
    Column("After"),
    Column("Code after"),
    Column("Share of the ground before", is_number=True),
    Column("Share of the ground after", is_number=True),
)
HOW_MOVED: Final = """\
A postcode belongs to the {one} that covers its point, where several do to the one with the lowest \
code. It moves when that {one} is not the same afterwards. Two {several} are the same when nine \
tenths of their ground and of their postcodes are common, or when they have one code and at least \
half of the ground of either is common: where only the code is another, nobody moves."""
HOW_COUNTED: Final = """\
A person with a place on the ground counts once in each row. Where {several} overlap, ground \
counts in each of them."""


def changes_map(
    found: Comparison, *, about: MapAbout, leaflet: Leaflet, tiles: Tiles | None = None
) -> str:
    """What changes from one edition to another, as one HTML document that opens from disk.

    Args:
        found: The comparison.
        about: Title, dates, editions, attribution.
        leaflet: What draws it.
        tiles: Base tiles; by default none, and the document loads nothing.

    Returns:
        HTML; the same bytes for the same arguments.

    Raises:
        InvalidInputError: Neither edition has an area.
    """
    # folium is heavy, and the server starts without it.
    from geo_alerts.maps.drawing import shaded_areas  # noqa: PLC0415

    one, several = words_for_areas(found)
    above = _both_outlines(found)
    # A unit on the edge of two teams may move where there is no ground to draw.
    moving = moving_rows(found)
    rows = moving[found.crosswalk.m2[moving] > 0][:MOST_DRAWN]
    moved = passages(found, rows)
    fills = [_fill(passage) for passage in moved]
    shapes = (
        outlines(grounds(found, rows), [{} for _ in moved], tolerance_m=TOLERANCE_M)
        if moved
        else Outlines.none(above[-1])
    )
    drawing = shaded_areas(shapes, fills, tiles, above=above)
    content = Content(
        summary=finding(found, number=thousands),
        legend_title=f"Ground that changes {one}",
        legend=_legend(found, fills),
        table=_passage_table(moved, one, has_people=found.people is not None),
        method=(
            HOW_MOVED.format(one=one, several=several),
            HOW_COUNTED.format(several=several),
            _how_drawn(len(moving) - len(moved)),
        ),
        more=(_change_table(team_changes(found)[:MOST_CHANGES], one),),
    )
    return document(drawing, content, about, leaflet, tiles=tiles)


def _both_outlines(found: Comparison) -> list[Lines]:
    styles = ((found.old, OLD_LINE, OLD_PX, OLD_DASHES), (found.new, NEW_LINE, NEW_PX, ""))
    drawn = [
        lines(layer.geometry, colour=colour, weight=weight, dashes=dashes, tolerance_m=TOLERANCE_M)
        for layer, colour, weight, dashes in styles
        if len(layer)
    ]
    if not drawn:
        raise InvalidInputError("neither edition has an area, so there is nothing to draw")
    return drawn


def _fill(passage: Passage) -> str:
    if passage.new_code is None:
        return LOST
    if passage.old_code is None:
        return WON
    if not (passage.units or passage.people):
        return EMPTY
    return NAMESAKE if passage.old_name == passage.new_name else LIVED_IN


def _legend(found: Comparison, fills: Sequence[str]) -> tuple[LegendEntry, ...]:
    one, _ = words_for_areas(found)
    entries = [
        LegendEntry(fill, words.format(one=one), counted(fills.count(fill), "area", "areas"))
        for fill, words in LEGEND
        if fill in fills
    ]
    if len(found.old):
        entries.append(LegendEntry("url(#dashed-line)", "outlines before", ""))
    if len(found.new):
        entries.append(LegendEntry("url(#solid-line)", "outlines after", ""))
    return tuple(entries)


def _passage_table(moved: Sequence[Passage], one: str, *, has_people: bool) -> Table:
    columns = [
        Column(f"Ground that changes {one}"),
        Column("Code before"),
        Column("Code after"),
        Column("Postcodes", is_number=True),
        *([Column("People", is_number=True)] if has_people else []),
        Column("km²", is_number=True),
        Column(f"Share of the {one} before", is_number=True),
    ]
    rows = tuple(_passage_cells(passage, one) for passage in moved)
    return Table("Who moves from where to where", tuple(columns), rows)


def _passage_cells(passage: Passage, one: str) -> tuple[Cell, ...]:
    before, after = passage.old_name or f"no {one}", passage.new_name or f"no {one}"
    people = [] if passage.people is None else [Cell(thousands(passage.people), passage.people)]
    return (
        Cell(f"{before} → {after}"),
        Cell(passage.old_code or "—"),
        Cell(passage.new_code or "—"),
        Cell(thousands(passage.units), passage.units),
        *people,
        Cell(_km2(passage.m2 / 1e6), passage.m2),
        _share(passage.share_of_old if passage.old_code else None),
    )


def _km2(area: float) -> str:
    # Two or three figures that mean something, for a county and for a garden.
    if area >= 100:  # noqa: PLR2004
        return thousands(area)
    return f"{area:.2f}" if area >= 0.1 else f"{area:.4f}"  # noqa: PLR2004


def _change_table(changes: Sequence[TeamChange], one: str) -> Table:
    rows = tuple(map(_change_cells, changes))
    return Table(f"What became of each {one}", CHANGE_COLUMNS, rows)


def _change_cells(change: TeamChange) -> tuple[Cell, ...]:
    is_pair = change.old_code is not None and change.new_code is not None
    return (
        Cell(change.old_name or "—"),
        Cell(change.old_code or "—"),
        Cell(change.kind),
        Cell(change.new_name or "—"),
        Cell(change.new_code or "—"),
        _share(change.share_of_old if is_pair else None),
        _share(change.share_of_new if is_pair else None),
    )


def _share(share: float | None) -> Cell:
    return Cell("—") if share is None else Cell(f"{one_decimal(100 * share)}%", round(share, 6))


def _how_drawn(left_out: int) -> str:
    said = (
        f"Ground that is nowhere broader than about {SLIVER_M:.0f} metres, as between outlines "
        "that were generalised anew, is left out where nobody lives on it."
    )
    if left_out:
        said += (
            f" {counted(left_out, 'row is', 'rows are')} not drawn: those with the fewest "
            "postcodes and the least ground. All are in the figures."
        )
    return f"{said} Lines are simplified for the screen to about {TOLERANCE_M:.0f} metres."
