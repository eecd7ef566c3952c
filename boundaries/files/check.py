"""What is wrong with a layer of areas: every fault at once, each with the place where it is."""

import re
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.files.fields import is_blank
from geo_alerts.contracts import require_columns, require_epsg_27700
from geo_alerts.errors import Fault
from geo_alerts.places.layer import POLYGONAL

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

# GEOS says for example "Self-intersection[351417.1 240997.2]".
_LOCATED: Final = re.compile(r"(.+)\[(\S+) (\S+)\]")

# A code is a part of addresses, `/teams/WM-01`: it must be one part, and none of those in use.
MOST_CODE: Final = 64
NOT_IN_CODES: Final = "/?#"
TAKEN_CODES: Final = frozenset({"at", ".", ".."})
MOST_NAME: Final = 200
# Kinds of characters that no one sees: control and format characters, and ends of lines.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


class Finding(NamedTuple):
    """Something wrong at a row (counted from 0), before it is told."""

    row: int
    column: str
    reason: str


def check_layer(areas: "gpd.GeoDataFrame") -> list[Fault]:
    """Every fault of a layer of areas.

    Codes and names are text, present, of characters that can be seen, codes at most 64 and names at
    most 200; codes differ and can be a part of an address. Geometries are Polygons or
    MultiPolygons, valid by the rules of OGC Simple Features, not empty. Nothing is repaired.

    Args:
        areas: m rows with `code`, `name` and geometry, EPSG:27700. Rows are numbered from 1, unless
            the frame has a column `feature`; a column `file` is told where there is one.

    Returns:
        The faults, in the order of the rows.

    Raises:
        CrsError: The frame is not in EPSG:27700.
        FrameError: A column is missing or not text.
    """
    require_epsg_27700(areas, what="areas")
    require_columns(areas, {"code": "text", "name": "text"}, what="areas")
    return told(areas, code_findings(areas) + shape_findings(areas))


def code_findings(areas: "pd.DataFrame") -> list[Finding]:
    """What is wrong with codes and names: blank, unusable, and codes that occur again.

    A parent (`parent_code`, where there is such a column) may be blank.
    """
    found = [
        Finding(int(row), column, "is missing")
        for column in ("code", "name")
        for row in np.flatnonzero(is_blank(areas[column]))
    ]
    rules = {"code": _code_reason, "name": _name_reason, "parent_code": _code_reason}
    for column, reason_of in rules.items():
        if column not in areas:
            continue
        for row in np.flatnonzero(~is_blank(areas[column])).tolist():
            reason = reason_of(areas[column].iloc[row])
            found += [Finding(row, column, reason)] if reason else []
    first: dict[str, int] = {}
    for row in np.flatnonzero(~is_blank(areas["code"])).tolist():
        before = first.setdefault(areas["code"].iloc[row], row)
        if before != row:
            found.append(Finding(row, "code", f"is already the code of {_feature(areas, before)}"))
    return found


def shape_findings(areas: "gpd.GeoDataFrame") -> list[Finding]:
    """What is wrong with the geometry: missing, empty, of another kind, invalid and where."""
    shapes = np.asarray(areas.geometry.to_numpy(), dtype=object)
    is_polygonal = np.isin(shapely.get_type_id(shapes), POLYGONAL)
    is_faulty = ~is_polygonal | shapely.is_empty(shapes) | ~shapely.is_valid(shapes)
    return [
        Finding(int(row), "geometry", _shape_reason(shapes[row]))
        for row in np.flatnonzero(is_faulty)
    ]


def located_reason(shape: BaseGeometry) -> tuple[str, tuple[float, float] | None]:
    """Why GEOS calls a shape invalid, in small letters, and where, if it says so."""
    reason = shapely.is_valid_reason(shape)
    located = _LOCATED.fullmatch(reason)
    if located is None:
        return reason.lower(), None
    return located[1].lower(), (float(located[2]), float(located[3]))


def told(areas: "pd.DataFrame", findings: Iterable[Finding]) -> list[Fault]:
    """Findings as faults, in the order of the rows; each names the feature, its file and code.

    Of several files the same numbers are different rows: there none is told together with others.
    """
    is_one_file = "file" not in areas
    numbers = areas["feature"].tolist() if "feature" in areas else range(1, len(areas) + 1)
    return [
        Fault(
            int(numbers[row]),
            column,
            ": ".join(filter(None, (_named(areas, row), reason))),
            shared=reason if is_one_file else None,
        )
        for row, column, reason in sorted(findings, key=lambda finding: finding.row)
    ]


def _feature(areas: "pd.DataFrame", row: int) -> str:
    number = areas["feature"].iloc[row] if "feature" in areas else row + 1
    return f"feature {number} of {areas['file'].iloc[row]}" if "file" in areas else f"row {number}"


def _named(areas: "pd.DataFrame", row: int) -> str:
    file = [str(areas["file"].iloc[row])] if "file" in areas else []
    code = [] if is_blank(areas["code"].iloc[[row]]).all() else [areas["code"].iloc[row]]
    return ", ".join(file + [f"code {_shown(text)}" for text in code])


def _code_reason(code: str) -> str | None:
    if code in TAKEN_CODES:
        return "is a word of the addresses of teams; wanted another"
    if any(letter in NOT_IN_CODES for letter in code):
        return "holds /, ? or #, which cannot stand in the address of a team"
    return _text_reason(code, MOST_CODE)


def _name_reason(name: str) -> str | None:
    return _text_reason(name, MOST_NAME)


def _text_reason(text: str, most: int) -> str | None:
    if len(text) > most:
        return f"has {len(text):,} characters; wanted at most {most}"
    if not _is_printable(text):
        return "holds a character that cannot be seen, such as the end of a line"
    return None


def _is_printable(text: str) -> bool:
    # Unlike str.isprintable, with blanks of other widths, which names of places do hold.
    return not any(unicodedata.category(letter) in _UNSEEN for letter in text)


def _shown(code: str) -> str:
    # As it is where that can be: a message is one line, and no longer than can be read.
    if len(code) > MOST_CODE:
        return repr(f"{code[:MOST_CODE]}…")
    return code if _is_printable(code) else repr(code)


def _shape_reason(shape: BaseGeometry | None) -> str:
    if shape is None:
        return "is missing, or cannot be made of its positions (a ring too short or not closed)"
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        return f"is a {shape.geom_type}; wanted a Polygon or a MultiPolygon"
    if shape.is_empty:
        return "is empty"
    reason, place = located_reason(shape)
    if place is None:
        return reason
    easting, northing = place
    return f"{reason} at easting {easting:.3f}, northing {northing:.3f}"
