"""The frame that every reader of postcodes makes, and the checks that they share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from geo_alerts.contracts import require_columns
from geo_alerts.crs import on_national_grid
from geo_alerts.errors import SourceError
from geo_alerts.places.placing import place_terminated
from geo_alerts.places.postcode_keys import keys_of
from geo_alerts.places.postcodes import Texts, areas_of, no_location_reason, normalise_many
from geo_alerts.sources.sheets import Sheet, matches, numbers

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

KINDS: Final = {
    "postcode": "text",
    "easting": "number",
    "northing": "number",
    "pqi": "whole",
    "status": "text",
    "introduced": "text",
    "terminated": "text",
    "position": "text",
    "large_user": "flag",
    "oa": "text",
    "lsoa": "text",
    "ward": "text",
    "district": "text",
}

# Codes of the Government Statistical Service; older ones, and pseudo codes for "none", are dropped.
GSS_CODE: Final = "[A-Z][0-9]{8}"
PSEUDO_CODE: Final = "[A-Z]9{8}"
YEAR: Final = "(?:19|20)[0-9]{2}"
MONTH: Final = "(?:0[1-9]|1[0-2])"


@dataclass(frozen=True, slots=True)
class PostcodeSource:
    """A postcode directory as it was read.

    Attributes:
        frame: n units, by postcode: `postcode` (normalised, unique), `easting` and `northing`
            (metres, EPSG:27700, NaN without a position), `pqi` (0 for none), `status` (`live`,
            `terminated`), `introduced` (`YYYY-MM` or empty), `terminated` (`YYYY-MM`,
            `YYYY-MM/YYYY-MM` for a date between two, or empty), `position` (`published`,
            `output_area_mean`, `none`), `large_user`, and the codes `oa`, `lsoa`, `ward`,
            `district` (or empty).
        label: What the edition is called.
        published_on: `YYYY-MM-DD` or `YYYY-MM`, or None where the source does not say.
        licence: The attribution that its licence asks for.
        notes: What the person who imports it should know, in plain English.
    """

    frame: "pd.DataFrame"
    label: str
    published_on: str | None
    licence: str
    notes: tuple[str, ...] = ()


def directory_frame(columns: Mapping[str, Any], what: str) -> "pd.DataFrame":
    """The frame of a directory, by postcode, with terminated units placed where they can be.

    Args:
        columns: Every column of `KINDS` but `position`, n values each; `checked_postcodes` has seen
            to it that no postcode repeats.
        what: What the source is called, for the message.

    Raises:
        SourceError: There are no units.
        FrameError: A column is missing or of another kind.
    """
    import pyarrow as pa  # noqa: PLC0415 - see sources.sheets

    if not len(columns["postcode"]):
        raise SourceError(f"{what} holds no units")
    table = pa.table(dict(columns))
    order = np.argsort(keys_of(columns["postcode"]), kind="stable")
    if not np.array_equal(order, np.arange(len(order))):
        table = table.take(order)
    frame = place_terminated(table.to_pandas(self_destruct=True))[list(KINDS)]
    require_columns(frame, KINDS, what=what)
    return frame


def checked_postcodes(sheet: Sheet, *, column: str = "postcode", blanks: bool = True) -> Texts:
    """The postcodes of a sheet, normalised; faults for those that are malformed or repeat.

    A published file is not repaired: O for 0 in it would mean that the file is not what it seems.

    Args:
        sheet: Where they are, and where faults go.
        column: The column that has them.
        blanks: Whether they may be written with other blanks than one.
    """
    import pyarrow as pa  # noqa: PLC0415 - see sources.sheets
    import pyarrow.compute as pc  # noqa: PLC0415

    given = sheet.column(column)
    postcodes = normalise_many(given.to_pylist())
    normal = pa.array(postcodes)
    if blanks:
        given, normal = (pc.replace_substring(texts, " ", "") for texts in (given, normal))
    as_written = np.asarray(pc.equal(given, normal))
    sheet.refuse(~as_written | (postcodes == ""), column, "is not a well-formed postcode")
    _refuse_repeats(sheet, column, postcodes)
    return postcodes


def read_ordinates(sheet: Sheet, pattern: str) -> tuple[Floats, Floats, Flags]:
    """Easting and northing as numbers, where each may be blank; faults for other text.

    Args:
        sheet: It has the columns `easting` and `northing`.
        pattern: What a number looks like (RE2).

    Returns:
        n eastings and n northings, metres, NaN where none can be read; and n flags for the rows
        without such a fault.
    """
    ordinates, is_sound = [], np.ones(len(sheet), dtype=np.bool_)
    for name in ("easting", "northing"):
        is_number = matches(sheet.column(name), pattern)
        at_fault = ~is_number & ~matches(sheet.column(name), "")
        sheet.refuse(at_fault, name, "is not a number of metres")
        ordinates.append(numbers(sheet.column(name), is_number))
        is_sound &= ~at_fault
    return ordinates[0], ordinates[1], is_sound


def checked_positions(
    sheet: Sheet, easting: Floats, northing: Floats, wanted: Flags
) -> tuple[Floats, Floats]:
    """The positions that are wanted, NaN elsewhere; faults for halves and for those off the grid.

    Args:
        sheet: Where faults go; it has the columns `easting` and `northing`.
        easting: n metres, or NaN where none is stated.
        northing: n metres, or NaN.
        wanted: n flags.
    """
    no_easting, no_northing = np.isnan(easting), np.isnan(northing)
    sheet.refuse(wanted & no_easting & ~no_northing, "easting", "is missing beside a northing")
    sheet.refuse(wanted & no_northing & ~no_easting, "northing", "is missing beside an easting")
    stated = wanted & ~no_easting & ~no_northing
    sheet.refuse(
        stated & ~on_national_grid(easting, northing),
        "easting",
        lambda row: f"with northing {northing[row]:.0f} is off the National Grid",
    )
    return np.where(stated, easting, np.nan), np.where(stated, northing, np.nan)


def can_have_place(postcodes: Texts) -> Flags:
    """Which postcodes are of a kind that can have a place on the National Grid."""
    areas, area = np.unique(areas_of(postcodes), return_inverse=True)
    can = np.array([no_location_reason(letters) is None for letters in areas.tolist()], dtype=bool)
    return can[area]


def _refuse_repeats(sheet: Sheet, column: str, postcodes: Texts) -> None:
    keys = keys_of(postcodes)
    values, counts = np.unique(keys, return_counts=True)
    repeated = values[(counts > 1) & (values > 0)]
    if not len(repeated):
        return
    is_repeated = np.isin(keys, repeated)
    first: dict[int, int] = {}
    for row in np.flatnonzero(is_repeated).tolist():
        first.setdefault(int(keys[row]), row)
    is_repeated[list(first.values())] = False
    sheet.refuse(
        is_repeated,
        column,
        lambda row: f"is there already, at {sheet.where(first[int(keys[row])])}",
    )


def gss_codes(column: "pa.ChunkedArray") -> "pa.ChunkedArray":
    """Codes of areas; empty where there is none, a pseudo code, or one of an older kind."""
    import pyarrow as pa  # noqa: PLC0415 - see sources.sheets
    import pyarrow.compute as pc  # noqa: PLC0415

    kept = matches(column, GSS_CODE) & ~matches(column, PSEUDO_CODE)
    return pc.if_else(pa.array(kept), column, "")
