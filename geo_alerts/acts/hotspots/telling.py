"""What is told of hotspots in words and as a table: on pages, beside answers that are not kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from geo_alerts.acts.hotspots.described import Answer, asked_of
from geo_alerts.acts.hotspots.mapping import REPEATS, title_of
from geo_alerts.hotspots.layers import HotArea
from geo_alerts.maps.document import Table
from geo_alerts.maps.hotspot_words import method_of, summary_of
from geo_alerts.maps.hotspots import hotspots_table
from geo_alerts.maps.repeats import HOW_RANKED, HOW_SURE, repeats_summary, repeats_table

# A page is read, an export is searched.
MOST_TOLD: Final = 200


@dataclass(frozen=True, eq=False)
class Words:
    """What a page says of hotspots.

    Attributes:
        title: What they are called.
        asked: Which crimes, whose, which months, by what.
        summary: The finding in a sentence or two.
        how: How it was made, a paragraph each.
        table: The areas by rank, the first of them.
        more: How many areas are not in the table.
    """

    title: str
    asked: str
    summary: str
    how: tuple[str, ...]
    table: Table
    more: int


def words_of(answer: Answer, areas: Sequence[HotArea]) -> Words:
    """What a page says of an answer and its areas."""
    shown = areas[:MOST_TOLD]
    is_repeats = answer.method == REPEATS
    if is_repeats:
        notes = tuple(str(note) for note in answer.facts.get("notes", ()))
        summary, how = repeats_summary(areas), (HOW_RANKED, HOW_SURE, *notes)
    else:
        summary = summary_of(answer.method, areas, answer.facts)
        how = method_of(answer.method, answer.facts)
    return Words(
        title=title_of(answer),
        asked=asked_of(answer),
        summary=summary,
        how=how,
        table=repeats_table(shown) if is_repeats else hotspots_table(shown),
        more=len(areas) - len(shown),
    )


def rows_of(areas: Sequence[HotArea]) -> tuple[list[str], list[dict[str, object]]]:
    """The facts of areas for a spreadsheet: names of columns, and a row for each.

    Facts that are no number, text or truth value, such as a strip of months, are left out.
    """
    told: list[dict[str, object]] = [
        {"rank": area.rank, "key": area.key or "", **_plain(area.facts)} for area in areas
    ]
    columns = list(dict.fromkeys(name for row in told for name in row)) or ["rank", "key"]
    return columns, [{name: row.get(name, "") for name in columns} for row in told]


def _plain(facts: Mapping[str, Any]) -> dict[str, object]:
    return {
        name: "" if value is None else value
        for name, value in facts.items()
        if value is None or isinstance(value, str | int | float)
    }
