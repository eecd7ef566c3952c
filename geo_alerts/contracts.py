"""Checks of frames against what a function needs; every fault of a frame is told at once."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from geo_alerts.crs import EPSG_27700, read_crs
from geo_alerts.errors import CrsError, Fault, FrameError

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

KINDS = {"text": "OUTS", "number": "iuf", "whole": "iu", "flag": "b"}


def require_epsg_27700(frame: "gpd.GeoDataFrame", *, what: str) -> None:
    """Refuse a frame whose geometry is not in EPSG:27700.

    Args:
        frame: Any GeoDataFrame.
        what: What it is to the caller, for the message.

    Raises:
        CrsError: The frame has no CRS, or another one.
    """
    if frame.crs is None:
        raise CrsError(f"{what} have no CRS; wanted {EPSG_27700}")
    if not frame.crs.equals(read_crs(EPSG_27700), ignore_axis_order=True):
        raise CrsError(f"{what} are in {frame.crs.to_string()}; wanted {EPSG_27700}")


def require_columns(
    frame: "pd.DataFrame", kinds: Mapping[str, str], *, what: str, unique: str | None = None
) -> None:
    """Refuse a frame that lacks columns, has them of another kind, or repeats a key.

    Args:
        frame: Any frame.
        kinds: Column -> `text`, `number`, `whole` or `flag`.
        what: What it is to the caller, for the message.
        unique: The column whose values must differ.

    Raises:
        FrameError: Holds every fault found.
    """
    faults = [
        Fault(None, column, "is missing" if column not in frame else f"is not of kind {kind}")
        for column, kind in kinds.items()
        if column not in frame or not _is_kind(frame[column], kind)
    ]
    if unique is not None and unique in frame:
        repeated = frame.loc[frame[unique].duplicated(), unique].astype(str).unique()
        faults += [Fault(None, unique, f"{value!r} occurs more than once") for value in repeated]
    if faults:
        raise FrameError(what, faults)


def _is_kind(column: "pd.Series[Any]", kind: str) -> bool:
    # pandas 3 gives text columns a dtype of kind "O" whose name is "str".
    return column.dtype.kind in KINDS[kind]
