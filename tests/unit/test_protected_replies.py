"""Replies as limited roles are told of them: of large audiences, rounded once, without bias."""

import math

import pytest

from geo_alerts.audiences.disclosure import Figures
from geo_alerts.audiences.protection.replies import LEAST_PEOPLE, as_told, may_be_told

SECRET = bytes(range(32))
DRAWS = 2_000


def estimate(people: int, *not_counted: str) -> Figures:
    return Figures(people, people, {}, (), {}, None, error=9, not_counted=not_counted)


def test_only_large_audiences_whose_estimate_knows_all_conditions_are_told_of():
    assert may_be_told(estimate(LEAST_PEOPLE))
    assert not may_be_told(estimate(LEAST_PEOPLE - 1))
    assert not may_be_told(estimate(10 * LEAST_PEOPLE, "sample"))
    assert not may_be_told(None)


@pytest.mark.parametrize(
    "totals",
    [
        {"email": 0, "text": 0, "voice": 0},
        {"email": 3, "text": 13, "voice": 1},
        {"text": 1},
        {"email": 4, "voice": 10**9},
    ],
)
def test_each_number_and_their_sum_are_multiples_of_5_less_than_5_off(totals):
    for draw in range(50):
        told = as_told(totals, SECRET, f"audience {draw}")
        assert list(told) == list(totals)
        for channel, count in told.items():
            assert (count % 5, abs(count - totals[channel]) < 5) == (0, True)
        assert abs(sum(told.values()) - sum(totals.values())) < 5


def test_rounding_is_without_bias_over_audiences_and_always_the_same_for_one():
    totals = {"email": 1, "text": 7, "voice": 3}
    told = [as_told(totals, SECRET, f"audience {draw}") for draw in range(DRAWS)]
    for channel, count in totals.items():
        mean = sum(one[channel] for one in told) / DRAWS
        # A multiple of 5 is off by 2.5 at most on the average; 5 standard errors.
        assert abs(mean - count) < 5 * 2.5 / math.sqrt(DRAWS), channel
    assert told[7] == as_told(totals, SECRET, "audience 7")
    assert len({as_told({"text": 2}, SECRET, f"audience {n}")["text"] for n in range(50)}) == 2
