"""Which crimes a month knows already, by their IDs.

A mark is 64 bits mixed of all bytes of an ID. That two of half a million IDs of a month have one
mark by chance happens once in more than a hundred million months. Marks are kept sorted beside the
month, so that its rows need no index by ID, which would cost an import more than the rows.
"""

from collections.abc import Collection
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Select, select

from geo_alerts.store.crime_months import Kind
from geo_alerts.store.crime_tables import crime_month, crime_month_ids
from geo_alerts.store.database import Store

# Of eight bytes, in an ID.
WORDS: Final = 4
_MIXING: Final = (
    (np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)),
    (np.uint64(27), np.uint64(0x94D049BB133111EB)),
)
_LAST_SHIFT: Final = np.uint64(31)

Marks = npt.NDArray[np.uint64]
NO_MARKS: Final[Marks] = np.zeros(0, dtype=np.uint64)


def marks_of(id_bytes: npt.NDArray[np.void]) -> Marks:
    """The marks of IDs.

    Args:
        id_bytes: n IDs as numpy's void, all of 32 bytes.

    Source:
        The mixing step is that of SplitMix64 (Steele, Lea and Flood 2014).
    """
    words = np.ascontiguousarray(id_bytes).view("<u8").reshape(len(id_bytes), WORDS)
    marks = np.zeros(len(words), dtype=np.uint64)
    for word in words.T:
        marks ^= word
        for shift, factor in _MIXING:
            marks ^= marks >> shift
            marks *= factor
        marks ^= marks >> _LAST_SHIFT
    return marks


def is_among(marks: Marks, known: Marks) -> npt.NDArray[np.bool_]:
    """Which of some marks are among others, which are sorted."""
    at = np.searchsorted(known, marks)
    at[at == len(known)] = 0
    return known[at] == marks if len(known) else np.zeros(len(marks), dtype=np.bool_)


def marks_of_month(connection: Connection, month_id: int) -> Marks:
    """The marks of the IDs of a month, sorted."""
    query = select(crime_month_ids.c.marks).where(crime_month_ids.c.crime_month_id == month_id)
    found = connection.execute(query).scalar()
    return NO_MARKS if found is None else unpacked(found)


def packed(marks: Marks) -> bytes:
    """Marks as they are stored: sorted, eight bytes each, the most significant first."""
    return np.sort(marks).astype(">u8").tobytes()


def unpacked(stored: bytes) -> Marks:
    """Marks as they were stored."""
    return np.frombuffer(stored, dtype=">u8").astype(np.uint64)


class OtherForces:
    """The IDs that other forces' files of one month have, while an import goes from file to file.

    The British Transport Police and a territorial force sometimes publish the same crime. Files
    come month by month; only one month is held.
    """

    def __init__(self, store: Store, coming: Collection[tuple[str, int]]) -> None:
        """Know nothing yet.

        Args:
            store: What was imported before.
            coming: Forces and months that are imported now: what they had is about to be replaced.
        """
        self._store = store
        self._coming = frozenset(coming)
        self._month: int | None = None
        self._known = NO_MARKS

    def repeated(self, month: int, marks: Marks) -> npt.NDArray[np.bool_]:
        """Which crimes of a month another force has, of an earlier import or an earlier file.

        Args:
            month: Its number.
            marks: Of n IDs.
        """
        self._turn_to(month)
        return is_among(marks, self._known)

    def add(self, month: int, marks: Marks) -> None:
        """Let the files that come hereafter know what this one has."""
        self._turn_to(month)
        new = np.unique(marks)
        self._known = np.insert(self._known, np.searchsorted(self._known, new), new)

    def _turn_to(self, month: int) -> None:
        if month == self._month:
            return
        with self._store.reading() as connection:
            rows = connection.execute(_of_month(month)).all()
        stored = [unpacked(row.marks) for row in rows if (row.force, month) not in self._coming]
        self._month = month
        self._known = np.sort(np.concatenate((NO_MARKS, *stored)))


def _of_month(month: int) -> Select[Any]:
    return (
        select(crime_month.c.force, crime_month_ids.c.marks)
        .join(crime_month_ids, crime_month_ids.c.crime_month_id == crime_month.c.id)
        .where(
            crime_month.c.month == month,
            crime_month.c.kind == Kind.STREET.value,
            crime_month.c.status == "active",
        )
    )
