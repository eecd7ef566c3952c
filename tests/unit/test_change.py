"""Change between two periods: scipy, the papers' numbers, and what many units do to chance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.change import binomial, change, e_test


def test_the_e_test_is_that_of_scipy_for_every_pair_of_small_counts():
    n1, n2 = np.meshgrid(np.arange(25), np.arange(45))
    found = e_test(n1, n2)
    assert found.shape == (45, 25)
    wanted = [
        stats.poisson_means_test(int(a), 1, int(b), 1).pvalue
        for a, b in zip(n1.ravel(), n2.ravel(), strict=True)
    ]
    # scipy leaves out 1e-10 of the lower end of either distribution.
    assert found.ravel() == pytest.approx(np.array(wanted), abs=1e-9)


@pytest.mark.parametrize(("n1", "n2"), [(300, 20), (1_000, 1_100), (2_900, 3_111)])
def test_the_e_test_is_that_of_scipy_for_large_counts(n1, n2):
    wanted = stats.poisson_means_test(n1, 1, n2, 1).pvalue
    assert float(e_test(n1, n2)) == pytest.approx(wanted, abs=1e-9)


def test_the_e_test_of_a_million_crimes_is_the_normal_one():
    wanted = 2 * stats.norm.sf(4_000 / np.sqrt(1_996_000))
    assert float(e_test(1_000_000, 996_000)) == pytest.approx(wanted, rel=1e-4)


@given(n1=st.integers(0, 300), n2=st.integers(0, 300), p0=st.floats(0.01, 0.99))
def test_the_binomial_test_is_that_of_scipy(n1, n2, p0):
    wanted = stats.binomtest(n2, n1 + n2, p0).pvalue if n1 + n2 else 1.0
    assert float(binomial(n1, n2, p0)) == pytest.approx(wanted, rel=1e-9, abs=1e-12)


@given(n1=st.integers(0, 200), n2=st.integers(0, 200))
def test_neither_test_minds_which_period_was_first(n1, n2):
    assert e_test(n1, n2) == e_test(n2, n1)
    assert binomial(n1, n2) == pytest.approx(binomial(n2, n1), rel=1e-9)


@pytest.mark.shared
def test_real_cells_change_as_the_oracle_says(shared_data):
    import pandas as pd  # noqa: PLC0415

    oracle = pd.read_parquet(shared_data / "oracles" / "change_2017-07_2018-07_all.parquet")
    n1, n2 = oracle["n_2017"].to_numpy(), oracle["n_2018"].to_numpy()
    found = change(n1, n2)
    assert found.p == pytest.approx(oracle["p_etest"].to_numpy(), abs=1e-9)
    assert binomial(n1, n2) == pytest.approx(oracle["p_binom"].to_numpy(), abs=1e-12)
    assert found.p_shared == pytest.approx(oracle["p_binom_adj_total"].to_numpy(), abs=1e-12)
    assert found.q_shared == pytest.approx(oracle["q_binom_adj"].to_numpy(), abs=1e-12)
    # Of 7,930 cells 628 seem changed at .05; of the whole's rise of 13.9 % seven are left.
    assert (found.p <= 0.05).sum() == 628
    assert np.count_nonzero(found.direction_shared) == 7
    assert found.shift == pytest.approx(1.139, abs=1e-3)


def test_a_rise_that_all_units_share_is_a_rise_and_no_finding_about_any_of_them():
    found = change(np.full(20, 100), np.full(20, 160))
    assert (found.direction == 1).all()
    assert (found.direction_shared == 0).all()
    assert found.expected == pytest.approx(np.full(20, 160.0))
    assert (found.ratio == 1.6).all()


def test_up_forty_percent_is_not_said_of_five_crimes_and_seven():
    found = change([5, 500], [7, 700])
    assert found.ratio == pytest.approx([1.4, 1.4])
    assert found.direction.tolist() == [0, 1]
    assert found.low[0] < 1 < found.high[0]
    assert found.low[1] > 1


def test_units_without_crime_are_not_tested_and_do_not_dilute_the_others():
    few = change([50, 10], [90, 10])
    many = change([50, 10] + [0] * 1000, [90, 10] + [0] * 1000)
    assert many.q[:2] == pytest.approx(few.q)
    assert np.isnan(many.p[2:]).all()
    assert not many.direction[2:].any()


def test_periods_of_two_lengths_are_compared_by_their_rates():
    # Twelve months with 10 a month, then three with 10 a month: nothing changed.
    found = change([120, 240], [30, 60], lengths=(12, 3))
    assert found.ratio == pytest.approx([1, 1])
    assert found.shift == pytest.approx(1)
    assert (found.direction == 0).all()
    assert change([120, 240], [90, 60], lengths=(12, 3)).direction.tolist() == [1, 0]


def test_a_grid_of_counts_comes_back_as_a_grid():
    assert change(np.ones((3, 4)), np.ones((3, 4))).q.shape == (3, 4)


@pytest.mark.parametrize("mean", [0.3, 2.0, 20.0])
def test_where_nothing_changed_the_tests_fire_no_more_often_than_they_say(mean):
    rng = np.random.default_rng(5)
    first, second = rng.poisson(mean, (2, 200_000))
    p = e_test(first, second)
    # The E-test may pass its level by a little; with counts this small it stays below.
    assert (p <= 0.05).mean() < 0.052
    assert (binomial(first, second) <= 0.05).mean() < 0.051
    if mean > 10:
        assert (p <= 0.05).mean() > 0.045


def test_no_units_have_no_tests():
    assert e_test([], []).shape == binomial(np.zeros((3, 0)), 0).shape[1:] == (0,)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: e_test(-1, 2), "-1.0 is no count"),
        (lambda: e_test(1.5, 2), "sums of weights cannot"),
        (lambda: e_test(1, np.nan), "nan is no count"),
        (lambda: e_test("many", 2), "counts are wanted as numbers"),
        (lambda: e_test([1, 2], [1, 2, 3]), "cannot be compared"),
        (lambda: binomial(1, 2, 0), "is one of the periods without crime"),
        (lambda: change([1, 2], [0, 0]), "no crime in the later period"),
        (lambda: change([0, 0], [1, 2]), "no crime in the earlier period"),
        (lambda: change([1, 2], [3]), "same units"),
        (lambda: change([1], [3], lengths=(0, 1)), "above 0"),
        (lambda: change([1], [3], level=5), "between 0 and 1"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_what_to_do(call, said):
    with pytest.raises(InvalidInputError, match=said):
        call()
