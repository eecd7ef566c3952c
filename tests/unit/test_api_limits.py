"""Token buckets, with a clock of the test's own."""

import pytest

from api.limits import MOST_ADDRESSES, TokenBuckets, network_of


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def test_an_address_may_ask_as_often_as_its_bucket_holds_and_then_waits():
    clock = Clock()
    buckets = TokenBuckets(3, clock)
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 0]
    # Three a minute are one in 20 s.
    assert buckets.take("a") == pytest.approx(20)
    clock.now += 15
    assert buckets.wait_s("a") == pytest.approx(5)
    clock.now += 5
    assert buckets.take("a") == 0
    assert buckets.take("a") > 0


def test_asking_in_vain_does_not_make_the_wait_longer():
    clock = Clock()
    buckets = TokenBuckets(1, clock)
    buckets.take("a")
    assert [buckets.take("a") for _ in range(5)] == [60.0] * 5


def test_one_address_does_not_use_up_the_bucket_of_another():
    buckets = TokenBuckets(1, Clock())
    buckets.take("a")
    assert buckets.take("b") == 0


def test_a_bucket_holds_no_more_than_a_minute_of_tokens():
    clock = Clock()
    buckets = TokenBuckets(2, clock)
    buckets.take("a")
    clock.now += 3600
    assert [buckets.take("a") == 0 for _ in range(3)] == [True, True, False]


def test_looking_takes_no_token():
    buckets = TokenBuckets(1, Clock())
    assert [buckets.wait_s("a") for _ in range(3)] == [0, 0, 0]


def test_the_addresses_longest_unseen_are_forgotten():
    buckets = TokenBuckets(1, Clock())
    for number in range(MOST_ADDRESSES + 1):
        buckets.take(str(number))
    assert buckets.take("0") == 0
    assert buckets.take(str(MOST_ADDRESSES)) > 0


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_an_ipv6_address_counts_as_its_network_since_a_host_has_many(host, network):
    assert network_of(host) == network
