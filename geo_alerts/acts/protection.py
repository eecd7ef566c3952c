"""Counts that everybody signed in may see: made on a schedule, kept, and laid over a day's teams.

A release is made when the one before is older than the force has set, or of another directory;
never because subscribers changed. So when it is made tells nothing of them. (But one that was made
before any were imported gives way once some are: else a new store would tell of nobody for days.)

It is made in the background, once at a time, and the one before is answered from meanwhile. Only
where there is none yet, or none of the directory, does who asks wait.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from geo_alerts.acts.courtesy import GiveWay
from geo_alerts.acts.geography import Geography
from geo_alerts.acts.live import Inputs, Live, View
from geo_alerts.audiences.coverage import Floats, apportion
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.protection.blocks import MIN_HOUSEHOLDS, MIN_UNITS, Known, blocks_of
from geo_alerts.audiences.protection.protected import ProtectedTable
from geo_alerts.audiences.protection.rounding import BASE, FAMILY, Counts, rounded, secret_numbers
from geo_alerts.audiences.protection.tally import EVERYBODY, Batch, Tally
from geo_alerts.errors import NotReadyError
from geo_alerts.store.audit import append
from geo_alerts.store.editions import POSTCODES
from geo_alerts.store.labels import sensitive_labels
from geo_alerts.store.protection import (
    OF_NOBODY,
    People,
    Published,
    ReleaseFacts,
    add_release,
    everybody,
    labels_in,
    latest_release,
    load_release,
    people_of_labels,
    secret_of,
)
from geo_alerts.store.sequence import lock_seq
from geo_alerts.store.subscribers import subscribers_as_of

# A label of fewer people (as published) is none that everybody may filter by.
LEAST_PEOPLE: Final = 50
# Of the labels with most people so many are published; each is a table of its own.
MOST_LABELS: Final = 200
PEOPLE_AT_ONCE: Final = 100_000
TABLES_HELD: Final = 2
REFRESHED: Final = "protection.refresh"


@dataclass(frozen=True, eq=False)
class Protected:
    """The published counts over the units and teams of a day.

    Attributes:
        table: The counts.
        made_at: When they were made.
    """

    table: ProtectedTable
    made_at: datetime

    def told(self, inputs: Inputs) -> Inputs:
        """What an estimate is made from: subscribers as of the release, not as of now."""
        return replace(inputs, subscribers_as_of=self.made_at.isoformat(timespec="seconds"))


def protected(live: Live, view: View) -> Protected:
    """The published counts over the units and teams of a view.

    Waits where there are none to answer from yet; see `counts_to_come`.

    Raises:
        NotReadyError: No directory is imported.
    """
    found = _found(live)
    facts = found.result() if isinstance(found, Future) else found
    return _laid(live, facts, view.geography)


def counts_to_come(live: Live) -> "Future[ReleaseFacts] | None":
    """What to wait for before `protected` is asked; None where it need not wait.

    Raises:
        NotReadyError: No directory is imported.
    """
    found = _found(live)
    return found if isinstance(found, Future) else None


def prepare(live: Live) -> None:
    """Have counts to estimate from before anybody asks, where a role is shown estimates at all.

    Raises:
        NotReadyError: No directory is imported.
    """
    if all(live.policy.sees_exact(role) for role in Role):
        return
    while (coming := counts_to_come(live)) is not None:
        coming.result()


def refresh(live: Live, *, who: str, role: str) -> ReleaseFacts:
    """Make the counts now, and answer from them from now on.

    Args:
        live: What they are made from.
        who: Who wants it, as records tell it.
        role: What they are allowed as.

    Raises:
        NotReadyError: No directory is imported.
    """
    with live.store.reading() as connection:
        before = latest_release(connection)
    return _taken(live, _made(live, before, who=who, role=role))


def _found(live: Live) -> "ReleaseFacts | Future[ReleaseFacts]":
    # What to answer from, or where that is being made. What is newer, or due, is begun.
    edition_id = live.view().geography.editions[POSTCODES].id
    with live.store.reading() as connection:
        latest = latest_release(connection)
        is_due = _is_due(live, connection, latest, edition_id)
    served = live.release
    if served is not None and served == latest and not is_due:
        return served
    coming = live.releases.begin(lambda: _next(live, edition_id))
    return served if served is not None and served.postcode_edition_id == edition_id else coming


def _is_due(
    live: Live, connection: Connection, latest: ReleaseFacts | None, edition_id: int
) -> bool:
    if latest is None or latest.postcode_edition_id != edition_id:
        return True
    if latest.is_of_nobody and subscribers_as_of(connection) is not None:
        return True
    return live.store.clock() - latest.made_at >= timedelta(days=live.policy.protection_days)


def _next(live: Live, edition_id: int) -> ReleaseFacts:
    # One that this process does not answer from yet is taken before a newer one is made.
    with live.store.reading() as connection:
        latest = latest_release(connection)
    if latest is None or latest == live.release or latest.postcode_edition_id != edition_id:
        latest = _made(live, latest, who="server", role="server")
    return _taken(live, latest)


def _taken(live: Live, facts: ReleaseFacts) -> ReleaseFacts:
    # Laid over today's teams first, so that whoever asks next does not wait for that.
    _laid(live, facts, live.view().geography)
    live.release = facts
    return facts


def _laid(live: Live, facts: ReleaseFacts, geography: Geography) -> Protected:
    editions = tuple(
        sorted((layer, edition.id, edition.label) for layer, edition in geography.editions.items())
    )
    return live.held.get(
        "protected",
        (facts, geography.activation_seq, editions),
        lambda: Protected(_table(live, facts, geography), facts.made_at),
        most=TABLES_HELD,
    )


def _made(live: Live, before: ReleaseFacts | None, *, who: str, role: str) -> ReleaseFacts:
    geography = live.view().geography
    edition_id = geography.editions[POSTCODES].id
    made_at = live.store.clock()
    with live.store.reading() as connection:
        old = load_release(connection, before.id) if before else None
        blocks = blocks_of(
            geography.directory,
            _households(geography),
            _known(old) if old else None,
        )
        is_of_nobody = subscribers_as_of(connection) is None
        labels = _labels(connection)
        counts = _counted(
            _one_by_one(everybody(connection), live.courtesy.give_way),
            Tally(geography.directory, blocks, labels),
            labels,
        )
    with live.store.writing() as connection:
        lock_seq(connection)
        latest = latest_release(connection)
        if latest is not None and (before is None or latest.id > before.id):
            return latest  # another process was first
        places = next(iter(counts.values())).shape[1]
        numbers = secret_numbers(secret_of(connection), places)
        published = {label: rounded(each, numbers) for label, each in counts.items()}
        kept = {
            label: each
            for label, each in published.items()
            if label == EVERYBODY or each[-1, : blocks.count].sum() >= LEAST_PEOPLE
        }
        known = blocks.known()
        add_release(
            connection,
            Published(known.keys, known.block, known.count, kept),
            made_at=made_at,
            postcode_edition_id=edition_id,
            parameters={
                "min_units": MIN_UNITS,
                "min_households": MIN_HOUSEHOLDS,
                "base": BASE,
                "family": FAMILY,
                OF_NOBODY: is_of_nobody,
            },
        )
        details = {"blocks": blocks.count, "labels": len(kept) - 1}
        append(connection, act=REFRESHED, who=who, role=role, at=made_at, details=details)
        found = latest_release(connection)
    if found is None:
        raise NotReadyError("the release of protected counts was removed: ask again")
    return found


def _table(live: Live, facts: ReleaseFacts, geography: Geography) -> ProtectedTable:
    with live.store.reading() as connection:
        found = load_release(connection, facts.id)
    if found is None:
        raise NotReadyError("the release of protected counts was replaced meanwhile: ask again")
    blocks = blocks_of(geography.directory, _households(geography), _known(found))
    return ProtectedTable.over(
        geography.directory, geography.layer, blocks, found.counts, cells=geography.cells
    )


def _known(published: Published) -> Known:
    return Known(published.keys, published.block, published.block_count)


def _households(geography: Geography) -> Floats | None:
    if geography.households is None:
        return None
    lsoa, households = geography.households
    return apportion(lsoa, households.astype(np.float64), geography.directory).households


def _labels(connection: Connection) -> list[str]:
    # By how many have them, and then by name. Whether enough have one is asked of what would be
    # published of it only: an exact count would show the one person who makes it enough.
    sensitive = sensitive_labels(connection)
    people = people_of_labels(connection)
    counted = [(-count, label) for label, count in people.items() if label not in sensitive]
    return [label for _, label in sorted(counted)[:MOST_LABELS]]


def _one_by_one(parts: Iterable[People], give_way: GiveWay) -> Iterator[People]:
    # Between a few hundred people and the next whoever is answered may go first.
    for part in parts:
        give_way()
        yield part


def _counted(parts: Iterable[People], tally: Tally, labels: Sequence[str]) -> dict[str, Counts]:
    for some in _gathered(parts):
        tally.add(*_batch(some, labels))
    return tally.counts()


def _gathered(parts: Iterable[People]) -> Iterator[People]:
    # Each of the tables is gone through for each batch, so batches are large.
    waiting = People([], [], [])
    for part in parts:
        waiting.channels.extend(part.channels)
        waiting.labels.extend(part.labels)
        waiting.postcodes.extend(part.postcodes)
        if len(waiting.channels) >= PEOPLE_AT_ONCE:
            yield waiting
            waiting = People([], [], [])
    yield waiting


def _batch(
    people: People, labels: Sequence[str]
) -> tuple[Batch, Mapping[str, npt.NDArray[np.bool_]]]:
    number: dict[tuple[str, str], int] = {}
    profile = [number.setdefault(texts, len(number)) for texts in people.labels]
    sets = [labels_in(texts) for texts in number]
    has_label = {label: np.array([label in each for each in sets]) for label in labels}
    postcodes: list[list[str]] = [json.loads(text) for text in people.postcodes]
    person = np.repeat(np.arange(len(postcodes)), [len(each) for each in postcodes])
    batch = Batch(
        np.array(people.channels, dtype=np.uint8),
        np.array(profile, dtype=np.int64),
        person.astype(np.int64),
        np.array([one for each in postcodes for one in each], dtype="<U8"),
    )
    return batch, has_label
