"""What holds of Gi*, Local Moran and false discovery rates on any grid, and how often they err.

The runs on random fields are counted, not judged one by one: a rate of 5 % is kept when so many of
so many fields have a discovery as chance would give at most once in a thousand times.
"""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from geo_alerts.hotspots.emerging import cube_z, emerging, mann_kendall
from geo_alerts.hotspots.getis_ord import gi_star, gi_star_permutation
from geo_alerts.hotspots.grid import SquareGrid
from geo_alerts.hotspots.local_moran import local_moran, local_moran_permutation
from geo_alerts.hotspots.significance import (
    benjamini_hochberg,
    cautious_p,
    effective_weight,
    hot_cells,
    two_sided_p,
)

LEVEL = 0.05

shapes = st.tuples(st.integers(1, 8), st.integers(1, 8)).filter(lambda shape: np.prod(shape) > 1)
count = st.integers(0, 30)


@st.composite
def fields(draw):
    """Counts and a mask of at least two cells."""
    shape = draw(shapes)
    counts = draw(arrays.arrays(np.int64, shape, elements=count))
    mask = draw(arrays.arrays(np.bool_, shape))
    mask.flat[:2] = True
    return counts.astype(float), mask


def around(mask, row, column):
    """The cells of the 3 by 3 round a cell that exist, itself included."""
    rows, columns = np.nonzero(mask)
    near = (np.abs(rows - row) <= 1) & (np.abs(columns - column) <= 1)
    return rows[near], columns[near]


@given(fields())
def test_scores_are_the_formula_cell_by_cell(field):
    counts, mask = field
    chosen = counts[mask]
    n, spread = len(chosen), chosen.std()
    z = gi_star(counts, mask=mask)
    for row, column in np.argwhere(mask):
        rows, columns = around(mask, row, column)
        k = len(rows)
        if spread == 0 or k == n:
            assert np.isnan(z[row, column])
            continue
        over = counts[rows, columns].sum() - chosen.mean() * k
        expected = over / (spread * np.sqrt((n * k - k**2) / (n - 1)))
        assert z[row, column] == pytest.approx(expected, abs=1e-9)
    assert np.isnan(z[~mask]).all()


@given(fields())
def test_local_moran_is_the_formula_cell_by_cell(field):
    counts, mask = field
    chosen = counts[mask]
    found = local_moran(counts, mask=mask)
    m2, mean = chosen.var(), chosen.mean()
    for row, column in np.argwhere(mask):
        if m2 == 0:
            assert np.isnan(found.i[row, column])
            continue
        rows, columns = around(mask, row, column)
        others = (rows != row) | (columns != column)
        lag = counts[rows, columns][others].mean() - mean if others.any() else 0.0
        expected = (counts[row, column] - mean) * lag / m2
        assert found.i[row, column] == pytest.approx(expected, abs=1e-9)


@given(fields(), st.sampled_from(["turned", "mirrored", "transposed", "scaled", "raised"]))
def test_scores_go_with_the_grid_and_not_with_its_units(field, change):
    counts, mask = field
    moved = {
        "turned": np.rot90,
        "mirrored": np.fliplr,
        "transposed": np.transpose,
        "scaled": lambda values: values if values.dtype == bool else values * 0.37,
        "raised": lambda values: values if values.dtype == bool else values + 1000,
    }[change]
    onto = (lambda values: values) if change in ("scaled", "raised") else moved
    z = gi_star(moved(counts), mask=moved(mask))
    np.testing.assert_allclose(z, onto(gi_star(counts, mask=mask)), atol=1e-9)


@given(fields())
def test_p_of_permutation_lies_between_its_floor_and_one(field):
    counts, mask = field
    p = gi_star_permutation(counts, mask=mask, permutations=19, rng=np.random.default_rng(1))
    inside = p[mask]
    assert np.isnan(p[~mask]).all()
    if np.ptp(counts[mask]) == 0:
        assert np.isnan(inside).all()
    else:
        assert ((inside >= 0.1) & (inside <= 1)).all()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_q_is_that_of_scipy_and_never_below_p(p):
    q = benjamini_hochberg(p)
    np.testing.assert_allclose(q, scipy.stats.false_discovery_control(p), rtol=1e-12, atol=0)
    assert (q >= np.array(p)).all()


@given(st.lists(st.integers(-5, 5), min_size=2, max_size=30))
def test_a_trend_is_the_formula_pair_by_pair(series):
    n = len(series)
    s = sum(np.sign(series[b] - series[a]) for a in range(n) for b in range(a + 1, n))
    ties = np.unique(series, return_counts=True)[1]
    variance = (n * (n - 1) * (2 * n + 5) - (ties * (ties - 1) * (2 * ties + 5)).sum()) / 18
    found = mann_kendall(np.array(series, dtype=float))
    assert found.s == s
    expected = (s - np.sign(s)) / np.sqrt(variance) if variance else 0
    assert found.z == pytest.approx(expected, abs=1e-12)


@given(arrays.arrays(np.int64, (4, 3, 5), elements=count))
def test_scores_of_a_cube_are_the_formula_bin_by_bin(cube):
    z = cube_z(cube)
    n, mean, spread = cube.size, cube.mean(), cube.std()
    for step, row, column in np.ndindex(cube.shape):
        block = cube[
            max(step - 1, 0) : step + 1, max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2
        ]
        if spread == 0:
            assert np.isnan(z[step, row, column])
            continue
        k = block.size
        expected = (block.sum() - k * mean) / (spread * np.sqrt(k * (n - k) / (n - 1)))
        assert z[step, row, column] == pytest.approx(expected, abs=1e-9)


@given(
    st.lists(st.tuples(st.floats(0, 699_999), st.floats(0, 1_299_999)), min_size=1, max_size=40),
    st.sampled_from([1_000, 2_500, 10_000]),
)
def test_every_position_is_in_the_half_open_cell_that_it_is_said_to_be_in(positions, cell_m):
    east, north = np.array(positions).T
    grid = SquareGrid(cell_m, 0, 0, 700_000 // cell_m, 1_300_000 // cell_m)
    row, column = np.divmod(grid.cell_of(east, north), grid.columns)
    assert ((column * cell_m <= east) & (east < (column + 1) * cell_m)).all()
    assert ((row * cell_m <= north) & (north < (row + 1) * cell_m)).all()
    assert grid.counts(east, north).sum() == len(positions)


# --- on fields without any hot spot ---------------------------------------------------------------


def most(fields_made, level=LEVEL):
    """So many fields have a discovery at most, but for once in a thousand runs of this test."""
    return scipy.stats.binom.ppf(0.999, fields_made, level)


@pytest.mark.parametrize("mean", [0.02, 0.05, 0.1, 0.3, 1, 3, 20])
@pytest.mark.parametrize("least_count", [0, 5])
def test_on_random_crime_the_false_discovery_rate_is_kept(prove, mean, least_count):
    # Without a hot spot every discovery is false, so the rate is the share of fields with any.
    rng, times = np.random.default_rng(17), 1000 if prove else 100
    found = 0
    for _ in range(times):
        counts = rng.poisson(mean, (60, 60))
        found += hot_cells(gi_star(counts), counts, level=LEVEL, least_count=least_count).any()
    assert found <= most(times)


def test_on_random_crime_the_normal_p_alone_does_not_keep_it():
    rng, found = np.random.default_rng(17), 0
    for _ in range(20):
        z = gi_star(rng.poisson(0.1, (60, 60)))
        found += ((benjamini_hochberg(two_sided_p(z)) <= LEVEL) & (z > 0)).any()
    assert found >= 15


@pytest.mark.parametrize("mean", [0.05, 0.3, 3])
def test_on_random_crime_weighed_by_harm_it_is_kept_as_well(prove, mean):
    weights, shares = np.array([0.0, 1, 5, 240, 365]), np.array([0.2, 0.3, 0.15, 0.3, 0.05])
    rng, times = np.random.default_rng(19), 1000 if prove else 100
    found = 0
    for _ in range(times):
        n = rng.poisson(mean * 3600)
        cell, weight = rng.integers(0, 3600, n), rng.choice(weights, n, p=shares)
        counts = np.bincount(cell, minlength=3600).reshape(60, 60)
        harm = np.bincount(cell, weights=weight, minlength=3600).reshape(60, 60)
        z = gi_star(harm)
        p = cautious_p(z, harm, unit=effective_weight(weight))
        found += hot_cells(z, counts, p=p, least_count=0).any()
    assert found <= most(times)


def test_on_random_crime_with_an_irregular_study_area_it_is_kept(prove):
    rng, times = np.random.default_rng(23), 1000 if prove else 100
    mask = np.hypot(*(np.indices((60, 60)) - 30)) < 28
    mask &= rng.random((60, 60)) < 0.9
    found = 0
    for _ in range(times):
        counts = rng.poisson(0.2, (60, 60))
        found += hot_cells(gi_star(counts, mask=mask), counts, least_count=0).any()
    assert found <= most(times)


@pytest.mark.parametrize("mean", [0.05, 0.5])
def test_on_random_months_no_place_emerges(prove, mean):
    rng, times = np.random.default_rng(29), 200 if prove else 40
    found = 0
    for _ in range(times):
        found += emerging(rng.poisson(mean, (12, 30, 30)), least_count=0).hot.any()
    assert found <= most(times)


@pytest.mark.parametrize("shape", [(12, 12), (40, 40)])
@pytest.mark.parametrize("measure", [gi_star_permutation, local_moran_permutation])
def test_p_of_permutation_is_below_a_level_as_often_as_it_says_at_most(prove, shape, measure):
    rng, times = np.random.default_rng(31), 400 if prove else 60
    below = np.zeros(3)
    levels = np.array([0.02, 0.05, 0.2])
    for _ in range(times):
        p = measure(rng.poisson(2, shape), permutations=199, rng=rng)
        below += (p[..., None] <= levels).mean(axis=(0, 1))
    # Cells of one field hang together, so the mean over fields errs more than cells by themselves.
    assert (below / times <= levels * 1.15).all()


def test_discoveries_among_true_hot_spots_are_false_as_rarely_as_stated(prove):
    rng, times = np.random.default_rng(37), 200 if prove else 40
    rates = []
    for _ in range(times):
        mean = np.full((60, 60), 0.5)
        corners = rng.integers(0, 56, (8, 2))
        for row, column in corners:
            mean[row : row + 4, column : column + 4] = 4
        counts = rng.poisson(mean)
        hot = hot_cells(gi_star(counts), counts)
        # A cell beside a hot place has it among its neighbours, and is no false discovery.
        near = np.zeros_like(hot)
        for row, column in corners:
            near[max(row - 1, 0) : row + 5, max(column - 1, 0) : column + 5] = True
        rates.append((hot & ~near).sum() / max(hot.sum(), 1))
        assert hot[near].mean() > 0.3
    assert np.mean(rates) <= LEVEL
