"""The columns of a directory: made from a frame's or a store's, checked, and in order."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from geo_alerts.crs import on_national_grid
from geo_alerts.errors import Fault, FrameError
from geo_alerts.places.found import POSITIONS, Position, Status
from geo_alerts.places.postcode_keys import NO_POSTCODE, keys_of

Columns = dict[str, npt.NDArray[Any]]

# Texts that are kept as bytes, a quarter of the size, and their greatest length.
NARROW: Final = {"terminated": 15, "oa": 9, "lsoa": 9, "ward": 9, "district": 9}

# What a flag of the directory is called in the frame that was read.
_LARGE_USER = ("is_large_user", "large_user")


def directory_columns(edition: str, columns: Mapping[str, npt.ArrayLike]) -> Columns:
    """The columns of a directory, in the order of the postcodes.

    Args:
        edition: What the edition is called, for the message.
        columns: As `Directory.from_columns` takes them.

    Returns:
        Every column of the directory, n rows each.

    Raises:
        FrameError: A column is missing or of another length, a postcode repeats or is empty, or a
            position is off the National Grid; tells every fault.
    """
    missing = [name for name in ("postcode", "easting", "northing") if name not in columns]
    if not {"is_live", "status"} & set(columns):
        missing.append("status")
    if missing:
        raise FrameError(
            f"units of {edition}", [Fault(None, name, "is missing") for name in missing]
        )
    arrays = _arrays(columns)
    faults = _faults(arrays)
    if faults:
        raise FrameError(f"units of {edition}", faults)
    arrays["postcode"] = arrays["postcode"].astype("<U8", copy=False)
    order = np.argsort(keys_of(arrays["postcode"]), kind="stable")
    if np.array_equal(order, np.arange(len(order))):
        return arrays
    return {name: array[order] for name, array in arrays.items()}


def _arrays(columns: Mapping[str, npt.ArrayLike]) -> Columns:
    postcode = np.asarray(columns["postcode"], dtype=np.str_)
    easting = np.asarray(columns["easting"], dtype=np.float64)
    size = len(postcode)
    return {
        "postcode": postcode,
        "easting": easting,
        "northing": np.asarray(columns["northing"], dtype=np.float64),
        "pqi": np.asarray(columns.get("pqi", np.zeros(size)), dtype=np.uint8),
        "is_live": _is_live(columns),
        "position": _position_codes(columns, easting),
        "is_large_user": _flags(columns, _LARGE_USER, size),
        **{name: _bytes(columns, name, width, size) for name, width in NARROW.items()},
    }


def _is_live(columns: Mapping[str, npt.ArrayLike]) -> npt.NDArray[np.bool_]:
    if "is_live" in columns:
        return np.asarray(columns["is_live"], dtype=np.bool_)
    return np.asarray(np.asarray(columns["status"]) == Status.LIVE.value, dtype=np.bool_)


def _flags(
    columns: Mapping[str, npt.ArrayLike], names: tuple[str, ...], size: int
) -> npt.NDArray[np.bool_]:
    given = next((columns[name] for name in names if name in columns), np.zeros(size))
    return np.asarray(given, dtype=np.bool_)


def _position_codes(
    columns: Mapping[str, npt.ArrayLike], easting: npt.NDArray[np.float64]
) -> npt.NDArray[np.uint8]:
    published, none = POSITIONS.index(Position.PUBLISHED), POSITIONS.index(Position.NONE)
    given = np.asarray(columns.get("position", np.full(len(easting), published)))
    if given.dtype.kind not in "iu":
        given = np.select(
            [given == position.value for position in POSITIONS], range(len(POSITIONS))
        )
    return np.where(np.isfinite(easting), given, none).astype(np.uint8)


def _bytes(
    columns: Mapping[str, npt.ArrayLike], name: str, width: int, size: int
) -> npt.NDArray[np.bytes_]:
    if name not in columns:
        return np.zeros(size, dtype=f"S{width}")
    return np.asarray(columns[name]).astype(f"S{width}")


def _faults(arrays: Columns) -> list[Fault]:
    size = len(arrays["postcode"])
    faults = [
        Fault(None, name, f"has {len(array)} rows, not {size}")
        for name, array in arrays.items()
        if len(array) != size
    ]
    return faults or [*_postcode_faults(arrays["postcode"]), *_position_faults(arrays)]


def _postcode_faults(postcode: npt.NDArray[np.str_]) -> list[Fault]:
    keys, first, counts = np.unique(keys_of(postcode), return_index=True, return_counts=True)
    unusable = (keys == 0) | (keys == NO_POSTCODE)
    return [
        Fault(int(row) + 1, "postcode", reason)
        for rows, reason in (
            (first[unusable], "is empty or not normalised"),
            (first[~unusable & (counts > 1)], "occurs more than once"),
        )
        for row in rows
    ]


def _position_faults(arrays: Columns) -> list[Fault]:
    easting, northing = arrays["easting"], arrays["northing"]
    off = ~on_national_grid(easting, northing) & ~(np.isnan(easting) & np.isnan(northing))
    return [
        Fault(int(row) + 1, "easting", "is not on the National Grid") for row in np.flatnonzero(off)
    ]
