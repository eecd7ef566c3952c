"""Crimes in the made world of four teams, as data.police.uk would publish them.

By team and month so many crimes of a category at each of its published points, which lie 300 m
apart from (300 m, 300 m) north-east of the team's south-west corner on.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from geo_alerts.acts.crimes.importing import import_crimes
from geo_alerts.crs import published_points_to_epsg_4326
from geo_alerts.hotspots.months import month_text
from geo_alerts.store.database import Store
from tests.api.world import CORNERS, SIDE, SOUTH, WEST
from tests.crime_files import STREET

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
