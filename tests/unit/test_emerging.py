"""Emerging hot spots: the cube's scores, trends, every class, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.emerging import (
    LEAST_STEPS,
    MOST_BINS,
    NO_PATTERN,
    Weighed,
    classify,
    cube_z,
    emerging,
    mann_kendall,
)
from geo_alerts.hotspots.getis_ord import gi_star
from geo_alerts.hotspots.significance import benjamini_hochberg, two_sided_p


@pytest.fixture(scope="module")
def published(shared_data):
    return pd.read_csv(shared_data / "oracles" / "ehsa_categories.csv")


@pytest.fixture(scope="module")
def cube(shared_data):
    return np.load(shared_data / "oracles" / "ehsa_cube_counts.npy")


def on_grid(table, variant, column):
    rows = table[table["variant"] == variant].sort_values(["i", "j"])
    return rows[column].to_numpy().reshape(30, 30)


def named(steps):
    """The class of a place: + a step that is hot, - one that is cold, . neither."""
    z = np.array([{"+": 3.0, "-": -3.0, ".": 0.0}[step] for step in steps])
    return classify(z, z != 0)


@pytest.mark.shared
def test_scores_are_over_the_cells_of_a_step_and_of_the_one_before(shared_data, cube):
    theirs = np.load(shared_data / "oracles" / "ehsa_z_spacetime_k1.npy")
    np.testing.assert_allclose(cube_z(cube), theirs, rtol=0, atol=1e-9)


@pytest.mark.shared
@pytest.mark.parametrize("variant", ["spacetime_k1", "per_slice"])
def test_classes_and_trends_of_a_cube_are_those_of_others(published, cube, variant):
    z = cube_z(cube) if variant == "spacetime_k1" else np.stack([gi_star(step) for step in cube])
    classes = classify(z, benjamini_hochberg(two_sided_p(z)) <= 0.05)
    np.testing.assert_array_equal(classes, on_grid(published, variant, "category"))
    trend = mann_kendall(z)
    np.testing.assert_array_equal(trend.s, on_grid(published, variant, "mk_s"))
    np.testing.assert_allclose(trend.z, on_grid(published, variant, "mk_z"), atol=1e-12)
    np.testing.assert_allclose(trend.p, on_grid(published, variant, "mk_p"), atol=1e-12)


@pytest.mark.shared
def test_all_hand_made_cases_have_their_class(shared_data):
    cases = pd.read_csv(shared_data / "oracles" / "ehsa_rule_cases.csv")
    z = cases[[f"z{step:02d}" for step in range(20)]].to_numpy().T
    assert classify(z, np.abs(z) > 1.96).tolist() == cases["category"].tolist()
    for place, expected in enumerate(cases["category"]):
        one = z[:, place]
        assert classify(one, np.abs(one) > 1.96) == expected


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("...................+", "new hot spot"),
        ("................++++", "consecutive hot spot"),
        (".++.............++++", "sporadic hot spot"),
        (".+.................+", "sporadic hot spot"),
        ("-..................+", "oscillating hot spot"),
        ("-...............++++", "oscillating hot spot"),
        ("-------------------+", "oscillating hot spot"),
        ("++++++++++++++++++++", "persistent hot spot"),
        ("..++++++++++++++++++", "persistent hot spot"),
        ("...+++++++++++++++++", "consecutive hot spot"),
        ("--++++++++++++++++++", "persistent hot spot"),
        ("+++++++++++++++++++.", "historical hot spot"),
        ("++++++++++++++++++..", "historical hot spot"),
        ("+++++++++++++++++...", NO_PATTERN),
        ("+++++++++++++++++++-", "historical hot spot"),
        ("+++++++++++++++++---", "oscillating cold spot"),
        ("...................-", "new cold spot"),
        ("-------------------.", "historical cold spot"),
        ("....................", NO_PATTERN),
        ("+...................", NO_PATTERN),
    ],
)
def test_the_first_class_that_fits_is_taken(steps, expected):
    # Without slope: z is one value or 0, and these runs have ties enough; else it is told below.
    trend = mann_kendall([{"+": 3.0, "-": -3.0, ".": 0.0}[step] for step in steps])
    found = named(steps)
    if expected.startswith("persistent") and trend.p < 0.05:
        expected = expected.replace("persistent", "intensifying")
    assert found == expected


def test_a_trend_makes_a_persistent_place_intensify_or_diminish():
    rising, level = np.linspace(2, 9, 20), np.tile([3.0, 4.0], 10)
    z = np.stack([rising, rising[::-1], level, -rising, -rising[::-1], -level], axis=1)
    assert classify(z, np.ones(z.shape, dtype=bool)).tolist() == [
        "intensifying hot spot",
        "diminishing hot spot",
        "persistent hot spot",
        "intensifying cold spot",
        "diminishing cold spot",
        "persistent cold spot",
    ]


def test_there_are_seventeen_classes():
    rng = np.random.default_rng(1)
    steps = rng.choice([-3.0, 0.0, 3.0], (10, 100_000)) + rng.normal(0, 0.1, (10, 100_000))
    always = np.abs(rng.normal(4, 1, (10, 30_000))) * rng.choice([-1, 1], 30_000)
    always[:, ::3] *= np.linspace(1, 9, 10)[:, None]
    always[:, 1::3] *= np.linspace(9, 1, 10)[:, None]
    always[-1, :3000] = 0
    z = np.hstack([steps, always])
    found = set(classify(z, np.abs(z) > 1.96).tolist())
    kinds = "new consecutive intensifying persistent diminishing sporadic oscillating historical"
    assert found == {NO_PATTERN} | {
        f"{kind} {word} spot" for kind in kinds.split() for word in ("hot", "cold")
    }


def test_classes_have_the_shape_of_the_places():
    z = np.zeros((12, 3, 4))
    assert classify(z, z > 0).shape == (3, 4)
    assert classify(z[:, 0], z[:, 0] > 0).shape == (4,)
    assert classify(z[:, 0, 0], z[:, 0, 0] > 0) == NO_PATTERN


def test_a_trend_is_worked_out_by_hand():
    # 1 2 2 4: five pairs rise, one is tied; variance (4 3 13 - 2 1 9) / 18.
    found = mann_kendall([1.0, 2.0, 2.0, 4.0])
    assert found.s == 5
    assert found.z == pytest.approx(4 / np.sqrt((156 - 18) / 18))
    assert mann_kendall([4.0, 2.0, 2.0, 1.0]).z == -found.z


def test_a_step_without_a_value_is_left_out_of_a_trend():
    with_gaps, without = [1.0, np.nan, 2.0, 2.0, np.nan, 4.0], [1.0, 2.0, 2.0, 4.0]
    assert mann_kendall(with_gaps) == mann_kendall(without)
    assert mann_kendall([np.nan, np.nan]) == (0, 0, 1)


def test_what_is_significant_may_be_told_by_1_and_0():
    assert classify([1.0, 3.0], [0, 1]) == "new hot spot"


def test_series_without_any_change_have_no_trend():
    for series in ([3.0] * 12, [np.nan] * 12, [5.0]):
        found = mann_kendall(series)
        assert (found.s, found.z, found.p) == (0, 0, 1)


def cube_of(steps=12):
    counts = np.indices((steps, 14, 14)).sum(axis=0) % 2
    counts[:, 2:5, 2:5] += 6
    counts[-1, 9:12, 9:12] += 6
    return counts


def test_places_of_a_made_cube_have_their_classes():
    found = emerging(cube_of())
    assert found.category[3, 3] == "persistent hot spot"
    assert found.category[10, 10] == "new hot spot"
    assert found.category[0, 13] == NO_PATTERN
    assert found.hot[:, 3, 3].all()
    assert found.hot[:, 10, 10].tolist() == [False] * 11 + [True]
    assert not found.cold.any()
    assert (found.q[found.hot] <= 0.05).all()


def test_beyond_the_study_area_there_is_no_class():
    mask = np.ones((14, 14), dtype=bool)
    mask[:, 7:] = False
    counts = cube_of()
    found = emerging(counts, mask=mask)
    alone = emerging(counts[:, :, :7])
    assert (found.category[~mask] == "").all()
    assert np.isnan(found.z[:, ~mask]).all()
    np.testing.assert_array_equal(found.category[:, :7], alone.category)
    np.testing.assert_allclose(found.z[:, :, :7], alone.z, atol=1e-12)


def test_the_step_after_a_missing_month_has_none_before_it():
    counts = cube_of()
    months = np.r_[np.arange(24300, 24306), np.arange(24307, 24313)]
    gap = cube_z(counts, months=months)
    whole = cube_z(counts)
    # A sum over one step has half the neighbours.
    mean, n = counts.mean(), counts.size
    around = counts[6, 2:5, 2:5].sum()
    expected = (around - 9 * mean) / (counts.std() * np.sqrt(9 * (n - 9) / (n - 1)))
    assert gap[6, 3, 3] == pytest.approx(expected, abs=1e-12)
    others = np.arange(12) != 6
    np.testing.assert_array_equal(gap[others], whole[others])


def test_few_crimes_make_no_hot_step():
    counts = np.zeros((12, 20, 20))
    counts[-1, 5, 5] = 4
    counts[0, 0, 0] = 1
    assert not emerging(counts).hot.any()
    assert emerging(counts, least_count=4).category[5, 5] == "new hot spot"


def test_weights_make_the_scores_and_counts_the_least_number():
    counts = cube_of()
    harm = counts * 2.0
    harm[:, 2:5, 2:5] = 1.0
    harm[-1, 9:12, 9:12] *= 100
    found = emerging(counts, weighed=Weighed(harm, unit=50.0))
    assert found.category[3, 3] == NO_PATTERN
    assert found.category[10, 10] == "new hot spot"
    assert not emerging(counts, weighed=Weighed(harm, 50.0), least_count=1000).hot.any()


def test_a_cube_of_equal_bins_has_no_pattern():
    found = emerging(np.full((12, 5, 5), 3))
    assert np.isnan(found.z).all()
    assert (found.category == NO_PATTERN).all()


def test_too_few_steps_are_refused():
    with pytest.raises(InvalidInputError, match=r"at least 10 steps.*not 9; choose more months"):
        emerging(cube_of(LEAST_STEPS - 1))


def test_too_many_bins_are_refused():
    counts = np.broadcast_to(np.int8(0), (24, MOST_BINS // 24 + 1, 1))
    with pytest.raises(InvalidInputError, match="more than 20,000,000; take larger cells"):
        emerging(counts)


@pytest.mark.parametrize(
    ("counts", "asked", "reason"),
    [
        (np.zeros((12, 5)), {}, "by step, row and column"),
        (np.zeros((0, 5, 5)), {}, "by step, row and column"),
        (-cube_of(), {}, "not negative"),
        (np.full((12, 5, 5), np.nan), {}, "finite"),
        (cube_of(), {"mask": np.ones((14, 13), dtype=bool)}, "the shape"),
        (cube_of(), {"mask": np.zeros((14, 14), dtype=bool)}, "two bins"),
        (cube_of(), {"months": np.arange(11)}, "12 months are wanted"),
        (cube_of(), {"months": np.arange(12)[::-1]}, "ascending"),
        (cube_of(), {"months": np.zeros(12)}, "ascending"),
        (cube_of(), {"level": 1.5}, "between 0 and 1"),
        (cube_of(), {"weighed": Weighed(np.ones((12, 3, 3)), 1.0)}, "shape"),
        (cube_of(), {"weighed": Weighed(-1.0 * cube_of(), 1.0)}, "weights are not negative"),
        (cube_of(), {"weighed": Weighed(cube_of(), 0.0)}, "above 0"),
    ],
)
def test_what_cannot_be_a_cube_is_refused(counts, asked, reason):
    with pytest.raises(InvalidInputError, match=reason):
        emerging(counts, **asked)


@pytest.mark.parametrize(
    ("z", "significant", "reason"),
    [
        ([1.0, 2.0], [True], "shape"),
        ([], np.zeros(0, dtype=bool), "at least one step"),
        ([1.0, 2.0], [1, 2], "True or False"),
    ],
)
def test_scores_that_cannot_be_classed_are_refused(z, significant, reason):
    with pytest.raises(InvalidInputError, match=reason):
        classify(z, significant)
