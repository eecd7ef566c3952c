"""Many random orders of the same numbers at once, for permutation tests.

Random bits with a number behind them are sorted: one sort of many rows is several times as fast as
dealing row by row, on processors that sort by vectors.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import InvalidInputError

KEY_BITS: Final = 32
# Of rows with equal random bits, which are drawn again, there may be so many of all.
MOST_TIED: Final = 0.25


def shuffled(
    numbers: npt.NDArray[np.signedinteger], times: int, rng: np.random.Generator
) -> npt.NDArray[np.signedinteger]:
    """Rows of the same numbers, each in an order of its own; every order is equally likely.

    Args:
        numbers: n whole numbers from 0 on, under 2^31.
        times: How many rows.
        rng: Where chance comes from.

    Returns:
        times by n, in the type of `numbers`.

    Raises:
        InvalidInputError: A number is negative.
    """
    if numbers.size and numbers.min() < 0:
        raise InvalidInputError("numbers to shuffle are 0 or more")
    bits = int(numbers.max(initial=0)).bit_length()
    if len(numbers) ** 2 / 2 > MOST_TIED * 2.0 ** (KEY_BITS - bits):
        dealt = np.array([rng.permutation(numbers) for _ in range(times)])
        return dealt.reshape(times, len(numbers)).astype(numbers.dtype, copy=False)
    mask = np.uint32((1 << bits) - 1)
    keys = rng.integers(0, 2**KEY_BITS, (times, len(numbers)), dtype=np.uint32)
    keys &= ~mask
    keys |= numbers.astype(np.uint32)
    keys.sort(axis=1)
    # Equal random bits would be in the order of the numbers behind them. Rows without any are in
    # each order equally often; the others are drawn again.
    tied = ((keys[:, 1:] ^ keys[:, :-1]) <= mask).any(axis=1)
    keys &= mask
    rows = keys.astype(numbers.dtype)
    if tied.any():
        rows[tied] = shuffled(numbers, int(tied.sum()), rng)
    return rows
