"""The directory CSV of this project, `.csv` or `.csv.gz`: the form in which the sample ships.

It has a header and a row for each unit. What the columns hold is said at `PostcodeSource`; the
column `position` is not among them, since it is worked out when the file is read. A cell is empty
where nothing is known.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo_alerts.errors import Fault, SourceFaultsError
from geo_alerts.places.postcodes import Texts
from geo_alerts.sources.directory_frame import (
    KINDS,
    MONTH,
    YEAR,
    Floats,
    PostcodeSource,
    can_have_place,
    checked_positions,
    checked_postcodes,
    directory_frame,
    read_ordinates,
)
from geo_alerts.sources.files import Advance, Member, first_line
from geo_alerts.sources.sheets import Layout, Sheet, header_of, matches, numbers

if TYPE_CHECKING:
    import pyarrow as pa

COLUMNS: Final = tuple(name for name in KINDS if name != "position")

# Enough to tell the file from any other; the rest may then be missed by name.
_MARKS: Final = {"postcode", "status", "terminated", "pqi"}

_MONTH: Final = f"{YEAR}-{MONTH}"
_YES: Final = "1|true|True"
_NO: Final = "0|false|False"
_METRES: Final = r"[0-9]{1,7}(?:\.[0-9]+)?"
_PQI: Final = "[1-9]0"
_CODE: Final = "[A-Za-z0-9]{0,9}"
_LICENCE: Final = (
    "Contains OS data © Crown copyright and database right; contains Royal Mail data © Royal Mail "
    "copyright and database right; contains National Statistics data © Crown copyright and "
    "database right; Open Government Licence v3.0"
)


def is_directory(names: Sequence[str]) -> bool:
    """Whether a header, in lower case, is that of a directory CSV, perhaps with columns missing."""
    return set(names) >= _MARKS


def read_directory_csv(path: Path, member: Member, advance: Advance) -> PostcodeSource:
    """The units of a directory CSV; columns may be in any order, and others are passed over.

    Args:
        path: The file.
        member: How it is opened.
        advance: Told the rows done.

    Raises:
        SourceError: It is no CSV or not UTF-8.
        SourceFaultsError: Columns are missing, or rows are not as documented; names line, column
            and reason.
    """
    names = header_of(first_line(member))
    missing = [Fault(1, name, "is missing") for name in COLUMNS if name not in names]
    if missing:
        raise SourceFaultsError(path.name, missing)
    places = {name: names.index(name) for name in COLUMNS}
    sheet = Sheet(path.name)
    sheet.read(member, Layout(len(names), places, has_header=True), advance)
    columns = _columns(sheet)
    sheet.stop_at_faults()
    return PostcodeSource(
        frame=directory_frame(columns, path.name),
        label=path.name.split(".")[0],
        published_on=None,
        licence=_LICENCE,
    )


def _columns(sheet: Sheet) -> dict[str, Any]:
    postcodes = checked_postcodes(sheet, blanks=False)
    easting, northing = _positions(sheet, postcodes)
    pqi = sheet.column("pqi")
    _refuse_unless(sheet, "pqi", f"(?:0|{_PQI})?", "is not one of 10, 20, … 90")
    _refuse_unless(sheet, "status", "live|terminated", "is neither live nor terminated")
    _refuse_unless(sheet, "introduced", f"(?:{_MONTH})?", "is not a year and month, YYYY-MM")
    _refuse_unless(sheet, "large_user", f"(?:{_YES}|{_NO})?", "is neither 1 nor 0")
    for name in ("oa", "lsoa", "ward", "district"):
        _refuse_unless(sheet, name, _CODE, "is not a code of at most nine letters and digits")
    return {
        "postcode": postcodes,
        "easting": easting,
        "northing": northing,
        "pqi": np.nan_to_num(numbers(pqi, matches(pqi, _PQI))).astype(np.uint8),
        "terminated": _terminated(sheet),
        "large_user": matches(sheet.column("large_user"), _YES),
        **{
            name: sheet.column(name)
            for name in ("status", "introduced", "oa", "lsoa", "ward", "district")
        },
    }


def _refuse_unless(sheet: Sheet, name: str, pattern: str, reason: str) -> None:
    sheet.refuse(~matches(sheet.column(name), pattern), name, reason)


def _positions(sheet: Sheet, postcodes: Texts) -> tuple[Floats, Floats]:
    easting, northing, is_sound = read_ordinates(sheet, _METRES)
    elsewhere = ~can_have_place(postcodes) & ~np.isnan(easting)
    sheet.refuse(elsewhere, "easting", "cannot be: this postcode has no place on the National Grid")
    return checked_positions(sheet, easting, northing, is_sound & ~elsewhere)


def _terminated(sheet: Sheet) -> "pa.ChunkedArray":
    import pyarrow.compute as pc  # noqa: PLC0415 - see sources.sheets

    terminated = sheet.column("terminated")
    is_period = matches(terminated, f"{_MONTH}/{_MONTH}")
    first = pc.utf8_slice_codeunits(terminated, 0, 7)
    last = pc.utf8_slice_codeunits(terminated, 8, 15)
    backward = is_period & np.asarray(pc.greater(first, last))
    is_known = matches(terminated, f"(?:{_MONTH})?") | (is_period & ~backward)
    sheet.refuse(
        ~is_known, "terminated", "is neither YYYY-MM nor a period from YYYY-MM to a later YYYY-MM"
    )
    is_live = matches(sheet.column("status"), "live")
    sheet.refuse(
        is_known & is_live & ~matches(terminated, ""), "terminated", "is given for a live unit"
    )
    return terminated
