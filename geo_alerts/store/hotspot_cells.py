"""Cells of a layer as bytes: compressed to be kept, and plain to be hashed.

Numbers lie one column after another, each column by the place of its bytes: first the lowest byte
of every value, then the next. Most bytes of neighbours are alike, and so it is compressed to a
fraction. The hash is over the plain form, which no version of a compressor changes.
"""

import zlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import StoreError
from geo_alerts.hotspots.grid import SquareGrid
from geo_alerts.hotspots.hexagons import HexGrid
from geo_alerts.hotspots.layers import CellLayer

SQUARES: Final = "squares"
HEXAGONS: Final = "h3"
# Of text, which a header lists once each.
_TEXT: Final = "text"
_TYPES: Final = {"f": "<f8", "i": "<i8", "u": "<u8", "b": "|b1"}
_NUMBERS: Final = {_TEXT: "<i4"}
_LEVEL: Final = 3


def header_of(layer: CellLayer) -> dict[str, Any]:
    """What the bytes of a layer mean, as JSON: its grid, how many cells, and its columns."""
    return {
        "grid": _grid_document(layer.grid),
        "count": len(layer),
        "columns": [_column(name, values) for name, values in layer.columns.items()],
    }


def plain_bytes(layer: CellLayer) -> bytes:
    """The numbers of a layer, column after column, little-endian; the cells come first."""
    numbers = [_shuffled(layer.cell, _type_of(layer.cell))]
    for values in layer.columns.values():
        kind = _type_of(values)
        coded = np.unique(values, return_inverse=True)[1] if kind == _TEXT else values
        numbers.append(_shuffled(coded, _NUMBERS.get(kind, kind)))
    return b"".join(numbers)


def packed(plain: bytes) -> bytes:
    """The bytes as they are kept."""
    return zlib.compress(plain, _LEVEL)


def layer_from(header: Mapping[str, Any], kept: bytes) -> CellLayer:
    """The layer that a header and the bytes that were kept hold.

    Raises:
        StoreError: They do not fit together: the store was changed by something else.
    """
    try:
        plain = zlib.decompress(kept)
    except zlib.error as error:
        raise StoreError(f"the cells of a layer are broken in the store: {error}") from error
    count, columns = header["count"], {}
    is_h3 = header["grid"]["kind"] == HEXAGONS
    cell, at = _unshuffled(plain, 0, "<u8" if is_h3 else "<i8", count)
    for column in header["columns"]:
        kind = column["type"]
        values, at = _unshuffled(plain, at, _NUMBERS.get(kind, kind), count)
        columns[column["name"]] = np.array(column["values"])[values] if kind == _TEXT else values
    if at != len(plain):
        raise StoreError("the cells of a layer in the store are not as many as its header says")
    return CellLayer(_grid_from(header["grid"], cell), cell, columns)


def _grid_document(grid: SquareGrid | HexGrid) -> dict[str, Any]:
    if isinstance(grid, SquareGrid):
        return {"kind": SQUARES, **asdict(grid)}
    # Which hexagons the grid has is told by the layer's cells, which are all of them.
    return {"kind": HEXAGONS, "resolution": grid.resolution}


def _grid_from(document: Mapping[str, Any], cell: npt.NDArray[Any]) -> SquareGrid | HexGrid:
    values = {name: value for name, value in document.items() if name != "kind"}
    if document["kind"] == SQUARES:
        return SquareGrid(**values)
    return HexGrid(cells=cell, **values)


def _column(name: str, values: npt.NDArray[Any]) -> dict[str, Any]:
    kind = _type_of(values)
    told = {"values": np.unique(values).tolist()} if kind == _TEXT else {}
    return {"name": name, "type": kind, **told}


def _type_of(values: npt.NDArray[Any]) -> str:
    return _TYPES.get(values.dtype.kind, _TEXT)


def _shuffled(values: npt.NDArray[Any], kind: str) -> bytes:
    plain = np.ascontiguousarray(values, dtype=kind)
    return plain.view(np.uint8).reshape(len(plain), plain.dtype.itemsize).T.tobytes()


def _unshuffled(plain: bytes, at: int, kind: str, count: int) -> tuple[npt.NDArray[Any], int]:
    dtype = np.dtype(kind)
    end = at + count * dtype.itemsize
    if end > len(plain):
        raise StoreError("the cells of a layer in the store are not as many as its header says")
    raw = np.frombuffer(plain, dtype=np.uint8, count=end - at, offset=at)
    values = np.ascontiguousarray(raw.reshape(dtype.itemsize, count).T).view(dtype)
    return values.reshape(count), end
