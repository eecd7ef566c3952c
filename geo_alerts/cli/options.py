"""Options that commands share, and how they print."""

import getpass
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from geo_alerts.acts.asker import Asker
from geo_alerts.acts.files import replacing
from geo_alerts.acts.live import USUAL_POLICY, Live, When
from geo_alerts.acts.policy import Policy
from geo_alerts.acts.tiles import tiles_of
from geo_alerts.audiences.disclosure import Role
from geo_alerts.errors import UnknownFormatError
from geo_alerts.maps.document import Tiles
from geo_alerts.sources.moments import YEARS_IN_WORDS, in_utc, read_moment
from geo_alerts.store.database import Store

if sys.platform != "win32":  # where users have no numbers
    import pwd

DEFAULT_STORE = "sqlite:///geo-alerts.db"
# Where the audience index is kept on disk, as the server has it of its settings.
INDEX_FOLDER = "GEO_ALERTS_INDEX_FOLDER"
# What is under the maps that are drawn, likewise.
TILES = "GEO_ALERTS_TILES"
TILES_ATTRIBUTION = "GEO_ALERTS_TILES_ATTRIBUTION"

StoreUrl = Annotated[
    str,
    typer.Option(
        "--store",
        envvar="GEO_ALERTS_STORE",
        metavar="URL",
        help="The store: sqlite:///FILE, or postgresql+psycopg://… with PostGIS.",
    ),
]


def read_day(text: str) -> date:
    """A day as people type it, `2025-04-30` or `30/04/2025`; a wrong one is a wrong option."""
    found = read_moment(text)
    if found is None or found.text != found.day.isoformat():
        raise typer.BadParameter(f"{text!r} is no day; write it like 2025-04-30")
    return found.day


def read_time(text: str) -> datetime:
    """A time as people type it, British where no zone is named; a wrong one is a wrong option."""
    found = read_moment(text)
    if found is None or found.text == found.day.isoformat():
        raise typer.BadParameter(f"{text!r} is no time; write it like 2025-04-30T09:00")
    moment = in_utc(found.latest)
    if moment is None:
        raise typer.BadParameter(f"{text!r} must be a time {YEARS_IN_WORDS}")
    return moment


AsOf = Annotated[
    date | None,
    typer.Option(
        parser=read_day,
        metavar="DAY",
        help="With the boundaries in force on this day, such as 2025-04-30; today by default.",
    ),
]
TeamEdition = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="NUMBER",
        help="With this edition of the teams, whenever it is in force; see `boundaries list`.",
    ),
]


def when(as_of: AsOf = None, edition: TeamEdition = None) -> When:
    """Which edition of the teams is asked about; both at once are refused by who looks for it."""
    return When(as_of=as_of, edition=edition)


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]

# Reports go to standard error, so that standard output holds the answer alone.
told = Console(stderr=True, soft_wrap=True)
printed = Console(soft_wrap=True, highlight=False)


def open_store(url: str, *, create: bool = False) -> Store:
    """The store at the URL; made when `create` and there is none."""
    return Store.open(url, create=create)


@contextmanager
def open_live(url: str, policy: Policy = USUAL_POLICY) -> Iterator[Live]:
    """The live index over an existing store, for a while."""
    with open_store(url) as store:
        yield Live(store, policy, index_folder(), base_tiles())


def index_folder() -> Path | None:
    """Where the audience index is kept on disk, where that is set."""
    folder = os.environ.get(INDEX_FOLDER)
    return Path(folder) if folder else None


def base_tiles() -> Tiles | None:
    """What is under the maps, where that is set.

    Raises:
        InvalidInputError: It is set to what it cannot be.
    """
    return tiles_of(os.environ.get(TILES), os.environ.get(TILES_ATTRIBUTION))


def print_json(value: Any) -> None:  # noqa: ANN401
    """Print JSON on standard output, as it is: no colours, no wrapping."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def operator() -> str:
    """Who works at this command line, as a record has it: of the process, not of its variables."""
    if sys.platform == "win32":
        return f"cli:{getpass.getuser()}"
    number = os.getuid()
    try:
        return f"cli:{pwd.getpwuid(number).pw_name}"
    except KeyError:  # some containers run as a user without a name
        return f"cli:{number}"


def asker_here() -> Asker:
    """Who asks at this command line: whoever may run it on a store may do all that can be done."""
    who = operator()
    return Asker(who, who.removeprefix("cli:"), Role.ADMIN)


def agreed(question: str) -> bool:
    """Put a question to the person who watches; where nobody does, the answer is no."""
    return sys.stdin.isatty() and typer.confirm(question, err=True)


def require_html(path: Path) -> None:
    """Refuse a file of another ending for a page, before what it shows is worked out.

    Raises:
        UnknownFormatError: Its name does not end in `.html`.
    """
    if path.suffix.lower() not in (".html", ".htm"):
        raise UnknownFormatError(f"{path.name}: wanted a name that ends in .html")


def write_map(path: Path, document: str) -> None:
    """Write a map as one file, and say so.

    Raises:
        InvalidInputError: It cannot be written.
    """
    with replacing(path) as unfinished:
        unfinished.write_text(document, encoding="utf-8")
    told.print(f"Map written to {escape(str(path))} ({len(document.encode()) / 1e6:.1f} MB)")
