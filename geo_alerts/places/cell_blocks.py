"""Cells as bytes: what differs from one number to the next, low bytes first, compressed.

A block holds a stretch of the units of a directory and the cells that occur in it for the first
time. Differences are taken modulo 2**32, so that any 32-bit numbers come back as they were.
"""

import struct
import zlib
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import StoreError

Numbers = npt.NDArray[np.int32]

VERSION: Final = 1
_HEAD: Final = struct.Struct("<4sHIIId")
_MARK: Final = b"cell"
_BYTES: Final = 4

# Measured on Great Britain: level 9 takes four times as long and saves less than 1 %.
_LEVEL: Final = 6


@dataclass(frozen=True, slots=True)
class CellBlock:
    """A stretch of units and their new cells.

    Attributes:
        back: For each unit 0 where its cell is the next new one, k > 0 where it is the k-th newest
            so far, -1 where it has none.
        point: The point of each new cell, millimetres, EPSG:27700.
        count: How many vertices each new cell has.
        vertex: The vertices of all new cells, millimetres.
        clip_m: How far cells may reach, metres.
    """

    back: Numbers
    point: Numbers
    count: npt.NDArray[np.int64]
    vertex: Numbers
    clip_m: float

    @classmethod
    def empty(cls, clip_m: float) -> "CellBlock":
        """A block of no unit."""
        none = np.zeros(0, dtype=np.int32)
        return cls(none, none.reshape(0, 2), none.astype(np.int64), none.reshape(0, 2), clip_m)


def encode(block: CellBlock) -> bytes:
    """A block as bytes; some 30 for each cell."""
    head = _HEAD.pack(
        _MARK, VERSION, len(block.back), len(block.count), len(block.vertex), block.clip_m
    )
    vertex = _differences(block.vertex)
    # A cell's first vertex is told from its point, which is nearer than the cell before.
    start = np.cumsum(block.count) - block.count
    vertex[start] = block.vertex[start] - block.point
    numbers = np.concatenate(
        [
            block.back,
            block.count.astype(np.int32),
            _differences(block.point).T.ravel(),
            vertex.T.ravel(),
        ]
    )
    return head + zlib.compress(_planes(numbers), _LEVEL)


def decode(payload: bytes) -> CellBlock:
    """The block that `encode` made bytes of.

    Raises:
        StoreError: The bytes are damaged or of a version that this software does not know.
    """
    try:
        mark, version, units, cells, corners, clip_m = _HEAD.unpack_from(payload)
    except struct.error as error:
        raise StoreError("the postcode cells in the store are damaged") from error
    if (mark, version) != (_MARK, VERSION):
        raise StoreError(f"postcode cells of a version that is not known here: {version}")
    numbers = _unpacked(payload[_HEAD.size :], units + cells + 2 * cells + 2 * corners)
    back, count, point, vertex = np.split(numbers, np.cumsum([units, cells, 2 * cells]))
    points = _summed(point.reshape(2, -1).T)
    counts = count.astype(np.int64)
    vertices = _vertices(vertex.reshape(2, -1).T, points, counts)
    return CellBlock(back, points, counts, vertices, clip_m)


def _differences(numbers: Numbers) -> Numbers:
    differences = numbers.copy()
    differences[1:] -= numbers[:-1]
    return differences


def _summed(differences: Numbers) -> Numbers:
    summed: Numbers = np.cumsum(differences, axis=0, dtype=np.int32)
    return summed


def _vertices(differences: Numbers, point: Numbers, count: npt.NDArray[np.int64]) -> Numbers:
    # Summed right through, less what had come together before each cell.
    start = np.cumsum(count) - count
    summed = _summed(differences)
    before = summed[start] - differences[start]
    vertices: Numbers = summed + np.repeat(point - before, count, axis=0)
    return vertices


def _planes(numbers: Numbers) -> bytes:
    # Signs go to the lowest bit, so that small numbers have empty high bytes; all lowest bytes
    # first, then the next ones.
    folded = (numbers << 1) ^ (numbers >> 31)
    return bytes(folded.astype("<i4").view(np.uint8).reshape(-1, _BYTES).T.tobytes())


def _unpacked(packed: bytes, total: int) -> Numbers:
    wanted = _BYTES * total
    unpacking = zlib.decompressobj()
    try:
        planes = unpacking.decompress(packed, wanted + 1)
    except zlib.error as error:
        raise StoreError("the postcode cells in the store are damaged") from error
    if len(planes) != wanted or not unpacking.eof:
        raise StoreError("the postcode cells in the store are damaged")
    bytes_of = np.frombuffer(planes, dtype=np.uint8).reshape(_BYTES, -1).T
    folded = np.ascontiguousarray(bytes_of).view("<u4").ravel().astype(np.uint32)
    sign = np.where(folded & 1, np.uint32(0xFFFFFFFF), np.uint32(0))
    numbers: Numbers = ((folded >> 1) ^ sign).view(np.int32)
    return numbers
