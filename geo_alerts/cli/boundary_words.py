"""Editions of boundaries, faults and repairs in words and tables for people."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from rich.markup import escape
from rich.table import Column, Table

from geo_alerts.acts.editions import Days, EditionAnswer
from geo_alerts.acts.repairs import ChangeAnswer, RepairAnswer
from geo_alerts.acts.words import counted
from geo_alerts.cli.options import printed
from geo_alerts.sources.moments import in_words as moment_in_words
from geo_alerts.store.activations import State

if TYPE_CHECKING:
    from boundaries.faults.report import BoundaryFault
    from boundaries.repair.account import Change

# Rows of a table that are shown, and codes that are named in a row.
SHOWN: Final = 20
NAMED_CODES: Final = 4

M2_OF_KM2: Final = 1_000_000
# Ground from this on is told in square kilometres.
LARGE_M2: Final = 100_000
# Sizes below this are told to the hundredth.
SMALL: Final = 10


def edition_json(one: EditionAnswer) -> dict[str, Any]:
    """An edition as JSON has it."""
    checked_at = one.checked_at
    return {
        **asdict(one),
        "days": [
            {"valid_from": held.valid_from.isoformat(), "until": _iso(held)} for held in one.days
        ],
        "recorded_at": one.recorded_at.isoformat(timespec="seconds"),
        "checked_at": None if checked_at is None else checked_at.isoformat(timespec="seconds"),
    }


def in_short(one: EditionAnswer) -> str:
    """An edition in a few words, safe to print with markup."""
    state = "" if one.state is State.ACTIVE else f", {one.state}"
    areas = counted(one.areas, "area", "areas")
    return f"edition {one.id} [bold]{escape(one.label)}[/] ({one.layer}, {areas}{state})"


def next_step(one: EditionAnswer) -> str:
    """What to do with an edition next; when it holds, where it was activated already."""
    if one.state is State.DRAFT and one.check is None:
        return f"It is a draft, in force on no day yet. Next: geo-alerts boundaries check {one.id}"
    if one.state is State.DRAFT:
        return (
            f"It has errors and stays a draft. Next: geo-alerts boundaries repair {one.id} "
            "--tolerance 1 (metres), or mend the file and import it again"
        )
    if one.state is State.CHECKED:
        return (
            f"It is checked, in force on no day yet. Next: geo-alerts boundaries compare {one.id}, "
            f"then geo-alerts boundaries activate {one.id}"
        )
    days = "; ".join(map(days_in_words, one.days))
    return f"In force {days}." if days else "It was in force; other editions took its days."


def days_in_words(held: Days) -> str:
    """When an edition is in force: `2025-01-01 to 2025-06-30`, both days in it."""
    if held.until is None:
        return f"from {held.valid_from}"
    return f"{held.valid_from} to {held.until - timedelta(days=1)}"


def print_editions(found: Sequence[EditionAnswer]) -> None:
    """Print editions as a table for each layer."""
    for layer, group in groupby(found, key=lambda one: one.layer):
        table = Table(
            Column("number", justify="right", no_wrap=True),
            Column("state", no_wrap=True),
            Column("in force", no_wrap=True),
            Column("areas", justify="right"),
            "edition",
            title=layer,
            title_justify="left",
            box=None,
        )
        for one in group:
            days = "\n".join(map(days_in_words, one.days))
            about = f"{escape(one.label)}\n[dim]{escape(_origin(one))}[/]"
            table.add_row(str(one.id), one.state.value, days, f"{one.areas:,}", about)
        printed.print(table)


def _origin(one: EditionAnswer) -> str:
    said = [] if one.label == one.source_name else [one.source_name]
    if one.check is not None and one.checked_at is not None:
        errors = "" if one.check["passed"] else ", has errors"
        said.append(f"checked {moment_in_words(one.checked_at)}{errors}")
    if one.repaired_from is not None:
        said.append(f"repaired from {one.repaired_from}")
    return "; ".join(said)


def print_faults(faults: "Sequence[BoundaryFault]") -> None:
    """Print faults as a table: a row for each kind, the worst first."""
    if not faults:
        printed.print("No faults found.")
        return
    numbers = [Column(name, justify="right") for name in ("count", "largest")]
    table = Table("fault", "severity", *numbers, "the largest", box=None)
    for kind, group in groupby(faults, key=lambda fault: fault.kind):
        of_kind = list(group)
        largest = of_kind[0]
        size = size_in_words(largest.size, largest.unit)
        said = f"{_place(largest)}: {escape(largest.detail)}"
        severity = largest.severity.value
        table.add_row(in_words(kind), severity, f"{len(of_kind):,}", size, said)
    printed.print(table)


def print_repair(answer: RepairAnswer) -> None:
    """Print each change of a repair, whom they move, and what is left."""
    if not answer.changes:
        printed.print(
            f"Nothing was mended within {answer.tolerance_m:g} m, and no new draft was made. "
            "Slivers, far parts, holes and repeated names are for a person."
        )
    else:
        _print_changes(answer.changes)
        moved = counted(answer.units_moved, "postcode has", "postcodes have")
        people = counted(answer.people_moved, "person", "people")
        printed.print(f"{moved} other teams by this, with {people}.")
    if answer.left:
        printed.print("\nWhat is left:")
        print_faults(answer.left)


def _print_changes(changes: Sequence[ChangeAnswer]) -> None:
    names = ("ground", "moved by", "postcodes", "people")
    numbers = [Column(name, justify="right") for name in names]
    table = Table("what was done", *numbers, "where", box=None)
    for one in changes[:SHOWN]:
        change = one.change
        table.add_row(
            in_words(change.kind),
            size_in_words(change.area_m2, "m2"),
            size_in_words(change.moved_m, "m"),
            f"{one.units:,}",
            f"{one.people:,}",
            f"{_place(change)}: {escape(change.detail)}",
        )
    printed.print(table)
    if len(changes) > SHOWN:
        printed.print(f"and {len(changes) - SHOWN:,} more: --json tells all")


def repair_json(answer: RepairAnswer) -> dict[str, Any]:
    """A repair as JSON has it."""
    return {
        "edition": edition_json(answer.edition),
        "original": answer.original.id,
        "tolerance_m": answer.tolerance_m,
        "units_moved": answer.units_moved,
        "people_moved": answer.people_moved,
        "changes": [
            {**one.change.as_dict(), "units": one.units, "people": one.people}
            for one in answer.changes
        ],
        "balance": [asdict(one) for one in answer.balance],
        "left": [fault.as_dict() for fault in answer.left],
    }


def in_words(kind: StrEnum) -> str:
    """A kind of fault or change as people read it."""
    return kind.value.replace("_", " ")


def _place(one: "BoundaryFault | Change") -> str:
    # Areas and place: `T1, T2 at 340000 310000`.
    codes = ", ".join(one.codes[:NAMED_CODES]) + (" …" if len(one.codes) > NAMED_CODES else "")
    return escape(f"{codes} at {one.easting:.0f} {one.northing:.0f}".strip())


def size_in_words(size: float, unit: str) -> str:
    """A size with its unit: `12.5 m`, `1,234 m²`, `3.20 km²`; a number of things has none."""
    if unit == "m2" and size >= LARGE_M2:
        return f"{size / M2_OF_KM2:,.2f} km²"
    if not unit:
        return f"{size:,.0f}"
    number = f"{size:,.2f}" if size < SMALL else f"{size:,.0f}"
    return f"{number} {unit.replace('2', '²')}"


def _iso(held: Days) -> str | None:
    return None if held.until is None else held.until.isoformat()
