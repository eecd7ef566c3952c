"""geo-alerts import crimes, geo-alerts crimes: into the store, and which months are there."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.markup import escape
from rich.table import Table

from geo_alerts.acts.crimes.importing import import_crimes, import_own_crimes
from geo_alerts.acts.crimes.months import as_dict, in_words, missing_months, present_months
from geo_alerts.acts.crimes.report import (
    CategoryReport,
    CrimeImportReport,
    Done,
    InPlaceReport,
    MonthReport,
)
from geo_alerts.acts.import_jobs import CRIMES, Bringing, recorded
from geo_alerts.cli.importing import progress_bar
from geo_alerts.cli.options import (
    DEFAULT_STORE,
    AsJson,
    StoreUrl,
    open_store,
    operator,
    print_json,
    printed,
    told,
)
from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.categories import CATEGORIES
from geo_alerts.hotspots.months import month_number, month_text
from geo_alerts.sources.files import Advance
from geo_alerts.store.crime_months import CrimeMonth, Kind
from geo_alerts.store.crime_removal import remove_month

SHOWN_REMARKS: Final = 20
SHOWN_MONTHS: Final = 36
# Columns that all categories fit into.
WIDE: Final = 500

app = typer.Typer(help="Crimes that are in the store, month by month.", no_args_is_help=True)

CrimePaths = Annotated[
    list[Path],
    typer.Argument(
        exists=True,
        metavar="PATH…",
        help="CSVs of data.police.uk (street, outcomes), zips or folders of them, the archive.",
    ),
]


def read_month(text: str) -> int:
    """A month as people type it, `2025-03`; a wrong one is a wrong option."""
    try:
        return month_number(text)
    except InvalidInputError as error:
        raise typer.BadParameter(str(error)) from error


First = Annotated[
    int | None,
    typer.Option("--from", parser=read_month, metavar="MONTH", help="The first, as 2025-01."),
]
Last = Annotated[
    int | None,
    typer.Option("--to", parser=read_month, metavar="MONTH", help="The last, as 2025-03."),
]
Forces = Annotated[
    list[str] | None,
    typer.Option("--force", help="Of this force alone, such as west-mercia; may be repeated."),
]


def bring_in(
    paths: CrimePaths,
    store: StoreUrl = DEFAULT_STORE,
    *,
    merge: Annotated[
        bool,
        typer.Option(
            "--merge", help="Add crimes whose ID is not there, instead of replacing the month."
        ),
    ] = False,
    mapping: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            metavar="FILE",
            help="For a force's own CSVs: what their columns are, as TOML or JSON.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Street crime and outcomes of data.police.uk, of any forces and months.

    A month that is there already is replaced whole by a file of it that is another; the same file
    changes nothing. All of it becomes visible at once, or nothing. With --mapping, a force's own
    CSVs, whose exact positions only analysts see.
    """
    named = paths[0].name if len(paths) == 1 else f"{len(paths)} files"

    def work(tell: Advance) -> CrimeImportReport:
        if mapping is None:
            return import_crimes(opened, paths, tell, merge=merge, by=operator())
        return import_own_crimes(opened, paths, mapping, tell, merge=merge, by=operator())

    what = f"crimes from {named}"
    with open_store(store, create=True) as opened, progress_bar(what) as advance:
        asked = Bringing(CRIMES, named, operator(), is_restricted=mapping is not None)
        report = recorded(opened, asked, work, advance)
    if as_json:
        print_json(report.as_dict())
    else:
        print_crimes(report)


@app.command()
def months(
    store: StoreUrl = DEFAULT_STORE,
    forces: Forces = None,
    first: First = None,
    last: Last = None,
    *,
    by_category: Annotated[
        bool, typer.Option("--by-category", help="Crimes by category as well: a wide table.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Which months of which force are there, and which are missing in between."""
    with open_store(store) as opened, opened.reading() as connection:
        found = present_months(connection, forces=forces or None, first=first, last=last)
    if as_json:
        gaps = {force: list(map(month_text, one)) for force, one in missing_months(found).items()}
        print_json({"months": list(map(as_dict, found)), "missing": gaps})
        return
    # Figures are never cut: where the terminal is narrower, it breaks lines itself.
    printed.print(_months_table(found, by_category=by_category), width=WIDE)
    for force, gone in missing_months(found).items():
        printed.print(f"missing of {escape(force)}: {in_words(gone)}")


@app.command()
def remove(
    force: Annotated[str, typer.Option("--force", help="Whose, such as west-mercia.")],
    month: Annotated[
        int, typer.Option("--month", parser=read_month, metavar="MONTH", help="As 2025-03.")
    ],
    store: StoreUrl = DEFAULT_STORE,
    kind: Annotated[
        Kind | None, typer.Option("--kind", help="Of this kind alone; of all by default.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Take a month of a force out: from then on it is missing.

    Without a force's own rows (--kind own), published ones that they stood in for count again.
    """
    with open_store(store) as opened:
        gone = remove_month(opened, force, month, kind, by=operator())
    if as_json:
        print_json({"removed": list(map(as_dict, gone))})
        return
    for one in gone:
        told.print(
            f"removed {one.kind.value} of {escape(force)}, {month_text(month)}: "
            f"{one.row_count:,} rows of {escape(one.source_name)}"
        )


def print_crimes(report: CrimeImportReport) -> None:
    """Print what an import of crimes did."""
    done = ", ".join(f"{report.count(one)} {one.value}" for one in Done if report.count(one))
    told.print(
        f"[bold]{report.rows:,} rows[/] in {len(report.months)} files ({done}) "
        f"in {report.seconds:.1f} s"
    )
    if len(report.months) <= SHOWN_MONTHS:
        told.print(_files_table(report.months))
    told.print(_categories_table(report.categories))
    for force, gone in report.missing.items():
        words = in_words([month_number(month) for month in gone])
        told.print(f"[yellow]missing[/] of {escape(force)}: {words}")
    _print_in_place(report.in_place)
    for remark in report.remarks[:SHOWN_REMARKS]:
        told.print(f"  {escape(remark)}")
    more = len(report.remarks) + report.remarks_left - SHOWN_REMARKS
    if more > 0:
        told.print(f"  … and {more:,} more remarks; --json lists them")


def _print_in_place(in_place: Sequence[InPlaceReport]) -> None:
    # Those that hardly are all of their month come first.
    ordered = sorted(in_place, key=lambda one: not one.is_few)
    for one in ordered[:SHOWN_MONTHS]:
        style = "[yellow]warning[/] " if one.is_few else ""
        told.print(f"{style}{escape(one.force)}: {one}")
    if len(ordered) > SHOWN_MONTHS:
        told.print(f"  … and {len(ordered) - SHOWN_MONTHS:,} more; --json lists them")
    few = next((one for one in ordered if one.is_few), None)
    if few is not None:
        told.print(
            "Fewer than half as many hardly are all of a month; what takes them out: "
            f"geo-alerts crimes remove --force {escape(few.force)} --month {few.month} --kind own"
        )


def _files_table(months: Sequence[MonthReport]) -> Table:
    table = Table("month", "force", "kind", "", "rows", "located", "outside", "left out", box=None)
    for one in months:
        left = one.faulty + one.of_other_forces
        table.add_row(
            one.month,
            escape(one.force),
            one.kind,
            one.done.value,
            f"{one.rows:,}",
            f"{one.located:,}" if one.kind != Kind.OUTCOMES else "",
            _number(one.outside),
            f"{left:,}" if left else "",
        )
    return table


def _categories_table(categories: Mapping[str, CategoryReport]) -> Table:
    table = Table("category", "rows", "located", "", "outside the force", box=None)
    for slug, one in categories.items():
        share = f"{one.located_share:.1%}"
        table.add_row(slug, f"{one.rows:,}", f"{one.located:,}", share, _number(one.outside))
    return table


def _months_table(found: Sequence[CrimeMonth], *, by_category: bool) -> Table:
    present = sorted({number for one in found for number in one.categories}) if by_category else []
    table = Table("month", "force", "kind", box=None)
    for name in ("rows", "located", *(CATEGORIES[number].slug for number in present)):
        table.add_column(name, justify="right", no_wrap=True)
    for one in found:
        counts = [one.categories.get(number) for number in present]
        table.add_row(
            month_text(one.month),
            escape(one.force),
            one.kind.value,
            f"{one.row_count:,}",
            f"{one.located:,}" if one.kind != Kind.OUTCOMES else "",
            *("" if count is None else f"{count.rows:,}" for count in counts),
        )
    return table


def _number(count: int | None) -> str:
    return "not known" if count is None else f"{count:,}"
