"""Which fields hold the areas' codes and names: a rule, told to the user, and overridable.

Code: the field asked for; else the first in this order that is not blank throughout: `code`; a code
of the families of the Office for National Statistics (`WD25CD`, `LSOA11CD`…), of several the first
whose values all differ; `snt_code` and the like; then `id` and the like if it is nowhere blank.
Where a file has none of these: the file's own name, if each file holds one feature, as
data.police.uk publishes them; else the name.

Name: the field asked for; else the name of the same family (`WD25NM`); `name` (KML's `Name`); one
of another family; `snt_name` and the like; else the code.

Letters' case does not matter.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo_alerts.errors import SourceError

if TYPE_CHECKING:
    import pandas as pd

FILE_NAME: Final = "the file's name"

_OF_AREA: Final = "(snt|team|neighbourhood|area|beat|sector|ward|district|force)"
CODE_PATTERNS: Final = (
    r"code",
    r"[a-z]{2,6}\d\dcd",
    rf"{_OF_AREA}_?(code|cd)",
)
# KML has an `id` that few features bear.
ID_PATTERNS: Final = (r"id", rf"{_OF_AREA}_?id")
NAME_PATTERNS: Final = (r"name", r"[a-z]{2,6}\d\dnm", rf"{_OF_AREA}_?(name|nm)", r"title")


@dataclass(frozen=True)
class Fields:
    """Where codes and names were taken from: names of fields, or `FILE_NAME`."""

    code: str
    name: str


def find_fields(
    attributes: "pd.DataFrame", *, code: str | None = None, name: str | None = None, files: int = 1
) -> Fields:
    """The fields that hold codes and names.

    Args:
        attributes: One row a feature, without the geometry.
        code: The field asked for.
        name: The field asked for.
        files: How many files the features came in.

    Returns:
        The fields' names as the file spells them.

    Raises:
        SourceError: A field that was asked for is not there, or none will do.
    """
    called = None if name is None else _asked(attributes, name)
    coded = _code_field(attributes, files) if code is None else _asked(attributes, code)
    if called is None:
        called = _name_field(attributes, coded)
    if coded is None:
        coded = called
    if coded is None:
        raise SourceError(
            f"no field looks like a code or a name; name them (fields: {_listed(attributes)})"
        )
    return Fields(coded, called if called is not None else coded)


def _asked(attributes: "pd.DataFrame", field: str) -> str:
    found = [column for column in attributes.columns if column.lower() == field.lower()]
    exact = [column for column in found if column == field]
    if not found:
        raise SourceError(f"there is no field {field!r} (fields: {_listed(attributes)})")
    return (exact or found)[0]


def _code_field(attributes: "pd.DataFrame", files: int) -> str | None:
    has_some = attributes.loc[:, [not is_blank(column).all() for _, column in attributes.items()]]
    has_all = attributes.loc[:, [not is_blank(column).any() for _, column in attributes.items()]]
    found = _matching(has_some, CODE_PATTERNS) or _matching(has_all, ID_PATTERNS)
    if found:
        return next((field for field in found if attributes[field].is_unique), found[0])
    return FILE_NAME if len(attributes) == files else None


def _name_field(attributes: "pd.DataFrame", code: str | None) -> str | None:
    family = re.fullmatch(r"(.+\d\d)cd", code or "", re.IGNORECASE)
    same = (rf"{re.escape(family[1])}nm",) if family else ()
    has_some = attributes.loc[:, [not is_blank(column).all() for _, column in attributes.items()]]
    return next(iter(_matching(has_some, (*same, *NAME_PATTERNS))), None)


def _matching(attributes: "pd.DataFrame", patterns: tuple[str, ...]) -> list[str]:
    # The fields of the first pattern that any field matches.
    matches = (
        [field for field in attributes.columns if re.fullmatch(pattern, field, re.IGNORECASE)]
        for pattern in patterns
    )
    return next(filter(None, matches), [])


def is_blank(column: "pd.Series[Any]") -> "pd.Series[bool]":
    """Tell which values are missing or hold white space only."""
    return column.isna() | (column.astype(str).str.strip() == "")


def _listed(attributes: "pd.DataFrame") -> str:
    return ", ".join(map(str, attributes.columns)) or "none"
