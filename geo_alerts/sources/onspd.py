"""ONS Postcode Directory (ONSPD) and National Statistics Postcode Lookup (NSPL): CSV, or the zip.

Both list every postcode of the United Kingdom, ended ones included. Their columns have had three
sets of names: `pcds, oseast1m, osnrth1m, osgrdind, usertype, osward, oslaua` (ONSPD to February
2025), `ward, laua` for the last two (NSPL to May 2025), and `pcds, east1m, north1m, gridind,
usrtypind, wd25cd, lad25cd` (both since 2025, the year changing). Capitals are as good.

Three traps: a unit without a grid reference has blanks, quality 9 and latitude 99.999999; a unit in
Northern Ireland has an easting and northing on the Irish grid (BT11 9DT at 330905, 371973 would be
near Chester); quality is one digit here, where Code-Point Open's PQI has two.

Source: Office for National Statistics, "ONS Postcode Directory: user guide".
"""

import re
from calendar import month_abbr, month_name
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import SourceError, UnknownFormatError
from geo_alerts.places.postcodes import Texts, areas_of
from geo_alerts.sources.directory_frame import (
    MONTH,
    YEAR,
    Floats,
    PostcodeSource,
    can_have_place,
    checked_positions,
    checked_postcodes,
    directory_frame,
    gss_codes,
    read_ordinates,
)
from geo_alerts.sources.files import Advance, Member, first_line
from geo_alerts.sources.sheets import Layout, Sheet, header_of, matches, numbers

if TYPE_CHECKING:
    import pyarrow as pa

# Our name -> the publisher's, the one that is preferred first. Years come as two digits.
NAMES: Final = {
    "postcode": ("pcds", "pcd8", "pcd2", "pcd7", "pcd"),
    "easting": ("oseast1m", "east1m"),
    "northing": ("osnrth1m", "north1m"),
    "pqi": ("osgrdind", "gridind"),
    "latitude": ("lat",),
    "large_user": ("usertype", "usrtypind"),
    "introduced": ("dointr",),
    "terminated": ("doterm",),
    "oa": (r"oa\d\dcd", r"oa\d\d"),
    "lsoa": (r"lsoa\d\dcd", r"lsoa\d\d"),
    "ward": ("osward", "ward", r"wd\d\dcd"),
    "district": ("oslaua", "laua", r"lad\d\dcd"),
}

_EDITION = re.compile(r"(ONSPD|NSPL)\w*?[_ ]([A-Z]{3})[A-Z]*[_ ](\d{4})", re.IGNORECASE)
_MONTH_NUMBERS: Final = {name.upper(): number for number, name in enumerate(month_abbr) if number}
_METRES: Final = r"[0-9]{1,7}(?:\.0+)?"
_QUALITY: Final = "[1-9]"
_NO_QUALITY: Final = 9
_NO_LATITUDE: Final = r"99\.9+"
_LICENCE: Final = (
    "Source: Office for National Statistics licensed under the Open Government Licence v3.0; "
    "contains OS data © Crown copyright and database right; contains Royal Mail data © Royal Mail "
    "copyright and database right. Postcodes of Northern Ireland have a licence of their own."
)


def ons_columns(names: Sequence[str]) -> dict[str, int]:
    """Where the columns are that are wanted: our name -> place, for those that are there.

    Args:
        names: The header, in lower case.
    """
    places = {name: _place(names, patterns) for name, patterns in NAMES.items()}
    return {name: place for name, place in places.items() if place is not None}


def is_ons(names: Sequence[str], what: str) -> bool:
    """Whether a header is that of a list of postcodes by ONS, with coordinates or without.

    Args:
        names: The header, in lower case.
        what: What the file is called, for the message.

    Raises:
        UnknownFormatError: It is one without coordinates.
    """
    columns = ons_columns(names)
    if not {"postcode", "terminated"} <= set(columns):
        return False
    if not {"easting", "northing"} <= set(columns):
        raise UnknownFormatError(
            f"{what} is a list of postcodes by ONS without coordinates (it has no oseast1m and "
            "osnrth1m, nor east1m and north1m): import the ONS Postcode Directory (ONSPD) or the "
            "National Statistics Postcode Lookup (NSPL) instead"
        )
    return True


def read_ons(path: Path, members: Sequence[Member], advance: Advance) -> PostcodeSource:
    """The units of ONSPD or NSPL.

    Args:
        path: What the members were found in.
        members: CSVs with one header: the whole list, or one file for each postcode area.
        advance: Told the rows done and how many there are, if known.

    Raises:
        SourceError: A file is empty, no CSV or not UTF-8.
        SourceFaultsError: Rows are not as documented; names file, line, column and reason.
    """
    names = header_of(first_line(members[0]))
    places = ons_columns(names)
    titles = {name: names[place] for name, place in places.items()}
    layout = Layout(len(names), places, has_header=True, titles=titles)
    columns = _columns(path, members, layout, advance)
    label, published_on = _edition(path, members)
    return PostcodeSource(
        frame=directory_frame(columns, path.name),
        label=label,
        published_on=published_on,
        licence=_LICENCE,
        notes=_notes(columns["postcode"], titles.get("oa", "")),
    )


def _place(names: Sequence[str], patterns: Sequence[str]) -> int | None:
    # Of several years the last.
    for pattern in patterns:
        found = [name for name in names if re.fullmatch(pattern, name)]
        if found:
            return names.index(max(found))
    return None


def _columns(
    path: Path, members: Sequence[Member], layout: Layout, advance: Advance
) -> dict[str, Any]:
    import pyarrow.compute as pc  # noqa: PLC0415 - see sources.sheets

    sheet = _read(path, members, layout, advance)
    postcodes = checked_postcodes(sheet)
    quality = _quality(sheet)
    easting, northing = _positions(sheet, postcodes, quality)
    terminated, introduced = _months(sheet, "terminated"), _months(sheet, "introduced")
    large_user = sheet.column("large_user")
    sheet.refuse(~matches(large_user, "[01]?"), "large_user", "is neither 0 nor 1")
    sheet.stop_at_faults()
    return {
        "postcode": postcodes,
        "easting": easting,
        "northing": northing,
        "pqi": quality * 10,
        "status": pc.if_else(pc.equal(terminated, ""), "live", "terminated"),
        "introduced": introduced,
        "terminated": terminated,
        "large_user": matches(large_user, "1"),
        **{name: gss_codes(sheet.column(name)) for name in ("oa", "lsoa", "ward", "district")},
    }


def _read(path: Path, members: Sequence[Member], layout: Layout, advance: Advance) -> Sheet:
    sheet = Sheet(path.name)
    header = header_of(first_line(members[0]))
    for member in members:
        if header_of(first_line(member)) != header:
            raise SourceError(f"{member.name} has other columns than {members[0].name}")
        sheet.read(member, layout, advance)
    return sheet


def _quality(sheet: Sheet) -> npt.NDArray[np.uint8]:
    given = sheet.column("pqi")
    is_quality = matches(given, _QUALITY)
    sheet.refuse(~is_quality & ~matches(given, ""), "pqi", "is not a digit from 1 to 9")
    return np.nan_to_num(numbers(given, is_quality)).astype(np.uint8)


def _positions(
    sheet: Sheet, postcodes: Texts, quality: npt.NDArray[np.uint8]
) -> tuple[Floats, Floats]:
    easting, northing, wanted = read_ordinates(sheet, _METRES)
    wanted &= (quality != _NO_QUALITY) & ~matches(sheet.column("latitude"), _NO_LATITUDE)
    wanted &= ((easting != 0) | (northing != 0)) & can_have_place(postcodes)
    return checked_positions(sheet, easting, northing, wanted)


def _months(sheet: Sheet, name: str) -> "pa.ChunkedArray":
    import pyarrow.compute as pc  # noqa: PLC0415 - see sources.sheets

    given = sheet.column(name)
    sheet.refuse(~matches(given, f"(?:{YEAR}{MONTH})?"), name, "is not a year and month, YYYYMM")
    return pc.replace_substring_regex(given, "^([0-9]{4})([0-9]{2})$", r"\1-\2")


def _edition(path: Path, members: Sequence[Member]) -> tuple[str, str | None]:
    for name in (path.name, *(member.name for member in members)):
        found = _EDITION.search(name)
        if found and found[2].upper() in _MONTH_NUMBERS:
            month = _MONTH_NUMBERS[found[2].upper()]
            label = f"{found[1].upper()} {month_name[month]} {found[3]}"
            return label, f"{found[3]}-{month:02}"
    return path.name.split(".")[0], None


def _notes(postcodes: Texts, oa_title: str) -> tuple[str, ...]:
    notes = []
    irish = int((areas_of(postcodes) == "BT").sum())
    if irish:
        notes.append(
            f"{irish:,} postcodes of Northern Ireland have no position: they are on the Irish grid"
        )
    census = re.search(r"\d\d", oa_title)
    if census:
        notes.append(f"output areas and LSOAs are those of the census of 20{census[0]}")
    return tuple(notes)
