"""p and q against scipy, what makes a cell hot, and when no cell can be cold."""

import numpy as np
import pytest
import scipy.stats
from scipy.stats import false_discovery_control

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.getis_ord import gi_star, gi_star_on
from geo_alerts.hotspots.significance import (
    benjamini_hochberg,
    cautious_p,
    cold_spots_possible,
    effective_weight,
    hot_cells,
    poisson_p,
    two_sided_p,
)
from tests import published_statistics

LINE = np.array([[-1, 1], [0, 2], [1, 3], [2, 4], [3, 5], [4, -1]])


@pytest.mark.parametrize("z", [0, 0.5, -1.96, 5, -8, 20, -37, np.inf])
def test_p_of_a_score_is_exact_far_into_the_tail(z):
    assert two_sided_p(z) == pytest.approx(2 * scipy.stats.norm.sf(abs(z)), rel=1e-12)


def test_a_score_of_none_has_a_p_of_none():
    assert np.isnan(two_sided_p([np.nan, 1.0])).tolist() == [True, False]


def test_q_is_worked_out_by_hand():
    q = benjamini_hochberg([0.005, 0.009, 0.05, 0.1, 0.9])
    np.testing.assert_allclose(q, [0.0225, 0.0225, 0.05 * 5 / 3, 0.125, 0.9])


@pytest.mark.shared
@pytest.mark.parametrize("kind", ["all", "burglary"])
def test_q_of_real_crime_is_that_of_others(shared_data, kind):
    theirs = published_statistics.figures(shared_data, f"gistar_250m_{kind}_2018-07")
    p = two_sided_p(theirs["z"])
    np.testing.assert_allclose(p, theirs["p_two"], rtol=1e-9, atol=0)
    np.testing.assert_allclose(benjamini_hochberg(p), theirs["q_bh"], rtol=1e-9, atol=0)


def test_only_what_was_tested_counts_and_what_was_not_has_no_q():
    p = np.array([[0.01, 0.02, np.nan], [0.5, 0.001, 0.3]])
    mask = np.array([[True, True, True], [True, False, True]])
    q = benjamini_hochberg(p, mask)
    assert np.isnan(q).tolist() == [[False, False, True], [False, True, False]]
    np.testing.assert_allclose(
        q[mask & ~np.isnan(p)], false_discovery_control([0.01, 0.02, 0.5, 0.3])
    )


def test_no_tests_have_no_q():
    assert benjamini_hochberg([]).size == 0
    assert np.isnan(benjamini_hochberg([np.nan])).all()


@pytest.mark.parametrize("p", [[-0.1], [1.1], [np.inf]])
def test_what_is_no_p_is_refused(p):
    with pytest.raises(InvalidInputError, match="within 0 and 1"):
        benjamini_hochberg(p)


def test_a_mask_of_another_shape_is_refused():
    with pytest.raises(InvalidInputError, match="shape"):
        benjamini_hochberg([0.1, 0.2], [True])


def test_p_of_chance_is_the_smaller_poisson_tail_with_the_sum_itself_twice():
    counts = np.random.default_rng(1).poisson(0.4, (6, 7))
    mean = counts.mean()
    p = poisson_p(counts)
    around, k = counts[1:4, 2:5].sum(), 9
    upper = scipy.stats.poisson.sf(around - 1, k * mean)
    lower = scipy.stats.poisson.cdf(around, k * mean)
    assert p[2, 3] == pytest.approx(min(2 * min(upper, lower), 1), rel=1e-12)
    corner = counts[:2, :2].sum()
    upper = scipy.stats.poisson.sf(corner - 1, 4 * mean)
    lower = scipy.stats.poisson.cdf(corner, 4 * mean)
    assert p[0, 0] == pytest.approx(min(2 * min(upper, lower), 1), rel=1e-12)


def test_weights_are_counted_in_units_of_one_crime():
    counts = np.random.default_rng(1).poisson(0.4, (6, 7))
    np.testing.assert_allclose(poisson_p(counts * 365.0, unit=365.0), poisson_p(counts), rtol=1e-12)
    assert effective_weight([365.0, 365.0]) == 365
    # Light crimes hardly change how much sums of heavy ones vary.
    assert effective_weight([365.0] + [1.0] * 99) == pytest.approx(287.3, abs=0.1)


def test_no_crime_at_all_is_no_surprise():
    assert (poisson_p(np.zeros((4, 4))) == 1).all()


@pytest.mark.parametrize("weights", [[], [0, 0]])
def test_crimes_that_all_weigh_nothing_are_refused(weights):
    with pytest.raises(InvalidInputError, match="weigh 0"):
        effective_weight(weights)


@pytest.mark.parametrize("unit", [0, -1, np.nan, np.inf])
def test_a_unit_that_weighs_nothing_is_refused(unit):
    with pytest.raises(InvalidInputError, match="above 0"):
        poisson_p(np.eye(3), unit=unit)


def test_negative_counts_are_refused_where_chance_is_asked():
    with pytest.raises(InvalidInputError, match="not negative"):
        poisson_p([[1, -1], [0, 2]])


def test_a_cell_is_hot_with_the_cells_round_a_cluster():
    counts = np.indices((30, 30)).sum(axis=0) % 2
    counts[10:13, 20:23] += 6
    hot = hot_cells(gi_star(counts), counts)
    assert hot[10:13, 20:23].all()
    assert not hot[:, :17].any()


def test_few_crimes_are_no_hot_spot_however_unlikely():
    counts = np.zeros((60, 60))
    counts[10, 10] = 4
    counts[40, 40] = 1
    z = gi_star(counts)
    assert not hot_cells(z, counts).any()
    assert hot_cells(z, counts, least_count=4)[9:12, 9:12].all()
    counts[10, 10] = 5
    assert hot_cells(gi_star(counts), counts)[9:12, 9:12].all()


def test_a_score_alone_makes_no_hot_cell_where_chance_explains_the_crimes():
    # Three crimes of 300 in 3,600 cells fall into some 3 by 3 without any cause.
    counts = np.zeros((60, 60))
    counts.flat[np.arange(0, 3600, 12)] = 1
    counts[30, 30:32] += 1
    z = gi_star(counts)
    assert (benjamini_hochberg(two_sided_p(z)) <= 0.05).any()
    assert not hot_cells(z, counts, least_count=0).any()


@pytest.mark.shared
def test_with_many_crimes_the_textbooks_hot_cells_stay(shared_data):
    counts = published_statistics.counts(shared_data, "all_2018-07")
    z = gi_star(counts)
    hot = hot_cells(z, counts)
    assert hot.sum() == 2599
    np.testing.assert_array_equal(hot, (z > 0) & (benjamini_hochberg(two_sided_p(z)) <= 0.05))


@pytest.mark.shared
def test_a_month_of_burglary_has_no_hot_spots_of_three(shared_data):
    counts = published_statistics.counts(shared_data, "burglary_2018-07")
    z = gi_star(counts)
    assert ((benjamini_hochberg(two_sided_p(z)) <= 0.05) & (z > 0)).sum() == 2455
    assert hot_cells(z, counts).sum() == 867
    assert hot_cells(z, counts, least_count=0).sum() == 1430


def test_hot_cells_of_weights_are_judged_by_the_p_of_the_weights():
    rng = np.random.default_rng(2)
    counts = rng.poisson(1.0, (30, 30))
    harm = counts * 2.0
    harm[14:17, 14:17] = 365.0 * counts[14:17, 14:17]
    z = gi_star(harm)
    p = cautious_p(z, harm, unit=100.0)
    assert hot_cells(z, counts, p=p)[15, 15]
    assert not hot_cells(gi_star(counts), counts).any()


def test_cells_of_any_form_are_judged_by_their_neighbours():
    counts = np.array([0, 0, 9, 9, 0, 0])
    hot = hot_cells(gi_star_on(counts, LINE), counts, neighbours=LINE, level=0.4, least_count=18)
    assert hot.tolist() == [False, False, True, True, False, False]


def test_outside_the_study_area_nothing_is_hot_or_counted():
    counts = np.random.default_rng(1).poisson(0.5, (30, 30))
    counts[10:13, 20:23] += 6
    mask = np.ones((30, 30), dtype=bool)
    mask[11, 21] = False
    hot = hot_cells(gi_star(counts, mask=mask), counts)
    assert not hot[11, 21]
    assert hot[10, 20]


@pytest.mark.parametrize("counts", [np.zeros((5, 5)), np.full((5, 5), 8)])
def test_where_all_cells_are_equal_none_is_hot(counts):
    assert not hot_cells(gi_star(counts), counts).any()


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"level": 0}, "between 0 and 1"),
        ({"level": 5}, "between 0 and 1"),
        ({"level": np.nan}, "between 0 and 1"),
        ({"least_count": -1}, "0 or more"),
        ({"least_count": np.nan}, "0 or more"),
    ],
)
def test_what_is_no_level_or_count_is_refused(asked, reason):
    counts = np.eye(4)
    with pytest.raises(InvalidInputError, match=reason):
        hot_cells(gi_star(counts), counts, **asked)


def test_scores_of_other_cells_are_refused():
    with pytest.raises(InvalidInputError, match="are not of counts"):
        hot_cells(gi_star(np.eye(4)), np.eye(5))


@pytest.mark.shared
@pytest.mark.parametrize("kind", ["all", "burglary"])
def test_sparse_crime_has_no_cold_spots(shared_data, kind):
    counts = published_statistics.counts(shared_data, f"{kind}_2018-07")
    assert not cold_spots_possible(counts)
    # The least score there is, is that of nothing round an inner cell.
    assert gi_star(counts).min() > -1.96


def test_dense_crime_may_have_cold_spots():
    counts = np.random.default_rng(1).poisson(20, (30, 30))
    counts[0, 0] = 0
    assert cold_spots_possible(counts)
    assert cold_spots_possible(counts, mask=np.ones((30, 30), dtype=bool))
    assert not cold_spots_possible(counts, level=1e-60)
    assert cold_spots_possible(np.array([0, 9, 9, 9, 9, 9]), neighbours=LINE, level=0.5)


def test_a_cell_beside_all_others_does_not_hide_that_the_rest_may_be_cold():
    # Of three by three the one in the middle has no score; those beside the edge have.
    counts = [[0, 0, 0], [0, 0, 0], [9, 9, 9]]
    z = gi_star(counts)
    assert np.isnan(z[1, 1])
    assert cold_spots_possible(counts, level=2.01 * scipy.stats.norm.cdf(z[0, 1]))


def test_equal_cells_have_no_cold_spots():
    assert not cold_spots_possible(np.full((9, 9), 20))
