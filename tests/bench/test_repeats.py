"""Repeat locations of a force's year: clusters beside scikit-learn's of crimes, and the whole."""

import time

import numpy as np
from sklearn.cluster import DBSCAN

from geo_alerts.hotspots.crimes import NO_DAY, Crimes
from geo_alerts.hotspots.repeats.clusters import dbscan
from geo_alerts.hotspots.repeats.find import find_repeats
from geo_alerts.hotspots.repeats.rules import CLUSTERS, Rules
from tests.repeat_world import FIRST, Points

CRIMES, POINTS, MONTHS = 125_000, 15_000, 12
REACH_M, CORE_CRIMES = 100.0, 25


def force_year():
    """As many crimes on as many points as West Mercia has in a year, a few points with hundreds."""
    rng = np.random.default_rng(1)
    towns = rng.uniform((330_000, 210_000), (410_000, 330_000), (40, 2))
    both = (towns[rng.integers(0, 40, POINTS)] + rng.normal(0, 1_500, (POINTS, 2))).round()
    names = np.array([f"On or near Street {at % 4_000}" for at in range(POINTS)], dtype=object)
    weight = rng.pareto(1.2, POINTS) + 0.2
    at = rng.choice(POINTS, CRIMES, p=weight / weight.sum())
    points = Points(np.arange(POINTS), *both.T, names)
    crimes = Crimes(
        *both[at].T,
        (FIRST + rng.integers(0, MONTHS, CRIMES)).astype(np.int32),
        rng.integers(0, 14, CRIMES).astype(np.int16),
        at.astype(np.int64),
        np.full(CRIMES, NO_DAY, dtype=np.int32),
    )
    return crimes, points


def seconds(work):
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def test_repeat_locations_of_a_force_s_year(figures):
    crimes, points = force_year()
    used, counts = np.unique(crimes.point, return_counts=True)
    east, north = points.easting[used], points.northing[used]
    rows = np.column_stack((crimes.easting, crimes.northing))
    peer_s = seconds(lambda: DBSCAN(eps=REACH_M, min_samples=CORE_CRIMES).fit(rows))
    ours_s = min(
        seconds(lambda: dbscan(east, north, counts, reach_m=REACH_M, core_crimes=CORE_CRIMES))
        for _ in range(3)
    )
    months = FIRST + np.arange(MONTHS)
    told = []
    for cluster in CLUSTERS:
        rules = Rules(cluster=cluster)
        taken = seconds(lambda rules=rules: find_repeats(crimes, points, months, rules=rules))
        told.append(f"{cluster} {taken:.1f} s")
    figures.append(
        f"repeat locations, {CRIMES} crimes at {len(used)} points: DBSCAN of crimes by "
        f"scikit-learn {peer_s:.1f} s, of points here {ours_s:.2f} s "
        f"({peer_s / ours_s:.0f} times as fast); with all their figures: {', '.join(told)}"
    )
    assert peer_s / ours_s >= 5
