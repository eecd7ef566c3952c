"""What an import of crimes did, month by month, and what is still missing."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from geo_alerts.hotspots.categories import CATEGORIES
from geo_alerts.hotspots.months import month_text
from geo_alerts.sources.crimes.parts import Remark
from geo_alerts.sources.plain_text import visible
from geo_alerts.store.crime_months import CategoryCount, InPlace, Kind

# What becomes of a file that changes nothing.
UNTOUCHED: Final = frozenset({"unchanged", "empty"})
# Of remarks, the most that are kept; what is more is counted.
MOST_REMARKS: Final = 1_000
# Own data with a smaller share of the published rows than this hardly is all of a month.
FEW: Final = 0.5


class Done(StrEnum):
    """What became of a file."""

    IMPORTED = "imported"
    REPLACED = "replaced"
    MERGED = "merged"
    UNCHANGED = "unchanged"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class MonthReport:
    """What became of one file: one month of one force.

    Attributes:
        force: Such as `west-mercia`.
        month: Such as `2025-03`.
        kind: `street`, `outcomes` or `own`.
        source_name: The file.
        done: What became of it; `empty` where it holds no rows and so nothing is known of it.
        rows: That the store now has of the month.
        located: Those with a position.
        outside: Of these, those outside the force's ground; None where its ground is not known.
        faulty: Rows that were left out for their faults.
        of_other_forces: Rows that were left out because another force has the same crime.
        known: Rows of a file that was merged that were there already.
        without_id: Rows of a file that was merged that cannot be told from others.
    """

    force: str
    month: str
    kind: str
    source_name: str
    done: Done
    rows: int = 0
    located: int = 0
    outside: int | None = None
    faulty: int = 0
    of_other_forces: int = 0
    known: int = 0
    without_id: int = 0


@dataclass(frozen=True, slots=True)
class CategoryReport:
    """Crimes of one category in all files of an import.

    Attributes:
        rows: All.
        located: Those with a position; the others are on no map.
        outside: Of these, those outside the ground of their force; None where that is not known of
            every file.
    """

    rows: int
    located: int
    outside: int | None

    @property
    def located_share(self) -> float:
        """The share with a position."""
        return self.located / self.rows if self.rows else 0.0


@dataclass(frozen=True, slots=True)
class InPlaceReport:
    """A force's own rows of a month and category that stand in for those that are published.

    Attributes:
        force: Such as `west-mercia`.
        month: Such as `2025-03`.
        category: By what questions call it.
        own: Rows of own data, which are the ones that count.
        published: Rows that are published, which count no longer.
    """

    force: str
    month: str
    category: str
    own: int
    published: int

    @property
    def is_few(self) -> bool:
        """Whether there are so few of its own that they hardly are all of the month."""
        return self.own < FEW * self.published

    def __str__(self) -> str:
        """In words."""
        own = "1 row of your own now stands" if self.own == 1 else f"{self.own:,} rows of your own"
        stand = "" if self.own == 1 else " now stand"
        return f"{self.category} of {self.month}: {own}{stand} in for {self.published:,} published"


@dataclass(frozen=True, slots=True)
class CrimeImportReport:
    """What an import of crimes did.

    Attributes:
        months: What became of each file, by month, force and kind.
        categories: By what questions call them; street files and own data alone.
        missing: Force -> months between the first and the last in the store that are not there.
        remarks: What was noticed about files and rows, in words.
        remarks_left: How many more there were.
        sha256: Over the hashes of all files.
        seconds: How long it took.
        in_place: Where own data stands in for what is published, in the months of these files.
    """

    months: tuple[MonthReport, ...]
    categories: Mapping[str, CategoryReport]
    missing: Mapping[str, tuple[str, ...]]
    remarks: tuple[str, ...]
    remarks_left: int
    sha256: str
    seconds: float
    in_place: tuple[InPlaceReport, ...] = ()

    @property
    def rows(self) -> int:
        """Rows of all files that the store now has."""
        return sum(one.rows for one in self.months)

    @property
    def is_unchanged(self) -> bool:
        """Whether nothing was done."""
        return all(one.done in UNTOUCHED for one in self.months)

    def count(self, done: Done) -> int:
        """How many files something became of."""
        return sum(one.done == done for one in self.months)

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        whole = asdict(self)
        shares = {slug: one.located_share for slug, one in self.categories.items()}
        for slug, values in whole["categories"].items():
            values["located_share"] = round(shares[slug], 4)
        for values, one in zip(whole["in_place"], self.in_place, strict=True):
            values["is_few"] = one.is_few
        return {**whole, "rows": self.rows, "is_unchanged": self.is_unchanged}


@dataclass(slots=True)
class Account:
    """The report while the import goes on."""

    months: list[MonthReport] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    remarks_left: int = 0
    hashes: list[str] = field(default_factory=list)
    _counts: dict[int, CategoryCount] = field(default_factory=dict)

    def add(self, month: MonthReport, sha256: str, categories: Mapping[int, CategoryCount]) -> None:
        """Take what became of a file into account.

        Args:
            month: What became of it.
            sha256: Of its content.
            categories: What the store now has of the month.
        """
        beyond = [count.outside for count in categories.values() if count.outside is not None]
        is_known = bool(categories) and len(beyond) == len(categories)
        self.months.append(replace(month, outside=sum(beyond) if is_known else None))
        self.hashes.append(sha256)
        for category, count in categories.items():
            known = self._counts.get(category)
            self._counts[category] = count if known is None else known + count

    def remark(self, remarks: Sequence[Remark]) -> None:
        """Take what was noticed into account."""
        room = max(0, MOST_REMARKS - len(self.remarks))
        self.remarks += [visible(str(one)) for one in remarks[:room]]
        self.remarks_left += len(remarks[room:])

    def sha256(self) -> str:
        """Over the hashes of all files, in an order that does not depend on theirs."""
        return hashlib.sha256("".join(sorted(self.hashes)).encode()).hexdigest()

    def as_details(self) -> dict[str, Any]:
        """What the audit trail is told."""
        changed = [one for one in self.months if one.done not in UNTOUCHED]
        return {
            "forces": sorted({one.force for one in changed}),
            "months": sorted({one.month for one in changed}),
            "files": len(changed),
            "rows": sum(one.rows for one in changed),
            "sha256": self.sha256(),
        }

    def categories(self) -> dict[str, CategoryReport]:
        """Crimes of all files by category."""
        return {
            CATEGORIES[number].slug: CategoryReport(count.rows, count.located, count.outside)
            for number, count in sorted(self._counts.items())
        }


def in_place_of(found: Sequence[InPlace], told: Sequence[MonthReport]) -> tuple[InPlaceReport, ...]:
    """Where own data stands in for what is published, of the months that an import is told of."""
    touched = {(one.force, one.month) for one in told}
    every = [
        InPlaceReport(
            one.force, month_text(one.month), CATEGORIES[one.category].slug, one.own, one.published
        )
        for one in found
    ]
    return tuple(one for one in every if (one.force, one.month) in touched)


def of_file(force: str, month: int, kind: Kind, source_name: str) -> MonthReport:
    """What is told of a file before it is known what becomes of it."""
    return MonthReport(force, month_text(month), kind.value, visible(source_name), Done.EMPTY)
