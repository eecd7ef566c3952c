"""Blocks of neighbouring postcode units: the least ground of which anything is told to everybody.

Blocks are made from public data alone (where units are, and how many households live there), so
that they tell nothing of subscribers. All units are split again and again across the longer side of
the box round them, so that in the end each block has at least `MIN_UNITS` units and at least
`MIN_HOUSEHOLDS` households, hardly more, and its units lie close together. Numbers follow the
splits: blocks of near numbers are neighbours.

Two partitions of the same ground could be subtracted from one another, so blocks stay as they are
when a directory is renewed: a unit that is new joins the block of the nearest one, and a block that
lost so many units that it is too small is shared out.
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
class Blocks:
    """The block of each unit of a directory, and the unit's part of it.

    Attributes:
        keys: n keys of postcodes, as `keys_of` gives them, ascending: the rows of the directory.
        block: n numbers of blocks; -1 for a unit without a position.
        share: n parts, which sum to 1 over the live units of a block; 0 for other units.
        count: One more than the greatest number.
    """

    keys: Keys
    block: BlockNumbers
    share: Floats
    count: int


def blocks_of(
    directory: Directory, households: Floats | None, before: tuple[Keys, BlockNumbers] | None
) -> Blocks:
    """The blocks of a directory.

    Args:
        directory: The units.
        households: For each of them its households; None where none are known.
        before: Keys of units of an earlier directory, ascending, and their blocks; None where there
            was none.
    """
    keys = keys_of(directory.postcode)
    live = np.flatnonzero(directory.is_live & directory.is_located)
    weight = _weights(directory, households)
    if not len(live):
        return Blocks(keys, np.full(len(keys), NO_BLOCK, dtype=np.int32), np.zeros(len(keys)), 0)
    of_live = _carried(directory, live, keys, before) if before else None
    was_carried = of_live is not None
    if of_live is None:
        of_live = _split(directory, live, None if households is None else households[live])
    block = np.full(len(keys), NO_BLOCK, dtype=np.int32)
    block[live] = of_live
    other = np.flatnonzero(~directory.is_live & directory.is_located)
    block[other] = of_live[_nearest(directory, live, other)]
    count = int(max(of_live.max(), before[1].max() if was_carried and before else 0)) + 1
    share = np.zeros(len(keys))
    share[live] = weight[live] / np.bincount(of_live, weight[live], count)[of_live]
    return Blocks(keys, block, share, count)


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


def _carried(
    directory: Directory, live: Rows, keys: Keys, before: tuple[Keys, BlockNumbers]
) -> BlockNumbers | None:
    # None where too few of the units are known of old.
    known_keys, known_block = before
    at = np.minimum(np.searchsorted(known_keys, keys[live]), max(len(known_keys) - 1, 0))
    is_known = known_keys[at] == keys[live] if len(known_keys) else np.zeros(len(live), dtype=bool)
    block = np.where(is_known, known_block[at] if len(known_keys) else NO_BLOCK, NO_BLOCK)
    size = np.bincount(block[block >= 0], minlength=1)
    stays = (block >= 0) & (size[np.maximum(block, 0)] >= MIN_UNITS)
    if stays.sum() < ENOUGH_KNOWN * len(live):
        return None
    homeless, settled = np.flatnonzero(~stays), np.flatnonzero(stays)
    block[homeless] = block[settled[_nearest(directory, live[settled], live[homeless])]]
    return block.astype(np.int32)


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
