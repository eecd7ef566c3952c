"""Random orders: whole, fair, the same for a seed."""

from collections import Counter
from math import factorial

import numpy as np
import pytest

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.shuffles import shuffled


# Few numbers are sorted behind random bits; large ones leave no room for bits.
@pytest.mark.parametrize("largest", [3, 2**30])
def test_every_order_is_equally_likely(largest):
    numbers = np.array([0, 1, 2, largest])
    times = 24_000
    found = Counter(map(tuple, shuffled(numbers, times, np.random.default_rng(1)).tolist()))
    assert len(found) == factorial(4)
    wanted = times / factorial(4)
    # Chi-squared with 23 degrees of freedom: above 58 has a chance of 1 in 10,000.
    assert sum((count - wanted) ** 2 / wanted for count in found.values()) < 58


@pytest.mark.parametrize("many", [0, 1, 2, 300, 12_000])
@pytest.mark.parametrize("kind", [np.int8, np.int32])
def test_each_row_holds_the_same_numbers(many, kind):
    numbers = np.random.default_rng(2).integers(0, 100, many).astype(kind)
    rows = shuffled(numbers, 20, np.random.default_rng(1))
    assert rows.shape == (20, many)
    assert rows.dtype == kind
    assert (np.sort(rows, axis=1) == np.sort(numbers)).all()
    assert many < 2 or len({row.tobytes() for row in rows}) > 1


def test_rows_of_equal_bits_are_drawn_again():
    # 5,000 numbers of 10 bits leave 22: about every other row has two of the same bits at first
    # sight, were it not that so many ties are dealt otherwise; 1,000 numbers tie now and then.
    numbers = np.arange(1_000)
    first = shuffled(numbers, 3_000, np.random.default_rng(4))[:, 0]
    assert abs(first.mean() - 499.5) < 4 * 288.7 / np.sqrt(3_000)


def test_the_same_seed_gives_the_same_rows():
    one, other = (shuffled(np.arange(50), 5, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(one, other)


def test_negative_numbers_are_refused():
    with pytest.raises(InvalidInputError, match="0 or more"):
        shuffled(np.array([-1, 2]), 3, np.random.default_rng(1))
