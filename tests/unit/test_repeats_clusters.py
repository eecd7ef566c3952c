"""Clusters of snap points: DBSCAN as a partition of crimes, HDBSCAN, and the widest extent."""

import numpy as np
import pytest
from pyarrow.parquet import read_table
from scipy.spatial.distance import pdist

from geo_alerts.hotspots.repeats.clusters import NOISE, dbscan, hdbscan, location_of
from geo_alerts.hotspots.repeats.rules import Rules


def spread(*groups):
    """Points of groups of positions, in metres, far apart from each other."""
    both = [np.array(group, dtype=float) + 10_000 * at for at, group in enumerate(groups)]
    return np.concatenate(both).T


def same_partition(one, other):
    return len(set(zip(one, other, strict=True))) == len(set(one)) == len(set(other))


def test_points_alone_are_locations_in_their_order():
    east, north = spread([(0, 0), (1, 0), (2, 0)])
    assert location_of(east, north, np.ones(3, dtype=int), Rules(cluster="points")).tolist() == [
        *[0, 1, 2]
    ]


def test_no_points_have_no_locations():
    nothing = np.zeros(0)
    for cluster in ("points", "dbscan", "hdbscan"):
        assert not location_of(nothing, nothing, nothing.astype(int), Rules(cluster=cluster)).size


def test_dbscan_counts_crimes_and_reaches_to_and_with_its_reach():
    east, north = spread([(0, 0), (100, 0), (201, 0)])
    labels = dbscan(east, north, np.array([4, 2, 9]), reach_m=100, core_crimes=6)
    assert labels.tolist() == [0, 0, 1]
    assert (
        dbscan(east, north, np.array([1, 1, 1]), reach_m=100, core_crimes=6).tolist() == [NOISE] * 3
    )


def test_what_is_in_no_cluster_is_a_location_by_itself():
    east, north = spread([(0, 0), (50, 0)], [(0, 0), (60, 0)])
    labels = location_of(east, north, np.array([20, 1, 1, 1]), Rules())
    assert labels.tolist() == [0, 0, 1, 2]


def test_no_location_is_wider_than_the_widest():
    # A street of 2 km with a point every 40 m.
    east = 400_000 + 40.0 * np.arange(50)
    north = np.full(50, 300_000.0)
    labels = location_of(east, north, np.full(50, 20), Rules(widest_m=300.0))
    for label in set(labels):
        assert np.ptp(east[labels == label]) < 300
    assert len(set(labels)) < 25
    whole = location_of(east, north, np.full(50, 20), Rules(widest_m=5_000.0))
    assert set(whole) == {0}


def test_a_thin_cluster_of_the_countryside_is_cut_too():
    # HDBSCAN sees a group where points are a kilometre apart, if others are ten.
    rng = np.random.default_rng(2)
    town, country = rng.normal(0, 30, (30, 2)), rng.normal(0, 1_000, (30, 2))
    east, north = spread(town.tolist(), country.tolist())
    assert (hdbscan(east, north, least_points=10)[30:] != NOISE).any()
    rules = Rules(cluster="hdbscan", least_points=10)
    labels = location_of(east, north, np.full(60, 20), rules)
    both = np.column_stack((east, north))
    for label in set(labels):
        assert pdist(both[labels == label]).max(initial=0) < 300


def test_hdbscan_finds_groups_of_different_density():
    rng = np.random.default_rng(1)
    groups = [rng.normal(0, sd, (20, 2)).tolist() for sd in (5, 40)]
    east, north = spread(*groups)
    labels = hdbscan(east, north, least_points=5)
    inside = labels != NOISE
    assert inside.sum() > 20
    # None has points of both groups.
    assert all(len(set(np.flatnonzero(labels == one) // 20)) == 1 for one in set(labels[inside]))


def test_hdbscan_of_too_few_points_finds_none():
    east, north = spread([(0, 0), (1, 0)])
    assert hdbscan(east, north, least_points=3).tolist() == [NOISE] * 2


def test_hdbscan_looks_only_at_points_where_crime_recurs():
    east, north = spread([(0, 0), (10, 0), (0, 10), (10, 10), (5, 5), (20, 0), (0, 20)])
    crimes = np.array([9, 9, 9, 9, 1, 9, 9])
    labels = location_of(east, north, crimes, Rules(cluster="hdbscan"))
    assert (labels == labels[4]).sum() == 1


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "reach_m", "core_crimes"), [("all", 100, 25), ("burglary", 250, 5)]
)
def test_real_crimes_have_the_clusters_of_scikit_learn(shared_data, name, reach_m, core_crimes):
    """Computed there with a row for each crime; here with one for each place."""
    path = shared_data / "oracles" / f"dbscan_{name}_eps{reach_m}_min{core_crimes}.parquet"
    wanted = read_table(path).to_pydict()
    theirs, is_core = np.array(wanted["label"]), np.array(wanted["core"])
    places, at, crimes = np.unique(
        np.column_stack((wanted["E"], wanted["N"])), axis=0, return_inverse=True, return_counts=True
    )
    found = dbscan(*places.T, crimes, reach_m=reach_m, core_crimes=core_crimes)[at.ravel()]
    # Border points belong to whichever cluster comes first; core points are beyond doubt.
    assert same_partition(found[is_core], theirs[is_core])
    assert np.array_equal(found == NOISE, theirs == NOISE)


def test_widest_is_the_distance_of_two_points_and_not_of_a_box():
    # A square of 200 m: its box is 283 m across, and so are its corners.
    east, north = spread([(0, 0), (200, 0), (0, 200), (200, 200), (100, 100)])
    for widest, parts in ((290.0, 1), (280.0, 2)):
        rules = Rules(reach_m=150.0, widest_m=widest)
        labels = location_of(east, north, np.full(5, 20), rules)
        assert len(set(labels)) >= parts
        both = np.column_stack((east, north))
        for label in set(labels):
            assert pdist(both[labels == label]).max(initial=0) < widest
