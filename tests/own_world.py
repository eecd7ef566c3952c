"""A force's own burglaries in the made world of `hotspot_world`, and the traces that they leave.

In the last month sixteen burglaries of the force's own data take the place of the published ones.
All of them are shown at HOT, which is the nearest published point, 200 m away and in another cell.
"""

import struct
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from geo_alerts.crs import points_to_epsg_4326
from geo_alerts.store.database import Store
from tests.crime_world import bring_own
from tests.hotspot_world import HOT, LAST

OWN_CRIMES = 16
EXACT = HOT[0] + 112.37, HOT[1] + 165.62
# Elsewhere, and shown at the same point.
OTHERWISE = HOT[0] - 88.41, HOT[1] + 171.13
CELL_M = 10
ALL = {"first": "2024-01", "last": LAST}
# Half of the square round HOT whose small cells are counted, for there are few.
HALF_M = 250.0


def import_own(store: Store, folder: Path, place: tuple[float, float] = EXACT) -> None:
    """Bring the force's own burglaries of the last month in, all at one place."""
    folder.mkdir(exist_ok=True)
    easting, northing = place
    day = f"{LAST}-11 12:30"
    rows = [f"OWN-{one},{day},,{easting},{northing},Dwelling" for one in range(OWN_CRIMES)]
    bring_own(store, folder, *rows)


def around() -> dict[str, object]:
    """A square round HOT as a target area."""
    west, east = HOT[0] - HALF_M, HOT[0] + HALF_M
    south, north = HOT[1] - HALF_M, HOT[1] + HALF_M
    longitude, latitude = points_to_epsg_4326(np.array([west, east]), np.array([south, north]))
    sides = {"west": longitude[0], "south": latitude[0], "east": longitude[1], "north": latitude[1]}
    return {"type": "rectangle", **{side: float(degrees) for side, degrees in sides.items()}}


def traces(place: tuple[float, float] = EXACT) -> set[bytes]:
    """How an exact place, or the corners of its cell of 10 m, would be written in an answer."""
    corner = [metres // CELL_M * CELL_M for metres in place]
    metres = [*place, *corner, *(one + CELL_M for one in corner)]
    eastings, northings = np.array(metres[::2]), np.array(metres[1::2])
    # Written to 1e-6 degrees; an end of noughts is left away, and what is shorter by it may occur.
    degrees = [points_to_epsg_4326(eastings, np.full(3, northing)) for northing in northings]
    texts = [f"{one:.6f}" for pair in degrees for both in pair for one in both]
    written = {text.encode() for text in texts if not text.endswith("0")}
    decimal = {f"{one:.1f}".encode() for one in place}
    # As files for a GIS have them.
    binary = {struct.pack("<d", one) for one in metres}
    return written | decimal | binary


def found_in(content: bytes, marks: Iterable[bytes]) -> list[bytes]:
    """The traces that an answer holds."""
    return [mark for mark in marks if mark in content]
