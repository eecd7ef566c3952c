"""What the user says of a file of boundaries where the file does not say it itself."""

import json
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How a file is to be read; what is None is left to the file and to the rules.

    Attributes:
        crs: The CRS, where the file does not tell it.
        code_field: The field that holds the codes, where the rule in `fields.py` errs.
        name_field: The field that holds the names.
        parent_field: The field that holds the code of the larger area that each belongs to; empty
            for none.
        layer: Which of several layers of a GeoPackage, KML or TopoJSON.
        force: Which of several forces, where a zip or folder has one folder a force.
    """

    crs: str | None = None
    code_field: str | None = None
    name_field: str | None = None
    parent_field: str | None = None
    layer: str | None = None
    force: str | None = None

    def as_text(self) -> str:
        """One canonical text, by which an import with other options is another import."""
        if self == ReadOptions():
            return ""
        # Stores hold texts of these four from before there were others.
        first = {
            "crs": self.crs,
            "code": self.code_field,
            "name": self.name_field,
            "layer": self.layer,
        }
        later = {"parent": self.parent_field, "force": self.force}
        said = {key: value for key, value in later.items() if value is not None}
        return json.dumps(first | said, sort_keys=True)


AS_THE_FILE_SAYS: Final = ReadOptions()
