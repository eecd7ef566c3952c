"""A map as one HTML document that opens from disk with the network off.

Scripts and styles stand in the document, allowed one by one by their hashes in its own
Content-Security-Policy; nothing else may run or load. The same inputs give the same bytes.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from geo_alerts.errors import InvalidInputError

_PLAIN_HOST = re.compile(r"(?:\{s\}\.)?[A-Za-z0-9.-]+(?::[0-9]{1,5})?")
DEMONSTRATION = "Demonstration teams, synthetic subscribers"


@dataclass(frozen=True)
class Leaflet:
    """Leaflet's script and its style sheet with the images inside, as text."""

    js: str
    css: str


@dataclass(frozen=True)
class Tiles:
    """Base tiles from a server of the user's choosing; the document then needs that server.

    Attributes:
        url: With `{z}`, `{x}` and `{y}`, for example `https://tiles.example/{z}/{x}/{y}.png`.
        attribution: What the server's owner wants said.
    """

    url: str
    attribution: str

    @property
    def origin(self) -> str:
        """Scheme and host, `{s}` as a wildcard, in the form that a policy wants.

        Raises:
            InvalidInputError: The address is not http or https, or names no plain host.
        """
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not _PLAIN_HOST.fullmatch(parts.netloc):
            raise InvalidInputError(
                f"the address of the tiles should begin with https://, not {self.url!r}"
            )
        return f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}"


@dataclass(frozen=True)
class MapAbout:
    """What a map says about itself.

    Attributes:
        title: Heading and document title.
        as_of: When the facts were true, in words: `Subscribers as of 3 March 2025`.
        editions: What it was made from, in words.
        demonstration: Whether some of it is made up; it is then said twice.
        attribution: Whose data it contains and the licence.
        made_up: What of it is made up, in words.
        asked: What was asked, in a line under the title; empty for none.
    """

    title: str
    as_of: str
    editions: str
    demonstration: bool
    attribution: str
    made_up: str = DEMONSTRATION
    asked: str = ""


@dataclass(frozen=True)
class Drawing:
    """What folium wrote: the map's element and its script."""

    html: str
    script: str


@dataclass(frozen=True)
class LegendEntry:
    """One class: its fill (a colour or a pattern), its words, how many areas it has."""

    fill: str
    words: str
    count: str


@dataclass(frozen=True)
class Pattern:
    """A fill that is told by its marks as well as by its colour, so that it survives greyscale.

    Attributes:
        id: By which fills name it: `url(#id)`; letters, digits and -.
        ground: The colour between the marks.
        marks: An SVG path in a square of 8 by 8.
        ink: The colour of the marks.
    """

    id: str
    ground: str
    marks: str
    ink: str


@dataclass(frozen=True)
class Column:
    """A column of the table; numbers stand at the right, and what is long may break lines."""

    heading: str
    is_number: bool = False
    is_long: bool = False

    @property
    def kind(self) -> str | None:
        """The class of its cells."""
        return "number" if self.is_number else "long" if self.is_long else None


@dataclass(frozen=True)
class Cell:
    """What a cell says.

    Attributes:
        text: As it is read.
        value: The number it sorts by, where it has one.
        short: What stands on the map for it where the text has no room.
    """

    text: str
    value: float | None = None
    short: str | None = None


@dataclass(frozen=True)
class Table:
    """The facts of the map; row i is area i, and its first cell names it.

    Attributes:
        caption: What it is a table of.
        columns: The first names the row.
        rows: May be none.
        nothing: What is said instead of a table where there are none.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    nothing: str = ""


@dataclass(frozen=True)
class Content:
    """What stands around the map.

    Attributes:
        summary: The finding in a sentence or two.
        legend_title: What the colours mean, with the unit.
        legend: The classes, lowest first.
        table: The same facts as the map.
        method: How it was made, a paragraph each.
        more: Tables of what is not on the map.
        patterns: Fills that the legend and the map name.
    """

    summary: str
    legend_title: str
    legend: tuple[LegendEntry, ...]
    table: Table
    method: tuple[str, ...]
    more: tuple[Table, ...] = ()
    patterns: tuple[Pattern, ...] = ()


def document(
    drawing: Drawing,
    content: Content,
    about: MapAbout,
    leaflet: Leaflet,
    *,
    tiles: Tiles | None = None,
) -> str:
    """The whole HTML document.

    Args:
        drawing: The map that folium wrote.
        content: Summary, legend, table, method.
        about: Title, dates, editions, attribution.
        leaflet: What draws it.
        tiles: The base tiles that the drawing uses, for the policy and the attribution.

    Raises:
        InvalidInputError: The tiles' address is not http or https.
    """
    style = _inline_style(f"{leaflet.css}\n{_page_file('document.css')}")
    own = f"{_page_file('tables.js')}\n{_page_file('document.js')}"
    scripts = [_inline_script(text) for text in (leaflet.js, own, drawing.script)]
    html: str = _template().render(
        policy=_policy(scripts, style, tiles),
        about=about,
        content=content,
        tiles=tiles,
        map=Markup(drawing.html),  # noqa: S704 - folium's element; holds no text from outside
        style=style,
        leaflet_script=scripts[0],
        page_script=scripts[1],
        map_script=scripts[2],
    )
    return html


def _policy(scripts: Sequence[str], style: str, tiles: Tiles | None) -> str:
    images = "data:" if tiles is None else f"data: {tiles.origin}"
    directives = (
        "default-src 'none'",
        f"script-src {' '.join(map(_source_hash, scripts))}",
        f"style-src {_source_hash(style)}",
        f"img-src {images}",
        "base-uri 'none'",
        "form-action 'none'",
    )
    return "; ".join(directives)


def _source_hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _inline_script(text: str) -> Markup:
    """A script that cannot end its element early; browsers read CRLF as LF before hashing."""
    safe = re.sub(r"<(?=/script|!--)", r"\\x3C", _newlines(text), flags=re.IGNORECASE)
    return Markup(safe)  # noqa: S704 - made safe just above


def _inline_style(text: str) -> Markup:
    safe = re.sub(r"<(?=/style)", r"\\3C ", _newlines(text), flags=re.IGNORECASE)
    return Markup(safe)  # noqa: S704 - made safe just above


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@cache
def _page_file(name: str) -> str:
    return files("geo_alerts.maps").joinpath("page", name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    return environment.from_string(_page_file("document.html"))
