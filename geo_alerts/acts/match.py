"""The team of every unit, as a file."""

import csv
from pathlib import Path

import numpy as np
import numpy.typing as npt

from geo_alerts.acts.files import replacing
from geo_alerts.acts.live import View
from geo_alerts.errors import UnknownFormatError
from geo_alerts.places.assignment import margin_m

Columns = tuple[npt.NDArray[np.str_], npt.NDArray[np.str_], npt.NDArray[np.float64]]

# Margins are distances between published points and outlines: millimetres are more than they hold.
DECIMALS = 3


def write_match(view: View, path: Path) -> tuple[int, int]:
    """Write `postcode, team_code, margin_m` for every live unit, by postcode.

    A unit in no team, or without a position, has an empty code and margin. Margins are metres from
    the unit's point to the boundary of its team.

    Args:
        view: What the answers are made from.
        path: Ends in `.csv` or `.parquet`; an existing file is replaced once all is written.

    Returns:
        How many units were written, and how many of them are in no team.

    Raises:
        UnknownFormatError: The ending is another.
        NotReadyError: No teams are imported.
    """
    write = {".csv": _write_csv, ".parquet": _write_parquet}.get(path.suffix.lower())
    if write is None:
        raise UnknownFormatError(f"{path.name}: wanted a name that ends in .csv or .parquet")
    columns = _matched(view)
    with replacing(path) as unfinished:
        write(unfinished, columns)
    return len(columns[0]), int((columns[1] == "").sum())


def _matched(view: View) -> Columns:
    geography = view.geography
    layer, directory = geography.require_teams(), geography.directory
    first = geography.assignment.first[directory.is_live]
    easting, northing = directory.easting[directory.is_live], directory.northing[directory.is_live]
    code = np.where(first >= 0, layer.code[first], "")
    margin = np.round(margin_m(easting, northing, layer, first), DECIMALS)
    return directory.postcode[directory.is_live], code, margin


def _write_csv(path: Path, columns: Columns) -> None:
    postcode, code, margin = (column.tolist() for column in columns)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("postcode", "team_code", "margin_m"))
        margins = ("" if value != value else value for value in margin)  # noqa: PLR0124 - NaN
        writer.writerows(zip(postcode, code, margins, strict=True))


def _write_parquet(path: Path, columns: Columns) -> None:
    import pyarrow as pa  # noqa: PLC0415 - slow to import, and needed here only
    from pyarrow import parquet  # noqa: PLC0415

    postcode, code, margin = columns
    table = pa.table(
        {
            "postcode": pa.array(postcode.tolist(), pa.string()),
            "team_code": pa.array([value or None for value in code.tolist()], pa.string()),
            "margin_m": pa.array(margin, pa.float64(), from_pandas=True),
        }
    )
    parquet.write_table(table, path)
