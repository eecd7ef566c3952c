"""geo-alerts areas: target areas that people keep, and what to look at after teams changed."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from boundaries.comparing.affected import Affected
from geo_alerts.acts import saved_areas as acts
from geo_alerts.acts.files import replacing
from geo_alerts.acts.saved_areas import OpenReview
from geo_alerts.acts.target_maps import map_of_saved_area
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.reading import repaired_document
from geo_alerts.audiences.targets.areas import AnyArea
from geo_alerts.cli.asking import gone_in_words
from geo_alerts.cli.comparing import affected_in_words
from geo_alerts.cli.options import (
    DEFAULT_STORE,
    AsJson,
    StoreUrl,
    asker_here,
    open_live,
    operator,
    print_json,
    printed,
    require_html,
    told,
    write_map,
)
from geo_alerts.cli.selecting import read_bytes, wanted_area
from geo_alerts.cli.taking import taking
from geo_alerts.sources.moments import in_words
from geo_alerts.store.saved_areas import SavedArea

app = typer.Typer(
    help="Target areas that people keep; what to look at after teams changed.",
    no_args_is_help=True,
)

# Characters of a day: 2025-04-30.
DAY = 10

AreaId = Annotated[
    str, typer.Argument(metavar="ID", help="The saved area's id, as `areas list` shows it.")
]


@app.command()
@taking(area=wanted_area)
def save(
    name: Annotated[str, typer.Argument(help="What to call it.")],
    area: AnyArea,
    owner: Annotated[str | None, typer.Option(help="Whose it is; by default you.")] = None,
    store: StoreUrl = DEFAULT_STORE,
) -> None:
    """Keep a target area under a name, and print its id."""
    with open_live(store) as live:
        answer = acts.save(live, name, area, asker_here(), owner=owner or operator())
    told.print(f"[bold]{escape(answer.saved.name)}[/] is saved. Its id:")
    typer.echo(answer.saved.id)
    _print_reviews(answer.reviews, told)


@app.command()
@taking(area=wanted_area)
def change(
    area_id: AreaId,
    area: AnyArea,
    note: Annotated[str, typer.Option(help="Why, in words.")] = "",
    from_version: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="NUMBER",
            help="The latest version that you know of: where somebody saved another meanwhile, "
            "nothing is saved.",
        ),
    ] = None,
    store: StoreUrl = DEFAULT_STORE,
) -> None:
    """Keep a new version of a saved area, unless it is as it was; the earlier ones stay."""
    with open_live(store) as live:
        answer = acts.save_version(
            live, area_id, area, asker_here(), note=note, from_version=from_version
        )
    saved = answer.saved
    if answer.is_unchanged:
        told.print(
            f"Nothing has changed since version {saved.version} of [bold]{escape(saved.name)}[/]: "
            "no new one is made."
        )
        return
    told.print(f"[bold]{escape(saved.name)}[/] is saved in version {saved.version}.")
    _print_reviews(answer.reviews, told)


@app.command("list")
def list_areas(store: StoreUrl = DEFAULT_STORE, *, as_json: AsJson = False) -> None:
    """List saved areas, by name."""
    with open_live(store) as live:
        found = acts.saved_areas(live)
    if as_json:
        print_json([_saved_json(one) for one in found])
        return
    # An id that is cut to fit could not be asked for.
    table = Table(Column("id", no_wrap=True), "name", "owner", "version", "saved", box=None)
    for one in found:
        who = (escape(one.name), escape(one.owner))
        table.add_row(one.id, *who, str(one.version), in_words(one.saved_at)[:DAY])
    printed.print(table)


@app.command()
def show(
    area_id: AreaId,
    version: Annotated[
        int | None, typer.Option(min=1, metavar="NUMBER", help="Which version; the latest if none.")
    ] = None,
    store: StoreUrl = DEFAULT_STORE,
    *,
    area_only: Annotated[
        bool,
        typer.Option("--area-only", help="Print the target area alone, as `--area -` reads it."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show a saved area: its versions, and what the codes that it names stand for today."""
    with open_live(store) as live:
        answer = acts.show(live, area_id, Role.ADMIN, version)
    if area_only:
        print_json(answer.saved.area)
        return
    if as_json:
        print_json(
            {
                **_saved_json(answer.saved),
                "versions": [_saved_json(one) for one in answer.versions],
                "rehomed": [asdict(one) for one in answer.rehomed],
                "problem": answer.problem,
                "reviews": [_review_json(one) for one in answer.reviews],
                "named_by": [{"id": one.id, "name": one.name} for one in answer.named_by],
            }
        )
        return
    printed.print(f"[bold]{escape(answer.saved.name)}[/] of {escape(answer.saved.owner)}")
    for one in answer.versions:
        note = f": {one.note}" if one.note else ""
        said = f"version {one.version}, {in_words(one.saved_at)} by {one.saved_by}{note}"
        printed.print(f"  {escape(said)}")
    for gone in answer.rehomed:
        printed.print(escape(gone_in_words(gone)))
    for other in answer.named_by:
        printed.print(escape(f"named by {other.name} ({other.id}), which changes with it"))
    if answer.problem is not None:
        printed.print(f"[bold]It cannot be asked as it is:[/] {escape(answer.problem)}")
    _print_reviews(answer.reviews, printed)
    print_json(answer.saved.area)


@app.command("map")
def draw(
    area_id: AreaId,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")],
    version: Annotated[
        int | None, typer.Option(min=1, metavar="NUMBER", help="Which version; the latest if none.")
    ] = None,
    store: StoreUrl = DEFAULT_STORE,
) -> None:
    """Draw a saved area, with everybody in it by team, as one HTML file that opens anywhere."""
    require_html(output)
    with open_live(store) as live:
        write_map(output, map_of_saved_area(live, area_id, asker_here(), version))


@app.command()
def reviews(store: StoreUrl = DEFAULT_STORE, *, as_json: AsJson = False) -> None:
    """List saved areas that nobody has looked at since teams that they name changed."""
    with open_live(store) as live:
        found = acts.reviews(live)
    if as_json:
        print_json([_review_json(one) for one in found])
        return
    if not found:
        told.print("Nothing to look at.")
    _print_reviews(found, printed)


@app.command("close-review")
def close_review(
    area_id: AreaId,
    seq: Annotated[
        int, typer.Argument(metavar="CHANGE", help="The change's number, as the review tells it.")
    ],
    store: StoreUrl = DEFAULT_STORE,
) -> None:
    """Say that somebody has looked at a saved area after a change."""
    with open_live(store) as live:
        closed = acts.close_review(live, area_id, seq, by=operator())
    told.print("The review is closed." if closed else "Somebody had closed the review before.")


@app.command()
def repair(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="GeoJSON, or a target area as JSON; - reads standard input.",
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")],
    _store: StoreUrl = DEFAULT_STORE,
) -> None:
    """Write a file with each shape whose lines cross in a form that can be used.

    Of a bow-tie both wings are taken: look at what was written before you use it.
    """
    mended, where = repaired_document(read_bytes(source))
    with replacing(output) as unfinished:
        unfinished.write_text(json.dumps(mended), encoding="utf-8")
    for pointer in where:
        told.print(f"{pointer or 'the shape'} was repaired", highlight=False)
    count = "1 shape was" if len(where) == 1 else f"{len(where)} shapes were"
    told.print(f"{count} repaired, of those in {escape(str(source))}")


def _print_reviews(found: Sequence[OpenReview], console: Console) -> None:
    for one in found:
        since = f"since {one.valid_from} (edition {one.edition}, change {one.seq})"
        console.print(f"[bold]{escape(one.saved.name)}[/] {since}:")
        for what in one.changes:
            console.print(f"  {escape(affected_in_words(Affected(id=one.saved.id, **what)))}")
        console.print(
            f"  looked at it? geo-alerts areas close-review {one.saved.id} {one.seq}", style="dim"
        )


def _saved_json(one: SavedArea) -> dict[str, Any]:
    created, saved = one.created_at, one.saved_at
    return {
        **asdict(one),
        "created_at": created.isoformat(timespec="seconds"),
        "saved_at": saved.isoformat(timespec="seconds"),
    }


def _review_json(one: OpenReview) -> dict[str, Any]:
    return {
        "saved_area_id": one.saved.id,
        "name": one.saved.name,
        "seq": one.seq,
        "version": one.version,
        "edition": one.edition,
        "valid_from": one.valid_from.isoformat(),
        "changes": list(one.changes),
        "opened_at": one.opened_at.isoformat(timespec="seconds"),
    }
