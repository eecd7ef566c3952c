"""The columns of data.police.uk's CSVs, in the layouts of all years.

Until 2012 positions were eastings and northings, and there were neither IDs nor LSOAs nor outcomes;
since then they are degrees. Columns are found by their names, whatever their order; others, such
as `Falls within` and `Context`, are passed over.

Source: data.police.uk, "About: CSV columns".
"""

import re
from collections.abc import Sequence
from typing import Final, Literal

from geo_alerts.sources.crimes.csv_rows import Wanted, missing_columns

PublishedKind = Literal["street", "outcomes"]

# Our name -> the publisher's.
TITLES: Final = {
    "id": "Crime ID",
    "month": "Month",
    "reported_by": "Reported by",
    "longitude": "Longitude",
    "latitude": "Latitude",
    "easting": "Easting",
    "northing": "Northing",
    "street": "Location",
    "lsoa": "LSOA code",
    "category": "Crime type",
    "last_outcome": "Last outcome category",
    "outcome": "Outcome type",
}
_CODED: Final = frozenset(
    {"month", "reported_by", "street", "lsoa", "category", "last_outcome", "outcome"}
)
_READ: Final[dict[PublishedKind, frozenset[str]]] = {
    "street": frozenset(TITLES) - {"outcome"},
    "outcomes": frozenset({"id", "month", "reported_by", "outcome"}),
}
_NEEDED: Final[dict[PublishedKind, tuple[str, ...]]] = {
    "street": ("month", "category"),
    "outcomes": ("id", "month", "outcome"),
}
_DEGREES: Final = ("longitude", "latitude")
_METRES: Final = ("easting", "northing")


def kind_of(cells: Sequence[str]) -> PublishedKind | None:
    """What a header is the header of; None for a file of another kind."""
    found = set(_places(cells))
    if {"month", "outcome"} <= found:
        return "outcomes"
    return "street" if {"month", "category"} <= found else None


def wanted_columns(name: str, cells: Sequence[str], kind: PublishedKind) -> Wanted:
    """Where the columns are that are read of a file of a kind.

    Raises:
        UnknownFormatError: One is missing.
    """
    places = _places(cells)
    missing = [TITLES[column] for column in _NEEDED[kind] if column not in places]
    if kind == "street" and not missing:
        pair = _METRES if not set(_DEGREES) & set(places) and "easting" in places else _DEGREES
        missing = [TITLES[column] for column in pair if column not in places]
    if missing:
        raise missing_columns(name, cells, missing)
    columns = {column: at for column, at in places.items() if column in _READ[kind]}
    return Wanted(columns, _CODED & columns.keys(), len(cells))


def _places(cells: Sequence[str]) -> dict[str, int]:
    plain = [_plain(cell) for cell in cells]
    return {
        column: plain.index(_plain(title))
        for column, title in TITLES.items()
        if _plain(title) in plain
    }


def _plain(title: str) -> str:
    return re.sub(r"[\W_]+", " ", title).strip().lower()
