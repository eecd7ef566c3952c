"""Which crimes a month knows already, by their IDs.

An ID is the SHA-256 of a force's own number, so its first eight bytes tell half a million crimes of
a month from as many others: that two are alike by chance happens once in tens of millions of
months. They are kept sorted beside the month; its rows need no index by ID.
"""

from collections.abc import Collection
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Select, select

from geo_alerts.store.crime_months import Kind
from geo_alerts.store.crime_tables import crime_month, crime_month_ids
from geo_alerts.store.database import Store

HEAD_BYTES: Final = 8

Heads = npt.NDArray[np.uint64]
NO_HEADS: Final[Heads] = np.zeros(0, dtype=np.uint64)


def heads_of(id_bytes: npt.NDArray[np.void]) -> Heads:
    """The first eight bytes of each ID, as numbers.

    Args:
        id_bytes: n IDs as numpy's void, of eight bytes or more each.
    """
    width = id_bytes.dtype.itemsize
    rows = np.ascontiguousarray(id_bytes).view(np.uint8).reshape(-1, width)
    return np.ascontiguousarray(rows[:, :HEAD_BYTES]).view(">u8").ravel().astype(np.uint64)


def is_among(heads: Heads, known: Heads) -> npt.NDArray[np.bool_]:
    """Which of some heads are among others, which are sorted."""
    at = np.searchsorted(known, heads)
    at[at == len(known)] = 0
    return known[at] == heads if len(known) else np.zeros(len(heads), dtype=np.bool_)


def heads_of_month(connection: Connection, month_id: int) -> Heads:
    """The heads of the IDs of a month, sorted."""
    query = select(crime_month_ids.c.heads).where(crime_month_ids.c.crime_month_id == month_id)
    found = connection.execute(query).scalar()
    return NO_HEADS if found is None else unpacked(found)


def packed(heads: Heads) -> bytes:
    """Heads as they are stored: sorted, eight bytes each, the highest first."""
    return np.sort(heads).astype(">u8").tobytes()


def unpacked(stored: bytes) -> Heads:
    """Heads as they were stored."""
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
        self._known = NO_HEADS

    def repeated(self, month: int, heads: Heads) -> npt.NDArray[np.bool_]:
        """Which crimes of a month another force has, of an earlier import or an earlier file.

        Args:
            month: Its number.
            heads: Of n IDs.
        """
        self._turn_to(month)
        return is_among(heads, self._known)

    def add(self, month: int, heads: Heads) -> None:
        """Let the files that come hereafter know what this one has."""
        self._turn_to(month)
        new = np.unique(heads)
        self._known = np.insert(self._known, np.searchsorted(self._known, new), new)

    def _turn_to(self, month: int) -> None:
        if month == self._month:
            return
        with self._store.reading() as connection:
            rows = connection.execute(_of_month(month)).all()
        stored = [unpacked(row.heads) for row in rows if (row.force, month) not in self._coming]
        self._month = month
        self._known = np.sort(np.concatenate((NO_HEADS, *stored)))


def _of_month(month: int) -> Select[Any]:
    return (
        select(crime_month.c.force, crime_month_ids.c.heads)
        .join(crime_month_ids, crime_month_ids.c.crime_month_id == crime_month.c.id)
        .where(
            crime_month.c.month == month,
            crime_month.c.kind == Kind.STREET.value,
            crime_month.c.status == "active",
        )
    )
