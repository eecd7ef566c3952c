"""Gi* worked out by hand, against esda and R, and what is refused."""

import numpy as np
import pytest

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.getis_ord import gi_star, gi_star_on, gi_star_permutation
from tests import published_statistics

# Cells of a row of seven: each has the one before and after it.
LINE = np.array([[-1, 1], [0, 2], [1, 3], [2, 4], [3, 5], [4, 6], [5, -1]])


def test_scores_follow_the_formula_of_ord_and_getis():
    counts = np.array([[0, 0, 0, 0], [0, 5, 1, 0], [0, 2, 0, 0], [0, 0, 0, 0]])
    n, mean = 16, 8 / 16
    spread = np.sqrt(30 / n - mean**2)
    z = gi_star(counts)
    middle = (8 - 9 * mean) / (spread * np.sqrt((n * 9 - 81) / (n - 1)))
    corner = (5 - 4 * mean) / (spread * np.sqrt((n * 4 - 16) / (n - 1)))
    assert z[1, 1] == pytest.approx(middle, abs=1e-14)
    assert z[0, 0] == pytest.approx(corner, abs=1e-14)
    assert z.shape == counts.shape


@pytest.mark.shared
@pytest.mark.parametrize("kind", ["all", "burglary"])
def test_scores_of_real_crime_are_those_of_esda_and_spdep(shared_data, kind):
    z = gi_star(published_statistics.counts(shared_data, f"{kind}_2018-07"))
    theirs = published_statistics.figures(shared_data, f"gistar_250m_{kind}_2018-07")
    np.testing.assert_allclose(z.ravel(), theirs["z"], rtol=0, atol=1e-9)


@pytest.mark.shared
def test_in_a_study_area_only_its_cells_make_mean_spread_and_neighbours(shared_data):
    counts = published_statistics.counts(shared_data, "all_2018-07")
    theirs = published_statistics.figures(shared_data, "gistar_active_250m_all_2018-07")
    mask = np.zeros(counts.shape, dtype=bool)
    mask.flat[theirs["cell_id"]] = True
    z = gi_star(counts, mask=mask)
    np.testing.assert_allclose(z[mask], theirs["z"], rtol=0, atol=1e-9)
    assert np.isnan(z[~mask]).all()


@pytest.mark.shared
def test_harm_is_scored_as_counts_are(shared_data):
    theirs = published_statistics.figures(shared_data, "harm_250m_all_2018-07")
    z = gi_star(published_statistics.on_grid(theirs, "harm"))
    np.testing.assert_allclose(z.ravel(), theirs["z_harm"], rtol=0, atol=1e-9)


def test_what_lies_outside_the_mask_changes_nothing():
    rng = np.random.default_rng(4)
    counts = rng.poisson(2, (9, 8)).astype(float)
    mask = rng.random(counts.shape) < 0.7
    strange = np.where(mask, counts, np.where(rng.random(counts.shape) < 0.5, np.nan, 1e12))
    np.testing.assert_array_equal(gi_star(strange, mask=mask), gi_star(counts, mask=mask))


def test_a_mask_of_every_cell_is_no_mask():
    counts = np.random.default_rng(4).poisson(2, (9, 8))
    np.testing.assert_allclose(
        gi_star(counts, mask=np.ones((9, 8), dtype=bool)), gi_star(counts), atol=1e-12
    )


def test_a_mask_of_ones_and_noughts_says_the_same_as_one_of_yes_and_no():
    counts = np.random.default_rng(4).poisson(2, (9, 8))
    np.testing.assert_array_equal(
        gi_star(counts, mask=(counts > 1).astype(np.uint8)), gi_star(counts, mask=counts > 1)
    )


def test_listed_neighbours_give_the_scores_of_the_grid_they_list():
    counts = np.random.default_rng(4).poisson(2, (5, 4))
    number = np.arange(20).reshape(5, 4)
    around = np.pad(number, 1, constant_values=-1)
    beside = np.stack(
        [
            around[1 + down : 6 + down, 1 + right : 5 + right].ravel()
            for down in (-1, 0, 1)
            for right in (-1, 0, 1)
            if (down, right) != (0, 0)
        ],
        axis=1,
    )
    np.testing.assert_allclose(
        gi_star_on(counts.ravel(), beside), gi_star(counts).ravel(), atol=1e-12
    )


def test_a_cell_without_neighbours_is_scored_by_itself():
    z = gi_star_on([0, 3, 0, 9], np.full((4, 1), -1))
    np.testing.assert_allclose(z, (np.array([0, 3, 0, 9]) - 3) / np.sqrt(13.5), atol=1e-14)


@pytest.mark.parametrize("value", [0, 1, 0.1, 1e-300])
def test_where_all_cells_are_equal_nothing_has_a_score(value):
    # 0.1 adds up to a mean that is not quite 0.1.
    assert np.isnan(gi_star(np.full((30, 30), value))).all()


def test_where_the_neighbours_are_all_there_is_a_cell_has_no_score():
    z = gi_star([[1, 2, 3], [4, 5, 6]])
    assert np.isnan(z[:, 1]).all()
    assert np.isfinite(z[:, [0, 2]]).all()


def test_one_row_is_a_grid():
    assert gi_star([[0, 0, 4, 4, 0, 0, 0]]).shape == (1, 7)
    np.testing.assert_allclose(
        gi_star([[0, 0, 4, 4, 0, 0, 0]])[0], gi_star_on([0, 0, 4, 4, 0, 0, 0], LINE), atol=1e-14
    )


def test_equal_sums_have_equal_scores_to_the_last_bit():
    counts = np.zeros((40, 40))
    counts[10, 10], counts[20, 20], counts[30, 30] = 3, 3, 3
    z = gi_star(counts)
    assert len(np.unique(z[9:12, 9:12])) == len(np.unique(z[19:22, 19:22])) == 1
    assert z[10, 10] == z[20, 20] == z[30, 30]


def test_large_counts_that_are_alike_keep_their_digits():
    counts = np.random.default_rng(4).integers(0, 5, (20, 20))
    np.testing.assert_allclose(gi_star(counts + 10**9), gi_star(counts), rtol=0, atol=1e-9)


def test_permutation_gives_the_same_places_and_a_p_that_is_never_zero():
    counts = np.random.default_rng(2).poisson(1, (30, 30))
    counts[10:13, 10:13] += 8
    p = gi_star_permutation(counts, permutations=999, rng=np.random.default_rng(1))
    z = gi_star(counts)
    assert p.min() == 2 / 1000
    assert p[11, 11] == p.min()
    assert p.max() <= 1
    # Cells of the block and round it score high, for their neighbours do.
    assert set(np.flatnonzero(p == p.min())) >= set(np.flatnonzero(z > 6))


def test_permutation_is_exact_where_all_arrangements_can_be_counted():
    # The middle keeps its 0; its two neighbours are 2 of 0 0 0 0 3 5: 15 pairs, of which only one
    # has a sum of 8 or more.
    counts = [0.0, 0.0, 5.0, 0.0, 3.0, 0.0, 0.0]
    p = gi_star_permutation(
        counts, neighbours=LINE, permutations=200_000, rng=np.random.default_rng(8)
    )
    assert p[3] == pytest.approx(2 / 15, abs=0.003)
    # Beside the first cell lies one of 0 0 0 0 3 5, and equal sums count: 4 of 6 are 0.
    assert p[0] == 1


def test_permutation_of_one_seed_is_one_result():
    counts = np.random.default_rng(2).poisson(1, (12, 12))
    first, second = (
        gi_star_permutation(counts, permutations=99, rng=np.random.default_rng(5)) for _ in "ab"
    )
    np.testing.assert_array_equal(first, second)


def test_permutation_leaves_out_what_is_outside_the_mask():
    counts = np.random.default_rng(2).poisson(1, (12, 12)).astype(float)
    mask = np.ones((12, 12), dtype=bool)
    mask[:, 6:] = False
    counts[:, 6:] = 1e6
    p = gi_star_permutation(counts, mask=mask, permutations=99, rng=np.random.default_rng(5))
    assert np.isnan(p[~mask]).all()
    alone = gi_star_permutation(counts[:, :6], permutations=99, rng=np.random.default_rng(5))
    np.testing.assert_array_equal(p[:, :6], alone)


def test_permutation_of_equal_cells_has_no_p():
    p = gi_star_permutation(np.ones((5, 5)), permutations=9, rng=np.random.default_rng(1))
    assert np.isnan(p).all()


@pytest.mark.parametrize(
    ("counts", "mask", "reason"),
    [
        ([1, 2, 3], None, "rows and columns"),
        (np.zeros((2, 2, 2)), None, "rows and columns"),
        ([[1, np.nan], [2, 3]], None, "finite"),
        ([[1, np.inf], [2, 3]], None, "finite"),
        ([["a", "b"]], None, "numbers"),
        ([["1", "2"]], None, "numbers, not <U1"),
        ([[10**400, 2]], None, "numbers"),
        (np.array([["2025-01-01", "2025-01-02"]], "M8[D]"), None, "numbers, not datetime64"),
        ([[1, -1e200]], None, r"-1e\+200 is no count"),
        ([[1]], None, "has 1 cells"),
        (np.zeros((0, 5)), None, "has 0 cells"),
        (np.eye(3), np.zeros((3, 3), dtype=bool), "has 0 cells"),
        (np.eye(3), np.ones((3, 2), dtype=bool), r"the shape \(3, 2\)"),
        (np.eye(3), np.eye(3), "True or False"),
    ],
)
def test_what_is_no_grid_or_no_mask_is_refused(counts, mask, reason):
    with pytest.raises(InvalidInputError, match=reason):
        gi_star(counts, mask=mask)


@pytest.mark.parametrize(
    ("neighbours", "reason"),
    [
        (np.zeros((3, 2), dtype=int), "each of 4 cells"),
        (np.zeros((4, 2)), "float64"),
        ([[1], [2], [4], [0]], "0 to 3"),
        ([[1], [2], [2], [0]], "its own neighbour"),
    ],
)
def test_what_are_no_neighbours_is_refused(neighbours, reason):
    with pytest.raises(InvalidInputError, match=reason):
        gi_star_on([1, 2, 3, 4], neighbours)


def test_a_mask_beside_listed_neighbours_is_refused():
    with pytest.raises(InvalidInputError, match="no mask"):
        gi_star_permutation(
            np.arange(7),
            mask=np.ones(7, dtype=bool),
            neighbours=LINE,
            permutations=9,
            rng=np.random.default_rng(1),
        )


def test_no_permutations_are_refused():
    with pytest.raises(InvalidInputError, match="at least one permutation"):
        gi_star_permutation(np.eye(3), permutations=0, rng=np.random.default_rng(1))
