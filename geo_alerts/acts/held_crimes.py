"""Crimes held in memory, month by month of each force, so that a question reads only what is new.

A dashboard asks five times for months that overlap, and that of the month beside it for nearly the
same again. What is held of a month is true for as long as the store tells the same of it: its
number, the hash of its file, and how many of its rows are kept, which each question reads afresh.
Exact positions of forces' own data are not held: few may ask for them.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

import numpy as np
from sqlalchemy import Connection

from geo_alerts.hotspots.crimes import Crimes
from geo_alerts.store.crime_months import OF_CRIMES, CrimeMonth, crime_months
from geo_alerts.store.crimes import load_crimes

# Some forty bytes each: three years of the largest forces are not held, those of others are.
MOST_CRIMES: Final = 1_500_000

Place = tuple[int, str]
Told = tuple[tuple[int, str, int, int], ...]


class HeldCrimes:
    """Crimes at their published points; threads may share it."""

    def __init__(self, most: int = MOST_CRIMES) -> None:
        """Hold nothing yet.

        Args:
            most: How many crimes are held at most; the months that were asked for last stay.
        """
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[Place, Told], Crimes] = OrderedDict()

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
        wanted = [(place, _told(some)) for place, some in groupby(found, _place)]
        # Others wait: of two who ask for the same, one reads it.
        with self._lock:
            self._read(connection, [key for key in wanted if key not in self._kept])
            parts = [self._kept[key] for key in wanted]
            self._forget_but(wanted)
        crimes = Crimes.joined(parts)
        return crimes if categories is None else crimes.where(np.isin(crimes.category, categories))

    def __len__(self) -> int:
        """How many crimes are held."""
        return sum(map(len, self._kept.values()))

    def _read(self, connection: Connection, missing: list[tuple[Place, Told]]) -> None:
        for force in {force for (_, force), _ in missing}:
            mine = {month: told for (month, of), told in missing if of == force}
            crimes = load_crimes(
                connection, forces=[force], months=(min(mine), max(mine)), categories=None
            )
            for month, told in mine.items():
                first, after = np.searchsorted(crimes.month, [month, month + 1])
                self._kept[(month, force), told] = crimes.where(np.arange(first, after))

    def _forget_but(self, wanted: list[tuple[Place, Told]]) -> None:
        for key in wanted:
            self._kept.move_to_end(key)
        held = len(self)
        while held > self._most:
            _, part = self._kept.popitem(last=False)
            held -= len(part)


def _place(month: CrimeMonth) -> Place:
    return month.month, month.force


def _told(months: Iterable[CrimeMonth]) -> Told:
    return tuple((one.id, one.sha256, one.row_count, one.located) for one in months)
