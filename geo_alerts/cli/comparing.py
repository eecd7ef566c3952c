"""geo-alerts boundaries compare: what a new edition changes, in tables."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.markup import escape
from rich.table import Column, Table

from boundaries.comparing.affected import Affected
from boundaries.comparing.changes import moves, moving_rows, passages, team_changes
from boundaries.comparing.compare import Comparison
from boundaries.comparing.finding import finding
from geo_alerts.acts import change_files
from geo_alerts.acts import changes as acts
from geo_alerts.acts.changes import AffectedArea, AffectedAudience, CompareAnswer
from geo_alerts.acts.live import Live
from geo_alerts.acts.words import counted
from geo_alerts.audiences.rows import Rows
from geo_alerts.cli.boundary_words import SHOWN, in_short, size_in_words
from geo_alerts.cli.options import (
    DEFAULT_STORE,
    AsJson,
    StoreUrl,
    open_live,
    print_json,
    printed,
    require_html,
    told,
    write_map,
)
from geo_alerts.store.activations import State

# Postcodes that are named in a sentence.
NAMED_POSTCODES: Final = 5
MOST_IN_JSON: Final = 10_000

# What is gone comes first, what only looks otherwise last.
ORDER: Final = (
    "removed", "split", "merged", "added", "recoded", "renamed", "reshaped",
)  # fmt: skip
BY_THE_RULE: Final = {
    "new_shape": "follows the new shape",
    "new_code": "follows the new code",
    "last_ground": "stays on the last ground: the same people",
    "other_team": "means another team now",
}


def compare(  # noqa: PLR0913 - one option each
    new: Annotated[int, typer.Argument(metavar="NEW", help="The number of the new edition.")],
    with_: Annotated[
        int | None,
        typer.Option(
            "--with",
            metavar="OLD",
            help="The number of the edition before; by default the one that is in force.",
        ),
    ] = None,
    store: StoreUrl = DEFAULT_STORE,
    map_: Annotated[
        Path | None, typer.Option("--map", metavar="FILE", help="Draw the changes, as .html.")
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the crosswalk: ground, postcodes and people from team to team.",
        ),
    ] = None,
    moves_csv: Annotated[
        Path | None,
        typer.Option(
            "--moves", metavar="FILE", help="Write each postcode that changes team, as CSV."
        ),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Tell what a new edition changes, before it is in force.

    Teams added, gone and re-drawn; who moves from where to where; whose postcode is on an edge now
    or in a gap; which saved areas and audiences name a team that changes.
    """
    if map_ is not None:
        require_html(map_)
    with open_live(store) as live:
        answer = acts.compare(live, with_, new)
        if as_json:
            print_json({"finding": finding(answer.comparison), **answer.as_dict(most=MOST_IN_JSON)})
        else:
            print_comparison(answer)
            print_without_contact(live, answer)
            if answer.new.state is State.CHECKED:
                how = "--from DAY sets its first day"
                told.print(f"Next: geo-alerts boundaries activate {new} ({how})")
        if csv is not None:
            rows = change_files.write_crosswalk(answer, csv)
            told.print(f"Crosswalk written to {escape(str(csv))}, {rows:,} rows")
        if moves_csv is not None:
            rows = change_files.write_moves(answer, moves_csv)
            told.print(f"Postcodes that move written to {escape(str(moves_csv))}, {rows:,} rows")
        if map_ is not None:
            write_map(map_, acts.changes_map(live, with_, new))


def print_comparison(answer: CompareAnswer) -> None:
    """Print the finding, then a table of each kind of change that there is."""
    found = answer.comparison
    if answer.old is not None:
        printed.print(f"{in_short(answer.old)}  →  {in_short(answer.new)}")
    printed.print(finding(found))
    if answer.old is None:
        return
    _print_teams(found)
    _print_moves(found)
    _print_gaps_and_edges(found)
    print_saved(answer.saved)
    _print_audiences(answer.audiences)


def print_without_contact(live: Live, answer: CompareAnswer) -> None:
    """Print how many new teams have no contact details; nothing where there are none."""
    codes = acts.without_contact(live, answer)
    if codes:
        teams = counted(len(codes), "new team has", "new teams have")
        named = ", ".join(codes[:SHOWN]) + (" …" if len(codes) > SHOWN else "")
        printed.print(f"{teams} no contact details: {escape(named)}")


def print_saved(saved: Sequence[AffectedArea]) -> None:
    """Print the saved areas that somebody should look at; nothing where there are none."""
    rows = [(one.saved.name, *_affected(one.what)) for one in saved]
    _print_table("Saved areas to look at", ("saved area", *AFFECTED), rows)


def _print_audiences(audiences: Sequence[AffectedAudience]) -> None:
    rows = [
        (one.id, f"{one.created_at:%Y-%m-%d}", one.purpose, *_affected(one.what))
        for one in audiences
    ]
    title = "Audiences that name a team which changes; their lists stay as they were frozen"
    _print_table(title, ("audience", "frozen", "purpose", *AFFECTED), rows)


AFFECTED: Final = ("names", "which is", "by the rule it", "postcodes")


def affected_in_words(what: Affected) -> str:
    """What becomes of a code that an area names, in one line."""
    name, became, by_the_rule, exchanged = _affected(what)
    return f"{name} is {became}; the area {by_the_rule}; postcodes {exchanged}"


def _affected(what: Affected) -> tuple[str, ...]:
    heirs = ", ".join(
        f"{code} {share:.0%}" for code, share in zip(what.to, what.shares, strict=True)
    )
    became = f"{what.kind}, now {heirs}" if heirs else what.kind
    pairs = ((what.units_lost, "lost"), (what.units_gained, "gained"))
    changed = ", ".join(f"{count:,} {word}" for count, word in pairs if count)
    exchanged = f"{what.units:,} ({changed})" if changed else f"{what.units:,}"
    return (f"{what.code} {what.name}", became, BY_THE_RULE[what.rule], exchanged)


def _print_teams(found: Comparison) -> None:
    changes = sorted(team_changes(found), key=lambda one: ORDER.index(one.kind))
    rows = [
        (
            one.kind,
            _team(one.old_code, one.old_name),
            _team(one.new_code, one.new_name),
            f"{one.share_of_old:.0%}" if one.old_code and one.new_code else "",
            f"{one.share_of_new:.0%}" if one.old_code and one.new_code else "",
        )
        for one in changes
    ]
    titles = ("what", "before", "after", "of the ground before", "of the ground after")
    _print_table("What becomes of the areas", titles, rows, numbers=2)


def _print_moves(found: Comparison) -> None:
    rows = [
        (
            _team(one.old_code, one.old_name) or "none",
            _team(one.new_code, one.new_name) or "none",
            f"{one.units:,}",
            "" if one.people is None else f"{one.people:,}",
            size_in_words(one.m2, "m2"),
        )
        for one in passages(found, moving_rows(found))
    ]
    titles = ("from", "to", "postcodes", "people", "ground")
    _print_table("Who moves from where to where", titles, rows, numbers=3)


def _print_gaps_and_edges(found: Comparison) -> None:
    for rows, what in (
        (found.into_gap, "in a gap now, where no area holds them"),
        (found.out_of_gap, "in an area now that were in none"),
        (found.onto_edge, "on an edge now: much of the ground around is another area's"),
        (found.off_edge, "not on an edge any more"),
    ):
        if rows is not None and len(rows):
            count = counted(len(rows), "postcode is", "postcodes are")
            printed.print(f"{count} {what} ({_some(found, rows)})")


def _some(found: Comparison, rows: Rows) -> str:
    named = [str(one["postcode"]) for one in moves(found, rows[:NAMED_POSTCODES])]
    return ", ".join([*named, *(["…"] if len(rows) > NAMED_POSTCODES else [])])


def _team(code: str | None, name: str | None) -> str:
    if code is None:
        return ""
    return code if name == code else f"{code} {name}"


def _print_table(
    title: str, titles: Sequence[str], rows: Sequence[Iterable[str]], *, numbers: int = 0
) -> None:
    if not rows:
        return
    words = len(titles) - numbers
    columns = [
        Column(name, justify="left" if place < words else "right")
        for place, name in enumerate(titles)
    ]
    table = Table(*columns, title=title, title_justify="left", box=None)
    for row in rows[:SHOWN]:
        table.add_row(*map(escape, row))
    printed.print()
    printed.print(table)
    if len(rows) > SHOWN:
        printed.print(f"and {len(rows) - SHOWN:,} more: --json and --csv tell all")
