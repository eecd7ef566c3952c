"""What holds of scores of any map: against cells put in order one by one, as ptools does."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from geo_alerts.hotspots.change import change
from geo_alerts.hotspots.scoring import calibration, cells_of, judge, pai, score

cells = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4)), min_size=4, max_size=60)
shares = st.integers(1, 100).map(lambda percent: percent / 100)


def columns(drawn, share):
    predicted, observed = np.array(drawn, dtype=float).T
    assume(observed.any())
    assume(len(drawn) * share >= 1)
    return predicted, observed


def in_order(predicted, observed, k, ties):
    """Hits and foretold events of the k first cells, ordered with Python's own sort."""
    sign = 1 if ties == "worst" else -1
    pairs = sorted(zip(predicted, observed, strict=True), key=lambda it: (-it[0], sign * it[1]))
    return sum(seen for _, seen in pairs[:k]), sum(foretold for foretold, _ in pairs[:k])


@given(drawn=cells, share=shares, ties=st.sampled_from(["worst", "best"]))
def test_scores_are_those_of_cells_put_in_order_one_by_one(drawn, share, ties):
    predicted, observed = columns(drawn, share)
    scored = score(predicted, observed, share=share, ties=ties)
    n, k = len(drawn), cells_of(share, len(drawn))
    hits, foretold = in_order(predicted, observed, k, ties)
    best, _ = in_order(observed, observed, k, ties)
    assert (scored.hits, scored.foretold, scored.cells) == (hits, foretold, k)
    assert scored.pai == pytest.approx(hits / observed.sum() / (k / n))
    assert scored.pei == pytest.approx(hits / best)
    assert scored.rri == (pytest.approx(foretold / hits) if hits else scored.rri)


@given(drawn=cells, share=shares)
def test_the_worst_tie_is_never_better_than_the_best(drawn, share):
    predicted, observed = columns(drawn, share)
    worst, best = (score(predicted, observed, share=share, ties=ties) for ties in ("worst", "best"))
    assert worst.pai <= best.pai <= 1 / best.area_share + 1e-9
    assert 0 <= worst.pei <= best.pei <= 1
    assert worst.tied == best.tied
    if worst.tied == 1:
        assert worst.hits == best.hits


@given(drawn=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4)), min_size=2, max_size=6))
def test_what_is_to_be_expected_is_the_mean_over_every_order_of_the_cells(drawn):
    predicted, observed = columns(drawn, 0.5)
    judged = judge(predicted, observed)
    k = cells_of(0.5, len(drawn))
    expected = judged.to_be_expected(0.5)
    # Sorted stably, each order of the cells breaks the ties in its own way.
    hits = [
        sum(seen for _, seen in sorted(order, key=lambda cell: -cell[0])[:k])
        for order in itertools.permutations(drawn)
    ]
    assert expected.scores.hits == pytest.approx(np.mean(hits))
    assert expected.worst_pai == judged.scores(0.5, "worst").pai
    assert expected.best_pai == judged.scores(0.5, "best").pai
    assert expected.worst_pai <= expected.scores.pai + 1e-12
    assert expected.scores.pai <= expected.best_pai + 1e-12


@given(drawn=cells, share=shares, random=st.randoms())
def test_neither_the_order_of_cells_nor_the_scale_of_the_map_matters(drawn, share, random):
    predicted, observed = columns(drawn, share)
    order = np.array(random.sample(range(len(drawn)), len(drawn)))
    one = pai(predicted, observed, share=share)
    other = pai(np.exp(predicted[order]), observed[order], share=share)
    assert (one.pai, one.pei, one.hits) == pytest.approx((other.pai, other.pei, other.hits))


@given(drawn=cells, groups=st.integers(2, 8))
def test_every_cell_is_in_one_group_of_a_calibration(drawn, groups):
    predicted, observed = np.array(drawn, dtype=float).T
    assume(predicted.any())
    found = calibration(predicted, observed, groups=groups)
    assert sum(group.cells for group in found) == len(drawn)
    assert math.fsum(group.foretold for group in found) == pytest.approx(predicted.sum())
    assert sum(group.seen for group in found) == observed.sum()
    ends = [(group.most, group.least) for group in found]
    assert ends == sorted(ends, reverse=True)
    assert all(least > most for (_, least), (most, _) in itertools.pairwise(ends))


@pytest.mark.parametrize("mean", [1.0, 8.0])
def test_where_nothing_changed_hardly_any_set_of_cells_has_a_flag(mean):
    rng = np.random.default_rng(9)
    flagged = [
        np.count_nonzero(change(*rng.poisson(mean, (2, 300))).direction) > 0 for _ in range(300)
    ]
    # A false discovery in at most 5 % of sets; 300 of them have a standard error of 1.3 %.
    assert np.mean(flagged) <= 0.05 + 0.025
