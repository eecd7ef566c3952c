"""The team of every unit, as a file, and how sure that is."""

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from geo_alerts.acts.files import replacing
from geo_alerts.acts.geography import Geography
from geo_alerts.acts.live import View
from geo_alerts.acts.spreadsheets import cell
from geo_alerts.errors import UnknownFormatError
from geo_alerts.places.assignment import Indexes, margin_m
from geo_alerts.places.shares import is_edge, largest_other, share_of, shares

# Texts ("" for none), figures (NaN for none) and flags (1, 0, NaN for none), by name, in order.
Columns = dict[str, npt.NDArray[Any]]

# Margins are distances between published points and outlines: millimetres are more than they hold.
# Of shares less than a thousandth is not told.
DECIMALS = 3

FLAGS = ("is_edge", "is_nearest")


def write_match(view: View, path: Path) -> tuple[int, int]:
    """Write the team of every live unit, by postcode.

    Columns: `postcode`; `team_code`; `margin_m`, metres from the unit's point to the boundary of
    its team; `team_share`, the part of the unit's cell that is in its team; `other_team_code` and
    `other_share`, the team that holds most of the rest; `none_share`, what is in no team;
    `is_edge`, whether another team or none holds more than `EDGE_SHARE` (1 or 0 in a CSV). What is
    not known is empty: a unit without a position, or in no team, has no team and no margin; one
    that has no cell has no shares. In a CSV a code that a spreadsheet would take for a formula
    begins with an apostrophe.

    Args:
        view: What the answers are made from.
        path: Ends in `.csv` or `.parquet`; an existing file is replaced once all is written.

    Returns:
        How many units were written, and how many of them are in no team.

    Raises:
        UnknownFormatError: The ending is another.
        NotReadyError: No teams are imported.
    """
    check_ending(path)
    columns = _matched(view.geography)
    write_columns(columns, path)
    return len(columns["postcode"]), int((columns["team_code"] == "").sum())


def check_ending(path: Path) -> None:
    """Refuse a name that ends otherwise than in `.csv` or `.parquet`.

    Raises:
        UnknownFormatError: It does.
    """
    if path.suffix.lower() not in WRITERS:
        raise UnknownFormatError(f"{path.name}: wanted a name that ends in .csv or .parquet")


def write_columns(columns: Columns, path: Path) -> None:
    """Write columns as CSV or Parquet, by the file's ending.

    Args:
        columns: Of one length.
        path: Ends in `.csv` or `.parquet`; an existing file is replaced once all is written.

    Raises:
        UnknownFormatError: The ending is another.
    """
    check_ending(path)
    with replacing(path) as unfinished:
        WRITERS[path.suffix.lower()](unfinished, columns)


def _matched(geography: Geography) -> Columns:
    layer, directory = geography.require_teams(), geography.directory
    rows = np.flatnonzero(directory.is_live)
    first = geography.assignment.first[rows]
    margin = margin_m(directory.easting[rows], directory.northing[rows], layer, first)
    return {
        "postcode": directory.postcode[rows],
        "team_code": _codes(geography, first),
        "margin_m": np.round(margin, DECIMALS),
        **_shared_out(geography, rows, first),
    }


def _shared_out(geography: Geography, rows: npt.NDArray[np.int64], first: Indexes) -> Columns:
    unknown = np.full(len(rows), np.nan)
    if geography.cells is None:
        figures = dict.fromkeys(("other_share", "none_share", "is_edge"), unknown)
        return {"team_share": unknown, "other_team_code": np.full(len(rows), ""), **figures}
    found = shares(geography.cells, rows, geography.layer, geography.assignment)
    other, other_share = largest_other(found, first)
    return {
        "team_share": np.round(np.where(first >= 0, share_of(found, first), np.nan), DECIMALS),
        "other_team_code": _codes(geography, other),
        "other_share": np.round(other_share, DECIMALS),
        "none_share": np.round(found.none, DECIMALS),
        "is_edge": np.where(np.isnan(found.none), np.nan, is_edge(found, first)),
    }


def _codes(geography: Geography, area: Indexes) -> npt.NDArray[np.str_]:
    return np.where(area >= 0, geography.layer.code[area], "")


def _write_csv(path: Path, columns: Columns) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        texts = [_texts(column, is_flag=name in FLAGS) for name, column in columns.items()]
        writer.writerows(zip(*texts, strict=True))


def _texts(column: npt.NDArray[Any], *, is_flag: bool) -> list[Any]:
    values: list[Any] = column.tolist()
    if column.dtype.kind == "U":
        return [cell(value) for value in values]
    told = int if is_flag or column.dtype.kind == "i" else float
    return ["" if value != value else told(value) for value in values]  # noqa: PLR0124 - NaN


def _write_parquet(path: Path, columns: Columns) -> None:
    import pyarrow as pa  # noqa: PLC0415 - slow to import, and needed here only
    from pyarrow import parquet  # noqa: PLC0415

    def packed(name: str, column: npt.NDArray[Any]) -> pa.Array:
        if column.dtype.kind == "U":
            return pa.array([value or None for value in column.tolist()], pa.string())
        if column.dtype.kind in "ib":
            return pa.array(column)
        figures = pa.array(column, pa.float64(), from_pandas=True)
        return figures.cast(pa.bool_()) if name in FLAGS else figures

    table = pa.table({name: packed(name, column) for name, column in columns.items()})
    parquet.write_table(table, path)


WRITERS: Final[Mapping[str, Callable[[Path, Columns], None]]] = {
    ".csv": _write_csv,
    ".parquet": _write_parquet,
}
