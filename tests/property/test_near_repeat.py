"""Knox tables against a loop over all pairs, and what moving or renaming must not change."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_alerts.hotspots.near_repeat import knox

# Small whole numbers, so that many distances and times fall on edges.
events = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 20)), min_size=2, max_size=25
)
SPACE = st.sampled_from([(0, 5), (0, 1, 5, np.inf), (3, 4, np.inf), (0, 0.001, 2, 10)])
TIME = st.sampled_from([(0, 7), (0, 1, 7, np.inf), (2, 5, 9), (0.5, 3)])
# Far from where longitudes and latitudes lie.
ORIGIN_M = 400_000


def table(rows, space, time, scale=1, shift=0.0, seed=1):
    east, north, day = np.array(rows, dtype=float).T
    return knox(
        ORIGIN_M + east,
        ORIGIN_M + north,
        day / scale + shift,
        space_bands_m=space,
        time_bands_days=time,
        permutations=5,
        rng=np.random.default_rng(seed),
    )


@settings(max_examples=150, deadline=None)
@given(events, SPACE, TIME, st.sampled_from([1, 3, 10]))
def test_the_table_is_that_of_a_loop_over_all_pairs(rows, space, time, scale):
    counts = np.zeros((len(space) - 1, len(time) - 1), dtype=int)
    for one, other in itertools.combinations(np.array(rows, dtype=float), 2):
        metres = np.hypot(*(one[:2] - other[:2]))
        days = abs(one[2] / scale - other[2] / scale)
        row, column = (
            np.searchsorted(edges, value, side="right") - 1
            for edges, value in ((space, metres), (time, days))
        )
        if 0 <= row < counts.shape[0] and 0 <= column < counts.shape[1]:
            counts[row, column] += 1
    assert np.array_equal(table(rows, space, time, scale).observed, counts)


@settings(max_examples=60, deadline=None)
@given(events, SPACE, TIME, st.integers(-400, 40_000))
def test_another_first_day_changes_nothing(rows, space, time, shift):
    one, other = table(rows, space, time), table(rows, space, time, shift=float(shift))
    assert np.array_equal(one.observed, other.observed)
    assert np.array_equal(one.p, other.p)


@settings(max_examples=60, deadline=None)
@given(events, st.randoms(use_true_random=False))
def test_the_order_of_crimes_does_not_change_what_is_observed(rows, random):
    shuffled = rows.copy()
    random.shuffle(shuffled)
    bands = (0, 2, 5, np.inf), (0, 3, np.inf)
    assert np.array_equal(table(rows, *bands).observed, table(shuffled, *bands).observed)


@settings(max_examples=40, deadline=None)
@given(events)
def test_with_open_bands_every_pair_is_counted_in_every_permutation(rows):
    found = table(rows, (0, 4, np.inf), (0, 3, np.inf))
    pairs = len(rows) * (len(rows) - 1) // 2
    assert found.observed.sum() == pairs
    assert found.expected_mean.sum() == pairs


def test_under_the_null_a_cell_is_as_rare_as_its_p_says():
    """200 tables of crimes whose days have nothing to do with their places."""
    rng = np.random.default_rng(20180701)
    rare = 0
    for _ in range(200):
        east, north = rng.uniform(400_000, 403_000, (2, 120))
        found = knox(
            east,
            north,
            rng.integers(0, 60, 120),
            space_bands_m=(0, 300),
            time_bands_days=(0, 8),
            permutations=99,
            rng=rng,
        )
        rare += found.p[0, 0] <= 0.05
    # Binomial(200, 0.05 at most): more than 20 has a chance under 1 in 500.
    assert rare <= 20
