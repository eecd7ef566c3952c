"""Months of crimes: staged out of sight in short transactions, made visible all at once.

A file of a month replaces what there is of the same force, month and kind whole, or is merged onto
it; the one that was replaced is removed afterwards. A crash leaves what there was as it was.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, insert, literal, select, update

from geo_alerts.errors import ConflictError
from geo_alerts.store.audit import append_by_admin
from geo_alerts.store.bulk_arrays import Packed, insert_packed, pack
from geo_alerts.store.crime_ids import Marks, packed
from geo_alerts.store.crime_months import CategoryCount, CrimeMonth, Kind
from geo_alerts.store.crime_points import add_points
from geo_alerts.store.crime_removal import BATCH_ROWS, discard
from geo_alerts.store.crime_rows import MonthRows, arrays_of
from geo_alerts.store.crime_tables import (
    ROWS_OF_A_MONTH,
    crime_month,
    crime_month_category,
    crime_month_ids,
)
from geo_alerts.store.database import Store
from geo_alerts.store.sequence import next_seq
from geo_alerts.store.staging import owner_of_this_process

# How often the months of a long import say that somebody still works on them.
HEARTBEAT: Final = timedelta(minutes=1)

SILENT: Final = "the import was silent for so long that it was removed; import again"

Integers = npt.NDArray[np.int64]


@dataclass(slots=True)
class CrimeImport:
    """An import under way: stage months, then switch all of them on."""

    store: Store
    by: str
    staged: list[int] = field(default_factory=list)
    # The number of the month that comes next: with it at hand, a month takes one transaction.
    _next_id: int | None = None
    _beaten_at: datetime | None = None

    def stage(
        self, rows: MonthRows, marks: Marks, points: Packed, *, onto: CrimeMonth | None = None
    ) -> Mapping[int, CategoryCount]:
        """Keep a month where nobody reads it.

        Args:
            rows: Its rows.
            marks: Of all IDs that the month will have.
            points: Published points that the rows refer to and that may be new, as
                `crime_points.pack_points` makes them.
            onto: The active month that the rows are merged onto; None to replace what there is.

        Returns:
            Rows by category, of all that the month has now.

        Raises:
            ConflictError: The month that they are merged onto was replaced meanwhile.
        """
        month_id = self._take_number()
        counts = _merged(rows.counts(), {} if onto is None else onto.categories)
        batches = self._packed(rows, month_id, 0 if onto is None else onto.row_count)
        first = next(batches)
        with self._writing() as connection:
            _describe(connection, month_id, rows, onto)
            connection.execute(
                insert(crime_month_ids).values(crime_month_id=month_id, marks=packed(marks))
            )
            _add_counts(connection, month_id, counts)
            add_points(connection, points)
            _insert(connection, first)
            self._next_id = _number(connection, self)
        for batch in batches:
            with self._writing() as connection:
                _insert(connection, batch)
        if onto is not None:
            self._copy_rows(onto, month_id)
        return counts

    def switch(self, details: Mapping[str, Any]) -> list[int]:
        """Make all staged months active, in one short transaction.

        Args:
            details: What the audit trail is told.

        Returns:
            The months that were replaced, which `discard` removes.

        Raises:
            ConflictError: Another import of one of the months came first; none is switched on.
        """
        with self.store.writing() as connection:
            seq, now = next_seq(connection), self.store.clock()
            replaced = _require_base(connection, self.staged)
            was = crime_month.c.id.in_(replaced)
            connection.execute(update(crime_month).where(was).values(status="replaced"))
            switched = update(crime_month).where(crime_month.c.id.in_(self.staged))
            values = {"status": "active", "switched_at": now, "switched_seq": seq}
            connection.execute(switched.values(values))
            append_by_admin(connection, "import.crimes", self.by, now, dict(details))
        self.staged.clear()
        return replaced

    def clear(self) -> None:
        """Remove what was staged and not switched on."""
        unused = [] if self._next_id is None else [self._next_id]
        discard(self.store, [*self.staged, *unused])

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        now = self.store.clock()
        with self.store.writing(gives_way=True, is_staged=True) as connection:
            if self._beaten_at is None or now - self._beaten_at > HEARTBEAT:
                mine = update(crime_month).where(crime_month.c.id.in_(self.staged))
                connection.execute(mine.values(heartbeat_at=now))
                self._beaten_at = now
            yield connection

    def _take_number(self) -> int:
        if self._next_id is None:
            with self._writing() as connection:
                self._next_id = _number(connection, self)
        taken, self._next_id = self._next_id, None
        self.staged.append(taken)
        return taken

    def _packed(self, rows: MonthRows, month_id: int, first: int) -> Iterator[list[Packed]]:
        for start in range(0, len(rows), BATCH_ROWS):
            batch = slice(start, start + BATCH_ROWS)
            arrays = arrays_of(rows, month_id, batch, first + start)
            yield [pack(self.store.dialect, table, columns) for table, columns in arrays]

    def _copy_rows(self, onto: CrimeMonth, month_id: int) -> None:
        for table in ROWS_OF_A_MONTH:
            others = [column for column in table.c if column.name != "crime_month_id"]
            is_its = table.c.crime_month_id == onto.id
            for start in range(0, onto.row_count, BATCH_ROWS):
                batch = table.c.row.between(start, start + BATCH_ROWS - 1)
                query = select(literal(month_id), *others).where(is_its, batch)
                names = ["crime_month_id", *(column.name for column in others)]
                with self._writing() as connection:
                    connection.execute(insert(table).from_select(names, query))


@contextmanager
def importing(store: Store, *, by: str) -> Iterator[CrimeImport]:
    """Begin an import of months; what it staged and did not switch on is removed at the end."""
    begun = CrimeImport(store, by)
    try:
        yield begun
    finally:
        begun.clear()


def _number(connection: Connection, begun: CrimeImport) -> int:
    # A month of which nothing is known yet but who works on it.
    now = begun.store.clock()
    values = {
        "force": "",
        "month": 0,
        "kind": Kind.STREET.value,
        "source_name": "",
        "sha256": "",
        "row_count": 0,
        "located": 0,
        "notes": {},
        "status": "staged",
        "owner": owner_of_this_process(),
        "recorded_at": now,
        "recorded_by": begun.by,
        "heartbeat_at": now,
    }
    made = insert(crime_month).values(values).returning(crime_month.c.id)
    return int(connection.execute(made).scalar_one())


def _describe(
    connection: Connection, month_id: int, rows: MonthRows, onto: CrimeMonth | None
) -> None:
    base_id = _active_id(connection, rows.force, rows.month, rows.kind)
    if onto is not None and base_id != onto.id:
        raise ConflictError("another import of the same month came first; import again")
    before = (0, 0) if onto is None else (onto.row_count, onto.located)
    values = {
        "force": rows.force,
        "month": rows.month,
        "kind": rows.kind.value,
        "source_name": _names(rows, onto),
        "sha256": _sha256(rows, onto),
        "row_count": before[0] + len(rows),
        "located": before[1] + int(rows.located.sum()),
        "notes": dict(rows.notes),
        "base_id": base_id,
    }
    is_mine = (crime_month.c.id == month_id) & (crime_month.c.status == "staged")
    described = update(crime_month).where(is_mine).values(values)
    if connection.execute(described).rowcount == 0:
        raise ConflictError(SILENT)


def _insert(connection: Connection, batch: list[Packed]) -> None:
    for packed_rows in batch:
        insert_packed(connection, packed_rows)


def _active_id(connection: Connection, force: str, month: int, kind: Kind) -> int | None:
    is_it = (crime_month.c.force == force) & (crime_month.c.month == month)
    is_it &= (crime_month.c.kind == kind.value) & (crime_month.c.status == "active")
    return connection.execute(select(crime_month.c.id).where(is_it)).scalar()


def _require_base(connection: Connection, staged: list[int]) -> list[int]:
    # The active months that the staged ones replace: those that were active when they were begun.
    new, old = crime_month.alias("new"), crime_month.alias("old")
    is_same = (old.c.force == new.c.force) & (old.c.month == new.c.month)
    is_same &= (old.c.kind == new.c.kind) & (old.c.status == "active")
    query = (
        select(new.c.id, new.c.base_id, old.c.id.label("active_id"))
        .outerjoin(old, is_same)
        .where(new.c.id.in_(staged), new.c.status == "staged")
    )
    found = connection.execute(query).all()
    if len(found) != len(staged):
        raise ConflictError(SILENT)
    if any(row.base_id != row.active_id for row in found):
        raise ConflictError("another import of the same months came first; import again")
    return [row.active_id for row in found if row.active_id is not None]


def _merged(
    added: Mapping[int, CategoryCount], before: Mapping[int, CategoryCount]
) -> dict[int, CategoryCount]:
    both = {one: before[one] + added[one] for one in added.keys() & before.keys()}
    return dict(sorted({**before, **added, **both}.items()))


def _names(rows: MonthRows, onto: CrimeMonth | None) -> str:
    return rows.source_name if onto is None else f"{onto.source_name}, {rows.source_name}"


def _sha256(rows: MonthRows, onto: CrimeMonth | None) -> str:
    if onto is None:
        return rows.sha256
    return hashlib.sha256(f"{onto.sha256}{rows.sha256}".encode()).hexdigest()


def _add_counts(connection: Connection, month_id: int, counts: Mapping[int, CategoryCount]) -> None:
    rows = [
        {
            "crime_month_id": month_id,
            "category": category,
            "row_count": count.rows,
            "located": count.located,
            "outside": count.outside,
        }
        for category, count in counts.items()
    ]
    if rows:
        connection.execute(insert(crime_month_category), rows)
