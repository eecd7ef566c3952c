"""Snap points put together into locations: DBSCAN and HDBSCAN of scikit-learn, and a widest extent.

Points are to be given in a settled order (`points.Tally` has one), so that labels, and the border
points between two clusters, do not depend on the order of a file.

scikit-learn is imported inside functions: the server's start path imports none of it.
"""

import numpy as np
import numpy.typing as npt

from geo_alerts.hotspots.crimes import Floats
from geo_alerts.hotspots.repeats.rules import Rules

Integers = npt.NDArray[np.int64]
NOISE = -1
# HDBSCAN counts a point itself; of two, the nearest other point decides how dense a place is.
NEAREST_OF = 2


def location_of(easting: Floats, northing: Floats, crimes: Integers, rules: Rules) -> Integers:
    """The location that each snap point belongs to, from 0 on, in the order of the points.

    What is in no cluster is a location by itself: no place where crime recurs is lost to a rule
    about its neighbours.

    Args:
        easting: q metres, EPSG:27700.
        northing: q metres.
        crimes: q, how many crimes each point has.
        rules: How.
    """
    if not len(easting) or rules.cluster == "points":
        return np.arange(len(easting), dtype=np.int64)
    if rules.cluster == "dbscan":
        found = dbscan(
            easting, northing, crimes, reach_m=rules.reach_m, core_crimes=rules.core_crimes
        )
    else:
        found = np.full(len(easting), NOISE, dtype=np.int64)
        recurs = np.flatnonzero(crimes >= rules.least_crimes)
        found[recurs] = hdbscan(easting[recurs], northing[recurs], least_points=rules.least_points)
    return _by_first_point(_cut(_alone(found), easting, northing, rules.widest_m))


def dbscan(
    easting: Floats, northing: Floats, crimes: Integers, *, reach_m: float, core_crimes: int
) -> Integers:
    """DBSCAN over crimes, asked once for each point: the clusters are as with a row for each crime.

    Args:
        easting: q metres, EPSG:27700.
        northing: q metres.
        crimes: q, how many crimes each point has.
        reach_m: How far neighbours may be apart (eps), inclusive.
        core_crimes: Crimes within reach of a core point, its own included.

    Returns:
        q cluster numbers; NOISE for none.

    Source:
        Ester, Kriegel, Sander and Xu (1996), A density-based algorithm, KDD-96, 226-231.
    """
    from sklearn.cluster import DBSCAN  # noqa: PLC0415

    model = DBSCAN(eps=reach_m, min_samples=core_crimes)
    fitted = model.fit(np.column_stack((easting, northing)), sample_weight=crimes)
    return np.asarray(fitted.labels_, dtype=np.int64)


def hdbscan(easting: Floats, northing: Floats, *, least_points: int) -> Integers:
    """HDBSCAN over points, each once: clusters of whatever density, the most stable first.

    Points count once because many crimes at one point make density without limit, and a cluster's
    stability with it.

    Args:
        easting: q metres, EPSG:27700.
        northing: q metres.
        least_points: The smallest cluster.

    Returns:
        q cluster numbers; NOISE for none, and for all where there are too few points.

    Source:
        Campello, Moulavi and Sander (2013), Density-based clustering based on hierarchical density
        estimates, PAKDD 2013, 160-172. Leaves are chosen: the smallest clusters that are stable.
    """
    from sklearn.cluster import HDBSCAN  # noqa: PLC0415

    if len(easting) < max(least_points, NEAREST_OF):
        return np.full(len(easting), NOISE, dtype=np.int64)
    model = HDBSCAN(
        min_cluster_size=least_points,
        min_samples=NEAREST_OF,
        cluster_selection_method="leaf",
        copy=True,
    )
    fitted = model.fit(np.column_stack((easting, northing)))
    return np.asarray(fitted.labels_, dtype=np.int64)


def _alone(found: Integers) -> Integers:
    """Numbers of their own for points in no cluster."""
    alone = found == NOISE
    labels = found.copy()
    labels[alone] = found.max(initial=NOISE) + 1 + np.arange(alone.sum())
    return labels


def _cut(labels: Integers, easting: Floats, northing: Floats, widest_m: float) -> Integers:
    """Cut what is wider, by complete linkage: no two points of a location are farther apart."""
    from sklearn.cluster import AgglomerativeClustering  # noqa: PLC0415

    cut = labels.copy()
    following = int(labels.max()) + 1
    order = np.argsort(labels, kind="stable")
    starts = np.flatnonzero(np.diff(labels[order], prepend=NOISE))
    parts_of = np.split(order, starts[1:])
    for at in np.flatnonzero(_boxes_m(easting[order], northing[order], starts) >= widest_m):
        members = parts_of[at]
        model = AgglomerativeClustering(
            n_clusters=None, distance_threshold=widest_m, linkage="complete"
        )
        parts = model.fit_predict(np.column_stack((easting[members], northing[members])))
        cut[members] = following + parts
        following += int(parts.max()) + 1
    return cut


def _boxes_m(easting: Floats, northing: Floats, starts: Integers) -> Floats:
    """The diagonal of the box round each run of points: no two of one are farther apart."""
    wide, high = (
        np.maximum.reduceat(axis, starts) - np.minimum.reduceat(axis, starts)
        for axis in (easting, northing)
    )
    return np.asarray(np.hypot(wide, high))


def _by_first_point(labels: Integers) -> Integers:
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]
