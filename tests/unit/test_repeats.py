"""Repeat locations of a made-up town: figures by hand, masked months, statuses, refusals."""

from dataclasses import replace

import numpy as np
import pytest
import shapely

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.categories import CATEGORIES, category
from geo_alerts.hotspots.repeats.find import find_repeats, with_keys
from geo_alerts.hotspots.repeats.identity import carry
from geo_alerts.hotspots.repeats.locations import Attached
from geo_alerts.hotspots.repeats.rules import Rules
from tests.repeat_world import FIRST, crimes, months, points

ALONE = Rules(cluster="points")
TOWN = points({"High Street": (0, 0), "Supermarket": (3_000, 0), "Mill Lane": (3_100, 0)})
# Twelve months. The last three are recent: 92 days of 365.
STRIPS = [
    [2, 1, 0, 3, 1, 1, 0, 2, 1, 1, 0, 2],
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 5, 6],
    [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1],
]


def found(strips=STRIPS, among=TOWN, rules=ALONE, missing=(), **more):
    given = crimes(among, strips)
    return find_repeats(given, among, months(strips, missing=missing), rules=rules, **more)


def test_a_location_has_the_figures_of_its_months():
    first, second = found()
    assert (first.rank, first.name, first.points) == (1, "On or near High Street", (10,))
    assert (first.crimes, first.crimes_at, first.strip) == (14, (14,), tuple(STRIPS[0]))
    assert (first.months_present, first.months_observed) == (9, 12)
    assert first.persistence.value == 0.75
    # By hand: Wilson's interval for 9 of 12.
    assert (first.persistence.low, first.persistence.high) == pytest.approx(
        (0.4677, 0.9111), abs=1e-4
    )
    # By Garwood's tables: 14 crimes, 7.65 to 23.49.
    assert (12 * first.per_month.low, 12 * first.per_month.high) == pytest.approx(
        (7.654, 23.490), abs=1e-3
    )
    assert (first.longest_run, first.current_run) == (3, 1)
    assert (first.first_month, first.last_crime) == (FIRST, FIRST + 11)
    assert first.share_of_all == 14 / 31
    recent = first.recent
    assert (recent.crimes, recent.before, recent.months, recent.months_before) == (3, 11, 3, 9)
    assert recent.ratio.value == pytest.approx((3 / 92) / (11 / 273))
    # Of all 31 crimes 19 are recent.
    assert recent.ratio_to_all.value == pytest.approx((3 / 19) / (11 / 12))
    assert recent.chance_of_quiet == pytest.approx((273 / 365) ** 11)
    assert first.status == "persistent"
    assert (second.name, second.status) == ("On or near Supermarket (by Mill Lane)", "new")


def test_what_has_too_few_crimes_or_months_is_no_repeat_location():
    assert len(found()) == 2
    rules = replace(ALONE, least_crimes=2, least_months=2)
    assert [each.crimes for each in found(rules=rules)] == [14, 15, 2]
    assert [each.crimes for each in found(rules=replace(ALONE, least_months=4))] == [14]
    assert [each.crimes for each in found(rules=replace(ALONE, least_crimes=15))] == [15]


def test_lasting_places_come_before_busy_ones():
    strips = [[9, 0, 0, 9, 9, 0], [1, 1, 1, 1, 1, 0], [1, 1, 1, 2, 0, 2]]
    assert [each.crimes for each in found(strips)] == [7, 5, 27]


def test_of_many_locations_the_first_of_each_status_are_told():
    lasting, new = [1] * 12, [0] * 9 + [4, 4, 4]
    among = points({f"Street {at}": (900 * at, 0) for at in range(5)})
    strips = [new, lasting, [2] * 12, new, lasting]
    told = found(strips, among, most=1)
    assert [(each.rank, each.crimes, each.status) for each in told] == [
        (1, 24, "persistent"),
        (4, 12, "new"),
    ]
    assert [each.rank for each in found(strips, among, most=2)] == [1, 2, 4, 5]


def test_new_locations_are_in_the_order_of_their_rise_and_not_of_old_trickles():
    # An old trickle that rose has more months with crime than a place that began in earnest.
    trickle = [1, 0, 0, 0, 0, 1, 0, 0, 0, 4, 4, 4]
    began = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 15, 15]
    lasting = [1] * 12
    few = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 2]
    strips = [trickle, few, lasting, began, trickle, [0] * 9 + [2] * 3]
    among = points({f"Street {at}": (900 * at, 0) for at in range(len(strips))})
    told = found(strips, among)
    assert [each.rank for each in told] == list(range(1, len(strips) + 1))
    assert [(each.status, each.name) for each in told] == [
        ("persistent", "On or near Street 2"),
        ("new", "On or near Street 3"),
        ("new", "On or near Street 0"),
        ("new", "On or near Street 4"),
        ("new", "On or near Street 5"),
        ("new", "On or near Street 1"),
    ]
    rises = [each.recent.ratio.low for each in told if each.status == "new"]
    assert rises == sorted(rises, reverse=True)
    # What is told of each is its own, and the first are kept where there are many.
    assert [each.strip for each in told[:2]] == [tuple(lasting), tuple(began)]
    kept = found(strips, among, most=1)
    assert [(each.rank, each.key) for each in kept] == [(each.rank, each.key) for each in told[:2]]


def test_a_month_that_is_missing_is_masked_and_not_taken_for_zero():
    strips = [[1, 1, 0, 1, 1, 1, 1, 1], [0, 0, 0, 1, 1, 1, 1, 1]]
    among = points({"High Street": (0, 0), "Mill Lane": (900, 0)})
    seen = {each.name: each for each in found(strips, among, missing=[2])}
    one = seen["On or near High Street"]
    assert one.strip == (1, 1, -1, 1, 1, 1, 1, 1)
    assert (one.months_present, one.months_observed) == (7, 7)
    # The month that is missing does not break the run.
    assert (one.longest_run, one.current_run) == (7, 7)
    assert one.facts()["strip"] == [1, 1, None, 1, 1, 1, 1, 1]
    zero = {each.name: each for each in found(strips, among)}["On or near High Street"]
    assert (zero.months_present, zero.months_observed, zero.longest_run) == (7, 8, 5)


def test_recent_months_are_the_last_that_were_observed():
    strips = [[2, 2, 2, 2, 2, 0, 2, 2]]
    among = points({"High Street": (0, 0)})
    (one,) = found(strips, among, missing=[5])
    assert (one.recent.crimes, one.recent.months, one.recent.months_before) == (6, 3, 4)
    # May, July and August against January to April.
    assert one.recent.ratio.value == pytest.approx((6 / 93) / (8 / 120))


@pytest.mark.parametrize(
    ("strip", "status"),
    [
        ([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], "persistent"),
        # 11 crimes in 273 of 365 days, then none: likely 1 in 24, so it is said.
        ([2, 1, 1, 1, 2, 1, 1, 1, 1, 0, 0, 0], "closed"),
        # 10 crimes: likely 1 in 18, which may be chance.
        ([1, 1, 1, 1, 2, 1, 1, 1, 1, 0, 0, 0], "cooling"),
        # 30 crimes, then 2: fewer than chance explains.
        ([3, 3, 4, 3, 3, 4, 3, 3, 4, 1, 1, 0], "cooling"),
        # 9 crimes, then 1: chance explains it.
        ([1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0], "persistent"),
        ([0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2], "new"),
        # Two crimes in two months of nine before do not make it old.
        ([0, 1, 0, 0, 0, 0, 1, 0, 0, 4, 5, 6], "new"),
        # Crime in three months before: it was there.
        ([0, 1, 0, 1, 0, 0, 1, 0, 0, 4, 5, 6], "persistent"),
        # Two more of five are no rise yet.
        ([0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 1], "persistent"),
    ],
)
def test_the_status_follows_the_stated_rules(strip, status):
    (one,) = found([strip], points({"High Street": (0, 0)}))
    assert one.status == status


def test_a_team_s_share_counts_crimes_in_that_team_alone():
    among = points({"High Street": (0, 0), "Market Place": (50, 0), "Far Lane": (9_000, 0)})
    strips = [[2, 2, 2, 2], [1, 1, 1, 1], [5, 0, 0, 1]]
    rules = Rules(core_crimes=5)
    team = np.array([4, 2, 4])
    (one,) = found(strips, among, rules, attached=Attached(team=team))
    assert (one.crimes, one.team) == (12, 4)
    # 8 of its 12 crimes are in team 4, which has 14 in all.
    assert one.share_of_team == 8 / 14
    (none,) = found(strips, among, rules, attached=Attached(team=np.array([-1, -1, 4])))
    assert (none.team, none.share_of_team) == (None, None)
    (plain,) = found(strips, among, rules)
    assert (plain.team, plain.share_of_team) == (None, None)


def test_harm_is_the_sum_of_weights_and_tells_what_has_none():
    among = points({"High Street": (0, 0)})
    given = crimes(among, [[2, 2, 2, 2]])
    kinds = np.array([category("burglary").number] * 3 + [category("robbery").number] * 3)
    asb = np.full(2, category("anti-social-behaviour").number)
    given = replace(given, category=np.concatenate((kinds, asb)).astype(np.int16))
    weights = np.full(len(CATEGORIES), np.nan)
    weights[category("burglary").number], weights[category("robbery").number] = 250.0, 365.0
    outcome = np.array([3, 3, -1, 3, 0, 0, -1, -1], dtype=np.int16)
    attached = Attached(harm=weights, outcome=outcome)
    (one,) = find_repeats(given, among, months([[0] * 4]), rules=ALONE, attached=attached)
    assert (one.harm, one.without_weight) == (3 * 250 + 3 * 365, 2)
    # The most common first, of equal ones the lower number.
    assert one.categories == ((2, 3), (9, 3), (0, 2))
    assert one.facts()["categories"] == {"burglary": 3, "robbery": 3, "anti-social-behaviour": 2}
    assert one.outcomes == ((-1, 3), (3, 3), (0, 2))


def test_points_within_reach_are_one_location_with_one_area_round_them():
    places = {"High Street": (0, 0), "Market Place": (80, 0), "Church Lane": (0, 60)}
    among = points({**places, "Far Lane": (5_000, 5_000)})
    strips = [[4, 4, 4, 4], [1, 1, 1, 1], [2, 2, 2, 2], [2, 2, 2, 2]]
    one, far = found(strips, among, Rules())
    assert one.name == "On or near High Street, Church Lane and 1 more"
    assert (one.points, one.crimes_at) == ((10, 24, 17), (16, 8, 4))
    # The mean over crimes: a seventh of 80 m east, two sevenths of 60 m north.
    assert (one.easting, one.northing) == pytest.approx((380_000 + 80 / 7, 250_000 + 120 / 7))
    hull = shapely.Polygon([(380_000, 250_000), (380_080, 250_000), (380_000, 250_060)])
    assert one.area.covers(hull)
    assert one.area.hausdorff_distance(hull) == pytest.approx(50, abs=0.01)
    # The area of a Minkowski sum: hull, sides times 50 m, and a circle (of 32 sides).
    wanted = hull.area + hull.length * 50 + np.pi * 50**2
    assert one.area.area == pytest.approx(wanted, rel=0.005)
    assert (far.points, far.name) == ((31,), "On or near Far Lane")


def test_facts_are_json_and_infinite_ends_are_none():
    new = found()[1]
    facts = new.facts()
    assert facts["recent_ratio"]["value"] is None
    assert facts["recent_ratio"]["high"] is None
    assert facts["recent_ratio"]["low"] > 1
    assert (facts["first_month"], facts["last_crime"]) == ("2025-01", "2025-12")
    assert facts["points"] == [17]


def test_keys_are_carried_from_the_month_before():
    among = points({"High Street": (0, 0), "Mill Lane": (900, 0)})
    long = crimes(among, [[2] * 13, [0, 1] * 6 + [1]])
    rules = replace(ALONE, least_months=2)

    def window(first):
        inside = (long.month >= FIRST + first) & (long.month < FIRST + first + 12)
        return find_repeats(long.where(inside), among, FIRST + first + np.arange(12), rules=rules)

    before, now = window(0), window(1)
    # The first month passed out of the window.
    assert before[0].key != now[0].key
    carried = carry([each.known() for each in before], [each.known() for each in now])
    renamed = with_keys(now, carried)
    assert [each.key for each in renamed] == [each.key for each in before]
    assert renamed[0].strip == now[0].strip


def test_keys_know_nothing_of_a_store_s_numbers():
    keys = [
        [each.key for each in found(among=replace_ids(TOWN, ids))]
        for ids in ([1, 2, 3], [900, 7, 40])
    ]
    assert keys[0] == keys[1]


def replace_ids(among, ids):
    return replace(among, id=np.array(ids))


def test_two_points_at_one_position_have_keys_of_their_own():
    among = points({"High Street": (0, 0), "A house": (0, 0)})
    keys = {each.key for each in found([[2, 2, 2, 2]] * 2, among)}
    assert len(keys) == 2


def test_nothing_recurs_where_there_is_no_crime():
    among = points({"High Street": (0, 0)})
    assert found([[0, 0, 0, 0]], among) == []
    empty = points({})
    none = crimes(TOWN, [[0] * 4] * 3)
    assert find_repeats(none, empty, months([[0] * 4])) == []


WRONG = {
    "no month is observed": {"present": []},
    "at least 4 months of crime, 3 of them recent; 3 observed": {"strips": [[9, 9, 9]] * 3},
    "of months that are not among those observed: 2025-02": {"missing": [1]},
    "stands twice": {"present": [FIRST] * 2},
    "points that are not given": {"among": points({"High Street": (0, 0)})},
    "most is 0": {"most": 0},
    "one team for each of 3": {"attached": Attached(team=np.array([1]))},
    "15 weights of harm": {"attached": Attached(harm=np.ones(3))},
    "not negative": {"attached": Attached(harm=np.full(15, -1.0))},
    "one outcome for each of 31": {"attached": Attached(outcome=np.zeros(2, dtype=np.int16))},
}


@pytest.mark.parametrize(("message", "changed"), WRONG.items())
def test_what_cannot_be_answered_is_refused_with_its_reason(message, changed):
    asked = dict(changed)
    strips = asked.pop("strips", STRIPS)
    present = asked.pop("present", None)
    if present is None:
        present = months(strips, missing=asked.pop("missing", ()))
    among = asked.pop("among", TOWN)
    with pytest.raises(InvalidInputError, match=message):
        find_repeats(crimes(TOWN, strips), among, present, rules=ALONE, **asked)


def test_points_in_degrees_or_twice_are_refused():
    degrees = replace(TOWN, easting=np.array([-2.1, -2.2, -2.3]), northing=np.full(3, 52.25))
    with pytest.raises(InvalidInputError, match="degrees"):
        found(among=degrees)
    with pytest.raises(InvalidInputError, match="each once"):
        find_repeats(crimes(TOWN, STRIPS), replace_ids(TOWN, [10, 10, 24]), months(STRIPS))
    unknown = replace(crimes(TOWN, STRIPS), category=np.full(31, 99, dtype=np.int16))
    with pytest.raises(InvalidInputError, match="categories are numbers from 0 to"):
        find_repeats(unknown, TOWN, months(STRIPS))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"cluster": "kmeans"}, "'kmeans'; there are points, dbscan, hdbscan"),
        ({"reach_m": 0}, "reach_m is 0"),
        ({"widest_m": np.nan}, "widest_m is nan"),
        ({"buffer_m": 6_000}, "buffer_m is 6000"),
        ({"least_crimes": 1}, "least_crimes is 1"),
        ({"least_months": 2.5}, "least_months is 2.5"),
        ({"recent_months": 0}, "recent_months is 0"),
        ({"core_crimes": 0}, "core_crimes is 0"),
        ({"least_points": 1}, "least_points is 1"),
        ({"level": 1.0}, "level is 1.0"),
    ],
)
def test_rules_out_of_range_are_refused_by_name(changed, message):
    with pytest.raises(InvalidInputError, match=message):
        Rules(**changed)
