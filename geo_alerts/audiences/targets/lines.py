"""Lines as values: LineString and MultiLineString of RFC 7946, read strictly."""

from typing import Annotated, Final, Literal

import shapely
from pydantic import AfterValidator, Field

from geo_alerts.audiences.targets.shapes import (
    MAX_VERTICES,
    AtLeast,
    Box,
    Position,
    Value,
    fault,
    lon_lat,
    require_in_britain,
)

# Some 4,000 km: no way or border is longer. Thousands of stretches across the whole country, each
# near every cell, would cost a minute.
MAX_LINE_DEG: Final = 50

Positions = Annotated[tuple[Position, ...], Field(max_length=MAX_VERTICES), AtLeast(2)]


def _a_line(positions: tuple[Position, ...]) -> tuple[Position, ...]:
    _check((positions,))
    return positions


def _lines(lines: tuple[tuple[Position, ...], ...]) -> tuple[tuple[Position, ...], ...]:
    _check(lines)
    return lines


class LineString(Value):
    """A LineString of RFC 7946."""

    type: Literal["LineString"]
    bbox: Box
    coordinates: Annotated[Positions, AfterValidator(_a_line)]

    def shape(self) -> shapely.LineString:
        """The line, EPSG:4326, longitude first."""
        return shapely.LineString(lon_lat(self.coordinates))

    def count(self) -> int:
        """Count the vertices."""
        return len(self.coordinates)


class MultiLineString(Value):
    """A MultiLineString of RFC 7946."""

    type: Literal["MultiLineString"]
    bbox: Box
    coordinates: Annotated[
        tuple[Positions, ...],
        Field(max_length=MAX_VERTICES),
        AtLeast(1),
        AfterValidator(_lines),
    ]

    def shape(self) -> shapely.MultiLineString:
        """The lines, EPSG:4326, longitude first."""
        return shapely.MultiLineString([lon_lat(line) for line in self.coordinates])

    def count(self) -> int:
        """Count the vertices."""
        return sum(map(len, self.coordinates))


def _check(lines: tuple[tuple[Position, ...], ...]) -> None:
    count = sum(map(len, lines))
    if count > MAX_VERTICES:
        raise fault(
            "too_many_vertices",
            f"the line has {count} vertices; at most {MAX_VERTICES} are allowed: simplify it",
        )
    length_deg = 0.0
    for number, line in enumerate(lines, 1):
        positions = lon_lat(line)
        require_in_britain(positions, f"line {number}")
        drawn = shapely.LineString(positions)
        if not drawn.length:
            raise fault("no_line", f"line {number} has no length: all its positions are the same")
        length_deg += drawn.length
    if length_deg > MAX_LINE_DEG:
        raise fault(
            "outline_too_long", f"the line is over {MAX_LINE_DEG} degrees long: simplify it"
        )
