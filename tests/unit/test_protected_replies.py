"""Replies as limited roles are told of them: of channels with many people, rounded, never few."""

import math
from collections.abc import Mapping

import pytest

from geo_alerts.audiences.disclosure import Figures
from geo_alerts.audiences.protection.replies import (
    LEAST_PEOPLE,
    LEAST_REPLIES,
    as_told,
    channels_told,
)

SECRET = bytes(range(32))
DRAWS = 2_000
ALL = frozenset({"email", "text", "voice"})


def estimate(deliveries: Mapping[str, int], *not_counted: str) -> Figures:
    return Figures(500, 500, deliveries, (), {}, None, error=9, not_counted=not_counted)


def told_of(totals: Mapping[str, int], draw: int, channels: frozenset[str] = ALL) -> dict[str, int]:
    return as_told(totals, channels, SECRET, f"audience {draw}")


def test_only_channels_with_many_people_of_estimates_that_know_all_conditions_are_told_of():
    deliveries = {"text": LEAST_PEOPLE, "email": LEAST_PEOPLE - 1, "voice": 0}
    assert channels_told(estimate(deliveries)) == {"text"}
    assert channels_told(estimate({})) == set()
    assert channels_told(estimate(deliveries, "sample")) == set()
    assert channels_told(None) == set()


@pytest.mark.parametrize("voice", [0, 1, 44])
def test_a_channel_with_few_people_is_never_told_of_nor_seen_in_another(voice):
    for draw in range(50):
        told = told_of({"text": 41, "voice": voice}, draw, frozenset({"text"}))
        assert told == told_of({"text": 41}, draw)
        assert list(told) == ["text"]


def test_one_reply_by_a_channel_is_told_of_just_as_none_and_as_nothing_told():
    for draw in range(50):
        known = told_of({"text": 41}, draw)
        for few in range(LEAST_REPLIES - 4):
            assert told_of({"text": 41, "voice": few}, draw) == known
        assert set(told_of({"text": 41, "voice": LEAST_REPLIES}, draw)) == {"text", "voice"}


@pytest.mark.parametrize(
    "totals", [{"email": 12, "text": 13, "voice": 11}, {"text": 10}, {"email": 14, "voice": 10**9}]
)
def test_each_number_is_a_multiple_of_5_less_than_5_off(totals):
    for draw in range(50):
        told = told_of(totals, draw)
        assert list(told) == list(totals)
        for channel, count in told.items():
            assert (count % 5, abs(count - totals[channel]) < 5) == (0, True)


def test_rounding_is_without_bias_over_audiences_and_always_the_same_for_one():
    totals = {"email": 11, "text": 17, "voice": 13}
    told = [told_of(totals, draw) for draw in range(DRAWS)]
    for channel, count in totals.items():
        mean = sum(one[channel] for one in told) / DRAWS
        # A multiple of 5 is off by 2.5 at most on the average; 5 standard errors.
        assert abs(mean - count) < 5 * 2.5 / math.sqrt(DRAWS), channel
    assert told[7] == told_of(totals, 7)
    assert {told_of({"text": 12}, draw)["text"] for draw in range(50)} == {10, 15}
