"""The teams of tests/api/world.py drawn anew: one is split, one renamed, one takes a strip.

T1 becomes its western part T11, 1,200 m wide with 15 units, and its eastern part T12, 800 m wide
with 10. T2 is called Heath. T3 reaches 400 m farther east, over 5 units of T4.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.api.world import TEAMS, squares

# As `squares` of that world takes them.
Squares = Mapping[str, tuple[str, tuple[float, float, float, float]]]

T1_WHOLE: Final = {"T1": ("Team 1", (0, 0, 1, 1))}
T1_SPLIT: Final = {"T11": ("Team 11", (0, 0, 0.6, 1)), "T12": ("Team 12", (0.6, 0, 1, 1))}
OTHERS: Final = {
    "T2": ("Heath", (1, 0, 2, 1)),
    "T3": ("Team 3", (0, 1, 1.2, 2)),
    "T4": ("Team 4", (1.2, 1, 2, 2)),
}
REDRAWN: Final[Squares] = {**T1_SPLIT, **OTHERS}
T1_STAYS: Final[Squares] = {**T1_WHOLE, **OTHERS}
# The eastern part of T1 is in no team.
WITH_GAP: Final[Squares] = {code: area for code, area in REDRAWN.items() if code != "T12"}


def bow_tie(folder: Path) -> str:
    """Write the made teams, T1 with an outline that crosses itself; the file's name."""
    path = squares(folder / "bow_tie.geojson", TEAMS)
    document = json.loads(path.read_text())
    ring = document["features"][0]["geometry"]["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]
    path.write_text(json.dumps(document))
    return path.name
