"""Blocks of neighbouring postcode units: the least ground of which anything is told to everybody.

Blocks are made from public data alone (where units are, and how many households live there), so
that they tell nothing of subscribers. All units are split again and again across the longer side of
the box round them, so that in the end each block has at least `MIN_UNITS` units and at least
`MIN_HOUSEHOLDS` households, hardly more, and its units lie close together. Numbers follow the
splits: blocks of near numbers are neighbours.

Two partitions of the same ground could be subtracted from one another, so units that were once in
one block are never parted when a directory is renewed. A unit keeps its block when it is
terminated, and when it is in no directory any more. One that is new joins the block of the nearest
live unit. A block with too few live units left is merged whole into the one nearest to it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from geo_alerts.audiences.coverage import Floats
from geo_alerts.audiences.rows import Rows
from geo_alerts.places.directory import Directory
from geo_alerts.places.postcode_keys import Keys, keys_of

MIN_UNITS: Final = 24
MIN_HOUSEHOLDS: Final = 150.0

# Where few of the units are known of old, it is other ground, and blocks are made anew.
ENOUGH_KNOWN: Final = 0.5
NO_BLOCK: Final = -1
# Sums of fractions may fall short of what they come to by so much.
ROUND_OFF: Final = 1e-9

BlockNumbers = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Known:
    """The block of every unit that has one, whether a directory still holds it or not.

    Attributes:
        keys: n keys of postcodes, as `keys_of` gives them, ascending.
        block: n numbers of blocks.
        count: How many numbers there are; those of merged blocks stay free for ever, so that no
            other block, or region, takes their place in the rounding.
    """

    keys: Keys
    block: BlockNumbers
    count: int

    def of(self, keys: Keys) -> BlockNumbers:
        """The block of each of n keys; -1 where it is not known."""
        if not len(self.keys):
            return np.full(len(keys), NO_BLOCK, dtype=np.int32)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[at] == keys, self.block[at], NO_BLOCK).astype(np.int32)


@dataclass(frozen=True, eq=False)
class Blocks:
    """The block of each unit of a directory, and the unit's part of it.

    Attributes:
        keys: n keys of postcodes, as `keys_of` gives them, ascending: the rows of the directory.
        block: n numbers of blocks; -1 for a unit that never had a position.
        share: n parts, which sum to 1 over the live units of a block; 0 for other units.
        count: How many numbers there are; see `Known`.
        gone: Units of earlier directories that are not in this one; None for none.
    """

    keys: Keys
    block: BlockNumbers
    share: Floats
    count: int
    gone: Known | None = None

    def known(self) -> Known:
        """What the blocks of the next directory are made from."""
        has_block = self.block >= 0
        keys, block = self.keys[has_block], self.block[has_block]
        if self.gone is not None:
            keys, block = np.append(keys, self.gone.keys), np.append(block, self.gone.block)
        order = np.argsort(keys, kind="stable")
        return Known(keys[order], block[order], self.count)


def blocks_of(directory: Directory, households: Floats | None, before: Known | None) -> Blocks:
    """The blocks of a directory.

    Args:
        directory: The units.
        households: For each of them its households; None where none are known.
        before: The blocks of units of earlier directories; None where there were none.
    """
    keys = keys_of(directory.postcode)
    live = np.flatnonzero(directory.is_live & directory.is_located)
    if not len(live):
        return Blocks(keys, np.full(len(keys), NO_BLOCK, dtype=np.int32), np.zeros(len(keys)), 0)
    block = before.of(keys) if before else np.full(len(keys), NO_BLOCK, dtype=np.int32)
    if before is None or (block[live] >= 0).sum() < ENOUGH_KNOWN * len(live):
        block[:] = NO_BLOCK
        block[live] = _split(directory, live, None if households is None else households[live])
        before = None
    _join(directory, live, block)
    count = before.count if before else int(block.max()) + 1
    gone = None
    if before is not None:
        into = _merged(directory, live, block, count)
        block = np.where(block >= 0, into[block], NO_BLOCK).astype(np.int32)
        is_gone = ~np.isin(before.keys, keys)
        gone = Known(before.keys[is_gone], into[before.block[is_gone]], count)
    weight = _weights(directory, households)
    share = np.zeros(len(keys))
    share[live] = weight[live] / np.bincount(block[live], weight[live], count)[block[live]]
    return Blocks(keys, block, share, count, gone)


def _weights(directory: Directory, households: Floats | None) -> Floats:
    # How much of a block's people a unit is taken to have. Nobody may live in a unit of one
    # organisation, but people give it as their place of work: it counts as a usual one.
    weight = np.ones(len(directory)) if households is None else households
    usual = weight[weight > 0].mean() if (weight > 0).any() else 1.0
    return np.where(weight > 0, weight, usual).astype(np.float64)


def _split(directory: Directory, live: Rows, households: Floats | None) -> BlockNumbers:
    # Ground is enough for k blocks when it has k times the least of each measure.
    measures, least = [np.ones(len(live))], [float(MIN_UNITS)]
    if households is not None and households.any():
        measures.append(households)
        least.append(MIN_HOUSEHOLDS)
    measure = np.column_stack(measures) / least
    ordinates = directory.easting[live], directory.northing[live]
    block = np.empty(len(live), dtype=np.int32)
    number, waiting = 0, [np.arange(len(live))]
    while waiting:
        units = waiting.pop()
        halves = _halves(units, ordinates, measure)
        if halves:
            waiting += reversed(halves)
            continue
        block[units] = number
        number += 1
    return block


def _halves(
    units: Rows, ordinates: tuple[Floats, Floats], measure: Floats
) -> tuple[Rows, Rows] | None:
    # None where two halves would not both be large enough.
    blocks = int(measure[units].sum(axis=0).min() + ROUND_OFF)
    if blocks < 2:  # noqa: PLR2004 - halves
        return None
    for ordinate in sorted(ordinates, key=lambda each: -np.ptp(each[units])):
        ordered = units[np.argsort(ordinate[units], kind="stable")]
        before = np.cumsum(measure[ordered], axis=0)
        after = before[-1] - before
        enough = np.flatnonzero(np.minimum(before, after).min(axis=1) >= 1 - ROUND_OFF)
        if len(enough):
            wanted = len(ordered) * (blocks // 2) // blocks
            at = enough[np.argmin(np.abs(enough + 1 - wanted))] + 1
            return ordered[:at], ordered[at:]
    return None


def _join(directory: Directory, live: Rows, block: BlockNumbers) -> None:
    # Units without a block get that of the nearest live one. (Where a terminated one was is often
    # known in part only.)
    settled = live[block[live] >= 0]
    new = np.flatnonzero((block < 0) & directory.is_located)
    block[new] = block[settled[_nearest(directory, settled, new)]]


def _merged(directory: Directory, live: Rows, block: BlockNumbers, count: int) -> BlockNumbers:
    # For each number the block that its units are in from now on, all of them together.
    into = np.arange(count, dtype=np.int32)
    size = np.bincount(block[live], minlength=count)
    if size.min() >= MIN_UNITS:
        return into
    placed = np.flatnonzero((block >= 0) & directory.is_located)
    centre = _centres(directory, placed, block, count)
    for number in np.flatnonzero(size < MIN_UNITS):
        if size[number] >= MIN_UNITS:
            continue  # another was merged into it
        others = np.flatnonzero(size)
        others = others[others != number]
        if not len(others):
            break
        away = np.hypot(*(centre[:, others] - centre[:, number : number + 1]))
        # Of a block without any position the numbers say which one is near.
        if np.isnan(away).any():
            away = np.abs(others - number)
        target = others[np.argmin(away)]
        into[into == number] = target
        size[target] += size[number]
        size[number] = 0
    return into


def _centres(directory: Directory, rows: Rows, block: BlockNumbers, count: int) -> Floats:
    # (2, count) means of where the units of each block are; NaN for a block of none.
    units = np.bincount(block[rows], minlength=count)
    sums = [
        np.bincount(block[rows], each[rows], count)
        for each in (directory.easting, directory.northing)
    ]
    centre = np.full((2, count), np.nan)
    np.divide(sums, units, out=centre, where=units > 0)
    return centre


def _nearest(directory: Directory, among: Rows, rows: Rows) -> Rows:
    # For each row of the directory the place in `among` of the row that is nearest.
    return nearest_of(
        directory.easting[among],
        directory.northing[among],
        directory.easting[rows],
        directory.northing[rows],
    )


def nearest_of(easting: Floats, northing: Floats, at_easting: Floats, at_northing: Floats) -> Rows:
    """Which of n points is nearest to each of m positions; all EPSG:27700, n at least 1."""
    points = shapely.points(np.column_stack([easting, northing]))
    tree = shapely.STRtree(np.atleast_1d(np.asarray(points, dtype=object)))
    wanted = shapely.points(np.column_stack([at_easting, at_northing]))
    return np.asarray(tree.nearest(wanted), dtype=np.int64)
