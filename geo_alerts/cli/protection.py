"""geo-alerts labels, geo-alerts protection: what limited roles may filter by, and are told."""

from typing import Annotated, Literal

import typer
from rich.markup import escape
from rich.table import Table

from geo_alerts.acts import labels as acts
from geo_alerts.acts.protection import refresh as make_release
from geo_alerts.audiences.disclosure import Role
from geo_alerts.cli.options import (
    DEFAULT_STORE,
    AsJson,
    StoreUrl,
    open_live,
    operator,
    print_json,
    printed,
    told,
)
from geo_alerts.cli.summary import unknown_in_words
from geo_alerts.sources.moments import in_words

labels_app = typer.Typer(
    help="Groups and topics, and which of them are sensitive.", no_args_is_help=True
)
app = typer.Typer(
    help="The counts that estimates for limited roles are made from.", no_args_is_help=True
)

Kind = Annotated[Literal["group", "topic"], typer.Argument(help="group or topic.")]
Name = Annotated[str, typer.Argument(help="What it is called.")]


@labels_app.command("list")
def list_labels(store: StoreUrl = DEFAULT_STORE, *, as_json: AsJson = False) -> None:
    """List all groups and topics."""
    with open_live(store) as live:
        found = acts.labels(live, Role.ADMIN)
    if as_json:
        print_json(
            [{"kind": one.kind, "name": one.name, "sensitive": one.is_sensitive} for one in found]
        )
        return
    table = Table("kind", "name", "sensitive", box=None)
    for one in found:
        table.add_row(one.kind, escape(one.name), "yes" if one.is_sensitive else "")
    printed.print(table)


@labels_app.command()
def sensitive(kind: Kind, name: Name, store: StoreUrl = DEFAULT_STORE) -> None:
    """Keep limited roles from filtering by a group or topic, from now on."""
    _mark(kind, name, store, is_sensitive=True)


@labels_app.command("not-sensitive")
def not_sensitive(kind: Kind, name: Name, store: StoreUrl = DEFAULT_STORE) -> None:
    """Let all roles filter by a group or topic, from the next release of counts on."""
    _mark(kind, name, store, is_sensitive=False)


@app.command()
def refresh(store: StoreUrl = DEFAULT_STORE) -> None:
    """Make the counts anew now, instead of when they are due."""
    with open_live(store) as live:
        made = make_release(live, who=operator(), role=Role.ADMIN.value)
    told.print(f"Estimates are made from counts of {in_words(made.made_at)} from now on.")


def _mark(kind: Literal["group", "topic"], name: str, store: str, *, is_sensitive: bool) -> None:
    with open_live(store) as live:
        marked = acts.set_sensitive(live, kind, name, sensitive=is_sensitive, by=operator())
    state = "sensitive" if is_sensitive else "not sensitive"
    already = "" if marked.is_new else " already"
    told.print(f"The {kind} {escape(name)} is{already} {state}.")
    if marked.unknown is not None:
        told.print(f"[yellow]warning: {escape(unknown_in_words(marked.unknown))}[/]")
    if not is_sensitive:
        told.print(
            "Analysts and commanders may filter by it from the next release of counts on, or after "
            "`geo-alerts protection refresh`, if enough people have it."
        )
