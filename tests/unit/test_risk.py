"""Crime against population."""

import math

import numpy as np
import pandas as pd
import pytest

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.density import density
from geo_alerts.hotspots.risk import risk

EVENTS, HOMES = [0.002, 0.001, 0.0, 0.004, 0.0], [0.01, 0.02, 0.02, 0.00001, 0.0]
TOTALS = (50, 1000)


def test_the_ratio_is_events_a_home_where_there_are_homes_enough():
    value = risk(EVENTS, HOMES, floor=1e-4)
    np.testing.assert_allclose(value, [0.2, 0.05, 0, np.nan, np.nan])
    np.testing.assert_allclose(risk(EVENTS, HOMES, floor=0), [0.2, 0.05, 0, 400, np.nan])


def test_the_logarithm_and_the_difference_are_0_where_risk_is_average():
    # A twentieth of an event a home is the average of 50 events and 1000 homes.
    ratio = risk(EVENTS, HOMES, floor=1e-4, form="log_ratio", totals=TOTALS)
    np.testing.assert_allclose(
        ratio, [math.log(4), 0, np.nan, np.nan, np.nan], rtol=1e-12, atol=1e-12
    )
    difference = risk(EVENTS, HOMES, floor=1e-4, form="difference", totals=TOTALS)
    np.testing.assert_allclose(difference, [3e-5, 0, -2e-5, np.nan, np.nan], atol=1e-18)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"events": [0.1]}, "at the same places"),
        ({"population": [0.1, -0.1]}, "population must be densities"),
        ({"events": [float("nan"), 0]}, "events must be densities"),
        ({"events": ["high", "low"]}, "events are wanted as numbers"),
        ({"floor": -1}, "floor is -1"),
        ({"floor": float("nan")}, "floor is nan"),
        ({"form": "odds"}, "'odds' is no form of risk"),
        ({"form": "difference"}, "for difference give the totals"),
        ({"form": "log_ratio", "totals": (0, 10)}, "both above 0"),
    ],
)
def test_what_cannot_be_compared_is_refused(changed, told):
    asked = {"events": [0.1, 0.2], "population": [0.1, 0.2], "floor": 0} | changed
    with pytest.raises(InvalidInputError, match=told):
        risk(asked.pop("events"), asked.pop("population"), **asked)


@pytest.mark.shared
def test_burglary_against_all_crime_is_as_published(shared_data):
    cells = pd.read_parquet(shared_data / "oracles" / "kde_250m_burglary_2018-07.parquet")
    points = pd.read_parquet(shared_data / "oracles" / "points_27700.parquet")
    every = points[(points["month"] == "2018-07") & points["in_wy"]]
    burglary = every[every["Crime type"] == "Burglary"]
    at = cells["cx"].to_numpy(), cells["cy"].to_numpy()
    above, below = (
        density(events["E"], events["N"], *at, bandwidth_m=600) for events in (burglary, every)
    )
    ratio = risk(above, below, floor=0)
    np.testing.assert_allclose(ratio, cells["dual_ratio_burg_over_all_q600"], rtol=1e-8, atol=1e-12)
    totals = len(burglary), len(every)
    logarithm = risk(above, below, floor=0, form="log_ratio", totals=totals)
    np.testing.assert_allclose(logarithm, cells["dual_logrr_q600"], rtol=1e-8, atol=1e-8)
