"""How much harm a crime does, by its category: tables of weights in days, by version.

The packaged table (`harm_weights.csv`) holds two indices, each with two mixes of offences. A table
of one's own has the same columns. The indices disagree strongly: on drugs thirtyfold, on theft from
the person fortyfold. So every result names the version that it was made with.

Source:
    Sherman, Neyroud and Neyroud (2016), "The Cambridge Crime Harm Index", Policing 10, with the
    weights of 2026; Office for National Statistics (2016), "Research outputs: developing a Crime
    Severity Score for England and Wales", experimental. Mixes of offences: police recorded crime
    2017/18, Home Office.
"""

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import Fault, InvalidInputError, SourceFaultsError
from geo_alerts.hotspots.categories import CATEGORIES, category_named

Floats = npt.NDArray[np.float64]

PACKAGED: Final = "harm_weights.csv"
COLUMNS: Final = ("version", "category", "days", "source", "note")
_NEEDED: Final = COLUMNS[:3]
# What the short names mean.
USUAL: Final = MappingProxyType(
    {"cambridge": "cambridge-2026-england-wales", "ons": "ons-2016-england-wales"}
)
LIMITS: Final = (
    "Published crime tells the category, not the offence: a weight is the mean of offences that "
    "differ much, as harassment and rape in violence and sexual offences. Anti-social behaviour "
    "weighs nothing. Use harm to rank places, not to value single crimes."
)


@dataclass(frozen=True, slots=True, eq=False)
class HarmWeights:
    """The weights of one version.

    Attributes:
        version: Its name.
        days: By the number of the category; NaN where the table has no weight.
        source: Where they are from, in words.
    """

    version: str
    days: Floats
    source: str

    def of(self, category: npt.ArrayLike) -> Floats:
        """The weight of each crime, days.

        Args:
            category: n numbers of `categories.CATEGORIES`.

        Raises:
            InvalidInputError: A crime is of a category that the version has no weight of.
        """
        number = np.asarray(category, dtype=np.int64)
        weight = self.days[number]
        missing = np.unique(number[np.isnan(weight)])
        if len(missing):
            names = ", ".join(CATEGORIES[one].slug for one in missing)
            raise InvalidInputError(
                f"the weights {self.version} have none of {names}; "
                "leave those crimes out, or give a table with all categories"
            )
        return weight


def harm_weights(version: str, tables: Mapping[str, HarmWeights] | None = None) -> HarmWeights:
    """The weights of a version.

    Args:
        version: Such as `ons-2016-west-yorkshire`; `cambridge` and `ons` are the usual ones.
        tables: What `weights_from` read; None for the packaged table.

    Raises:
        InvalidInputError: There is no such version; all are named.
    """
    known = packaged_weights() if tables is None else tables
    found = known.get(version) or known.get(USUAL.get(version, version))
    if found is None:
        raise InvalidInputError(
            f"{version!r} is no version of weights; there are {', '.join(sorted(known))}"
        )
    return found


@cache
def packaged_weights() -> Mapping[str, HarmWeights]:
    """The packaged weights by version."""
    text = resources.files("geo_alerts.hotspots").joinpath(PACKAGED).read_text(encoding="utf-8")
    return weights_from(text, PACKAGED)


def weights_from(text: str, name: str) -> Mapping[str, HarmWeights]:
    """The weights that a table holds, by version.

    Args:
        text: CSV with a header: `version`, `category` (a slug or the name that data.police.uk
            gives), `days`; `source` and `note` are optional.
        name: The file's name, for messages.

    Raises:
        SourceFaultsError: The text is no CSV, a column is missing, a category unknown or said
            twice, a weight negative or no number, or there are no rows; all are told.
    """
    try:
        header, rows = _parsed(text)
    except csv.Error as error:
        raise SourceFaultsError(name, [Fault(None, None, f"is no CSV: {error}")]) from error
    missing = [column for column in _NEEDED if column not in header]
    if missing:
        faults = [Fault(None, column, "is missing") for column in missing]
        raise SourceFaultsError(name, faults, remedy=f"wanted are {', '.join(COLUMNS)}")
    table = _Table()
    # Row 1 is the header.
    faults = [fault for row, values in enumerate(rows, 2) for fault in table.take(row, values)]
    if not table.days and not faults:
        faults = [Fault(None, None, "has no rows")]
    if faults:
        raise SourceFaultsError(name, faults)
    return MappingProxyType(
        {
            version: HarmWeights(version, days, table.source[version])
            for version, days in table.days.items()
        }
    )


def _parsed(text: str) -> tuple[Sequence[str], list[dict[str, str | None]]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    return reader.fieldnames or (), list(reader)


class _Table:
    """What was read of a table so far."""

    def __init__(self) -> None:
        self.days: dict[str, Floats] = {}
        self.source: dict[str, str] = {}

    def take(self, row: int, values: Mapping[str, str | None]) -> Iterator[Fault]:
        version = (values["version"] or "").strip()
        found = category_named(values["category"] or "")
        days = _number(values["days"] or "")
        if not version:
            yield Fault(row, "version", "is empty")
        if found is None:
            yield Fault(row, "category", f"{values['category']!r} is no category of crime")
        if days is None:
            yield Fault(row, "days", f"{values['days']!r} is no number of 0 or more")
        if not version or found is None or days is None:
            return
        weights = self.days.setdefault(version, np.full(len(CATEGORIES), np.nan))
        if not math.isnan(weights[found.number]):
            yield Fault(row, "category", f"{found.slug} has a weight in {version} already")
        weights[found.number] = days
        self.source.setdefault(version, (values.get("source") or "").strip())


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
