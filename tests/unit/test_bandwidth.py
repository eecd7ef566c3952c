"""Which bandwidth is chosen, and what by."""

import math

import numpy as np
import pandas as pd
import pytest

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.bandwidth import by_likelihood, by_pai, check_over_cell
from geo_alerts.hotspots.grid import SquareGrid
from geo_alerts.hotspots.positions import places


def test_the_likelihood_of_two_places_is_the_one_worked_out_by_hand():
    # Each is foretold by the other alone; a third of the density is spread over 10 square km.
    events = places([400_000.0, 400_100.0], [300_000.0, 300_000.0])
    found = by_likelihood(events, area_m2=1e7, candidates_m=[200])
    kernel = 3 / (math.pi * 200**2) * (1 - 100**2 / 200**2) ** 2
    assert found.scores == pytest.approx([math.log(kernel * 2 / 3 + 1 / 3 / 1e7)])
    assert (found.bandwidth_m, found.candidates_m) == (200, (200,))
    assert found.rule == "highest leave-one-place-out likelihood of 2 places (quartic)"


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
def test_many_events_at_each_point_do_not_make_the_bandwidth_shrink_to_nothing(kernel):
    rng = np.random.default_rng(11)
    once = rng.normal(400_000, 900, (2, 300)).round(-1)
    asked = {"area_m2": 3e7, "candidates_m": [5, 150, 400, 1000], "kernel": kernel}
    alone = by_likelihood(places(*once), **asked)
    repeated = by_likelihood(places(*np.repeat(once, 9, axis=1)), **asked)
    assert repeated.bandwidth_m == alone.bandwidth_m > 5
    # With nothing but the points' own events near, narrow kernels foretell what chance does.
    assert repeated.scores[0] < repeated.scores[1]


@pytest.mark.parametrize("spread_m", [40, 400])
def test_the_likelihood_finds_about_the_bandwidth_that_suits_a_normal_cloud(spread_m):
    # Silverman (1986), equation 4.14: the best Gaussian in the plane is n^(-1/6) of the spread.
    rng = np.random.default_rng(2)
    events = places(*(400_000 + rng.normal(0, spread_m, (2, 500))))
    ideal = spread_m * len(events) ** (-1 / 6)
    tried = [ideal * factor for factor in (0.1, 0.3, 1, 3, 10)]
    found = by_likelihood(
        events, area_m2=(10 * spread_m) ** 2, candidates_m=tried, kernel="gaussian"
    )
    assert found.bandwidth_m == ideal
    assert "beyond" not in found.rule


def test_of_equals_the_widest_is_chosen_and_candidates_are_told_ascending():
    grid = SquareGrid(cell_m=100, west=400_000, south=300_000, columns=10, rows=10)
    east, north = [400_050.0], [300_050.0]
    found = by_pai(
        places(east, north),
        grid.counts(east, north),
        grid,
        candidates_m=[400, 120, 200],
        share=0.01,
    )
    assert (found.bandwidth_m, found.candidates_m) == (400, (120, 200, 400))
    assert found.scores == pytest.approx([100, 100, 100])
    expected = "highest PAI of the top 0.01 of 100 cells (1 cells, 0.01 km²), worst ties first"
    beyond = "the widest that was tried, so one beyond it may suit better"
    assert found.rule == f"{expected} (quartic); {beyond}"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"area_m2": 0}, "area_m2 is 0"),
        ({"area_m2": float("inf")}, "area_m2 is inf"),
        ({"candidates_m": []}, "no bandwidths to choose from"),
        ({"candidates_m": [300, -1]}, "bandwidth_m is -1"),
        ({"kernel": "box"}, "'box' is no kernel"),
        ({"events": places([4e5, 4e5], [3e5, 3e5])}, "2 places with events or more, not 1"),
        ({"events": places([], [])}, "take more months"),
    ],
)
def test_what_no_bandwidth_can_be_chosen_from_is_refused(changed, told):
    asked = {"events": places([4e5, 5e5], [3e5, 3e5]), "area_m2": 1e9} | changed
    with pytest.raises(InvalidInputError, match=told):
        by_likelihood(asked.pop("events"), **asked)


def test_a_bandwidth_below_the_cell_is_refused_and_one_of_the_cell_is_not():
    assert check_over_cell(250, 250) == 250
    with pytest.raises(InvalidInputError, match=r"200 m is below the cell of 250 m.*give 250 m"):
        check_over_cell(200, 250)
    grid = SquareGrid(cell_m=250, west=400_000, south=300_000, columns=2, rows=2)
    with pytest.raises(InvalidInputError, match="150 m is below the cell"):
        by_pai(places([4e5], [3e5]), np.ones((2, 2)), grid)


@pytest.mark.shared
@pytest.mark.parametrize(("category", "column"), [(None, "all"), ("Burglary", "burglary")])
def test_the_scores_of_300_m_are_those_published_for_a_year_later(shared_data, category, column):
    points = pd.read_parquet(shared_data / "oracles" / "points_27700.parquet")
    counts = pd.read_parquet(shared_data / "oracles" / "counts_250m.parquet")
    chosen = (points["month"] == "2017-07") & points["in_wy"]
    if category:
        chosen &= points["Crime type"] == category
    grid = SquareGrid.over((389_750, 403_500, 451_000, 450_250), 250)
    observed = counts.sort_values("cell_id")[f"{column}_2018-07"].to_numpy(dtype=float)
    found = by_pai(
        places(points.loc[chosen, "E"], points.loc[chosen, "N"]),
        observed.reshape(grid.shape),
        grid,
        candidates_m=[300, 600],
    )
    table = pd.read_csv(shared_data / "oracles" / "pai_2017-07_to_2018-07.csv")
    published = table.query(
        "cat == @column and area == 'rect45815' and pred == 'kde_quartic300_2017' "
        "and ties == 'worst' and frac == 0.01"
    )
    assert found.scores[0] == pytest.approx(published["PAI"].item(), rel=1e-12)
