"""The teams of tests/api/world.py drawn anew: one is split, one renamed, one takes a strip.

T1 becomes its western part T11, 1,200 m wide with 15 units, and its eastern part T12, 800 m wide
with 10. T2 is called Heath. T3 reaches 400 m farther east, over 5 units of T4.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from geo_alerts.crs import points_to_epsg_4326
from tests.api.world import SIDE, SOUTH, WEST

# West, south, east and north in metres from the corner of the world.
Box = tuple[int, int, int, int]

BOXES: Mapping[str, Box] = {
    "T11": (0, 0, 1_200, SIDE),
    "T12": (1_200, 0, SIDE, SIDE),
    "T2": (SIDE, 0, 2 * SIDE, SIDE),
    "T3": (0, SIDE, SIDE + 400, 2 * SIDE),
    "T4": (SIDE + 400, SIDE, 2 * SIDE, 2 * SIDE),
}


def redrawn(
    folder: Path,
    name: str = "redrawn.geojson",
    boxes: Mapping[str, Box] = BOXES,
    **members: object,
) -> Path:
    """Write the teams; `members` are those of the collection, such as `valid_from`."""
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": "Heath" if code == "T2" else f"Team {code[1:]}"},
            "geometry": {"type": "Polygon", "coordinates": [_ring(box)]},
        }
        for code, box in boxes.items()
    ]
    about = {"type": "FeatureCollection", "name": "teams redrawn", "demonstration": True}
    path = folder / name
    path.write_text(json.dumps({**about, **members, "features": features}), encoding="utf-8")
    return path


def _ring(box: Box) -> list[list[float]]:
    west, south, east, north = box
    eastings = WEST + np.array([west, east, east, west, west], dtype=float)
    northings = SOUTH + np.array([south, south, north, north, south], dtype=float)
    degrees = np.column_stack(points_to_epsg_4326(eastings, northings))
    ring: list[list[float]] = degrees.tolist()
    return ring
