"""OS Code-Point Open: the official zip, its folder, or its CSVs, one for each postcode area.

The CSVs have no header; their ten columns are named in `Doc/Code-Point_Open_Column_Headers.csv`:
PC, PQ, EA, NO, CY, RH, LH, CC, DC, WC. Until 2019 or so a postcode fills seven characters
(`SY1 1AA`, `SY101AA`, `S1  1AA`), later it is written with one blank. A unit without coordinates
has PQI 90 and 0 for both. `Doc/metadata.txt` gives edition, date and the units of each area.

Source: Ordnance Survey, "Code-Point Open: technical specification".
"""

import re
from calendar import month_name
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from geo_alerts.places.postcodes import Texts, areas_of
from geo_alerts.sources.directory_frame import (
    Floats,
    PostcodeSource,
    checked_positions,
    checked_postcodes,
    directory_frame,
    gss_codes,
    read_ordinates,
)
from geo_alerts.sources.files import Advance, Member
from geo_alerts.sources.sheets import Layout, Sheet, header_of, matches, numbers

LAYOUT: Final = Layout(
    width=10,
    columns={"postcode": 0, "pqi": 1, "easting": 2, "northing": 3, "district": 8, "ward": 9},
    has_header=False,
)
PQI: Final = "10|20|30|40|50|60|90"
NO_COORDINATES_PQI: Final = 90

_AREA_FILE = re.compile(r"(?:.*/)?[a-z]{1,2}\.csv", re.IGNORECASE)
_METADATA = re.compile(r"(?:.*/)?metadata\.txt", re.IGNORECASE)
_VERSION = re.compile(r"DATASET VERSION NUMBER:\s*(\S+)")
_DATE = re.compile(r"COPYRIGHT DATE:\s*(\d{4})(\d{2})(\d{2})")
_COUNT = re.compile(r"^\s*([A-Z]{1,2})\s+(\d+)\s*$", re.MULTILINE)
_METRES: Final = "[0-9]{1,7}"
_LICENCE: Final = (
    "Contains OS data © Crown copyright and database right{year}; contains Royal Mail data © Royal "
    "Mail copyright and database right{year}; contains National Statistics data © Crown copyright "
    "and database right{year}; Open Government Licence v3.0"
)


@dataclass(frozen=True, slots=True)
class _Metadata:
    version: str | None
    published_on: str | None
    counts: Mapping[str, int]


def area_files(members: Sequence[Member]) -> list[Member]:
    """The members that are a postcode area's units, by their names: `Data/CSV/sy.csv`."""
    return [member for member in members if _AREA_FILE.fullmatch(member.name)]


def looks_like_units(line: str) -> bool:
    """Whether the first line of a file is a row of Code-Point Open."""
    cells = header_of(line)
    return len(cells) == LAYOUT.width and bool(re.fullmatch(PQI, cells[1]))


def read_code_point_open(path: Path, members: Sequence[Member], advance: Advance) -> PostcodeSource:
    """The units of all area files among the members.

    Args:
        path: What the members were found in.
        members: Area files, and where it is there `metadata.txt`.
        advance: Told the rows done and how many there are, if known.

    Raises:
        SourceError: A file is empty, no CSV or not UTF-8.
        SourceFaultsError: Rows are not as documented; names file, line, column and reason.
    """
    metadata = _metadata(path, members)
    files = area_files(members) or list(members)
    areas = [Path(file.name).stem.upper() for file in files]
    total = sum(metadata.counts[area] for area in areas if area in metadata.counts) or None
    columns = _columns(path, files, lambda rows, _: advance(rows, total))
    return PostcodeSource(
        frame=directory_frame(columns, path.name),
        label=_label(metadata),
        published_on=metadata.published_on,
        licence=_LICENCE.format(year=f" {(metadata.published_on or '')[:4]}".rstrip()),
        notes=_count_notes(columns["postcode"], metadata),
    )


def _columns(path: Path, files: Sequence[Member], advance: Advance) -> dict[str, Any]:
    import pyarrow as pa  # noqa: PLC0415 - see sources.sheets

    sheet = Sheet(path.name)
    for file in files:
        sheet.read(file, LAYOUT, advance)
    postcodes = checked_postcodes(sheet)
    pqi = _pqi(sheet)
    easting, northing = _positions(sheet, pqi)
    sheet.stop_at_faults()
    blank = pa.repeat("", len(sheet))
    return {
        "postcode": postcodes,
        "easting": easting,
        "northing": northing,
        "pqi": pqi,
        "status": pa.repeat("live", len(sheet)),
        "introduced": blank,
        "terminated": blank,
        "large_user": np.zeros(len(sheet), dtype=np.bool_),
        "oa": blank,
        "lsoa": blank,
        "ward": gss_codes(sheet.column("ward")),
        "district": gss_codes(sheet.column("district")),
    }


def _pqi(sheet: Sheet) -> npt.NDArray[np.uint8]:
    # 0 where it is at fault.
    given = sheet.column("pqi")
    is_known = matches(given, PQI)
    sheet.refuse(~is_known, "pqi", "is not one of 10, 20, 30, 40, 50, 60, 90")
    return np.nan_to_num(numbers(given, is_known)).astype(np.uint8)


def _positions(sheet: Sheet, pqi: npt.NDArray[np.uint8]) -> tuple[Floats, Floats]:
    easting, northing, is_sound = read_ordinates(sheet, _METRES)
    at_origin = (easting == 0) & (northing == 0)
    has_none = pqi == NO_COORDINATES_PQI
    sheet.refuse(at_origin & ~has_none & (pqi > 0), "easting", "and northing 0 go with PQI 90 only")
    is_stated = ~np.isnan(easting) & ~np.isnan(northing)
    sheet.refuse(is_stated & has_none & ~at_origin, "easting", "does not go with PQI 90")
    wanted = is_sound & ~has_none & ~at_origin
    sheet.refuse(wanted & np.isnan(easting) & np.isnan(northing), "easting", "is missing")
    return checked_positions(sheet, easting, northing, wanted)


def _metadata(path: Path, members: Sequence[Member]) -> _Metadata:
    text = next((_text(m) for m in members if _METADATA.fullmatch(m.name)), _beside(path))
    version, date = _VERSION.search(text), _DATE.search(text)
    return _Metadata(
        version[1] if version else None,
        "-".join(date.groups()) if date else None,
        {area: int(count) for area, count in _COUNT.findall(text)},
    )


def _text(member: Member) -> str:
    with member.open() as stream:
        return stream.read(1 << 16).decode("utf-8", "replace")


def _beside(path: Path) -> str:
    # For a folder of CSVs that is still where the zip put it: Data/CSV, with Doc beside Data.
    for folder in (path.parent / "Doc", path.parent.parent / "Doc"):
        file = folder / "metadata.txt"
        if path.is_dir() and path.name.lower() in {"csv", "data"} and file.is_file():
            return file.read_text("utf-8", "replace")
    return ""


def _label(metadata: _Metadata) -> str:
    label = f"Code-Point Open {metadata.version or 'of an edition that is not stated'}"
    if metadata.published_on is None:
        return label
    year, month, _ = metadata.published_on.split("-")
    return f"{label} ({month_name[int(month)]} {year})"


def _count_notes(postcodes: Texts, metadata: _Metadata) -> tuple[str, ...]:
    areas, counts = np.unique(areas_of(postcodes), return_counts=True)
    return tuple(
        f"{area}: {count:,} units, but metadata.txt counts {metadata.counts[area]:,}; is it whole?"
        for area, count in zip(areas.tolist(), counts.tolist(), strict=True)
        if metadata.counts.get(area, count) != count
    )
