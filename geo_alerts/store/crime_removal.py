"""Removing months of crimes, in batches, so that no other writer waits."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Table, delete, func, select, update

from geo_alerts.errors import NotFoundError
from geo_alerts.hotspots.months import month_text
from geo_alerts.store.audit import append_by_admin
from geo_alerts.store.crime_months import CrimeMonth, Kind, crime_months
from geo_alerts.store.crime_tables import (
    OF_A_MONTH,
    ROWS_OF_A_MONTH,
    crime_month,
)
from geo_alerts.store.database import Store
from geo_alerts.store.sequence import next_seq
from geo_alerts.store.staging import is_abandoned

# Rows of numbers, in the order of their key: 20,000 of them take SQLite's one lock for 50 ms.
BATCH_ROWS: Final = 20_000

GONE: Final = ("replaced", "discarded")


def tidy(store: Store) -> int:
    """Remove months that nobody will finish, and what an interrupted removal left.

    Published points stay: nothing tells by them what was imported, and other months refer to them.

    Returns:
        How many months were abandoned.
    """
    unread = crime_month.c.status.in_(("staged", *GONE))
    with store.reading() as connection:
        found = connection.execute(select(crime_month).where(unread)).all()
    now = store.clock()
    abandoned = [
        row.id
        for row in found
        if row.status == "staged" and is_abandoned(row.owner, row.heartbeat_at, now)
    ]
    discard(store, [row.id for row in found if row.status != "staged"] + abandoned)
    return len(abandoned)


def remove_month(
    store: Store, force: str, month: int, kind: Kind | None, *, by: str
) -> list[CrimeMonth]:
    """Take a month of a force out, of one kind or of all: from then on it is missing.

    Where own data stood in for published crimes, these count again. The record of the month stays,
    for results name what they were made from.

    Args:
        store: Where it is.
        force: Whose.
        month: By `hotspots.months.month_number`.
        kind: Of this alone; of every kind when None.
        by: Who removes it.

    Returns:
        What was taken out, by kind.

    Raises:
        NotFoundError: There is nothing of the month.
    """
    kinds = tuple(Kind) if kind is None else (kind,)
    with store.writing() as connection:
        next_seq(connection)
        gone = crime_months(connection, forces=[force], months=(month, month), kinds=kinds)
        if not gone:
            what = "crimes" if kind is None else f"{kind.value} rows"
            raise NotFoundError(
                f"there are no {what} of {force} in {month_text(month)}: "
                f"geo-alerts crimes months tells what there is"
            )
        is_it = crime_month.c.id.in_([one.id for one in gone])
        connection.execute(update(crime_month).where(is_it).values(status="replaced"))
        details = {
            "force": force,
            "month": month_text(month),
            "kinds": {one.kind.value: one.row_count for one in gone},
            "sha256": {one.kind.value: one.sha256 for one in gone},
        }
        append_by_admin(connection, "crimes.remove", by, store.clock(), details)
    discard(store, [one.id for one in gone])
    return gone


def discard(store: Store, month_ids: Iterable[int]) -> None:
    """Remove the rows of months that are staged or were replaced; others stay as they are.

    The record of a month that was replaced stays, for results name what they were made from; that
    of one that never was active goes.
    """
    for month_id in month_ids:
        if not _mark(store, month_id):
            continue
        for table in ROWS_OF_A_MONTH:
            _remove_rows(store, table, month_id)
        is_it = crime_month.c.id == month_id
        with store.writing(gives_way=True) as connection:
            for table in OF_A_MONTH:
                connection.execute(delete(table).where(table.c.crime_month_id == month_id))
            never = crime_month.c.status == "discarded"
            connection.execute(delete(crime_month).where(is_it, never))
            replaced = update(crime_month).where(is_it, crime_month.c.status == "replaced")
            connection.execute(replaced.values(status="removed"))


def _mark(store: Store, month_id: int) -> bool:
    # Whether it is one to remove: who staged it may have switched it on meanwhile.
    is_it = crime_month.c.id == month_id
    with store.writing() as connection:
        staged = update(crime_month).where(is_it, crime_month.c.status == "staged")
        connection.execute(staged.values(status="discarded"))
        gone = select(crime_month.c.id).where(is_it, crime_month.c.status.in_(GONE))
        return connection.execute(gone).first() is not None


def _remove_rows(store: Store, table: Table, month_id: int) -> None:
    is_its = table.c.crime_month_id == month_id
    with store.reading() as connection:
        last = connection.execute(select(func.max(table.c.row)).where(is_its)).scalar()
    for start in range(0, 0 if last is None else last + 1, BATCH_ROWS):
        with store.writing(gives_way=True) as connection:
            batch = table.c.row.between(start, start + BATCH_ROWS - 1)
            connection.execute(delete(table).where(is_its, batch))
