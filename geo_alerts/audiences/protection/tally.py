"""Counting the people of each block, from batches of subscribers as the store has them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from geo_alerts.audiences.protection.blocks import NO_BLOCK, Blocks, nearest_of
from geo_alerts.audiences.protection.regions import Regions
from geo_alerts.audiences.protection.rounding import Counts
from geo_alerts.audiences.rows import Rows, each_once
from geo_alerts.places.directory import Directory
from geo_alerts.places.postcode_keys import keys_of

# Sums of channel bits, from no channel to all three.
CHANNEL_SETS: Final = 8
EVERYBODY: Final = ""


@dataclass(frozen=True, eq=False)
class Batch:
    """Some subscribers who may be reached.

    Attributes:
        channels: n sums of channel bits.
        profile: For each the number of its set of labels.
        person: k rows of them, one for each postcode.
        postcode: k normalised postcodes; empty text for a malformed one.
    """

    channels: npt.NDArray[np.uint8]
    profile: Rows
    person: Rows
    postcode: npt.NDArray[np.str_]


class Tally:
    """People with a place in each block, for each label and each set of channels.

    A person with places in two blocks is one person of each, and of the region that holds both;
    one with two places in a block is one person of it. Who consented to no channel, or has no place
    with a position, is nobody's.
    """

    def __init__(self, directory: Directory, blocks: Blocks, labels: Sequence[str]) -> None:
        """Count nobody yet.

        Args:
            directory: Where postcodes are.
            blocks: Of the directory's units.
            labels: What is counted beside everybody.
        """
        self._directory = directory
        self._blocks = blocks
        self._known = blocks.known()
        self._live = np.flatnonzero(blocks.share > 0)
        self._regions = Regions(blocks.count)
        width = CHANNEL_SETS * self._regions.width
        self._counts = {label: np.zeros(width, dtype=np.int64) for label in (EVERYBODY, *labels)}

    def add(self, batch: Batch, has_label: Mapping[str, npt.NDArray[np.bool_]]) -> None:
        """Count some people.

        Args:
            batch: Who.
            has_label: For each label whether the sets of labels, by their numbers, have it.
        """
        block = self._block_of(batch.postcode)
        counted = (block != NO_BLOCK) & (batch.channels[batch.person] != 0)
        count = max(self._blocks.count, 1)
        pair = each_once(batch.person[counted] * count + block[counted])
        person, of_block = np.divmod(pair, count)
        again, region = self._regions.counted_twice(person, of_block)
        person, place = np.append(person, again), np.append(of_block, region)
        cell = place * CHANNEL_SETS + batch.channels[person]
        profile = batch.profile[person]
        for label, counts in self._counts.items():
            among = cell if label == EVERYBODY else cell[has_label[label][profile]]
            np.add(counts, np.bincount(among, minlength=len(counts)), out=counts)

    def counts(self) -> dict[str, Counts]:
        """For each label (`EVERYBODY` for all) people by set of channels, block and region.

        Returns:
            Arrays of 8 rows with a place for each of `Regions`: row `m` counts who consented to any
            channel of the bits `m`.
        """
        sets = np.arange(CHANNEL_SETS)
        # Who has the channels `c` is among those asked for by `m` when the two share one.
        meets = (sets[:, np.newaxis] & sets) != 0
        return {
            label: meets.astype(np.int64) @ counts.reshape(-1, CHANNEL_SETS).T
            for label, counts in self._counts.items()
        }

    def _block_of(self, postcode: npt.NDArray[np.str_]) -> Rows:
        # A postcode in no directory is in the block of the unit nearest to the mean of its sector,
        # which is where the index takes it to be.
        if not len(self._live):
            return np.full(len(postcode), NO_BLOCK, dtype=np.int64)
        block = self._known.of(keys_of(postcode)).astype(np.int64)
        unknown = np.flatnonzero(block == NO_BLOCK)
        located = self._directory.locate(postcode[unknown])
        placed = np.isfinite(located.easting)
        near = nearest_of(
            self._directory.easting[self._live],
            self._directory.northing[self._live],
            located.easting[placed],
            located.northing[placed],
        )
        block[unknown[placed]] = self._blocks.block[self._live[near]]
        return block
