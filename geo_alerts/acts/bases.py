"""Audience indexes to begin with: read from disk, built from the store, renewed in the background.

An index is never wrong for being old: whoever answers from it applies what has changed since. So a
new one is made while questions go on with the old one and its changes, and nobody waits for it.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from geo_alerts.acts.background import Background
from geo_alerts.acts.courtesy import Courtesy, GiveWay, hurry
from geo_alerts.acts.geography import Geography
from geo_alerts.audiences.people.index import AudienceIndex
from geo_alerts.audiences.people.live_index import LiveIndex
from geo_alerts.errors import GeoAlertsError
from geo_alerts.store.database import Store
from geo_alerts.store.editions import POSTCODES
from geo_alerts.store.index_snapshot import (
    MadeOf,
    StoredIndex,
    history_at,
    latest_history,
    read_index,
    remove_indexes,
    write_index,
)
from geo_alerts.store.sequence import latest_seq
from geo_alerts.store.subscribers import changes_since, erased_since, load_members

LOG: Final = logging.getLogger("geo_alerts.index")

# Fewer are built from the store in a second, which is no reason for another copy of references.
PEOPLE_WORTH_A_FILE: Final = 100_000
# Before a new index takes the old one's place it catches up, so that the next question need not.
CHANGES_LEFT: Final = 100
ROUNDS: Final = 5


def index_folder_beside(store: Store) -> Path | None:
    """The folder for the index of a store that is one file; None for any other."""
    return None if store.path is None else store.path.with_name(f"{store.path.name}.index")


@dataclass(frozen=True, eq=False)
class Based:
    """An index of a moment.

    Attributes:
        geography: Whose teams it is on.
        seq: The number of the latest change that is in it.
        history: Of the store up to that change; see `history_at`.
        index: The index.
    """

    geography: Geography
    seq: int
    history: str
    index: LiveIndex


class Bases:
    """Gives indexes to begin with; threads may share it."""

    def __init__(
        self,
        store: Store,
        folder: Path | None,
        people_worth_a_file: int = PEOPLE_WORTH_A_FILE,
        courtesy: Courtesy | None = None,
    ) -> None:
        """Read nothing yet.

        Args:
            store: Where subscribers are.
            folder: Where indexes are kept on disk; None for nowhere.
            people_worth_a_file: Of fewer people none is kept.
            courtesy: Whom to let pass in the background; nobody by default.
        """
        self._store = store
        self._folder = folder
        self._worth = people_worth_a_file
        self._courtesy = courtesy or Courtesy()
        self._renewing: Background[None] = Background("index")

    def load(self, geography: Geography) -> tuple[Based, bool]:
        """The index kept on disk, else one built of the store.

        Returns:
            The index, and whether it is worth a file that it does not have.
        """
        if self._folder is not None and (kept := self._kept(geography)) is not None:
            return kept, False
        base, _ = self._build(geography, hurry)
        return base, self._folder is not None and len(base.index) >= self._worth

    def renew(self, geography: Geography, ready: Callable[[Based], None]) -> None:
        """Build a new index in the background, keep it on disk, and hand it over.

        Nothing is begun while another one is being made.

        Args:
            geography: What on.
            ready: Takes it.
        """
        self._renewing.begin(lambda: self._renew(geography, ready))

    def wait(self) -> None:
        """Wait for what is being made in the background."""
        self._renewing.wait()

    def forget_before(self, seq: int) -> None:
        """Remove from disk what was made before a change: it has the reference of an erased one."""
        if self._folder is not None:
            remove_indexes(self._folder, before=seq)

    def _renew(self, geography: Geography, ready: Callable[[Based], None]) -> None:
        try:
            based, made_of = self._build(geography, self._courtesy.give_way)
            if self._folder is not None and len(based.index) >= self._worth:
                base = based.index.base
                write_index(self._folder, StoredIndex(made_of, base.arrays(), base.profiles))
                # As maps of the files the same takes a third of the memory.
                based = self._kept(geography) or based
            ready(self._caught_up(based))
        except (GeoAlertsError, OSError) as error:
            # Answers go on from the index before; the next change tries again.
            LOG.warning("no new index could be made: %s", error)

    def _build(self, geography: Geography, give_way: GiveWay) -> tuple[Based, MadeOf]:
        with self._store.reading() as connection:
            seq, history = latest_history(connection)
            members = load_members(connection, give_way)
            made_of = MadeOf(seq, history, _directory(geography))
        base = AudienceIndex.build(
            members, geography.directory, geography.layer, cells=geography.cells
        )
        return Based(geography, seq, history, LiveIndex.of(base)), made_of

    def _kept(self, geography: Geography) -> Based | None:
        if self._folder is None:
            return None
        with self._store.reading() as connection:
            stored = read_index(self._folder, connection, _directory(geography))
            if stored is None:
                return None
            seq = stored.made_of.seq
            if len(erased_since(connection, seq)):
                self.forget_before(latest_seq(connection))
                return None
        base = AudienceIndex.of_arrays(stored.arrays, stored.profiles, geography)
        return Based(geography, seq, stored.made_of.history, LiveIndex.of(base))

    def _caught_up(self, based: Based) -> Based:
        for _ in range(ROUNDS):
            with self._store.reading() as connection:
                if history_at(connection, based.seq) != based.history:
                    break  # restored from a copy meanwhile, which who takes it finds as well
                seq, history = latest_history(connection)
                changed, removed = changes_since(connection, based.seq)
                if len(erased_since(connection, based.seq)):
                    self.forget_before(seq)
            index = based.index.changed(changed, removed)
            based = Based(based.geography, seq, history, index)
            if len(changed) + len(removed) <= CHANGES_LEFT:
                break
        return based


def _directory(geography: Geography) -> str:
    edition = geography.editions[POSTCODES]
    return f"{edition.id} {edition.sha256} {edition.label}"
