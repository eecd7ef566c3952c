"""Random samples and control groups: the same people for the same seed, whatever else is there.

Each person gets a random-looking number from their own number and the seed, so that neither the
order of people nor the process that draws matters, and adding a person changes nothing between two
others.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]

# Samples and control groups of one seed have nothing to do with one another.
_SAMPLE_STREAM: Final = 0x53616D706C650000
_CONTROL_STREAM: Final = 0x436F6E74726F6C00


def in_sample(numbers: Numbers, size: int, seed: int) -> Flags:
    """Tell who of n people is in a sample: the `size` with the smallest draws.

    Args:
        numbers: n numbers of people, each once.
        size: How many are wanted; everybody where there are not more.
        seed: Another one draws others.
    """
    if size >= len(numbers):
        return np.ones(len(numbers), dtype=np.bool_)
    drawn = _draws(numbers, _SAMPLE_STREAM ^ seed)
    # Draws of different numbers are different, so exactly `size` are at most the size-th smallest.
    return np.asarray(drawn <= np.partition(drawn, size - 1)[size - 1])


def in_control(numbers: Numbers, share: float, seed: int) -> Flags:
    """Tell who of n people is held out as a control group: each by their own draw.

    Args:
        numbers: n numbers of people.
        share: Of everybody there is; of n people about so many are drawn.
        seed: Another one draws others.
    """
    return np.asarray(_draws(numbers, _CONTROL_STREAM ^ seed) < np.uint64(int(share * 2**64)))


def _draws(numbers: Numbers, stream: int) -> Words:
    key = _splitmix64(np.array([stream], dtype=np.uint64))
    return _splitmix64(numbers.astype(np.uint64) ^ key)


def _splitmix64(state: Words) -> Words:
    # Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators"; one to one.
    mixed = state + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))
