"""Examples of layers of hotspots; all made up."""

from typing import Any

from api.examples.jobs import QUESTION
from api.examples.teams import INPUTS

RUN_ASKED: tuple[tuple[str, object], ...] = (
    ("Hotspots of burglary", {"question": QUESTION, "name": "Burglary this year"}),
    (
        "Repeat locations",
        {
            "question": {
                "method": "repeats",
                "forces": ["west-mercia-sample"],
                "months": {"first": "2023-04", "last": "2025-03"},
            }
        },
    ),
)
LAYER: dict[str, Any] = {
    "id": "5f2a9c01d3e47b68a1c0b2d4",
    "name": "Burglary this year",
    "method": "gi_star",
    "asked": QUESTION,
    "question": {**QUESTION, "level": 0.05, "least_count": 5, "weight": "count"},
    "inputs": {"crimes_sha256": ["4a1f0c9d2e7b5836"], "software_version": "0.1.0"},
    "facts": {
        "study_area": "the boundary of West Mercia",
        "study_area_km2": 7428.4,
        "cells": 120590,
        "cells_hot": 214,
        "period": {"first": "2024-04", "last": "2025-03", "months": 12, "crimes_used": 3021},
    },
    "is_restricted": False,
    "sha256": "0d5e8a7c61b2f3940d5e8a7c61b2f3940d5e8a7c61b2f3940d5e8a7c61b2f394",
    "cell_count": 120590,
    "area_count": 31,
    "created_at": "2025-06-02T09:30:02Z",
    "created_by": "session:A. Example",
}
LAYERS = {"layers": [LAYER], "next_page_token": "aG90c3BvdHM6NDE="}
RING = [
    [-2.7531, 52.7064],
    [-2.7494, 52.7064],
    [-2.7494, 52.7087],
    [-2.7531, 52.7087],
    [-2.7531, 52.7064],
]
POLYGON = {"type": "Polygon", "coordinates": [RING]}
ABOUT = {"layer": LAYER["id"], "method": "gi_star", "sha256": LAYER["sha256"]}
AREAS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "id": 1,
            "properties": {"rank": 1, "key": None, "crimes": 57, "cells": 1, "highest_z": 9.4},
            "geometry": POLYGON,
        }
    ],
    **ABOUT,
}
CELLS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "id": "60117",
            "properties": {"crimes": 21.0, "z": 9.4, "q": 1.2e-9, "is_hot": True},
            "geometry": POLYGON,
        }
    ],
    **ABOUT,
    "next_page_token": "aG90c3BvdCBjZWxsczoxMDAw",
}
FILE = "the bytes of the file"
DOCUMENT = "<!DOCTYPE html>…"
BACKTEST_ASKED: tuple[tuple[str, object], ...] = (
    ("Burglary", {"forces": ["west-mercia-sample"], "categories": ["burglary"]}),
)
BACKTEST: dict[str, Any] = {
    "id": "77b1c0ffee00a1b2c3d4e5f6",
    "question": {"forces": ["west-mercia-sample"], "categories": ["burglary"], "months": 12},
    "inputs": {"crimes_sha256": "4a1f0c9d2e7b5836", "software_version": "0.1.0"},
    "result": {
        "best": "density_300",
        "tested": ["2025-03"],
        "skipped": [],
        "calibrated": "density_300",
        "calibration": [
            {
                "cells": 14,
                "least": 0.31,
                "most": 0.52,
                "foretold": 5.4,
                "seen": 7.0,
                "low": 2.8,
                "high": 14.4,
            }
        ],
    },
    "created_at": "2025-06-02T09:30:09Z",
    "created_by": "session:A. Example",
}
MATCH: dict[str, Any] = {
    "layer": LAYER["id"],
    "metres": 100.0,
    "areas": [{"rank": 1, "key": None, "units": 14, "households": 212.4, "people": 37, "error": 8}],
    "inputs": INPUTS,
}
