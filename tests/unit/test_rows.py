"""Orders of numbers, also of such as differ in their last bits only."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo_alerts.audiences.rows import order_of

near_one_another = st.builds(
    lambda start, steps: [start + step for step in steps],
    st.integers(0, 2**62),
    st.lists(st.integers(0, 300), unique=True, max_size=100),
)


@given(st.lists(st.integers(0, 2**63 - 1), unique=True) | near_one_another)
def test_numbers_are_put_in_order(numbers):
    given_numbers = np.array(numbers, dtype=np.int64)
    assert given_numbers[order_of(given_numbers)].tolist() == sorted(numbers)
