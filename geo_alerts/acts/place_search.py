"""Places by what somebody types: postcodes, sectors, districts, teams, areas of layers, positions.

What is typed is kept nowhere. Streets that crimes are published at are no places: they stand for
many addresses.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from geo_alerts.acts.geography import Geography
from geo_alerts.acts.live import View
from geo_alerts.acts.look_up import look_up
from geo_alerts.audiences.targets.areas import AnyArea
from geo_alerts.audiences.targets.leaves import (
    BoundaryArea,
    PositionCentre,
    PostcodeCentre,
    PostcodesArea,
    RadiusArea,
    TeamArea,
)
from geo_alerts.crs import points_to_epsg_4326
from geo_alerts.errors import MalformedPostcodeError
from geo_alerts.places.found import Status
from geo_alerts.places.grid_references import grid_reference
from geo_alerts.places.layer import TEAM, Layer
from geo_alerts.places.positions import read_position
from geo_alerts.places.postcodes import PartKind, parse_part

MOST_FOUND: Final = 10
MOST_UNITS: Final = 5
LEAST_LETTERS: Final = 2
USUAL_METRES: Final = 400.0
_INWARD: Final = 3


class PlaceKind(StrEnum):
    """What kind of place is found."""

    POSTCODE = "postcode"
    SECTOR = "sector"
    DISTRICT = "district"
    TEAM = "team"
    AREA = "area"
    POSITION = "position"


@dataclass(frozen=True, slots=True)
class Place:
    """A place that somebody may mean.

    Attributes:
        kind: What it is.
        name: What it is called.
        detail: What else tells it apart, in words.
        longitude: Degrees, EPSG:4326, of its middle.
        latitude: Degrees.
        bounds: West, south, east and north of it, degrees; None of a point.
        area: What it is as a target area: itself, or the usual circle round it.
    """

    kind: PlaceKind
    name: str
    detail: str
    longitude: float
    latitude: float
    bounds: tuple[float, float, float, float] | None
    area: AnyArea


@dataclass(frozen=True, slots=True)
class PlacesFound:
    """Places, the likeliest first; of a postcode that is not in use or not known, why."""

    places: tuple[Place, ...]
    note: str | None


def find_places(view: View, text: str) -> PlacesFound:
    """The places that a text may mean, at most `MOST_FOUND`.

    Args:
        view: Where they are looked for.
        text: As somebody types it, whole or not.
    """
    wanted = " ".join(text.split())
    if len(wanted) < LEAST_LETTERS:
        return PlacesFound((), None)
    position = read_position(wanted)
    if position is not None:
        return PlacesFound((_position(*position),), None)
    whole, note = _whole_postcode(view, wanted)
    found = [*whole, *_parts(view.geography, wanted), *_named(view.geography, wanted)]
    found += _units_beginning(view, wanted, without={place.name for place in whole})
    return PlacesFound(tuple(found[:MOST_FOUND]), note)


def _position(easting: float, northing: float) -> Place:
    longitude, latitude = _degrees(easting, northing)
    centre = PositionCentre(longitude=round(longitude, 6), latitude=round(latitude, 6))
    return Place(
        PlaceKind.POSITION,
        grid_reference(easting, northing),
        f"latitude {latitude:.5f}, longitude {longitude:.5f}",
        longitude,
        latitude,
        None,
        RadiusArea(type="radius", centre=centre, metres=USUAL_METRES),
    )


def _whole_postcode(view: View, text: str) -> tuple[list[Place], str | None]:
    try:
        part = parse_part(text)
    except MalformedPostcodeError:
        return [], None
    if part.kind is not PartKind.UNIT:
        return [], None
    reason = view.geography.directory.look_up(part.text).reason
    return _units(view, [part.text]), reason


def _units_beginning(view: View, text: str, *, without: set[str]) -> list[Place]:
    directory, names = view.geography.directory, []
    for begin in _beginnings(text):
        first = int(np.searchsorted(directory.postcode, begin))
        for row in range(first, min(first + MOST_UNITS * 4, len(directory))):
            postcode = str(directory.postcode[row])
            if not postcode.startswith(begin):
                break
            if directory.is_live[row] and directory.is_located[row] and postcode not in without:
                names.append(postcode)
    return _units(view, names[:MOST_UNITS])


def _beginnings(text: str) -> Iterator[str]:
    # How a whole postcode may begin that is not typed to its end: a blank may be missing.
    compact = text.replace(" ", "").upper()
    if not (compact.isascii() and compact.isalnum() and any(map(str.isdigit, compact))):
        return
    given = text.upper().find(" ")
    for at in [given] if given > 0 else range(len(compact) - 1, len(compact) - _INWARD, -1):
        inward = compact[at:]
        if (
            at >= LEAST_LETTERS
            and inward[:1].isdigit()
            and (not inward[1:] or inward[1:].isalpha())
        ):
            yield f"{compact[:at]} {inward}"


def _units(view: View, postcodes: Sequence[str]) -> list[Place]:
    found = []
    for answer in look_up(view, postcodes):
        unit, team = answer.found, answer.at.team
        if unit.easting is None or unit.northing is None:
            continue
        longitude, latitude = _degrees(unit.easting, unit.northing)
        state = "" if unit.status is Status.LIVE else ", no longer in use"
        centre = PostcodeCentre(postcode=unit.postcode)
        found.append(
            Place(
                PlaceKind.POSTCODE,
                unit.postcode,
                f"postcode{state}{f', {team.name}' if team else ''}",
                longitude,
                latitude,
                None,
                RadiusArea(type="radius", centre=centre, metres=USUAL_METRES),
            )
        )
    return found


def _parts(geography: Geography, text: str) -> list[Place]:
    # A sector or a district; of a whole postcode, none: that is found already.
    try:
        part = parse_part(text)
    except MalformedPostcodeError:
        return []
    if part.kind not in (PartKind.SECTOR, PartKind.DISTRICT):
        return []
    directory = geography.directory
    rows = directory.units_of(part.text)
    rows = rows[directory.is_located[rows]]
    if not len(rows):
        return []
    box = _box(directory.easting[rows], directory.northing[rows])
    kind = PlaceKind(part.kind.value)
    area = PostcodesArea(type="postcodes", postcodes=(part.text,))
    return [
        Place(kind, part.text, f"{kind.value}, {len(rows)} postcodes", *_middle(box), box, area)
    ]


def _named(geography: Geography, text: str) -> list[Place]:
    ranked = [
        (rank, layer.kind != TEAM, str(layer.name[at]), layer, at)
        for layer in _layers(geography)
        for at, rank in _matching(layer, text.casefold())
    ]
    ranked.sort(key=lambda one: one[:3])
    return [_area(layer, at) for _, _, _, layer, at in ranked[:MOST_FOUND]]


def _layers(geography: Geography) -> Iterator[Layer]:
    yield geography.layer
    for kind, edition in sorted(geography.editions.items()):
        if kind != TEAM and edition.is_boundaries:
            layer = geography.other_layer(kind)
            if layer is not None:
                yield layer


def _matching(layer: Layer, wanted: str) -> Iterator[tuple[int, int]]:
    # The whole name or code is best, then how a name begins, then how a word of it does.
    for at, (name, code) in enumerate(zip(layer.name.tolist(), layer.code.tolist(), strict=True)):
        known = name.casefold()
        if wanted in (known, code.casefold()):
            yield at, 0
        elif known.startswith(wanted):
            yield at, 1
        elif f" {wanted}" in known:
            yield at, 2


def _area(layer: Layer, at: int) -> Place:
    code, name = str(layer.code[at]), str(layer.name[at])
    west, south, east, north = shapely.bounds(layer.geometry[at])
    box = _box(np.array([west, east]), np.array([south, north]))
    is_team = layer.kind == TEAM
    area: AnyArea = (
        TeamArea(type="team", codes=(code,))
        if is_team
        else BoundaryArea(type="boundary", layer=layer.kind, codes=(code,))
    )
    kind = PlaceKind.TEAM if is_team else PlaceKind.AREA
    detail = f"{layer.kind.replace('_', ' ')} {code}"
    return Place(kind, name, detail, *_middle(box), box, area)


def _degrees(easting: float, northing: float) -> tuple[float, float]:
    longitude, latitude = points_to_epsg_4326([easting], [northing])
    return float(longitude[0]), float(latitude[0])


def _box(
    easting: npt.NDArray[np.float64], northing: npt.NDArray[np.float64]
) -> tuple[float, float, float, float]:
    # Degrees round positions in metres: of the four corners, between which there is no other.
    west, east, south, north = easting.min(), easting.max(), northing.min(), northing.max()
    longitude, latitude = points_to_epsg_4326(
        [west, west, east, east], [south, north, south, north]
    )
    return (
        float(longitude.min()),
        float(latitude.min()),
        float(longitude.max()),
        float(latitude.max()),
    )


def _middle(box: tuple[float, float, float, float]) -> tuple[float, float]:
    west, south, east, north = box
    return (west + east) / 2, (south + north) / 2
