"""What a target area says in plain words: within 400 m of SY1 2DE, in Monkmoor or Castlefields.

The words are made of the value alone, with the names of what it names: the same area always says
the same. A shape that was drawn is told by its place on the National Grid and its size, so that two
drawings can be told apart.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt
import shapely

from geo_alerts.audiences.targets.areas import (
    AnyArea,
    DifferenceArea,
    IntersectionArea,
    UnionArea,
    leaves_of,
    parts_of,
)
from geo_alerts.audiences.targets.leaves import (
    BoundaryArea,
    CorridorArea,
    HotspotsArea,
    PolygonArea,
    PositionCentre,
    PostcodeCentre,
    PostcodesArea,
    RadiusArea,
    RectangleArea,
    SavedLeaf,
    TeamArea,
)
from geo_alerts.crs import points_on_national_grid, points_to_epsg_27700
from geo_alerts.places.grid_references import grid_reference
from geo_alerts.places.postcodes import normalise, parse_part

MOST_NAMED: Final = 6
# A combination within a combination is told by its parts when it has no more of them.
MOST_NESTED: Final = 6
_METRES_OF_KM: Final = 1_000
_M2_OF_HECTARE: Final = 10_000
_M2_OF_KM2: Final = 1_000_000
_METRES_OF_DEGREE: Final = 111_320.0
_THIN_SPACE: Final = "\u202f"
_FIRST_LETTERS: Final = frozenset({"oa", "lsoa", "msoa"})


class Names(Protocol):
    """What the parts of an area are called."""

    def areas(self, leaf: TeamArea | BoundaryArea) -> Sequence[str]:
        """The names of areas of a layer, in the order of their codes."""
        ...

    def saved_area(self, leaf: SavedLeaf) -> str:
        """The name of a saved area."""
        ...

    def hotspots(self, leaf: HotspotsArea) -> str:
        """What a layer of hotspots is called, such as `hotspots of burglary, June 2025`."""
        ...


@dataclass(frozen=True, slots=True)
class Where:
    """An area in words.

    Attributes:
        main: Where people are looked for.
        rest: What that is narrowed to, with the comma before it; often empty.
    """

    main: str
    rest: str = ""

    def __str__(self) -> str:
        """The whole."""
        return f"{self.main}{self.rest}"


@dataclass(frozen=True, slots=True)
class Wording:
    """Puts areas into words.

    Attributes:
        names: What their parts are called.
        metres: How wide circles are that hold so many people, where that is known.
    """

    names: Names
    metres: Mapping[RadiusArea, float]

    def where(self, area: AnyArea) -> Where:
        """An area in words, without a capital at the beginning or a stop at the end."""
        match area:
            case IntersectionArea(areas=(first, *others)):
                return Where(self._part(first), "".join(map(self._and, others)))
            case DifferenceArea(whole=whole, without=without):
                inside = self.where(whole)
                return Where(inside.main, f"{inside.rest}, but not {self._any_of(without, 'nor')}")
            case UnionArea(areas=areas):
                return Where(self._any_of(areas))
            case _:
                return Where(self._any_of([area]))

    def _part(self, area: AnyArea) -> str:
        # Of a combination; what is combined itself stands in brackets.
        if not parts_of(area):
            return str(self.where(area))
        leaves = sum(1 for _ in leaves_of(area))
        if leaves > MOST_NESTED:
            return f"in a combination of {leaves} areas"
        return f"({self.where(area)})"

    def _and(self, area: AnyArea) -> str:
        also = "" if isinstance(area, TeamArea | BoundaryArea) else "and also "
        return f", {also}{self._part(area)}"

    def _any_of(self, areas: Iterable[AnyArea], last: str = "or") -> str:
        # What begins alike is told together: in A or B, or within 100 m of C. What is taken away
        # has "nor" there: "not in A, or in B" might add B.
        nouns: dict[str, list[str]] = {}
        for area in areas:
            if isinstance(area, UnionArea | IntersectionArea | DifferenceArea):
                nouns.setdefault(self._part(area), [])
            else:
                lead, named = self._leaf(area)
                nouns.setdefault(lead, []).extend(named)
        groups = [f"{lead} {listed(named)}".strip() for lead, named in nouns.items()]
        return listed(groups, last, comma_before_last=len(nouns) > 1 and any(nouns.values()))

    def _leaf(self, leaf: AnyArea) -> tuple[str, Sequence[str]]:
        # How it begins, and what comes then.
        match leaf:
            case TeamArea():
                return "in", self.names.areas(leaf)
            case BoundaryArea(layer=layer):
                kind = layer.upper() if layer in _FIRST_LETTERS else layer.replace("_", " ")
                return "in", [f"the {kind} {name}" for name in self.names.areas(leaf)]
            case PostcodesArea(postcodes=postcodes):
                return "in", [parse_part(text).text for text in postcodes]
            case SavedLeaf(version=version):
                which = "" if version is None else f" (version {version})"
                return "in", [f"the saved area “{self.names.saved_area(leaf)}”{which}"]
            case HotspotsArea(metres=metres):
                lead = f"within {distance(metres)} of" if metres else "in"
                return lead, [self.names.hotspots(leaf)]
            case _:
                return self._drawn(leaf)

    def _drawn(self, leaf: AnyArea) -> tuple[str, Sequence[str]]:
        match leaf:
            case RadiusArea(centre=centre, holding=None, metres=metres):
                return f"within {distance(metres or 0)} of", [_centre(centre)]
            case RadiusArea(centre=centre, holding=people):
                found = self.metres.get(leaf)
                wide = "" if found is None else f" ({distance(found)})"
                count = f"{people:,}".replace(",", _THIN_SPACE)
                circle = f"the smallest circle round {_centre(centre)} that holds {count} people"
                return "in", [f"{circle}{wide}"]
            case CorridorArea(line=line, metres=metres):
                shape = line.shape()
                length = distance(_length_m(shape))
                return (
                    f"within {distance(metres)} of",
                    [f"a line of {length} drawn near {_place(shape)}"],
                )
            case PolygonArea(geometry=geometry):
                return "in", [_sized("shape", geometry.shape())]
            case RectangleArea(west=west, south=south, east=east, north=north):
                return "in", [_sized("rectangle", shapely.box(west, south, east, north))]
            case _:
                raise TypeError(f"an area of an unknown kind: {type(leaf).__name__}")


def listed(words: Sequence[str], last: str = "or", *, comma_before_last: bool = False) -> str:
    """Words one after another: `A, B or C`; of very many the first ones, and how many more."""
    if len(words) > MOST_NAMED:
        more = len(words) - MOST_NAMED + 1
        words = [*words[: MOST_NAMED - 1], f"{more:,} more".replace(",", _THIN_SPACE)]
    *before, end = words or [""]
    comma = "," if comma_before_last and before else ""
    return f"{', '.join(before)}{comma} {last} {end}" if before else end


def distance(metres: float) -> str:
    """Metres below a kilometre, kilometres from there on: `400 m`, `1.5 km`."""
    if metres < _METRES_OF_KM:
        return f"{metres:,.1f}".removesuffix(".0") + " m"
    return f"{metres / _METRES_OF_KM:,.2f}".rstrip("0").rstrip(".") + " km"


def _centre(centre: PostcodeCentre | PositionCentre) -> str:
    if isinstance(centre, PostcodeCentre):
        return normalise(centre.postcode)
    return _at(centre.longitude, centre.latitude)


def _at(longitude: float, latitude: float, digits: int = 4) -> str:
    if not points_on_national_grid([longitude], [latitude])[0]:
        return f"{latitude:.5f}, {longitude:.5f}"
    easting, northing = points_to_epsg_27700([longitude], [latitude])
    return grid_reference(float(easting[0]), float(northing[0]), digits)


def _place(shape: shapely.Geometry) -> str:
    # The middle of the box round it, to 100 m.
    west, south, east, north = shapely.bounds(shape).tolist()
    return _at((west + east) / 2, (south + north) / 2, digits=3)


def _sized(kind: str, shape: shapely.Geometry) -> str:
    return f"a {kind} of {_size(_area_m2(shape))} drawn round {_place(shape)}"


def _flat(shape: shapely.Geometry) -> shapely.Geometry:
    # Near enough for a size in words: metres on the plane that touches the Earth at its middle.
    _, south, _, north = shapely.bounds(shape).tolist()
    across = np.cos(np.radians((south + north) / 2))

    def scaled(positions: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.multiply(positions, [across * _METRES_OF_DEGREE, _METRES_OF_DEGREE])

    return shapely.transform(shape, scaled)


def _area_m2(shape: shapely.Geometry) -> float:
    return float(shapely.area(_flat(shape)))


def _length_m(line: shapely.Geometry) -> float:
    # To two figures: what stands there is a rough help.
    return float(f"{shapely.length(_flat(line)):.2g}")


def _size(m2: float) -> str:
    for unit, size in (("km²", _M2_OF_KM2), ("ha", _M2_OF_HECTARE)):
        if m2 >= size:
            return f"{float(f'{m2 / size:.2g}'):,.10g} {unit}".replace(",", _THIN_SPACE)
    return f"{float(f'{m2:.2g}'):,.10g} m²".replace(",", _THIN_SPACE)
