"""Options that commands share, and how they print."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console

from geo_alerts.acts.live import Live
from geo_alerts.store.database import Store

DEFAULT_STORE = "sqlite:///geo-alerts.db"

StoreUrl = Annotated[
    str,
    typer.Option(
        "--store",
        envvar="GEO_ALERTS_STORE",
        metavar="URL",
        help="The store: sqlite:///FILE, or postgresql+psycopg://… with PostGIS.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]

# Reports go to standard error, so that standard output holds the answer alone.
told = Console(stderr=True, soft_wrap=True)
printed = Console(soft_wrap=True, highlight=False)


def open_store(url: str, *, create: bool = False) -> Store:
    """The store at the URL; made when `create` and there is none."""
    return Store.open(url, create=create)


@contextmanager
def open_live(url: str) -> Iterator[Live]:
    """The live index over an existing store, for a while."""
    with open_store(url) as store:
        yield Live(store)


def print_json(value: Any) -> None:  # noqa: ANN401
    """Print JSON on standard output, as it is: no colours, no wrapping."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
