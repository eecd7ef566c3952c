"""A small made world: four square teams of 2 km with 25 postcodes each, and 96 subscribers.

Team T1 is the square from (340000, 310000) to (342000, 312000), T2 lies east of it, T3 north, T4
north-east. The units of team k are those of sector SY{k} 1, on a lattice of 400 m that begins 200 m
inside the square's south-west corner. SY5 1AA lies 1,000 m east of T2, in no team; SY1 1ZZ was
terminated without a point of its own; SY2 1ZZ is live without coordinates.

T1 and T2 are part of the local policing area L1, T3 and T4 of L2. How T1 is reached is known, and
of the others it is not.

T1 has 60 people, one in every unit and a second, and so on in turn; T2 has 30, T3 has 5, T4 none.
One more lives in SY5 1AA.
"""

import csv
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import numpy as np

from geo_alerts.acts import imports, keys
from geo_alerts.acts.boundaries import DraftOptions, import_boundaries
from geo_alerts.acts.contacts import import_contacts
from geo_alerts.audiences.disclosure import Role
from geo_alerts.crs import points_to_epsg_4326
from geo_alerts.store.database import Store

WEST, SOUTH = 340_000, 310_000
SIDE = 2_000
STEP = 400
LETTERS = "ABDEF"
CORNERS = {1: (0, 0), 2: (1, 0), 3: (0, 1), 4: (1, 1)}
# Code -> name, and west, south, east, north in sides of a team from the corner of T1.
TEAMS = {
    f"T{team}": (f"Team {team}", (column, row, column + 1, row + 1))
    for team, (column, row) in CORNERS.items()
}
# T1 has a new code; T2 is shared out between a new team and T4, half each.
NEXT = {
    "T1N": TEAMS["T1"],
    "T3": TEAMS["T3"],
    "T4": ("Team 4", (1, 0.5, 2, 2)),
    "T5": ("Team 5", (1, 0, 2, 0.5)),
}
# T5 laps over its neighbours by half a metre.
FAULTY = {**NEXT, "T5": ("Team 5", (0.99975, 0, 2, 0.50025))}
LPA = "local_policing_area"
AREAS = {"L1": ("South", (0, 0, 2, 1)), "L2": ("North", (0, 1, 2, 2))}
PEOPLE = {1: 60, 2: 30, 3: 5, 4: 0}
AS_OF = datetime(2025, 6, 1, tzinfo=UTC)
EVERYBODY = [f"R-{number:04}" for number in range(1, 97)]


def units_of(team: int) -> list[str]:
    """The postcodes of a team, from west to east, row by row from the south."""
    return [f"SY{team} 1{first}{second}" for first, second in product(LETTERS, LETTERS)]


def build(folder: Path, url: str) -> dict[Role, str]:
    """Make the world in a new store, from files left in the folder; a key for each role."""
    build_places(folder, url)
    with Store.open(url) as store:
        bring(store, folder, "subscribers")
        return {role: keys.create_key(store, f"test {role}", role)[1] for role in Role}


def build_places(folder: Path, url: str) -> Path:
    """The same without subscribers and keys; the file of subscribers."""
    with Store.open(url, create=True) as store:
        for what in ("postcodes", "boundaries", "contacts", "households"):
            bring(store, folder, what)
    return _subscribers(folder)


def bring(store: Store, folder: Path, what: str) -> None:
    """Import a part of the world, by the word that `geo-alerts import` has for it."""
    match what:
        case "postcodes":
            imports.import_postcodes(store, _postcodes(folder), _ignore)
        case "boundaries":
            lpa = DraftOptions(layer=LPA)
            import_boundaries(store, squares(folder / "areas.geojson", AREAS), _ignore, lpa)
            teams = DraftOptions(parent_layer=LPA)
            import_boundaries(store, squares(folder / "teams.geojson", TEAMS), _ignore, teams)
        case "contacts":
            import_contacts(store, _contacts(folder), _ignore)
        case "households":
            imports.import_households(store, _households(folder), _ignore)
        case "subscribers":
            rules = imports.SubscriberRules(as_of=AS_OF, rejects=folder / "rejects.csv")
            imports.import_subscribers(store, _subscribers(folder), _ignore, rules)


def _ignore(done: int, total: int | None = None) -> None:
    """Progress that nobody watches."""


def _point_of(team: int, number: int) -> tuple[int, int]:
    column, row = CORNERS[team]
    easting = WEST + column * SIDE + STEP // 2 + number % 5 * STEP
    return easting, SOUTH + row * SIDE + STEP // 2 + number // 5 * STEP


def _areas_of(team: int) -> list[str]:
    return [f"E0000000{team}", f"E0100000{team}", f"E0500000{team}", "E06000051"]


def _postcodes(folder: Path) -> Path:
    named = "postcode easting northing pqi status introduced terminated large_user"
    rows = [
        [unit, *_point_of(team, number), 10, "live", "1980-01", "", 0, *_areas_of(team)]
        for team in CORNERS
        for number, unit in enumerate(units_of(team))
    ]
    rows.append(["SY5 1AA", 345_000, 311_000, 10, "live", "1980-01", "", 0, *_areas_of(1)])
    rows.append(["SY1 1ZZ", "", "", "", "terminated", "1980-01", "2014-03", 0, *_areas_of(1)])
    rows.append(["SY2 1ZZ", "", "", 90, "live", "1980-01", "", 0, *_areas_of(2)])
    header = [*named.split(), "oa", "lsoa", "ward", "district"]
    return _write(folder / "postcodes.csv", header, sorted(rows))


def squares(
    path: Path, areas: Mapping[str, tuple[str, tuple[float, float, float, float]]], **about: object
) -> Path:
    """Write boxes as a file of boundaries.

    Args:
        path: Where to.
        areas: As `TEAMS` has them.
        about: Further members of the file, such as `valid_from`.
    """
    features = []
    for code, (name, (west, south, east, north)) in areas.items():
        eastings = WEST + SIDE * np.array([west, east, east, west, west], dtype=float)
        northings = SOUTH + SIDE * np.array([south, south, north, north, south], dtype=float)
        ring = np.column_stack(points_to_epsg_4326(eastings, northings)).tolist()
        features.append(
            {
                "type": "Feature",
                "properties": {"code": code, "name": name},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    named = {"name": f"made {path.stem}", "demonstration": True, **about}
    text = json.dumps({"type": "FeatureCollection", **named, "features": features})
    path.write_text(text, encoding="utf-8")
    return path


def _contacts(folder: Path) -> Path:
    details = {"email": "t1@example.org", "telephone": "01632 960001"}
    event = {"title": "Past", "start_date": "2020-01-01T18:00:00", "address": "The library"}
    neighbourhood = {
        "id": "T1",
        "name": "Team 1",
        "url_force": "https://www.example.org/t1",
        "contact_details": details,
        "people": [{"name": "A. Example", "rank": "Sergeant"}],
        "events": [event, event | {"title": "Surgery", "start_date": "2099-07-01T18:00:00"}],
        "priorities": [{"issue": "Sheds", "issue-date": "2025-05-01", "action": "Patrols"}],
    }
    path = folder / "contacts.json"
    path.write_text(json.dumps({"name": "made contacts", "neighbourhoods": [neighbourhood]}))
    return path


def _households(folder: Path) -> Path:
    rows = [[f"E0100000{team}", 1_000] for team in CORNERS]
    return _write(folder / "households.csv", ["lsoa", "households"], rows)


def _subscribers(folder: Path) -> Path:
    homes = [units_of(team)[number % 25] for team in CORNERS for number in range(PEOPLE[team])]
    rows = [
        [
            reference,
            home,
            ";".join(["email", *(["text"] if number % 2 == 0 else [])]),
            "Farm Watch" if number % 5 == 0 else "",
            "burglary",
            "2024-01-01",
            "",
        ]
        for number, (reference, home) in enumerate(zip(EVERYBODY, [*homes, "SY5 1AA"], strict=True))
    ]
    named = "reference postcodes channels groups topics joined left"
    return _write(folder / "subscribers.csv", named.split(), rows)


def _write(path: Path, header: list[str], rows: list[list[object]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path
