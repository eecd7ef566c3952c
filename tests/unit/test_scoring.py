"""PAI, PEI, RRI and calibration: by hand, and on real months as scored with other software."""

import math

import numpy as np
import pytest

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.scoring import SHARES, calibration, cells_of, hit_rates, judge, pai, score

# Ten cells. The map ranks one cell first and four alike behind it.
MAP = np.array([9.0, 4, 4, 4, 4, 1, 0, 0, 0, 0])
SEEN = np.array([5.0, 0, 3, 1, 2, 9, 0, 0, 0, 0])


def test_scores_of_ten_cells_by_hand():
    scored = score(MAP, SEEN, share=0.3, ties="worst", cell_km2=0.0625)
    # The first cell (5 events), then of those ranked alike the ones with 0 and 1.
    assert scored.hits == 6
    assert scored.hit_rate == 6 / 20
    assert scored.pai == (6 / 20) / (3 / 10)
    assert scored.pei == 6 / (9 + 5 + 3)
    assert scored.rri == (9 + 4 + 4) / 6
    assert (scored.cells, scored.of_cells, scored.area_share) == (3, 10, 0.3)
    assert scored.area_km2 == 3 * 0.0625
    assert (scored.events, scored.ties, scored.tied) == (20, "worst", 4)


def test_the_best_tie_takes_the_cells_with_the_most_events_of_those_ranked_alike():
    best = pai(MAP, SEEN, share=0.3, ties="best")
    assert best.hits == 5 + 3 + 2
    assert best.pai > pai(MAP, SEEN, share=0.3).pai


def test_of_cells_ranked_alike_in_random_order_each_is_as_likely_to_be_taken():
    expected = judge(MAP, SEEN).to_be_expected(0.3, cell_km2=0.0625)
    # The first cell (5 events), then two of the four that have 6 between them.
    assert expected.scores.hits == 5 + 6 * 2 / 4
    assert expected.scores.pai == (8 / 20) / (3 / 10)
    assert expected.scores.rri == (9 + 4 + 4) / 8
    assert (expected.scores.ties, expected.scores.area_km2) == ("random", 3 * 0.0625)
    assert expected.worst_pai == pai(MAP, SEEN, share=0.3).pai
    assert expected.best_pai == pai(MAP, SEEN, share=0.3, ties="best").pai


def test_a_map_of_what_came_true_is_as_efficient_as_can_be():
    for scored in hit_rates(SEEN, SEEN, shares=(0.1, 0.2, 0.5)):
        assert scored.pei == scored.rri == 1


def test_pai_pei_rri_and_hits_are_four_numbers_and_the_same_as_with_the_area_they_go_with():
    accuracy, efficiency, ratio, hits = pai(MAP, SEEN, share=0.3, ties="best")
    scored = score(MAP, SEEN, share=0.3, ties="best")
    assert (accuracy, efficiency, ratio, hits) == (scored.pai, scored.pei, scored.rri, scored.hits)


def test_a_map_of_scores_below_zero_foretells_no_counts_and_has_no_rri():
    assert math.isnan(pai(MAP - 2, SEEN, share=0.1).rri)


def test_events_foretold_where_none_came_make_rri_infinite():
    scored = pai([2.0, 1, 0, 0], [0, 0, 0, 3], share=0.25)
    assert scored.rri == math.inf
    assert scored.pai == scored.hits == 0


def test_cells_outside_the_study_area_do_not_count():
    inside = np.ones(12, dtype=bool)
    inside[[3, 7]] = False
    values, seen = np.full(12, 1e9), np.full(12, 1e9)
    values[inside], seen[inside] = MAP, SEEN
    assert pai(values, seen, share=0.3, mask=inside) == pai(MAP, SEEN, share=0.3)


def test_a_grid_is_scored_as_its_cells_in_a_row_are():
    assert pai(MAP.reshape(2, 5), SEEN.reshape(2, 5), share=0.4) == pai(MAP, SEEN, share=0.4)


@pytest.mark.parametrize(
    ("share", "n", "cells"), [(0.29, 100, 29), (0.01, 45_815, 458), (0.2, 45_815, 9_163), (1, 7, 7)]
)
def test_a_share_is_so_many_whole_cells(share, n, cells):
    assert cells_of(share, n) == cells


@pytest.mark.parametrize(
    ("predicted", "observed", "more", "said"),
    [
        (MAP, SEEN[:9], {}, "same cells"),
        (MAP, SEEN * 0, {}, "no event was seen"),
        (MAP, -SEEN, {}, "not negative"),
        (MAP * np.nan, SEEN, {}, "10 predictions are not finite"),
        (MAP, SEEN, {"share": 0.0}, "above 0"),
        (MAP, SEEN, {"share": 30}, "up to 1"),
        (MAP, SEEN, {"share": "half"}, "share of the ground"),
        (MAP, SEEN, {"share": 0.05}, "take at least 0.1"),
        (MAP, SEEN, {"share": [0.3]}, "one number is wanted"),
        (["a"] * 10, SEEN, {}, "predictions are wanted as numbers"),
        (MAP, SEEN * 1e300, {}, "events seen are too large"),
        (MAP, SEEN, {"ties": "middle"}, "worst or best"),
        (MAP, SEEN, {"ties": "random"}, "worst or best"),
        (MAP, SEEN, {"mask": np.zeros(10)}, "no event was seen|no cells"),
    ],
)
def test_what_cannot_be_scored_is_refused_with_what_to_do(predicted, observed, more, said):
    with pytest.raises(InvalidInputError, match=said):
        pai(predicted, observed, **{"share": 0.3} | more)


def test_calibration_groups_hold_about_as_many_foretold_events_each():
    foretold = np.concatenate([np.full(10, 10.0), np.full(100, 1.0), np.zeros(50)])
    seen = np.concatenate([np.full(10, 12.0), np.full(100, 1.0), np.zeros(50)])
    hot, cool, empty = calibration(foretold, seen, groups=2)
    assert (hot.cells, hot.foretold, hot.seen) == (10, 100, 120)
    assert (cool.cells, cool.least, cool.most) == (100, 1, 1)
    assert (empty.cells, empty.foretold, empty.low) == (50, 0, 0)
    # Garwood's exact interval of 120 events: 99.49 to 143.49 (chi-square tables).
    assert (hot.low, hot.high) == pytest.approx((99.49, 143.49), abs=0.01)


def test_calibration_refuses_scores_and_a_single_group():
    with pytest.raises(InvalidInputError, match="foretell no events"):
        calibration(MAP - 2, SEEN)
    with pytest.raises(InvalidInputError, match="at least 2"):
        calibration(MAP, SEEN, groups=1)


@pytest.mark.shared
@pytest.mark.parametrize("area", ["rect45815", "active3july"])
@pytest.mark.parametrize("category", ["all", "burglary"])
def test_real_julys_score_as_the_oracle_says_under_both_rules_for_ties(shared_data, category, area):
    import pandas as pd  # noqa: PLC0415

    oracle = pd.read_csv(shared_data / "oracles" / "pai_2017-07_to_2018-07.csv")
    counts = pd.read_parquet(shared_data / "oracles" / "counts_250m.parquet")
    counts = counts.sort_values("cell_id")
    months = [f"{category}_{year}-07" for year in (2016, 2017, 2018)]
    active = (counts[[f"all_{year}-07" for year in (2016, 2017, 2018)]] > 0).any(axis=1)
    mask = active.to_numpy() if area == "active3july" else None
    before, last, seen = (counts[month].to_numpy() for month in months)
    maps = {"count2017": last, "count2016plus2017": before + last, "oracle": seen}
    rows = oracle[(oracle["cat"] == category) & (oracle["area"] == area)]
    rows = rows[rows["pred"].isin(maps)]
    assert len(rows) == 3 * 2 * 6
    for row in rows.itertuples():
        asked = {"share": row.frac, "ties": row.ties, "mask": mask}
        wanted = (row.PAI, row.PEI, row.RRI, row.hits)
        assert pai(maps[row.pred], seen, **asked) == pytest.approx(wanted, rel=1e-12)
        scored = score(maps[row.pred], seen, **asked)
        assert (scored.cells, scored.of_cells) == (row.k, row.n_cells)
        assert scored.hit_rate == pytest.approx(row.hit_rate, rel=1e-12)


def test_the_shares_that_are_told_are_those_of_the_field():
    assert SHARES == (0.005, 0.01, 0.02, 0.05, 0.1)
