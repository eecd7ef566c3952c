"""Densities with a bandwidth for each event."""

import math

import numpy as np
import pandas as pd
import pytest

from geo_alerts.hotspots.adaptive import abramson, bandwidths
from geo_alerts.hotspots.density import density
from geo_alerts.hotspots.positions import places


def test_four_events_at_one_place_and_one_alone_get_the_bandwidths_worked_out_by_hand():
    # Pilots 4 and 1 times the peak; their geometric mean over five events is 4^(4/5).
    events = places([1000.0] * 4 + [9000.0], [5000.0] * 5)
    crowd, lone = bandwidths(events, bandwidth_m=300)
    assert crowd == pytest.approx(300 * 4 ** (-1 / 10))
    assert lone == pytest.approx(300 * 4 ** (4 / 10))
    value = abramson(events, [1000, 9000], [5000, 5000], bandwidth_m=300)
    assert value == pytest.approx([4 * 3 / (math.pi * crowd**2), 3 / (math.pi * lone**2)])


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
def test_the_geometric_mean_of_the_bandwidths_is_the_one_given(kernel):
    rng = np.random.default_rng(1)
    events = places(*rng.normal(300_000, 900, (2, 200)).round(-2))
    own = bandwidths(events, bandwidth_m=250, kernel=kernel)
    assert np.exp(np.average(np.log(own), weights=events.weight)) == pytest.approx(250)


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
def test_events_that_are_equally_dense_get_the_plain_density(kernel):
    events = places([1000.0, 9000.0], [5000.0, 5000.0])
    at = np.linspace(800, 9200, 40), np.full(40, 5050.0)
    plain = density(
        events.easting, events.northing, *at, bandwidth_m=300, kernel=kernel, weights=events.weight
    )
    np.testing.assert_allclose(
        abramson(events, *at, bandwidth_m=300, kernel=kernel), plain, rtol=1e-9, atol=1e-18
    )


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
def test_a_lattice_and_pairs_agree_where_bandwidths_differ_a_hundredfold(kernel):
    rng = np.random.default_rng(7)
    east = np.concatenate([np.full(20_000, 300_000.0), rng.uniform(295_000, 305_000, 60)])
    north = np.concatenate([np.full(20_000, 300_000.0), rng.uniform(295_000, 305_000, 60)])
    events = places(east, north)
    own = bandwidths(events, bandwidth_m=150, kernel=kernel)
    assert own.max() > 100 * own.min()
    line = np.arange(294_000.0, 306_000, 250)
    asked = {"bandwidth_m": 150, "kernel": kernel}
    lattice = abramson(events, line, line[:, None], **asked)
    mesh = np.stack([axis.ravel() for axis in np.meshgrid(line, line)])
    some = rng.permutation(mesh.shape[1])[:40]
    np.testing.assert_allclose(
        abramson(events, *mesh[:, some], **asked), lattice.ravel()[some], rtol=1e-11, atol=1e-22
    )


def test_without_events_there_is_nothing_and_weights_of_0_count_for_nothing():
    assert abramson(places([], []), [1000.0], [1000.0], bandwidth_m=300).tolist() == [0]
    weighed = places([1000.0, 1100.0], [1000.0, 1000.0], [1, 0])
    assert bandwidths(weighed, bandwidth_m=300).tolist() == [300, 300]


@pytest.mark.shared
def test_the_density_is_that_of_a_brute_force_sum(shared_data):
    cells = pd.read_parquet(shared_data / "oracles" / "kde_250m_burglary_2018-07.parquet")
    points = pd.read_parquet(shared_data / "oracles" / "points_27700.parquet")
    chosen = (points["month"] == "2018-07") & points["in_wy"]
    burglary = points[chosen & (points["Crime type"] == "Burglary")]
    events = places(burglary["E"], burglary["N"])
    at = cells["cx"].to_numpy(), cells["cy"].to_numpy()
    value = abramson(events, *at, bandwidth_m=300, kernel="gaussian")
    expected = cells["gauss_abramson_h0_300"].to_numpy()
    assert np.abs(value - expected).max() <= 1e-12 * expected.max()
