"""Intervals of shares, rates and ratios, and runs: published values and scipy's own tests."""

import numpy as np
import pytest
from scipy.stats import binom, binomtest, poisson

from geo_alerts.hotspots.months import month_number
from geo_alerts.hotspots.repeats.persistence import (
    days_of,
    garwood,
    rate_ratio,
    runs,
    wilson,
)


def test_months_have_their_own_days():
    months = [
        month_number(text) for text in ("2023-12", "2024-01", "2024-02", "2025-02", "1969-12")
    ]
    assert days_of(np.array(months, dtype=np.int32)).tolist() == [31, 31, 29, 28, 31]


@pytest.mark.parametrize("observed", [1, 2, 9, 12, 36])
@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_the_share_of_months_has_wilsons_interval(observed, level):
    present = np.arange(observed + 1)
    found = wilson(present, observed, level)
    for at in present:
        wanted = binomtest(int(at), observed).proportion_ci(level, method="wilson")
        assert (found.low[at], found.high[at]) == pytest.approx(
            (wanted.low, wanted.high), abs=1e-12
        )
    assert (found.low[0], found.high[-1]) == (0, 1)
    assert ((found.low <= found.value) & (found.value <= found.high)).all()


@pytest.mark.parametrize(
    ("count", "low", "high"),
    # Ulm (1990), American Journal of Epidemiology 131, table 1: exact 95% limits of a count.
    [
        (0, 0.0, 3.689),
        (1, 0.025, 5.572),
        (5, 1.623, 11.668),
        (10, 4.795, 18.390),
        (20, 12.217, 30.888),
    ],
)
def test_a_rate_has_the_published_exact_interval(count, low, high):
    found = garwood(np.array([count]), 4.0, 0.95)
    assert found.value[0] == count / 4
    assert (4 * found.low[0], 4 * found.high[0]) == pytest.approx((low, high), abs=5e-4)


def test_the_exact_interval_holds_its_level_whatever_the_rate():
    for rate in (0.3, 2.0, 11.5):
        counts = np.arange(poisson.ppf(1 - 1e-12, rate) + 1)
        found = garwood(counts, 1.0, 0.9)
        inside = (found.low <= rate) & (rate <= found.high)
        assert poisson.pmf(counts[inside], rate).sum() >= 0.9


@pytest.mark.parametrize(("recent", "before"), [(0, 7), (3, 0), (3, 7), (40, 11)])
def test_the_ratio_of_rates_has_the_interval_of_its_binomial_share(recent, before):
    spans = (90.0, 275.0)
    found = rate_ratio([recent], [before], spans, 0.95)
    share = binomtest(recent, recent + before).proportion_ci(0.95, method="exact")
    ends = [
        np.inf if each == 1 else each / (1 - each) * spans[1] / spans[0]
        for each in (share.low, share.high)
    ]
    assert (found.low[0], found.high[0]) == pytest.approx(ends, rel=1e-9)
    if before:
        assert found.value[0] == pytest.approx((recent / 90) / (before / 275))


def test_a_ratio_of_nothing_to_nothing_may_be_anything():
    found = rate_ratio([0], [0], (90.0, 275.0), 0.95)
    assert np.isnan(found.value[0])
    assert (found.low[0], found.high[0]) == (0, np.inf)


def test_a_ratio_needs_something_to_be_compared_with():
    found = rate_ratio([2], [5], (0.0, 12.0), 0.95)
    assert np.isnan([found.value[0], found.low[0], found.high[0]]).all()


def test_the_interval_of_a_ratio_holds_its_level():
    # Given 30 crimes and a true ratio of 2 with spans of 1 and 3, the recent are binomial.
    share = 2 / (2 + 3)
    recent = np.arange(31)
    found = rate_ratio(recent, 30 - recent, (1.0, 3.0), 0.95)
    inside = (found.low <= 2) & (found.high >= 2)
    assert binom.pmf(recent[inside], 30, share).sum() >= 0.95


def test_runs_are_months_in_a_row_with_crime():
    strips = np.array(
        [[1, 1, 0, 1, 1, 1], [0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 0], [0, 1, 0, 1, 0, 1]]
    )
    found = runs(strips > 0)
    assert found.longest.tolist() == [3, 0, 5, 1]
    assert found.current.tolist() == [3, 0, 0, 1]
