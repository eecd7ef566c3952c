"""The walk over months on a made town: one steady hot cell, noise elsewhere, months missing."""

import math

import numpy as np
import pytest

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.backtest import Walk, walk_forward
from geo_alerts.hotspots.crimes import NO_DAY, Crimes
from geo_alerts.hotspots.foretelling import foretell, method_named, methods_for, past
from geo_alerts.hotspots.grid import SquareGrid
from geo_alerts.hotspots.months import month_number
from geo_alerts.hotspots.scoring import judge

JANUARY = month_number("2023-01")
YEARS_2 = tuple(range(JANUARY, JANUARY + 24))
GRID = SquareGrid(cell_m=250, west=400_000, south=300_000, columns=20, rows=20)
NOWHERE_ELSE = 400_001.0, 300_001.0


def crimes_at(rows):
    """Crimes from rows of easting, northing, month."""
    easting, northing, month = np.array(rows, dtype=float).reshape(-1, 3).T
    n = len(easting)
    return Crimes(
        easting,
        northing,
        month.astype(np.int32),
        np.zeros(n, dtype=np.int16),
        np.zeros(n, dtype=np.int64),
        np.full(n, NO_DAY, dtype=np.int32),
    )


def town(seed=1, months=YEARS_2, steady=10, scattered=40):
    """Each month so many crimes in one cell, and so many anywhere."""
    rng = np.random.default_rng(seed)
    rows = []
    for month in months:
        rows += steady * [(402_100, 302_100, month)]
        anywhere = rng.uniform((400_000, 300_000), (405_000, 305_000), (scattered, 2))
        rows += [(*at, month) for at in anywhere]
    return crimes_at(rows)


def walked(crimes, mask=None, **plan):
    return walk_forward(crimes, GRID, mask, Walk(**{"present": YEARS_2} | plan))


def test_a_steady_hot_cell_is_foretold_by_every_method_but_gi_star():
    # Which ranks the eight cells round it as high, for it sees the same nine.
    found = walked(town(), choice_share=1 / 400, methods=methods_for(250)[:-1])
    assert found.tested == YEARS_2[12:]
    assert found.skipped == ()
    assert found.events == 12 * 50
    assert (found.cells, found.area_km2) == (400, 25)
    for method in found.methods:
        assert method.is_complete
        hottest = method.shares[0]
        assert hottest.cells == 1
        assert hottest.pooled_hit_rate >= 0.2
        assert hottest.pai.value >= 0.2 * 400


def test_scores_are_those_of_the_map_made_from_the_months_before():
    crimes = town(seed=2)
    found = walked(crimes, months=3, methods=("density_500", "gi_star", "counts_last_year"))
    for method in found.methods:
        for month, score in zip(method.months, method.pai, strict=True):
            before = past(crimes, GRID, None, range(month - 12, month))
            foretold = foretell(before, method_named(method.name), month)
            then = crimes.where(crimes.month == month)
            observed = GRID.counts(then.easting, then.northing)
            assert score == pytest.approx(judge(foretold, observed).to_be_expected(0.01).scores.pai)


def test_no_month_and_none_after_it_is_in_its_own_training():
    whole, changed = town(seed=3), town(seed=3)
    changed.easting[changed.month == YEARS_2[-1]] += 500
    before, after = walked(whole), walked(changed)
    by_name = {method.name: method for method in after.methods}
    for method in before.methods:
        assert by_name[method.name].pai[:-1] == method.pai[:-1]


def test_the_baseline_is_always_compared_and_stands_at_nothing_over_itself():
    found = walked(town(), methods=("density_500",))
    assert {method.name for method in found.methods} == {"counts", "density_500"}
    baseline = next(method for method in found.methods if method.name == "counts")
    assert (baseline.over_baseline.value, baseline.over_baseline.low) == (0, 0)


def test_of_equal_means_the_simpler_method_is_chosen():
    # Every crime in one cell each month: these methods find it.
    rows = [(402_100, 302_100, month) for month in YEARS_2 for _ in range(5)]
    methods = ("density_300", "density_500", "counts_recent")
    found = walked(crimes_at(rows), choice_share=1 / 400, methods=methods)
    assert found.best == "counts"
    assert "of equal means the simpler" in found.rule
    assert len({method.pai for method in found.methods}) == 1


def test_the_rule_names_the_area_and_how_ties_are_taken():
    assert "top 1 % of 400 cells (4 cells, 0.25 km²)" in walked(town()).rule
    assert "to be expected with cells ranked alike in random order" in walked(town()).rule


def test_the_score_lies_between_those_of_the_worst_and_the_best_tie():
    found = walked(town(scattered=20))
    for method in found.methods:
        for at in method.shares:
            assert at.pai_worst_ties <= at.pai.value <= at.pai_best_ties
    counts = next(method for method in found.methods if method.name == "counts_last_year")
    assert counts.shares[-1].pai_worst_ties < counts.shares[-1].pai_best_ties


def test_missing_months_are_neither_learnt_from_nor_tested_and_are_told():
    present = [month for month in YEARS_2 if month != JANUARY + 20]
    found = walked(town(), present=present)
    assert found.skipped == ((JANUARY + 20, "the month is missing"),)
    assert len(found.tested) == 11
    # A missing month is not zero: the next months are foretold as if it had never been.
    before = past(town(), GRID, None, [m for m in present if JANUARY + 9 <= m < JANUARY + 21])
    assert foretell(before, method_named("counts"), JANUARY + 21).sum() == pytest.approx(50)


def test_a_method_that_lacks_its_month_is_told_and_cannot_be_chosen():
    found = walked(town(months=YEARS_2[:13]), present=YEARS_2[:13], least_train=3)
    last = found.methods[-1]
    assert last.name == "counts_last_year"
    assert not last.is_complete
    assert last.months == (JANUARY + 12,)
    assert math.isnan(last.over_baseline.low)
    assert found.skipped == tuple(
        (JANUARY + before, f"{before} of at least 3 months to learn from are there")
        for before in (1, 2)
    )


def test_months_without_such_crime_are_told():
    crimes = town()
    crimes = crimes.where(crimes.month != JANUARY + 15)
    assert walked(crimes).skipped == ((JANUARY + 15, "no such crime in the study area"),)


def test_the_study_area_decides_the_scores():
    crimes = town()
    mask = np.zeros(GRID.shape, dtype=bool)
    mask[:, :10] = True
    found = walked(crimes, mask=mask)
    assert (found.cells, found.area_km2) == (200, 12.5)
    assert found.events < 600


def test_where_crime_is_anywhere_no_method_beats_chance_and_all_are_within_noise():
    found = walked(town(steady=0, scattered=400), choice_share=0.1, shares=(0.1,))
    for method in found.methods:
        assert method.shares[0].pai.low < 1.1
        assert method.shares[0].pai.high > 0.9
    assert "within noise" in found.verdict


@pytest.mark.parametrize(("scattered", "share"), [(20, 0.01), (20, 0.1), (100, 0.05)])
def test_crime_at_random_has_no_winner_however_many_cells_are_ranked_alike(scattered, share):
    walks = [
        walked(town(seed, steady=0, scattered=scattered), choice_share=share, shares=(share,))
        for seed in range(12)
    ]
    assert all("within noise" in found.verdict for found in walks)
    # Which method is first falls by lot, and no kind is favoured by how often it ranks alike.
    assert len({found.best for found in walks}) > 3
    # By chance, a share of the ground has that share of the crimes: as many as a Poisson count.
    error = 1 / math.sqrt(share * sum(found.events for found in walks))
    for name in ("counts", "counts_recent", "density_500", "gi_star"):
        of_method = [one for found in walks for one in found.methods if one.name == name]
        scores = [score for one in of_method for score in one.pai]
        assert np.mean(scores) == pytest.approx(1, abs=3 * error)


def test_a_worse_method_is_not_within_noise_for_cells_that_it_ranks_alike():
    # Sparse: a cell in thirty has half a crime a month. One earlier month knows few of them, and
    # with hindsight among the cells that it ranks alike it would find every crime.
    rng = np.random.default_rng(4)
    rows = [
        (400_100 + 250 * (cell % 20), 300_100 + 250 * (cell // 20), month)
        for month in YEARS_2
        for cell in range(0, 400, 30)
        if rng.random() < 0.5
    ]
    found = walked(crimes_at(rows), choice_share=0.05, shares=(0.05,))
    poor = next(method for method in found.methods if method.name == "counts_last_year")
    assert poor.shares[0].pai_best_ties == pytest.approx(20)
    assert poor.below_best.high < 0
    assert not poor.is_within_noise
    assert "counts_last_year" not in found.verdict


def test_a_method_that_scores_the_same_in_every_month_is_within_noise():
    rows = [(402_100, 302_100, month) for month in YEARS_2 for _ in range(5)]
    found = walked(
        crimes_at(rows), choice_share=1 / 400, shares=(1 / 400,), methods=("counts_recent",)
    )
    assert found.verdict == "counts scored highest; within noise of it: counts_recent"


def test_harm_is_weighed_and_has_no_calibration():
    crimes = town()
    found = walk_forward(
        crimes, GRID, None, Walk(present=YEARS_2), weights=np.full(len(crimes), 7.0)
    )
    plain = walked(crimes)
    assert found.events == 7 * plain.events
    assert found.methods[0].pai == pytest.approx(plain.methods[0].pai)
    assert found.calibration == ()


def test_as_many_crimes_are_foretold_as_come():
    found = walked(town(), methods=("counts_recent",))
    groups = found.calibration
    assert sum(group.seen for group in groups) == found.events
    assert sum(group.foretold for group in groups) == pytest.approx(found.events, rel=0.02)
    hottest = groups[0]
    assert hottest.low <= hottest.foretold <= hottest.high


def test_steps_are_told_one_by_one_to_the_last():
    told = []
    plan = Walk(present=YEARS_2, methods=("density_300", "density_500"), months=2)
    walk_forward(town(), GRID, None, plan, advance=lambda *step: told.append(step))
    assert [done for done, _ in told] == list(range(1, len(told) + 1))
    assert {total for _, total in told} == {len(told)}


def test_methods_have_names_in_parts():
    method = method_named("density_450_recent")
    assert (method.surface, method.bandwidth_m, method.window) == ("density", 450, "recent")
    assert "450 m" in method.words
    assert method_named("counts").words == "counts of the months before"


def test_a_month_three_months_older_weighs_half():
    weights = method_named("counts_recent").weights(np.array([9, 12], dtype=np.int32), 13)
    assert weights[1] == pytest.approx(2 * weights[0])


def test_cells_with_as_many_crimes_are_ranked_alike_whenever_those_were():
    # Sums of sevenths would differ in their last digits.
    early = [(400_600, 300_600, JANUARY)] * 3
    spread = [(402_100, 302_100, JANUARY + month) for month in (1, 4, 6)]
    months = range(JANUARY, JANUARY + 7)
    for name in ("counts", "gi_star"):
        foretold = foretell(
            past(crimes_at(early + spread), GRID, None, months), method_named(name), JANUARY + 7
        )
        assert foretold[2, 2] == foretold[8, 8] > 0


def test_narrow_bandwidths_are_left_out_where_cells_are_wide():
    assert "density_300" not in methods_for(400)
    assert "density_500" in methods_for(400)


@pytest.mark.parametrize(
    "name", ["kde", "density", "counts_300", "density_300_now", "density_-5", "gi_star_last"]
)
def test_a_name_of_no_method_is_refused_with_how_names_are_made(name):
    with pytest.raises(InvalidInputError, match="such as density_300"):
        method_named(name)


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ({"present": ()}, "import crimes first"),
        ({"months": 0}, "months is at least 1"),
        ({"train_months": 2}, "widen the window"),
        ({"present": YEARS_2[:1]}, "2023-01: 0 of at least 3 months to learn from"),
        ({"last": JANUARY + 100}, "import crimes of these months"),
        ({"methods": ("density_100",)}, "below the cell"),
        ({"shares": (0.001,)}, "not one cell"),
        ({"choice_share": 2.0}, "up to 1"),
    ],
)
def test_what_cannot_be_walked_is_refused_with_what_to_do(plan, said):
    with pytest.raises(InvalidInputError, match=said):
        walked(town(months=YEARS_2[:14]), **plan)


def test_a_study_area_without_crimes_is_refused_with_every_reason():
    mask = np.zeros(GRID.shape, dtype=bool)
    mask[19, 19] = True
    crimes = crimes_at([(*NOWHERE_ELSE, month) for month in YEARS_2])
    with pytest.raises(InvalidInputError, match="2024-12: no such crime in the study area"):
        walked(crimes, mask=mask, shares=(1.0,), choice_share=1.0)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: past(town(), GRID, np.ones((3, 3)), YEARS_2), "shape"),
        (lambda: past(town(), GRID, np.zeros(GRID.shape), YEARS_2), "no cell"),
        (lambda: past(town(), GRID, None, ()), "no months"),
        (lambda: past(town(), GRID, None, YEARS_2, weights=[1.0]), "1 weights"),
        (
            lambda: foretell(past(town(), GRID, None, YEARS_2), method_named("counts"), JANUARY),
            "before it alone",
        ),
        (
            lambda: foretell(
                past(town(), GRID, None, YEARS_2[:3]),
                method_named("counts_last_year"),
                JANUARY + 3,
            ),
            "take another method",
        ),
    ],
)
def test_what_cannot_be_foretold_is_refused_with_what_to_do(call, said):
    with pytest.raises(InvalidInputError, match=said):
        call()
