"""Knox with permutations of the days beside pointpats, for the same crimes and as many of them."""

import time

import numpy as np
from pointpats import Knox

from geo_alerts.hotspots.near_repeat import SPACE_BANDS_M, TIME_BANDS_DAYS, knox

EVENTS = 2_000
PERMUTATIONS = 999


def burglaries():
    """As dense as a month of burglaries in West Yorkshire: 2,800 pairs within 400 m, in towns."""
    rng = np.random.default_rng(1)
    towns = rng.uniform((400_000, 300_000), (440_000, 340_000), (25, 2))
    places = (towns[rng.integers(0, 25, 8_000)] + rng.normal(0, 2_000, (8_000, 2))).round()
    return *places[rng.integers(0, len(places), EVENTS)].T, rng.integers(0, 31, EVENTS)


def seconds(work):
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def test_a_knox_test_of_two_thousand_crimes(figures):
    east, north, day = burglaries()

    def ours(space, days):
        return knox(
            east,
            north,
            day,
            space_bands_m=space,
            time_bands_days=days,
            permutations=PERMUTATIONS,
            rng=np.random.default_rng(1),
        )

    positions = np.column_stack((east, north))

    def theirs():
        return Knox(positions, day[:, None], 200, 7, permutations=PERMUTATIONS)

    # Up to and with 200 m and 7 days, as pointpats has it.
    band = (0, np.nextafter(200, 300)), (0, 8)
    found = ours(*band)
    pairs = ours((0, 400), (0, 31)).observed[0, 0]
    counted = []
    peer_s = seconds(lambda: counted.append(theirs()))
    band_s = min(seconds(lambda: ours(*band)) for _ in range(5))
    table_s = min(seconds(lambda: ours(SPACE_BANDS_M, TIME_BANDS_DAYS)) for _ in range(5))
    figures.append(
        f"Knox, {EVENTS} crimes, {pairs} pairs within 400 m, {PERMUTATIONS} permutations: "
        f"pointpats, one band {peer_s:.1f} s; "
        f"here one band {band_s:.3f} s ({peer_s / band_s:.0f} times as fast), the table of "
        f"{len(SPACE_BANDS_M) - 1} by {len(TIME_BANDS_DAYS) - 1} {table_s:.3f} s "
        f"({peer_s / table_s:.0f} times)"
    )
    assert found.observed[0, 0] == counted[0].statistic_
    assert peer_s / table_s >= 100
