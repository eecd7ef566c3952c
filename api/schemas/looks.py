"""Looks at hotspots over HTTP: an answer as a page draws it, and which is not kept."""

from typing import Annotated, Any

from pydantic import Field

from api.schemas.values import Told


class PatternOut(Told):
    """A fill of marks on a ground."""

    id: Annotated[str, Field(description="Fills name it: `url(#id)`")]
    ground: str
    marks: Annotated[str, Field(description="An SVG path in a square of 8 by 8")]
    ink: str


class ClassOut(Told):
    """The cells of one class."""

    words: str
    fill: Annotated[str, Field(description="A colour, or `url(#…)` of a pattern")]
    edge: str
    cells: int
    crimes: int


class TableColumnOut(Told):
    """A column of a table."""

    heading: str
    is_number: bool


class TableCellOut(Told):
    """What a cell of a table says."""

    text: str
    value: Annotated[float | None, Field(description="The number it sorts by")]


class TableOut(Told):
    """The areas by rank, as people read them."""

    caption: str
    columns: tuple[TableColumnOut, ...]
    rows: tuple[tuple[TableCellOut, ...], ...]
    nothing: Annotated[str, Field(description="What is said where there are no rows")]


class LookOut(Told):
    """An answer that is not kept, ready to be drawn."""

    method: str
    question: Annotated[
        dict[str, Any], Field(description="The question with every setting that was used")
    ]
    facts: Annotated[dict[str, Any], Field(description="What is told of it as a whole")]
    sha256: Annotated[str, Field(description="Of the question and what it was answered from")]
    layer: Annotated[
        str | None, Field(description="The `id` of the layer that is kept of the same answer")
    ]
    title: str
    asked: Annotated[str, Field(description="Which crimes, whose, which months, by what")]
    summary: Annotated[str, Field(description="The finding in a sentence or two")]
    how: Annotated[tuple[str, ...], Field(description="How it was made")]
    legend: Annotated[str, Field(description="What the classes mean, with the unit")]
    classes: Annotated[tuple[ClassOut, ...], Field(description="The lowest first")]
    rest: Annotated[str, Field(description="What a cell of no class is")]
    patterns: tuple[PatternOut, ...]
    grounds: Annotated[
        dict[str, Any],
        Field(
            description="GeoJSON: the ground of each class, its `id` the place of the class; "
            "of methods without cells none"
        ),
    ]
    left_out: Annotated[
        int, Field(description="How many of the lowest classes have too many outlines to send")
    ]
    areas: Annotated[
        dict[str, Any], Field(description="GeoJSON: the first areas by rank, with `at`, a point")
    ]
    more: Annotated[int, Field(description="How many areas are left out of areas and table")]
    table: TableOut
