"""Where nothing changed, flags of trends fire at the stated rate and no more."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_alerts.hotspots.trends import expectation

SERIES = 4_000
JANUARY = 2023 * 12
counts = st.integers(0, 60)


def drawn(mean, size, months, *, seasonal):
    """Poisson counts, or negative binomial ones of a size: mean + mean² / size of variance."""
    rng = np.random.default_rng(11)
    season = 1 + 0.5 * np.sin(np.arange(months) * 2 * np.pi / 12) * seasonal
    means = np.broadcast_to((mean * season)[:, None], (months, SERIES))
    return rng.poisson(means if size is None else rng.gamma(size, means / size))


@pytest.mark.parametrize("size", [None, 20, 5, 2], ids=["chance", "20", "5", "2"])
@pytest.mark.parametrize("mean", [0.3, 3, 10, 100, 1_000])
@pytest.mark.parametrize(("months", "seasonal"), [(13, False), (24, False), (25, True), (37, True)])
def test_flags_fire_at_their_rate_whatever_the_scatter(mean, size, months, seasonal):
    series = drawn(mean, size, months, seasonal=seasonal)
    # Forces of ten teams each: the teams share their seasons.
    groups = np.arange(SERIES) // 10
    found = expectation(series, list(range(JANUARY, JANUARY + months)), group=groups)
    rate = np.count_nonzero(found.flag) / SERIES
    # 0.05 is the level; 4,000 draws have a standard error of 0.0034.
    assert rate < 0.062
    if mean >= 10:
        assert rate > 0.02
    if mean >= 10 and size is not None:
        assert rate > 0.035


def test_flags_at_one_in_a_hundred_fire_so_often():
    series = drawn(50, 5, 25, seasonal=True)
    found = expectation(series, list(range(JANUARY, JANUARY + 25)), level=0.01)
    assert 0.003 < np.count_nonzero(found.flag) / SERIES < 0.015


def test_a_doubling_is_nearly_always_seen_where_crime_is_common():
    series = drawn(100, 50, 25, seasonal=True)
    series[-1] *= 2
    found = expectation(series, list(range(JANUARY, JANUARY + 25)))
    assert (found.flag == 1).mean() > 0.95


@given(st.lists(counts, min_size=7, max_size=40), st.sampled_from([0.01, 0.05, 0.2]))
def test_the_range_holds_the_counts_whose_p_is_above_the_level(series, level):
    several = np.tile(np.array(series, dtype=float)[:, None], 80)
    several[-1] = np.arange(80)
    found = expectation(
        several, list(range(len(series))), level=level, group=np.arange(several.shape[1])
    )
    p, flag = found.p[0], found.flag[0]
    assert (flag[p < level - 1e-9] != 0).all()
    assert (flag[p > level + 1e-9] == 0).all()
    # And the flags are fewer, none, more: a range without holes.
    assert (np.diff(flag) >= 0).all()


@given(st.lists(st.tuples(counts, counts), min_size=8, max_size=30), st.randoms())
def test_the_order_of_the_series_does_not_matter(series, random):
    values = np.array(series, dtype=float)
    order = random.sample(range(2), 2)
    months = list(range(len(values)))
    one, other = expectation(values, months), expectation(values[:, order], months)
    assert np.allclose(one.p[:, order], other.p, rtol=1e-9)
    assert np.array_equal(one.low[:, order], other.low)
