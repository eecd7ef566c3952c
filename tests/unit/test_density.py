"""Density at places worked out by hand, against other people's software, and what is refused."""

import math

import numpy as np
import pandas as pd
import pytest

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.density import density

PEAK_KM2 = 86.65697829840025


def at(places, events, **asked):
    east, north = np.array(events, dtype=float).reshape(-1, 2).T
    return density(east, north, *np.array(places, dtype=float).T, **asked)


@pytest.mark.parametrize(
    ("metres", "share_of_peak"), [(0, 1), (150, 9 / 16), (240, 0.36**2), (300, 0), (5000, 0)]
)
def test_a_quartic_falls_with_distance_as_its_formula_says(metres, share_of_peak):
    value = at([(1000 + metres, 2000)], [(1000, 2000)], bandwidth_m=300)
    assert value == pytest.approx([share_of_peak * 3 / (math.pi * 300**2)], abs=1e-20)


@pytest.mark.parametrize("metres", [0, 150, 300, 3000, 7000])
def test_a_gaussian_falls_with_distance_and_its_tail_is_not_cut(metres):
    value = at([(1000 + metres, 2000)], [(1000, 2000)], bandwidth_m=300, kernel="gaussian")
    expected = math.exp(-(metres**2) / (2 * 300**2)) / (2 * math.pi * 300**2)
    assert value == pytest.approx([expected], rel=1e-12)


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
def test_events_at_one_place_add_up_and_weights_multiply(kernel):
    asked = {"bandwidth_m": 200, "kernel": kernel}
    twice = at([(90, 120), (300, 0)], [(0, 0), (0, 0), (200, 0)], **asked)
    weighted = at([(90, 120), (300, 0)], [(0, 0), (200, 0)], weights=[2, 1], **asked)
    np.testing.assert_allclose(twice, weighted, rtol=1e-14)


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
def test_a_row_and_a_column_a_mesh_and_a_list_give_the_same(kernel):
    rng = np.random.default_rng(3)
    east, north = rng.uniform(400_000, 402_000, (2, 300))
    columns, rows = np.arange(400_050.0, 402_000, 100), np.arange(400_050.0, 402_000, 150)
    mesh = np.meshgrid(columns, rows)
    some = rng.permutation(mesh[0].size)[:20]
    asked = {"bandwidth_m": 260, "kernel": kernel}
    lines = density(east, north, columns, rows[:, None], **asked)
    assert lines.shape == (len(rows), len(columns))
    np.testing.assert_array_equal(lines, density(east, north, *mesh, **asked))
    by_pairs = density(east, north, mesh[0].ravel()[some], mesh[1].ravel()[some], **asked)
    np.testing.assert_allclose(by_pairs, lines.ravel()[some], rtol=0, atol=1e-13 * lines.max())


def test_one_place_gives_one_number_and_no_places_none():
    assert density([0.0], [0.0], 100, 0, bandwidth_m=300).shape == ()
    assert density([0.0], [0.0], [], [], bandwidth_m=300).shape == (0,)


def test_where_there_are_no_events_there_is_no_density():
    assert density([], [], [1.5e5, 2e5], [1e5, 1e5], bandwidth_m=300).tolist() == [0, 0]


def test_places_out_of_every_events_reach_have_no_density():
    at = np.arange(400_000.0, 460_000, 1700), np.arange(300_000.0, 360_000, 1700)
    assert not density([390_000.0], [300_000.0], *at, bandwidth_m=300).any()
    assert not density([390_000.0], [300_000.0], at[0], at[1][:, None], bandwidth_m=300).any()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"bandwidth_m": 0}, "bandwidth_m is 0"),
        ({"bandwidth_m": float("nan")}, "bandwidth_m is nan"),
        ({"bandwidth_m": [300, 300]}, "must be one number"),
        ({"bandwidth_m": "wide"}, "must be one number"),
        ({"kernel": "biweight"}, "'biweight' is no kernel; there are quartic, gaussian"),
        ({"weights": [1, -2]}, r"weights holds -2.0 \(number 1"),
        ({"weights": [1]}, "1 weights for 2 events"),
        ({"weights": [1, float("inf")]}, "weights holds inf"),
        ({"easting": [400_000]}, "1 eastings and 2 northings"),
        ({"easting": [[400_000], [400_100]]}, "easting must be a column"),
        ({"northing": [300_000, float("nan")]}, r"northing holds nan \(number 1"),
        ({"bandwidth_m": 1e-300}, "bandwidth_m is 1e-300"),
        ({"bandwidth_m": 1e300}, r"bandwidth_m is 1e\+300"),
        ({"easting": ["SO", "SP"]}, "easting must be numbers, not"),
        ({"easting": [[1], [1, 2]]}, "easting must be numbers, in rows of one length"),
        ({"northing": [300_000, 1e300]}, r"northing holds a number beyond 1e\+15"),
        ({"easting": [-2.21, -2.3], "northing": [52.2, 52.4]}, "degrees; give metres"),
        ({"easting": [52.2, 52.4], "northing": [-2.21, -2.3]}, "degrees; give metres"),
        ({"easting": [0, -2.21], "northing": [0, 52.4]}, "degrees; give metres"),
        ({"at_easting": [-2.21], "at_northing": [52.2]}, "at_easting and at_northing look like"),
        ({"at_northing": [1, 2, 3]}, "do not fit"),
    ],
)
def test_what_cannot_be_right_is_refused_with_what_to_do(changed, told):
    asked = {
        "easting": [400_000, 400_100],
        "northing": [300_000, 300_000],
        "at_easting": [400_050, 400_070],
        "at_northing": [300_000, 300_000],
        "bandwidth_m": 300,
    }
    with pytest.raises(InvalidInputError, match=told):
        density(**asked | changed)


def test_metres_round_an_origin_of_ones_own_are_not_taken_for_degrees():
    easting, northing = np.random.default_rng(4).uniform(0, 80, (2, 50))
    value = density(easting, northing, easting[:3], northing[:3], bandwidth_m=20)
    assert (value >= 3 / (np.pi * 20**2)).all()


@pytest.fixture(scope="module")
def leeds(shared_data):
    points = pd.read_parquet(shared_data / "oracles" / "points_27700.parquet")
    points = points[(points["month"] == "2018-07") & points["in_wy"]]
    cells = pd.read_parquet(shared_data / "oracles" / "kde_250m_burglary_2018-07.parquet")
    return points, points[points["Crime type"] == "Burglary"], cells.sort_values("cell_id")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("column", "kernel", "bandwidth_m"),
    [
        ("quartic_exact", "quartic", 300),
        ("gauss_exact", "gaussian", 300),
        ("sklearn_gauss", "gaussian", 300),
        ("statsmodels_gauss", "gaussian", 300),
        ("quartic600_burglary", "quartic", 600),
    ],
)
def test_densities_are_those_that_other_software_gives(leeds, column, kernel, bandwidth_m):
    _, burglary, cells = leeds
    places = cells["cx"].to_numpy(), cells["cy"].to_numpy()
    value = density(burglary["E"], burglary["N"], *places, bandwidth_m=bandwidth_m, kernel=kernel)
    assert np.abs(value - cells[column]).max() <= 1e-12 * cells[column].max()


@pytest.mark.shared
def test_the_density_of_all_crime_and_the_published_peak_are_met(leeds):
    every, burglary, cells = leeds
    places = cells["cx"].to_numpy(), cells["cy"].to_numpy()
    value = density(every["E"], every["N"], *places, bandwidth_m=600)
    assert np.abs(value - cells["quartic600_all"]).max() <= 1e-12 * value.max()
    highest = density(burglary["E"], burglary["N"], [418_875], [434_875], bandwidth_m=300)
    assert highest[0] * 1e6 == pytest.approx(PEAK_KM2, rel=1e-12)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("column", "kernel", "bandwidth_m", "off"),
    [
        # A bandwidth of KDEpy is a standard deviation on one axis: 1 / sqrt(7) of a radius.
        ("kdepy_tree_biweight_300_over_sqrt7", "quartic", 300, 2e-3),
        ("kdepy_tree_biweight_bw300", "quartic", 300 * math.sqrt(7), 2e-3),
        # One of spatstat is 1 / sqrt(8) of it, and read off pixels of 50 m.
        ("ss_quartic_none", "quartic", 300, 0.1),
        ("ss_gauss_none", "gaussian", 300, 0.03),
    ],
)
def test_other_softwares_bandwidths_are_ours_once_told_in_one_unit(
    leeds, shared_data, column, kernel, bandwidth_m, off
):
    _, burglary, cells = leeds
    name = "spatstat_kde_50m_pixels_at_250m_centres_burglary.parquet"
    pixels = pd.read_parquet(shared_data / "oracles" / name)
    theirs = cells.merge(pixels, on="cell_id")
    places = theirs["cx"].to_numpy(), theirs["cy"].to_numpy()
    value = density(burglary["E"], burglary["N"], *places, bandwidth_m=bandwidth_m, kernel=kernel)
    assert np.abs(value - theirs[column]).max() <= off * value.max()
