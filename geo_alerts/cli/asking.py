"""geo-alerts lookup, match, audience, map, info: the questions."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from geo_alerts.acts import audiences as audience_acts
from geo_alerts.acts import look_up as look_up_acts
from geo_alerts.acts.files import replacing
from geo_alerts.acts.look_up import UnitAnswer
from geo_alerts.audiences.areas import area_schema
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.reading import read_area
from geo_alerts.audiences.selection import ALL_CHANNELS, Channel, LabelFilter, Selection
from geo_alerts.cli.options import (
    DEFAULT_STORE,
    AsJson,
    StoreUrl,
    open_live,
    print_json,
    printed,
    told,
)
from geo_alerts.cli.summary import print_facts
from geo_alerts.errors import InvalidAreaError, UnknownFormatError

audience_app = typer.Typer(help="Whom an area reaches.", no_args_is_help=True)
map_app = typer.Typer(help="Maps as single HTML files.", no_args_is_help=True)

AreaFile = Annotated[
    Path,
    typer.Option("--area", help="A file with the target area as JSON; - reads standard input."),
]
Channels = Annotated[
    list[Channel] | None,
    typer.Option("--channel", help="email, text or voice; repeat for any of several."),
]
AnyGroup = Annotated[
    list[str] | None, typer.Option("--group", help="In this group; repeat for any of several.")
]
NoGroup = Annotated[
    list[str] | None, typer.Option("--not-group", help="Not in this group; repeat for several.")
]
Output = Annotated[Path, typer.Option("--output", "-o", help="The file to write.")]


def lookup(
    postcodes: Annotated[
        list[str], typer.Argument(metavar="POSTCODE...", help="As people type them.")
    ],
    store: StoreUrl = DEFAULT_STORE,
    *,
    as_json: AsJson = False,
) -> None:
    """Tell the team of each postcode, in the order asked."""
    with open_live(store) as live:
        answers = look_up_acts.look_up(live.view(), postcodes)
    if as_json:
        print_json([_unit_json(answer) for answer in answers])
        return
    table = Table("postcode", "status", "easting", "northing", "PQI", "team", "margin m", box=None)
    for answer in answers:
        table.add_row(*_cells(_unit_json(answer)))
    printed.print(table)
    for answer in answers:
        if _note(answer):
            printed.print(f"{escape(answer.found.postcode)}: {escape(_note(answer))}")


def match(output: Output, store: StoreUrl = DEFAULT_STORE) -> None:
    """Write the team and the margin of every live unit, as CSV or Parquet by the file's ending."""
    from geo_alerts.acts.match import write_match  # noqa: PLC0415 - pandas is slow to import

    with open_live(store) as live:
        count, without = write_match(live.view(), output)
    told.print(f"{count:,} units written to {escape(str(output))}, {without:,} of them in no team")


@audience_app.command()
def count(
    area: AreaFile,
    store: StoreUrl = DEFAULT_STORE,
    channel: Channels = None,
    group: AnyGroup = None,
    not_group: NoGroup = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Count people, places and deliveries by channel."""
    selection = _selection(area, channel, group, not_group)
    with open_live(store) as live:
        figures = audience_acts.preview(live.snapshot(), selection, Role.ADMIN)
    if as_json:
        print_json(
            {"people": figures.people, "places": figures.places, "deliveries": figures.deliveries}
        )
        return
    deliveries = ", ".join(f"{name} {number:,}" for name, number in figures.deliveries.items())
    printed.print(f"{figures.people:,} people at {figures.places:,} places; {deliveries}")
    table = Table("team", "name", "people")
    for row in figures.by_team:
        table.add_row(escape(row.code), escape(row.name), f"{row.people:,}")
    printed.print(table)


@audience_app.command("list")
def list_references(
    area: AreaFile,
    store: StoreUrl = DEFAULT_STORE,
    channel: Channels = None,
    group: AnyGroup = None,
    not_group: NoGroup = None,
) -> None:
    """Print the reference of each recipient, one a line, in order."""
    selection = _selection(area, channel, group, not_group)
    with open_live(store) as live:
        for reference in audience_acts.references(live.snapshot(), selection):
            typer.echo(reference)


@audience_app.command()
def unplaced(store: StoreUrl = DEFAULT_STORE, *, as_json: AsJson = False) -> None:
    """List who has a postcode that could not be put on the map, and why."""
    with open_live(store) as live:
        found = live.snapshot().index.unplaced()
    if as_json:
        print_json([{"reference": reference, "reason": reason} for reference, reason in found])
        return
    for reference, reason in found:
        typer.echo(f"{reference}\t{reason}")


@audience_app.command()
def schema(_store: StoreUrl = DEFAULT_STORE) -> None:
    """Print the JSON Schema of a target area; it is the same for every store."""
    print_json(area_schema())


@map_app.command()
def coverage(output: Output, store: StoreUrl = DEFAULT_STORE) -> None:
    """Draw subscribers per 1,000 households by team, as one HTML file that opens anywhere."""
    if output.suffix.lower() not in (".html", ".htm"):
        raise UnknownFormatError(f"{output.name}: wanted a name that ends in .html")
    from geo_alerts.acts.coverage import coverage_map  # noqa: PLC0415 - folium is slow to import

    with open_live(store) as live:
        document = coverage_map(live.snapshot(), Role.ADMIN)
    with replacing(output) as unfinished:
        unfinished.write_text(document, encoding="utf-8")
    told.print(f"Map written to {escape(str(output))} ({len(document.encode()) / 1e6:.1f} MB)")


def info(store: StoreUrl = DEFAULT_STORE, *, as_json: AsJson = False) -> None:
    """Tell editions, hashes and counts of the store."""
    from geo_alerts.acts.info import info as act  # noqa: PLC0415 - named as the command is

    with open_live(store) as live:
        facts = act(live)
    if as_json:
        print_json(facts)
        return
    print_facts(facts)


def _unit_json(answer: UnitAnswer) -> dict[str, Any]:
    found, team = answer.found, answer.at.team
    margin = answer.at.margin_m
    return {
        "postcode": found.postcode,
        "status": found.status.value,
        "easting": found.easting,
        "northing": found.northing,
        "pqi": found.pqi,
        "team_code": team.code if team else None,
        "team_name": team.name if team else None,
        "margin_m": None if margin is None else round(margin, 3),
    }


def _cells(unit: dict[str, Any]) -> tuple[str, ...]:
    grid = ["" if unit[name] is None else f"{unit[name]:.0f}" for name in ("easting", "northing")]
    team = f"{unit['team_code']} {unit['team_name']}" if unit["team_code"] else ""
    margin = "" if unit["margin_m"] is None else f"{unit['margin_m']:,.0f}"
    pqi = str(unit["pqi"] or "")
    return (escape(unit["postcode"]), unit["status"], *grid, pqi, escape(team), margin)


def _note(answer: UnitAnswer) -> str:
    at = answer.at
    notes = [answer.found.reason or ""]
    notes += [f"also in {', '.join(team.name for team in at.also_in)}"] if at.also_in else []
    if at.nearest_team is not None:
        notes.append(
            f"in no team; nearest is {at.nearest_team.name}, {at.nearest_team_m:,.0f} m away"
        )
    return "; ".join(filter(None, notes))


def _selection(
    area: Path,
    channels: list[Channel] | None,
    groups: list[str] | None,
    not_groups: list[str] | None,
) -> Selection:
    text = sys.stdin.read() if str(area) == "-" else _read(area)
    return Selection(
        area=read_area(text),
        groups=LabelFilter(any_of=tuple(groups or ()), none_of=tuple(not_groups or ())),
        channels=tuple(channels or ALL_CHANNELS),
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidAreaError(f"{path} cannot be read: {error}") from error
