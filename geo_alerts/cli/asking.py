"""geo-alerts match, audience, map, info: the questions."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from api.settings import read_settings
from geo_alerts.acts import preview as preview_acts
from geo_alerts.acts.audit import note_list
from geo_alerts.acts.listing import list_now
from geo_alerts.acts.live import When
from geo_alerts.acts.preview import PreviewAnswer
from geo_alerts.acts.resolving import Resolved
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.people.unknown_labels import UnknownLabel
from geo_alerts.audiences.selection import Selection, selection_schema
from geo_alerts.audiences.targets.areas import area_schema
from geo_alerts.audiences.targets.named import Rehomed
from geo_alerts.cli.options import (
    DEFAULT_STORE,
    AsJson,
    StoreUrl,
    open_live,
    operator,
    print_json,
    printed,
    require_html,
    told,
    when,
    write_map,
)
from geo_alerts.cli.selecting import selected
from geo_alerts.cli.summary import made_from, print_facts, unknown_in_words
from geo_alerts.cli.taking import taking

audience_app = typer.Typer(help="Whom an area reaches.", no_args_is_help=True)
map_app = typer.Typer(help="Maps as single HTML files.", no_args_is_help=True)

Output = Annotated[Path, typer.Option("--output", "-o", help="The file to write.")]


@taking(at=when)
def match(output: Output, at: When, store: StoreUrl = DEFAULT_STORE) -> None:
    """Write the team and the margin of every live unit, as CSV or Parquet by the file's ending."""
    from geo_alerts.acts.match import write_match  # noqa: PLC0415 - pandas is slow to import

    with open_live(store) as live:
        count, without = write_match(live.view(at), output)
    told.print(f"{count:,} units written to {escape(str(output))}, {without:,} of them in no team")


@audience_app.command()
@taking(selection=selected, at=when)
def count(
    selection: Selection,
    at: When,
    store: StoreUrl = DEFAULT_STORE,
    *,
    as_json: AsJson = False,
) -> None:
    """Count people, places and deliveries by channel."""
    with open_live(store) as live:
        answer = preview_acts.preview(live, selection, Role.ADMIN, at)
    figures, gone = answer.figures, answer.rehomed
    if as_json:
        print_json(_counted_json(answer))
        return
    deliveries = ", ".join(f"{name} {number:,}" for name, number in figures.deliveries.items())
    printed.print(f"{figures.people:,} people at {figures.places:,} places; {deliveries}")
    if figures.by_team:
        table = Table("team", "name", "people")
        for row in figures.by_team:
            table.add_row(escape(row.code), escape(row.name), f"{row.people:,}")
        printed.print(table)
    edge = figures.edge
    if edge is not None and edge.people:
        printed.print(
            f"{edge.low:,} with a postcode wholly inside the area and {edge.people:,} with one "
            f"only on its edge; {edge.high:,} people if every postcode that it touches counted"
        )
    if selection.draws():
        printed.print(
            "how many stand on the edge is not told of a sample or beside a control group"
        )
    for why, people in figures.left_out.items():
        printed.print(f"{people:,} people left out: {why.replace('_', ' ')}")
    _tell(answer.resolved, answer.unknown_labels, printed)
    for one in gone:
        printed.print(escape(gone_in_words(one)))
    printed.print(f"[dim]{escape(made_from(answer.inputs))}[/]")


@audience_app.command("list")
@taking(selection=selected, at=when)
def list_references(
    selection: Selection,
    at: When,
    purpose: Annotated[str, typer.Option(help="What for, in words; names nobody.")],
    store: StoreUrl = DEFAULT_STORE,
) -> None:
    """Print the reference of each recipient, one a line, in order; the trail keeps the purpose.

    More people than may be told without a second person's word are not listed: freeze those.
    """
    with open_live(store, read_settings().policy) as live:
        choice = list_now(live, selection, at, purpose=purpose, by=operator())
        for reference in choice.chosen.references().tolist():
            typer.echo(reference)
        _tell(choice.resolved, choice.unknown_labels, told)
        for one in choice.snapshot.rehomed(choice.resolved.selection):
            told.print(escape(gone_in_words(one)))


@audience_app.command()
def unplaced(store: StoreUrl = DEFAULT_STORE, *, as_json: AsJson = False) -> None:
    """List who has a postcode that could not be put on the map, and why."""
    with open_live(store) as live:
        found = live.snapshot().index.unplaced()
        note_list(live.store, None, len(found), by=operator())
    if as_json:
        print_json([{"reference": reference, "reason": reason} for reference, reason in found])
        return
    for reference, reason in found:
        typer.echo(f"{reference}\t{reason}")


@audience_app.command()
def schema(
    _store: StoreUrl = DEFAULT_STORE,
    *,
    selection: Annotated[
        bool, typer.Option("--selection", help="Of a whole selection, as --selection reads it.")
    ] = False,
) -> None:
    """Print the JSON Schema of a target area; it is the same for every store."""
    print_json(selection_schema() if selection else area_schema())


@map_app.command()
@taking(at=when)
def coverage(output: Output, at: When, store: StoreUrl = DEFAULT_STORE) -> None:
    """Draw subscribers per 1,000 households by team, as one HTML file that opens anywhere."""
    require_html(output)
    from geo_alerts.acts.coverage import coverage_map  # noqa: PLC0415 - folium is slow to import

    with open_live(store) as live:
        write_map(output, coverage_map(live, Role.ADMIN, at))


def info(store: StoreUrl = DEFAULT_STORE, *, as_json: AsJson = False) -> None:
    """Tell editions, hashes and counts of the store."""
    from geo_alerts.acts.info import info as act  # noqa: PLC0415 - named as the command is

    with open_live(store) as live:
        facts = act(live)
    if as_json:
        print_json(facts)
        return
    print_facts(facts)


def _counted_json(answer: PreviewAnswer) -> dict[str, Any]:
    figures = answer.figures
    return {
        "sentence": answer.sentence,
        "people": figures.people,
        "places": figures.places,
        "deliveries": figures.deliveries,
        "left_out": figures.left_out,
        "edge": None if figures.edge is None else asdict(figures.edge),
        "distances": [asdict(one) for one in answer.resolved.distances],
        "saved": [asdict(one) for one in answer.resolved.saved],
        "rehomed": [asdict(one) for one in answer.rehomed],
        "unknown_labels": [asdict(one) for one in answer.unknown_labels],
        "inputs": asdict(answer.inputs),
    }


def _tell(asked: Resolved, unknown: Iterable[UnknownLabel], console: Console) -> None:
    # What was worked out before the selection could be answered, and what may be mistyped in it.
    for label in unknown:
        console.print(f"[yellow]warning: {escape(unknown_in_words(label))}[/]")
    for one in asked.distances:
        console.print(f"{one.pointer}: {one.holding:,} people are within {one.metres:,} m")
    for saved in asked.saved:
        console.print(f"saved area {saved.id} in version {saved.version}")


def gone_in_words(one: Rehomed) -> str:
    """What a code that is gone stands for."""
    heirs = ", ".join(one.to)
    if one.rule == "new_code":
        meant = f"it has the code {heirs} now, which is taken in its place"
    else:
        where = f"; it is in {heirs} now" if heirs else ""
        meant = f"its last ground is taken{where}"
    return f"{one.code} {one.name} is gone since {one.until}: {meant}"
