"""Real units and real wards, for everything that is compared with others' answers."""

import csv
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from boundaries.files.read import read_boundaries
from geo_alerts.places.layer import Layer

WEST_MERCIA = {"E06000019", "E06000020", "E06000051"} | {f"E07000{n}" for n in range(234, 240)}
NO_POSITION = "90"  # PQI of units that Code-Point Open puts at 0, 0


@dataclass(frozen=True)
class Units:
    """Located units of an edition of Code-Point Open, with the ward that OS gives each."""

    postcode: np.ndarray
    pqi: np.ndarray
    easting: np.ndarray
    northing: np.ndarray
    ward: np.ndarray
    is_force: np.ndarray

    @classmethod
    def read(cls, path: Path) -> "Units":
        rows = []
        with zipfile.ZipFile(path) as packed:
            for name in sorted(packed.namelist()):
                if "/Data/CSV/" in name and name.endswith(".csv"):
                    with io.TextIOWrapper(packed.open(name), "utf-8", newline="") as lines:
                        rows += [row for row in csv.reader(lines) if row[1] != NO_POSITION]
        column = [np.array(values) for values in zip(*rows, strict=True)]
        postcode = np.char.replace(column[0], " ", "")
        easting, northing = column[2].astype(float), column[3].astype(float)
        is_force = np.isin(column[8], list(WEST_MERCIA))
        return cls(postcode, column[1].astype(np.uint8), easting, northing, column[9], is_force)

    def take(self, which: np.ndarray) -> "Units":
        return Units(*[getattr(self, name)[which] for name in self.__dataclass_fields__])


@pytest.fixture(scope="session")
def units_around(shared_data):
    """Every located unit of the 17 postcode areas of the force and around it, edition 2025-10."""
    return Units.read(shared_data / "postcodes" / "code-point-open-2025-10.zip")


@pytest.fixture(scope="session")
def units(units_around):
    """Every located unit of the force in edition 2025-10, with the ward that OS gives it."""
    return units_around.take(units_around.is_force)


@pytest.fixture(scope="session")
def wards(shared_data):
    areas = read_boundaries(shared_data / "boundaries" / "wards-2025-west-mercia.zip").frame
    return Layer.from_frame(areas, "wards 2025")
