"""Repeat locations whatever the crimes: nothing lost, no order, no numbers of a store in them."""

from dataclasses import replace

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_alerts.hotspots.repeats.find import find_repeats
from geo_alerts.hotspots.repeats.locations import Attached
from geo_alerts.hotspots.repeats.rules import Rules
from tests.repeat_world import FIRST, crimes, months, points

PLACES = {f"Street {at}": (60 * (at % 5), 90 * (at // 5)) for at in range(15)}
TOWN = points(PLACES)
strips = st.lists(
    st.lists(st.integers(0, 3), min_size=6, max_size=6), min_size=15, max_size=15
).filter(lambda rows: any(map(any, rows)))
clusters = st.sampled_from(["points", "dbscan", "hdbscan"])


def everything(cluster):
    """Rules that leave as little out as they may."""
    return Rules(cluster=cluster, least_crimes=2, least_months=2, core_crimes=4, recent_months=2)


def told(found):
    return [(each.key, each.name, each.strip, each.status, each.easting) for each in found]


@settings(max_examples=60, deadline=None)
@given(strips, clusters, st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_numbers_of_points_matter(rows, cluster, random):
    given_crimes, present = crimes(TOWN, rows), months(rows)
    usual = find_repeats(given_crimes, TOWN, present, rules=everything(cluster))
    order = np.array(random.sample(range(len(given_crimes)), len(given_crimes)))
    ids = np.array(random.sample(range(1_000), 15))
    places = np.array(random.sample(range(15), 15))
    renamed = replace(given_crimes, point=ids[np.searchsorted(TOWN.id, given_crimes.point)]).where(
        order
    )
    among = replace(
        TOWN,
        id=ids[places],
        easting=TOWN.easting[places],
        northing=TOWN.northing[places],
        street=TOWN.street[places],
    )
    other = find_repeats(renamed, among, present[::-1], rules=everything(cluster))
    assert told(other) == told(usual)


@settings(max_examples=60, deadline=None)
@given(strips, clusters)
def test_no_crime_is_in_two_locations_and_none_is_made_up(rows, cluster):
    given_crimes, counts = crimes(TOWN, rows), np.array(rows)
    found = find_repeats(given_crimes, TOWN, months(rows), rules=everything(cluster))
    members = [point for each in found for point in each.points]
    assert len(members) == len(set(members))
    for each in found:
        at = np.searchsorted(TOWN.id, each.points)
        assert list(each.strip) == counts[at].sum(axis=0).tolist()
        assert list(each.crimes_at) == counts[at].sum(axis=1).tolist()
        assert each.crimes == sum(each.crimes_at) == sum(n for _, n in each.categories)
        assert each.recent.crimes + each.recent.before == each.crimes
        assert each.current_run <= each.longest_run <= each.months_present <= 6
        assert each.persistence.low <= each.persistence.value <= each.persistence.high
        assert each.area.covers(shapely.MultiPoint(list(where(at))))
    assert [each.rank for each in found] == list(range(1, len(found) + 1))
    lows = [each.persistence.low for each in found]
    assert lows == sorted(lows, reverse=True)
    assert len({each.key for each in found}) == len(found)


def where(at):
    return zip(TOWN.easting[at], TOWN.northing[at], strict=True)


@settings(max_examples=40, deadline=None)
@given(strips, clusters)
def test_every_place_that_recurs_is_in_a_location_whatever_the_clusters(rows, cluster):
    rules = everything(cluster)
    counts = np.array(rows)
    found = find_repeats(crimes(TOWN, rows), TOWN, months(rows), rules=rules)
    recurs = (counts.sum(axis=1) >= rules.least_crimes) & ((counts > 0).sum(axis=1) >= 2)
    assert set(TOWN.id[recurs]) <= {point for each in found for point in each.points}


@settings(max_examples=40, deadline=None)
@given(strips, st.integers(1, 4))
def test_a_masked_month_changes_no_figure_but_its_own(rows, missing):
    """As if that month had never been asked about."""
    counts = np.array(rows)
    without = np.delete(counts, missing, axis=1)
    rows_without = counts.copy()
    rows_without[:, missing] = 0
    masked = find_repeats(
        crimes(TOWN, rows_without),
        TOWN,
        months(rows, missing=[missing]),
        rules=everything("points"),
    )
    for each in masked:
        at = int(np.searchsorted(TOWN.id, each.points[0]))
        assert [n for n in each.strip if n >= 0] == without[at].tolist()
        assert each.strip[missing] == -1
        assert each.months_present == (without[at] > 0).sum()


@settings(max_examples=40, deadline=None)
@given(strips)
def test_shares_of_a_team_add_up_to_what_recurs_in_it(rows):
    team = np.arange(15) // 5
    found = find_repeats(
        crimes(TOWN, rows),
        TOWN,
        months(rows),
        rules=everything("points"),
        attached=Attached(team=team),
    )
    for one in range(3):
        mine = [each for each in found if each.team == one]
        shares = sum(each.share_of_team for each in mine)
        total = np.array(rows)[team == one].sum()
        assert np.isclose(shares * total, sum(each.crimes for each in mine))


def test_where_crime_only_goes_on_statuses_are_seldom_wrong():
    """2,000 places of steady crime: what is called cooling, closed or new is so by chance alone."""
    rng = np.random.default_rng(7)
    among = points({f"Street {at}": (500 * (at % 50), 500 * (at // 50)) for at in range(2_000)})
    rows = rng.poisson(3.0, (2_000, 12))
    found = find_repeats(
        crimes(among, rows), among, FIRST + np.arange(12), rules=Rules(cluster="points")
    )
    assert len(found) == 2_000
    changed = sum(each.status != "persistent" for each in found)
    # The exact interval of 0.95 is left below in at most 0.025: 50, and 4 standard deviations.
    assert changed <= 50 + 4 * np.sqrt(2_000 * 0.025 * 0.975)
