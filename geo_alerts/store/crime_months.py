"""What crimes are in the store, month by month of each force.

A force's own data knows more than what is published of it: where both are there, crimes of the
categories that the own data holds come from it alone, so that none is counted twice.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, select

from geo_alerts.store.crime_tables import crime_month, crime_month_category

IN_ORDER: Final = (crime_month.c.month, crime_month.c.force, crime_month.c.kind)
# A statement takes some ten thousand values.
NUMBERS_AT_ONCE: Final = 20_000


class Kind(StrEnum):
    """What the rows of a month are."""

    STREET = "street"
    OUTCOMES = "outcomes"
    OWN = "own"


# Those that hold crimes, and not what became of them.
OF_CRIMES: Final = (Kind.STREET, Kind.OWN)


@dataclass(frozen=True, slots=True)
class CategoryCount:
    """Rows of one category in one month of a force.

    Attributes:
        rows: All.
        located: Those with a position.
        outside: Of these, those outside the force's ground; None where its ground is not known.
    """

    rows: int
    located: int
    outside: int | None

    def __add__(self, other: "CategoryCount") -> "CategoryCount":
        """Both together; what is outside is known where it is known of both."""
        beyond = None
        if self.outside is not None and other.outside is not None:
            beyond = self.outside + other.outside
        return CategoryCount(self.rows + other.rows, self.located + other.located, beyond)


@dataclass(frozen=True, slots=True)
class CrimeMonth:
    """One month of one force, as it is in the store.

    Attributes:
        id: Its number; never given again.
        force: As data.police.uk has it in its addresses, such as `west-mercia`.
        month: By `hotspots.months.month_number`.
        kind: `street`, `outcomes` or `own`.
        source_name: The file that it was in.
        sha256: Of that file's content; of all, where several were merged.
        row_count: Of rows that were kept.
        located: Those with a position.
        notes: What was left out and why, as JSON.
        recorded_at: When it was imported.
        recorded_by: By whom.
        categories: By number; empty for outcomes.
    """

    id: int
    force: str
    month: int
    kind: Kind
    source_name: str
    sha256: str
    row_count: int
    located: int
    notes: Mapping[str, Any]
    recorded_at: datetime
    recorded_by: str
    categories: Mapping[int, CategoryCount]


@dataclass(frozen=True, slots=True)
class InPlace:
    """Crimes of a category in a month of a force that own data tells in place of published files.

    Attributes:
        force: Whose.
        month: By `hotspots.months.month_number`.
        category: By number.
        own: Rows of the force's own data, which are the ones that count.
        published: Rows that are published, which do not.
    """

    force: str
    month: int
    category: int
    own: int
    published: int


def crime_months(
    connection: Connection,
    *,
    forces: Sequence[str] | None = None,
    months: tuple[int, int] | None = None,
    kinds: Collection[Kind] = tuple(Kind),
    counted: Collection[Kind] = tuple(Kind),
) -> list[CrimeMonth]:
    """Every month of every force that is in the store, by month, force and kind.

    Args:
        connection: A look at the store.
        forces: Of these alone; of all when None.
        months: The first and the last month asked for; all when None.
        kinds: Of these alone.
        counted: Of these the categories are read, which takes longer than all else; of others
            there are none.
    """
    active = _active(forces, months, kinds)
    rows = connection.execute(active.order_by(*IN_ORDER)).all()
    some = {row.kind for row in rows} & {kind.value for kind in counted}
    of_some = active.where(crime_month.c.kind.in_(some)).with_only_columns(crime_month.c.id)
    categories = _categories(connection, of_some) if some else {}
    return [_month_of(row, categories.get(row.id, {})) for row in rows]


def crimes_sha256(
    connection: Connection, *, forces: Sequence[str] | None, months: tuple[int, int]
) -> str:
    """A hash over what there is of some forces and months: other crimes, another hash.

    Args:
        connection: A look at the store.
        forces: Of these alone; of all when None.
        months: The first and the last month.
    """
    digest = hashlib.sha256()
    for row in connection.execute(_active(forces, months, OF_CRIMES).order_by(*IN_ORDER)):
        # The same file is kept with fewer rows where another force has some of its crimes already.
        facts = (row.force, row.month, row.kind, row.sha256, row.row_count, row.located)
        digest.update(" ".join(map(str, (*facts, "\n"))).encode())
    return digest.hexdigest()


def located_and_not(
    connection: Connection,
    *,
    forces: Sequence[str] | None,
    months: tuple[int, int],
    categories: Sequence[int] | None,
) -> dict[int, tuple[int, int]]:
    """How many crimes there are by category, and how many of them have a position.

    Args:
        connection: A look at the store.
        forces: Of these alone; of all when None.
        months: The first and the last month.
        categories: Of these alone; of all when None.

    Returns:
        Number of the category -> rows, located; in the order of the numbers.
    """
    counted: dict[int, tuple[int, int]] = {}
    found = crime_months(connection, forces=forces, months=months, kinds=OF_CRIMES)
    skipped = told_better(found)
    for month in found:
        for category, count in month.categories.items():
            is_asked = categories is None or category in categories
            if is_asked and category not in skipped.get(month.id, ()):
                rows, located = counted.get(category, (0, 0))
                counted[category] = (rows + count.rows, located + count.located)
    return dict(sorted(counted.items()))


def told_better(months: Sequence[CrimeMonth]) -> dict[int, frozenset[int]]:
    """Of published months the categories that the force's own data of the month has.

    Args:
        months: All that is asked about, of both kinds.

    Returns:
        The number of a published month -> numbers of categories; only where there is own data.
    """
    own = {(one.force, one.month): one.categories for one in months if one.kind == Kind.OWN}
    return {
        one.id: frozenset(own[one.force, one.month])
        for one in months
        if one.kind == Kind.STREET and (one.force, one.month) in own
    }


def own_in_place(
    months: Sequence[CrimeMonth], categories: Collection[int] | None = None
) -> list[InPlace]:
    """Where a force's own data stands in for published crimes, however few it has of them.

    Args:
        months: All that is asked about, of both kinds.
        categories: Of these alone; of all when None.

    Returns:
        By month, force and category, as the months are; nothing of what is published not at all.
    """
    own = {(one.force, one.month): one.categories for one in months if one.kind == Kind.OWN}
    skipped = told_better(months)
    return [
        InPlace(
            one.force, one.month, number, own[one.force, one.month][number].rows, published.rows
        )
        for one in months
        for number, published in one.categories.items()
        if number in skipped.get(one.id, ()) and (categories is None or number in categories)
    ]


def in_batches(numbers: list[int]) -> Iterator[list[int]]:
    """Numbers, as many at a time as a statement takes."""
    for start in range(0, len(numbers), NUMBERS_AT_ONCE):
        yield numbers[start : start + NUMBERS_AT_ONCE]


def _active(
    forces: Sequence[str] | None, months: tuple[int, int] | None, kinds: Collection[Kind]
) -> Select[Any]:
    query = select(crime_month).where(
        crime_month.c.status == "active", crime_month.c.kind.in_([kind.value for kind in kinds])
    )
    if forces is not None:
        query = query.where(crime_month.c.force.in_(list(forces)))
    if months is not None:
        query = query.where(crime_month.c.month.between(*months))
    return query


def _categories(
    connection: Connection, ids: Select[tuple[int]]
) -> dict[int, dict[int, CategoryCount]]:
    counted: dict[int, dict[int, CategoryCount]] = {}
    names = ("crime_month_id", "category", "row_count", "located", "outside")
    query = (
        select(*(crime_month_category.c[name] for name in names))
        .where(crime_month_category.c.crime_month_id.in_(ids))
        .order_by(crime_month_category.c.crime_month_id, crime_month_category.c.category)
    )
    for month_id, category, *count in connection.execute(query):
        counted.setdefault(month_id, {})[category] = CategoryCount(*count)
    return counted


def _month_of(row: Row[Any], categories: Mapping[int, CategoryCount]) -> CrimeMonth:
    return CrimeMonth(
        id=row.id,
        force=row.force,
        month=row.month,
        kind=Kind(row.kind),
        source_name=row.source_name,
        sha256=row.sha256,
        row_count=row.row_count,
        located=row.located,
        notes=row.notes,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        categories=categories,
    )
