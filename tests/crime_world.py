"""Small months of crimes in a store, for tests of importing and reading them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from geo_alerts.acts.crimes.importing import import_crimes, import_own_crimes
from geo_alerts.acts.crimes.report import CrimeImportReport
from geo_alerts.hotspots.months import month_number
from geo_alerts.store.crimes import Crimes, load_crimes
from geo_alerts.store.database import Store
from tests.crime_files import HIGH_STREET, NOWHERE, PARK, street, written

ALL_TIME = month_number("1990-01"), month_number("2090-01")
BURGLARY, ROBBERY, ASB = 2, 9, 0
MAPPING = """
force = "west-mercia"
[columns]
id = "Ref"
from = "From"
to = "To"
easting = "E"
northing = "N"
category = "Offence"
[categories]
"Dwelling" = "burglary"
"""


def ignore(_done: int, _total: int | None = None) -> None:
    """Progress that nobody watches."""


def key(number: int) -> str:
    """A crime's ID."""
    return f"{number:064x}"


def burglary(number: int, place: Any = HIGH_STREET, *, month: str = "2021-03") -> str:
    """A burglary with an ID."""
    return street(place, key=key(number), month=month, kind="Burglary")


def file_of(
    folder: Path, *rows: str, month: str = "2021-03", force: str = "west-mercia", at: str = "."
) -> Path:
    """A street file of a force's month."""
    return written(folder / at, *rows, name=f"{month}-{force}-street.csv")


def usual(month: str = "2021-03") -> list[str]:
    """Two burglaries, one of them without a position, and two crimes that look the same."""
    same = street(PARK, month=month)
    return [burglary(1, month=month), burglary(2, NOWHERE, month=month), same, same]


def bring(store: Store, *paths: Path, merge: bool = False) -> CrimeImportReport:
    """Import street crime and outcomes."""
    return import_crimes(store, paths, ignore, merge=merge)


def own_files(folder: Path, *rows: str) -> tuple[Path, Path]:
    """A force's own data, and its mapping file."""
    data, mapping = folder / "own.csv", folder / "mapping.toml"
    data.write_text("\n".join(["Ref,From,To,E,N,Offence", *rows]) + "\n")
    mapping.write_text(MAPPING)
    return data, mapping


def bring_own(store: Store, folder: Path, *rows: str) -> CrimeImportReport:
    """Import a force's own data."""
    data, mapping = own_files(folder, *rows)
    return import_own_crimes(store, [data], mapping, ignore)


def crimes_in(
    store: Store,
    *,
    forces: Sequence[str] | None = None,
    categories: Sequence[int] | None = None,
    exact: bool = False,
) -> Crimes:
    """All crimes with a position."""
    with store.reading() as connection:
        return load_crimes(
            connection, forces=forces, months=ALL_TIME, categories=categories, exact=exact
        )


def rows_in(store: Store, table: Any) -> int:
    """How many rows a table has."""
    with store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())
