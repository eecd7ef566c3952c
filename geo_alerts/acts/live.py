"""What answers are made from, kept true to the store.

Directory, boundaries and audience index are held in memory, as a cache with a guarantee: before
each answer the store is asked, on a fresh snapshot, for the number of the latest visible change,
and all changes since the last look are applied. So a withdrawal committed before a request starts
is never in its answer, whichever process committed it. Boundaries also change with the day: the
edition in force is that of today in British time, unless another day or edition is asked for.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection

from geo_alerts import __version__
from geo_alerts.acts.background import Background
from geo_alerts.acts.bases import Based, Bases, index_folder_beside
from geo_alerts.acts.courtesy import Courtesy
from geo_alerts.acts.geography import Geography, Held, checked_edition, latest_activation
from geo_alerts.acts.held_crimes import HeldCrimes
from geo_alerts.acts.policy import Policy
from geo_alerts.acts.turns import Turns
from geo_alerts.audiences.counts import LeftOut
from geo_alerts.audiences.people.candidates import NOBODY
from geo_alerts.audiences.people.chosen import Chosen
from geo_alerts.audiences.people.live_index import LiveIndex
from geo_alerts.audiences.rows import Rows
from geo_alerts.audiences.selection import Selection
from geo_alerts.audiences.targets.named import Rehomed, rehomed
from geo_alerts.errors import InvalidInputError, UnknownEditionError
from geo_alerts.places.layer import TEAM
from geo_alerts.sources.moments import LONDON
from geo_alerts.store.activations import in_force, periods
from geo_alerts.store.database import Store
from geo_alerts.store.editions import HOUSEHOLDS, POSTCODES, Edition
from geo_alerts.store.index_snapshot import history_at, latest_history
from geo_alerts.store.protection import ReleaseFacts
from geo_alerts.store.subscribers import changes_since, erased_since, subscribers_as_of

if TYPE_CHECKING:
    from geo_alerts.maps.document import Tiles

USUAL_POLICY: Final = Policy()

# Of so many changes a new base is built, in the background: what changed is in a small index of
# its own, which is made again at each change.
CHANGES_WORTH_A_BASE: Final = 5_000

# Geographies and indexes of different days or editions that are held at once.
GEOGRAPHIES_HELD: Final = 4
INDEXES_HELD: Final = 2

# Comparisons, checks, repairs and their maps that are under way at once, or wait for one another:
# of the threads that answer everybody they may hold so many.
SLOW_AT_ONCE: Final = 4
# Looks at hotspots likewise: each takes a second or two, one after the other.
LOOKS_AT_ONCE: Final = 8
# Outlines that are drawn take milliseconds; those of all districts of a force many seconds.
GROUNDS_AT_ONCE: Final = 8


@dataclass(frozen=True, slots=True)
class When:
    """Which edition of the teams is asked about: that of today, of a day, or one by its number.

    Attributes:
        as_of: The day, British time; other layers are those of the day as well.
        edition: The number of a checked edition, in force or not.
    """

    as_of: date | None = None
    edition: int | None = None


NOW: Final = When()


@dataclass(frozen=True, slots=True)
class Inputs:
    """What an answer was made from; None for what is not imported.

    Attributes:
        postcode_edition: What the directory is called.
        boundary_edition: What the edition of teams is called.
        households_edition: What the households are called.
        subscribers_as_of: What is known of subscribers up to when, of answers that are made from
            them: exact counts tell when subscribers last changed, estimates the time of their
            release, look-ups and pages nothing.
        software_version: Of this software.
        demonstration: Whether anything was made up for the sample.
        boundary_edition_id: The number of the edition of teams, by which it can be asked again.
        as_of: The day whose boundaries were asked for, ISO 8601; None of audiences frozen before
            boundaries had days.
    """

    postcode_edition: str | None
    boundary_edition: str | None
    households_edition: str | None
    subscribers_as_of: str | None
    software_version: str
    demonstration: bool
    boundary_edition_id: int | None = None
    as_of: str | None = None


@dataclass(frozen=True, eq=False)
class View:
    """What is active at one moment; answers made from it can name exactly what they were made from.

    Attributes:
        seq: The number of the latest change that was visible.
        history: Of the store up to that change, which a store restored from a copy may count again.
        day: The day asked about, British time.
        geography: Directory and teams.
        inputs: The editions, by name.
        subscribers_as_of: What is known of subscribers up to when.
    """

    seq: int
    history: str
    day: date
    geography: Geography
    inputs: Inputs
    subscribers_as_of: str | None


@dataclass(frozen=True, eq=False)
class Snapshot(View):
    """The same with everybody who may be reached at that moment."""

    index: LiveIndex

    def choose(
        self,
        selection: Selection,
        *,
        without: Mapping[LeftOut, Rows] = NOBODY,
        edges: bool = False,
    ) -> Chosen:
        """The people whom a selection reaches; see `LiveIndex.choose`.

        Raises:
            InvalidInputError: The area cannot be resolved.
            NotFoundError: It names an area, an edition or a postcode that is not known.
        """
        return self.index.choose(
            selection,
            self.geography.layers_of(selection.area),
            without=without,
            edges=edges,
        )

    def rehomed(self, selection: Selection) -> tuple[Rehomed, ...]:
        """The codes of a selection that are gone, and what each stands for now."""
        return rehomed(selection.area, self.geography.layers_of(selection.area))


class Live:
    """The answers' sources over one store; threads may share it."""

    def __init__(
        self,
        store: Store,
        policy: Policy = USUAL_POLICY,
        index_folder: Path | None = None,
        tiles: "Tiles | None" = None,
    ) -> None:
        """Keep the store; nothing is read before it is asked for.

        Args:
            store: The store.
            policy: What a force has set.
            index_folder: Where the audience index is kept on disk; for a store of one file beside
                it where none is given, for any other nowhere.
            tiles: Pictures under the maps that are drawn; by default none.
        """
        self.store = store
        self.policy = policy
        self.tiles = tiles
        self.held = Held(store)
        self.crimes = HeldCrimes()
        self.slow = Turns(SLOW_AT_ONCE, "comparisons, checks and repairs")
        self.looks = Turns(LOOKS_AT_ONCE, "looks at hotspots")
        self.grounds = Turns(GROUNDS_AT_ONCE, "outlines of areas")
        # Which release of protected counts estimates are made from, and where the next is made.
        self.release: ReleaseFacts | None = None
        self.releases: Background[ReleaseFacts] = Background("release")
        self.index_folder = index_folder or index_folder_beside(store)
        self.courtesy = Courtesy()
        self._bases = Bases(store, self.index_folder, courtesy=self.courtesy)
        self._lock = threading.Lock()
        self._loading = threading.Lock()
        self._view: View | None = None
        self._snapshots: OrderedDict[int, Snapshot] = OrderedDict()

    def today(self) -> date:
        """The day in British time."""
        return self.store.clock().astimezone(LONDON).date()

    def view(self, when: When = NOW) -> View:
        """Directory and teams, as they are in force.

        Raises:
            NotReadyError: No directory is imported.
            UnknownEditionError: No edition was in force on the day, or none that was checked has
                the number.
            InvalidInputError: The edition is not one of teams.
        """
        with self._lock, self.store.reading() as connection:
            return self._view_at(connection, when)

    def snapshot(self, when: When = NOW) -> Snapshot:
        """The audience index as of now: every change committed before the call is in it.

        Args:
            when: Whose teams the people are counted by; the people are those of now.

        Raises:
            NotReadyError: No directory is imported.
            UnknownEditionError: No edition was in force on the day, or none that was checked has
                the number.
            InvalidInputError: The edition is not one of teams.
        """
        while True:
            with self._lock, self.store.reading() as connection:
                view = self._view_at(connection, when)
                followed = self._followed(connection, view)
            if followed is not None:
                return followed
            # Outside the lock: questions about what is held go on meanwhile.
            with self._loading:
                self._load(view)

    def wait(self) -> None:
        """Wait for what is being made in the background."""
        self._bases.wait()
        self.releases.wait()

    def inputs(self) -> Inputs:
        """The editions in force today; asks for nothing to be there."""
        today = self.today()
        with self.store.reading() as connection:
            return _inputs(in_force(connection, today), today)

    def _view_at(self, connection: Connection, when: When) -> View:
        (seq, history), day = latest_history(connection), when.as_of or self.today()
        known = self._view
        if when == NOW and known and (known.seq, known.history, known.day) == (seq, history, day):
            return known
        editions = in_force(connection, day)
        if when.edition is not None:
            if when.as_of is not None:
                raise InvalidInputError("ask as of a day or for an edition, not for both")
            editions = {**editions, TEAM: checked_edition(connection, when.edition, TEAM)}
        elif when.as_of is not None and TEAM not in editions:
            raise UnknownEditionError(_not_yet(connection, day))
        geography = self._geography(connection, editions)
        inputs = _inputs(editions, day)
        view = View(seq, history, day, geography, inputs, subscribers_as_of(connection))
        if when == NOW:
            self._view = view
        return view

    def _geography(self, connection: Connection, editions: dict[str, Edition]) -> Geography:
        key = (
            latest_activation(connection),
            *((layer, editions[layer].id, editions[layer].label) for layer in sorted(editions)),
        )
        return self.held.get(
            "geography",
            key,
            lambda: Geography.load(connection, self.held, editions),
            most=GEOGRAPHIES_HELD,
        )

    def _followed(self, connection: Connection, view: View) -> Snapshot | None:
        # What is held for the geography, with all changes since; None where nothing is.
        key = id(view.geography)
        known = self._snapshots.get(key)
        if known is None or known.geography is not view.geography:
            return None
        if not _goes_on(connection, known, view):
            self._snapshots.clear()
            return None
        index = known.index
        if known.seq != view.seq:
            index = index.changed(*changes_since(connection, known.seq))
            has_erased = bool(len(erased_since(connection, known.seq)))
            if has_erased:
                self._bases.forget_before(view.seq)
            if has_erased or index.changes() > CHANGES_WORTH_A_BASE:
                self._bases.renew(view.geography, self._take)
        followed = _snapshot(view, view.seq, view.history, index)
        self._hold(key, followed)
        return followed

    def _load(self, view: View) -> None:
        geography, key = view.geography, id(view.geography)
        with self._lock:
            held = list(self._snapshots.values())
        if any(one.geography is geography and one.seq <= view.seq for one in held):
            return  # somebody else loaded it meanwhile
        same_people = [one for one in held if one.geography.directory is geography.directory]
        same_people = [one for one in same_people if one.seq <= view.seq]
        if same_people:
            known = same_people[0]
            seq, history = known.seq, known.history
            index = known.index.with_teams(geography.layer)
        else:
            based, is_worth_a_file = self._bases.load(geography)
            seq, history, index = based.seq, based.history, based.index
            if is_worth_a_file:
                self._bases.renew(geography, self._take)
        with self._lock:
            self._hold(key, _snapshot(view, seq, history, index))

    def _take(self, based: Based) -> None:
        # A new index in place of each that is held of the same directory.
        with self._lock:
            held = list(self._snapshots.items())
        for key, one in held:
            geography = one.geography
            if geography.directory is not based.geography.directory:
                continue
            index = based.index
            if geography is not based.geography:
                index = index.with_teams(geography.layer)
            with self._lock:
                known = self._snapshots.get(key)
                if known is not None and known.geography is geography:
                    renewed = replace(known, seq=based.seq, history=based.history, index=index)
                    self._snapshots[key] = renewed

    def _hold(self, key: int, snapshot: Snapshot) -> None:
        self._snapshots[key] = snapshot
        self._snapshots.move_to_end(key)
        while len(self._snapshots) > INDEXES_HELD:
            self._snapshots.popitem(last=False)


def _not_yet(connection: Connection, day: date) -> str:
    held = periods(connection, TEAM)
    if not held:
        return f"no teams were in force on {day}: none are imported"
    first = held[0]
    return (
        f"no teams were in force on {day}: the first, {first.edition.label}, hold from "
        f"{first.valid_from}"
    )


def _goes_on(connection: Connection, known: Snapshot, view: View) -> bool:
    # Whether the store is the one that is held, with changes since: one that was restored from a
    # copy counts from an earlier number on, and may have passed the number held.
    if known.seq == view.seq:
        return known.history == view.history
    return known.seq < view.seq and known.history == history_at(connection, known.seq)


def _snapshot(view: View, seq: int, history: str, index: LiveIndex) -> Snapshot:
    inputs = replace(view.inputs, subscribers_as_of=view.subscribers_as_of)
    as_of = view.subscribers_as_of
    return Snapshot(seq, history, view.day, view.geography, inputs, as_of, index)


def _inputs(editions: dict[str, Edition], day: date) -> Inputs:
    labels = {layer: edition.label for layer, edition in editions.items()}
    return Inputs(
        postcode_edition=labels.get(POSTCODES),
        boundary_edition=labels.get(TEAM),
        households_edition=labels.get(HOUSEHOLDS),
        subscribers_as_of=None,
        software_version=__version__,
        demonstration=any(edition.is_demonstration for edition in editions.values()),
        boundary_edition_id=editions[TEAM].id if TEAM in editions else None,
        as_of=day.isoformat(),
    )
