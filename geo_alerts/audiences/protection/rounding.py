"""Counts of blocks, rounded at random once and for all.

Blocks are taken in families of four neighbours. Along a family the running totals, with a secret
number of 0 to 4 added, are rounded down to a multiple of 5, and a block's published count is the
difference of two of them. So

* each block's count is rounded up or down to a multiple of 5, up with a chance of its remainder in
  fifths: without bias, and just as if each block were rounded by itself;
* the errors of neighbours offset each other: the sum over the first blocks of a family is never off
  by 5, however many there are (systematic rounding; Fellegi 1975, Cox 1987);
* the secret number is the family's for ever and for every filter, so that neither asking again, nor
  a new release, nor a filter that lets the same people through, gives another draw that noise could
  be averaged from.

Source:
    I. P. Fellegi (1975), "Controlled random rounding", Survey Methodology 1, 123-133; L. H. Cox
    (1987), "A constructive procedure for unbiased controlled rounding", JASA 82, 520-524.
"""

import hashlib
import hmac
from typing import Final

import numpy as np
import numpy.typing as npt

BASE: Final = 5
FAMILY: Final = 4

Counts = npt.NDArray[np.int64]

# The mean square of the difference between a running total and its rounding, in people.
TOTAL_VARIANCE: Final = (BASE**2 - 1) / 12


def families(blocks: int) -> int:
    """How many families so many blocks are in; the last may be smaller."""
    return -(-blocks // FAMILY)


def secret_numbers(secret: bytes, blocks: int) -> Counts:
    """The number of each family, 0 to 4, worked out from a secret.

    Args:
        secret: At least 32 random bytes.
        blocks: How many blocks there are.
    """
    drawn = (
        hmac.digest(secret, f"family {number}".encode(), hashlib.sha256)
        for number in range(families(blocks))
    )
    # Of 256 bits the remainder by 5 is even to 75 decimals.
    return np.array([int.from_bytes(each) % BASE for each in drawn], dtype=np.int64)


def rounded(counts: Counts, numbers: Counts) -> Counts:
    """Counts as they are published.

    Args:
        counts: (k, n) counts of n blocks, by k filters.
        numbers: The number of each family.

    Returns:
        (k, n) multiples of 5, none negative.
    """
    kinds, blocks = counts.shape
    padded = np.zeros((kinds, len(numbers) * FAMILY), dtype=np.int64)
    padded[:, :blocks] = counts
    totals = np.cumsum(padded.reshape(kinds, -1, FAMILY), axis=2)
    steps = (totals + numbers[:, np.newaxis]) // BASE
    published = np.diff(steps, axis=2, prepend=0) * BASE
    return published.reshape(kinds, -1)[:, :blocks]
