"""What holds of densities wherever events are. Whole metres: many share a place or lie on edges."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo_alerts.hotspots.adaptive import bandwidths
from geo_alerts.hotspots.concentration import concentration
from geo_alerts.hotspots.density import density
from geo_alerts.hotspots.edges import edge_mass
from geo_alerts.hotspots.positions import places

metres = st.integers(0, 300)
clusters = st.lists(st.tuples(metres, metres), min_size=1, max_size=40)
spots = st.lists(st.tuples(metres, metres), min_size=1, max_size=12)
wide = st.integers(1, 400)
kernels = st.sampled_from(["quartic", "gaussian"])
weights = st.lists(st.integers(0, 9), min_size=40, max_size=40)
AWAY = 400_000


def columns_of(pairs):
    return np.array(pairs, dtype=float).T + AWAY


def summed(events, at, bandwidth_m, kernel, weight):
    """One kernel at a time, as the definition has it."""
    square = (at[0][..., None] - events[0]) ** 2 + (at[1][..., None] - events[1]) ** 2
    square /= bandwidth_m**2
    if kernel == "gaussian":
        return (np.exp(-square / 2) * weight).sum(-1) / (2 * math.pi * bandwidth_m**2)
    within = np.where(square < 1, (1 - square) ** 2, 0.0)
    return (within * weight).sum(-1) * 3 / (math.pi * bandwidth_m**2)


@given(clusters, spots, wide, kernels, weights)
def test_every_way_of_asking_gives_the_definitions_sum(pairs, asked, bandwidth_m, kernel, weight):
    events, (east, north) = columns_of(pairs), columns_of(asked)
    given_weights = np.array(weight[: len(pairs)], dtype=float)
    mesh = np.meshgrid(east, north)
    highest = given_weights.sum() * 3 / (math.pi * bandwidth_m**2)
    for at in ((east, north), (east, north[:, None]), mesh):
        value = density(*events, *at, bandwidth_m=bandwidth_m, kernel=kernel, weights=given_weights)
        expected = summed(events, np.broadcast_arrays(*at), bandwidth_m, kernel, given_weights)
        np.testing.assert_allclose(value, expected, rtol=1e-10, atol=1e-14 * highest)


@given(clusters, wide, kernels, st.randoms(use_true_random=False))
def test_the_order_of_events_does_not_matter_and_their_peak_is_at_least_ones_own(
    pairs, bandwidth_m, kernel, random
):
    shuffled = random.sample(pairs, len(pairs))
    at = columns_of(pairs)
    asked = {"bandwidth_m": bandwidth_m, "kernel": kernel}
    value = density(*at, *at, **asked)
    np.testing.assert_array_equal(value, density(*columns_of(shuffled), *at, **asked))
    own = (3 if kernel == "quartic" else 0.5) / (math.pi * bandwidth_m**2)
    assert value.min() >= own * (1 - 1e-12)


@given(clusters, st.integers(60, 200), kernels)
def test_the_whole_holds_as_many_events_as_there_were(pairs, bandwidth_m, kernel):
    reach = bandwidth_m * (1 if kernel == "quartic" else 6)
    line = np.arange(AWAY - reach - 20, AWAY + 300 + reach + 20, bandwidth_m / 8)
    value = density(*columns_of(pairs), line, line[:, None], bandwidth_m=bandwidth_m, kernel=kernel)
    assert value.sum() * (bandwidth_m / 8) ** 2 == pytest.approx(len(pairs), rel=5e-3)


@given(clusters, st.integers(20, 400), kernels)
def test_own_bandwidths_have_the_one_given_as_their_geometric_mean(pairs, bandwidth_m, kernel):
    events = places(*columns_of(pairs))
    own = bandwidths(events, bandwidth_m=bandwidth_m, kernel=kernel)
    assert np.average(np.log(own), weights=events.weight) == pytest.approx(math.log(bandwidth_m))


@given(spots, st.integers(5, 400), kernels, metres.filter(bool), metres)
def test_the_masses_of_the_parts_of_an_area_add_up(pairs, bandwidth_m, kernel, west, south):
    # A staircase cut in two along a slanted line whose ends are whole metres.
    corner = np.array([(0, 0), (300, 0), (300, 200), (150, 200), (150, 300), (0, 300)]) + AWAY
    whole = shapely.Polygon(corner)
    cut = shapely.LineString([(AWAY - 300 + west, AWAY - 300), (AWAY + south + 1, AWAY + 301)])
    parts = shapely.get_parts(
        shapely.polygonize(shapely.get_parts(shapely.union_all([whole.exterior, cut])))
    )
    asked = {"bandwidth_m": bandwidth_m, "kernel": kernel}
    east, north = columns_of(pairs)
    every = edge_mass(whole, east, north, **asked)
    added = sum(edge_mass(part, east, north, **asked) for part in parts)
    assert (every >= 0).all()
    assert (every <= 1).all()
    np.testing.assert_allclose(added, every, atol=1e-6)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=60).filter(any), st.floats(0.01, 1))
def test_the_units_that_hold_a_share_are_as_few_as_can_be(counts, share):
    found = concentration(counts)
    ordered = np.sort(counts)[::-1]
    held = np.concatenate([[0], np.cumsum(ordered)])
    units = found.units_for(share)
    assert held[units] >= share * held[-1] * (1 - 2e-9)
    assert held[units - 1] < share * held[-1]
    assert found.gini + 1e-12 >= 0
    assert -1e-9 <= found.generalised_gini <= found.gini + 1e-9 <= 1
