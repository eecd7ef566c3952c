"""Which months of crimes are there: a month that is missing is not a month without crime.

A month of a force is there when its published street file is, or when the force's own data has it.
Own data may hold some categories alone: of others that it has in no month it tells nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from geo_alerts.acts.page_tokens import place_of, token_of
from geo_alerts.errors import InvalidInputError, NotReadyError
from geo_alerts.hotspots.categories import CATEGORIES
from geo_alerts.hotspots.months import month_number, month_text
from geo_alerts.store.crime_months import OF_CRIMES, CrimeMonth, InPlace, Kind, crime_months

# Of months that a message names.
SHOWN: Final = 6
# No month comes after it.
LATEST: Final = month_number("2099-12")

NO_CRIMES: Final = "no crimes are imported: geo-alerts import crimes PATH"


@dataclass(frozen=True, slots=True)
class Presence:
    """Which months of a span are there, of some forces together.

    Attributes:
        forces: Whose.
        present: Those that are there of every force, ascending.
        missing: The others.
        missing_of: Force -> those that are not there of it; of forces that lack any.
    """

    forces: tuple[str, ...]
    present: tuple[int, ...]
    missing: tuple[int, ...]
    missing_of: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class MonthsAsked:
    """Which months a list is to hold: of some forces or of all, from a month on, up to one."""

    forces: tuple[str, ...] | None
    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class MonthsPage:
    """Some months of forces; the token asks for what follows, None at the end.

    Attributes:
        months: By month, force and kind.
        missing: Force -> months in between that are not there, of all that is asked about.
        next_page_token: What the next page is asked by.
    """

    months: tuple[CrimeMonth, ...]
    missing: Mapping[str, tuple[int, ...]]
    next_page_token: str | None


def months_present(
    connection: Connection,
    *,
    forces: Sequence[str] | None,
    months: tuple[int, int],
    categories: Collection[int] | None = None,
) -> Presence:
    """Which months of a span are there.

    Args:
        connection: A look at the store.
        forces: Of these; of all that have any month when None.
        months: The first and the last month asked for.
        categories: What is asked about; all when None.

    Raises:
        NotReadyError: No crimes are imported at all.
        InvalidInputError: A force is none whose crimes were imported; or the last month comes
            before the first.
    """
    first, last = months
    _require_span(first, last)
    found = crime_months(connection, kinds=OF_CRIMES, counted=(Kind.OWN,))
    there = _there(found, frozenset() if categories is None else frozenset(categories))
    asked = _known_forces(forces, there)
    span = range(first, last + 1)
    missing_of = {
        force: gone
        for force in asked
        if (gone := tuple(month for month in span if month not in there[force]))
    }
    missing = sorted(set().union(*missing_of.values()))
    present = tuple(month for month in span if month not in missing)
    return Presence(asked, present, tuple(missing), missing_of)


def present_months(
    connection: Connection,
    *,
    forces: Sequence[str] | None = None,
    first: int | None = None,
    last: int | None = None,
) -> list[CrimeMonth]:
    """What is there of each month of each force, of every kind.

    Args:
        connection: A look at the store.
        forces: Of these alone; of all when None.
        first: The first month asked for; from the earliest on when None.
        last: The last one; up to the latest when None.

    Returns:
        By month, force and kind; nothing where no crimes are imported and no force is named.

    Raises:
        NotReadyError: No crimes are imported at all, and a force is named.
        InvalidInputError: A force is none whose crimes were imported; or the last month comes
            before the first.
    """
    span = (0 if first is None else first, LATEST if last is None else last)
    _require_span(*span)
    every = crime_months(connection)
    if not every and forces is None:
        return []
    asked = set(_known_forces(forces, _there(every, frozenset())))
    return [one for one in every if one.force in asked and span[0] <= one.month <= span[1]]


def page_of_months(
    connection: Connection, asked: MonthsAsked, *, page_size: int, page_token: str | None
) -> MonthsPage:
    """The same, page by page, with the months that are missing of the forces asked about.

    Raises:
        InvalidPageTokenError: The token was not given by a page of this list.
        NotReadyError: As `present_months`.
        InvalidInputError: As `present_months`.
    """
    found = present_months(connection, forces=asked.forces, first=asked.first, last=asked.last)
    name = f"crimes {asked.forces} {asked.first} {asked.last}"
    start = place_of(name, page_token) if page_token else 0
    end = start + page_size
    following = token_of(name, end) if end < len(found) else None
    return MonthsPage(tuple(found[start:end]), missing_months(found), following)


def refuse_missing(presence: Presence, *, may_mask: bool = True) -> None:
    """Refuse to work on months that are not all there, and say what would do.

    Args:
        presence: Which are there.
        may_mask: Whether who asks can do without those that are missing.

    Raises:
        InvalidInputError: A month is missing of some force.
    """
    if not presence.missing_of:
        return
    told = "; ".join(
        f"{in_words(gone)} of {force}" for force, gone in sorted(presence.missing_of.items())
    )
    mask = ", or ask for missing months to be masked" if may_mask else ""
    raise InvalidInputError(
        f"months of crimes are missing: {told}; import them{',' if may_mask else ' or'} choose "
        f"months that are all there{_longest(presence.present)}{mask}"
    )


def missing_months(found: Sequence[CrimeMonth]) -> dict[str, tuple[int, ...]]:
    """The months between the first and the last of each force that are not there.

    Args:
        found: What is there of crimes, in any order.

    Returns:
        Force -> months, ascending; of forces that lack any.
    """
    there = _there(found, frozenset())
    gaps = {
        force: tuple(one for one in range(min(months), max(months)) if one not in months)
        for force, months in sorted(there.items())
    }
    return {force: months for force, months in gaps.items() if months}


def in_words(months: Sequence[int]) -> str:
    """Months, neighbours put together: `2025-01 to 2025-03, 2025-06`; long lists are cut."""
    runs: list[list[int]] = []
    for month in months:
        if runs and month == runs[-1][1] + 1:
            runs[-1][1] = month
        else:
            runs.append([month, month])
    words = [
        month_text(first) if first == last else f"{month_text(first)} to {month_text(last)}"
        for first, last in runs[:SHOWN]
    ]
    return ", ".join(words) + (", …" if len(runs) > SHOWN else "")


def in_place_facts(found: Sequence[InPlace]) -> dict[str, Any]:
    """What answers tell of own crimes in place of published ones; nothing where there are none."""
    if not found:
        return {}
    told = {
        "own": sum(one.own for one in found),
        "published": sum(one.published for one in found),
        "months": [month_text(month) for month in sorted({one.month for one in found})],
    }
    return {"own_in_place_of_published": told}


def as_dict(month: CrimeMonth) -> dict[str, Any]:
    """A month of a force as JSON has it, its categories by what questions call them."""
    return {
        "force": month.force,
        "month": month_text(month.month),
        "kind": month.kind.value,
        "source": month.source_name,
        "sha256": month.sha256,
        "rows": month.row_count,
        "located": month.located,
        "recorded_at": month.recorded_at.isoformat(timespec="seconds"),
        "categories": {
            CATEGORIES[number].slug: {
                "rows": count.rows,
                "located": count.located,
                "outside": count.outside,
            }
            for number, count in month.categories.items()
        },
    }


def _there(found: Sequence[CrimeMonth], asked: frozenset[int]) -> dict[str, set[int]]:
    covered: dict[str, set[int]] = {}
    for one in found:
        if one.kind == Kind.OWN:
            covered.setdefault(one.force, set()).update(one.categories)
    there: dict[str, set[int]] = {}
    for one in found:
        months = there.setdefault(one.force, set())
        if one.kind == Kind.STREET or (one.kind == Kind.OWN and asked <= covered[one.force]):
            months.add(one.month)
    return there


def _known_forces(
    forces: Sequence[str] | None, there: Mapping[str, Collection[int]]
) -> tuple[str, ...]:
    if not there:
        raise NotReadyError(NO_CRIMES)
    if forces is None:
        return tuple(sorted(there))
    unknown = sorted(set(forces) - there.keys())
    if unknown:
        known = ", ".join(sorted(there))
        raise InvalidInputError(
            f"no crimes of {', '.join(unknown)} are imported; there are {known}"
        )
    return tuple(sorted(set(forces)))


def _require_span(first: int, last: int) -> None:
    if first > last:
        raise InvalidInputError(
            f"the first month, {month_text(first)}, comes after the last, {month_text(last)}"
        )


def _longest(present: Sequence[int]) -> str:
    runs: list[list[int]] = []
    for month in present:
        if runs and month == runs[-1][-1] + 1:
            runs[-1].append(month)
        else:
            runs.append([month])
    if not runs:
        return ""
    longest = max(runs, key=len)
    return f" (such as {in_words(longest)})"
