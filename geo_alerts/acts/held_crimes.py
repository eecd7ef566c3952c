"""Crimes held in memory, month by month of each force, so that a question reads only what is new.

A dashboard asks five times for months that overlap, and that of the month beside it for nearly the
same again. What is held of a month is true for as long as the store tells the same of it: its
number, the hash of its file, and how many of its rows are kept, which each question reads afresh.
Exact positions of forces' own data are not held: few may ask for them.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from geo_alerts.hotspots.crimes import Crimes
from geo_alerts.store.crime_months import OF_CRIMES, CrimeMonth, crime_months
from geo_alerts.store.crimes import load_crimes

# Some forty bytes each: three years of the largest forces are not held and are read each time,
# those of others are held.
MOST_CRIMES: Final = 1_500_000

Place = tuple[int, str]
Told = tuple[tuple[int, str, int, int], ...]
Key = tuple[Place, Told]


class HeldCrimes:
    """Crimes at their published points; threads may share it."""

    def __init__(self, most: int = MOST_CRIMES) -> None:
        """Hold nothing yet.

        Args:
            most: How many crimes are held at most; the months that were asked for last stay.
        """
        self._most = most
        self._kept: OrderedDict[Key, Crimes] = OrderedDict()
        self._reads: dict[str, threading.Lock] = {}
        # Of both of these; held for moments only, and never while crimes are read.
        self._lock = threading.Lock()

    def load(
        self,
        connection: Connection,
        *,
        forces: Sequence[str],
        months: tuple[int, int],
        categories: Sequence[int] | None,
    ) -> Crimes:
        """The very crimes that `store.crimes.load_crimes` gives; the arguments are its own."""
        found = crime_months(connection, forces=forces, months=months, kinds=OF_CRIMES)
        if sum(one.row_count for one in found) > self._most:
            # They would push each other out: whoever asks reads them, and nobody waits for it.
            return load_crimes(connection, forces=forces, months=months, categories=categories)
        wanted = [(place, _told(some)) for place, some in groupby(found, _place)]
        parts: dict[Key, Crimes] = {}
        for force in {force for (_, force), _ in wanted}:
            mine = [key for key in wanted if key[0][1] == force]
            # Of two who ask for the same force one reads; who asks for another does not wait.
            with self._turn_of(force):
                parts |= self._of_force(connection, force, mine)
        crimes = Crimes.joined([parts[key] for key in wanted])
        return crimes if categories is None else crimes.where(np.isin(crimes.category, categories))

    def __len__(self) -> int:
        """How many crimes are held."""
        with self._lock:
            return self._held()

    def _held(self) -> int:
        return sum(map(len, self._kept.values()))

    def _turn_of(self, force: str) -> threading.Lock:
        with self._lock:
            return self._reads.setdefault(force, threading.Lock())

    def _of_force(
        self, connection: Connection, force: str, mine: Sequence[Key]
    ) -> Mapping[Key, Crimes]:
        with self._lock:
            parts = {key: self._kept[key] for key in mine if key in self._kept}
        missing = [key for key in mine if key not in parts]
        if missing:
            parts |= _read(connection, force, missing)
        with self._lock:
            self._keep(parts)
        return parts

    def _keep(self, parts: Mapping[Key, Crimes]) -> None:
        for key, part in parts.items():
            self._kept[key] = part
            self._kept.move_to_end(key)
        held = self._held()
        while held > self._most:
            _, gone = self._kept.popitem(last=False)
            held -= len(gone)


def _read(connection: Connection, force: str, missing: Sequence[Key]) -> dict[Key, Crimes]:
    numbers = [month for (month, _), _ in missing]
    crimes = load_crimes(
        connection, forces=[force], months=(min(numbers), max(numbers)), categories=None
    )
    return {key: crimes.where(_rows_of(crimes, key)) for key in missing}


def _rows_of(crimes: Crimes, key: Key) -> npt.NDArray[np.int64]:
    (month, _), _ = key
    first, after = np.searchsorted(crimes.month, [month, month + 1])
    return np.arange(first, after, dtype=np.int64)


def _place(month: CrimeMonth) -> Place:
    return month.month, month.force


def _told(months: Iterable[CrimeMonth]) -> Told:
    return tuple((one.id, one.sha256, one.row_count, one.located) for one in months)
