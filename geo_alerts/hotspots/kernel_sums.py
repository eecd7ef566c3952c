"""Sums of kernels over events, at any places, without an approximation.

Places that lie on a lattice (the centres of a grid, or most of them) are summed by lines of it: a
quartic over the few lines within its bandwidth, a Gaussian as a product of one factor for each
axis. Other places are summed by pairs. Nothing is binned and no tail is cut: terms that are left
out are 0, or below 1e-150 of the event's own peak.

scipy is imported where it is used: the server's start needs none of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from geo_alerts.hotspots.kernels import Kernel, relative

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

# Numbers in one piece of work: some megabytes, which stay in the processor's cache.
_PIECE: Final = 1 << 19
# A lattice is used where it has at most so many times the places that were asked for.
_SPARE: Final = 4
# In bandwidths: a Gaussian's factor of one axis beyond this is under 1e-150. Products of two such
# would be under the least normal number, where processors are a hundred times slower.
_GAUSSIAN_REACH: Final = 26.0
# In bandwidths: beyond this a Gaussian is under the least number there is, and so exactly 0.
_UNDERFLOW: Final = 38.7
# Places that are summed by pairs in one go.
_TOGETHER: Final = 64


@dataclass(frozen=True, slots=True)
class Bumps:
    """m kernels on the ground; quartics are summed fastest from south to north.

    Attributes:
        easting: m metres.
        northing: m metres.
        height: m values at the kernel's own place, per square metre.
        bandwidth: m metres.
    """

    easting: Floats
    northing: Floats
    height: Floats
    bandwidth: Floats

    def where(self, chosen: Numbers | slice) -> "Bumps":
        """Some of them, in order."""
        return Bumps(
            self.easting[chosen],
            self.northing[chosen],
            self.height[chosen],
            self.bandwidth[chosen],
        )


def kernel_sums(kernel: Kernel, bumps: Bumps, at_easting: Floats, at_northing: Floats) -> Floats:
    """The sum of all kernels at each place.

    Args:
        kernel: Which.
        bumps: m kernels.
        at_easting: Metres; broadcasts with at_northing.
        at_northing: Metres.

    Returns:
        Per square metre, of the broadcast shape.
    """
    shape = np.broadcast_shapes(at_easting.shape, at_northing.shape)
    wanted = int(np.prod(shape))
    if not (wanted and len(bumps.easting)):
        return np.zeros(shape)
    columns, column = np.unique(at_easting, return_inverse=True)
    rows, row = np.unique(at_northing, return_inverse=True)
    if len(columns) * len(rows) <= _SPARE * wanted:
        on_lattice = _quartic_lattice if kernel == "quartic" else _gaussian_lattice
        return np.asarray(on_lattice(bumps, columns, rows)[row, column])
    places = (
        np.broadcast_to(at_easting, shape).ravel(),
        np.broadcast_to(at_northing, shape).ravel(),
    )
    by_pairs = _quartic_pairs if kernel == "quartic" else _gaussian_pairs
    return by_pairs(bumps, *places).reshape(shape)


def _quartic_lattice(bumps: Bumps, columns: Floats, rows: Floats) -> Floats:
    west, wide = _window(columns, bumps.easting, bumps.bandwidth)
    south, high = _window(rows, bumps.northing, bumps.bandwidth)
    total = np.zeros(len(rows) * len(columns))
    for some in _alike(np.where(wide > 0, high, 0), wide):
        one = bumps.where(some)
        square = np.square(one.bandwidth)[:, None]
        column, across = _within(columns, one.easting, west[some], int(wide[some].max()))
        row, up = _within(rows, one.northing, south[some], int(high[some].max()))
        value = (across / square)[:, None, :] + (up / square)[:, :, None]
        relative("quartic", value)
        value *= one.height[:, None, None]
        cell = (row * len(columns))[:, :, None] + column[:, None, :]
        first, last = int(cell.min()), int(cell.max()) + 1
        total[first:last] += np.bincount((cell - first).ravel(), value.ravel(), last - first)
    return total.reshape(len(rows), len(columns))


def _window(lines: Floats, centre: Floats, reach: Floats) -> tuple[Numbers, Numbers]:
    first = np.searchsorted(lines, centre - reach, side="left")
    return first, np.searchsorted(lines, centre + reach, side="right") - first


def _within(lines: Floats, centre: Floats, first: Numbers, most: int) -> tuple[Numbers, Floats]:
    """Lines of each kernel's window, and squared distances; past the last, one infinitely far."""
    line = first[:, None] + np.arange(most)
    is_past = line >= len(lines)
    np.minimum(line, len(lines) - 1, out=line)
    square = np.square(lines[line] - centre[:, None])
    square[is_past] = np.inf
    return line, square


def _alike(high: Numbers, wide: Numbers) -> Iterator[Numbers]:
    """Pieces of kernels that reach some place, those with windows of about one size together.

    All windows of a piece are made as large as its largest, which is why they must be alike.
    """
    size = np.where(high > 0, np.ceil(np.log2(np.maximum(np.maximum(high, wide), 1))), -1)
    for each in np.unique(size[size >= 0]):
        yield from _pieces(np.flatnonzero(size == each), np.full(len(size), 4 ** int(each)))


def _pieces(chosen: Numbers, work: Numbers) -> Iterator[Numbers]:
    """Runs of those chosen, each of about as much work as a piece may have."""
    if not len(chosen):
        return
    piece = np.cumsum(work[chosen]) // _PIECE
    yield from np.split(chosen, np.flatnonzero(np.diff(piece)) + 1)


def _gaussian_lattice(bumps: Bumps, columns: Floats, rows: Floats) -> Floats:
    total = np.zeros((len(rows), len(columns)))
    for one in _tiles(bumps):
        reach = _GAUSSIAN_REACH * one.bandwidth.max()
        column = _span(columns, one.easting, reach)
        row = _span(rows, one.northing, reach)
        if column.stop > column.start and row.stop > row.start:
            across = _factor(columns[column], one.easting, one.bandwidth)
            up = _factor(rows[row], one.northing, one.bandwidth)
            total[row, column] += (up * one.height) @ across.T
    return total


def _tiles(bumps: Bumps) -> Iterator[Bumps]:
    """Kernels by squares of ground, so that each has few lines of the lattice in its reach."""
    side = _GAUSSIAN_REACH * bumps.bandwidth.max() / 2
    tile = _tile(bumps.easting, bumps.northing, side)
    order = np.argsort(tile, kind="stable")
    cuts = np.flatnonzero(np.diff(tile[order])) + 1
    for square in np.split(order, cuts):
        for start in range(0, len(square), 2048):
            yield bumps.where(square[start : start + 2048])


def _tile(easting: Floats, northing: Floats, side: float) -> npt.NDArray[np.complex128]:
    """The square of ground that each position lies in, as one number that can be sorted by."""
    return np.floor(northing / side) + 1j * np.floor(easting / side)


def _span(lines: Floats, centre: Floats, reach: float) -> slice:
    first, last = np.searchsorted(lines, [centre.min() - reach, centre.max() + reach])
    return slice(int(first), int(last))


def _factor(lines: Floats, centre: Floats, bandwidth: Floats) -> Floats:
    ratio = (lines[:, None] - centre) / bandwidth
    factor = np.exp(-0.5 * np.square(ratio))
    factor[np.abs(ratio) > _GAUSSIAN_REACH] = 0.0
    return factor


def _gaussian_pairs(bumps: Bumps, easting: Floats, northing: Floats) -> Floats:
    total = np.zeros(len(easting))
    by_northing = bumps.where(np.argsort(bumps.northing, kind="stable"))
    reach = _UNDERFLOW * bumps.bandwidth.max()
    # Places that are summed together lie together, and so have few kernels in reach.
    order = np.argsort(_tile(easting, northing, reach / 8), kind="stable")
    for some in np.split(order, range(_TOGETHER, len(order), _TOGETHER)):
        east, north = easting[some], northing[some]
        one = by_northing.where(_span(by_northing.northing, north, reach))
        near = (one.easting >= east.min() - reach) & (one.easting <= east.max() + reach)
        one = one.where(np.flatnonzero(near))
        distance = np.square(east[:, None] - one.easting)
        distance += np.square(north[:, None] - one.northing)
        distance /= np.square(one.bandwidth)
        total[some] = relative("gaussian", distance) @ one.height
    return total


def _quartic_pairs(bumps: Bumps, easting: Floats, northing: Floats) -> Floats:
    from scipy.spatial import cKDTree  # noqa: PLC0415

    centres = np.column_stack([bumps.easting, bumps.northing])
    places = cKDTree(np.column_stack([easting, northing]))
    found = places.query_ball_point(centres, bumps.bandwidth, return_length=True)
    total = np.zeros(len(easting))
    for some in _pieces(np.flatnonzero(found), found):
        one = bumps.where(some)
        near = places.query_ball_point(centres[some], one.bandwidth, return_sorted=False)
        place = np.concatenate([np.asarray(each, dtype=np.int64) for each in near])
        bump = np.repeat(np.arange(len(some)), found[some])
        value = np.square(easting[place] - one.easting[bump])
        value += np.square(northing[place] - one.northing[bump])
        value /= np.square(one.bandwidth)[bump]
        relative("quartic", value)
        value *= one.height[bump]
        total += np.bincount(place, value, len(total))
    return total
