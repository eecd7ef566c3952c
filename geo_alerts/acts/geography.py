"""Editions held in memory: directory, layers, cells, households, contacts, and what follows.

An edition that can be in force never changes, so what was loaded of it stays true for as long as it
is held. Of the large ones the latest is held, of the layers as many as a page of answers may name.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeVar, cast

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from geo_alerts.acts.turns import Turns
from geo_alerts.audiences.coverage import Apportioned, apportion, households_by_team
from geo_alerts.audiences.targets.areas import AnyArea
from geo_alerts.audiences.targets.named import HOTSPOTS, LayerKey, Layers, layers_named
from geo_alerts.errors import InvalidInputError, NotReadyError, UnknownEditionError
from geo_alerts.places.assignment import Assignment, assign
from geo_alerts.places.cells import Cells
from geo_alerts.places.directory import Directory
from geo_alerts.places.layer import TEAM, Layer
from geo_alerts.sources.contact import Contact
from geo_alerts.store.activations import activations, edition_by_id
from geo_alerts.store.cells import load_cells
from geo_alerts.store.contacts import load_contacts
from geo_alerts.store.database import Store
from geo_alerts.store.directory import load_directory
from geo_alerts.store.editions import CONTACTS, HOUSEHOLDS, POSTCODES, Edition
from geo_alerts.store.hotspot_runs import Run, areas_of, run_by_id
from geo_alerts.store.households import Households, load_households
from geo_alerts.store.layers import load_layer

LARGE_HELD: Final = 1
LAYERS_HELD: Final = 24

NO_LSOA: Final = (
    "no postcode names an area that has households, so there is no coverage: import ONSPD or NSPL, "
    "which name the LSOA of each postcode (Code-Point Open does not), of the same census"
)

NO_TEAMS: Final = Layer.from_columns("no team edition", [], [], [])

Value = TypeVar("Value")


class Held:
    """What was loaded from a store; threads may share it."""

    def __init__(self, store: Store) -> None:
        """Hold nothing yet."""
        self.store = store
        self._lock = threading.Lock()
        self._shelves: dict[str, _Shelf] = {}

    def get(
        self,
        kind: str,
        key: Hashable,
        load: Callable[[], Value],
        *,
        most: int = LARGE_HELD,
        turns: Turns | None = None,
    ) -> Value:
        """What is held of a kind under a key; loaded when it is not there.

        Who asks for what is held never waits. Who asks for anything else waits for others who load
        something of the same kind, not of another.

        Args:
            kind: What kind of thing it is.
            key: Names what never changes.
            load: Gives it; may get other kinds.
            most: How many of the kind are held, the latest used.
            turns: Where who loads, or waits to, holds a place.

        Raises:
            TooManyRequestsError: It is not held, and all places are taken.
        """
        with self._lock:
            shelf = self._shelves.setdefault(kind, _Shelf())
        if found := shelf.find(key):
            return cast("Value", found[0])
        with turns.one() if turns else nullcontext(), shelf.loading:
            if found := shelf.find(key):  # somebody else loaded it meanwhile
                return cast("Value", found[0])
            loaded = load()
            shelf.put(key, loaded, most)
            return loaded


class _Shelf:
    """What is held of one kind. Whoever loads holds `loading`; looking takes no time."""

    def __init__(self) -> None:
        self.loading = threading.Lock()
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    def find(self, key: Hashable) -> tuple[Any] | None:
        # In a tuple: what is held may be None.
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return (self._kept[key],)

    def put(self, key: Hashable, value: object, most: int) -> None:
        with self._lock:
            self._kept[key] = value
            while len(self._kept) > most:
                self._kept.popitem(last=False)


@dataclass(frozen=True, eq=False)
class Geography:
    """Directory and boundaries that are in force together.

    Attributes:
        editions: Layer -> the edition in force; of teams the one that was asked for.
        directory: The postcode directory.
        layer: The teams; none when no teams are imported.
        households: LSOA codes and their households; None when none are imported.
        held: Gives what is loaded when it is first needed.
        activation_seq: The number of the latest activation of boundaries, by which what is known of
            areas that are gone may have changed.
    """

    editions: Mapping[str, Edition]
    directory: Directory
    layer: Layer
    households: Households | None
    held: Held
    activation_seq: int

    @classmethod
    def load(
        cls, connection: Connection, held: Held, editions: Mapping[str, Edition]
    ) -> "Geography":
        """The geography of some editions, of which what is held is not read again.

        Raises:
            NotReadyError: There is no directory.
        """
        postcodes, team = editions.get(POSTCODES), editions.get(TEAM)
        households = editions.get(HOUSEHOLDS)
        if postcodes is None:
            raise NotReadyError("no postcode directory: run geo-alerts import postcodes FILE")
        seq = latest_activation(connection)
        return cls(
            editions,
            held.get(
                POSTCODES, (postcodes.id, postcodes.label), lambda: load_directory(connection)
            ),
            NO_TEAMS if team is None else _layer(connection, held, team, seq),
            None
            if households is None
            else held.get(HOUSEHOLDS, households.id, lambda: load_households(connection)),
            held,
            seq,
        )

    @cached_property
    def assignment(self) -> Assignment:
        """The teams of every row of the directory."""
        return assign(self.directory.easting, self.directory.northing, self.layer)

    @cached_property
    def apportioned(self) -> Apportioned:
        """Households of each unit of the directory.

        Raises:
            NotReadyError: No households are imported, or none can be shared out.
        """
        if self.households is None:
            raise NotReadyError("no households: run geo-alerts import households FILE")
        lsoa, households = self.households
        apportioned = apportion(lsoa, households.astype(np.float64), self.directory)
        if not apportioned.households.any():
            raise NotReadyError(NO_LSOA)
        return apportioned

    @cached_property
    def households_by_team(self) -> npt.NDArray[np.float64]:
        """Households of each team, apportioned to units.

        Raises:
            NotReadyError: No teams or no households are imported, or none can be shared out.
        """
        self.require_teams()
        return households_by_team(self.apportioned, self.assignment, self.layer)

    @property
    def cells(self) -> Cells | None:
        """The cells of the directory's rows; None where it was imported without."""
        edition = self.editions[POSTCODES]
        return self.held.get("cells", edition.id, lambda: _cells(self.held.store, edition))

    @property
    def contacts(self) -> Mapping[str, Contact]:
        """How to reach the teams, by code; empty where nothing is imported."""
        edition = self.editions.get(CONTACTS)
        if edition is None:
            return {}
        return self.held.get(CONTACTS, edition.id, lambda: _contacts(self.held.store, edition))

    def other_layer(self, kind: str) -> Layer | None:
        """The areas of a layer in force on the day; None where there are none."""
        edition = self.editions.get(kind)
        if edition is None or not edition.is_boundaries:
            return None
        with self.held.store.reading() as connection:
            return _layer(connection, self.held, edition, self.activation_seq)

    def numbered_layer(self, kind: str, number: int) -> Layer:
        """The areas of a layer in an edition, in force or not.

        Raises:
            InvalidInputError: The edition is of another layer.
            UnknownEditionError: It is not known, or a draft.
        """
        with self.held.store.reading() as connection:
            edition = checked_edition(connection, number, kind)
            return _layer(connection, self.held, edition, self.activation_seq)

    def hotspots(self, run_id: str) -> Layer:
        """The areas of a stored layer of hotspots, by their ranks.

        Raises:
            UnknownRunError: There is none of this id.
        """
        # A run never changes; removed, it is not found however long its areas were held.
        with self.held.store.reading() as connection:
            run = run_by_id(connection, run_id)
            return self.held.get(
                HOTSPOTS, run.id, lambda: _hotspots(connection, run), most=LAYERS_HELD
            )

    def layers_of(self, area: AnyArea) -> Layers:
        """The layers that an area names, but for those that are not known.

        Whether who asks may see its layers of hotspots was settled before (`resolving.in_place`).

        Raises:
            InvalidInputError: An edition is of another layer.
            UnknownEditionError: An edition is not known, or a draft.
            UnknownRunError: A layer of hotspots is not known.
        """
        layers: dict[LayerKey, Layer] = {}
        for kind, number in layers_named(area):
            match number:
                case None:
                    found = self.layer if kind == TEAM else self.other_layer(kind)
                case str():
                    found = self.hotspots(number)
                case _:
                    found = self.numbered_layer(kind, number)
            if found is not None:
                layers[kind, number] = found
        return layers

    def units_in_teams(self) -> tuple[int, int]:
        """How many live, located units are in a team, and how many there are."""
        placed = self.directory.is_live & self.directory.is_located
        return int((self.assignment.first[placed] >= 0).sum()), int(placed.sum())

    def require_teams(self) -> Layer:
        """The teams.

        Raises:
            NotReadyError: No teams are imported.
        """
        if not len(self.layer):
            raise NotReadyError("no team polygons: run geo-alerts import boundaries FILE")
        return self.layer


def checked_edition(connection: Connection, number: int, layer: str) -> Edition:
    """An edition that can be asked about.

    Raises:
        UnknownEditionError: There is none of this number, or it is a draft. Both are told alike:
            who may not see drafts learns of none.
        InvalidInputError: It is of another layer.
    """
    try:
        edition = edition_by_id(connection, number)
    except UnknownEditionError:
        edition = None
    if edition is None or edition.status == "draft":
        raise UnknownEditionError(
            f"there is no edition {number} that was checked; a draft must be checked first: "
            f"geo-alerts boundaries check {number}"
        )
    if edition.layer != layer:
        raise InvalidInputError(f"edition {number} is of the layer {edition.layer}, not {layer}")
    return edition


def latest_activation(connection: Connection) -> int:
    """The number of the latest activation of boundaries; 0 before the first."""
    return max((one.seq for one in activations(connection)), default=0)


def _layer(connection: Connection, held: Held, edition: Edition, seq: int) -> Layer:
    # By the latest activation too: another one may tell more of areas that are gone.
    key = (edition.id, edition.label, seq)
    return held.get("layer", key, lambda: load_layer(connection, edition), most=LAYERS_HELD)


def _hotspots(connection: Connection, run: Run) -> Layer:
    areas = areas_of(connection, run.id)
    ranks = [f"{area.rank:06d}" for area in areas]
    geometries = [area.geometry for area in areas]
    return Layer.from_columns(run.name or run.id, ranks, ranks, geometries, kind=HOTSPOTS)


def _cells(store: Store, edition: Edition) -> Cells | None:
    with store.reading() as connection:
        blocks = load_cells(connection, edition.id)
    return Cells.from_blocks(blocks) if blocks else None


def _contacts(store: Store, edition: Edition) -> Mapping[str, Contact]:
    with store.reading() as connection:
        documents = load_contacts(connection, edition.id)
    return {code: Contact.from_dict(document) for code, document in documents.items()}
