"""Crimes in the made world of four teams, as data.police.uk would publish them.

By team and month so many crimes of a category at each of its published points, which lie 300 m
apart from (300 m, 300 m) north-east of the team's south-west corner on.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from geo_alerts.acts.crimes.importing import import_crimes, import_own_crimes
from geo_alerts.crs import published_points_to_epsg_4326
from geo_alerts.hotspots.months import month_number, month_text
from geo_alerts.store.database import Store
from tests.api.world import CORNERS, SIDE, SOUTH, WEST
from tests.crime_files import STREET
from tests.crime_world import MAPPING, ignore

FORCE = "west-mercia"
# Census areas, one for each team.
LSOA = {team: f"E0100000{team}" for team in CORNERS}

# Team, place among its points -> crimes.
Counts = Mapping[tuple[int, int], int]


def position(team: int, place: int) -> tuple[float, float]:
    """Easting and northing of a published point of a team."""
    column, row = CORNERS[team]
    east, north = place % 5, place // 5
    return WEST + column * SIDE + 300 + 300 * east, SOUTH + row * SIDE + 300 + 300 * north


def rows(
    month: int, counts: Counts, kind: str = "Burglary", *, unlocated: int = 0
) -> list[tuple[str, ...]]:
    """Rows of a month's street file."""
    written = []
    for (team, place), count in counts.items():
        easting, northing = position(team, place)
        longitude, latitude = published_points_to_epsg_4326([easting], [northing])
        where = (f"{longitude[0]:.6f}", f"{latitude[0]:.6f}")
        street = (f"On or near Road {team}-{place}", LSOA[team], f"Made 00{team}A")
        written += [(*where, *street)] * count
    written += [("", "", "No Location", "", "")] * unlocated
    return [
        ("", month_text(month), "West Mercia Police", "West Mercia Police", *one, kind, "", "")
        for one in written
    ]


def bring(store: Store, folder: Path, months: Mapping[int, Iterable[tuple[str, ...]]]) -> None:
    """Import months of crimes."""
    folder.mkdir(exist_ok=True)
    paths = []
    for month, of_month in months.items():
        path = folder / f"{month_text(month)}-{FORCE}-street.csv"
        lines = [STREET, *(",".join(one) for one in of_month)]
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        paths.append(path)
    import_crimes(store, paths, lambda _done, _total: None)


def bring_own(store: Store, folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sixty burglaries of March in T1, of which twenty follow another in days and metres."""
    rng = np.random.default_rng(8)
    easting, northing = WEST + rng.integers(100, 1900, 60), SOUTH + rng.integers(100, 1900, 60)
    day = rng.integers(1, 29, 60)
    easting[40:], northing[40:] = easting[:20] + 30, northing[:20]
    day[40:] = np.minimum(day[:20] + 2, 31)
    bring_days(store, folder, easting, northing, day)
    return easting, northing, day


def bring_days(
    store: Store, folder: Path, easting: np.ndarray, northing: np.ndarray, day: np.ndarray
) -> None:
    """The force's own burglaries of days of March."""
    # Every crime is shown at a published point.
    month = month_number("2025-03")
    bring(store, folder / "published", {month: rows(month, {(1, 0): 1}, "Shoplifting")})
    lines = ["Ref,From,To,E,N,Offence"]
    lines += [
        f"R{number},2025-03-{day[number]:02d} 12:00,,{easting[number]},{northing[number]},Dwelling"
        for number in range(len(day))
    ]
    file, mapping = folder / "own.csv", folder / "own.toml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    mapping.write_text(MAPPING, encoding="utf-8")
    import_own_crimes(store, [file], mapping, ignore)
