"""Crimes in the made world, fourteen months of them: what is found there can be worked out by hand.

One place, HOT, has twelve burglaries in each month; another, NEW, none until the last three months
and eight in each of those. Robberies happen once a month at one of nine places in turn, and two in
three of them without a position. Anti-social behaviour happens once a month far outside all teams.
"""

from collections.abc import Sequence
from pathlib import Path

from geo_alerts.acts.crimes.importing import import_crimes
from geo_alerts.crs import published_points_to_epsg_4326
from geo_alerts.hotspots.months import month_number, month_text
from geo_alerts.store.database import Store
from tests.api.world import SOUTH, WEST
from tests.crime_files import NOWHERE, street, written

FIRST, LAST = "2024-01", "2025-02"
HOT = WEST + 1_125, SOUTH + 1_125
NEW = WEST + 3_125, SOUTH + 2_875
FAR = WEST + 40_000, SOUTH
HOT_CRIMES, NEW_CRIMES, NEW_MONTHS = 12, 8, 3
MONTHS = range(month_number(FIRST), month_number(LAST) + 1)
BURGLARY, ROBBERY = "Burglary", "Robbery"


def place(position: tuple[int, int], name: str) -> tuple[str, str, str, str, str]:
    """A published point as files have it."""
    longitude, latitude = published_points_to_epsg_4326(position[0], position[1])
    return (f"{longitude[0]:.6f}", f"{latitude[0]:.6f}", f"On or near {name}", "E01000001", "Made")


def rows_of(month: int) -> list[str]:
    """The crimes of a month."""
    text = month_text(month)
    scattered = WEST + 125 + 400 * (month % 9), SOUTH + 3_625
    spots = [(place(HOT, "High Street"), BURGLARY)] * HOT_CRIMES
    if month > MONTHS[-1] - NEW_MONTHS:
        spots += [(place(NEW, "Mill Lane"), BURGLARY)] * NEW_CRIMES
    spots += [(place(scattered, f"Row {month % 9}"), ROBBERY), *[(NOWHERE, ROBBERY)] * 2]
    spots += [(place(FAR, "Far Lane"), "Anti-social behaviour")]
    return [
        street(where, month=text, kind=kind, key=f"{month:032x}{number:032x}")
        if kind != "Anti-social behaviour"
        else street(where, month=text)
        for number, (where, kind) in enumerate(spots)
    ]


def import_months(store: Store, folder: Path, months: Sequence[int] = MONTHS) -> None:
    """Bring months of crimes into a store."""
    files = [
        written(folder, *rows_of(month), name=f"{month_text(month)}-west-mercia-street.csv")
        for month in months
    ]
    import_crimes(store, files, lambda _done, _total: None)


def reissue(store: Store, folder: Path) -> None:
    """Bring the last month in again, with one crime of it alone."""
    row = street(place(HOT, "High Street"), month=LAST, kind=BURGLARY, key="a" * 64)
    file = written(folder, row, name=f"{LAST}-west-mercia-street.csv")
    import_crimes(store, [file], lambda _done, _total: None)
