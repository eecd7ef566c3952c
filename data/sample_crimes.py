"""Three years of crimes that never happened, in the layout of data.police.uk's monthly archive.

Counts, seasons and the uneven spread are of the size that a force of this kind publishes; which
crime is where is drawn. Problem places and wandering clusters are put in, so that each method has
something to find: places that never end, that begin, that cool off, and that come every summer.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from sample_chance import Weighted, dealt, draw_evenly, draw_whole, happens
from sample_sources import DISTRICTS

from geo_alerts.crs import published_points_to_epsg_4326
from geo_alerts.hotspots.months import month_number, month_text

# No real force: its months never stand among those of one.
FORCE = "west-mercia-sample"
FORCE_NAME = "West Mercia Sample Police"
FIRST, LAST = month_number("2022-04"), month_number("2025-03")
HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context"
)

POINTS = 8_000
# Of the points; the others are streets.
PREMISES = {
    "Supermarket": 140,
    "Shopping Area": 110,
    "Parking Area": 170,
    "Petrol Station": 80,
    "Nightclub": 35,
}
KEENNESS = (1, 1, 1, 2, 2, 3, 4, 6, 9, 15)
TOWN_TIMES = 4
# Category: crimes in a month, how much more there is at each kind of premises than in a street.
CATEGORIES: dict[str, tuple[int, dict[str, int]]] = {
    "Anti-social behaviour": (270, {"Parking Area": 10, "Shopping Area": 12}),
    "Bicycle theft": (14, {"Shopping Area": 15, "Supermarket": 12}),
    "Burglary": (80, {}),
    "Criminal damage and arson": (120, {"Parking Area": 4}),
    "Drugs": (42, {"Nightclub": 25, "Parking Area": 6}),
    "Other crime": (40, {}),
    "Other theft": (95, {"Petrol Station": 40, "Nightclub": 15}),
    "Possession of weapons": (18, {"Nightclub": 15}),
    "Public order": (125, {"Shopping Area": 15, "Nightclub": 25}),
    "Robbery": (12, {"Shopping Area": 10, "Parking Area": 8}),
    "Shoplifting": (150, {"Supermarket": 400, "Shopping Area": 250, "Petrol Station": 40}),
    "Theft from the person": (10, {"Nightclub": 40, "Shopping Area": 20}),
    "Vehicle crime": (65, {"Parking Area": 12}),
    "Violence and sexual offences": (560, {"Nightclub": 25, "Shopping Area": 8}),
}
# Hundredths of a usual month, January first.
SEASONS = {
    "Anti-social behaviour": (78, 80, 92, 104, 112, 118, 124, 122, 108, 100, 86, 76),
    "Burglary": (116, 108, 102, 94, 90, 86, 86, 90, 96, 106, 112, 114),
}
EVERY_MONTH = (100,) * 12
# What has no position, in a hundred; of anti-social behaviour there is always one.
WITHOUT_POSITION = {"Robbery": 12, "Theft from the person": 9, "Anti-social behaviour": 0}
USUALLY_WITHOUT_POSITION = 2
OUTSIDE_OF_A_THOUSAND = 4
OUTCOMES = Weighted(
    [
        "Unable to prosecute suspect",
        "Investigation complete; no suspect identified",
        "Status update unavailable",
        "Court result unavailable",
        "Local resolution",
        "Offender given a caution",
    ],
    [52, 26, 9, 8, 3, 2],
)
# What becomes of them, how many places, their first month and the one after their last.
MONTHS = LAST - FIRST + 1
PROBLEMS = (("always", 10, 0, MONTHS), ("new", 6, MONTHS - 4, MONTHS), ("gone", 6, 6, MONTHS - 7))
SUMMER_PROBLEMS = 4
SUMMER = range(4, 9)  # May to September, January being 0
PROBLEM_CRIMES = 4  # in a month, about
PROBLEM_CATEGORIES = ("Anti-social behaviour", "Shoplifting", "Violence and sexual offences")
CLUSTERS = 10
CLUSTER_CATEGORIES = ("Burglary", "Vehicle crime")
CLUSTER_MONTHS = 4
CLUSTER_RADIUS_M = 500
CLUSTER_CRIMES = 12  # in a month, about, all its points together


@dataclass(frozen=True)
class Points:
    """The places that crimes are shown at, in the order they were drawn; all whole metres."""

    easting: npt.NDArray[np.int64]
    northing: npt.NDArray[np.int64]
    lsoa: list[str]
    kind: list[str]
    street: list[str]
    keenness: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Burst:
    """More crime of one category at some points, in some months: about so many a month in all."""

    category: str
    points: npt.NDArray[np.int64]
    months: frozenset[int]
    crimes: int


def build_crimes(
    directory: pd.DataFrame, in_country: set[str], rng: np.random.Generator
) -> dict[str, str]:
    """Make the files of all months.

    Args:
        directory: As `build_directory` gives it.
        in_country: Postcodes of thinly settled LSOAs.
        rng: What everything is drawn with.

    Returns:
        The name of each file in the archive and its text, oldest first.
    """
    live = directory[(directory["status"] == "live") & (directory["easting"] != "")]
    is_ours = live["district"].isin(DISTRICTS)
    ours = _points(live[is_ours], in_country, rng)
    beyond = live[~is_ours]
    bursts = _problems(ours, rng) + _clusters(ours, rng)
    files = {}
    number = 0
    for month in range(FIRST, LAST + 1):
        rows = []
        for category in CATEGORIES:
            number, made = _of_month(month, category, ours, bursts, number, rng)
            rows += made
        _move_some_away(rows, beyond, rng)
        text = month_text(month)
        lines = [HEADER, *(rows[row] for row in np.argsort(rng.random(len(rows)), kind="stable"))]
        files[f"{text}/{text}-{FORCE}-street.csv"] = "\n".join(lines) + "\n"
    return files


def _points(units: pd.DataFrame, in_country: set[str], rng: np.random.Generator) -> Points:
    chosen = units.iloc[np.sort(np.argsort(rng.random(len(units)), kind="stable")[:POINTS])]
    kinds = dealt(PREMISES, "", POINTS, rng)
    keenness = [
        draw_evenly(KEENNESS, rng) * (1 if postcode in in_country else TOWN_TIMES)
        for postcode in chosen["postcode"]
    ]
    kinds = kinds[: len(chosen)]
    streets = [kind or f"Sample Street {row + 1}" for row, kind in enumerate(kinds)]
    return Points(
        chosen["easting"].astype(float).round().to_numpy(np.int64),
        chosen["northing"].astype(float).round().to_numpy(np.int64),
        chosen["lsoa"].tolist(),
        kinds,
        streets,
        np.array(keenness, dtype=np.int64),
    )


def _problems(points: Points, rng: np.random.Generator) -> list[Burst]:
    bursts = []
    for _, count, first, end in PROBLEMS:
        months = frozenset(range(FIRST + first, FIRST + end))
        bursts += [_problem(points, months, rng) for _ in range(count)]
    summers = frozenset(month for month in range(FIRST, LAST + 1) if month % 12 in SUMMER)
    return bursts + [_problem(points, summers, rng) for _ in range(SUMMER_PROBLEMS)]


def _problem(points: Points, months: frozenset[int], rng: np.random.Generator) -> Burst:
    at = draw_whole(0, len(points.kind) - 1, rng)
    return Burst(draw_evenly(PROBLEM_CATEGORIES, rng), np.array([at]), months, PROBLEM_CRIMES)


def _clusters(points: Points, rng: np.random.Generator) -> list[Burst]:
    bursts = []
    for row in range(CLUSTERS):
        at = draw_whole(0, len(points.kind) - 1, rng)
        metres_sq = (points.easting - points.easting[at]) ** 2
        metres_sq += (points.northing - points.northing[at]) ** 2
        begins = LAST + 1 - CLUSTER_MONTHS if row == 0 else draw_whole(FIRST, LAST, rng)
        bursts.append(
            Burst(
                CLUSTER_CATEGORIES[row % len(CLUSTER_CATEGORIES)],
                np.flatnonzero(metres_sq <= CLUSTER_RADIUS_M**2),
                frozenset(range(begins, begins + CLUSTER_MONTHS)),
                CLUSTER_CRIMES,
            )
        )
    return bursts


def _of_month(
    month: int,
    category: str,
    points: Points,
    bursts: list[Burst],
    number: int,
    rng: np.random.Generator,
) -> tuple[int, list[str]]:
    """The lines of one category in one month, and the last number given to a crime."""
    usual = CATEGORIES[category][0]
    expected = usual * SEASONS.get(category, EVERY_MONTH)[month % 12] // 100
    count = expected + draw_whole(-expected // 12, expected // 12, rng)
    at = _drawn(month, category, points, bursts, count, rng)
    longitude, latitude = published_points_to_epsg_4326(points.easting[at], points.northing[at])
    without = WITHOUT_POSITION.get(category, USUALLY_WITHOUT_POSITION)
    lines = []
    for row, point in enumerate(at.tolist()):
        place = f"{longitude[row]:.6f},{latitude[row]:.6f},On or near {points.street[point]}"
        place += f",{points.lsoa[point]},"
        if happens(without, rng):
            place = ",,No Location,,"
        # Anti-social behaviour has neither an ID nor an outcome, as published.
        key, outcome = "", ""
        if category != "Anti-social behaviour":
            number += 1
            key, outcome = f"{number:064x}", OUTCOMES.draw(rng)
        lines.append(
            f"{key},{month_text(month)},{FORCE_NAME},{FORCE_NAME},{place},{category},{outcome},"
        )
    return number, lines


def _drawn(
    month: int,
    category: str,
    points: Points,
    bursts: list[Burst],
    count: int,
    rng: np.random.Generator,
) -> npt.NDArray[np.int64]:
    premises = CATEGORIES[category][1]
    weights = points.keenness * np.array([premises.get(kind, 1) for kind in points.kind])
    # As heavy as so many of the crimes that the category has in a usual month.
    one = int(weights.sum()) // CATEGORIES[category][0]
    for burst in bursts:
        if burst.category == category and month in burst.months:
            weights[burst.points] += -(-burst.crimes * one // len(burst.points))
    sums = np.cumsum(weights)
    draws = (rng.random(count) * int(sums[-1])).astype(np.int64)
    return np.searchsorted(sums, draws, side="right")


def _move_some_away(rows: list[str], beyond: pd.DataFrame, rng: np.random.Generator) -> None:
    """Put a few crimes beyond the force, as every published month has some."""
    for row, line in enumerate(rows):
        cells = line.split(",")
        if not cells[4] or draw_whole(1, 1000, rng) > OUTSIDE_OF_A_THOUSAND:
            continue
        unit = beyond.iloc[draw_whole(0, len(beyond) - 1, rng)]
        longitude, latitude = published_points_to_epsg_4326(
            [float(unit["easting"])], [float(unit["northing"])]
        )
        cells[4:8] = [f"{longitude[0]:.6f}", f"{latitude[0]:.6f}", cells[6], unit["lsoa"]]
        rows[row] = ",".join(cells)
