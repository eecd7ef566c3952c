"""Keys that stay: what carries one, what is a split and what a merger."""

import numpy as np
import pytest

from geo_alerts.hotspots.repeats.identity import Known, carry, first_key


def links(carried):
    return [(link.before, link.now, link.kind) for link in carried.links]


def test_a_key_is_made_of_position_and_month_alone():
    # By openssl and base32 from `380000.00 250000.00 24300 0`: the same on every machine.
    assert first_key(380_000, 250_000, 24_300) == "4gjupemuaj"
    assert len(first_key(1.0, 2.0, 3)) == 10
    changed = {
        first_key(380_000.0, 250_000.0, 24_300),
        first_key(380_000.01, 250_000.0, 24_300),
        first_key(380_000.0, 250_001.0, 24_300),
        first_key(380_000.0, 250_000.0, 24_301),
        first_key(380_000.0, 250_000.0, 24_300, attempt=1),
    }
    assert len(changed) == 5


def test_a_location_that_gains_and_loses_points_keeps_its_key():
    carried = carry([Known("old", {1: 20, 2: 5})], [Known("fresh", {1: 18, 3: 4})])
    assert carried.keys == ("old",)
    assert links(carried) == [("old", "old", "same")]
    (link,) = carried.links
    assert (link.share_of_before, link.share_of_now) == (20 / 25, 18 / 22)
    assert (carried.ended, carried.began) == ((), ())


def test_half_of_either_is_enough_and_less_of_both_is_not():
    half = carry([Known("old", {1: 5, 2: 5})], [Known("fresh", {1: 1, 3: 99})])
    assert half.keys == ("old",)
    less = carry([Known("old", {1: 49, 2: 51})], [Known("fresh", {1: 49, 3: 51})])
    assert less.keys == ("fresh",)
    assert less.links == ()
    assert (less.ended, less.began) == (("old",), ("fresh",))


def test_of_a_location_that_came_apart_the_part_with_more_crimes_keeps_the_key():
    now = [Known("small", {2: 10}), Known("large", {1: 30})]
    carried = carry([Known("old", {1: 28, 2: 12})], now)
    assert carried.keys == ("small", "old")
    assert links(carried) == [("old", "old", "same"), ("old", "small", "split")]
    assert carried.began == ()


def test_of_locations_that_became_one_it_keeps_the_key_with_more_crimes():
    carried = carry([Known("a", {1: 30}), Known("b", {2: 10})], [Known("fresh", {1: 28, 2: 12})])
    assert carried.keys == ("a",)
    assert links(carried) == [("a", "a", "same"), ("b", "a", "merged")]
    assert carried.ended == ()


def test_a_key_that_went_to_another_location_is_not_given_twice():
    # The part that would by itself have the old key is the smaller one.
    now = [Known("key", {1: 3}), Known("other", {2: 30})]
    carried = carry([Known("key", {1: 10, 2: 30})], now)
    assert carried.keys[1] == "key"
    assert carried.keys[0] not in {"key", "other"}
    assert carried.keys == carry([Known("key", {1: 10, 2: 30})], now).keys


def test_what_ended_and_what_began_is_told():
    carried = carry([Known("gone", {1: 5})], [Known("fresh", {9: 5})])
    assert (carried.keys, carried.ended, carried.began) == (("fresh",), ("gone",), ("fresh",))
    assert carry([], []).keys == ()


def test_a_location_that_was_not_found_last_time_has_its_key_again():
    others = [Known("other", {7: 20})]
    now = [Known("other", {7: 21}), Known("fresh", {1: 5})]
    carried = carry(others, now, remembered=[Known("old", {1: 6}), Known("older", {2: 6})])
    assert carried.keys == ("other", "old")
    assert links(carried) == [("old", "old", "returned"), ("other", "other", "same")]
    assert (carried.ended, carried.began) == ((), ())


def test_what_was_merged_has_its_own_key_again_when_it_comes_apart():
    before = [Known("a", {1: 30, 2: 12})]
    now = [Known("fresh1", {1: 30}), Known("fresh2", {2: 12})]
    carried = carry(before, now, remembered=[Known("a", {1: 28}), Known("b", {2: 10})])
    assert carried.keys == ("a", "b")
    assert links(carried) == [("a", "a", "same"), ("a", "b", "split"), ("b", "b", "returned")]


def test_what_was_found_last_time_goes_before_what_is_remembered():
    before, now = [Known("last", {1: 5})], [Known("fresh", {1: 5, 2: 50})]
    carried = carry(before, now, remembered=[Known("old", {2: 50})])
    assert carried.keys == ("last",)
    assert links(carried) == [("last", "last", "same")]


def test_of_a_key_that_is_remembered_twice_the_latest_counts():
    carried = carry(
        [], [Known("fresh", {1: 5})], remembered=[Known("k", {2: 5}), Known("k", {1: 5})]
    )
    assert carried.keys == ("fresh",)


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_locations_does_not_matter_and_no_key_is_given_twice(seed):
    rng = np.random.default_rng(seed)

    def made(kind, numbers):
        parts = numbers.reshape(8, 3).tolist()
        return [
            Known(f"{kind}{at}", {point: int(rng.integers(1, 9)) for point in part})
            for at, part in enumerate(parts)
        ]

    before, now = made("old", np.arange(24)), made("now", rng.permutation(30)[:24])
    usual = carry(before, now)
    assert len(set(usual.keys)) == len(now)
    order, other_order = rng.permutation(8), rng.permutation(8)
    other = carry([before[at] for at in other_order], [now[at] for at in order])
    assert [usual.keys[at] for at in order] == list(other.keys)
    assert other.links == usual.links
    assert other.ended == usual.ended


def test_a_key_lives_through_years_while_points_are_replaced_one_by_one():
    known = Known("first", {0: 9, 1: 9, 2: 9})
    for year in range(1, 10):
        (key,) = carry([known], [Known(f"of{year}", {year: 9, year + 1: 9, year + 2: 9})]).keys
        assert key == "first"
        known = Known(key, {year: 9, year + 1: 9, year + 2: 9})
