"""Local Moran's I worked out by hand, against spdep and esda, and where there is none."""

import numpy as np
import pytest

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.local_moran import (
    Quadrant,
    local_moran,
    local_moran_on,
    local_moran_permutation,
)
from tests import published_statistics

LINE = np.array([[-1, 1], [0, 2], [1, 3], [2, -1]])


def test_values_follow_the_formula_of_anselin():
    # Mean 2, deviations -2 -1 0 3, and m2 = 14 / 4.
    found = local_moran_on([0, 1, 2, 5], LINE)
    lag = np.array([-1, -1, 1, 0])
    np.testing.assert_allclose(found.i, np.array([-2, -1, 0, 3]) * lag / 3.5, atol=1e-14)


def test_quadrants_say_which_of_a_cell_and_its_surroundings_is_high():
    low, high = np.zeros((3, 3)), np.full((3, 3), 4.0)
    island, hole = low.copy(), high.copy()
    island[1, 1], hole[1, 1] = 4, 0
    quadrant = local_moran(np.block([[low, low, high, high], [island, low, high, hole]])).quadrant
    assert quadrant[1, 1] == Quadrant.LOW_LOW
    assert quadrant[1, 10] == Quadrant.HIGH_HIGH
    assert quadrant[4, 1] == Quadrant.HIGH_LOW
    assert quadrant[4, 10] == Quadrant.LOW_HIGH


@pytest.mark.shared
@pytest.mark.parametrize("kind", ["all", "burglary"])
def test_values_of_real_crime_are_those_of_spdep(shared_data, kind):
    found = local_moran(published_statistics.counts(shared_data, f"{kind}_2018-07"))
    theirs = published_statistics.figures(shared_data, f"localmoran_250m_{kind}_2018-07")
    np.testing.assert_allclose(found.i.ravel(), theirs["I_closed_n"], rtol=0, atol=1e-9)
    np.testing.assert_array_equal(found.quadrant.ravel(), theirs["q"])
    # esda divides by n - 1.
    n = len(theirs)
    np.testing.assert_allclose(found.i.ravel() * (n - 1) / n, theirs["I"], rtol=0, atol=1e-9)


@pytest.mark.shared
def test_p_of_high_cells_is_that_of_esda_on_both_sides(shared_data):
    counts = published_statistics.counts(shared_data, "all_2018-07")
    p = local_moran_permutation(counts, permutations=999, rng=np.random.default_rng(3)).ravel()
    theirs = published_statistics.figures(shared_data, "localmoran_250m_all_2018-07")
    # Its p is of one side and drawn by 999 permutations as well; both err by three deviations.
    clear = ((theirs["q"] == Quadrant.HIGH_HIGH) & (theirs["p_sim"] < 0.2)).to_numpy()
    one_sided = theirs["p_sim"].to_numpy()[clear]
    slack = 5 * np.sqrt(2 * one_sided * (1 - one_sided) / 999)
    assert (np.abs(p[clear] / 2 - one_sided) < slack).all()


@pytest.mark.shared
def test_an_empty_cell_among_empty_ones_is_no_discovery(shared_data):
    # Counting ties on one side only, esda calls 37,192 of 45,815 cells significant.
    counts = published_statistics.counts(shared_data, "burglary_2018-07")
    p = local_moran_permutation(counts, permutations=999, rng=np.random.default_rng(3))
    low = local_moran(counts).quadrant == Quadrant.LOW_LOW
    assert low.sum() > 30_000
    assert not (p[low] <= 0.05).any()


def test_a_cell_at_the_mean_is_never_significant():
    counts = np.array([[0.0, 1, 2, 0, 0, 0], [2, 1, 2, 0, 0, 4]])
    p = local_moran_permutation(counts, permutations=99, rng=np.random.default_rng(3))
    assert counts.mean() == 1
    assert (p[counts == 1] == 1).all()


def test_outside_the_mask_there_is_neither_value_nor_quadrant():
    counts = np.random.default_rng(3).poisson(2, (8, 8))
    mask = np.ones((8, 8), dtype=bool)
    mask[:, 5:] = False
    found = local_moran(counts, mask=mask)
    alone = local_moran(counts[:, :5])
    assert np.isnan(found.i[:, 5:]).all()
    assert (found.quadrant[:, 5:] == Quadrant.NONE).all()
    np.testing.assert_allclose(found.i[:, :5], alone.i, atol=1e-12)
    np.testing.assert_array_equal(found.quadrant[:, :5], alone.quadrant)


def test_a_cell_without_neighbours_is_like_none():
    mask = np.zeros((5, 5), dtype=bool)
    mask[0, 0] = mask[3, 3] = mask[3, 4] = True
    found = local_moran(np.arange(25).reshape(5, 5), mask=mask)
    assert found.i[0, 0] == 0


@pytest.mark.parametrize("value", [0, 0.1, 7])
def test_where_all_cells_are_equal_there_is_no_value(value):
    found = local_moran(np.full((6, 6), value))
    assert np.isnan(found.i).all()
    assert not found.quadrant.any()


def test_what_is_no_grid_is_refused():
    with pytest.raises(InvalidInputError, match="rows and columns"):
        local_moran([1, 2, 3])
