"""geo-alerts audit: who did what, and whether the record of it is whole."""

import json
import sys
from datetime import datetime, time
from itertools import islice
from typing import Annotated

import typer
from rich.markup import escape

from geo_alerts.acts import audit as acts
from geo_alerts.acts.audit import Entry
from geo_alerts.cli.options import (
    DEFAULT_STORE,
    AsJson,
    StoreUrl,
    open_store,
    print_json,
    printed,
    told,
)
from geo_alerts.sources.moments import LONDON, read_moment

# What `boundaries check` ends with when it finds errors.
NOT_WHOLE = 3
LONGEST_DETAILS = 200
ONLY_EXPECTED = (
    "A chain that was written anew as a whole is found only with --expect HASH, "
    "a last hash that was noted elsewhere before."
)

app = typer.Typer(
    help="The audit trail: who did what, when and why; a chain of hashes.", no_args_is_help=True
)


def read_since(text: str) -> datetime:
    """A day, whose beginning is meant, or a time; British where no zone is named."""
    found = read_moment(text)
    if found is None:
        raise typer.BadParameter(f"{text!r} is no time; write it like 2025-04-30T09:00")
    if found.text == found.day.isoformat():
        return datetime.combine(found.day, time.min, LONDON)
    return found.latest


@app.command("list")
def list_entries(
    act: Annotated[str | None, typer.Option(help="Only this act, such as audience.freeze.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            parser=read_since, metavar="TIME", help="Only from this day or time on, British."
        ),
    ] = None,
    most: Annotated[int, typer.Option("--most", min=1, help="How many at most.")] = 100,
    store: StoreUrl = DEFAULT_STORE,
    *,
    as_json: AsJson = False,
) -> None:
    """List what was done, the newest first; into a file or another program, a line of tabs each.

    Such a line has number, time, act, who, role, and the details as JSON.
    """
    with open_store(store) as opened:
        found = list(islice(acts.every_entry(opened, act=act, since=since), most))
    if as_json:
        print_json([entry.as_dict() for entry in found])
        return
    for entry in found:
        if sys.stdout.isatty():
            _print_in_two_lines(entry)
        else:
            typer.echo(_tab_separated(entry))


@app.command()
def verify(
    expect: Annotated[
        str | None,
        typer.Option(
            metavar="SHA256",
            help="A hash that was noted elsewhere before: the trail must still go through it.",
        ),
    ] = None,
    store: StoreUrl = DEFAULT_STORE,
    *,
    as_json: AsJson = False,
) -> None:
    """Check every link of the trail; where one is wrong, tell the first and end with 3.

    Note the last hash where nobody can change it: whoever can write to the store could work out
    the whole chain anew, and only a hash that was noted before tells (--expect).
    """
    with open_store(store) as opened:
        found = acts.verify(opened, expect)
    if as_json:
        print_json(found.as_dict())
    elif found.fault is None:
        if expect is None:
            told.print(ONLY_EXPECTED, style="dim")
        printed.print(f"{found.entries:,} entries, every link whole; the last has the hash")
        typer.echo(found.sha256)
    else:
        told.print(f"[red]{escape(found.fault)}[/]; {found.entries:,} entries before are whole")
    if found.fault is not None:
        raise typer.Exit(NOT_WHOLE)


def _print_in_two_lines(entry: Entry) -> None:
    when = entry.at.astimezone(LONDON).strftime("%Y-%m-%d %H:%M:%S")
    as_what = f" as {entry.role}" if entry.role else ""
    by = escape(f"{entry.who}{as_what}")
    printed.print(f"{entry.seq:>6}  {when}  [bold]{escape(entry.act)}[/]  {by}")
    if entry.details:
        printed.print(f"        [dim]{escape(_in_short(entry.details))}[/]")


def _tab_separated(entry: Entry) -> str:
    details = json.dumps(entry.details, ensure_ascii=False)
    values = (str(entry.seq), entry.at.isoformat(), entry.act, entry.who, entry.role, details)
    return "\t".join(" ".join(value.split()) for value in values)


def _in_short(details: object) -> str:
    text = json.dumps(details, ensure_ascii=False)
    return text if len(text) <= LONGEST_DETAILS else f"{text[:LONGEST_DETAILS]}…"
