"""Many points in few bytes, for a map in a browser.

A page draws tens of thousands of postcode units as dots; as GeoJSON they would be megabytes. Here
each is two numbers of 16 bits between the corners of a box, which for a police force is a step of
two metres or so, and the points are in the order from west to east, so that those in view are found
fast and the bytes compress well.

Layout, little-endian: number of points (uint32), four zero bytes; west, south, east and north
(float64, degrees, EPSG:4326); each point's way from west to east (uint16, 65,535 at the east side);
in the same order their ways from south to north (uint16).
"""

import struct
from typing import Final

import numpy as np
import numpy.typing as npt

from geo_alerts.places.voronoi import Floats

HEADER: Final = struct.Struct("<I4x4d")
STEPS: Final = np.iinfo(np.uint16).max


def packed(longitude: Floats, latitude: Floats) -> bytes:
    """Points in bytes.

    Args:
        longitude: n degrees, EPSG:4326.
        latitude: n degrees.

    Returns:
        40 + 4n bytes; points of an equal longitude from south to north.
    """
    count = len(longitude)
    if not count:
        return HEADER.pack(0, 0.0, 0.0, 0.0, 0.0)
    west, east = float(longitude.min()), float(longitude.max())
    south, north = float(latitude.min()), float(latitude.max())
    along, up = _steps(longitude, west, east), _steps(latitude, south, north)
    order = np.lexsort((up, along))
    return (
        HEADER.pack(count, west, south, east, north) + along[order].tobytes() + up[order].tobytes()
    )


def _steps(degrees: Floats, low: float, high: float) -> npt.NDArray[np.uint16]:
    width = high - low or 1.0
    return np.rint((degrees - low) / width * STEPS).astype("<u2")
