"""Gi* and Local Moran beside esda on a month of real crime, and Gi* on all of England.

esda is asked as its own documentation asks it, with the weights made beforehand; making them
(libpysal's lat2W) is not timed, though ours needs none.
"""

import numpy as np
import pytest
from esda.getisord import G_Local
from esda.moran import Moran_Local
from libpysal.weights import fill_diagonal, lat2W

from geo_alerts.hotspots.getis_ord import gi_star, gi_star_permutation
from geo_alerts.hotspots.local_moran import local_moran, local_moran_permutation
from tests import published_statistics
from tests.bench.timing import best_of

GROUP = "Gi* of 45,815 cells"
LEAST_TIMES = 500
ENGLAND = (2600, 2000)
MOST_SECONDS = 1.0
PERMUTATIONS = 999


@pytest.fixture(scope="module")
def counts(shared_data):
    return published_statistics.counts(shared_data, "all_2018-07").astype(float)


@pytest.fixture(scope="module")
def queen(counts):
    return lat2W(*counts.shape, rook=False, silence_warnings=True)


@pytest.fixture(scope="module")
def queen_with_self(queen):
    return fill_diagonal(queen, np.ones(queen.n))


def of_esda(counts, weights):
    return G_Local(counts.ravel(), weights, transform="B", star=True, permutations=0).Zs


@pytest.mark.shared
@pytest.mark.benchmark(group=GROUP)
def test_ours(benchmark, counts):
    benchmark(gi_star, counts)


@pytest.mark.shared
@pytest.mark.benchmark(group=GROUP)
@pytest.mark.filterwarnings("ignore")
def test_esda(benchmark, counts, queen_with_self):
    benchmark.pedantic(of_esda, args=(counts, queen_with_self), rounds=1)


@pytest.mark.shared
@pytest.mark.filterwarnings("ignore")
def test_gi_star_is_many_times_as_fast_as_esda_and_the_same(counts, queen_with_self, figures):
    theirs, peer = best_of(2, of_esda, counts, queen_with_self)
    ours, z = best_of(50, gi_star, counts)
    off = np.abs(z.ravel() - peer).max()
    figures.append(
        f"{GROUP}: {ours * 1e3:.2f} ms, esda {theirs:.2f} s ({theirs / ours:.0f} times), "
        f"{off:.0e} off"
    )
    assert off < 1e-9
    assert theirs >= LEAST_TIMES * ours


@pytest.mark.shared
@pytest.mark.filterwarnings("ignore")
def test_permutation_and_local_moran_beside_esda(counts, queen, figures):
    def of_peer():
        return Moran_Local(
            counts.ravel(),
            queen,
            permutations=PERMUTATIONS,
            seed=1,
            n_jobs=1,
            keep_simulations=False,
        )

    def by_us():
        p = local_moran_permutation(counts, permutations=PERMUTATIONS, rng=np.random.default_rng(1))
        return local_moran(counts), p

    theirs, peer = best_of(1, of_peer)
    ours, (found, _) = best_of(5, by_us)
    n = counts.size
    off = np.abs(found.i.ravel() * (n - 1) / n - peer.Is).max()
    figures.append(
        f"Local Moran of 45,815 cells with {PERMUTATIONS} permutations: {ours * 1e3:.0f} ms, "
        f"esda {theirs:.1f} s ({theirs / ours:.0f} times), {off:.0e} off"
    )
    assert off < 1e-9
    assert theirs >= 20 * ours


@pytest.mark.parametrize("masked", [False, True])
def test_all_of_england_at_250_m_takes_under_a_second(figures, masked):
    rng = np.random.default_rng(1)
    counts = rng.poisson(0.1, ENGLAND).astype(float)
    mask = rng.random(ENGLAND) < 0.9 if masked else None
    seconds, _ = best_of(3, lambda: gi_star(counts, mask=mask))
    permuted, _ = best_of(
        1, lambda: gi_star_permutation(counts, mask=mask, permutations=PERMUTATIONS, rng=rng)
    )
    figures.append(
        f"Gi* of {counts.size:,} cells{' in a mask' if masked else ''}: {seconds:.2f} s; "
        f"with {PERMUTATIONS} permutations {permuted:.1f} s"
    )
    assert seconds < MOST_SECONDS
