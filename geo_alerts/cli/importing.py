"""geo-alerts import: published files and subscriber exports into the store."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from geo_alerts.acts import import_jobs, imports
from geo_alerts.acts.boundaries import DraftOptions, import_boundaries
from geo_alerts.acts.contacts import import_contacts
from geo_alerts.acts.import_jobs import Bringing, recorded
from geo_alerts.acts.imports import ImportReport
from geo_alerts.acts.info import info
from geo_alerts.acts.live import Live
from geo_alerts.acts.sample import import_sample
from geo_alerts.cli.options import (
    DEFAULT_STORE,
    AsJson,
    StoreUrl,
    agreed,
    open_store,
    operator,
    print_json,
    told,
)
from geo_alerts.cli.source_options import Force, Label, SourceFile, draft_options
from geo_alerts.cli.summary import print_summary
from geo_alerts.cli.taking import taking
from geo_alerts.sources.moments import read_as_of

app = typer.Typer(
    help="Bring files in: postcodes, boundaries, households, contacts, subscribers, crimes.",
    no_args_is_help=True,
)


@app.command()
def postcodes(
    path: SourceFile,
    store: StoreUrl = DEFAULT_STORE,
    label: Label = None,
    *,
    as_json: AsJson = False,
) -> None:
    """OS Code-Point Open (zip or folder), ONSPD or NSPL (CSV or zip), or a CSV of our own form."""
    with (
        open_store(store, create=True) as opened,
        progress_bar(f"postcodes from {path.name}") as advance,
    ):
        report = recorded(
            opened,
            Bringing(import_jobs.POSTCODES, path.name, operator()),
            lambda tell: imports.import_postcodes(opened, path, tell, label=label, by=operator()),
            advance,
        )
    print_report(report, as_json=as_json)


@app.command()
@taking(options=draft_options)
def boundaries(
    path: SourceFile,
    options: DraftOptions,
    store: StoreUrl = DEFAULT_STORE,
    *,
    as_json: AsJson = False,
) -> None:
    """Polygons of teams or others, in force at once: what `boundaries` does step by step.

    A folder, a zip or one file: GeoJSON, GeoPackage, Shapefile, KML, GeoParquet, FlatGeobuf,
    TopoJSON, or as data.police.uk publishes them. Invalid polygons are refused here; `boundaries
    import` keeps them as a draft to be repaired.
    """
    with (
        open_store(store, create=True) as opened,
        progress_bar(f"boundaries from {path.name}") as advance,
    ):
        report = recorded(
            opened,
            Bringing(import_jobs.BOUNDARIES, path.name, operator()),
            lambda tell: import_boundaries(opened, path, tell, options, by=operator()),
            advance,
        )
    print_report(report, as_json=as_json)


@app.command()
def households(
    path: SourceFile,
    store: StoreUrl = DEFAULT_STORE,
    label: Label = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Households by LSOA, as CSV: lsoa, households."""
    with (
        open_store(store, create=True) as opened,
        progress_bar(f"households from {path.name}") as advance,
    ):
        report = recorded(
            opened,
            Bringing(import_jobs.HOUSEHOLDS, path.name, operator()),
            lambda tell: imports.import_households(opened, path, tell, label=label, by=operator()),
            advance,
        )
    print_report(report, as_json=as_json)


@app.command()
def contacts(
    path: SourceFile,
    store: StoreUrl = DEFAULT_STORE,
    force: Force = None,
    label: Label = None,
    *,
    as_json: AsJson = False,
) -> None:
    """How teams are reached: JSON of data.police.uk's neighbourhood calls, or CSV.

    A folder, a zip or one file. Values that cannot be used are left out and told.
    """
    with (
        open_store(store, create=True) as opened,
        progress_bar(f"contacts from {path.name}") as advance,
    ):
        report = recorded(
            opened,
            Bringing(import_jobs.CONTACTS, path.name, operator()),
            lambda tell: import_contacts(
                opened, path, tell, label=label, force=force, by=operator()
            ),
            advance,
        )
    print_report(report, as_json=as_json)


@app.command()
def subscribers(  # noqa: PLR0913 - one option each
    path: SourceFile,
    as_of: Annotated[
        str, typer.Option(help="When the file was exported, such as 2025-04-30T09:00.")
    ],
    store: StoreUrl = DEFAULT_STORE,
    rejects: Annotated[
        Path | None,
        typer.Option(help="Where rejected rows are listed; FILE.rejects.csv by default."),
    ] = None,
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="People who are not in the file leave.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask before more than 2 % leave.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse the whole file for one bad row.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Subscribers as CSV: reference, postcodes, channels, groups, topics, joined, left.

    Withdrawals known after --as-of stand. A row that is missing changes nothing unless --replace is
    given, and a column that is missing leaves what is known. Never import names or contact details:
    they are refused.
    """
    with (
        open_store(store, create=True) as opened,
        progress_bar(f"subscribers from {path.name}") as bar,
    ):
        rules = imports.SubscriberRules(
            as_of=read_as_of(as_of, opened.clock()),
            replace=replace,
            strict=strict,
            confirm=(lambda _question: True) if yes else bar.ask,
            rejects=rejects or path.with_name(f"{path.name}.rejects.csv"),
            by=operator(),
        )
        report = recorded(
            opened,
            Bringing(import_jobs.SUBSCRIBERS, path.name, operator()),
            lambda tell: imports.import_subscribers(opened, path, tell, rules),
            bar,
        )
    print_report(report, as_json=as_json)


@app.command()
def sample(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="The folder data/.")],
    store: StoreUrl = DEFAULT_STORE,
) -> None:
    """The shipped sample: postcodes, made-up teams and contacts, households, made-up people."""
    steps = Table("step", "rows", "seconds", title="Loaded")
    with open_store(store, create=True) as opened:
        for report in import_sample(opened, folder, progress_bar, by=operator()):
            # Of subscribers who were there already no rows are counted.
            rows = f"{report.counts['rows']:,}" if report.counts else report.outcome.value
            steps.add_row(escape(report.label), rows, f"{report.seconds:.1f}")
        told.print(steps)
        print_summary(info(Live(opened)), to=told)


@dataclass(frozen=True, slots=True)
class Bar:
    """A progress bar on standard error: called with rows done, and of how many if that is known."""

    progress: Progress
    task: TaskID

    def __call__(self, done: int, total: int | None = None) -> None:
        """Move on."""
        self.progress.update(self.task, completed=done, total=total)

    def ask(self, question: str) -> bool:
        """Put a question to the person who watches; where nobody does, the answer is no."""
        self.progress.stop()
        try:
            return agreed(question)
        finally:
            self.progress.start()


@contextmanager
def progress_bar(what: str) -> Iterator[Bar]:
    """A bar that is there while the block runs."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=told, disable=not told.is_terminal) as progress:
        yield Bar(progress, progress.add_task(escape(what), total=None))


def print_report(report: ImportReport, *, as_json: bool) -> None:
    """Print what an import did."""
    if as_json:
        print_json(report.as_dict())
        return
    told.print(f"[bold]{escape(report.label)}[/]: {report.outcome} in {report.seconds:.1f} s")
    if report.edition_id is not None:
        told.print(f"  edition: {report.edition_id}")
    for name, count in report.counts.items():
        told.print(f"  {name.replace('_', ' ')}: {count:,}")
    for note in report.notes:
        told.print(f"  {escape(note)}")
