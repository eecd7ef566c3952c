"""The order in which a Hilbert curve passes points: neighbours on it are neighbours on the ground.

So the units of an area are few runs of consecutive ones, and so are the people who live there.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# 16 bits each way over 2,097 km: squares of 32 m, of which a town has one for a few postcodes.
BITS: Final = 16
SQUARE_M: Final = 32.0


def along_curve(easting: Floats, northing: Floats) -> npt.NDArray[np.int64]:
    """How far along the curve each of n points is.

    Args:
        easting: n metres, EPSG:27700; NaN counts as the end of the curve.
        northing: n metres.

    Returns:
        n places, equal for points of one square of 32 m.
    """
    is_located = np.isfinite(easting) & np.isfinite(northing)
    column, row = (_squares(np.where(is_located, metres, 0)) for metres in (easting, northing))
    along = np.zeros(len(column), dtype=np.int64)
    for bit in reversed(range(BITS)):
        right, upper = (column >> bit) & 1, (row >> bit) & 1
        along = (along << 2) | ((3 * right) ^ upper)
        # Each quarter is a curve of its own: those of the lower half are turned.
        is_turned, is_flipped = upper == 0, (upper == 0) & (right == 1)
        last = (1 << bit) - 1
        column, row = (np.where(is_flipped, last - (one & last), one) for one in (column, row))
        column, row = np.where(is_turned, row, column), np.where(is_turned, column, row)
    along[~is_located] = 1 << 2 * BITS
    return along


def _squares(metres: Floats) -> npt.NDArray[np.int64]:
    return np.clip(metres / SQUARE_M, 0, (1 << BITS) - 1).astype(np.int64)
