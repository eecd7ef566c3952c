"""Small charts as numbers for the attributes of SVG; templates draw them, styles colour them.

Coordinates are of a box of a stated width and height, y downwards. What is missing is a gap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

Values = Sequence[float | None]
# So that a line of 2 px is not cut off at the edge.
EDGE: Final = 2.0


@dataclass(frozen=True, slots=True)
class Point:
    """A place in a box."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Strip:
    """Columns side by side, as the attribute `d` of paths wants them.

    Attributes:
        columns: Those with a value above 0.
        first: The first of them alone.
        missing: Boxes where there is no value, which is not 0.
    """

    columns: str
    first: str
    missing: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line with gaps.

    Attributes:
        width: Of the box.
        height: Of it.
        runs: Points of each unbroken run, as the attribute `points` of a polyline wants them.
        last: Where the last value is; None where it is missing.
        before: The runs of a second line beneath, of the same scale.
        band_y: Top of the range beside the last value; None where there is none.
        band_height: Its height.
    """

    width: float
    height: float
    runs: tuple[str, ...]
    last: Point | None
    before: tuple[str, ...] = ()
    band_y: float | None = None
    band_height: float = 0.0


def line(
    values: Values,
    *,
    size: tuple[float, float] = (160.0, 40.0),
    before: Values = (),
    band: tuple[float, float] | None = None,
) -> Line:
    """A line from 0 to the highest value.

    Args:
        values: From left to right.
        size: Width and height of the box.
        before: A second line, as many values.
        band: The range that was expected of the last value.
    """
    width, height = size
    top = max([*_known(values), *_known(before), *(band or ()), 1.0])

    def y(value: float) -> float:
        return float(round(EDGE + (height - 2 * EDGE) * (1 - value / top), 1))

    def place(at: int, value: float, count: int) -> Point:
        step = (width - 2 * EDGE) / max(count - 1, 1)
        return Point(round(EDGE + at * step, 1), y(value))

    def runs(given: Values) -> tuple[str, ...]:
        found: list[list[Point]] = [[]]
        for at, value in enumerate(given):
            if value is None:
                found.append([])
            else:
                found[-1].append(place(at, value, len(given)))
        return tuple(" ".join(f"{one.x},{one.y}" for one in run) for run in found if run)

    newest = values[-1] if values else None
    return Line(
        width,
        height,
        runs(values),
        None if newest is None else place(len(values) - 1, newest, len(values)),
        runs(before),
        None if band is None else y(band[1]),
        0.0 if band is None else round(max(y(band[0]) - y(band[1]), 1.0), 1),
    )


def columns(values: Values, *, size: tuple[float, float] = (120.0, 20.0)) -> Strip:
    """A strip of columns from 0 to the highest value; what is missing is marked.

    Args:
        values: From left to right.
        size: Width and height of the box.
    """
    width, height = size
    top = max([*_known(values), 1.0])
    step = width / max(len(values), 1)

    def column(at: int, share: float) -> str:
        tall = round(height * share, 1)
        side = round(step - min(1.0, step / 4), 1)
        return f"M{round(at * step, 1):g},{height:g}v-{tall:g}h{side:g}v{tall:g}z"

    columns = [column(at, value / top) for at, value in enumerate(values) if value]
    missing = [column(at, 1.0) for at, value in enumerate(values) if value is None]
    return Strip("".join(columns), "".join(columns[:1]), "".join(missing))


@dataclass(frozen=True, slots=True)
class Span:
    """An interval on a scale that others share, with its middle and where 0 is."""

    left: float
    width: float
    middle: float
    zero: float


def spans(intervals: Sequence[tuple[float, float, float]], *, width: float) -> list[Span]:
    """Intervals one below the other, on one scale that has 0 on it.

    Args:
        intervals: Low, middle and high of each.
        width: Of the box.
    """
    lowest = min([0.0, *(low for low, _, _ in intervals)])
    highest = max([0.0, *(high for _, _, high in intervals)])
    room = (highest - lowest) or 1.0

    def x(value: float) -> float:
        return round(EDGE + (width - 2 * EDGE) * (value - lowest) / room, 1)

    return [
        Span(x(low), round(max(x(high) - x(low), 1.0), 1), x(middle), x(0.0))
        for low, middle, high in intervals
    ]


def curve(shares: Sequence[tuple[float, float]], size: tuple[float, float]) -> str:
    """A curve of shares, 0 to 1 on both sides, as the attribute `points` of a polyline wants it."""
    width, height = size
    return " ".join(f"{round(x * width, 1)},{round((1 - y) * height, 1)}" for x, y in shares)


def _known(values: Values) -> list[float]:
    return [value for value in values if value is not None]
