"""The mapping file of forces' own data: which column holds what, and what its values mean.

TOML or JSON, written once for an extract that a force's record system gives:

    force = "west-mercia"
    encoding = "utf-8"

    [columns]
    id = "Crime number"
    from = "Committed from"
    to = "Committed to"
    easting = "Easting"
    northing = "Northing"
    category = "Offence group"

    [formats]
    from = "%d/%m/%Y %H:%M"

    [categories]
    "Burglary - residential" = "burglary"
    "Crime related incident" = ""

`from_time` and `to_time` are columns of times where dates stand apart; `longitude` and `latitude`
(EPSG:4326) take the place of `easting` and `northing`. Without a format, ISO 8601 and British dates
are read. A category that means none is left out on purpose.
"""

import codecs
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from geo_alerts.errors import Fault, InvalidInputError, SourceError, SourceFaultsError
from geo_alerts.hotspots.categories import category
from geo_alerts.sources.crimes.forces import FORCE

_TEXTS: Final = ("force", "encoding")
_TABLES: Final = ("columns", "formats", "categories")
_METRES: Final = ("easting", "northing")
_DEGREES: Final = ("longitude", "latitude")
_COLUMNS: Final = ("id", "from", "from_time", "to", "to_time", "category", *_METRES, *_DEGREES)
_TIMES: Final = ("from", "from_time", "to", "to_time")
_NEEDED: Final = ("from", "category")
# No file of this kind is longer.
_MOST_BYTES: Final = 1 << 20
# Stands for a value of the file that is left out on purpose.
LEFT_OUT_ON_PURPOSE: Final = -2


@dataclass(frozen=True, slots=True)
class OwnMapping:
    """What the columns of a force's own data are.

    Attributes:
        force: Such as `west-mercia`.
        encoding: Of the file.
        columns: Our name -> the file's.
        formats: Name of a column of times -> its format, by `datetime.strptime`.
        categories: Value of the category column, by `plain` -> number of the category, or
            `LEFT_OUT_ON_PURPOSE`.
    """

    force: str
    encoding: str
    columns: Mapping[str, str]
    formats: Mapping[str, str]
    categories: Mapping[str, int]

    @property
    def has_metres(self) -> bool:
        """Whether positions are eastings and northings, and not degrees."""
        return "easting" in self.columns


def plain(value: str) -> str:
    """A value as values are compared: without case, and with one blank between words."""
    return " ".join(value.lower().split())


def read_mapping(path: Path) -> OwnMapping:
    """Read a mapping file.

    Args:
        path: Ends in `.toml` or `.json`.

    Raises:
        SourceError: It is not there, or no TOML or JSON.
        SourceFaultsError: It does not say what is needed, or says what is not known; every fault is
            told.
    """
    given = _load(path)
    known = (*_TEXTS, *_TABLES)
    faults = [
        Fault(None, key, f"is not known; there are {', '.join(known)}")
        for key in given
        if key not in known
    ]
    texts = {key: _text(given, key, faults) for key in _TEXTS}
    tables = {key: _table(given, key, faults) for key in _TABLES}
    _check_force(texts["force"], faults)
    _check_encoding(texts["encoding"], faults)
    _check_columns(tables["columns"], faults)
    faults += [
        Fault(None, f"formats.{key}", f"is no column of times; there are {', '.join(_TIMES)}")
        for key in tables["formats"]
        if key not in _TIMES
    ]
    categories = _categories(tables["categories"], faults)
    if faults:
        raise SourceFaultsError(path.name, faults)
    return OwnMapping(
        force=texts["force"],
        encoding=texts["encoding"] or "utf-8",
        columns=tables["columns"],
        formats=tables["formats"],
        categories=categories,
    )


def _load(path: Path) -> dict[str, Any]:
    try:
        content = path.read_bytes()[: _MOST_BYTES + 1]
    except OSError as error:
        raise SourceError(f"{path.name} cannot be read: {error.strerror}") from error
    if len(content) > _MOST_BYTES:
        raise SourceError(f"{path.name} is no mapping file: it has more than {_MOST_BYTES:,} bytes")
    try:
        text = content.decode("utf-8-sig")
        given = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        wanted = "JSON" if path.suffix.lower() == ".json" else "TOML"
        raise SourceError(f"{path.name} is no mapping file in {wanted}: {error}") from error
    if not isinstance(given, dict):
        raise SourceError(f"{path.name} is no mapping file: wanted {', '.join(_TABLES)} in it")
    return given


def _text(given: Mapping[str, Any], key: str, faults: list[Fault]) -> str:
    value = given.get(key, "")
    if isinstance(value, str):
        return value.strip()
    faults.append(Fault(None, key, "is no text"))
    return ""


def _table(given: Mapping[str, Any], key: str, faults: list[Fault]) -> dict[str, str]:
    value = given.get(key, {})
    if isinstance(value, dict) and all(isinstance(text, str) for text in value.values()):
        return {name: text.strip() for name, text in value.items()}
    faults.append(Fault(None, key, 'is no table of texts, such as id = "Crime number"'))
    return {}


def _check_force(force: str, faults: list[Fault]) -> None:
    if not FORCE.fullmatch(force):
        faults.append(Fault(None, "force", f"{force!r} names no force; wanted as west-mercia"))


def _check_encoding(encoding: str, faults: list[Fault]) -> None:
    try:
        codecs.lookup(encoding or "utf-8")
    except LookupError:
        faults.append(Fault(None, "encoding", f"{encoding!r} is not known; wanted utf-8 or cp1252"))


def _check_columns(columns: Mapping[str, str], faults: list[Fault]) -> None:
    faults += [
        Fault(None, f"columns.{key}", f"is not known; there are {', '.join(_COLUMNS)}")
        for key in columns
        if key not in _COLUMNS
    ]
    faults += [
        Fault(None, f"columns.{key}", "is missing") for key in _NEEDED if not columns.get(key)
    ]
    metres, degrees = (set(pair) & columns.keys() for pair in (_METRES, _DEGREES))
    if sorted(map(len, (metres, degrees))) != [0, 2]:
        reason = "wanted easting and northing, or longitude and latitude, and not both"
        faults.append(Fault(None, "columns", reason))


def _categories(table: Mapping[str, str], faults: list[Fault]) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for value, slug in table.items():
        try:
            numbers[plain(value)] = category(slug).number if slug else LEFT_OUT_ON_PURPOSE
        except InvalidInputError as error:
            faults.append(Fault(None, f"categories.{value}", str(error)))
    return numbers
