"""Density beside KDEpy on a month of real crime, and a force's year of made ones on a 100 m grid.

KDEpy is the fastest peer that gives a quartic at any places. What it means by a bandwidth is the
standard deviation on one axis, so its 300 / sqrt(7) is our 300; it is near, but not exact.
"""

import numpy as np
import pandas as pd
import pytest
from KDEpy import TreeKDE

from geo_alerts.hotspots.density import density
from geo_alerts.hotspots.edges import edge_mass_of_cells
from tests.bench.timing import best_of

GROUP = "a quartic of 300 m, 30,739 crimes at 45,815 centres"
LEAST_TIMES = 15
MOST_SECONDS = 2.0
YEAR, POINTS, COLUMNS, ROWS = 100_000, 15_000, 1_100, 900
BANDWIDTH_M = 300.0


@pytest.fixture(scope="module")
def leeds(shared_data):
    points = pd.read_parquet(shared_data / "oracles" / "points_27700.parquet")
    points = points[(points["month"] == "2018-07") & points["in_wy"]]
    cells = pd.read_parquet(shared_data / "oracles" / "counts_250m.parquet")
    return points[["E", "N"]].to_numpy(), cells[["cx", "cy"]].to_numpy()


def of_ours(leeds):
    return density(*leeds[0].T, *leeds[1].T, bandwidth_m=BANDWIDTH_M)


def of_kdepy(leeds):
    tree = TreeKDE(kernel="biweight", bw=BANDWIDTH_M / np.sqrt(7)).fit(leeds[0])
    return tree.evaluate(leeds[1]) * len(leeds[0])


@pytest.mark.shared
@pytest.mark.benchmark(group=GROUP)
def test_ours(benchmark, leeds):
    benchmark(of_ours, leeds)


@pytest.mark.shared
@pytest.mark.benchmark(group=GROUP)
def test_kdepy(benchmark, leeds):
    benchmark.pedantic(of_kdepy, args=(leeds,), rounds=1)


@pytest.mark.shared
def test_ours_is_many_times_as_fast_as_kdepy_and_exact(leeds, figures):
    ours, value = best_of(5, of_ours, leeds)
    theirs, peer = best_of(1, of_kdepy, leeds)
    some = np.argsort(-value)[:200]
    square = ((leeds[1][some, None] - leeds[0]) ** 2).sum(-1) / BANDWIDTH_M**2
    exact = (np.where(square < 1, 1 - square, 0) ** 2).sum(-1) * 3 / (np.pi * BANDWIDTH_M**2)
    off = np.abs(value[some] - exact).max() / exact.max()
    peer_off = np.abs(peer[some] - exact).max() / exact.max()
    figures.append(
        f"density, {GROUP}: {ours * 1e3:.1f} ms, {off:.0e} of the peak off; KDEpy {theirs:.2f} s "
        f"({theirs / ours:.0f} times), {peer_off:.0e} off"
    )
    assert off < 1e-12
    assert theirs >= LEAST_TIMES * ours


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
def test_a_force_year_on_a_100_m_grid_takes_under_two_seconds(figures, kernel):
    rng = np.random.default_rng(1)
    extent = np.array([COLUMNS, ROWS]) * 100
    # A third in towns, a few kilometres across; each point with some seven crimes.
    spread = rng.uniform(0, 1, (POINTS, 2)) * extent
    town = rng.uniform(0, 1, (12, 2)) * extent
    in_town = np.arange(POINTS // 3)
    spread[in_town] = town[rng.integers(0, len(town), len(in_town))] + rng.normal(
        0, 1500, (len(in_town), 2)
    )
    crimes = np.round(spread)[rng.integers(0, POINTS, YEAR)] + 300_000
    columns, rows = (300_050 + 100.0 * np.arange(lines) for lines in (COLUMNS, ROWS))
    mesh = np.meshgrid(columns, rows)
    within = np.hypot(mesh[0] - columns.mean(), mesh[1] - rows.mean()) < extent[0] * 0.46
    at = mesh[0][within], mesh[1][within]
    asked = {"bandwidth_m": BANDWIDTH_M, "kernel": kernel}
    seconds, _ = best_of(2, lambda: density(*crimes.T, *at, **asked))
    corrected, _ = best_of(1, lambda: edge_mass_of_cells(within, 100, **asked))
    figures.append(
        f"density, {kernel}, {YEAR:,} crimes at {within.sum():,} cells of 100 m: {seconds:.2f} s; "
        f"edge masses {corrected:.2f} s"
    )
    assert within.sum() > 650_000
    assert seconds < MOST_SECONDS
