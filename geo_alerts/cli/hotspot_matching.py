"""geo-alerts hotspots match: the postcodes and people in a layer's areas, or near them."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Column, Table

from geo_alerts.acts.hotspots import matching
from geo_alerts.acts.hotspots.matching import Match
from geo_alerts.acts.hotspots.watching import note_look
from geo_alerts.audiences.disclosure import Role
from geo_alerts.cli.options import (
    DEFAULT_STORE,
    AsJson,
    StoreUrl,
    asker_here,
    open_live,
    print_json,
    printed,
    told,
)

RunId = Annotated[
    str, typer.Argument(metavar="ID", help="The layer's id, as `hotspots list` shows it.")
]


def match(
    run_id: RunId,
    metres: Annotated[
        float, typer.Option(help="How far round each area, by exact distance.")
    ] = 0.0,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Write the units, as .csv or .parquet."
        ),
    ] = None,
    role: Annotated[
        Role, typer.Option("--as", help="As this role would see it: estimates for limited ones.")
    ] = Role.ADMIN,
    store: StoreUrl = DEFAULT_STORE,
    *,
    as_json: AsJson = False,
) -> None:
    """Match a layer to postcode units, households and people, area by area."""
    with open_live(store) as live:
        note_look(live, run_id, asker_here(), "look" if output is None else "export")
        found = matching.match(live, run_id, metres, role)
        count = None if output is None else matching.write_units(live, run_id, metres, output, role)
    if as_json:
        print_json(
            {
                "layer": found.run.id,
                "metres": found.metres,
                "areas": [asdict(area) for area in found.areas],
                "inputs": asdict(found.inputs),
            }
        )
    else:
        printed.print(_table(found))
    if output is not None:
        told.print(f"{count:,} units written to {escape(str(output))}")


def _table(found: Match) -> Table:
    numbers = [Column(name, justify="right") for name in ("units", "households", "people")]
    table = Table("rank", "key", *numbers, box=None)
    for area in found.areas:
        households = "unknown" if area.households is None else f"{area.households:,.0f}"
        off = "" if area.error is None else f" ± {area.error:,}"
        table.add_row(
            str(area.rank), area.key or "", f"{area.units:,}", households, f"{area.people:,}{off}"
        )
    return table
