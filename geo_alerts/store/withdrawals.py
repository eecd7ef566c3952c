"""Withdrawals, kept for good: what takes a person out of audiences that were frozen before.

A withdrawal is written in the transaction that makes it known, or staged with its file and seen
with it. Joining again leaves it alone, and so does erasing the person: it holds a random number.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, select, tuple_

from geo_alerts.sources.subscriber_rules import ALL
from geo_alerts.store.bulk import Columns, insert_rows, make_rows
from geo_alerts.store.database import Store
from geo_alerts.store.staging import BATCH_ROWS
from geo_alerts.store.tables import change_set, withdrawal


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A withdrawal to write.

    Attributes:
        number: Of the person.
        what: `all`, `channel:text` or `topic:burglary`.
        at: When it was true.
        before_seq: Audiences frozen before this number are left; None for that of the change set.
    """

    number: int
    what: str
    at: datetime
    before_seq: int | None


def news(connection: Connection, withdrawals: Iterable[Withdrawal]) -> list[Withdrawal]:
    """Those withdrawals that change anything.

    One that is heard of late changes nothing where the person is known to have withdrawn from the
    same, or from all, at that time or later: what was frozen since rests on newer consent.
    """
    given = list(withdrawals)
    late = {one.number for one in given if one.before_seq is not None}
    if not late:
        return given
    columns = (withdrawal.c.number, withdrawal.c.scope, withdrawal.c.name, withdrawal.c.at)
    query = _visible(select(*columns)).where(withdrawal.c.number.in_(late))
    known: dict[tuple[int, str], datetime] = {}
    for row in connection.execute(query):
        key = (row.number, _what(row.scope, row.name))
        known[key] = max(row.at, known.get(key, row.at))

    def is_known(one: Withdrawal) -> bool:
        times = (known.get((one.number, what)) for what in (ALL, one.what))
        return any(at is not None and at >= one.at for at in times)

    return [one for one in given if one.before_seq is None or not is_known(one)]


def write_withdrawals(
    connection: Connection, set_id: int, withdrawals: Sequence[Withdrawal]
) -> None:
    """Add withdrawals to a change set, each person's each once."""
    ordered = sorted(withdrawals, key=lambda one: (one.number, one.what))
    parts = [one.what.partition(":") for one in ordered]
    columns: Columns = {
        "number": [one.number for one in ordered],
        "change_set_id": [set_id] * len(ordered),
        "scope": [scope for scope, _, _ in parts],
        "name": [name for _, _, name in parts],
        "at": [one.at for one in ordered],
        "before_seq": [one.before_seq for one in ordered],
    }
    insert_rows(connection, make_rows(connection.dialect, withdrawal, columns))


def withdrawals_in(set_id: int, numbers: Sequence[int] | None = None) -> ColumnElement[bool]:
    """Which withdrawals a change set holds; of some people only where numbers are given."""
    is_its = withdrawal.c.change_set_id == set_id
    return is_its if numbers is None else is_its & withdrawal.c.number.in_(numbers)


def discard_withdrawals(store: Store, set_id: int) -> None:
    """Remove the withdrawals of a change set that is not visible, in batches."""
    key = (withdrawal.c.number, withdrawal.c.scope, withdrawal.c.name)
    batch = select(*key).where(withdrawals_in(set_id)).limit(BATCH_ROWS)
    removed = 1
    while removed:
        with store.writing(gives_way=True) as connection:
            among = withdrawals_in(set_id) & tuple_(*key).in_(batch)
            removed = connection.execute(delete(withdrawal).where(among)).rowcount


def _what(scope: str, name: str) -> str:
    return f"{scope}:{name}" if name else scope


def _visible(query: Select[Any]) -> Select[Any]:
    joined = query.join(change_set, change_set.c.id == withdrawal.c.change_set_id)
    return joined.where(change_set.c.seq.is_not(None))
