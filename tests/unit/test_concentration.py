"""How crime is concentrated: cases by hand, and published figures of three Julys."""

import numpy as np
import pandas as pd
import pytest

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.concentration import concentration

COUNTS = [0, 6, 1, 2, 0, 1]


def test_a_handful_of_units_gives_what_can_be_counted_by_hand():
    found = concentration(COUNTS)
    assert (found.units, found.events, found.most) == (6, 10, 6)
    assert found.lorenz == pytest.approx([0, 0.6, 0.8, 0.9, 1, 1, 1])
    assert (found.units_for_25, found.units_for_50, found.units_for_80) == (1, 1, 2)
    # Sorted 0 0 1 1 2 6: the sum of i y_i is 5.3, so (2 * 5.3 - 6 - 1) / 6.
    assert found.gini == pytest.approx(0.6)
    # More events than units: the even spread has no empty unit, and both are one.
    assert found.generalised_gini == pytest.approx(0.6)
    assert found.share_in_repeats == 0.8


def test_the_same_everywhere_is_0_and_all_in_one_unit_is_high():
    even, one = concentration([3, 3, 3, 3]), concentration([0, 0, 0, 12])
    assert even.gini == pytest.approx(0)
    assert even.generalised_gini == pytest.approx(0)
    assert one.gini == pytest.approx(3 / 4)


def test_fewer_events_than_units_as_even_as_can_be_are_0_in_the_generalised_coefficient_alone():
    even = concentration([1] * 5 + [0] * 95)
    assert even.gini == pytest.approx(0.95)
    assert even.generalised_gini == pytest.approx(0, abs=1e-12)
    assert concentration([5] + [0] * 99).generalised_gini == pytest.approx(0.8)


@pytest.mark.parametrize("counts", [[1] * 10, [0.1] * 10, [7e-9] * 10])
def test_half_of_ten_equal_units_is_five_whatever_rounding_does(counts):
    found = concentration(counts)
    assert [found.units_for(share) for share in (0.1, 0.3, 0.5, 0.7, 1)] == [1, 3, 5, 7, 10]


def test_grids_are_taken_as_their_cells():
    assert concentration(np.reshape(COUNTS, (2, 3))).gini == concentration(COUNTS).gini


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ([], "there are no units"),
        ([0, 0], "choose more months"),
        ([3, -1], "0 or more"),
        ([3, float("nan")], "finite"),
        (["many"], "counts are wanted as numbers"),
    ],
)
def test_counts_that_cannot_be_concentrated_are_refused(counts, told):
    with pytest.raises(InvalidInputError, match=told):
        concentration(counts)


@pytest.mark.parametrize("share", [0, 1.5, float("nan")])
def test_shares_outside_0_to_1_are_refused(share):
    with pytest.raises(InvalidInputError, match="above 0 and at most 1"):
        concentration(COUNTS).units_for(share)


@pytest.mark.shared
def test_three_julys_are_concentrated_as_published(shared_data):
    folder = shared_data / "oracles"
    counts = pd.read_parquet(folder / "counts_250m.parquet")
    points = pd.read_parquet(folder / "points_27700.parquet")
    points = points[points["in_wy"]]
    months = [name for name in counts.columns if name.startswith("all_")]
    is_active = (counts[months] > 0).any(axis=1)
    for expected in pd.read_csv(folder / "concentration.csv").itertuples():
        cells = counts[f"{expected.cat}_{expected.month}"]
        events = points[points["month"] == expected.month]
        if expected.cat == "burglary":
            events = events[events["Crime type"] == "Burglary"]
        of_unit = {
            "cell_rect": cells,
            "cell_active": cells[is_active],
            "snap_point_nonzero": events.groupby(["Longitude", "Latitude"]).size(),
        }
        found = concentration(of_unit[expected.unit])
        assert (found.units, found.events, found.most) == (*expected[4:6], expected.max)
        assert found.units_for_25 == expected.units_25
        assert found.units_for_50 == expected.units_50
        assert found.units_for_80 == expected.units_80
        assert found.gini == pytest.approx(expected.gini, abs=1e-12)
        assert found.generalised_gini == pytest.approx(expected.gini_generalised, abs=1e-12)
        assert found.share_in_repeats == pytest.approx(expected.share_in_units_ge2, abs=1e-12)
