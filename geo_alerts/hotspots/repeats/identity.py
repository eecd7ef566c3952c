"""Which location of this month is which of last month: keys that stay.

A key is made of the first month with crime and of the published position that had most of it, so
that the same crimes give the same key on every machine; numbers of rows in a store have no part in
it. As months go on, first months pass out of the window and points join and leave: keys are then
carried from the locations found before to those found now.

A location now is one of before where both share the snap points of most crime: at least half of the
crimes of the one or of the other. Of several such pairs those with the most shared crimes go first,
each key to one location. What else shares that much is told: a location that came apart is *split*,
several that became one are *merged*. Locations of earlier months that were not found last time,
for too little crime or because they were merged, give their keys to those that are found again:
these are *returned*.
"""

import hashlib
from base64 import b32encode
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, Literal

LEAST_SHARE: Final = 0.5
KEY_LETTERS: Final = 10

Kind = Literal["same", "split", "merged", "returned"]


@dataclass(frozen=True, slots=True)
class Known:
    """A location as its identity sees it.

    Attributes:
        key: What it is called by programs.
        crimes_at: Snap points (numbers of one store) with their crimes, at least one.
    """

    key: str
    crimes_at: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Link:
    """A location of before and one of now that have ground in common.

    Attributes:
        before: Key of the one before.
        now: Key of the one now.
        kind: `same` where the key was carried; `split` where the key of the one before went to
            another location, `merged` where the one now has the key of another, `returned` where
            the key is of a location that is remembered.
        share_of_before: Share of the crimes before that were at points which both have.
        share_of_now: Likewise of the crimes now.
    """

    before: str
    now: str
    kind: Kind
    share_of_before: float
    share_of_now: float


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of keys.

    Attributes:
        keys: Of each location now, in the order given; all differ.
        links: Every location of before that goes on or returned, by key.
        ended: Keys of before that go on nowhere; not of those that were only remembered.
        began: Keys of now that come from nowhere.
    """

    keys: tuple[str, ...]
    links: tuple[Link, ...]
    ended: tuple[str, ...]
    began: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Pair:
    before: int
    now: int
    shared: int
    share_of_before: float
    share_of_now: float


def first_key(easting: float, northing: float, month: int, *, attempt: int = 0) -> str:
    """The key of a location that none was before.

    Args:
        easting: Metres, EPSG:27700, of its point with the most crimes in its first month.
        northing: Metres.
        month: That month, by `months.month_number`.
        attempt: Above 0 for another key, where this one is another location's.

    Returns:
        Ten letters and digits.
    """
    text = f"{easting:.2f} {northing:.2f} {month} {attempt}"
    return b32encode(hashlib.sha256(text.encode()).digest()).decode()[:KEY_LETTERS].lower()


def carry(
    previous: Sequence[Known], current: Sequence[Known], *, remembered: Sequence[Known] = ()
) -> Carried:
    """Give locations of now the keys of the same locations before.

    The answer does not depend on the order of previous or current ones. A location of now whose own
    key is carried to another gets one that is made from it.

    Args:
        previous: Locations found last time.
        current: Locations found now, with keys by `first_key`.
        remembered: Locations found before that, the latest first; of a key the first one counts,
            and none that is among the previous ones.
    """
    pairs = _pairs(previous, current)
    taken = _dealt(pairs, previous, current)
    known = {one.key for one in previous}
    older = list({one.key: one for one in reversed(remembered) if one.key not in known}.values())
    left = [pair for pair in _pairs(older, current) if pair.now not in taken]
    returned = _dealt(left, older, current)
    carried = {now: previous[pair.before].key for now, pair in taken.items()}
    carried |= {now: older[pair.before].key for now, pair in returned.items()}
    keys = _distinct(current, carried)
    links = [_link(pair, previous, keys, _kind(pair, taken)) for pair in pairs]
    links += [_link(pair, older, keys, "returned") for pair in returned.values()]
    went, came = {link.before for link in links}, {link.now for link in links}
    return Carried(
        keys,
        tuple(sorted(links, key=lambda link: (link.before, link.now))),
        tuple(sorted(one.key for one in previous if one.key not in went)),
        tuple(key for key in keys if key not in came),
    )


def _dealt(
    pairs: Sequence[_Pair], before: Sequence[Known], current: Sequence[Known]
) -> dict[int, _Pair]:
    """The pairs whose key is carried, by the location now: those with most shared crimes first."""
    taken: dict[int, _Pair] = {}
    given: set[int] = set()
    for pair in sorted(pairs, key=lambda pair: _rank(pair, before, current)):
        if pair.now not in taken and pair.before not in given:
            taken[pair.now] = pair
            given.add(pair.before)
    return taken


def _pairs(before: Sequence[Known], current: Sequence[Known]) -> list[_Pair]:
    owners: dict[int, list[int]] = {}
    for at, one in enumerate(before):
        for point in one.crimes_at:
            owners.setdefault(point, []).append(at)
    found = []
    for now, one in enumerate(current):
        near = {at for point in one.crimes_at for at in owners.get(point, ())}
        for at in sorted(near):
            pair = _pair(at, now, before[at].crimes_at, one.crimes_at)
            if max(pair.share_of_before, pair.share_of_now) >= LEAST_SHARE:
                found.append(pair)
    return found


def _pair(before: int, now: int, then_at: Mapping[int, int], now_at: Mapping[int, int]) -> _Pair:
    both = then_at.keys() & now_at.keys()
    then_shared, now_shared = _sum(then_at, both), _sum(now_at, both)
    return _Pair(
        before,
        now,
        then_shared + now_shared,
        then_shared / sum(then_at.values()),
        now_shared / sum(now_at.values()),
    )


def _sum(crimes_at: Mapping[int, int], points: AbstractSet[int]) -> int:
    return sum(crimes_at[point] for point in points)


def _rank(pair: _Pair, previous: Sequence[Known], current: Sequence[Known]) -> tuple[int, str, str]:
    return -pair.shared, previous[pair.before].key, current[pair.now].key


def _distinct(current: Sequence[Known], carried: Mapping[int, str]) -> tuple[str, ...]:
    keys, used = [], set(carried.values())
    for at, one in enumerate(current):
        key, attempt = carried.get(at), 0
        if key is None:
            key = one.key
            while key in used:
                attempt += 1
                key = _another(one.key, attempt)
            used.add(key)
        keys.append(key)
    return tuple(keys)


def _another(key: str, attempt: int) -> str:
    digest = hashlib.sha256(f"{key} {attempt}".encode()).digest()
    return b32encode(digest).decode()[:KEY_LETTERS].lower()


def _kind(pair: _Pair, taken: Mapping[int, _Pair]) -> Kind:
    won = taken.get(pair.now)
    return "split" if won is None else "same" if won == pair else "merged"


def _link(pair: _Pair, before: Sequence[Known], keys: Sequence[str], kind: Kind) -> Link:
    shares = pair.share_of_before, pair.share_of_now
    return Link(before[pair.before].key, keys[pair.now], kind, *shares)
