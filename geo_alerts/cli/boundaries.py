"""geo-alerts boundaries: editions of boundaries from a file to the day they hold."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from boundaries.comparing.finding import finding
from boundaries.faults.report import CheckOptions
from geo_alerts.acts import activation as activation_acts
from geo_alerts.acts import boundaries as acts
from geo_alerts.acts import editions as edition_acts
from geo_alerts.acts.activation import ActivationPreview
from geo_alerts.acts.boundaries import DraftOptions
from geo_alerts.acts.editions import EditionAnswer
from geo_alerts.acts.import_jobs import BOUNDARIES, Bringing, recorded
from geo_alerts.acts.live import Live
from geo_alerts.acts.words import counted
from geo_alerts.cli.boundary_words import (
    days_in_words,
    edition_json,
    in_short,
    next_step,
    print_editions,
    print_faults,
    print_repair,
    repair_json,
)
from geo_alerts.cli.comparing import compare, print_saved, print_without_contact
from geo_alerts.cli.importing import print_report, progress_bar
from geo_alerts.cli.options import (
    DEFAULT_STORE,
    AsJson,
    StoreUrl,
    agreed,
    open_live,
    open_store,
    operator,
    print_json,
    printed,
    read_day,
    require_html,
    told,
    write_map,
)
from geo_alerts.cli.source_options import SourceFile, draft_options
from geo_alerts.cli.taking import taking
from geo_alerts.errors import ConfirmationNeededError

# As of a file that cannot be used: a script must not go on.
WITH_ERRORS = 3

app = typer.Typer(
    help="Boundaries with dates: import, check, repair, compare, activate.", no_args_is_help=True
)
app.command("compare")(compare)

Number = Annotated[
    int, typer.Argument(metavar="NUMBER", help="The edition's number; see `boundaries list`.")
]


@app.command("import")
@taking(options=draft_options)
def import_draft(
    path: SourceFile,
    options: DraftOptions,
    store: StoreUrl = DEFAULT_STORE,
    *,
    as_json: AsJson = False,
) -> None:
    """Keep a file of boundaries as a draft, which is in force on no day yet.

    A folder, a zip or one file: GeoJSON, GeoPackage, Shapefile, KML, GeoParquet, FlatGeobuf,
    TopoJSON, or as data.police.uk publishes them. Invalid polygons are kept, for check and repair.
    """
    with open_store(store, create=True) as opened:
        live = Live(opened)
        with progress_bar(f"boundaries from {path.name}") as advance:
            report = recorded(
                opened,
                Bringing(BOUNDARIES, path.name, operator()),
                lambda tell: acts.import_draft(live, path, tell, options, by=operator()),
                advance,
            )
        print_report(report, as_json=as_json)
        if not as_json and report.edition_id is not None:
            _print_next(edition_acts.edition(live, report.edition_id))


@app.command()
def check(  # noqa: PLR0913, PLR0917 - one option each
    number: Number,
    store: StoreUrl = DEFAULT_STORE,
    map_: Annotated[
        Path | None, typer.Option("--map", metavar="FILE", help="Draw the faults, as .html.")
    ] = None,
    faults: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the faults for a GIS, as GeoPackage (.gpkg)."),
    ] = None,
    sliver_width: Annotated[
        float | None,
        typer.Option(metavar="METRES", help="Parts and strips that are thinner are slivers."),
    ] = None,
    far: Annotated[
        float | None,
        typer.Option(
            metavar="METRES", help="Parts farther than this from the rest of their area are far."
        ),
    ] = None,
    gap_width: Annotated[
        float | None,
        typer.Option(
            metavar="METRES",
            help="Ground between areas that is open to the outside is a gap up to this width.",
        ),
    ] = None,
    force_edge: Annotated[
        float | None,
        typer.Option(
            metavar="METRES", help="Along the force's outline strips up to this width are no fault."
        ),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Look for faults: overlaps, gaps, slivers, invalid rings and more.

    An edition without errors is checked and can be activated. With errors the exit code is 3.
    """
    if map_ is not None:
        require_html(map_)
    options = _check_options(
        sliver_width_m=sliver_width,
        far_m=far,
        gap_max_width_m=gap_width,
        force_edge_m=force_edge,
    )
    with open_live(store) as live:
        found = acts.check(live, number, options)
        if as_json:
            print_json(edition_json(found.edition))
        else:
            printed.print(in_short(found.edition))
            print_faults(found.report.faults)
            _print_next(found.edition)
        if map_ is not None:
            write_map(map_, acts.faults_map(live, number, options))
        if faults is not None:
            count = acts.write_faults(live, number, faults, options)
            told.print(f"{count:,} faults written to {escape(str(faults))}")
    if not found.report.passed:
        raise typer.Exit(WITH_ERRORS)


@app.command()
def repair(
    number: Number,
    tolerance: Annotated[
        float,
        typer.Option(metavar="METRES", help="No boundary is moved by more than this, such as 1."),
    ],
    store: StoreUrl = DEFAULT_STORE,
    *,
    as_json: AsJson = False,
) -> None:
    """Mend what can be mended within a tolerance; the result is a new draft, the original stays.

    Invalid rings, repeated vertices, narrow gaps and overlaps. Tells for each change the ground,
    and how many postcodes and people have another team by it.
    """
    from geo_alerts.acts.repairs import repair as act  # noqa: PLC0415 - named as the command is

    with open_live(store) as live:
        answer = act(live, number, tolerance, by=operator())
    if as_json:
        print_json(repair_json(answer))
        return
    print_repair(answer)
    if answer.changes:
        _print_next(answer.edition)


@app.command()
def activate(
    number: Number,
    from_: Annotated[
        date | None,
        typer.Option(
            "--from",
            parser=read_day,
            metavar="DAY",
            help="The first day on which it holds; the day that its file names if that is to come, "
            "else today.",
        ),
    ] = None,
    store: StoreUrl = DEFAULT_STORE,
    *,
    yes: Annotated[
        bool,
        typer.Option(
            "--yes",
            help="Do not ask when saved areas or more than 2 % of the people are concerned.",
        ),
    ] = False,
) -> None:
    """Let a checked edition hold from a day on.

    First it tells what changes. Saved areas that are concerned are listed for review.
    """
    with open_live(store) as live:
        preview = activation_acts.preview(live, number, from_)
        compared = preview.compared
        if compared is not None:
            printed.print(finding(compared.comparison))
            print_saved(compared.saved)
            print_without_contact(live, compared)
        if not yes:
            _require_yes(preview, number)
        done = activation_acts.activate(
            live,
            number,
            preview.valid_from,
            by=operator(),
            seen_seq=None if compared is None else compared.seq,
        )
        days = [days_in_words(held) for held in done.edition.days if held.holds(done.valid_from)]
        already = "" if done.changed else " already; nothing was changed"
        printed.print(f"{in_short(done.edition)} holds {', '.join(days)}{already}.")
        _print_days(edition_acts.editions(live, done.edition.layer))
        if done.to_review:
            count = len({one.saved.id for one in done.to_review})
            listed = counted(count, "saved area is", "saved areas are")
            printed.print(f"{listed} listed for review: geo-alerts areas reviews")


@app.command("list")
def list_editions(
    store: StoreUrl = DEFAULT_STORE,
    layer: Annotated[
        str | None, typer.Option(metavar="LAYER", help="Of this layer alone, such as team.")
    ] = None,
    as_of: Annotated[
        date | None,
        typer.Option(
            parser=read_day, metavar="DAY", help="Only what is in force on this day: one a layer."
        ),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """List editions with their numbers: drafts, what is in force, what was and what will be."""
    with open_live(store) as live:
        found = edition_acts.editions(live, layer)
    if as_of is not None:
        found = [one for one in found if any(held.holds(as_of) for held in one.days)]
    if as_json:
        print_json([edition_json(one) for one in found])
        return
    if not found:
        told.print("There is no such edition: bring one in with geo-alerts boundaries import FILE")
    print_editions(found)


@app.command()
def export(
    number: Number,
    path: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="Ends in .geojson, .gpkg, .parquet, .fgb or .zip."),
    ],
    store: StoreUrl = DEFAULT_STORE,
) -> None:
    """Write the areas of an edition to a file, by the ending of its name."""
    with open_live(store) as live:
        count = acts.export(live, number, path)
    told.print(f"{count:,} areas of edition {number} written to {escape(str(path))}")


@app.command()
def discard(number: Number, store: StoreUrl = DEFAULT_STORE) -> None:
    """Remove an edition that was never in force, such as a draft that nobody needs."""
    with open_live(store) as live:
        gone = edition_acts.discard(live, number)
    told.print(f"Edition {gone.id}, {escape(gone.label)}, is removed.")


def _check_options(**lines: float | None) -> CheckOptions:
    return CheckOptions(**{name: metres for name, metres in lines.items() if metres is not None})


def _require_yes(preview: ActivationPreview, number: int) -> None:
    if not preview.why_ask:
        return
    question = f"Edition {number} from {preview.valid_from} on: {'; '.join(preview.why_ask)}"
    if not agreed(f"{question}. Activate it?"):
        raise ConfirmationNeededError(f"{question}; nothing was changed")


def _print_next(one: EditionAnswer) -> None:
    told.print(f"[bold]Edition {one.id}.[/] {escape(next_step(one))}")


def _print_days(found: Sequence[EditionAnswer]) -> None:
    days = sorted((held.valid_from, one.id, one.label) for one in found for held in one.days)
    for valid_from, number, label in days:
        printed.print(f"  from {valid_from}: edition {number}, {escape(label)}")
