"""Which fields hold the areas' codes, names and parents: a rule, told to the user, and overridable.

Code: the field asked for; else the first in this order that is not blank throughout: `code`; a code
of the families of the Office for National Statistics (`WD25CD`, `LSOA11CD`…), of several the first
whose values all differ; `snt_code` and the like; then `id` and the like if it is nowhere blank.
Where a file has none of these: the file's own name, if each file holds one feature, as
data.police.uk publishes them; else the name. In folders of forces the file's name comes first.

Name: the field asked for; else the name of the same family (`WD25NM`); `name` (KML's `Name`); one
of another family; `snt_name` and the like; else the code.

Parent, the code of the larger area that an area belongs to: the field asked for; else the first of
these that is not blank throughout and holds neither codes nor names: `parent_code` and the like
(`parent`, `parent_id`); `lpa_code` and the like (`lpa`, `local_policing_area`); `force_code` and
the like (`force`). In folders of forces the folder's name. Else none.

Letters' case does not matter.
"""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from boundaries.files.options import AS_THE_FILE_SAYS, ReadOptions
from geo_alerts.errors import SourceError

if TYPE_CHECKING:
    import pandas as pd

FILE_NAME: Final = "the file's name"
FOLDER_NAME: Final = "the folder's name"

_OF_AREA: Final = "(snt|team|neighbourhood|area|beat|sector|ward|district|force)"
_OF_CODE: Final = "(_?(code|cd|id))?"
CODE_PATTERNS: Final = (
    r"code",
    r"[a-z]{2,6}\d\dcd",
    rf"{_OF_AREA}_?(code|cd)",
)
# KML has an `id` that few features bear.
ID_PATTERNS: Final = (r"id", rf"{_OF_AREA}_?id")
NAME_PATTERNS: Final = (r"name", r"[a-z]{2,6}\d\dnm", rf"{_OF_AREA}_?(name|nm)", r"title")
PARENT_PATTERNS: Final = (
    rf"parent{_OF_CODE}",
    rf"(lpa|local_?policing_?area){_OF_CODE}",
    rf"force{_OF_CODE}",
)


@dataclass(frozen=True)
class Fields:
    """Where codes, names and parents were taken from: fields, `FILE_NAME` or `FOLDER_NAME`.

    `instead` tells all fields where none holds codes, nobody named one, and names stand for them.
    """

    code: str
    name: str
    parent: str | None = None
    instead: str | None = field(default=None, compare=False)

    def in_words(self) -> str:
        """One sentence for the person who imports."""
        parents = "" if self.parent is None else f", parents from {self.parent}"
        told = f"codes from {self.code}, names from {self.name}{parents}"
        if self.instead is None:
            return told
        return (
            "no field of codes was found, so names are used as codes; "
            f"fields: {self.instead}; choose with --code-field ({told})"
        )


def find_fields(
    attributes: "pd.DataFrame",
    options: ReadOptions = AS_THE_FILE_SAYS,
    *,
    files: int = 1,
    in_forces: bool = False,
) -> Fields:
    """The fields that hold codes, names and parents.

    Args:
        attributes: One row a feature, without the geometry.
        options: The fields asked for.
        files: How many files the features came in.
        in_forces: Whether each of the files lies in the folder of a force.

    Returns:
        The fields' names as the file spells them.

    Raises:
        SourceError: A field that was asked for is not there, or none will do.
    """
    called = _asked(attributes, options.name_field)
    coded = _asked(attributes, options.code_field)
    if coded is None:
        coded = FILE_NAME if in_forces else _code_field(attributes, files)
    if called is None:
        called = _name_field(attributes, coded)
    instead = _listed(attributes) if coded is None else None
    if coded is None:
        coded = called
    if coded is None:
        raise SourceError(
            "no field looks like a code or a name; name them with --code-field and --name-field "
            f"(fields: {instead})"
        )
    named = called if called is not None else coded
    if options.parent_field == "":
        return Fields(coded, named, instead=instead)
    parent = _asked(attributes, options.parent_field)
    if parent is None:
        parent = FOLDER_NAME if in_forces else _parent_field(attributes, {coded, named})
    return Fields(coded, named, parent, instead)


def _asked(attributes: "pd.DataFrame", field: str | None) -> str | None:
    if field is None:
        return None
    found = [column for column in attributes.columns if column.lower() == field.lower()]
    exact = [column for column in found if column == field]
    if not found:
        raise SourceError(f"there is no field {field!r} (fields: {_listed(attributes)})")
    return (exact or found)[0]


def _code_field(attributes: "pd.DataFrame", files: int) -> str | None:
    has_all = attributes.loc[:, [not is_blank(column).any() for _, column in attributes.items()]]
    found = _matching(_not_blank(attributes), CODE_PATTERNS) or _matching(has_all, ID_PATTERNS)
    if found:
        return next((field for field in found if attributes[field].is_unique), found[0])
    return FILE_NAME if len(attributes) == files else None


def _name_field(attributes: "pd.DataFrame", code: str | None) -> str | None:
    family = re.fullmatch(r"(.+\d\d)cd", code or "", re.IGNORECASE)
    same = (rf"{re.escape(family[1])}nm",) if family else ()
    return next(iter(_matching(_not_blank(attributes), (*same, *NAME_PATTERNS))), None)


def _parent_field(attributes: "pd.DataFrame", taken: set[str]) -> str | None:
    others = _not_blank(attributes)
    others = others.loc[:, [column not in taken for column in others.columns]]
    return next(iter(_matching(others, PARENT_PATTERNS)), None)


def _not_blank(attributes: "pd.DataFrame") -> "pd.DataFrame":
    return attributes.loc[:, [not is_blank(column).all() for _, column in attributes.items()]]


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
