"""A small map without a script: outlines as the paths of an SVG image.

For a page that must work anywhere: an area in its surroundings, a few kilobytes, no library.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

# Units of the image; it is scaled to the room that a page has.
WIDTH: Final = 360.0
LEAST_HEIGHT: Final = 220.0
MOST_HEIGHT: Final = 420.0
# Of the area's longer side, on each side of it.
ROOM: Final = 0.12
# A line is drawn with this many vertices a unit at most.
TOLERANCE: Final = 0.6
# How far beyond the frame outlines are cut, so that the cut is not seen.
BEYOND: Final = 4.0
LONGEST_BAR: Final = 0.3
# A label's letters, about, and the room that it must have.
LETTER: Final = 9.0
LINE: Final = 14.0
STEPS: Final = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Outline:
    """One area: the `d` of its path, its label, and where that has room (None: nowhere)."""

    path: str
    label: str
    at: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Sketch:
    """A map of an area and its neighbours, in units of the image.

    Attributes:
        width: Of the image.
        height: Of the image.
        area: What it is a map of.
        around: The others that are seen.
        bar: Length of the scale bar.
        bar_m: The metres that it stands for.
    """

    width: float
    height: float
    area: Outline
    around: tuple[Outline, ...]
    bar: float
    bar_m: int


@dataclass(frozen=True, slots=True)
class Labelled:
    """An area to draw, Polygon or MultiPolygon, EPSG:27700, with a short label or none."""

    geometry: shapely.Geometry
    label: str = ""


def sketch(area: Labelled, others: Sequence[Labelled]) -> Sketch:
    """Draw an area in the middle and what is seen of the others round it.

    Args:
        area: The area; not empty.
        others: Any others; those outside the frame are left out.
    """
    frame = _Frame.round(area.geometry)
    given = [area, *others]
    lines = shapely.coverage_simplify(
        np.array([one.geometry for one in given]), TOLERANCE * frame.metres_a_unit
    )
    seen = shapely.clip_by_rect(lines, *frame.box(BEYOND))
    taken: list[tuple[float, float, float, float]] = []
    drawn = [
        Outline(frame.path(shape), one.label, _place(one.label, shape, frame, taken))
        for one, shape in zip(given, seen, strict=True)
        if not shape.is_empty
    ]
    metres = _round_below(LONGEST_BAR * WIDTH * frame.metres_a_unit)
    bar = metres / frame.metres_a_unit
    return Sketch(WIDTH, frame.height, drawn[0], tuple(drawn[1:]), round(bar, 1), metres)


@dataclass(frozen=True, slots=True)
class _Frame:
    west: float
    north: float
    metres_a_unit: float
    height: float

    @classmethod
    def round(cls, geometry: shapely.Geometry) -> "_Frame":
        west, south, east, north = shapely.bounds(geometry).tolist()
        room = ROOM * max(east - west, north - south, 1.0)
        wide, high = east - west + 2 * room, north - south + 2 * room
        metres_a_unit = max(wide / WIDTH, high / MOST_HEIGHT)
        height = float(np.clip(high / metres_a_unit, LEAST_HEIGHT, MOST_HEIGHT))
        middle = (west + east) / 2, (south + north) / 2
        half = WIDTH * metres_a_unit / 2, height * metres_a_unit / 2
        return cls(middle[0] - half[0], middle[1] + half[1], metres_a_unit, round(height, 1))

    def box(self, beyond: float) -> tuple[float, float, float, float]:
        """West, south, east, north, with some units more on each side."""
        more = beyond * self.metres_a_unit
        return (
            self.west - more,
            self.north - self.height * self.metres_a_unit - more,
            self.west + WIDTH * self.metres_a_unit + more,
            self.north + more,
        )

    def place(self, coordinates: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Metres as units of the image, whose second axis points south."""
        moved = (coordinates - (self.west, self.north)) * (1, -1)
        return np.round(moved / self.metres_a_unit, 1)

    def path(self, shape: shapely.Geometry) -> str:
        """The rings of a shape, holes too (the even-odd rule leaves them out)."""
        rings = shapely.get_rings(shapely.get_parts(shape))
        return "".join(
            "M"
            + " ".join(f"{x:g},{y:g}" for x, y in self.place(shapely.get_coordinates(ring)))
            + "Z"
            for ring in rings
        )


def _place(
    label: str,
    shape: shapely.Geometry,
    frame: _Frame,
    taken: list[tuple[float, float, float, float]],
) -> tuple[float, float] | None:
    # Where there is room for the label within the frame and beside the labels before it.
    inside = shapely.clip_by_rect(shape, *frame.box(0))
    if not label or inside.is_empty:
        return None
    largest = max(shapely.get_parts(inside), key=shapely.area)
    centre = shapely.maximum_inscribed_circle(largest, frame.metres_a_unit)
    point = shapely.get_coordinates(centre)[:1]
    (x, y) = frame.place(point)[0].tolist()
    half = len(label) * LETTER / 2
    box = (x - half, y - LINE / 2, x + half, y + LINE / 2)
    is_free = not any(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
        for other in taken
    )
    if not is_free or box[0] < 0 or box[2] > WIDTH or box[1] < 0 or box[3] > frame.height - LINE:
        return None
    taken.append(box)
    return x, y


def _round_below(metres: float) -> int:
    # 1, 2 or 5 times a power of ten.
    power = 10 ** int(np.floor(np.log10(max(metres, 1.0))))
    return int(max(step * power for step in STEPS if step * power <= max(metres, 1.0)))
