"""geo-alerts hotspots: layers of crime that are worked out, kept, shown and exported."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.markup import escape

from geo_alerts.acts.hotspots import exporting, keeping, mapping
from geo_alerts.acts.hotspots.backtesting import BacktestQuestion
from geo_alerts.acts.hotspots.exporting import Part
from geo_alerts.acts.hotspots.questions import USUAL, Question
from geo_alerts.acts.hotspots.watching import note_look
from geo_alerts.acts.hotspots.works import (
    backtest_task,
    do_backtest,
    do_run,
    run_task,
)
from geo_alerts.acts.jobs import Progress, do_now
from geo_alerts.acts.live import Live
from geo_alerts.audiences.disclosure import Role
from geo_alerts.cli.hotspot_backtests import print_backtest
from geo_alerts.cli.hotspot_faults import OPTIONS_OF_BACKTESTS, by_options
from geo_alerts.cli.hotspot_matching import match
from geo_alerts.cli.hotspot_options import (
    cells_asked,
    crimes_asked,
    given,
    question_asked,
    question_of,
)
from geo_alerts.cli.hotspot_tables import print_layer, print_table, runs_table, width_of
from geo_alerts.cli.importing import Bar, progress_bar
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
from geo_alerts.cli.taking import taking
from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.layers import HotArea
from geo_alerts.store.hotspot_backtests import KeptBacktest
from geo_alerts.store.hotspot_runs import Run, Who

SHOWN_AREAS: Final = 20
SHOWN_RUNS: Final = 100

app = typer.Typer(
    help="Hotspots and repeat locations: work out, keep, list, export, test.", no_args_is_help=True
)

app.command()(match)

RunId = Annotated[
    str, typer.Argument(metavar="ID", help="The layer's id, as `hotspots list` shows it.")
]


@app.command()
@taking(question=question_asked)
def run(
    question: Question,
    name: Annotated[str, typer.Option(help="What to call the layer.")] = "",
    store: StoreUrl = DEFAULT_STORE,
    *,
    as_json: AsJson = False,
) -> None:
    """Work a layer out and keep it; the same question on the same crimes is not worked out twice.

    What is left out takes the method's usual value. Standard output holds the layer's id alone;
    what was found is told beside it.
    """
    who = _operator()
    with (
        open_live(store) as live,
        progress_bar(question.method) as bar,
        by_options(Question),
    ):
        task = run_task(live, question, who, name)
        made = (
            task.id
            if isinstance(task, Run)
            else do_now(live, task, do_run, by=who.who, told=_watching(bar))
        )
        one, areas = _seen(live, made)
    if as_json:
        _print_layer_json(one, areas[:SHOWN_AREAS])
        return
    print_layer(one, areas, SHOWN_AREAS, told)
    typer.echo(one.id)


@app.command("list")
def list_runs(
    store: StoreUrl = DEFAULT_STORE,
    method: Annotated[str | None, typer.Option(help="Of this method alone.")] = None,
    most: Annotated[int, typer.Option(min=1, help="At most so many.")] = SHOWN_RUNS,
    *,
    as_json: AsJson = False,
) -> None:
    """List the layers that are kept, the newest first."""
    if method is not None and method not in USUAL:
        raise InvalidInputError(f"{method!r} is no method; there are {', '.join(USUAL)}")
    with open_live(store) as live:
        found, more = keeping.layers(live, Role.ADMIN, size=most, method=method)
    if as_json:
        print_json([_run_json(one) for one in found])
        return
    if not found:
        told.print("There is no such layer: make one with geo-alerts hotspots run")
        return
    print_table(runs_table(found, width_of(printed)), printed)
    if more is not None:
        told.print(f"These are the {most} newest; --most shows more.")


@app.command()
def show(
    run_id: RunId,
    store: StoreUrl = DEFAULT_STORE,
    most: Annotated[int, typer.Option(min=0, help="How many areas, by rank.")] = SHOWN_AREAS,
    *,
    as_json: AsJson = False,
) -> None:
    """Show a layer: what was asked, what it was made from, and its first areas."""
    with open_live(store) as live:
        one, areas = _seen(live, run_id)
    if as_json:
        _print_layer_json(one, areas[:most])
        return
    print_layer(one, areas, most, printed)
    typer.echo(one.id)


@app.command()
def export(
    run_id: RunId,
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="Ends in .geojson, .gpkg, .parquet or .csv.")
    ],
    store: StoreUrl = DEFAULT_STORE,
    *,
    cells: Annotated[
        bool, typer.Option("--cells", help="The cells, in place of the areas.")
    ] = False,
) -> None:
    """Write a layer's areas or cells to a file, by the ending of its name."""
    part: Part = "cells" if cells else "areas"
    with open_live(store) as live:
        note_look(live, run_id, asker_here(), "export")
        count = exporting.export(live, run_id, path, Role.ADMIN, part)
    told.print(f"{count:,} {part} written to {escape(str(path))}")


@app.command("map")
def draw(
    run_id: RunId,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="Where to, as .html.")
    ],
    store: StoreUrl = DEFAULT_STORE,
) -> None:
    """Draw a layer as one HTML file that opens anywhere with the network off."""
    require_html(output)
    with open_live(store) as live:
        note_look(live, run_id, asker_here(), "map")
        write_map(output, mapping.map_of(live, run_id, Role.ADMIN))


@app.command()
def remove(run_id: RunId, store: StoreUrl = DEFAULT_STORE) -> None:
    """Remove a layer; target areas that name it can no longer be asked."""
    with open_live(store) as live:
        gone = keeping.remove(live, run_id, asker_here())
    told.print(f"Layer {gone.id}, {gone.method}, is removed.")


@app.command()
@taking(crimes=crimes_asked, cells=cells_asked)
def backtest(  # noqa: PLR0913, PLR0917 - one option each
    crimes: dict[str, Any],
    cells: dict[str, Any],
    last: Annotated[
        str | None,
        typer.Option("--to", metavar="MONTH", help="The last month tested; the last imported."),
    ] = None,
    months: Annotated[int | None, typer.Option(help="How many months are tested.")] = None,
    train_months: Annotated[
        int | None, typer.Option(help="From how many months before each is foretold.")
    ] = None,
    method: Annotated[
        list[str] | None,
        typer.Option("--method", help="Such as density_300_recent; repeat; the usual ones."),
    ] = None,
    store: StoreUrl = DEFAULT_STORE,
    *,
    as_json: AsJson = False,
) -> None:
    """Test which method would have foretold best, month by month, on months that it did not see.

    `hotspots run --method auto` uses what the latest one chose.
    """
    more = given(last=last, months=months, train_months=train_months, methods=method)
    asked = {**crimes, **cells, **more}
    question = question_of(BacktestQuestion, asked, options=OPTIONS_OF_BACKTESTS)
    who = _operator()
    with (
        open_live(store) as live,
        progress_bar("back-test") as bar,
        by_options(BacktestQuestion, OPTIONS_OF_BACKTESTS),
    ):
        task = backtest_task(live, question, who)
        made = do_now(live, task, do_backtest, by=who.who, told=_watching(bar))
        found = keeping.backtest(live, made)
    if as_json:
        print_json(_backtest_json(found))
        return
    print_backtest(found)


def _seen(live: Live, run_id: str) -> tuple[Run, list[HotArea]]:
    found = keeping.areas(live, run_id, Role.ADMIN)
    note_look(live, run_id, asker_here())
    return found


def _operator() -> Who:
    return Who(operator(), Role.ADMIN.value)


def _watching(bar: Bar) -> Progress:
    def tell(done: int, total: int | None, words: str) -> None:
        bar.progress.update(bar.task, description=escape(words))
        bar(done, total)

    return tell


def _run_json(one: Run) -> dict[str, Any]:
    document = asdict(one)
    document.pop("row_id")
    return {**document, "created_at": one.created_at.isoformat(timespec="seconds")}


def _backtest_json(one: KeptBacktest) -> dict[str, Any]:
    document = asdict(one)
    for name in ("row_id", "subject_sha256"):
        document.pop(name)
    return {**document, "created_at": one.created_at.isoformat(timespec="seconds")}


def _print_layer_json(one: Run, areas: Sequence[HotArea]) -> None:
    told_areas = [{"rank": area.rank, "key": area.key, "facts": dict(area.facts)} for area in areas]
    print_json({**_run_json(one), "areas": told_areas})
