"""A selection as it is answered: with saved areas in their place, and every radius in metres."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from geo_alerts.acts.live import View
from geo_alerts.acts.restricted import require_layers_seen
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.selection import Selection
from geo_alerts.audiences.targets.areas import AREA_ADAPTER, AnyArea
from geo_alerts.audiences.targets.leaves import MAX_RADIUS_M, RadiusArea
from geo_alerts.audiences.targets.resolving import expanded, holding_in, with_metres
from geo_alerts.audiences.units.on_grid import position_of
from geo_alerts.errors import InvalidAreaError
from geo_alerts.store.database import Store
from geo_alerts.store.saved_areas import SavedArea, saved_area

# From an easting and a northing (metres, EPSG:27700): the least multiple of 100 m within which so
# many people pass a selection's conditions on who is meant; None when no circle holds so many.
MetresHolding = Callable[[float, float, int, Selection], int | None]


@dataclass(frozen=True, slots=True)
class Distance:
    """How wide a circle is that holds so many people.

    Attributes:
        pointer: Where the circle stands in the resolved selection, a JSON pointer (RFC 6901).
        holding: The people asked for.
        metres: The radius.
    """

    pointer: str
    holding: int
    metres: int


@dataclass(frozen=True, slots=True)
class SavedVersion:
    """A version of a saved area that stands in a selection."""

    id: str
    version: int


@dataclass(frozen=True, slots=True)
class Resolved:
    """What is answered in place of a selection as it was asked.

    Attributes:
        selection: Without saved areas and circles that hold so many people.
        distances: How wide such circles are, in the order in which they stand.
        saved: The saved areas that were put in their place, each version once.
    """

    selection: Selection
    distances: tuple[Distance, ...] = ()
    saved: tuple[SavedVersion, ...] = ()


def resolved(
    store: Store, view: View, selection: Selection, metres_holding: MetresHolding, role: Role
) -> Resolved:
    """A selection as it is answered now.

    Args:
        store: Where areas are saved.
        view: Where the postcode at the centre of a circle is looked up.
        selection: As it was asked.
        metres_holding: Counts people as the asker may see them.
        role: Who asks.

    Raises:
        InvalidInputError: A saved area names itself in the end, the whole is too large, or no
            circle holds so many people.
        NotFoundError: A saved area, a layer of hotspots or the postcode at a centre is not known.
    """
    area, versions = in_place(store, selection.area, role)
    metres: dict[RadiusArea, int] = {}
    distances = []
    for pointer, circle, people in holding_in(area, "/area"):
        if circle not in metres:
            centre = position_of(circle.centre, view.geography.directory)
            found = metres_holding(*centre, people, selection)
            metres[circle] = _required(found, people)
        distances.append(Distance(pointer, people, metres[circle]))
    whole = selection.model_copy(update={"area": with_metres(area, metres.__getitem__)})
    return Resolved(whole, tuple(distances), versions)


def in_place(
    store: Store, area: AnyArea, role: Role, *, part_of: str | None = None
) -> tuple[AnyArea, tuple[SavedVersion, ...]]:
    """An area as it is answered for a role: see `whole_of`.

    Raises:
        InvalidAreaError: A saved area names itself in the end, or the whole is too large.
        UnknownSavedAreaError: There is no such saved area, or no such version.
        UnknownRunError: There is no such layer of hotspots that the role may see.
    """
    whole, versions = whole_of(store, area, part_of=part_of)
    with store.reading() as connection:
        require_layers_seen(connection, whole, role)
    return whole, versions


def whole_of(
    store: Store, area: AnyArea, *, part_of: str | None = None
) -> tuple[AnyArea, tuple[SavedVersion, ...]]:
    """An area with saved areas in place of their ids, and which versions they are.

    Whoever asks: what it covers is for `in_place` to tell.

    Args:
        store: Where areas are saved.
        area: The area.
        part_of: The id of the saved area whose latest version it is to be.

    Raises:
        InvalidAreaError: A saved area names itself in the end, or the whole is too large.
        UnknownSavedAreaError: There is no such saved area, or no such version.
    """
    versions: dict[SavedVersion, None] = {}

    def of_version(saved_area_id: str, version: int | None) -> AnyArea:
        if version is None and saved_area_id == part_of:
            raise InvalidAreaError(f"the saved area {saved_area_id} would name itself in the end")
        with store.reading() as connection:
            saved = saved_area(connection, saved_area_id, version)
        versions[SavedVersion(saved.id, saved.version)] = None
        return area_of(saved)

    whole = expanded(area, of_version)
    return whole, tuple(versions)


def area_of(saved: SavedArea) -> AnyArea:
    """The target area that a version holds."""
    return area_from(saved.area)


def area_from(document: Mapping[str, Any]) -> AnyArea:
    """The target area that a store's JSON document holds."""
    # From JSON, where a list may stand for what is a tuple in memory.
    return AREA_ADAPTER.validate_json(json.dumps(document))


def _required(metres: int | None, people: int) -> int:
    if metres is None:
        raise InvalidAreaError(
            f"no circle of up to {MAX_RADIUS_M // 1000} km holds {people:,} of the people asked for"
        )
    return metres
