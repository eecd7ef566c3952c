"""People who are counted in two blocks, by the least region that holds both.

Who has places in several blocks is counted in each. So that an area with both counts them once, it
is published of regions as well how many people are counted twice in them: regions are runs of 8,
16, 32 … blocks, each the two halves of it put together, and a person with places in both halves of
a region is one too many in it (with places in k blocks a person is one too many k - 1 times, each
time in another region, or in one of fewer than 8 blocks, which nothing is published of).

An area holds part of the people of either half; it is taken to hold the product of the two parts of
those with places in both.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from geo_alerts.audiences.coverage import Floats
from geo_alerts.audiences.protection.rounding import FAMILY, Counts
from geo_alerts.audiences.rows import Rows

# Regions of fewer than 2 to the power of this many blocks are passed over: hardly anybody has
# places in two of their blocks, and rounding would outweigh them.
LEAST_LEVEL: Final = 3


@dataclass(frozen=True, slots=True)
class Regions:
    """Blocks, and after them their regions, as places in one row of counts.

    Attributes:
        blocks: How many blocks there are.
    """

    blocks: int

    @property
    def level(self) -> int:
        """Of the region of all blocks: it has room for 2 to the power of this many."""
        return max(self.blocks - 1, 0).bit_length()

    @property
    def first(self) -> int:
        """The place of the first region; blocks fill whole families before it."""
        return -(-self.blocks // FAMILY) * FAMILY

    @property
    def width(self) -> int:
        """How many places there are."""
        return self._start(self.level + 1)

    def counted_twice(self, person: Rows, block: Rows) -> tuple[Rows, Rows]:
        """In which regions people are one too many.

        Args:
            person: n rows of people, ascending.
            block: n blocks, ascending for each person, each once.

        Returns:
            People, who may repeat, and the place of a published region for each.
        """
        at = np.flatnonzero(person[1:] == person[:-1])
        level = np.frexp((block[at] ^ block[at + 1]).astype(np.float64))[1].astype(np.int64)
        at, level = at[level >= LEAST_LEVEL], level[level >= LEAST_LEVEL]
        start = np.array([self._start(each) for each in range(self.level + 1)], dtype=np.int64)
        return person[at], start[level] + (block[at] >> level)

    def twice(self, part: Floats, counts: Counts) -> Floats:
        """For each region published how many people an area counts twice in it.

        Args:
            part: For each block the area's part of it.
            counts: The published counts of blocks and regions.
        """
        room = 1 << self.level
        inside, people = np.zeros(room), np.zeros(room)
        inside[: self.blocks] = part * counts[: self.blocks]
        people[: self.blocks] = counts[: self.blocks]
        found = []
        for level in range(1, self.level + 1):
            if level >= LEAST_LEVEL:
                held = np.divide(inside, people, out=np.zeros_like(inside), where=people > 0)
                start = self._start(level)
                both = counts[start : start + len(held) // 2]
                found.append(both * held[0::2] * held[1::2])
            inside, people = (each[0::2] + each[1::2] for each in (inside, people))
        return np.concatenate(found) if found else np.zeros(0)

    def _start(self, level: int) -> int:
        # Level after level, from the smallest regions to the one of all blocks.
        sizes = (1 << (self.level - each) for each in range(LEAST_LEVEL, level))
        return self.first + sum(sizes)
