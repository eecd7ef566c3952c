"""What answers are made from, kept true to the store.

Directory, teams and audience index are held in memory, as a cache with a guarantee: before each
answer the store is asked, on a fresh snapshot, for the number of the latest visible change, and all
changes since the last look are applied. So a withdrawal committed before a request starts is never
in its answer, whichever process committed it.
"""

import threading
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from geo_alerts import __version__
from geo_alerts.audiences.coverage import apportion, households_by_team
from geo_alerts.audiences.index import AudienceIndex, LiveIndex
from geo_alerts.errors import NotReadyError
from geo_alerts.places.assignment import Assignment, assign
from geo_alerts.places.directory import Directory
from geo_alerts.places.layer import Layer
from geo_alerts.store.database import Store
from geo_alerts.store.directory import load_directory
from geo_alerts.store.editions import HOUSEHOLDS, POSTCODES, TEAM, Edition, active_editions
from geo_alerts.store.households import Households, load_households
from geo_alerts.store.layers import load_layer
from geo_alerts.store.sequence import latest_seq
from geo_alerts.store.subscribers import changes_since, load_members, subscribers_as_of

# Of so many changes a new base is built: what changed is kept in a small index of its own, which is
# made again at each change.
CHANGES_WORTH_A_BASE: Final = 5_000

NO_LSOA: Final = (
    "no postcode names an area that has households, so there is no coverage: import ONSPD or NSPL, "
    "which name the LSOA of each postcode (Code-Point Open does not), of the same census"
)

NO_TEAMS: Final = Layer.from_columns("no team edition", [], [], [])


@dataclass(frozen=True, slots=True)
class Inputs:
    """What an answer was made from; None for what is not imported."""

    postcode_edition: str | None
    boundary_edition: str | None
    households_edition: str | None
    subscribers_as_of: str | None
    software_version: str
    demonstration: bool


@dataclass(frozen=True, eq=False)
class Geography:
    """Directory and teams of the active editions.

    Attributes:
        editions: Layer -> its active edition.
        directory: The postcode directory.
        layer: The teams; none when no teams are imported.
        households: LSOA codes and their households; None when none are imported.
    """

    editions: dict[str, Edition]
    directory: Directory
    layer: Layer
    households: Households | None

    @cached_property
    def assignment(self) -> Assignment:
        """The teams of every row of the directory."""
        return assign(self.directory.easting, self.directory.northing, self.layer)

    @cached_property
    def households_by_team(self) -> npt.NDArray[np.float64]:
        """Households of each team, apportioned to units.

        Raises:
            NotReadyError: No teams or no households are imported, or none can be shared out.
        """
        self.require_teams()
        if self.households is None:
            raise NotReadyError("no households: run geo-alerts import households FILE")
        lsoa, households = self.households
        shares = apportion(lsoa, households.astype(np.float64), self.directory)
        if not shares.households.any():
            raise NotReadyError(NO_LSOA)
        return households_by_team(shares, self.assignment, self.layer)

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


@dataclass(frozen=True, eq=False)
class View:
    """What is active at one moment; answers made from it can name exactly what they were made from.

    Attributes:
        seq: The number of the latest change that was visible.
        geography: Directory and teams.
        inputs: The editions, by name.
    """

    seq: int
    geography: Geography
    inputs: Inputs


@dataclass(frozen=True, eq=False)
class Snapshot(View):
    """The same with everybody who may be reached at that moment."""

    index: LiveIndex


class Live:
    """The answers' sources over one store; threads may share it."""

    def __init__(self, store: Store) -> None:
        """Keep the store; nothing is read before it is asked for."""
        self.store = store
        self._lock = threading.Lock()
        self._view: View | None = None
        self._snapshot: Snapshot | None = None

    def view(self) -> View:
        """Directory and teams, as they are active now.

        Raises:
            NotReadyError: No directory is imported.
        """
        with self._lock, self.store.reading() as connection:
            return self._view_at(connection)

    def snapshot(self) -> Snapshot:
        """The audience index as of now: every change committed before the call is in it.

        Raises:
            NotReadyError: No directory is imported.
        """
        with self._lock, self.store.reading() as connection:
            view = self._view_at(connection)
            if self._snapshot is None or self._snapshot.seq != view.seq:
                index = self._index_at(connection, view)
                self._snapshot = Snapshot(view.seq, view.geography, view.inputs, index)
            return self._snapshot

    def inputs(self) -> Inputs:
        """What is imported now; asks for nothing to be there."""
        with self.store.reading() as connection:
            return _inputs(active_editions(connection), subscribers_as_of(connection))

    def _view_at(self, connection: Connection) -> View:
        seq = latest_seq(connection)
        known = self._view
        if known is None or known.seq != seq:
            editions = active_editions(connection)
            if known is not None and _ids(known.geography.editions) == _ids(editions):
                geography = known.geography
            else:
                geography = _load(connection, editions)
            known = View(seq, geography, _inputs(editions, subscribers_as_of(connection)))
            self._view = known
        return known

    def _index_at(self, connection: Connection, view: View) -> LiveIndex:
        known, geography, seq = self._snapshot, view.geography, view.seq
        # A store that was restored from a copy counts from an earlier number on.
        if known is not None and known.geography is geography and known.seq <= seq:
            changed, removed = changes_since(connection, known.seq)
            index = known.index.changed(changed, removed)
            if index.changes() <= CHANGES_WORTH_A_BASE:
                return index
        members = load_members(connection)
        return LiveIndex.of(AudienceIndex.build(members, geography.directory, geography.layer))


def _load(connection: Connection, editions: dict[str, Edition]) -> Geography:
    if POSTCODES not in editions:
        raise NotReadyError("no postcode directory: run geo-alerts import postcodes FILE")
    directory = load_directory(connection)
    layer = load_layer(connection, TEAM) if TEAM in editions else NO_TEAMS
    return Geography(editions, directory, layer, load_households(connection))


def _ids(editions: dict[str, Edition]) -> dict[str, tuple[int, str]]:
    return {layer: (edition.id, edition.label) for layer, edition in editions.items()}


def _inputs(editions: dict[str, Edition], as_of: str | None) -> Inputs:
    labels = {layer: edition.label for layer, edition in editions.items()}
    return Inputs(
        postcode_edition=labels.get(POSTCODES),
        boundary_edition=labels.get(TEAM),
        households_edition=labels.get(HOUSEHOLDS),
        subscribers_as_of=as_of,
        software_version=__version__,
        demonstration=any(edition.is_demonstration for edition in editions.values()),
    )
